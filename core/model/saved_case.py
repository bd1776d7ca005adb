"""A diagnosis that was kept, and the watch over its URL: does it work, since when."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from core.model.base import Noun, UtcTime
from core.model.diagnosis import Confidence


class WatchState(StrEnum):
    """What a monitor says of its URL. `UNKNOWN`: it could not be checked, or not yet."""

    WORKS = "works"
    BROKEN = "broken"
    RELAPSED = "relapsed"  # it worked before, then broke
    UNKNOWN = "unknown"


class CheckStatus(StrEnum):
    WORKS = "works"
    BROKEN = "broken"
    UNCHECKED = "unchecked"  # AWS refused or did not answer, or nothing certain came out


class Interval(StrEnum):
    """How often a URL may be checked."""

    QUARTER = "15 minutes"
    HOUR = "hour"
    SIX_HOURS = "6 hours"
    DAY = "day"

    @property
    def seconds(self) -> int:
        return _SECONDS[self]


_SECONDS = {
    Interval.QUARTER: 900,
    Interval.HOUR: 3600,
    Interval.SIX_HOURS: 21_600,
    Interval.DAY: 86_400,
}


class Check(Noun):
    """One look at the URL. `cause` is an id of the catalogue, '' where none was found."""

    at: UtcTime
    status: CheckStatus
    cause: str = ""
    sentence: str = ""
    observed_status: int | None = None  # what the CDN answered, where it was asked


class Monitor(Noun):
    """`known` and `known_since` outlive the checks that failed: they say what was last certain."""

    interval_seconds: int
    next_at: UtcTime
    state: WatchState = WatchState.UNKNOWN
    since: UtcTime
    known: WatchState | None = None
    known_since: UtcTime | None = None
    last: Check | None = None  # None: not checked yet
    checks: int = 0
    taken_until: UtcTime | None = None  # somebody is checking it


class CaseSummary(Noun):
    """The report's verdict, as lists show it."""

    primary_cause: str
    sentence: str
    confidence: Confidence
    predicted_status: int | None = None
    observed_status: int | None = None


class SavedCase(Noun):
    """`url` is '' where the snapshot names none, and holds no secrets; `snapshot` is filled by
    `get` alone, for lists would be large.
    """

    id: str
    name: str
    url: str = ""
    note: str = ""
    saved_by: str = ""
    saved_at: UtcTime
    summary: CaseSummary
    monitor: Monitor | None = None
    watchable: bool = True  # False: no URL, or one whose signature is not kept
    own: bool = False  # captured here, not brought from elsewhere
    snapshot: dict[str, Any] | None = None


class CaseHistory(Noun):
    """The checks of one monitor, newest first."""

    case_id: str
    checks: tuple[Check, ...] = Field(default=())
