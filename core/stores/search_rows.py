"""What the index knows of a file apart from its JSON: the columns of `library_file`. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache

from core.model.media import MediaFile
from core.stores import search_text

EXTENSION_LIMIT = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Row:
    """Moments are microseconds since 1970, lists are JSON and '' where they are empty."""

    id: str
    owner: str
    folder: str
    kind: str
    state: str
    trashed: int
    uploaded: int
    taken: int | None
    name_key: str
    size: int
    stored: int  # the served object and its renditions
    width: int | None
    height: int | None
    camera: str
    extension: str
    private: int
    tags: str
    albums: str
    people: str  # account ids that were let in
    words: str  # of the name, as `search_text.haystack` writes them
    others: str  # of folder, tags and camera

    @property
    def document(self) -> str:
        return search_text.document((self.words, self.others))

    @property
    def day(self) -> str:
        return (_EPOCH + self.uploaded * _TICK).date().isoformat()

    @classmethod
    def of(cls, file: MediaFile) -> Row:
        return cls(
            id=file.id,
            owner=file.owner_id,
            folder=file.folder,
            kind=file.kind.value,
            state=file.state.value,
            trashed=int(file.trashed_at is not None),
            uploaded=ticks(file.uploaded_at),
            taken=None if file.taken_at is None else ticks(file.taken_at),
            name_key=search_text.fold(file.name),
            size=file.size,
            stored=file.size + sum(rendition.size for rendition in file.renditions),
            width=file.width,
            height=file.height,
            camera=file.camera,
            extension=extension_of(file.name),
            private=int(file.private),
            tags=_list(tag_key(tag) for tag in file.tags),
            albums=_list(file.albums),
            people=_list(grant.account_id for grant in file.grants),
            words=search_text.haystack((file.name,)),
            others=_others((file.folder, *file.tags, file.camera)),
        )


COLUMNS = tuple(field.name for field in fields(Row))


def ticks(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _TICK


def moment_of(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _TICK


def extension_of(name: str) -> str:
    """`jpg` of `Beach.JPG`; '' where there is none."""
    stem, _, last = name.rpartition(".")
    return last.casefold() if stem and 0 < len(last) <= EXTENSION_LIMIT else ""


def tag_key(tag: str) -> str:
    return tag.casefold()


def same_camera(wanted: str, camera: str) -> bool:
    """Exactly the same, or like the pattern: `*` is any characters, and case does not count."""
    if "*" not in wanted:
        return wanted == camera
    plain = wanted.casefold().replace("[", "[[]").replace("?", "[?]")
    return bool(camera) and fnmatchcase(camera.casefold(), plain)


def lies_in(folder: str, wanted: str, *, below: bool) -> bool:
    if folder == wanted or (below and not wanted):
        return True
    return below and folder.startswith(wanted + "/")


@lru_cache(maxsize=10_000)  # most files have these in common with others
def _others(fields: tuple[str, ...]) -> str:
    return search_text.haystack(fields)


def _list(values: Iterable[str]) -> str:
    unique = list(dict.fromkeys(values))
    return json.dumps(unique, ensure_ascii=False) if unique else ""
