"""The personal component: one's own picture with its crop, and progress photos to add and compare.

The browser sends pictures to the REST routes itself; here it only says that something changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import streamlit as st

from core.ui.browser_module import stub

AVATAR_ENDPOINT = "/api/users/me/avatar"
PHOTOS_ENDPOINT = "/api/progress-photos"


class Side(NamedTuple):
    """One of two photos. `url` is a route of this site, so that it outlives a signature."""

    url: str
    label: str


def avatar_editor(key: str, *, url: str, initial: str, note: str) -> bool:
    """Whether the picture was changed in the run before this one."""
    data = {"url": url, "initial": initial, "note": note, "endpoint": AVATAR_ENDPOINT}
    return _show("avatar", key, data)


def photo_adder(key: str, *, today: date) -> bool:
    """Whether photos were added in the run before this one."""
    return _show("add", key, {"endpoint": PHOTOS_ENDPOINT, "today": today.isoformat()})


def comparison(key: str, before: Side, after: Side) -> None:
    _show("compare", key, {"before": before._asdict(), "after": after._asdict()})


def picture_url(photo_id: str, *, small: bool) -> str:
    """A stable address that leads to a signed one; only the owner's session opens it."""
    return (
        f"{PHOTOS_ENDPOINT}/{photo_id}/picture?redirect=true&small={'true' if small else 'false'}"
    )


def _show(mode: str, key: str, data: Mapping[str, Any]) -> bool:
    result = _component()(key=key, data={"mode": mode, **data}, on_changed_change=_rerun)
    return bool(result.get("changed"))


def _rerun() -> None:
    """The change itself reruns the page."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_personal", js=stub("personal.js"))
