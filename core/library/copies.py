"""What a copy of a file is: the same content, other places, another owner. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from core.errors import Conflict
from core.library.leftovers import LeftObjects
from core.model.identity import Actor
from core.model.media import FileState, FileVersion, MediaFile, ObjectRef
from core.model.names import clean_folder, typed_name
from core.model.object_names import Spot, held_at, spot
from core.model.versions import held_by


def draft(file: MediaFile, id: str, owner_id: str, folder: str | None, name: str = "") -> MediaFile:
    """The copy as a record, its objects not there yet.

    The exact upload and the values of removed metadata stay with the owner of the original.
    """
    mine = owner_id == file.owner_id
    return file.model_copy(
        update={
            "id": id,
            "owner_id": owner_id,
            "name": typed_name(name) if name else file.name,
            "folder": (file.folder if mine else "") if folder is None else clean_folder(folder),
            "pristine": file.pristine if mine else None,
            "removed": tuple(
                field if mine else field.model_copy(update={"value": ""}) for field in file.removed
            ),
            "grants": (),
            "albums": (),
            "versions": (),
            "revision": 1,
            "trashed_at": None,
        }
    )


def check_copyable(file: MediaFile) -> None:
    if file.state is FileState.PROCESSING or not file.key:
        raise Conflict(
            f"{file.name} is still being processed.", hint="Copy it again in a few seconds."
        )
    if file.trashed_at is not None:
        raise Conflict(f"{file.name} is in the trash.", hint="Restore it first.")


def key(original: str, id: str, copy_id: str) -> str:
    """The key of a copied object: in the copy's own folder."""
    if f"/{id}/" in original:
        return original.replace(f"/{id}/", f"/{copy_id}/", 1)
    return f"media/{copy_id}/{PurePosixPath(original).name}"


def planned(file: MediaFile, draft: MediaFile, bucket: str, by: Actor) -> LeftObjects:
    """The objects that are about to be made; as long as no record names them nobody sees them."""
    made = {key(ref.key, file.id, draft.id) for ref in held_by(draft)}
    return LeftObjects(
        file_id=draft.id, by=by, bucket=bucket, keys=tuple(sorted(made)), served=False
    )


def placed(
    draft: MediaFile, made: Mapping[Spot, ObjectRef], account_id: str, now: datetime
) -> MediaFile:
    """The record once its objects are there (`made`: by the original's), not yet delivered."""
    return held_at(draft, made).model_copy(
        update={
            "state": FileState.UNDELIVERED,
            "delivery": (),
            "delivered_at": None,
            "uploaded_at": now,
            "changed_at": now,
            "changed_by": account_id,
        }
    )


def new_places(file: MediaFile, version: FileVersion, token: str) -> dict[Spot, str]:
    """Where what viewers reach of an earlier version is copied to, beside what covers it."""
    folder = f"{file.id}/r{file.revision + 1}-{token}"
    shown = held_by(version.model_copy(update={"pristine": None}))
    return {spot(ref): _beside(ref.key, file.id, folder) for ref in shown}


def restoring(file: MediaFile, places: Mapping[Spot, str], bucket: str, by: Actor) -> LeftObjects:
    """These copies as long as the file's record doesn't name them."""
    keys = tuple(sorted(places.values()))
    first = hashlib.sha256(keys[0].encode()).hexdigest()[:32]  # new each time, as the keys are
    return LeftObjects(
        id=f"{file.id}-{first}", file_id=file.id, by=by, bucket=bucket, keys=keys, served=False
    )


def _beside(key: str, file_id: str, folder: str) -> str:
    top = key.partition("/")[0] if f"/{file_id}/" in key else "media"
    return f"{top}/{folder}/{PurePosixPath(key).name}"
