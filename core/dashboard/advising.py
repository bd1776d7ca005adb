"""Advice at files, wired: the headers that uploads set, and how the CDN forgets a key."""

from __future__ import annotations

from collections.abc import Sequence

from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts
from core.errors import UnsupportedType
from core.library.privacy import cache_control
from core.library.service import LibraryService
from core.library.service.advising import AdvisingService
from core.model.advice import Headers
from core.model.identity import Actor
from core.model.media import MediaFile
from core.stores.audit_log import AuditLog
from core.stores.records import RecordStore
from core.upload.content import content_type
from core.upload.policy import disposition, judge, served_type


def advising_of(
    cloud: CloudParts, library: LibraryService, store: RecordStore, audit: AuditLog
) -> AdvisingService:
    def forget(actor: Actor, file: MediaFile, keys: Sequence[str]) -> None:
        library.invalidations.forget(file, tuple(keys), actor)

    return AdvisingService(
        library, store, cloud.bucket, cloud.edge, audit, utc_now,
        right_headers=right_headers, forget=forget,
    )  # fmt: skip


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
