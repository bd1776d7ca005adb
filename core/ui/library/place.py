"""Where in the library a person is: section, filters and search, all of it in the address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

import streamlit as st

from core.model.identity import Actor
from core.model.media import FileQuery, FileSort
from core.ui import session

_SECTIONS = ("sort", "trashed", "folder", "below", "album", "shared_with")  # fields of a query


class Section(StrEnum):
    FILES = "Files"
    FOLDERS = "Folders"
    ALBUMS = "Albums"
    SHARED = "Shared with me"
    DUPLICATES = "Duplicates"
    TRASH = "Trash"


class View(StrEnum):
    GALLERY = "Gallery"
    LIST = "List"
    DATES = "Dates"


SECTION, VIEW, TEXT, SORT, BELOW, PAGE = "in", "view", "q", "sort", "below", "page"  # widgets
_AGAIN = "library_first_page"
FOLDER, ALBUM = "folder", "album"
FILTERS = ("type", "state", "tag", "camera", "taken", "uploaded", "ext", "owner", "is")

SORTS = {
    "Newest first": FileSort.NEWEST,
    "Oldest first": FileSort.OLDEST,
    "Latest taken": FileSort.LATEST_TAKEN,
    "Earliest taken": FileSort.EARLIEST_TAKEN,
    "Name A\u2013Z": FileSort.NAME,
    "Name Z\u2013A": FileSort.NAME_DESCENDING,
    "Largest first": FileSort.LARGEST,
    "Smallest first": FileSort.SMALLEST,
}


def query_of(actor: Actor, section: Section, text: str, sort: str, *, below: bool) -> FileQuery:
    """What the page asks for. Raises `InvalidInput` for a filter that nobody knows."""
    fields = {name: chosen(name) for name in FILTERS}
    query = session.services().library.query(actor, text, **fields)
    if query.sort is FileSort.NEWEST:
        query = query.model_copy(update={"sort": SORTS.get(sort, FileSort.NEWEST)})
    return query.model_copy(update=_within(actor, section, query, below=below))


def _within(actor: Actor, section: Section, query: FileQuery, *, below: bool) -> dict[str, object]:
    """What the section adds; a search in a folder also looks into the folders in it."""
    if section is Section.FOLDERS and query.folder is None:
        below = below or bool(query.text or filters())
        mine = query.owner_id or actor.account_id
        return {"folder": folder(), "below": below, "owner_id": mine}
    if section is Section.ALBUMS:
        return {"album": album()}
    if section is Section.SHARED:
        return {"shared_with": actor.account_id}
    return {"trashed": True} if section is Section.TRASH else {}


def fingerprint(query: FileQuery) -> str:
    return hashlib.sha256(query.model_dump_json().encode()).hexdigest()[:16]


def narrowed(query: FileQuery) -> bool:
    """Whether anything but the section and its order decides what is found."""
    aside = set(_SECTIONS) if chosen("owner") else {*_SECTIONS, "owner_id"}
    return bool(query.model_dump(exclude_defaults=True, exclude=aside))


def chosen(name: str) -> tuple[str, ...]:
    return tuple(st.query_params.get_all(name))


def filters() -> tuple[tuple[str, str], ...]:
    """Every chosen filter and its value, in the order of the bar."""
    return tuple((name, value) for name in FILTERS for value in chosen(name))


def choose(name: str, values: Sequence[str]) -> None:
    """Put a filter into the address, and start at its first page."""
    if values:
        st.query_params[name] = list(values)
    else:
        st.query_params.pop(name, None)
    first_page()


def add(name: str, value: str) -> None:
    """Tags add up; of all others there is one."""
    choose(name, (*chosen(name), value) if name == "tag" else (value,))


def drop(name: str, value: str) -> None:
    choose(name, [one for one in chosen(name) if one != value])


def clear() -> None:
    for name in FILTERS:
        st.query_params.pop(name, None)
    st.session_state[TEXT] = ""
    first_page()


def folder() -> str:
    return st.query_params.get(FOLDER, "")


def album() -> str | None:
    return st.query_params.get(ALBUM) or None


def go_to_folder(path: str) -> None:
    choose(FOLDER, (path,) if path else ())


def go_to_album(id: str | None) -> None:
    choose(ALBUM, (id,) if id else ())


def first_page() -> None:
    """From the next run on: in this one the pager may stand there already."""
    st.session_state[_AGAIN] = True


def begin() -> None:
    """Before anything is drawn."""
    if st.session_state.pop(_AGAIN, False):
        st.session_state[PAGE] = 1


def page_number() -> int:
    """The page that the address names, before the pager exists."""
    named = str(st.session_state.get(PAGE) or st.query_params.get(PAGE) or "1")
    return max(1, int(named)) if named.isdecimal() and len(named) < 8 else 1
