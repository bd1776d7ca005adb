"""What can be done with the selection: at once, or in a dialog that looks before it changes."""

from __future__ import annotations

import streamlit as st

from core.model.changes import BulkKind
from core.model.identity import Actor
from core.ui import file_detail, formats, parts, session
from core.ui.frame import show
from core.ui.library import bulk_dialog, changes, handing, picks
from core.ui.library.found import Found
from core.ui.library.picks import Picks

_AT_ONCE = 200  # more than so many move to the trash after a look at what happens
_MORE = (
    BulkKind.COPY,
    BulkKind.RENAME,
    BulkKind.ADD_TO_ALBUM,
    BulkKind.REMOVE_FROM_ALBUM,
    BulkKind.MAKE_PRIVATE,
    BulkKind.MAKE_PUBLIC,
)
_PRIVACY = frozenset({BulkKind.MAKE_PRIVATE, BulkKind.MAKE_PUBLIC})


def bar(actor: Actor, found: Found, picked: Picks) -> None:
    """Nothing where nothing is selected."""
    count = found.page.total if picked.whole else len(picked.ids)
    if not count:
        return
    _all_of_it(found, picked)
    if found.query.trashed:
        _trashed(actor, found, picked, count)
    else:
        _live(actor, found, picked, count)


def _all_of_it(found: Found, picked: Picks) -> None:
    """Offered once the whole page is selected, and there is more than the page."""
    if picked.whole or found.page.total <= len(found.ids):
        return
    if set(found.ids) <= set(picked.ids):
        st.button(
            f"Select all {formats.number(found.page.total)}", key="select_everything",
            type="tertiary", on_click=picks.pick_all, args=(found.query, found.ids),
        )  # fmt: skip


def _live(actor: Actor, found: Found, picked: Picks, count: int) -> None:
    if count == 1 and st.button("Details", key="selected_details"):
        file_detail.open_dialog(actor, picked.ids[0])
    selection = picks.selection(picked, found.query)
    for kind in (BulkKind.ADD_TAGS, BulkKind.MOVE):
        if st.button(bulk_dialog.OFFERS[kind].words, key=f"selected_{kind.value}"):
            bulk_dialog.open_dialog(kind, selection, count)
    handing.share(actor, picked, selection, count)
    handing.download(actor, found, picked, selection, count)
    if st.button("Move to trash", key="trash_selected"):
        if picked.whole or count > _AT_ONCE:
            bulk_dialog.open_dialog(BulkKind.TRASH, selection, count)
        else:
            changes.trash(actor, picked.ids)
    switch = session.services().library.serves_private
    kinds = [kind for kind in _MORE if switch or kind not in _PRIVACY]
    offered = {bulk_dialog.OFFERS[kind].words: kind for kind in kinds}
    more = st.menu_button("More", list(offered), key="selected_more")
    if more:
        bulk_dialog.open_dialog(offered[more], selection, count)


def _trashed(actor: Actor, found: Found, picked: Picks, count: int) -> None:
    selection = picks.selection(picked, found.query)
    if st.button("Restore", key="restore_selected", type="primary"):
        if picked.whole or count > _AT_ONCE:
            bulk_dialog.open_dialog(BulkKind.RESTORE, selection, count)
        else:
            changes.restore(actor, picked.ids)
    if st.button("Delete for good", key="delete_selected"):
        bulk_dialog.open_dialog(BulkKind.DELETE, selection, count)


def trash_notice(actor: Actor, total: int) -> None:
    """How long files stay there, and the one way to be rid of all of them."""
    if not total:
        return
    days = session.services().settings.trash_days
    with st.container(horizontal=True, vertical_alignment="center", key="trash_bar"):
        show(parts.note(f"Files are deleted for good {days} days after they came here."))
        with st.popover("Empty trash", key="empty_trash"):
            show(parts.note("All your files in the trash are deleted for good, at once."))
            if st.button("Delete all for good", key="empty_trash_now", type="primary"):
                bulk = session.services().library.bulks.empty_trash(actor)
                st.session_state[session.LAST_BULK] = bulk.id
                picks.forget()
                st.rerun()
