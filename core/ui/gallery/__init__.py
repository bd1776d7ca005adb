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
    private: bool = False  # its address ends; the browser asks for a fresh one then


@dataclass(frozen=True)
class Around:
    """What is selected beyond this page: files on other pages, or `everything` that was found.

    `total`: files on all pages, this one included.
    """

    elsewhere: int = 0
    everything: int = 0
    total: int = 0


@dataclass(frozen=True)
class GalleryEvent:
    """`selected` lasts; `opened` is an id only in the run that the person opened it.

    `known` is whether the browser has said yet what is selected on this very page; `cleared` is
    true in the run in which all was let go, on other pages as well.
    """

    selected: tuple[str, ...]
    opened: str | None
    known: bool = True
    cleared: bool = False


def gallery(
    items: Sequence[GalleryItem],
    key: str,
    *,
    selected: Sequence[str] | None = None,
    label: str = "Files",
    page: str = "",
    around: Around | None = None,
    diagnose: bool = False,
) -> GalleryEvent:
    """Show one page of files.

    The browser keeps the selection; `selected` sets it whenever its value or `page` changes (`()`
    clears). `page` tells one page of files from another. `diagnose`: the doctor may be offered
    where no picture comes.
    """
    shown = {
        "items": [asdict(item) for item in items],
        "label": label,
        "page": page,
        "selected": None if selected is None else list(selected),
        "current": list(_selected_before(key, page)),
        "around": asdict(around or Around()),
        "diagnose": diagnose,
    }
    result = _component()(
        key=key,
        # One text: Streamlit would import pandas to see whether a list is a table, for a second.
        data={"page": json.dumps(shown)},
        default={"selected": None},
        on_selected_change=_rerun,
        on_open_change=_rerun,
        on_cleared_change=_rerun,
    )
    return read_event(result, items, page)


def read_event(
    result: Mapping[str, Any], items: Sequence[GalleryItem], page: str = ""
) -> GalleryEvent:
    """Only what is said of this page counts: the browser may still speak of the one before."""
    shown = {item.id for item in items}
    of, chosen = _said(result)
    opened = result.get("open")
    return GalleryEvent(
        selected=tuple(one for one in chosen if one in shown) if of == page else (),
        opened=opened if opened in shown else None,
        known=of == page,
        cleared=bool(result.get("cleared")),
    )


def _selected_before(key: str, page: str) -> tuple[str, ...]:
    """What the browser said last, so that a component that is built anew starts there."""
    state = st.session_state.get(key)
    of, chosen = _said(state) if isinstance(state, Mapping) else (None, ())
    return chosen if of == page else ()


def _said(state: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """(of which page, ids)."""
    said = state.get("selected")
    if not isinstance(said, Mapping):
        return None, ()
    return str(said.get("page", "")), tuple(map(str, said.get("ids") or ()))


def _rerun() -> None:
    """The change itself reruns the page."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_gallery", js=stub("gallery.js"))
