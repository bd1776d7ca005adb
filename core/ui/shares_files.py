"""Files that people of the team share with each other, and what is done with several of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import streamlit as st

from core.model.changes import Selection
from core.model.identity import Actor
from core.model.media import FilePage, FileQuery, MediaFile
from core.ui import file_detail, formats, parts, session, share_dialog, unsharing
from core.ui.frame import boundary, guarded, show
from core.ui.gallery import gallery
from core.ui.library import found, handing, picks
from core.ui.viewer import viewer

PER_PAGE = 60

Bar = Callable[[Actor, Sequence[MediaFile]], None]


@st.fragment
@guarded
def shared_with_me(actor: Actor) -> None:
    query = FileQuery(shared_with=actor.account_id)
    _files(
        actor, query, "shared with you", "Files that colleagues share with you show here.", _leave
    )


@st.fragment
@guarded
def shared_by_me(actor: Actor) -> None:
    query = FileQuery(owner_id=actor.account_id, shared=True)
    nothing = "Open a file and choose Share to let a colleague in."
    _files(actor, query, "shared by you", nothing, _take_back)


def _files(actor: Actor, query: FileQuery, words: str, nothing: str, more: Bar) -> None:
    page, offset = _page(actor, query)
    show(parts.headline(f"{formats.counted(page.total, 'file')} {words}"))
    _undo_bar(actor)
    if not page.total:
        show(parts.empty_state("Nothing yet", nothing))
        return
    file_detail.stands_among([file.id for file in page.items])
    # The library's bar, which stands in the gallery's own line.
    bar = st.container(horizontal=True, vertical_alignment="center", key="selected_in_Gallery")
    tiles = [found.tile(file) for file in page.items]
    event = gallery(tiles, picks.key("shared_gallery"), label=f"Files {words}")
    chosen = [file for file in page.items if file.id in event.selected]
    with bar, boundary():
        if chosen:
            selection = Selection(ids=tuple(file.id for file in chosen))
            handing.offer(actor, chosen, selection, len(chosen))
            more(actor, chosen)
    if page.total > PER_PAGE:
        st.pagination(math.ceil(page.total / PER_PAGE), key="page", bind="query-params")
    window = session.services().viewing.shown(page.items, offset, page.total)
    opened = viewer(actor, window, query) or event.opened
    opened = opened or st.query_params.get(file_detail.PARAMETER)
    with boundary():
        if opened:
            file_detail.open_dialog(actor, opened)
        else:
            file_detail.open_waiting(actor)


def _page(actor: Actor, query: FileQuery) -> tuple[FilePage, int]:
    """The page that the URL names, or the first where there is no such one; and where it begins."""
    named = str(st.session_state.get("page") or st.query_params.get("page") or "1")
    at = max(1, int(named)) if named.isdecimal() and len(named) < 8 else 1
    library, offset = session.services().library, (at - 1) * PER_PAGE
    page = library.page(actor, query, limit=PER_PAGE, offset=offset)
    if page.total and not page.items:
        return library.page(actor, query, limit=PER_PAGE), 0
    return page, offset


def _leave(actor: Actor, files: Sequence[MediaFile]) -> None:
    """Be rid of what others share."""
    words = formats.counted(len(files), "file")
    meaning = "You see them no more. It can be undone for a day."
    if st.button(f"Leave {words}", key="leave_selected", help=meaning):
        _unshare(actor, files, (actor.account_id,), f"You left {words}.")


def _take_back(actor: Actor, files: Sequence[MediaFile]) -> None:
    words = formats.counted(len(files), "file")
    if st.button("Share", key="share_selected"):
        share_dialog.open_dialog(actor, [file.id for file in files])
    meaning = "Nobody you let in sees them any more. Links to them stay: see My links."
    if st.button(f"Stop sharing {words}", key="unshare_selected", help=meaning):
        people = {grant.account_id for file in files for grant in file.grants}
        said = f"You share {words} with nobody any more. Links to them stay: see My links."
        _unshare(actor, files, sorted(people), said)


def _unshare(
    actor: Actor, files: Sequence[MediaFile], people: Sequence[str], sentence: str
) -> None:
    unsharing.take(actor, [file.id for file in files], people, sentence)
    picks.forget()
    st.rerun()


def _undo_bar(actor: Actor) -> None:
    done = unsharing.undo_bar(actor)
    if done is None:
        return
    if done:
        session.announce(done)
    st.rerun()
