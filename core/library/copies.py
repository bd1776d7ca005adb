"""What a copy of a file is: the same content, other places, another owner. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from core.errors import Conflict
from core.model.media import FileState, MediaFile, ObjectRef
from core.model.names import clean_folder, clean_name


def draft(file: MediaFile, id: str, owner_id: str, folder: str | None, name: str = "") -> MediaFile:
    """The copy as a record, its objects not there yet.

    The exact upload and the values of removed metadata stay with the owner of the original.
    """
    mine = owner_id == file.owner_id
    return file.model_copy(
        update={
            "id": id,
            "owner_id": owner_id,
            "name": clean_name(name) if name else file.name,
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


def placed(
    draft: MediaFile,
    made: Mapping[str, ObjectRef],
    bucket: str,
    account_id: str,
    now: datetime,
) -> MediaFile:
    """The record once its objects are there (`made`: by the original's key), not yet delivered."""
    served = made[draft.key]
    small = tuple(
        one.model_copy(update={"key": made[one.key].key, "version_id": made[one.key].version_id})
        for one in draft.renditions
    )
    return draft.model_copy(
        update={
            "bucket": bucket,
            "key": served.key,
            "version_id": served.version_id,
            "etag": served.etag,
            "renditions": small,
            "pristine": made[draft.pristine.key] if draft.pristine else None,
            "state": FileState.UNDELIVERED,
            "delivery": (),
            "delivered_at": None,
            "uploaded_at": now,
            "changed_at": now,
            "changed_by": account_id,
        }
    )
