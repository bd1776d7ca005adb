"""Advice at files, wired: the headers that uploads set, and how the CDN forgets a key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import BinaryIO

from core.aws.s3 import MediaBucket, ServedAs
from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts
from core.errors import UnsupportedType
from core.library.privacy import cache_control
from core.library.service import LibraryService
from core.library.service.advising import AdvisingService, Recoding
from core.model.advice import Headers
from core.model.identity import Actor
from core.model.media import MediaFile
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.records import RecordStore
from core.upload.content import content_type
from core.upload.policy import UploadRequest, disposition, judge, served_type
from core.upload.service import UploadService
from core.upload.smaller import CONTENT_TYPE, smaller


def advising_of(
    cloud: CloudParts,
    library: LibraryService,
    uploads: UploadService,
    store: RecordStore,
    audit: AuditLog,
    settings: Settings,
) -> AdvisingService:
    def forget(actor: Actor, file: MediaFile, keys: Sequence[str]) -> None:
        library.invalidations.forget(file, tuple(keys), actor)

    return AdvisingService(
        library, store, cloud.bucket, cloud.edge, audit, utc_now,
        right_headers=right_headers, forget=forget, glance=cloud.glance,
        recoding=recoding_of(uploads, cloud.bucket, settings),
    )  # fmt: skip


def recoding_of(uploads: UploadService, bucket: MediaBucket, settings: Settings) -> Recoding:
    """What is coded anew arrives as any replacement does, so that it is checked the same way."""

    def replace(actor: Actor, file: MediaFile, body: bytes) -> None:
        name = f"{PurePosixPath(file.name).stem}.webp"
        request = UploadRequest(name=name, size=len(body), content_type=CONTENT_TYPE)
        ticket = uploads.open_replacement(actor, file.id, request)
        upload = uploads.status(actor, ticket.upload_id)
        bucket.put(upload.key, body, ServedAs(CONTENT_TYPE))
        uploads.complete(actor, ticket.upload_id)

    def encode(source: BinaryIO) -> bytes:
        return smaller(source, max_pixels=settings.max_image_pixels)

    return Recoding(CONTENT_TYPE, encode, replace)


def right_headers(file: MediaFile, head: bytes) -> Headers:
    """What these bytes would be served with if they were uploaded now."""
    try:
        kind = judge(file.name, "", head).content_type
    except UnsupportedType:  # the name promises a picture; the bytes are what they are
        kind = content_type(head, "")
    return Headers(
        content_type=served_type(kind),
        cache_control=cache_control(private=file.private),
        content_disposition=disposition(kind, file.name),
    )
