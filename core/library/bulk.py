"""What a bulk change makes of one file, what it takes to undo it, and how it reads. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from core.errors import Conflict, InvalidInput, NotAllowed
from core.library import changes as rules
from core.library.folders import moved
from core.library.patterns import check_pattern, patterned
from core.model.base import Noun
from core.model.changes import BulkChange, BulkKind, Example
from core.model.identity import Actor
from core.model.library import FileChanges
from core.model.media import MediaFile
from core.model.visibility import changeable, removable

IDS_LIMIT = 20_000
_UNDO_FIELDS = ("name", "folder", "tags", "albums", "trashed_at")
_OWNERS = frozenset(  # a right to edit is less
    {
        BulkKind.TRASH,
        BulkKind.RESTORE,
        BulkKind.DELETE,
        BulkKind.MAKE_PRIVATE,
        BulkKind.MAKE_PUBLIC,
    }
)


class Undoing(Noun):
    """The fields of one file that a bulk changed, as JSON."""

    before: dict[str, JsonValue]
    after: dict[str, JsonValue]


@dataclass(frozen=True)
class Place:
    """Where a file stands in its bulk (`number` from 1), and what the rules need from outside."""

    number: int
    total: int
    now: datetime
    trash_days: int


def check(change: BulkChange) -> BulkChange:
    """Raise `InvalidInput` where the change could not be made of any file."""
    needs: dict[BulkKind, tuple[bool, str]] = {
        BulkKind.ADD_TAGS: (bool(rules.clean_tags(change.tags)), "tags"),
        BulkKind.REMOVE_TAGS: (bool(rules.clean_tags(change.tags)), "tags"),
        BulkKind.MOVE: (change.folder is not None, "folder"),
        BulkKind.ADD_TO_ALBUM: (bool(change.album), "album"),
        BulkKind.REMOVE_FROM_ALBUM: (bool(change.album), "album"),
    }
    if change.kind is BulkKind.UNDO:
        raise InvalidInput("There is nothing named to undo.", hint="Undo a bulk by its id.")
    given, field = needs.get(change.kind, (True, ""))
    if not given:
        raise InvalidInput(f"{change.kind.value} needs {field}.", hint=f"Say which with `{field}`.")
    if change.kind is BulkKind.RENAME:
        check_pattern(change.pattern)
    return change


def permitted(actor: Actor, file: MediaFile, change: BulkChange) -> MediaFile:
    """Raise `NotFound` or `NotAllowed` where this person may not do this to the file."""
    rule = removable if change.kind in _OWNERS else changeable
    rule(actor, file)
    if change.kind is BulkKind.ADD_TO_ALBUM and file.owner_id != actor.account_id:
        raise NotAllowed(
            f"{file.name} is somebody else's: albums hold one's own files.",
            hint="Copy it into your library first.",
        )
    return file


def changed(change: BulkChange, file: MediaFile, place: Place) -> MediaFile:
    """The file after a change of its record alone. Raises what makes it impossible."""
    return _RULES[change.kind](change, file, place)


def in_record(kind: BulkKind) -> bool:
    """Whether the change is one of the record alone, without any object."""
    return kind in _RULES


def undoing(before: MediaFile, after: MediaFile) -> Undoing:
    old, new = (_json(file) for file in (before, after))
    fields = [field for field in _UNDO_FIELDS if old[field] != new[field]]
    return Undoing(before={f: old[f] for f in fields}, after={f: new[f] for f in fields})


def undone(actor: Actor, file: MediaFile, undoing: Undoing, place: Place) -> MediaFile:
    """As it was before. Raises `Conflict` where somebody changed the same thing since."""
    now = _json(file)
    if "trashed_at" in undoing.after:
        removable(actor, file)
        if undoing.before["trashed_at"] is None:
            rules.restored(file, place.trash_days, place.now)
    if any(now[field] != value for field, value in undoing.after.items()):
        raise Conflict(
            f"{file.name} was changed since.", hint="Change it back by hand, if it should be."
        )
    whole: dict[str, Any] = {**file.model_dump(), **undoing.before}
    return MediaFile.model_validate(whole)


def example(change: BulkChange, before: MediaFile, after: MediaFile) -> Example:
    """How the change reads, by what differs between the two."""
    if change.kind is BulkKind.DELETE:
        return Example(
            file_id=before.id, name=before.name, before="in the trash", after="deleted for good"
        )
    old, new = _words(before), _words(after)
    differing = [what for what in old if old[what] != new[what]]
    if change.kind is BulkKind.COPY:
        differing = ["folder"]
    return Example(
        file_id=before.id,
        name=before.name,
        before="; ".join(old[what] for what in differing),
        after="; ".join(new[what] for what in differing),
    )


def told(change: BulkChange) -> dict[str, str]:
    """The change as its audit event tells it."""
    given = {
        "kind": change.kind.value,
        "tags": ", ".join(change.tags),
        "folder": "" if change.folder is None else f"/{change.folder}",
        "within": change.within,
        "album": change.album,
        "pattern": change.pattern,
    }
    return {name: value for name, value in given.items() if value}


def _words(file: MediaFile) -> dict[str, str]:
    return {
        "name": file.name,
        "folder": f"/{file.folder}",
        "tags": ", ".join(file.tags) or "no tags",
        "albums": f"on {len(file.albums)} albums",
        "trash": "in the trash" if file.trashed_at else "in the library",
        "private": "private" if file.private else "public",
    }


def _json(file: MediaFile) -> dict[str, Any]:
    return file.model_dump(mode="json", include=set(_UNDO_FIELDS))


def _add_tags(change: BulkChange, file: MediaFile, _: Place) -> MediaFile:
    return rules.retagged(file, (*file.tags, *change.tags))


def _remove_tags(change: BulkChange, file: MediaFile, _: Place) -> MediaFile:
    gone = set(rules.clean_tags(change.tags))
    return file.model_copy(update={"tags": tuple(tag for tag in file.tags if tag not in gone)})


def _set_tags(change: BulkChange, file: MediaFile, _: Place) -> MediaFile:
    return rules.retagged(file, change.tags)


def _move(change: BulkChange, file: MediaFile, _: Place) -> MediaFile:
    folder = change.folder or ""
    if change.within:
        folder = moved(file.folder, change.within, folder)
    return rules.changed(file, FileChanges(folder=folder))


def _rename(change: BulkChange, file: MediaFile, place: Place) -> MediaFile:
    name = patterned(change.pattern, file, place.number, place.total)
    return rules.changed(file, FileChanges(name=name))


def _trash(_: BulkChange, file: MediaFile, place: Place) -> MediaFile:
    return rules.trashed(file, place.now)


def _restore(_: BulkChange, file: MediaFile, place: Place) -> MediaFile:
    return rules.restored(file, place.trash_days, place.now)


def _add_to_album(change: BulkChange, file: MediaFile, _: Place) -> MediaFile:
    return _on_albums(file, (*file.albums, change.album))


def _remove_from_album(change: BulkChange, file: MediaFile, _: Place) -> MediaFile:
    return _on_albums(file, (album for album in file.albums if album != change.album))


def _on_albums(file: MediaFile, albums: Iterable[str]) -> MediaFile:
    return file.model_copy(update={"albums": tuple(dict.fromkeys(albums))})


_RULES: dict[BulkKind, Callable[[BulkChange, MediaFile, Place], MediaFile]] = {
    BulkKind.ADD_TAGS: _add_tags,
    BulkKind.REMOVE_TAGS: _remove_tags,
    BulkKind.SET_TAGS: _set_tags,
    BulkKind.MOVE: _move,
    BulkKind.RENAME: _rename,
    BulkKind.TRASH: _trash,
    BulkKind.RESTORE: _restore,
    BulkKind.ADD_TO_ALBUM: _add_to_album,
    BulkKind.REMOVE_FROM_ALBUM: _remove_from_album,
}
