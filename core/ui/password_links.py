"""The dialogs that make a one-time password link, and show it once with its end."""

from __future__ import annotations

import streamlit as st

from core.accounts.records import OneTimeLink
from core.model.identity import Account, Actor, Role
from core.ui import formats, parts, session
from core.ui.copy_button import copy_button
from core.ui.frame import guarded, show
from core.ui.parts import Tone


def add_person() -> None:
    """Ask for email, name and role; then show the link in place of the form."""
    st.dialog("Add a person", on_dismiss="rerun")(_invitation)()


def show_new_link(person: Account, link: OneTimeLink) -> None:
    st.dialog("New password link", on_dismiss="rerun")(_new_link)(person, link)


@guarded
def _invitation(actor: Actor) -> None:
    place = st.empty()
    with place.container(), st.form("add_person", border=False):
        email = st.text_input("Email", max_chars=254)
        name = st.text_input("Name", max_chars=64)
        role = st.selectbox("Role", list(Role))
        if not st.form_submit_button("Add and make a link", type="primary"):
            return
        accounts = session.services().accounts
        account, link = accounts.invite(actor, email or "", name or "", Role(role or Role.MEMBER))
    with place.container():
        _link(account.email, link)


@guarded
def _new_link(_: Actor, person: Account, link: OneTimeLink) -> None:
    _link(person.email, link)
    password = "" if person.invited else " The old password works until this link is used."
    show(parts.note(f"A link from before has ended.{password}"))


def _link(email: str, link: OneTimeLink) -> None:
    url = session.absolute(link.path)
    show(parts.title("Password link", email), parts.mono(url))
    copy_button("Copy link", url, key="copy_password_link")
    show(
        parts.note(
            f"Send it to them yourself: it is shown only now. It works once, "
            f"until {formats.moment(link.expires_at)}.",
            Tone.WARN,
        )
    )
