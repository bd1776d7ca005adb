"""Nouns of a month's cost: its lines, whom they belong to, per unit, and against another month."""

from __future__ import annotations

from typing import Literal

from core.model.base import Noun, UtcTime
from core.model.estimates import CostEstimate, CostLine
from core.model.measured import By
from core.model.pricing import Money, Number

Basis = Literal["billed", "estimated"]


class MonthLine(Noun):
    """One line of the bill. `calculation` shows how list price and quantity make an amount."""

    service: str
    line: str  # of the price sheet; '' for what it does not know
    region: str
    name: str  # as people read it
    quantity: Number | None
    unit: str
    amount: Money
    calculation: CostLine | None = None
    note: str = ""


class ServiceCost(Noun):
    service: str
    amount: Money
    lines: tuple[MonthLine, ...]


class AllocatedShare(Noun):
    key: str
    amount: Money
    percent: Number


class Allocation(Noun):
    """Shares and `unallocated` add up to `total` exactly. `reasons` say why some is left."""

    by: By
    total: Money
    shares: tuple[AllocatedShare, ...]
    unallocated: Money
    unallocated_percent: Number
    reasons: tuple[str, ...]
    warn: bool  # more than a tenth belongs to nobody


class UnitCost(Noun):
    """`usd` per `per` units; None, with the `reason`, where the denominator is not known."""

    name: str
    per: Number
    unit: str
    usd: Money | None
    cost: Money  # the numerator
    covers: str  # which lines it holds
    count: Number | None
    source: str  # of the denominator
    reason: str = ""


class CostMonth(Noun):
    """A month as billed where AWS told, else as estimated from measured usage."""

    period: str
    basis: Basis
    source: str
    as_of: UtcTime
    currency: str
    total: Money
    days: int  # of the month that are in the total
    month_days: int
    services: tuple[ServiceCost, ...]
    estimate: CostEstimate | None
    allocations: tuple[Allocation, ...] = ()
    units: tuple[UnitCost, ...] = ()
    is_lower_bound: bool = False  # something has no price
    may_change: bool = False  # AWS may still restate it
    problem: str = ""  # why this is the last good data
    warnings: tuple[str, ...] = ()
    sentence: str = ""

    @property
    def lines(self) -> tuple[MonthLine, ...]:
        return tuple(line for service in self.services for line in service.lines)


class Effect(Noun):
    """Why one family of lines changed: the three effects add up to `change` exactly."""

    family: str
    name: str
    before: Money
    after: Money
    quantity_before: Number | None
    quantity_after: Number | None
    unit: str
    quantity: Money  # more or less was used
    mix: Money  # other regions or classes than before
    price: Money  # what is left: the same cost more or less
    because: str

    @property
    def change(self) -> Money:
        return self.after - self.before


class MonthComparison(Noun):
    before: str
    after: str
    total_before: Money | None  # None: there is nothing to compare with
    total_after: Money
    percent: Number | None
    effects: tuple[Effect, ...]
    same_days: bool = True  # False: more days of one month than of the other
    days: int = 0  # of the later month that are compared
    sentence: str
    warnings: tuple[str, ...] = ()
