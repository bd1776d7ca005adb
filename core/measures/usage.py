"""What usage knows, as costs need it: reports of storage and traffic become a measured month.

It stands above the rooms because neither of the two may import the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.errors import DashboardError
from core.measures.months import bounds, measured_month
from core.measures.waste import drivers_of, waste_of
from core.model.budgets import Driver
from core.model.measured import (
    MeasuredMonth,
)
from core.model.traffic import TrafficReport
from core.model.usage import StorageDay, StorageReport
from core.model.waste import BucketRules, Waste

_USUAL_DAYS = 7


@dataclass(frozen=True)
class MeasuresOfUsage:
    """`storage` gives the last good report of each bucket; `rules` their lifecycle rules."""

    traffic: Callable[[date, date], TrafficReport]
    storage: Callable[[], Sequence[StorageReport]]
    history: Callable[[], Sequence[StorageDay]]
    rules: Callable[[str], BucketRules]
    users: Callable[[], int]
    region: str
    clock: Callable[[], datetime]

    def month(self, period: str) -> MeasuredMonth:
        first, last = bounds(period)
        report, problem = self._report(first, last)
        reports, users = self.storage(), self.users()
        found = measured_month(period, report, reports, self.history(), users, self.region)
        return found.model_copy(update={"missing": (*found.missing, *problem)})

    def waste(self) -> Waste:
        reports = self.storage()
        rules = tuple(self.rules(bucket) for bucket in {one.bucket: None for one in reports})
        return waste_of(reports, rules, self.region, self.clock())

    def drivers(self, days: Sequence[date]) -> tuple[Driver, ...]:
        found: list[Driver] = []
        for day in days:
            usual, _ = self._report(day - timedelta(days=_USUAL_DAYS), day - timedelta(days=1))
            report, _ = self._report(day, day)
            found += drivers_of(day, report, usual) if report and usual else ()
        return tuple(found)

    def _report(self, first: date, last: date) -> tuple[TrafficReport | None, tuple[str, ...]]:
        """None, and why, where it can't be had, such as a query that has to be confirmed."""
        try:
            return self.traffic(first, last), ()
        except DashboardError as error:
            return None, (error.message,)
