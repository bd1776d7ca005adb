"""Files as they go in and out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from core.model.changes import OnConflict
from core.model.media import FileKind, FileState
from core.web.api.schemas import Answer, Body


class RemovedFieldOut(Answer):
    """Metadata that was in the upload and is not served; values are for the owner only."""

    group: str
    name: str
    value: str


class DeliveryStepOut(Answer):
    name: str
    ok: bool
    expected: str
    actual: str


class FileOut(Answer):
    id: str
    owner_id: str
    name: str
    folder: str
    tags: tuple[str, ...]
    type: FileKind
    content_type: str
    size: int = Field(description="Bytes of what is served")
    upload_size: int = Field(description="Bytes that were uploaded")
    checksum: str = Field(description="SHA-256 of the uploaded bytes, hex, or empty")
    state: FileState
    width: int | None
    height: int | None
    taken_at: datetime | None
    camera: str
    uploaded_at: datetime
    delivered_at: datetime | None
    trashed_at: datetime | None
    url: str = Field(description="On the CDN")
    thumbnail_url: str = Field(description="Empty where there is no picture")
    preview_url: str = Field(description="Empty where there is no picture")
    private: bool = Field(description="Served by signed addresses only")
    revision: int = Field(description="The number of the bytes that are served")
    edit: str = Field(description="Send it as `seen` with a change, to be told of others'")
    changed_at: datetime | None
    changed_by: str = Field(description="An account's id")
    purge_at: datetime | None = Field(description="When a trashed file is deleted for good")
    addresses_end: datetime | None = Field(description="When signed addresses end; ask again then")
    has_pristine: bool = Field(description="The exact upload is kept for its owner")
    removed: list[RemovedFieldOut]
    notes: tuple[str, ...]
    delivery: list[DeliveryStepOut]


class FilesOut(Answer):
    items: list[FileOut]
    next_cursor: str | None
    total: int


class PrivateIn(Body):
    private: bool


class FileChangesIn(Body):
    """Fields that are not sent stay as they are; `folder` "" is the top."""

    name: Annotated[str, Field(max_length=1000)] | None = None
    folder: Annotated[str, Field(max_length=2000)] | None = None
    tags: (
        Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100)] | None
    ) = None
    seen: Annotated[
        str, Field(max_length=100, description="The file's `edit`: 409 if it was changed since")
    ] = ""
    on_conflict: OnConflict = Field(
        default=OnConflict.ALLOW, description="Where the folder has this name already"
    )


class DownloadOut(Answer):
    url: str
    expires_at: datetime = Field(description="When the link really ends")


class KindTotalOut(Answer):
    type: FileKind
    count: int
    size: int


class DayTotalOut(Answer):
    day: date
    count: int
    size: int


class SummaryOut(Answer):
    count: int
    size: int
    by_type: list[KindTotalOut]
    by_day: list[DayTotalOut]
    processing: int
    undelivered: int
    trashed: int
