"""Change many files: what is to happen, what it would do to each, and the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.errors import DashboardError
from core.model.changes import BulkChange, BulkKind, BulkPreview, OnConflict, Selection
from core.model.identity import Actor
from core.model.media import FileQuery
from core.ui import formats, parts, session
from core.ui.frame import guarded, show
from core.ui.library import albums, changes, folders
from core.ui.markup import Markup, join, tag
from core.ui.parts import Tone


@dataclass(frozen=True)
class Offer:
    """One entry of the menu; `ask` shows its fields and answers the change, None: not yet whole."""

    words: str
    verb: str
    ask: Callable[[Actor, BulkKind], BulkChange | None]


def open_dialog(kind: BulkKind, selection: Selection, count: int) -> None:
    title = f"{OFFERS[kind].words}: {formats.counted(count, 'file')}"
    st.dialog(title, width=640)(_content)(kind, selection)


@guarded
def _content(actor: Actor, kind: BulkKind, selection: Selection) -> None:
    offer = OFFERS[kind]
    change = offer.ask(actor, kind)
    room = st.container(key="bulk_preview", height="content")
    preview = _preview(actor, selection, change, room) if change else None
    if change is None:
        with room:
            show(parts.note("What will happen shows here before anything does."))
    ready = preview is not None and preview.changing > 0
    label = f"{offer.verb} {formats.counted(preview.changing, 'file')}" if preview else offer.verb
    if preview and preview.examined < preview.total:
        label = f"{offer.verb} {formats.counted(preview.total, 'file')}"
    if st.button(label, key="bulk_start", type="primary", disabled=not ready) and change:
        changes.start(actor, selection, change)
        st.rerun()


def _preview(
    actor: Actor, selection: Selection, change: BulkChange, room: st.delta_generator.DeltaGenerator
) -> BulkPreview | None:
    with room:
        try:
            preview = session.services().library.bulks.preview(actor, selection, change)
        except DashboardError as error:
            show(parts.note(f"{error.message} {error.hint}", Tone.FAIL))
            return None
        show(_counts(preview), _examples(preview), _refused(preview))
    return preview


def _counts(preview: BulkPreview) -> Markup:
    """One line: what changes, what is so already, what is refused."""
    badges = [parts.badge(Tone.OK, f"{formats.number(preview.changing)} will change")]
    if preview.unchanged:
        words = f"{formats.number(preview.unchanged)} already so"
        badges.append(parts.badge(Tone.NEUTRAL, words))
    if preview.refused:
        badges.append(parts.badge(Tone.FAIL, f"{formats.number(preview.refused)} refused"))
    whole = preview.examined == preview.total
    rest = None if whole else parts.note(
        f"The first {formats.number(preview.examined)} of {formats.number(preview.total)} were "
        "looked at; the counts are of those.", Tone.UNKNOWN,
    )  # fmt: skip
    return join(tag("div", *badges, class_="ui-tags", role="status"), rest)


def _examples(preview: BulkPreview) -> Markup | None:
    if not preview.examples:
        return None
    rows = [
        (
            tag("span", one.name, dir="auto"),
            tag("span", one.before, dir="auto", class_="ui-muted"),
            tag("span", one.after, dir="auto"),
        )
        for one in preview.examples
    ]
    more = preview.changing - len(rows)
    rest = tag("p", f"and {formats.number(more)} more", class_="ui-muted") if more > 0 else None
    return join(parts.table(("File", "Now", "Then"), rows), rest)


def _refused(preview: BulkPreview) -> Markup | None:
    if not preview.refused:
        return None
    rows = [(tag("span", one.name or one.file_id, dir="auto"), one.reason)
            for one in preview.refusals]  # fmt: skip
    summary = tag("summary", f"Refused: {formats.counted(preview.refused, 'file')}")
    more = preview.refused - len(rows)
    rest = tag("p", f"and {formats.number(more)} more", class_="ui-muted") if more > 0 else None
    return tag("details", summary, parts.table(("File", "Why"), rows), rest, class_="ui-unfold")


def _tags(actor: Actor, kind: BulkKind) -> BulkChange | None:
    how = st.segmented_control(
        "How", list(_TAG_WAYS), default=next(iter(_TAG_WAYS)), required=True, key="bulk_tag_how",
        label_visibility="collapsed",
    )  # fmt: skip
    known = session.services().library.facets(actor, FileQuery()).tags.values
    given = st.multiselect(
        "Tags", [one.value for one in known], key="bulk_tags", accept_new_options=True,
        placeholder="Type a tag and press Enter",
    )  # fmt: skip
    kind = _TAG_WAYS.get(how or "", kind)
    if not given and kind is not BulkKind.SET_TAGS:
        return None
    return BulkChange(kind=kind, tags=tuple(given))


_TAG_WAYS = {
    "Add": BulkKind.ADD_TAGS,
    "Remove": BulkKind.REMOVE_TAGS,
    "Replace all": BulkKind.SET_TAGS,
}
_CONFLICTS = {
    "Keep both: the newcomer becomes \u201cname (2)\u201d": OnConflict.KEEP_BOTH,
    "Leave the file where it is": OnConflict.REFUSE,
    "Replace: the older one goes to the trash": OnConflict.REPLACE,
}


def _folder(actor: Actor, kind: BulkKind) -> BulkChange | None:
    known = folders.known_paths(actor)
    folder = st.selectbox(
        "Folder", known, index=None, key="bulk_folder", accept_new_options=True,
        placeholder="Choose one, or type a new one: Trips/2026",
        format_func=lambda path: path or "The top",
    )  # fmt: skip
    where = _conflict()
    return None if folder is None else BulkChange(kind=kind, folder=folder, on_conflict=where)


def _rename(actor: Actor, kind: BulkKind) -> BulkChange | None:
    del actor
    pattern = st.text_input(
        "New name", "{name}-{n}", key="bulk_pattern",
        help="{name} is the name before, {n} counts, {date} is the day. The extension is kept.",
    )  # fmt: skip
    where = _conflict()
    return BulkChange(kind=kind, pattern=pattern or "", on_conflict=where) if pattern else None


def _conflict() -> OnConflict:
    chosen = st.selectbox("Where the name is taken", list(_CONFLICTS), key="bulk_conflict")
    return _CONFLICTS[chosen]


def _album(actor: Actor, kind: BulkKind) -> BulkChange | None:
    album = albums.choice(actor, new=kind is BulkKind.ADD_TO_ALBUM)
    return BulkChange(kind=kind, album=album) if album else None


def _nothing_more(actor: Actor, kind: BulkKind) -> BulkChange | None:
    del actor
    if kind is BulkKind.DELETE:
        show(parts.note("This can't be undone: the bytes are deleted.", Tone.FAIL))
    if kind is BulkKind.MAKE_PRIVATE:
        show(parts.note("Their addresses change, and links to the old ones stop working."))
    return BulkChange(kind=kind)


OFFERS: dict[BulkKind, Offer] = {
    BulkKind.ADD_TAGS: Offer("Tag", "Tag", _tags),
    BulkKind.MOVE: Offer("Move", "Move", _folder),
    BulkKind.COPY: Offer("Copy", "Copy", _folder),
    BulkKind.RENAME: Offer("Rename", "Rename", _rename),
    BulkKind.ADD_TO_ALBUM: Offer("Add to album", "Add", _album),
    BulkKind.REMOVE_FROM_ALBUM: Offer("Take off album", "Take off", _album),
    BulkKind.MAKE_PRIVATE: Offer("Make private", "Make private", _nothing_more),
    BulkKind.MAKE_PUBLIC: Offer("Make public", "Make public", _nothing_more),
    BulkKind.TRASH: Offer("Move to trash", "Move", _nothing_more),
    BulkKind.RESTORE: Offer("Restore", "Restore", _nothing_more),
    BulkKind.DELETE: Offer("Delete for good", "Delete", _nothing_more),
}
