"""What usage knows, as costs need it: reports of storage and traffic become a measured month.

It stands above the rooms because neither of the two may import the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from core.errors import DashboardError
from core.measures.account import Account
from core.measures.idle import Idle, idle_originals, window
from core.measures.months import bounds, measured_month
from core.measures.ttl import Headers, ttl_today
from core.measures.uncached import DAYS, uncached_paths
from core.measures.waste import drivers_of, waste_of
from core.model.budgets import Driver
from core.model.measured import NOT_COUNTED, Counted, MeasuredMonth
from core.model.traffic import OriginReport, TrafficReport, Views
from core.model.usage import StorageDay, StorageReport
from core.model.waste import BucketRules, IdleOriginals, UncachedPath, Waste

R = TypeVar("R")
_Idle = tuple[tuple[IdleOriginals, ...] | None, str]
_USUAL_DAYS = 7
_UPLOADS = "audit log: files that were uploaded here"


@dataclass(frozen=True)
class MeasuresOfUsage:
    """`storage` gives the last good report of each bucket; `rules` their lifecycle rules.

    `account` is asked for the regions of these buckets; `uploads` for a month's.
    """

    traffic: Callable[[date, date], TrafficReport]
    origin: Callable[[date, date], OriginReport]
    viewed: Callable[[date, date], Views]
    storage: Callable[[], Sequence[StorageReport]]
    history: Callable[[], Sequence[StorageDay]]
    idle: Idle
    rules: Callable[[str, str], BucketRules]
    users: Callable[[], int]
    uploads: Callable[[str], int | None]
    account: Callable[[Sequence[str]], Account]
    headers: Headers
    clock: Callable[[], datetime]
    _last_idle: list[tuple[object, _Idle]] = field(default_factory=list)

    def month(self, period: str) -> MeasuredMonth:
        first, last = bounds(period)
        report, problem = _had(self.traffic, first, last)
        origin, _ = _had(self.origin, first, last)
        reports, history = self.storage(), self.history()
        buckets = {one.bucket for one in reports} | {one.bucket for one in history}
        account = self.account(sorted(buckets))
        found = measured_month(
            period, report, reports, history, self.users(), account, origin, self._uploads(period)
        )
        return found.model_copy(update={"missing": (*found.missing, *problem)})

    def with_ttl(self, month: MeasuredMonth) -> MeasuredMonth:
        seconds, why = ttl_today(month.files or (), self.account(()), self.headers)
        return month.model_copy(update={"ttl_seconds": seconds, "ttl_unknown": why})

    def _uploads(self, period: str) -> Counted:
        found = self.uploads(period)
        if found is None:
            return NOT_COUNTED
        return Counted(amount=Decimal(found), source=_UPLOADS)

    def waste(self) -> Waste:
        reports = self.storage()
        account = self.account(sorted({one.bucket for one in reports}))
        buckets = {one.bucket: account.region_of(one.bucket, []) for one in reports}
        rules = tuple(self.rules(bucket, region) for bucket, region in buckets.items())
        found = waste_of(reports, rules, buckets, self.clock())
        idle, no_idle = self._idle_of(reports, account)
        uncached, not_cached = self._uncached(account)
        why_not = {"idle_originals": no_idle, "uncached": not_cached}
        update = {
            "idle": idle,
            "uncached": uncached,
            "why_not": {kind: why for kind, why in why_not.items() if why},
        }
        return found.model_copy(update=update)

    def _idle_of(self, reports: Sequence[StorageReport], account: Account) -> _Idle:
        """Worked out once for what was read: it takes every path of three months."""
        today = self.clock().date()
        read, _ = _had(self.origin, today, today)
        seen = (
            today, read and read.as_of, tuple((one.bucket, one.read_at) for one in reports),
            account.edge,
        )  # fmt: skip
        kept = self._last_idle[:1]
        if kept and kept[0][0] == seen:
            return kept[0][1]
        views, problem = _had(self.viewed, *window(today))
        if views is None:
            return None, problem[0]
        found = idle_originals(views, reports, account, self.idle, today)
        self._last_idle[:] = [(seen, found)]
        return found

    def _uncached(self, account: Account) -> tuple[tuple[UncachedPath, ...] | None, str]:
        today = self.clock().date()
        report, problem = _had(self.origin, today - timedelta(days=DAYS - 1), today)
        if report is None:
            return None, problem[0]
        paths = uncached_paths(report, account, self.headers)
        if paths is not None or report.as_of is None:
            return paths, ""
        return None, f"the logs that were read tell nothing of the last {DAYS} days"

    def drivers(self, days: Sequence[date]) -> tuple[Driver, ...]:
        found: list[Driver] = []
        for day in days:
            before = (day - timedelta(days=_USUAL_DAYS), day - timedelta(days=1))
            usual, _ = _had(self.traffic, *before)
            report, _ = _had(self.traffic, day, day)
            found += drivers_of(day, report, usual) if report and usual else ()
        return tuple(found)


def _had(
    ask: Callable[[date, date], R], first: date, last: date
) -> tuple[R | None, tuple[str, ...]]:
    """None, and why, where it can't be had, such as a query that has to be confirmed."""
    try:
        return ask(first, last), ()
    except DashboardError as error:
        return None, (error.message,)
