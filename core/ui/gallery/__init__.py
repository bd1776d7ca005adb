"""The gallery component: a page of tiles with selection and keyboard, drawn in the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import streamlit as st

from core.model.media import FileKind, FileState
from core.ui.browser_module import stub


@dataclass(frozen=True)
class GalleryItem:
    """One tile. `thumbnail` is a URL, or None for files that have no picture; `size` a label."""

    id: str
    name: str
    kind: FileKind
    state: FileState
    size: str
    thumbnail: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class GalleryEvent:
    """`selected` lasts; `opened` is an id only in the run that the person opened it."""

    selected: tuple[str, ...]
    opened: str | None


def gallery(
    items: Sequence[GalleryItem],
    key: str,
    *,
    selected: Sequence[str] | None = None,
    label: str = "Files",
) -> GalleryEvent:
    """Show one page of files.

    The browser keeps the selection; `selected` sets it whenever its value changes (`()` clears).
    """
    page = {
        "items": [asdict(item) for item in items],
        "label": label,
        "selected": None if selected is None else list(selected),
        "current": list(_selected_before(key)),
    }
    result = _component()(
        key=key,
        # One text: Streamlit would import pandas to see whether a list is a table, for a second.
        data={"page": json.dumps(page)},
        default={"selected": []},
        on_selected_change=_rerun,
        on_open_change=_rerun,
    )
    return read_event(result, items)


def read_event(result: Mapping[str, Any], items: Sequence[GalleryItem]) -> GalleryEvent:
    """Only ids of this page count: the browser may still speak of the one before."""
    shown = {item.id for item in items}
    chosen = result.get("selected") or ()
    opened = result.get("open")
    return GalleryEvent(
        selected=tuple(one for one in chosen if one in shown),
        opened=opened if opened in shown else None,
    )


def _selected_before(key: str) -> tuple[str, ...]:
    """What the browser said last, so that a component that is built anew starts there."""
    state = st.session_state.get(key)
    return tuple(state.get("selected") or ()) if isinstance(state, Mapping) else ()


def _rerun() -> None:
    """The change itself reruns the page."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_gallery", js=stub("gallery.js"))
