"""The foot of the sidebar: who is signed in, and the way out."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor
from core.ui import faces, session
from core.ui.frame import show
from core.ui.markup import Markup, join, tag
from core.ui.uploader.going_on import go_on


def account(actor: Actor) -> None:
    with st.sidebar:
        show(tag("div", _person(actor), _sign_out(), class_="ui-account"))
        go_on(actor)


def _person(actor: Actor) -> Markup:
    name = actor.username or actor.email
    initial = (name[:1] or "?").upper()
    picture = session.services().avatars.address(actor).small_url
    return join(
        faces.portrait(picture, initial),
        tag(
            "a",
            tag("b", name, title=actor.email),
            tag("small", actor.role.value),
            class_="ui-person",
            href="/profile",
        ),
    )


def _sign_out() -> Markup:
    """A POST form: a link could be fetched ahead, and sign people out."""
    return tag(
        "form",
        tag("button", "Sign out", type="submit"),
        action="/session/sign-out",
        method="post",
    )
