"""Who can open a file's address, and the switch between everybody and signed requests."""

from __future__ import annotations

import streamlit as st

from core.errors import DashboardError
from core.model.identity import Actor, Permission
from core.model.media import FileState, MediaFile
from core.ui import formats, parts, session
from core.ui.file_fields import redraw
from core.ui.frame import show
from core.ui.parts import Tone

_REFUSED = "drawer_privacy_refused"


def section(actor: Actor, file: MediaFile) -> None:
    if file.trashed_at or file.state is FileState.PROCESSING or not file.key:
        return
    show(parts.note(_sentence(file)))
    refused = st.session_state.pop(_REFUSED, None)
    if refused and refused[0] == file.id:
        show(parts.note(refused[1], Tone.FAIL))
    owns = file.owner_id == actor.account_id or actor.may(Permission.MEDIA_MANAGE)
    if not owns or not session.services().library.serves_private:
        return
    words = "Make public" if file.private else "Make private"
    if st.button(words, key="switch_private", help=_help(file)):
        _switch(actor, file)


def _sentence(file: MediaFile) -> str:
    ends = session.services().library.addresses_end(file)
    if not file.private:
        return "Whoever knows this address can open it, without signing in."
    until = f" The one to copy works until {formats.moment(ends)}." if ends else ""
    return f"Private: only signed addresses open it, for 20 minutes at most.{until}"


def _help(file: MediaFile) -> str:
    if file.private:
        return "It gets a lasting address that everybody can open."
    return "Its address changes. The old one ends once the CDN has forgotten it, within minutes."


def _switch(actor: Actor, file: MediaFile) -> None:
    """Its bytes are copied and seen through the CDN first, which takes a moment."""
    try:
        with st.spinner("Moving it, and seeing it through the CDN"):
            session.services().library.set_private(actor, file.id, not file.private)
    except DashboardError as error:
        st.session_state[_REFUSED] = (file.id, f"{error.message} {error.hint}")
    redraw()
