"""Files as members see them, and the way of an upload from ticket to delivery. Sizes are bytes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from core.model.base import Noun, UtcTime


class FileKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    OTHER = "other"


class FileState(StrEnum):
    """Where a file is on its way. Refused uploads never become files; see `Upload.state`."""

    PROCESSING = "processing"
    DELIVERED = "delivered"  # thumbnail and original answered through the CDN as they should
    UNDELIVERED = "undelivered"  # stored, but the CDN does not answer as it should: see `delivery`


class Rendition(Noun):
    """A smaller picture made from an image: `thumbnail` (400 px) or `preview` (1600 px), WebP."""

    name: str
    key: str
    width: int
    height: int
    size: int
    content_type: str = "image/webp"
    version_id: str | None = None  # pins the bytes where later ones were put under the same key


class RemovedField(Noun):
    """One metadata field that was in the upload and is not in what is served."""

    group: str  # EXIF, GPS, XMP, IPTC, Comment, Thumbnail
    name: str
    value: str = ""


class DeliveryStep(Noun):
    """One check of what the CDN answers, such as `original: content type`."""

    name: str
    ok: bool
    expected: str = ""
    actual: str = ""


class ObjectRef(Noun):
    """One object in S3; `version_id` pins the bytes where the bucket is versioned."""

    bucket: str
    key: str
    version_id: str | None = None
    etag: str = ""
    size: int = 0


class Right(StrEnum):
    """What a person may do with somebody else's file."""

    VIEW = "view"
    EDIT = "edit"  # rename, move, tag, replace; never share or delete for good


class Grant(Noun):
    """A file's owner lets one person in."""

    account_id: str
    right: Right


class FileVersion(Noun):
    """The bytes that a file had before they were replaced; `number` counts from 1."""

    number: int
    name: str
    bucket: str
    key: str
    version_id: str | None = None
    etag: str = ""
    size: int
    upload_size: int = 0
    checksum: str = ""
    content_type: str
    width: int | None = None
    height: int | None = None
    fingerprint: str = ""
    renditions: tuple[Rendition, ...] = ()
    pristine: ObjectRef | None = None
    stored_at: UtcTime
    stored_by: str  # account id


class MediaFile(Noun):
    id: str
    owner_id: str
    name: str
    size: int  # of the served object; `upload_size` is what the person sent
    content_type: str
    kind: FileKind
    state: FileState
    uploaded_at: UtcTime
    bucket: str
    key: str  # what the CDN serves
    version_id: str | None = None
    etag: str = ""
    upload_size: int = 0
    checksum: str = (
        ""  # SHA-256 of the uploaded bytes, hex; empty where the file was too large to read here
    )
    folder: str = ""
    tags: tuple[str, ...] = ()
    width: int | None = None
    height: int | None = None
    taken_at: UtcTime | None = None
    camera: str = ""
    renditions: tuple[Rendition, ...] = ()
    removed: tuple[RemovedField, ...] = ()
    notes: tuple[str, ...] = ()  # what processing wants the person to know
    pristine: ObjectRef | None = None  # the exact upload of an image, private, never behind the CDN
    delivery: tuple[DeliveryStep, ...] = ()
    delivered_at: UtcTime | None = None
    trashed_at: UtcTime | None = None
    private: bool = False  # served by signed addresses only, from under `private/`
    grants: tuple[Grant, ...] = ()
    albums: tuple[str, ...] = ()  # ids; an album is a list that a file may be on
    fingerprint: str = ""  # perceptual hash of an image, 16 hex digits; '' where unknown
    revision: int = 1  # number of the current bytes
    stored_at: UtcTime | None = None  # when they came; None: at the upload
    stored_by: str = ""  # account id; '': the owner
    versions: tuple[FileVersion, ...] = ()  # earlier bytes, oldest first
    changed_at: UtcTime | None = None  # by a person: renamed, moved, tagged, replaced, trashed …
    changed_by: str = ""  # account id

    @property
    def edit(self) -> str:
        """Another one after every change by a person: whoever changes says which one they saw."""
        moment = f"{self.changed_at:%Y%m%dT%H%M%S.%f}" if self.changed_at else "0"
        return f"{self.revision}.{moment}"

    def right_of(self, account_id: str) -> Right | None:
        """What was granted to this person; the owner needs no grant."""
        return next((g.right for g in self.grants if g.account_id == account_id), None)

    def rendition(self, name: str) -> Rendition | None:
        return next((r for r in self.renditions if r.name == name), None)


class UploadState(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    REFUSED = "refused"
    ABORTED = "aborted"


class Problem(Noun):
    """A stored error, shown later: the same fields as an RFC 9457 answer."""

    slug: str
    title: str
    status: int
    detail: str
    hint: str = ""


class UploadTicket(Noun):
    """What a browser needs to send bytes straight to S3. `url` may be relative to this site."""

    upload_id: str
    method: Literal["post", "multipart"]
    url: str
    fields: dict[str, str] = Field(default_factory=dict)
    part_size: int | None = None
    expires_at: UtcTime


class Upload(Noun):
    """What the server remembers of a ticket until the file exists."""

    id: str
    owner_id: str
    name: str
    size: int
    content_type: str
    folder: str
    bucket: str
    key: str
    method: Literal["post", "multipart"]
    private: bool = False  # what becomes of it is served by signed addresses only
    multipart_id: str = ""
    part_size: int | None = None
    state: UploadState = UploadState.OPEN
    created_at: UtcTime
    expires_at: UtcTime
    file_id: str = ""
    job_id: str = ""
    problem: Problem | None = None
    replaces: str = ""  # id of the file that gets these bytes; '' for a new file
    base_revision: int = 0  # of that file when the upload began
    same_key: bool = False
    on_conflict: str = "allow"  # an `OnConflict`, for a new file whose name is taken


class UploadedPart(Noun):
    part_number: int
    etag: str
    size: int


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Noun):
    """Durable work: written before it starts, resumed after a crash, kept with how it ended."""

    id: str
    kind: str
    subject_id: str
    owner_id: str
    state: JobState = JobState.QUEUED
    attempts: int = 0
    created_at: UtcTime
    updated_at: UtcTime
    done: int = 0
    total: int = 0
    step: str = ""
    problem: Problem | None = None


class FileSort(StrEnum):
    NEWEST = "-uploaded_at"
    OLDEST = "uploaded_at"
    NAME = "name"
    NAME_DESCENDING = "-name"
    LARGEST = "-size"
    SMALLEST = "size"
    LATEST_TAKEN = "-taken_at"
    EARLIEST_TAKEN = "taken_at"  # what has no date of its own comes last in both


class FileQuery(Noun):
    """What a person looks for. `None` means: whatever it is.

    `text`: words that must all occur, `without`: words none of which may. Tags and extension are
    compared without case, and so is a `camera` with `*` in it, which is any characters. Lengths and
    sizes are bounds that belong to it; `taken_to` and `uploaded_to` are the first moments after.
    """

    text: str = ""
    without: str = ""
    owner_id: str | None = None
    shared_with: str | None = None  # the account id of somebody who was let in
    folder: str | None = None
    below: bool = False  # also all that lies deeper in `folder`
    kind: FileKind | None = None
    state: FileState | None = None
    trashed: bool = False
    tags: tuple[str, ...] = ()  # all of them
    album: str | None = None
    camera: str | None = None
    extension: str | None = None
    private: bool | None = None
    shared: bool | None = None  # with anybody
    taken_from: UtcTime | None = None
    taken_to: UtcTime | None = None
    uploaded_from: UtcTime | None = None
    uploaded_to: UtcTime | None = None
    min_width: int | None = None
    max_width: int | None = None
    min_height: int | None = None
    max_height: int | None = None
    min_size: int | None = None
    max_size: int | None = None
    sort: FileSort = FileSort.NEWEST


class FilePage(Noun):
    items: tuple[MediaFile, ...]
    next_cursor: str | None
    total: int


class KindTotal(Noun):
    kind: FileKind
    count: int
    size: int


class DayTotal(Noun):
    """What arrived on one UTC day."""

    day: date
    count: int
    size: int


class LibrarySummary(Noun):
    """What is stored, without the trash. `size` counts served objects and renditions."""

    count: int
    size: int
    by_kind: tuple[KindTotal, ...]
    by_day: tuple[DayTotal, ...]
    processing: int
    undelivered: int
    trashed: int
