"""Many URLs judged at once: where they come from, how far the work is, groups and their repairs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from core.model.base import Noun, UtcTime
from core.model.diagnosis import Confidence, FixType
from core.model.media import JobState, Problem

Name = Annotated[str, Field(min_length=1, max_length=255)]
FileName = Annotated[str, Field(max_length=255)]  # of an upload; set by the service
Host = Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9.-]*$")]


class Holds(StrEnum):
    """What an attribute holds; `auto`: each value is read as what it looks like."""

    AUTO = "auto"
    URL = "url"
    KEY = "key"


class LibrarySource(Noun):
    """Every file of the library and its renditions, by the URLs that the dashboard gives out."""

    kind: Literal["library"] = "library"


class DynamoSource(Noun):
    """One attribute of every row of a table; `host` stands before values that are keys."""

    kind: Literal["dynamodb"] = "dynamodb"
    table: Name
    key_attributes: Annotated[tuple[Name, ...], Field(min_length=1, max_length=2)]
    attribute: Name
    holds: Holds = Holds.AUTO
    host: Host = ""


class CsvSource(Noun):
    """An uploaded CSV or Parquet file, by the names of its columns; no `id`: the row's number."""

    kind: Literal["csv"] = "csv"
    file: FileName = ""
    url: Name = "url"
    id: Annotated[str, Field(max_length=255)] = ""
    hits: Annotated[str, Field(max_length=255)] = ""
    holds: Holds = Holds.AUTO
    host: Host = ""


class LogSource(Noun):
    """CloudFront access logs, from a bucket or from an upload: the URLs that got 403 or 404."""

    kind: Literal["access_logs"] = "access_logs"
    bucket: Annotated[str, Field(max_length=63)] = ""
    prefix: Annotated[str, Field(max_length=1024)] = ""
    file: FileName = ""
    since: UtcTime | None = None
    until: UtcTime | None = None
    statuses: tuple[Annotated[int, Field(ge=100, le=599)], ...] = (403, 404)


class CaseSource(Noun):
    """No account at all: uploaded configuration snapshot, inventory and list of URLs."""

    kind: Literal["case"] = "case"
    snapshot: FileName = ""
    inventory: FileName = ""
    urls: FileName = ""


AuditSource = Annotated[
    LibrarySource | DynamoSource | CsvSource | LogSource | CaseSource, Field(discriminator="kind")
]
AUDIT_SOURCE: TypeAdapter[AuditSource] = TypeAdapter(AuditSource)


class SkippedRows(Noun):
    """Rows that could not be used, for one reason, and the first places."""

    reason: str
    count: int
    first: tuple[str, ...] = ()


class AuditSummary(Noun):
    """What an audit came to. `unread`: what AWS refused, so that answers are *unknown*."""

    urls: int = 0
    hits: int = 0
    broken: int = 0
    groups: int = 0
    by_status: dict[str, int] = Field(default_factory=dict)  # "null": no answer is predicted
    by_cause: dict[str, int] = Field(default_factory=dict)
    seconds: float = 0.0
    skipped: tuple[SkippedRows, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    capacity_units: float | None = None  # what reading a DynamoDB table consumed


class UrlAudit(Noun):
    """One audit and how far it is. `state` and `problem` are those of its job."""

    id: str
    source: AuditSource
    title: str
    state: JobState = JobState.QUEUED
    cancelled: bool = False
    created_by: str
    created_at: UtcTime
    finished_at: UtcTime | None = None
    job_id: str = ""
    done: int = 0
    total: int = 0
    step: str = ""
    summary: AuditSummary = AuditSummary()
    problem: Problem | None = None


class AuditRow(Noun):
    """One URL of an audit; `old` is the value as the source holds it."""

    id: str
    url: str
    hits: int = 1
    predicted_status: int | None = None
    cause: str
    bucket: str | None = None
    key: str | None = None
    candidate_key: str | None = None
    confidence: Confidence = Confidence.UNKNOWN
    group: str = ""
    old: str = ""
    row_key: dict[str, Any] = Field(default_factory=dict)  # of a table: the row's key attributes


class AuditRowPage(Noun):
    items: tuple[AuditRow, ...]
    next: str | None = None  # pass as `after`; opaque


class RepairSample(Noun):
    """One URL (or record value) before and after, and what it answers then."""

    id: str
    before: str
    after: str
    status_before: int | None = None
    status_after: int | None = None


class GroupRepair(Noun):
    """A repair of a whole group, simulated over every URL of the audit.

    `fixed + broken + unchanged + unknown` is the number of URLs of the audit.
    """

    type: FixType
    title: str
    records_changed: int = 0
    fixed: int = 0
    broken: int = 0
    unchanged: int = 0
    unknown: int = 0
    fixed_here: int = 0  # of this group's own URLs
    alternatives: tuple[FixType, ...] = ()  # other repairs that can be tried on this group
    sample: tuple[RepairSample, ...] = ()
    broken_urls: tuple[RepairSample, ...] = ()  # the first ones
    needs: tuple[str, ...] = ()
    diff: str = ""
    before: Any = None
    after: Any = None
    rollback: str = ""
    note: str = ""  # what the simulation could not look at


class AuditGroup(Noun):
    """URLs with one cause and one pattern. `repair` is None until its dry run was made."""

    id: str
    cause: str
    sentence: str
    host: str = ""
    pattern: str  # of the path, such as `/users/{id}/progress-photos/*`
    failing: bool = True  # viewers get no good answer; False: a warning about URLs that work
    urls: int
    hits: int
    statuses: dict[str, int] = Field(default_factory=dict)
    with_candidate: int = 0  # of them: a surely meant object is known
    sample: tuple[AuditRow, ...] = ()
    repair: GroupRepair | None = None


class TableChoice(Noun):
    """A DynamoDB table that an audit may read: its keys, and attributes seen in a sample."""

    name: str
    key_attributes: tuple[str, ...]
    attributes: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()  # attributes whose values look like URLs or keys, best first
    rows: int | None = None  # AWS counts about every six hours
    size: int | None = None  # bytes
    problem: str = ""  # why its rows could not be sampled
