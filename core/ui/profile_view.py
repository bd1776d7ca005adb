"""A person's own account: picture, what others see of them, and the password."""

from __future__ import annotations

import streamlit as st

from core.accounts.records import ProfileChanges
from core.errors import InvalidInput
from core.model.identity import Account, Actor
from core.ui import parts, personal, session
from core.ui.frame import guarded, show


@st.fragment
@guarded
def picture(actor: Actor) -> None:
    """The browser sends the picture itself; the sidebar then needs a whole run."""
    account = session.services().accounts.profile(actor)
    found = session.services().avatars.address(account)
    show(parts.title("Picture", "a square of at most 10 MiB"))
    unseen = account.avatar_key and not found.url
    changed = personal.avatar_editor(
        "avatar",
        url=found.url,
        initial=(account.username or account.email)[:1].upper(),
        note=f"No picture: {found.reason}." if unseen else "",
    )
    if changed:
        st.rerun()


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


def _done(sentence: str) -> None:
    session.announce(sentence)
    st.rerun()
