"""The screens of the Shared page that list links: own ones, drop boxes, and everybody's."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor
from core.model.sharing import LinkState, OwnLink, ShareKind
from core.stores.collection import Listing
from core.ui import drop_dialog, formats, parts, session, shares_table
from core.ui.frame import guarded, show

STEP = 100


@st.fragment
@guarded
def my_links(actor: Actor) -> None:
    found = _mine(actor)
    views = tuple(own for own in found.items if own.link.kind is ShareKind.VIEW)
    show(parts.headline(_sentence(views), "Links end by themselves; each can be ended sooner."))
    shares_table.undo_bar(actor)
    if not views:
        show(
            parts.empty_state(
                "No links yet", "Select files in the library and choose Share to make one."
            )
        )
        return
    _links(actor, views, "my_links", more=found.next is not None)


@st.fragment
@guarded
def drop_boxes(actor: Actor) -> None:
    found = _mine(actor)
    boxes = tuple(own for own in found.items if own.link.kind is ShareKind.DROP)
    open_ones = sum(own.state is LinkState.OPEN for own in boxes)
    show(
        parts.headline(
            f"{formats.counted(open_ones, 'drop box', 'drop boxes')} open",
            "Others send files into a folder of yours, without an account.",
        )
    )
    allowed = session.services().shares.policy(actor).drop_boxes
    if st.button("New drop box", type="primary", key="new_box", disabled=not allowed):
        drop_dialog.open_dialog(actor)
    if not allowed:
        show(parts.note("Drop boxes are switched off. An admin can allow them."))
    shares_table.undo_bar(actor)
    if boxes:
        _links(actor, boxes, "my_boxes", more=found.next is not None)
    elif allowed:
        show(parts.empty_state("No drop boxes yet", "Make one and send its link to a guest."))


@st.fragment
@guarded
def all_links(actor: Actor) -> None:
    """For those who manage links; the service asks again."""
    shown = st.session_state.setdefault(session.LINKS_SHOWN, STEP)
    found = session.services().shares.everybodys(actor, limit=shown)
    show(parts.headline(_sentence(found.items), "Of everybody. Addresses are their owners' alone."))
    shares_table.undo_bar(actor)
    if not found.items:
        show(parts.empty_state("No links yet", "Links that anybody makes show here."))
        return
    ids = tuple({own.link.owner_id for own in found.items})
    owners = dict(session.services().accounts.names(actor, ids))
    _links(actor, found.items, "all_links", more=found.next is not None, owners=owners)


def _mine(actor: Actor) -> Listing[OwnLink]:
    shown = st.session_state.setdefault(session.LINKS_SHOWN, STEP)
    return session.services().shares.mine(actor, limit=shown)


def _links(
    actor: Actor,
    items: tuple[OwnLink, ...],
    key: str,
    *,
    more: bool,
    owners: dict[str, str] | None = None,
) -> None:
    picked = shares_table.table(items, key, owners)
    if more and st.button(f"Show {STEP} more", key=f"more_{key}"):
        st.session_state[session.LINKS_SHOWN] += STEP
        st.rerun(scope="fragment")
    if picked is None:
        show(parts.note("Select a row to copy, change or revoke a link."))
    else:
        shares_table.details(actor, picked)


def _sentence(items: tuple[OwnLink, ...]) -> str:
    works = sum(own.state in {LinkState.OPEN, LinkState.USED_UP} for own in items)
    return f"{formats.counted(works, 'link')} can be opened"
