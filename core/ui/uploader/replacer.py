"""The control that sends new bytes for a file; they go straight to S3, as with any upload."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from core.ui.browser_module import stub


def replacer(file_id: str, *, same_key: bool, key: str) -> bool:
    """Whether the file has got other bytes in this run. `same_key` keeps its address."""
    data = {"fileId": file_id, "sameKey": same_key}
    result = _component()(key=key, data=data, on_replaced_change=_rerun)
    return bool(result.get("replaced"))


def _rerun() -> None:
    """The change itself reruns the drawer."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_replacer", js=stub("replacer.js"))
