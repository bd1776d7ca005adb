"""Days that cost far from what such days do, and what was behind them.

A day is compared with the same weekday of the weeks before, else with the days before. It is odd
where it lies outside four times their usual spread, by a third and by more than small change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from core.costs.billed import grouped, total
from core.costs.billing_lines import BillingLines
from core.costs.compare import effects_of
from core.costs.families import family_of
from core.costs.months import services_line
from core.costs.tiers import ZERO
from core.model.actuals import Charge, ChargeKind
from core.model.budgets import Anomaly, Driver
from core.model.months import MonthLine
from core.model.pricing import PriceSheet

SMALL_CHANGE = Decimal("0.10")
_SPREADS = Decimal(4)
_LEAST_PART = Decimal("0.33")
_MAD = Decimal("1.4826")  # makes the median deviation that of a normal spread
_WEEKS, _LEAST_WEEKS = 8, 4
_DAYS, _LEAST_DAYS = 28, 10
_OF_KIND = 3  # URLs, prefixes, referrers, countries
_LEAST_SHARE = Decimal("0.05")  # of what the strongest one moved
_DELIVERY = ("cf.dto", "cf.http", "cf.https", "s3.transfer.internet_out", "s3.req.tier2")

DayLines = Mapping[date, Sequence[MonthLine]]


def lines_by_day(charges: Sequence[Charge], sheet: PriceSheet) -> dict[date, list[MonthLine]]:
    """Usage only: credits and tax say nothing about a day."""
    places = BillingLines(sheet)
    found: dict[date, list[Charge]] = {}
    for charge in charges:
        if charge.kind is ChargeKind.USAGE and charge.currency == sheet.currency:
            found.setdefault(charge.day, []).append(charge)
    return {
        day: [
            services_line(one, sheet, f"{day:%Y-%m}", calculate=False)
            for one in grouped(some, places)
        ]
        for day, some in sorted(found.items())
    }


def find_anomalies(
    days: DayLines, looked_at: Sequence[date], drivers: Sequence[Driver] = ()
) -> tuple[Anomaly, ...]:
    """Latest day first, then the largest. A day without data is none: budgets tell of that."""
    found = [
        anomaly
        for day in looked_at
        if day in days
        for family in sorted({_family(line) for before in days.values() for line in before})
        for anomaly in _on(day, family, days, drivers)
    ]
    return tuple(sorted(found, key=lambda one: (one.day, abs(one.excess)), reverse=True))


def _family(line: MonthLine) -> str:
    return family_of(line.line) if line.line else f"{line.service}: {line.name}"


def _on(day: date, family: str, days: DayLines, drivers: Sequence[Driver]) -> Iterator[Anomaly]:
    usual = _reference(day, days)
    if not usual:
        return
    costs = {other: _cost(days[other], family) for other in usual}
    actual, middle = _cost(days[day], family), median(costs.values())
    spread = _MAD * median(abs(cost - middle) for cost in costs.values())
    away = abs(actual - middle)
    if away <= max(SMALL_CHANGE, _SPREADS * spread, _LEAST_PART * abs(middle)):
        return
    like = [other for other, cost in costs.items() if abs(cost - middle) <= max(spread, ZERO)]
    before = _mean([_of(days[other], family) for other in like])
    effects = effects_of(before, _of(days[day], family))
    if effects:
        found, note = _behind(day, family, drivers, rose=actual > middle)
        yield Anomaly(
            day=day,
            family=family,
            name=effects[0].name,
            expected=effects[0].before,
            actual=effects[0].after,
            effect=effects[0],
            drivers=found,
            note=note,
        )


def _reference(day: date, days: DayLines) -> list[date]:
    weeks = [day - timedelta(weeks=n) for n in range(1, _WEEKS + 1)]
    same = [other for other in weeks if other in days]
    if len(same) >= _LEAST_WEEKS:
        return same
    before = [day - timedelta(days=n) for n in range(1, _DAYS + 1)]
    near = [other for other in before if other in days]
    return near if len(near) >= _LEAST_DAYS else []


def _of(lines: Sequence[MonthLine], family: str) -> list[MonthLine]:
    return [line for line in lines if _family(line) == family]


def _cost(lines: Sequence[MonthLine], family: str) -> Decimal:
    return total(line.amount for line in _of(lines, family))


def _mean(days: Sequence[Sequence[MonthLine]]) -> list[MonthLine]:
    """One usual day: the mean of each line over the days, a day without it counting as none."""
    found: dict[tuple[str, str, str], list[MonthLine]] = {}
    for line in (line for lines in days for line in lines):
        found.setdefault((line.line, line.region, line.name), []).append(line)
    return [_mean_line(some, len(days)) for some in found.values()]


def _mean_line(lines: Sequence[MonthLine], days: int) -> MonthLine:
    known = [line.quantity for line in lines if line.quantity is not None]
    quantity = total(known) / days if len(known) == len(lines) else None
    amount = total(line.amount for line in lines) / days
    return lines[0].model_copy(update={"quantity": quantity, "amount": amount})


def _behind(
    day: date, family: str, drivers: Sequence[Driver], *, rose: bool
) -> tuple[tuple[Driver, ...], str]:
    """The URLs, prefixes, referrers and countries that changed most in the same direction.

    A few of each kind, so that one kind does not hide another, and none that hardly mattered.
    """
    if family not in _DELIVERY:
        return (), ""
    of_day = [one for one in drivers if one.day == day]
    if not of_day:
        return (), "there are no access logs of this day to say what was behind it"
    sign = 1 if rose else -1
    moved = [one for one in of_day if sign * _moved(one, family) > 0]
    moved.sort(key=lambda one: (-sign * _moved(one, family), one.kind, one.name))
    least = _LEAST_SHARE * abs(_moved(moved[0], family)) if moved else ZERO
    mattered = [one for one in moved if abs(_moved(one, family)) >= least]
    chosen = tuple(_first_of_kinds(mattered))
    return chosen, "" if chosen else "no single address stands out"


def _first_of_kinds(drivers: Sequence[Driver]) -> Iterator[Driver]:
    told = Counter[str]()
    for one in drivers:
        told[one.kind] += 1
        if told[one.kind] <= _OF_KIND:
            yield one


def _moved(driver: Driver, family: str) -> int:
    if family in ("cf.dto", "s3.transfer.internet_out"):
        return driver.bytes - driver.usual_bytes
    return driver.requests - driver.usual_requests
