"""What a page shows, in its address, as steps which the browser's back button takes back.

A widget that Streamlit binds to the address replaces it; what is written into it from here adds
to the browser's history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st


def tabs(
    names: Iterable[str],
    *,
    key: str = "view",
    label: str = "View",
    then: Callable[[], None] | None = None,
) -> str:
    """The chosen part of a page, which `key` names in the address; the first one otherwise.

    `then` is called after another one was chosen.
    """
    offered = list(names)
    named = st.query_params.get(key)
    chosen = named if named in offered else offered[0]
    st.session_state[key] = chosen  # the address leads, also after a step back
    st.segmented_control(
        label, offered, key=key, required=True, label_visibility="collapsed",
        on_change=_take, args=(key, offered[0], then),
    )  # fmt: skip
    return chosen


def text(label: str, *, key: str, placeholder: str) -> str:
    """What was typed and entered, which stands in the address under `key`."""
    typed = st.query_params.get(key, "")
    st.session_state[key] = typed
    st.text_input(
        label, key=key, placeholder=placeholder, label_visibility="collapsed",
        on_change=_take, args=(key, ""),
    )  # fmt: skip
    return typed


def go(key: str, value: str) -> None:
    """Write it into the address; '' takes it out."""
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def _take(key: str, usual: str, then: Callable[[], None] | None = None) -> None:
    chosen = str(st.session_state[key])
    go(key, "" if chosen == usual else chosen)
    if then:
        then()
