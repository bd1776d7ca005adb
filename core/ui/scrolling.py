"""Back to the top when another page of a list is shown, as a page load would do."""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

_JS = """
let last
export default function ({ data }) {
  if (last !== undefined && last !== data.page)
    document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 })
  last = data.page
}
"""


@functools.cache
def _component() -> Any:
    return st.components.v2.component("scroll_to_top", js=_JS)


def top_on_change(page: int, *, key: str) -> None:
    """Scroll when `page` differs from the last run's."""
    _component()(key=key, data={"page": page}, height=1)
