"""What the dashboard's own AWS calls cost, day by day, and the daily budget that stops them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING

from core.costs.price_sheet import Missing, find
from core.costs.service.sheets import PriceSheets
from core.costs.tiers import EXACT, ZERO
from core.errors import Conflict, DashboardError, NotAllowed
from core.model.base import Noun
from core.model.budgets import OwnCost, OwnCostLine
from core.model.pricing import Number
from core.stores.collection import Collection
from core.stores.records import RecordStore

if TYPE_CHECKING:  # commands that only price never ask AWS
    from core.aws.metering import CallMeter, Key, Metered


class _Count(Noun):
    line: str
    region: str
    call: str
    count: Number


class _Day(Noun):
    day: date
    counts: tuple[_Count, ...] = ()
    stopped: int = 0


class OwnCostBook:
    """`limit` is USD a day for optional calls. Several processes share one day's record."""

    def __init__(
        self,
        store: RecordStore,
        meter: CallMeter,
        sheets: PriceSheets,
        clock: Callable[[], datetime],
        limit: Decimal,
    ) -> None:
        self._meter, self._sheets, self._clock, self._limit = meter, sheets, clock, limit
        self._days = Collection(
            store, "own_cost", _Day, key=lambda one: one.day.isoformat(), sort=_sort
        )
        self._lock = Lock()
        self._today: tuple[date, Decimal] | None = None  # what was spent, as far as is known here
        self._stopped: dict[date, int] = {}
        meter.guard = self._guard

    def flush(self) -> None:
        """Keep what was counted since; what can't be kept now is kept the next time."""
        counts = self._meter.drain()
        with self._lock:
            stopped, self._stopped = self._stopped, {}
        try:
            for day in {*stopped, *(key[0] for key in counts)}:
                own = {key: count for key, count in counts.items() if key[0] == day}
                self._add(day, own, stopped.get(day, 0))
                counts = {key: count for key, count in counts.items() if key[0] != day}
        except DashboardError:
            self._meter.put_back(counts)
            raise
        with self._lock:
            self._today = None  # others may have spent too

    def report(self, day: date) -> OwnCost:
        self.flush()
        stored = self._days.find(day.isoformat())
        lines = self._priced(stored.value if stored else _Day(day=day))
        month = [one for one in self._days.all() if f"{one.day:%Y-%m}" == f"{day:%Y-%m}"]
        return OwnCost(
            day=day,
            usd=_sum(lines),
            limit=self._limit,
            lines=lines,
            unpriced=tuple(f"{one.line} in {one.region}" for one in lines if one.usd is None),
            stopped=stored.value.stopped if stored else 0,
            month_usd=sum((_sum(self._priced(one)) for one in month), ZERO),
        )

    def _guard(self, call: Metered) -> None:
        """Runs before every call that costs, so it reads the store after a flush only."""
        cost = EXACT.multiply(self._rate(call.line, call.region) or ZERO, call.count)
        with self._lock:
            spent = self._spent(call.day)
            if call.optional and spent + cost > self._limit:
                self._stopped[call.day] = self._stopped.get(call.day, 0) + 1
                raise NotAllowed(
                    f"{call.call} was not made: today's AWS calls of the dashboard cost "
                    f"${spent:.4f}, the daily budget is ${self._limit:.2f}.",
                    hint="Wait until 00:00 UTC, or raise DASHBOARD_DAILY_AWS_BUDGET_USD.",
                )
            self._today = (call.day, spent + cost)

    def _spent(self, day: date) -> Decimal:
        if self._today is None or self._today[0] != day:
            stored = self._days.find(day.isoformat())
            self._today = (day, _sum(self._priced(stored.value)) if stored else ZERO)
        return self._today[1]

    def _rate(self, line: str, region: str) -> Decimal | None:
        """What one unit costs; None where the sheet has no price."""
        found = find(self._sheets.newest(), line, region)
        if isinstance(found, Missing) or found.tiers[0].price is None:
            return None
        return EXACT.divide(found.tiers[0].price, found.per)

    def _priced(self, day: _Day) -> tuple[OwnCostLine, ...]:
        grouped: dict[tuple[str, str], list[_Count]] = {}
        for count in day.counts:
            grouped.setdefault((count.line, count.region), []).append(count)
        return tuple(self._line(place, counts) for place, counts in sorted(grouped.items()))

    def _line(self, place: tuple[str, str], counts: list[_Count]) -> OwnCostLine:
        quantity = sum((one.count for one in counts), ZERO)
        rate = self._rate(*place)
        return OwnCostLine(
            line=place[0],
            region=place[1],
            quantity=quantity,
            usd=None if rate is None else EXACT.multiply(rate, quantity),
            by=tuple(sorted({one.call for one in counts})),
        )

    def _add(self, day: date, counts: dict[Key, Decimal], stopped: int) -> None:
        def more(kept: _Day) -> _Day:
            sums = {(one.line, one.region, one.call): one.count for one in kept.counts}
            for (_, *place), count in counts.items():
                key = (place[0], place[1], place[2])
                sums[key] = sums.get(key, ZERO) + count
            found = tuple(
                _Count(line=line, region=region, call=call, count=count)
                for (line, region, call), count in sorted(sums.items())
            )
            return kept.model_copy(update={"counts": found, "stopped": kept.stopped + stopped})

        if self._days.find(day.isoformat()) is None:
            with suppress(Conflict):  # another process began the day
                self._days.add(_Day(day=day))
        self._days.update(day.isoformat(), more)


def _sort(one: _Day) -> str:
    return one.day.isoformat()


def _sum(lines: tuple[OwnCostLine, ...]) -> Decimal:
    return sum((one.usd for one in lines if one.usd is not None), ZERO)
