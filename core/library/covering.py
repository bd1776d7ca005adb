"""Earlier bytes at the address that a file has now: what is copied over what. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.errors import Conflict
from core.library.leftovers import LeftObjects
from core.model.base import Noun
from core.model.identity import Actor
from core.model.media import FileVersion, MediaFile, ObjectRef
from core.model.versions import BROWSERS_KEEP, held_by, with_bytes


class Covered(Noun):
    """One restoring under way. `previous` is what was served, pinned by S3's version ids."""

    id: str
    file_id: str
    by: Actor
    base_revision: int
    wanted: FileVersion
    previous: FileVersion


def check_fits(file: MediaFile, wanted: FileVersion, bucket: str) -> None:
    if file.content_type != wanted.content_type:
        raise Conflict(
            f"{file.name} is {file.content_type}, version {wanted.number} {wanted.content_type}.",
            hint="Another type needs another address: restore it without keeping this one.",
        )
    if file.bucket != bucket:
        raise Conflict(
            f"{file.name} lies in {file.bucket}, where nothing is written.",
            hint="Restore it under a new address.",
        )


def check_still(file: MediaFile, one: Covered) -> None:
    """Raise `Conflict` where the file is not any more what was to be covered."""
    if file.trashed_at is not None:
        raise Conflict(f"{file.name} is in the trash.", hint="Restore it there first.")
    if (file.revision, file.key) != (one.base_revision, one.previous.key):
        raise Conflict(
            f"{file.name} got other bytes or another address meanwhile.",
            hint="Look at it again, then repeat your change.",
        )


def same_bytes(file: MediaFile, wanted: FileVersion) -> bool:
    """Whether the version is served already, so that nothing needs to be copied."""
    return (file.key, file.version_id) == (wanted.key, wanted.version_id)


def planned(one: Covered) -> LeftObjects:
    """The copies, should the file have moved elsewhere before they are its own."""
    shown = (one.previous.key, *(small.key for small in one.previous.renditions))
    return LeftObjects(
        id=f"{one.file_id}-{one.id}",  # what else is begun with the file stays known
        file_id=one.file_id,
        by=one.by,
        bucket=one.previous.bucket,
        keys=tuple(sorted(shown)),
    )


def places(one: Covered) -> Iterator[tuple[ObjectRef, str]]:
    """What viewers reach of the version, and the key that it covers."""
    live = {small.name: small.key for small in one.previous.renditions}
    over = {one.wanted.key: one.previous.key}
    over |= {small.key: live[small.name] for small in one.wanted.renditions if small.name in live}
    shown = one.wanted.model_copy(update={"pristine": None})
    return ((ref, over[ref.key]) for ref in held_by(shown) if ref.key in over)


def restored(file: MediaFile, one: Covered, fresh: FileVersion, now: datetime) -> MediaFile:
    after = with_bytes(file, fresh, one.by.account_id, now, one.previous)
    return after.model_copy(update={"notes": (*after.notes, BROWSERS_KEEP)})
