"""Where a person is signed in, and how they end it."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor, Session
from core.ui import formats, parts, session
from core.ui.frame import guarded, show
from core.ui.markup import Markup, tag
from core.ui.parts import Tone


@st.fragment
@guarded
def sessions(actor: Actor) -> None:
    rows = session.services().accounts.sessions(actor)
    show(parts.title("Signed in", formats.counted(len(rows), "session")))
    for row in rows:
        own = row.id == actor.session_id
        with st.container(horizontal=True, vertical_alignment="center"):
            show(_session(row, own=own))
            if not own and st.button("End", key=f"end_{row.id}"):
                session.services().accounts.revoke_session(actor, row.id)
                _done("The session has ended.")
    if len(rows) > 1 and st.button("End all others", key="end_others"):
        _confirm(len(rows) - 1)


@st.dialog("End all other sessions?")
@guarded
def _confirm(actor: Actor, count: int) -> None:
    """Asked first, because whoever is signed out has to type the password again."""
    ends = formats.counted(count, "session")
    show(parts.note(f"{ends} will be signed out at once. This browser stays signed in."))
    if st.button("End them", key="end_others_now", type="primary"):
        ended = session.services().accounts.revoke_others(actor)
        _done(f"{formats.counted(ended, 'session has', 'sessions have')} ended.")


def _session(row: Session, *, own: bool) -> Markup:
    name = tag("b", formats.device(row.device), title=row.device)
    seen = parts.when(row.last_seen_at, session.now())
    since = parts.when(row.created_at, session.now())
    place = row.address or "unknown address"
    line = tag("span", place, ", last used ", seen, ", since ", since, class_="ui-muted")
    return tag(
        "div", name, " ", parts.badge(Tone.OK, "this one") if own else None, tag("div", line)
    )


def _done(sentence: str) -> None:
    session.announce(sentence)
    st.rerun()
