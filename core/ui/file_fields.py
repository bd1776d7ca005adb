"""Name, folder and tags of a file, changed where they stand: saved on Enter, taken back by Undo."""

from __future__ import annotations

from typing import Any, NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.errors import Conflict, DashboardError
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.identity import Actor, Permission
from core.model.library import FileChanges
from core.model.media import FileQuery, MediaFile, Right
from core.ui import parts, session
from core.ui.frame import show
from core.ui.parts import Tone

_TOUCHED, _SEEN, _ALBUMS = "drawer_touched", "drawer_seen", "drawer_albums_touched"
_WORDS = {"name": "Renamed", "folder": "Moved", "tags": "Tags changed"}


def redraw() -> NoReturn:
    """Run the drawer again, or the page with it where it is the page that runs."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def may_change(actor: Actor, file: MediaFile) -> bool:
    """For calm only: the service decides."""
    granted = file.right_of(actor.account_id) is Right.EDIT
    return file.owner_id == actor.account_id or granted or actor.may(Permission.MEDIA_MANAGE)


def saved(actor: Actor, file: MediaFile) -> MediaFile:
    """Save what was typed since the last run; the file as it is then."""
    field = st.session_state.pop(_TOUCHED, None)
    if field == "albums":
        st.session_state[_ALBUMS] = file.id
        return file
    if field is None or _key(field, file) not in st.session_state:
        return file
    typed = st.session_state[_key(field, file)]
    seen = st.session_state.get(_SEEN, "")
    before = FileChanges(**{field: getattr(file, field)})
    after = _change(actor, file, FileChanges(**{field: _value(typed)}), seen)
    if after is not None and getattr(after, field) != getattr(file, field):
        st.session_state[session.DRAWER_UNDO] = (file.id, before, _WORDS[field])
    now = after or session.services().library.get(actor, file.id)
    _refill(now)
    return now


def undo_bar(actor: Actor, file: MediaFile) -> None:
    """Offer to take the last change back."""
    done = st.session_state.get(session.DRAWER_UNDO)
    if not done or done[0] != file.id:
        return
    _, before, words = done
    with st.container(horizontal=True, vertical_alignment="center", key="drawer_undo_bar"):
        show(parts.note(f"{words}.", Tone.OK))
        if not st.button("Undo", key="drawer_undo"):
            return
    st.session_state.pop(session.DRAWER_UNDO)
    after = _change(actor, file, before, "") or file
    _refill(after)
    redraw()


def fields(actor: Actor, file: MediaFile) -> None:
    st.session_state[_SEEN] = file.edit
    for field in ("name", "folder", "tags"):
        st.session_state.setdefault(_key(field, file), _shown(file, field))
    st.text_input("Name", key=_key("name", file), on_change=_touched, args=("name",))
    st.text_input(
        "Folder", key=_key("folder", file), on_change=_touched, args=("folder",),
        placeholder="The top; a/b for a folder in a folder",
    )  # fmt: skip
    st.multiselect(
        "Tags", sorted({*file.tags, *_known_tags(actor)}), key=_key("tags", file),
        on_change=_touched, args=("tags",), accept_new_options=True,
        placeholder="Type a tag and press Enter",
    )  # fmt: skip
    if file.owner_id == actor.account_id:
        _albums(actor, file)


def _known_tags(actor: Actor) -> tuple[str, ...]:
    """The person's most used ones."""
    own = FileQuery(owner_id=actor.account_id)
    found = session.services().library.facets(actor, own).tags.values
    return tuple(one.value for one in found)


def _albums(actor: Actor, file: MediaFile) -> None:
    """An album is put on or taken off by a job of one file, as with many files."""
    names = {
        one.album.id: one.album.name for one in session.services().library.albums.listed(actor)
    }
    key = _key("albums", file)
    if not names:
        return
    on = [album for album in file.albums if album in names]
    st.session_state.setdefault(key, on)
    chosen = st.multiselect(
        "Albums", list(names), key=key, format_func=lambda album: names.get(album, album),
        on_change=_touched, args=("albums",), placeholder="Choose albums",
    )  # fmt: skip
    if st.session_state.pop(_ALBUMS, None) != file.id:
        return
    for album in {*chosen} ^ {*on}:
        kind = BulkKind.ADD_TO_ALBUM if album in chosen else BulkKind.REMOVE_FROM_ALBUM
        change = BulkChange(kind=kind, album=album)
        session.services().library.bulks.start(actor, Selection(ids=(file.id,)), change)


def _change(actor: Actor, file: MediaFile, changes: FileChanges, seen: str) -> MediaFile | None:
    """None, and the reason shown, where it was refused."""
    try:
        return session.services().library.change(actor, file.id, changes, seen=seen)
    except Conflict as error:
        show(parts.note(f"{error.message} {error.hint} Shown is what it is now.", Tone.WARN))
    except DashboardError as error:
        show(parts.note(f"{error.message} {error.hint}", Tone.FAIL))
    return None


def _touched(field: str) -> None:
    st.session_state[_TOUCHED] = field


def _refill(file: MediaFile) -> None:
    """The fields show what is stored, which may be tidier than what was typed."""
    for field in ("name", "folder", "tags"):
        st.session_state[_key(field, file)] = _shown(file, field)


def _shown(file: MediaFile, field: str) -> Any:
    value = getattr(file, field)
    return list(value) if isinstance(value, tuple) else value


def _value(typed: Any) -> Any:
    return tuple(typed) if isinstance(typed, list) else typed or ""


def _key(field: str, file: MediaFile) -> str:
    return f"drawer_{field}_{file.id}"
