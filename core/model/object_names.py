"""Which objects a file's record names, and whether they lie in the file's own folders. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from core.model.media import FileVersion, MediaFile, ObjectRef

OWN_PREFIXES = ("media/", "private/", "originals/")  # each followed by the file's id

Held = TypeVar("Held", MediaFile, FileVersion)
Spot = tuple[str, str | None]  # key and version


def spot(ref: ObjectRef) -> Spot:
    return ref.key, ref.version_id


def own_folders(file_id: str) -> tuple[str, ...]:
    """The prefixes under which everything lies that is made for one file."""
    return tuple(f"{prefix}{file_id}/" for prefix in OWN_PREFIXES)


def owner_in(key: str) -> str:
    """The id of the file in whose folder the key lies; '' where that is no file's folder."""
    for prefix in OWN_PREFIXES:
        if key.startswith(prefix):
            folder, slash, _ = key.removeprefix(prefix).partition("/")
            return folder if slash else ""
    return ""


def keys(file: MediaFile) -> Iterator[str]:
    """Every key that the record names, those of earlier versions included; some more than once."""
    everything: tuple[MediaFile | FileVersion, ...] = (file, *file.versions)
    for held in everything:
        yield held.key
        for small in held.renditions:
            yield small.key
        if held.pristine:
            yield held.pristine.key


def outside_keys(file: MediaFile) -> tuple[str, ...]:
    """Those that lie outside the file's own folders, as in older records."""
    folders = own_folders(file.id)
    return tuple(sorted({key for key in keys(file) if key and not key.startswith(folders)}))


def held_at(held: Held, made: Mapping[Spot, ObjectRef]) -> Held:
    """The record with other objects in the place of those in `made`; the others stay."""
    served = made.get((held.key, held.version_id))
    small = tuple(
        one.model_copy(update={"key": ref.key, "version_id": ref.version_id})
        if (ref := made.get((one.key, one.version_id)))
        else one
        for one in held.renditions
    )
    pristine = held.pristine and made.get(spot(held.pristine), held.pristine)
    update: dict[str, object] = {"renditions": small, "pristine": pristine}
    if served:
        update |= {field: getattr(served, field) for field in ("bucket", "key", "version_id")}
        update["etag"] = served.etag
    return held.model_copy(update=update)
