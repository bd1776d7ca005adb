"""Draws the page anew once the files on it that were being processed are done."""

from __future__ import annotations

import streamlit as st

from core.errors import NotFound
from core.model.identity import Actor
from core.model.media import FileState
from core.ui import session
from core.ui.frame import guarded
from core.ui.library.found import Found

_EVERY = "2s"


def watch(found: Found) -> None:
    """Asks every two seconds, and only while there is something to wait for."""
    waiting = tuple(f.id for f in found.page.items if f.state is FileState.PROCESSING)
    if waiting:
        st.fragment(_look, run_every=_EVERY, key="processing")(waiting)


@guarded
def _look(actor: Actor, waiting: tuple[str, ...]) -> None:
    """Waits for all of them, so that a page of new files is not drawn again for each one."""
    if not any(_still(actor, file_id) for file_id in waiting):
        st.rerun()


def _still(actor: Actor, file_id: str) -> bool:
    try:
        return session.services().library.get(actor, file_id).state is FileState.PROCESSING
    except NotFound:
        return False  # deleted meanwhile: the page should know
