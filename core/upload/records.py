"""What is remembered of an upload and its file, as functions of what happened. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.model.base import Noun, UtcTime
from core.model.media import (
    DeliveryStep,
    FileState,
    MediaFile,
    ObjectRef,
    Rendition,
    Upload,
    UploadState,
    UploadTicket,
)
from core.upload import policy
from core.upload.delivery import Expected
from core.upload.images import PreparedImage
from core.upload.policy import UploadRequest, Verdict
from core.upload.replacements import folder_of

POST_LIFE = timedelta(hours=1)
MULTIPART_LIFE = timedelta(days=2)  # resumed after a reload, also on the next day


class DueUpload(Noun):
    """When an upload has to be looked at again: to give it up, later to forget it."""

    id: str
    at: UtcTime


def single(id: str, owner_id: str, request: UploadRequest, bucket: str, now: datetime) -> Upload:
    """An upload in one piece."""
    return Upload(
        id=id,
        owner_id=owner_id,
        name=request.name,
        size=request.size,
        content_type=request.content_type,
        folder=request.folder,
        private=request.private,
        on_conflict=request.on_conflict.value,
        bucket=bucket,
        key=policy.incoming_key(id),
        method="post",
        created_at=now,
        expires_at=now + POST_LIFE,
    )


def in_parts(upload: Upload, multipart_id: str, part_size: int) -> Upload:
    return upload.model_copy(
        update={
            "method": "multipart",
            "multipart_id": multipart_id,
            "part_size": part_size,
            "expires_at": upload.created_at + MULTIPART_LIFE,
        }
    )


def ticket(upload: Upload, url: str, fields: dict[str, str]) -> UploadTicket:
    return UploadTicket(
        upload_id=upload.id,
        method=upload.method,
        url=url,
        fields=fields,
        part_size=upload.part_size,
        expires_at=upload.expires_at,
    )


def accepted(upload: Upload, job_id: str) -> Upload:
    """A new file takes the upload's id, so that either is found by the other."""
    file_id = upload.replaces or upload.id
    return upload.model_copy(
        update={"state": UploadState.COMPLETED, "file_id": file_id, "job_id": job_id}
    )


def new_file(upload: Upload, arrived: ObjectRef, verdict: Verdict, now: datetime) -> MediaFile:
    """Until it is processed, `pristine` pins the bytes that arrived, and `etag` is empty.

    A replacement is a draft of its file, with the folder of the new bytes in the place of an id.
    """
    id_ = folder_of(upload) if upload.replaces else upload.id
    return MediaFile(
        id=id_,
        owner_id=upload.owner_id,
        name=upload.name,
        size=upload.size,
        content_type=verdict.content_type,
        kind=verdict.kind,
        state=FileState.PROCESSING,
        uploaded_at=now,
        bucket=upload.bucket,
        key=policy.served_key(id_, upload.name, private=upload.private),
        private=upload.private,
        upload_size=arrived.size,
        folder=upload.folder,
        notes=verdict.notes,
        pristine=arrived,
    )


def stored_image(
    file: MediaFile,
    prepared: PreparedImage,
    served: ObjectRef,
    small: tuple[Rendition, ...],
    pristine: ObjectRef,
    checksum: str,
) -> dict[str, Any]:
    """What changes in the record once all objects of a picture are stored."""
    return {
        **_stored(served, checksum),
        "content_type": prepared.content_type,
        "width": prepared.width,
        "height": prepared.height,
        "taken_at": prepared.facts.taken_at,
        "camera": prepared.facts.camera,
        "removed": prepared.facts.removed,
        "notes": tuple(dict.fromkeys((*file.notes, *prepared.notes))),
        "renditions": small,
        "pristine": pristine,
    }


def stored_plain(served: ObjectRef, checksum: str) -> dict[str, Any]:
    """What changes once a plain file is stored: what is served is the upload itself."""
    return {**_stored(served, checksum), "pristine": None}


def _stored(served: ObjectRef, checksum: str) -> dict[str, Any]:
    return {
        "key": served.key,
        "version_id": served.version_id,
        "etag": served.etag,
        "size": served.size,
        "checksum": checksum,
    }


def expected(file: MediaFile) -> tuple[Expected, ...]:
    """What viewers must get: the thumbnail, where there is one, and the original."""
    original = Expected(
        name="original",
        key=file.key,
        content_type=file.content_type,
        size=file.size,
        cache_control=policy.cache_control(private=file.private),
    )
    thumbnail = file.rendition(policy.THUMBNAIL)
    if thumbnail is None:
        return (original,)
    small = Expected(
        name=policy.THUMBNAIL,
        key=thumbnail.key,
        content_type=thumbnail.content_type,
        size=thumbnail.size,
        cache_control=policy.cache_control(private=file.private),
    )
    return (small, original)


def checked(steps: tuple[DeliveryStep, ...], now: datetime) -> dict[str, Any]:
    """What changes after the CDN was asked, or could not be."""
    delivered = all(step.ok for step in steps)
    return {
        "state": FileState.DELIVERED if delivered else FileState.UNDELIVERED,
        "delivery": steps,
        "delivered_at": now if delivered else None,
    }
