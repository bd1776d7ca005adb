"""What admins allow: the form of the policy, with what it means for links that are there."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor
from core.model.sharing import SharePolicy
from core.ui import parts, session
from core.ui.frame import boundary, guarded, show

_GIB = 1024**3


@st.fragment
@guarded
def policy(actor: Actor) -> None:
    shares = session.services().shares
    now = shares.policy(actor)
    show(
        parts.headline(
            "What links may do here",
            "Counts at once, for links that exist too: they end sooner, or stop until they fit.",
        )
    )
    with st.form("share_policy", border=False):
        chosen = _fields(now)
        if not st.form_submit_button("Save", type="primary"):
            return
        with boundary():
            shares.set_policy(actor, chosen)
            session.announce("The policy is saved.")
            st.rerun()


def _fields(now: SharePolicy) -> SharePolicy:
    days = st.number_input("Longest life of a link (days)", 1, 3650, now.longest_days, width=320)
    needed = st.toggle("Every link needs a password", now.password_required)
    domains = st.text_input(
        "People may share files with addresses at",
        ", ".join(now.domains),
        placeholder="any domain",
        help="Domains divided by commas. What was shared before stays.",
        width=480,
    )
    boxes = st.toggle("Drop boxes are allowed", now.drop_boxes)
    most = st.number_input(
        "Largest drop box (GiB in total)",
        min_value=0.1,
        max_value=5000.0,
        value=max(0.1, now.largest_drop_bytes / _GIB),
        width=320,
    )
    return SharePolicy(
        longest_days=int(days),
        password_required=needed,
        domains=tuple((domains or "").replace(",", " ").split()),
        drop_boxes=boxes,
        largest_drop_bytes=round(most * _GIB),
    )
