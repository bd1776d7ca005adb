"""Where the objects of a file lie, public or private, and what its record is after a move. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from core.errors import Conflict
from core.library.leftovers import LeftObjects
from core.model.identity import Actor
from core.model.media import FileState, MediaFile, ObjectRef
from core.model.object_names import Spot, held_at, spot
from core.model.signed_access import PRIVATE, PRIVATE_CACHE
from core.model.versions import objects

PUBLIC = "media/"
ORIGINALS = "originals/"  # never behind the CDN, so they stay

FOREVER = "public, max-age=31536000, immutable"


def left_behind(before: MediaFile, by: Actor) -> LeftObjects:
    keys = tuple(sorted({ref.key for ref in to_move(before)}))
    return LeftObjects(file_id=before.id, by=by, bucket=before.bucket, keys=keys)


def planned(file: MediaFile, by: Actor, bucket: str, *, private: bool) -> LeftObjects:
    """The copies that a move is about to make: where it fails, they are what is left of it."""
    keys = tuple(sorted({new_key(file.id, ref.key, private=private) for ref in to_move(file)}))
    return LeftObjects(file_id=file.id, by=by, bucket=bucket, keys=keys)


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


def new_key(file_id: str, key: str, *, private: bool) -> str:
    """The same place under the other prefix; keys of older records get one in the file's folder."""
    old, new = (PUBLIC, PRIVATE) if private else (PRIVATE, PUBLIC)
    own = f"{old}{file_id}/"
    rest = key.removeprefix(own) if key.startswith(own) else PurePosixPath(key).name
    return f"{new}{file_id}/{rest}"


def moved(file: MediaFile, made: Mapping[Spot, ObjectRef], *, private: bool) -> MediaFile:
    """The record that names the new objects; `made` is by what was copied."""
    versions = tuple(held_at(version, made) for version in file.versions)
    return held_at(file, made).model_copy(update={"private": private, "versions": versions})
