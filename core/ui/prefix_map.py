"""A map of folders: rectangles by size, each a button that walks into its prefix.

Laid out in the browser for the width that is there. Names are texts for the script, never markup.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from core.ui.browser_module import stub
from core.ui.charts import PALETTE

HEIGHT = 380
_GREY = PALETTE[6]
_COLOURED = 6  # the largest; more colours would tell nothing


class Block(NamedTuple):
    """One rectangle. `into`: the prefix behind it, '' where there is none to walk into."""

    into: str
    label: str
    text: str
    value: int
    inside: tuple[Block, ...] = ()


def prefix_map(
    blocks: Sequence[Block], key: str, label: str, on_walk: Callable[[str], None]
) -> None:
    """`on_walk` gets the prefix that was clicked, and only one that is shown."""

    def walked() -> None:
        into = _clicked(st.session_state.get(key))
        if into in known(blocks):
            on_walk(into)

    _component()(
        key=key, data={"map": as_data(blocks, label)}, height=HEIGHT, on_into_change=walked
    )


def known(blocks: Sequence[Block]) -> frozenset[str]:
    found = {one.into for one in blocks if one.into}
    return frozenset(found.union(*(known(one.inside) for one in blocks)))


def as_data(blocks: Sequence[Block], label: str) -> str:
    """One text: Streamlit would import pandas to see whether a list is a table."""
    return json.dumps({"label": label, "blocks": [_data(*pair) for pair in enumerate(blocks)]})


def _data(at: int, block: Block) -> dict[str, Any]:
    colour = PALETTE[at] if block.into and at < _COLOURED else _GREY
    inside = [_data(0, one) | {"colour": colour} for one in block.inside]
    return block._asdict() | {"inside": inside, "colour": colour}


def _clicked(state: object) -> str:
    return str(state.get("into") or "") if isinstance(state, Mapping) else ""


@functools.cache
def _component() -> Any:
    return st.components.v2.component("prefix_map", js=stub("prefix_map.js"))
