"""Has the browser load the page anew, where only a fresh page shows what was changed."""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

_JS = """
export default function ({ data }) {
  if (sessionStorage.getItem('dashboard_reload') === data.token) return
  sessionStorage.setItem('dashboard_reload', data.token)
  window.location.reload()
}
"""


@functools.cache
def _component() -> Any:
    return st.components.v2.component("reload_page", js=_JS)


def reload_page(token: str) -> None:
    """Once for each `token`: a page that is drawn again does not go round in circles."""
    _component()(key="reload_page", data={"token": token}, height=1)
