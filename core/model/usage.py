"""What is stored, as one source tells it, and the sources side by side. Sizes are bytes.

`None` is unknown: the source does not tell it. It is never 0, and it is in no total.
"""

from __future__ import annotations

from enum import StrEnum

from core.model.base import Noun, UtcTime
from core.model.media import JobState, Problem
from core.model.pricing import Money

SMALL = 131_072  # bytes; the least that infrequent-access classes bill per object


class StorageSource(StrEnum):
    LISTING = "listing"  # every object, asked for now
    INVENTORY = "inventory"  # S3's own report, up to a day or a week old
    CLOUDWATCH = "cloudwatch"  # one daily sample per class


class Stored(Noun):
    objects: int | None
    bytes: int | None

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            objects=_sum(self.objects, other.objects), bytes=_sum(self.bytes, other.bytes)
        )


def _sum(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


NOTHING = Stored(objects=0, bytes=0)
UNKNOWN = Stored(objects=None, bytes=None)


class Share(Noun):
    """One slice of a breakdown; `name` '' is what belongs to none of them."""

    name: str
    stored: Stored


class SizeRange(Noun):
    """Objects of `start` ≤ size < `end` bytes; without an end where `end` is None."""

    start: int
    end: int | None
    stored: Stored


class AgeRange(Noun):
    """Objects last written between `start` and `end` days before the report."""

    start: int
    end: int | None
    stored: Stored


class StorageCell(Noun):
    """Objects of one class and role, from a size and an age (days) on, up to the next of each.

    None: the source does not tell the size or the age of these.
    """

    storage_class: str
    role: str
    from_bytes: int | None
    from_days: int | None
    stored: Stored


class FolderCell(StorageCell):
    """The same of one folder. `deep`: folders below it are in it, which others may be named of."""

    folder: str  # such as `media/2026/`; '' for what lies beside the largest folders
    deep: bool


class IdleObjects(Noun):
    """Originals below a folder that nobody got from an edge; `largest` are the first keys."""

    prefix: str
    storage_class: str
    objects: int
    bytes: int
    largest: tuple[str, ...]


class PrefixShare(Noun):
    """What lies below a prefix. `prefix` ends with `/`, or is the one above for what lies beside
    its folders. `folders`: whether there are prefixes below it.
    """

    prefix: str
    stored: Stored
    folders: bool


class DuplicateGroup(Noun):
    """Objects of one size and ETag, so almost surely of the same bytes."""

    etag: str
    size: int
    objects: int
    keys: tuple[str, ...]  # the first ones

    @property
    def wasted(self) -> int:
        return self.size * (self.objects - 1)


class Duplicates(Noun):
    """`objects` and `bytes` are what could go when one of each group stays."""

    groups: int
    objects: int
    bytes: int
    largest: tuple[DuplicateGroup, ...]
    not_comparable: int  # objects whose ETag says nothing about their bytes (parts, KMS)


class Versions(Noun):
    """Old versions bill in full; a delete marker bills the bytes of its key."""

    current: Stored
    noncurrent: Stored
    delete_markers: int


class StaleUpload(Noun):
    """A multipart upload that was begun and not completed; `bytes` is None where not counted."""

    key: str
    upload_id: str
    initiated: UtcTime
    storage_class: str
    parts: int | None
    bytes: int | None


class Uploads(Noun):
    """Incomplete multipart uploads: billed, and in no listing of objects."""

    count: int
    bytes: int | None  # None where the parts of one could not be counted
    oldest: UtcTime | None
    largest: tuple[StaleUpload, ...]


class RequestCost(Noun):
    """What was asked of AWS for this report, and at which price; `usd` None is unpriced."""

    requests: int
    usd: Money | None
    price: str  # such as `us-east-1: 0.005 per 1000, as of 2026-10-03`, or why there is none


class StorageReport(Noun):
    """Current objects of one bucket (or of a prefix of it) as one source tells them.

    `sampled_at` is when the source saw the bucket, `read_at` when we read the source.
    """

    bucket: str
    source: StorageSource
    prefix: str = ""
    sampled_at: UtcTime
    read_at: UtcTime
    complete: bool
    notes: tuple[str, ...] = ()  # what is missing, and why
    total: Stored
    by_class: tuple[Share, ...] = ()
    by_prefix: tuple[PrefixShare, ...] | None = None
    by_owner: tuple[Share, ...] | None = None
    by_type: tuple[Share, ...] | None = None
    by_role: tuple[Share, ...] | None = None  # original, rendition, upload, other
    cells: tuple[StorageCell, ...] | None = None  # the finest parts, which add up to the total
    folder_cells: tuple[FolderCell, ...] | None = None  # the same total by the largest folders
    sizes: tuple[SizeRange, ...] | None = None
    ages: tuple[AgeRange, ...] | None = None
    small: Stored | None = None  # objects under `SMALL`
    duplicates: Duplicates | None = None
    versions: Versions | None = None
    uploads: Uploads | None = None
    cost: RequestCost | None = None


class StorageDifference(Noun):
    """Two sources that disagree, and what that is likely to be."""

    left: StorageSource
    right: StorageSource
    objects: int | None  # left - right
    bytes: int | None
    reasons: tuple[str, ...]


class StorageComparison(Noun):
    """The sources side by side; they are never added or averaged."""

    bucket: str
    reports: tuple[StorageReport, ...]
    differences: tuple[StorageDifference, ...]
    missing: tuple[SourceGap, ...]


class SourceGap(Noun):
    """A source that says nothing, or nothing new, and why."""

    source: StorageSource
    reason: str
    hint: str = ""  # what to do about it
    last_good: UtcTime | None = None  # of the report that is still shown


class StorageDay(Noun):
    """A day's last good figures of one source, for the trend."""

    bucket: str
    source: StorageSource
    day: str  # YYYY-MM-DD, UTC
    total: Stored
    by_class: tuple[Share, ...]
    sampled_at: UtcTime


class StorageScan(Noun):
    """One reading of a source: asked for by a person, done by a durable job."""

    id: str
    bucket: str
    source: StorageSource
    versions: bool = False
    created_by: str
    created_at: UtcTime
    job_id: str
    state: JobState = JobState.QUEUED
    done: int = 0
    total: int = 0  # 0 while it is not known
    step: str = ""
    requests: int = 0  # LIST requests so far
    cancelled: bool = False
    finished_at: UtcTime | None = None
    problem: Problem | None = None


StorageComparison.model_rebuild()
