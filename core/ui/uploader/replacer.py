"""The control that sends new bytes for a file; they go straight to S3, as with any upload."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from core.model.identity import Actor
from core.model.media import MediaFile
from core.ui.browser_module import stub
from core.ui.uploader import tab_data


def replacer(actor: Actor, file: MediaFile, *, same_key: bool) -> None:
    """`same_key` keeps the address. Refused where the file has got other bytes than it has here.

    Whatever became of it, the drawer is drawn again and shows the file as it is then. The bytes
    stay under way when the drawer closes, and go on after a reload.
    """
    data = tab_data(actor.account_id) | {
        "fileId": file.id,
        "name": file.name,
        "revision": file.revision,
        "sameKey": same_key,
    }
    _component()(
        key=f"replacer_{file.id}", data=data, on_replaced_change=_rerun, on_refused_change=_rerun
    )


def _rerun() -> None:
    """The change itself reruns the drawer."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_replacer", js=stub("uploader.js", "mountReplacer"))
