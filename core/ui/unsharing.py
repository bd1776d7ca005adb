"""Rights that were just taken from people, or given up: nothing is asked, it can be undone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.identity import Actor
from core.ui import formats, parts, session
from core.ui.frame import show


def take(actor: Actor, ids: Sequence[str], people: Sequence[str], sentence: str) -> None:
    session.services().shares.unshare(actor, ids, people)
    st.session_state[session.UNSHARED_JUST_NOW] = (tuple(ids), sentence)


def undo_bar(actor: Actor, *, only: str = "") -> str | None:
    """What was done about it, '' for nothing but to hide it; None while it is offered, or is not.

    With `only`, the id of a file, just where the bar is about that file alone.
    """
    ids, sentence = st.session_state.get(session.UNSHARED_JUST_NOW, ((), ""))
    if not ids or (only and ids != (only,)):
        return None
    name = f"undo_unshare_{only}" if only else "undo_unshare"
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}_bar"):
        show(parts.note(sentence))
        undone = st.button("Undo", key=name)
        hidden = st.button("Dismiss", key=f"{name}_not", type="tertiary")
    if not (undone or hidden):
        return None
    st.session_state.pop(session.UNSHARED_JUST_NOW)
    if hidden:
        return ""
    back = session.services().shares.give_back(actor, ids)
    return f"{formats.counted(back, 'file is', 'files are')} shared again."
