"""A person's own account: what others see of them, the password, the sessions."""

from __future__ import annotations

import streamlit as st

from core.accounts.records import ProfileChanges
from core.errors import InvalidInput
from core.model.identity import Account, Actor, Session
from core.ui import formats, parts, session
from core.ui.frame import guarded, show
from core.ui.markup import Markup, tag
from core.ui.parts import Tone


@st.fragment
@guarded
def details(actor: Actor) -> None:
    profile = session.services().accounts.profile(actor)
    show(parts.title("Profile", profile.email))
    with st.form("details", border=False):
        changes = _profile_fields(profile)
        if st.form_submit_button("Save profile"):
            session.services().accounts.update_profile(actor, changes)
            _done("The profile is saved.")


def _profile_fields(profile: Account) -> ProfileChanges:
    username = st.text_input("Name", profile.username, max_chars=64)
    full_name = st.text_input("Full name", profile.full_name, max_chars=120)
    gender = st.text_input("Gender", profile.gender, max_chars=40)
    birthday = st.date_input(
        "Date of birth", profile.date_of_birth, min_value="1900-01-01", max_value="today"
    )
    return ProfileChanges(
        username=username,
        full_name=full_name,
        gender=gender,
        date_of_birth=birthday,
    )


@st.fragment
@guarded
def password(actor: Actor) -> None:
    show(parts.title("Password", "other sessions end when it changes"))
    with st.form("password", border=False, clear_on_submit=True):
        current = st.text_input("Current password", type="password")
        new = st.text_input("New password", type="password")
        again = st.text_input("New password, again", type="password")
        if st.form_submit_button("Change password"):
            if new != again:
                raise InvalidInput(
                    "The two new passwords differ.", hint="Type the new password twice."
                )
            session.services().accounts.change_password(actor, current or "", new or "")
            _done("The password is changed; other sessions have ended.")


@st.fragment
@guarded
def sessions(actor: Actor) -> None:
    rows = session.services().accounts.sessions(actor)
    show(parts.title("Signed in", formats.counted(len(rows), "session")))
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center"):
            show(_session(row, own=row.id == actor.session_id))
            if row.id != actor.session_id and st.button("End", key=f"end_{row.id}"):
                session.services().accounts.revoke_session(actor, row.id)
                _done("The session has ended.")


def _session(row: Session, *, own: bool) -> Markup:
    name = tag("b", formats.device(row.device), title=row.device)
    seen = parts.when(row.last_seen_at, session.now())
    line = tag("span", row.address, " seen ", seen, class_="ui-muted")
    return tag(
        "div", name, " ", parts.badge(Tone.OK, "this one") if own else None, tag("div", line)
    )


def _done(sentence: str) -> None:
    session.announce(sentence)
    st.rerun()
