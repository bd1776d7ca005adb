"""The library's filter bar, its gallery and list, and what can be done with a selection."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from core.library.search import parse_query
from core.model.identity import Actor
from core.model.media import FileKind, FilePage, FileQuery, FileSort, FileState, MediaFile
from core.ui import charts, delivery_view, file_detail, formats, parts, scrolling, session
from core.ui.frame import boundary, guarded, show
from core.ui.gallery import GalleryItem, gallery
from core.ui.viewer import viewer

GALLERY, LIST = "Gallery", "List"

_KINDS: dict[str, FileKind | None] = {
    "Any type": None,
    **{words: kind for kind, words in charts.KIND_WORDS.items()},
}
_STATES: dict[str, FileState | None] = {
    "Any state": None,
    **{delivery_view.file_word(state): state for state in FileState},
}
_SORTS = {
    "Newest first": FileSort.NEWEST,
    "Oldest first": FileSort.OLDEST,
    "Name A\u2013Z": FileSort.NAME,
    "Name Z\u2013A": FileSort.NAME_DESCENDING,
    "Largest first": FileSort.LARGEST,
    "Smallest first": FileSort.SMALLEST,
}


@st.fragment
@guarded
def browse(actor: Actor) -> None:
    """Filter, page, select, act: all of it without running the rest of the page again."""
    refusal = st.container()  # above the files, where it is seen
    opened = _results(actor) or st.query_params.get(file_detail.PARAMETER)
    with refusal, boundary():
        if opened:
            file_detail.open_dialog(actor, opened)
        else:
            file_detail.open_waiting(actor)


def _results(actor: Actor) -> str | None:
    """Everything but the drawer; the id of a file that was opened in this run."""
    top = st.container()
    query, view = _filters(actor)
    _undo_bar(actor)
    page, offset = _page(actor, query)
    file_detail.stands_among([file.id for file in page.items])
    with top:
        show(parts.headline(_found(page.total, query)))
    if not page.total:
        _nothing(query)
        return None
    bar = st.container(horizontal=True, vertical_alignment="center", key=f"selected_in_{view}")
    chosen, opened = _gallery(page) if view == GALLERY else _list(page)
    if chosen:
        with bar:
            if view == LIST:
                show(parts.note(f"{formats.counted(len(chosen), 'file')} selected"))
            _selection_bar(actor, page, chosen, trashed=query.trashed)
    per_page = actor.preferences.page_size
    if page.total > per_page:
        pages = math.ceil(page.total / per_page)
        shown = st.pagination(pages, key="page", bind="query-params")
        scrolling.top_on_change(shown, key="library_top")
    window = session.services().viewing.shown(page.items, offset, page.total)
    return viewer(actor, window, query) or opened


def _page(actor: Actor, query: FileQuery) -> tuple[FilePage, int]:
    """The page that the URL names before the pager exists, and its first place; the first where
    there is no such one.
    """
    named = str(st.session_state.get("page") or st.query_params.get("page") or "1")
    at = max(1, int(named)) if named.isdecimal() and len(named) < 8 else 1
    library = session.services().library
    per_page = actor.preferences.page_size
    offset = (at - 1) * per_page
    page = library.page(actor, query, limit=per_page, offset=offset)
    if page.total and not page.items:
        return library.page(actor, query, limit=per_page), 0
    return page, offset


def _filters(actor: Actor) -> tuple[FileQuery, str]:
    """The bar whose every choice stands in the URL, so that a view can be sent as a link."""
    with st.container(horizontal=True, vertical_alignment="center", key="filters"):
        text = st.text_input(
            "Search", key="q", bind="query-params", type="search", live=True,
            placeholder="Search names", label_visibility="collapsed", width=240,
            on_change=_first_page,
        )  # fmt: skip
        kind = _choice("Type", tuple(_KINDS), "type", 130)
        state = _choice("State", tuple(_STATES), "state", 140)
        sort = _choice("Sort", tuple(_SORTS), "sort", 150)
        trashed = st.toggle("Trash", key="trash", bind="query-params", on_change=_first_page)
        view = st.segmented_control(
            "View", (GALLERY, LIST), default=GALLERY, required=True, key="view",
            bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    typed = parse_query(text or "", me=actor.account_id)
    chosen = {"kind": _KINDS[kind], "state": _STATES[state], "sort": _SORTS[sort]}
    if typed.sort is not FileSort.NEWEST:
        del chosen["sort"]
    changes = {name: value for name, value in chosen.items() if value is not None}
    query = typed.model_copy(update=changes | {"trashed": trashed or typed.trashed})
    return query, view or GALLERY


def _choice(label: str, options: tuple[str, ...], key: str, width: int) -> str:
    return str(
        st.selectbox(
            label, options, key=key, bind="query-params", label_visibility="collapsed",
            width=width, on_change=_first_page,
        )
    )  # fmt: skip


def _first_page() -> None:
    st.session_state["page"] = 1


def _found(total: int, query: FileQuery) -> str:
    files = formats.counted(total, "file")
    if query.trashed:
        return f"{files} in the trash"
    return files if query == FileQuery(sort=query.sort) else f"{files} found"


def _nothing(query: FileQuery) -> None:
    if query.trashed:
        words = ("The trash is empty", "Files that are moved here can be restored for a while.")
    elif query == FileQuery(sort=query.sort):
        words = ("No files yet", "Files show here as soon as they are uploaded.")
    else:
        words = ("Nothing matches", "Clear a filter, or search for a part of the name.")
    show(parts.empty_state(*words))


def _gallery(page: FilePage) -> tuple[tuple[str, ...], str | None]:
    event = gallery([_tile(file) for file in page.items], _key("gallery"))
    return event.selected, event.opened


def _tile(file: MediaFile) -> GalleryItem:
    return GalleryItem(
        id=file.id,
        name=file.name,
        kind=file.kind,
        state=file.state,
        size=formats.size(file.size),
        thumbnail=session.services().library.thumbnail_url(file) or None,
        width=file.width,
        height=file.height,
    )


def _list(page: FilePage) -> tuple[tuple[str, ...], str | None]:
    """A table for many columns; sorting and export are the table's own."""
    address, zone = session.services().library.thumbnail_url, formats.zone_name()
    event = st.dataframe(
        [_row(file, session.absolute(address(file))) for file in page.items],
        hide_index=True,
        row_height=40,
        height=min(660, 40 * (len(page.items) + 1)),
        on_select="rerun",
        selection_mode="multi-row",
        key=_key("list"),
        column_config={
            "": st.column_config.ImageColumn(width=56),
            "Name": st.column_config.TextColumn(width="medium"),
            "Size (KiB)": st.column_config.NumberColumn(format="localized"),
            f"Uploaded ({zone})": st.column_config.DatetimeColumn(
                format="YYYY-MM-DD HH:mm", timezone=zone
            ),
        },
        alt="Files of this page",
    )
    chosen = tuple(page.items[at].id for at in event.selection.rows if at < len(page.items))
    return chosen, None


def _row(file: MediaFile, thumbnail: str) -> dict[str, object]:
    return {
        "": thumbnail,
        "Name": file.name,
        "State": delivery_view.file_word(file.state),
        "Type": file.content_type,
        "Size (KiB)": round(file.size / 1024),
        "Dimensions": formats.dimensions(file.width, file.height),
        "Folder": file.folder,
        f"Uploaded ({formats.zone_name()})": file.uploaded_at,
    }


def _key(name: str) -> str:
    """A new key forgets the selection: after an action the files are no longer there."""
    return f"{name}_{st.session_state.get(session.SELECTION, 0)}"


def _selection_bar(actor: Actor, page: FilePage, chosen: Sequence[str], *, trashed: bool) -> None:
    if len(chosen) == 1 and st.button("Details", key="selected_details"):
        file_detail.open_dialog(actor, chosen[0])
    if trashed:
        if st.button("Restore", key="restore_selected", type="primary"):
            restore(actor, chosen)
        return
    links = st.popover("Download", on_change="rerun", key="download_selected")
    if links.open:  # each link asks S3 whether the bytes are there
        with links:
            file_detail.download_links(actor, [file for file in page.items if file.id in chosen])
    if st.button("Move to trash", key="trash_selected"):
        trash(actor, chosen)


def trash(actor: Actor, ids: Sequence[str]) -> None:
    session.services().library.trash(actor, tuple(ids))
    st.session_state[session.TRASHED_JUST_NOW] = tuple(ids)
    _forget_selection()
    st.rerun()


def restore(actor: Actor, ids: Sequence[str]) -> None:
    files = session.services().library.restore(actor, tuple(ids))
    st.session_state.pop(session.TRASHED_JUST_NOW, None)
    _forget_selection()
    session.announce(f"{formats.counted(len(files), 'file')} restored.")
    st.rerun()


def _forget_selection() -> None:
    st.session_state[session.SELECTION] = st.session_state.get(session.SELECTION, 0) + 1


def _undo_bar(actor: Actor) -> None:
    """Moving to the trash asks nothing beforehand, because it can be taken back here."""
    ids = st.session_state.get(session.TRASHED_JUST_NOW, ())
    if not ids:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo_bar"):
        show(parts.note(f"{formats.counted(len(ids), 'file')} moved to the trash."))
        if st.button("Undo", key="undo_trash"):
            restore(actor, ids)
        if st.button("Dismiss", key="dismiss_undo", type="tertiary"):
            st.session_state.pop(session.TRASHED_JUST_NOW, None)
            st.rerun(scope="fragment")
