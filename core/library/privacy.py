"""Where the objects of a file lie, public or private, and what its record is after a move. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from core.errors import Conflict
from core.model.base import Noun, UtcTime
from core.model.identity import Actor
from core.model.media import FileState, FileVersion, MediaFile, ObjectRef
from core.model.signed_access import PRIVATE, PRIVATE_CACHE
from core.model.versions import objects

PUBLIC = "media/"
ORIGINALS = "originals/"  # never behind the CDN, so they stay

FOREVER = "public, max-age=31536000, immutable"

Held = TypeVar("Held", MediaFile, FileVersion)
Spot = tuple[str, str | None]  # key and version


class LeftObjects(Noun):
    """What a move leaves behind until it is deleted: objects, and copies at the CDN.

    With `begun` they are the copies of a move that is under way since then, or has died.
    """

    file_id: str
    by: Actor
    bucket: str
    keys: tuple[str, ...]
    begun: UtcTime | None = None


def left_behind(before: MediaFile, by: Actor) -> LeftObjects:
    keys = tuple(sorted({ref.key for ref in to_move(before)}))
    return LeftObjects(file_id=before.id, by=by, bucket=before.bucket, keys=keys)


def planned(file: MediaFile, by: Actor, bucket: str, *, private: bool) -> LeftObjects:
    """The copies that a move is about to make: where it fails, they are what is left of it."""
    keys = tuple(sorted({new_key(file.id, ref.key, private=private) for ref in to_move(file)}))
    return LeftObjects(file_id=file.id, by=by, bucket=bucket, keys=keys)


def still_left(left: LeftObjects, file: MediaFile | None) -> tuple[str, ...]:
    """The keys that the record, which may have moved back since, does not name any more."""
    named = {ref.key for ref in objects(file)} if file else set()
    return tuple(key for key in left.keys if key not in named)


def cache_control(*, private: bool) -> str:
    return PRIVATE_CACHE if private else FOREVER


def check_movable(file: MediaFile) -> None:
    if file.state is FileState.PROCESSING or not file.key:
        raise Conflict(f"{file.name} is still being processed.", hint="Try again in a few seconds.")


def to_move(file: MediaFile) -> tuple[ObjectRef, ...]:
    """What viewers can reach, oldest first: so the newest bytes of a key are its latest version."""
    held = [ref for ref in objects(file) if ref.key and not ref.key.startswith(ORIGINALS)]
    current = {spot(ref) for ref in objects(file.model_copy(update={"versions": ()}))}
    return tuple(sorted(held, key=lambda ref: spot(ref) in current))


def spot(ref: ObjectRef) -> Spot:
    return ref.key, ref.version_id


def new_key(file_id: str, key: str, *, private: bool) -> str:
    """The same place under the other prefix; keys of older records get one in the file's folder."""
    old, new = (PUBLIC, PRIVATE) if private else (PRIVATE, PUBLIC)
    own = f"{old}{file_id}/"
    rest = key.removeprefix(own) if key.startswith(own) else PurePosixPath(key).name
    return f"{new}{file_id}/{rest}"


def moved(file: MediaFile, made: Mapping[Spot, ObjectRef], *, private: bool) -> MediaFile:
    """The record that names the new objects; `made` is by what was copied."""
    versions = tuple(_held_elsewhere(version, made) for version in file.versions)
    return _held_elsewhere(file, made).model_copy(update={"private": private, "versions": versions})


def _held_elsewhere(held: Held, made: Mapping[Spot, ObjectRef]) -> Held:
    served = made[held.key, held.version_id]
    small = []
    for one in held.renditions:
        ref = made[one.key, one.version_id]
        small.append(one.model_copy(update={"key": ref.key, "version_id": ref.version_id}))
    update = {"bucket": served.bucket, "key": served.key, "version_id": served.version_id,
              "etag": served.etag, "renditions": tuple(small)}  # fmt: skip
    return held.model_copy(update=update)
