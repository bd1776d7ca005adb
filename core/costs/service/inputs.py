"""What the costs need from other rooms, and what they get where nobody measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.costs.service.actuals import ActualsBook
from core.costs.service.own_cost import OwnCostBook
from core.model.budgets import Driver
from core.model.measured import MeasuredMonth
from core.model.waste import Waste
from core.stores.records import RecordStore


class Measures(Protocol):
    """Usage as the costs room reads it. What is not known is None in the nouns."""

    def month(self, period: str) -> MeasuredMonth: ...

    def with_ttl(self, month: MeasuredMonth) -> MeasuredMonth:
        """The month with the TTL of today, which asks the cloud about the busiest files."""
        ...

    def waste(self) -> Waste: ...

    def drivers(self, days: Sequence[date]) -> tuple[Driver, ...]:
        """What access logs tell of these days."""
        ...


class NothingMeasured:
    """No source of usage: said as such, and no number is made up for it."""

    def month(self, period: str) -> MeasuredMonth:
        return MeasuredMonth(period=period, missing=("no usage has been measured yet",))

    def with_ttl(self, month: MeasuredMonth) -> MeasuredMonth:
        return month

    def waste(self) -> Waste:
        return Waste()

    def drivers(self, days: Sequence[date]) -> tuple[Driver, ...]:  # noqa: ARG002  # the Protocol's
        return ()


class Notifier(Protocol):
    """Tells people. Raises a `DashboardError` where it could not."""

    def mail(self, to: str, subject: str, text: str) -> None: ...

    def topic(self, topic_arn: str, subject: str, text: str) -> None: ...


@dataclass(frozen=True)
class CostParts:
    """What the dashboard has and a single command has not."""

    store: RecordStore
    actuals: ActualsBook
    measures: Measures
    notifier: Notifier
    own: OwnCostBook | None  # None: the cloud costs nothing
    clock: Callable[[], datetime]
