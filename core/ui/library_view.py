"""The library page: where one is, what is found there, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor
from core.model.media import FileQuery
from core.ui import file_detail, formats, navigation, parts, session
from core.ui.frame import boundary, guarded, show
from core.ui.library import (
    albums,
    changes,
    dates,
    duplicates,
    facets,
    folders,
    found,
    health,
    place,
    processing,
    searching,
    selected,
)
from core.ui.library.changes import restore, trash
from core.ui.library.found import Found
from core.ui.library.place import Section, View
from core.ui.library.searching import Asked
from core.ui.viewer import viewer

__all__ = ["browse", "restore", "trash"]


@st.fragment
@guarded
def browse(actor: Actor) -> None:
    """Filter, page, select, act: all of it without running the rest of the page again."""
    refusal = st.container()  # above the files, where it is seen
    opened = None
    with boundary():
        opened = _section(actor) or st.query_params.get(file_detail.PARAMETER)
    with refusal, boundary():
        if opened:
            file_detail.open_dialog(actor, opened)
        else:
            file_detail.open_waiting(actor)


def _section(actor: Actor) -> str | None:
    """Everything but the drawer; the id of a file that was opened in this run."""
    place.begin()
    top = st.container(key="library_head")
    health.notices()
    bulks = changes.recent(actor)
    with st.container(horizontal=True, vertical_alignment="center", key="sections"):
        section = searching.sections()
        history = st.container(width="content")
    changes.bar(bulks)
    if section is Section.ALBUMS and place.album() is None:
        albums.listed(actor, top)
        opened = None
    elif section is Section.DUPLICATES:
        duplicates.review(actor, top)
        opened = None
    else:
        opened = _found(actor, section, top)
    with history:
        changes.popover(actor, bulks)
    return opened


def _found(actor: Actor, section: Section, top: st.delta_generator.DeltaGenerator) -> str | None:
    """The bars keep their places, and what they hold comes after the files: those are awaited."""
    asked, tools = searching.bar(section)
    lists = st.container(horizontal=True, vertical_alignment="center", key="facets")
    facets.chips(actor)  # before the query: what is wrong in it can be taken away
    try:
        query = place.query_of(actor, section, asked.text, asked.sort, below=_below())
        opened = _files(actor, asked, query, top)
        with lists:
            facets.lists(actor, query)
    finally:
        with tools:
            searching.tools(actor)
    return opened


def _below() -> bool:
    """The switch stands further down; the address knows it before."""
    kept = st.session_state.get(place.BELOW)
    return kept if isinstance(kept, bool) else st.query_params.get(place.BELOW) == "true"


def _files(
    actor: Actor, asked: Asked, query: FileQuery, top: st.delta_generator.DeltaGenerator
) -> str | None:
    inside = _surroundings(actor, asked.section)
    if asked.view is View.DATES:
        dates.show_map(actor, query)
    page = found.read(actor, query)
    with top:
        show(parts.headline(_sentence(page.page.total, asked.section, query, inside)))
    if query.trashed:
        selected.trash_notice(actor, page.page.total)
    if not page.page.total:
        _nothing(actor, query, asked.section, around=inside > 0)
        return None
    return _shown(actor, page, asked.view)


def _surroundings(actor: Actor, section: Section) -> int:
    """What stands above the files of a folder or album; how many folders there are."""
    if section is Section.FOLDERS:
        children = folders.inside(actor)
        folders.bar(actor, children)
        folders.rows(children)
        return len(children)
    if section is Section.ALBUMS:
        albums.opened(actor, place.album() or "")
    return 0


def _shown(actor: Actor, page: Found, view: View) -> str | None:
    bar = st.container(horizontal=True, vertical_alignment="center", key=f"selected_in_{view}")
    file_detail.stands_among(page.ids)
    if view is View.LIST:
        picked, opened = found.table(page, trashed=page.query.trashed)
    else:
        picked, opened = found.tiles(actor, page)
    with bar, boundary():  # what fails here leaves the files where they are
        if view is View.LIST and picked.ids:
            show(parts.note(f"{formats.counted(len(picked.ids), 'file')} selected"))
        selected.bar(actor, page, picked)
    found.pager(actor, page.page.total)
    processing.watch(page)
    services = session.services()
    window = services.viewing.shown(page.page.items, page.offset, page.page.total)
    return viewer(actor, window, page.query) or opened


def _sentence(total: int, section: Section, query: FileQuery, inside: int) -> str:
    files = formats.counted(total, "file")
    if query.trashed:
        return f"{files} in the trash"
    if section is Section.SHARED:
        return f"{files} shared with you"
    if place.narrowed(query):
        return f"{files} found"
    if inside and not query.below:
        return f"{formats.counted(inside, 'folder')}, {files}"
    return files


def _nothing(actor: Actor, query: FileQuery, section: Section, *, around: bool) -> None:
    """Says what will be here, and offers the first step."""
    own = not query.trashed and section in {Section.FILES, Section.FOLDERS}
    if place.narrowed(query):
        words = ("Nothing matches", "Clear a filter, or search for a part of the name.")
    elif query.trashed:
        words = ("The trash is empty", "Files that are moved here can be restored for a while.")
    elif section is Section.FOLDERS and around:
        words = ("No files right here", "They are in the folders above.")
    elif section is Section.FOLDERS and query.folder:
        words = ("This folder is empty", "Move files here: select them, then Move.")
    elif section is Section.ALBUMS:
        words = ("No files on this album yet", "Select files, then More, Add to album.")
    elif section is Section.SHARED:
        words = ("Nothing is shared with you yet", "Files that colleagues share show here.")
    else:
        words = ("No files yet", "Files show here as soon as they are uploaded.")
    show(parts.empty_state(*words))
    with st.container(horizontal_alignment="center", key="first_step"):
        if place.narrowed(query):
            st.button("Clear search and filters", key="clear_all", on_click=place.clear)
        elif own:
            navigation.link(actor, "upload", "Upload files", ":material/upload:")
