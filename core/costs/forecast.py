"""What a month will cost, from its days: a robust daily rate with weekdays, and how good that was.

The rate is the median of the last days without their weekday; weekdays count when there are four
weeks of days. The back-test forecasts the past the same way, and its errors make the interval.
Days are UTC. A day that is missing is forecast, never taken as 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from core.costs.billed import total
from core.costs.price_sheet import month_end
from core.costs.tiers import ZERO
from core.model.budgets import Forecast

LEAST_DAYS = 21
_RATE_DAYS = 14
_WEEKDAY_DAYS = 28
_LEAST_TESTS = 5
_LOW, _HIGH = Decimal("0.1"), Decimal("0.9")  # of the errors: four of five lie between
_CENT = Decimal("0.01")

Days = Mapping[date, Decimal]


@dataclass(frozen=True)
class _Model:
    """Fitted on some days; gives what one day costs."""

    rate: Decimal
    weekdays: tuple[Decimal, ...] | None

    def day(self, day: date) -> Decimal:
        return self.rate * (self.weekdays[day.weekday()] if self.weekdays else 1)

    def sum(self, days: Sequence[date]) -> Decimal:
        return total(self.day(day) for day in days)


def forecast(period: str, days: Days, last_complete: date, fixed: Decimal = ZERO) -> Forecast:
    """`fixed` is what the month has cost beside its days: tax, plans, credits.

    Days after `last_complete` are left out: they are not over, or the clock jumped.
    """
    end = month_end(period)
    month = [end.replace(day=number) for number in range(1, end.day + 1)]
    known = {day: cost for day, cost in days.items() if day <= last_complete}
    in_month = [day for day in month if day in known]
    base = Forecast(
        period=period,
        so_far=total([fixed, *(known[day] for day in in_month)]),
        known_days=len(in_month),
        notes=tuple(_notes(days, month, known, last_complete)),
    )
    missing = [day for day in month if day not in known]
    if not missing:
        return _finished(base)
    if len(known) < LEAST_DAYS:
        told = f"{len(known)} days of costs are known, {LEAST_DAYS} are needed"
        return base.model_copy(update={"unknown": told})
    if last_complete - max(known) > timedelta(days=_RATE_DAYS):
        told = f"the last day that is known is {max(known)}: too long ago"
        return base.model_copy(update={"unknown": told})
    return _forecast(base, known, missing)


def _finished(base: Forecast) -> Forecast:
    update = {
        "total": base.so_far,
        "low": base.so_far,
        "high": base.so_far,
        "error": ZERO,
        "method": "every day of the month is known",
    }
    return base.model_copy(update=update)


def _forecast(base: Forecast, known: Days, missing: Sequence[date]) -> Forecast:
    model = _fit(known)
    rest = model.sum(missing)
    horizon, errors = _back_test(known, len(missing))
    if len(errors) < _LEAST_TESTS:
        told = "the days that are known don't allow a back-test"
        return base.model_copy(update={"unknown": told})
    stretch = Decimal(len(missing) / horizon).sqrt() if horizon < len(missing) else Decimal(1)
    low, high = (_quantile(errors, share) * stretch for share in (_LOW, _HIGH))
    error = total(abs(one) for one in errors) / len(errors)
    notes = base.notes
    if horizon < len(missing):
        notes = (*notes, f"tested over {horizon} days, forecast over {len(missing)}: widened")
    update = {
        "total": (base.so_far + rest).quantize(_CENT),
        "low": (base.so_far + rest * (1 + min(low, ZERO))).quantize(_CENT),
        "high": (base.so_far + rest * (1 + max(high, ZERO))).quantize(_CENT),
        "error": error.quantize(Decimal("0.001")),
        "tests": len(errors),
        "tested_days": horizon,
        "method": "median of the last 14 days" + (", by weekday" if model.weekdays else ""),
        "notes": notes,
    }
    return base.model_copy(update=update)


def _fit(known: Days) -> _Model:
    ordered = sorted(known)
    weekdays = _weekdays({day: known[day] for day in ordered[-8 * 7 :]})
    recent = ordered[-_RATE_DAYS:]
    plain = [known[day] / (weekdays[day.weekday()] if weekdays else Decimal(1)) for day in recent]
    return _Model(median(plain), weekdays)


def _weekdays(known: Days) -> tuple[Decimal, ...] | None:
    """What each weekday costs beside the median day; None where too little is known."""
    if len(known) < _WEEKDAY_DAYS:
        return None
    middle = median(known.values())
    by_day = [[cost for day, cost in known.items() if day.weekday() == n] for n in range(7)]
    if middle <= 0 or any(len(costs) < 3 for costs in by_day):
        return None
    factors = [median(costs) / middle for costs in by_day]
    mean = total(factors) / 7
    if mean <= 0 or min(factors) <= 0:
        return None
    return tuple(factor / mean for factor in factors)


def _back_test(known: Days, horizon: int) -> tuple[int, list[Decimal]]:
    """Errors of past forecasts as a part of what was forecast, over as many days as there are."""
    ordered = sorted(known)
    horizon = max(1, min(horizon, (len(ordered) - _RATE_DAYS) // 2))
    errors = []
    for start in range(_RATE_DAYS, len(ordered) - horizon + 1):
        model = _fit({day: known[day] for day in ordered[:start]})
        tested = ordered[start : start + horizon]
        expected, actual = model.sum(tested), total(known[day] for day in tested)
        if expected > 0:
            errors.append((actual - expected) / expected)
        elif actual == 0:
            errors.append(ZERO)
    return horizon, errors


def _quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _notes(days: Days, month: Sequence[date], known: Days, last_complete: date) -> Sequence[str]:
    told = []
    later = [day for day in days if day > last_complete]
    if later:
        told.append(f"{len(later)} days after {last_complete} are not over and were left out")
    gaps = [day for day in month if day <= last_complete and day not in known]
    if gaps:
        told.append(f"{len(gaps)} days of the month have no data: forecast, not taken as 0")
    return told
