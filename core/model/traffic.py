"""What was delivered: requests and bytes as access logs tell them, and what was read of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.model.base import Noun, UtcTime
from core.model.media import Problem

# Fields of a standard log in the documented order, for logs without a header of their own.
LOG_FIELDS = (
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem",
    "sc-status", "cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)",
    "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes",
    "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher", "x-edge-response-result-type",
    "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port", "time-to-first-byte",
    "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start",
    "sc-range-end",
)  # fmt: skip


class LogKind(StrEnum):
    DELIMITED = "delimited"  # v1, and v2's plain and W3C
    JSON = "json"
    PARQUET = "parquet"


class LogShape(Noun):
    """How the lines of a log file are read. `fields` are CloudFront's names, in their order."""

    kind: LogKind
    fields: tuple[str, ...] = ()
    delimiter: str = "\t"
    skip: int = 0  # header lines


class Delivered(Noun):
    """One row of a grouping. What the grouping lacks is None, and so is what a line left out."""

    label: str | None = None  # as it is logged
    shown: str | None = None  # as the viewer sent it, where it is an address
    site: str | None = None
    status: int | None = None
    requests: int
    bytes: int
    asked: int | None = None  # of the requests, those for which the origin was asked


class BadLine(Noun):
    """A line that could not be counted, and where it stands."""

    file: str
    line: int | None = None
    reason: str


class LogProblem(Noun):
    """A file that could not be read whole."""

    file: str
    problem: str  # truncated, changed, unreadable, same
    detail: str


class LogsRead(Noun):
    """What a reading met: nothing that was left out goes unsaid."""

    files: int = 0
    rows: int = 0
    duplicates: int = 0  # lines whose request id was counted already
    without_id: int = 0  # lines of old logs: a repeated one can't be told from a second request
    without_bytes: int = 0
    bad_lines: int = 0
    first_bad: tuple[BadLine, ...] = ()
    problems: tuple[LogProblem, ...] = ()


class TrafficFilters(Noun):
    """Empty means everything. `prefix` is compared with the path as it is logged."""

    site: str = ""
    distribution: str = ""
    edge: str = ""
    country: str = ""
    result: str = ""
    status: int = -1
    prefix: str = ""


class HitRatio(Noun):
    """Of the requests that a cache can answer. None where there was none."""

    hits: int
    misses: int
    share: float | None
    bytes_share: float | None
    definition: str


class TrafficReport(Noun):
    """The sums of a time range; `last_day` is included. Days and hours are UTC."""

    first_day: date | None
    last_day: date | None
    requests: int
    bytes: int
    hit_ratio: HitRatio
    days: tuple[Delivered, ...]
    hours: tuple[Delivered, ...] = ()
    statuses: tuple[Delivered, ...]
    edge_results: tuple[Delivered, ...]
    top_urls: tuple[Delivered, ...]
    top_errors: tuple[Delivered, ...]
    edges: tuple[Delivered, ...]
    countries: tuple[Delivered, ...] = ()
    referrers: tuple[Delivered, ...]
    prefixes: tuple[Delivered, ...] = ()
    files: tuple[Delivered, ...] = ()
    owners: tuple[Delivered, ...] = ()
    read: LogsRead = LogsRead()
    as_of: UtcTime | None = None  # the end of the last scan
    told: tuple[date, ...] | None = None  # days that the logs tell of, also quiet ones


class EdgeUse(Noun):
    """Requests of one edge location over one protocol; '' is not logged.

    `asked`: misses, refreshed hits, and errors that only the origin can have answered.
    """

    edge: str
    protocol: str  # http, https, ws, wss
    redirected: bool = False  # answered by a redirect to HTTPS
    requests: int
    bytes: int
    asked: int


class OriginReport(Noun):
    """How requests came, and which of them the origin was asked for.

    A URL's `asked` are misses and refreshed hits: an error is none that a longer TTL would spare.
    `days` are those of which something was read; `urls` the ones that were asked for most.
    """

    days: tuple[date, ...]
    edges: tuple[EdgeUse, ...]
    urls: tuple[Delivered, ...]
    as_of: UtcTime | None = None


class Views(Noun):
    """Paths that somebody got from an edge; None: more than can be told apart.

    `days` are those that the logs tell of, also where nobody asked for anything.
    """

    days: tuple[date, ...]
    paths: frozenset[str] | None


class LogPlace(Noun):
    """Where a distribution, or the settings, say that logs are delivered to."""

    bucket: str
    prefix: str = ""


class ScanState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class TrafficScan(Noun):
    """One round of looking for new log files and reading them once."""

    id: str
    job_id: str
    started_by: str
    created_at: UtcTime
    ended_at: UtcTime | None = None
    state: ScanState = ScanState.QUEUED
    cancel: bool = False  # somebody asked for its end
    places: tuple[LogPlace, ...] = ()
    found: int = 0  # files that were not read yet
    files: int = 0  # read by now
    rows: int = 0
    duplicates: int = 0
    bad_lines: int = 0
    left: int = 0  # files that changed or went away while they were fetched
    problem: Problem | None = None


class QueryCost(Noun):
    """What a report costs before it is run: every question scans all log files."""

    engine: str
    queries: int
    bytes: int  # of all questions together
    usd: Decimal | None  # None: the price sheet has no price
    price_per_tb: Decimal | None
    source: str
    confirm: bool  # more than may run without being asked for twice


class EdgeSample(Noun):
    at: UtcTime  # the beginning of the period
    value: float


class EdgeMetric(Noun):
    """One of CloudFront's metrics. Without samples its value is unknown."""

    name: str
    statistic: str  # Sum or Average
    unit: str
    period_seconds: int
    samples: tuple[EdgeSample, ...] = ()

    @property
    def last(self) -> EdgeSample | None:
        return self.samples[-1] if self.samples else None

    @property
    def total(self) -> float | None:
        """The sum of a counted metric; None for a rate, and where nothing is known."""
        if self.statistic != "Sum" or not self.samples:
            return None
        return sum(one.value for one in self.samples)


class EdgeMetrics(Noun):
    """CloudFront's metrics of a distribution, or why there are none; never the last good as new."""

    distribution_id: str
    metrics: tuple[EdgeMetric, ...] = ()
    asked_at: UtcTime
    age_seconds: int | None = None  # of the newest sample's end, when these were read
    problem: Problem | None = None  # refused or throttled now; `metrics` are the last good ones
