"""The fields that every form of a link has, bound to what the policy allows."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.model.identity import Actor
from core.model.sharing import OwnLink, SharePolicy
from core.shares.records import ShareRequest
from core.ui import formats, parts, session
from core.ui.copy_button import copy_button
from core.ui.frame import boundary, show
from core.ui.parts import Tone

LIVES = {
    "1 hour": timedelta(hours=1),
    "1 day": timedelta(days=1),
    "3 days": timedelta(days=3),
    "7 days": timedelta(days=7),
    "30 days": timedelta(days=30),
    "90 days": timedelta(days=90),
    "1 year": timedelta(days=365),
}
_USUAL = "7 days"


def lives(policy: SharePolicy) -> dict[str, timedelta]:
    """What may be chosen; the longest that the policy allows is always among it."""
    longest = timedelta(days=policy.longest_days)
    allowed = {label: life for label, life in LIVES.items() if life <= longest}
    if longest not in allowed.values():
        allowed[formats.counted(policy.longest_days, "day")] = longest
    return allowed


def life(policy: SharePolicy, key: str, label: str = "Ends after") -> timedelta:
    choices = lives(policy)
    usual = list(choices).index(_USUAL) if _USUAL in choices else 0
    chosen = st.selectbox(label, list(choices), index=usual, key=key)
    return choices[chosen or next(iter(choices))]


def password(policy: SharePolicy, key: str) -> str:
    needed = policy.password_required
    return (
        st.text_input(
            "Password" if needed else "Password (optional)",
            type="password",
            max_chars=200,
            key=key,
            placeholder="8 characters or more",
            autocomplete="new-password",
        )
        or ""
    )


def downloads(key: str) -> int | None:
    most = st.number_input(
        "Downloads at most (optional)",
        min_value=1,
        max_value=100_000,
        value=None,
        step=1,
        key=key,
        placeholder="no limit",
    )
    return int(most) if most else None


def created(actor: Actor, request: ShareRequest) -> OwnLink | None:
    """None where it was refused: the form stays, with what was typed and what is wrong."""
    own: list[OwnLink] = []
    with boundary():
        own.append(session.services().shares.create(actor, request))
    return own[0] if own else None


def made(own: OwnLink) -> None:
    """A new link, with its real end and what it can't keep."""
    url = session.absolute(own.path)
    show(parts.title("Link", own.link.title), parts.mono(url))
    copy_button("Copy link", url, key=f"copy_{own.link.id}")
    show(parts.note(f"{end_of(own)} You can end it at any time under Shared."))
    if own.link.has_password:
        show(parts.note("Send the password on another way: the link does not hold it.", Tone.WARN))


def end_of(own: OwnLink) -> str:
    said = f"Ends {formats.moment(own.ending.at)}"
    cut = ", because links may not live longer here" if own.ending.cut_by == "policy" else ""
    most = own.link.max_downloads
    limit = f", or after {formats.counted(most, 'download')}" if most else ""
    return f"{said}{cut}{limit}."
