"""The viewer component: one file over the whole page, with its neighbours in the query behind it.

The browser walks along the query by itself; the address's `show` is its alone, and Python hears
only when somebody wants the details of a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from core.errors import NotFound
from core.model.identity import Actor
from core.model.media import FileQuery
from core.model.viewing import FileWindow, ViewedFile
from core.ui import session
from core.ui.browser_module import stub
from core.ui.markup import Markup, tag

PARAMETER = "show"


def viewer(actor: Actor, window: FileWindow, query: FileQuery, key: str = "viewer") -> str | None:
    """Put the viewer beside the files that it may show; the id of a file whose details are wanted.

    `window` is what the page shows of `query`. It opens from the gallery, from a link of
    `view_link`, and where the address names a file.
    """
    linked = st.query_params.get(PARAMETER)
    page = {
        "window": window.model_dump(mode="json"),
        "filter": query.model_dump_json(exclude_defaults=True),
        "extra": _extra(actor, window, linked),
    }
    result = _component()(
        key=key,
        data={"page": json.dumps(page), "linked": linked},
        on_details_change=_rerun,
        on_closed_change=_rerun,
        height=1,
    )
    if result.get("closed") or result.get("details"):
        st.query_params.pop(PARAMETER, None)
    return read_details(result)


def view_link(picture: Markup, id: str, name: str) -> Markup:
    """Opens the viewer on a page that has one; elsewhere the library opens with it."""
    return tag(
        "a", picture, href=f"/library?{PARAMETER}={id}", data_view=id, aria_label=f"View {name}"
    )


def read_details(result: Mapping[str, Any]) -> str | None:
    wanted = result.get("details")
    return wanted if isinstance(wanted, str) and wanted else None


def _extra(actor: Actor, window: FileWindow, linked: str | None) -> dict[str, Any] | None:
    """The file that the address names, where it stands on another page of the query."""
    if not linked or any(item.id == linked for item in window.items):
        return None
    try:
        item: ViewedFile = session.services().viewing.item(actor, linked)
    except NotFound:
        return None
    return item.model_dump(mode="json")


def _rerun() -> None:
    """The change itself reruns the page."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_viewer", js=stub("viewer.js"))
