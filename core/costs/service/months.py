"""Months from what AWS billed and what was measured: shown, compared, forecast, searched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.costs.allocation import allocate
from core.costs.anomalies import find_anomalies, lines_by_day
from core.costs.compare import compare_months
from core.costs.figures import estimate
from core.costs.forecast import forecast
from core.costs.measured_usage import measured_usage
from core.costs.months import billed_month, daily_totals, estimated_month
from core.costs.plan_choice import plan_choices
from core.costs.price_sheet import month_end
from core.costs.reconcile import reconcile
from core.costs.service.actuals import Known
from core.costs.service.export_files import ExportFile, read_export
from core.costs.service.inputs import CostParts
from core.costs.service.sheets import PriceSheets
from core.costs.unit_costs import unit_costs
from core.errors import InvalidInput, NotFound
from core.model.actuals import Actuals, Charge, ChargeKind, Reconciliation
from core.model.budgets import Anomaly, Forecast
from core.model.estimates import CostEstimate, PlanChoices, Usage
from core.model.measured import By, MeasuredMonth
from core.model.months import CostMonth, MonthComparison
from core.model.pricing import PriceSheet

_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ALLOCATED: tuple[By, ...] = ("bucket", "prefix", "owner", "file")
_HISTORY = 2  # months before, for a forecast and for what is usual
_SETTLING = timedelta(days=2)  # the last days of Cost Explorer are not whole


class MonthsDesk:
    def __init__(self, sheets: PriceSheets, parts: CostParts) -> None:
        self._sheets, self._parts = sheets, parts

    def now(self) -> datetime:
        return self._parts.clock()

    def month(
        self, period: str, until: date | None = None, usage: MeasuredMonth | None = None
    ) -> CostMonth:
        """As billed, else as estimated from what was measured."""
        measured = usage or self._parts.measures.month(period)
        known = self._known(period)
        guess = self.estimate(measured)
        if known.actuals is None:
            shown = self._estimated(guess, measured, known.problem)
        else:
            sheet = self._sheets.valid_in(period)
            shown = billed_month(known.actuals, sheet, until).model_copy(update={"estimate": guess})
        lines = shown.lines
        update = {
            "allocations": tuple(allocate(lines, measured.weights, by) for by in _ALLOCATED),
            "units": unit_costs(lines, measured, _billed_days(shown)),
        }
        return shown.model_copy(update=update)

    def estimate(self, measured: MeasuredMonth) -> CostEstimate:
        """With the always-free amounts, as the bill has them; the list price is in its figures."""
        sheet = self._sheets.valid_in(measured.period)
        usage = self._usage(measured, sheet)
        return estimate(usage.model_copy(update={"allowances": "always_free"}), sheet)

    def plans(self, measured: MeasuredMonth) -> PlanChoices:
        """Break-even at the prices of where most bytes went; unknown where nobody knows."""
        sheet = self._sheets.valid_in(measured.period)
        sent = max(measured.delivered or (), key=lambda one: one.bytes, default=None)
        group = sent.edge_group if sent is not None else ""
        return plan_choices(self._usage(measured, sheet), sheet, group)

    def _usage(self, measured: MeasuredMonth, sheet: PriceSheet) -> Usage:
        """Up to now: a running month has neither delivered nor stored its last days yet."""
        return measured_usage(measured, sheet, elapsed(measured.period, self.now()))

    def compare(self, period: str, before: str, shown: CostMonth | None = None) -> MonthComparison:
        """A running month is compared with the same days of the other one. `shown` is the month."""
        until, same = self._days(period, before)
        after = shown if shown and until is None else self.month(period, until)
        if after.basis == "billed":
            earlier = self._known(before).actuals
            known = earlier is not None and bool(earlier.charges)
            earlier_month = self.month(before, same) if known else None
            return compare_months(earlier_month, after, shown)
        usage = self._parts.measures.month(before)
        measured = usage.stored is not None or usage.delivered is not None
        return compare_months(self.month(before, same, usage) if measured else None, after, shown)

    def with_sentence(self, shown: CostMonth) -> CostMonth:
        compared = self.compare(shown.period, previous(shown.period), shown)
        return shown.model_copy(update={"sentence": compared.sentence})

    def reconcile(self, period: str, export: Sequence[ExportFile] | None) -> Reconciliation:
        """`export` None: against Cost Explorer, which tells neither list prices nor free shares."""
        sheet = self._sheets.valid_in(period)
        actuals = self._actuals(period) if export is None else self._exported(period, export)
        usage = self._usage(self._parts.measures.month(period), sheet)
        at_list = estimate(usage.model_copy(update={"allowances": "none"}), sheet)
        return reconcile(at_list, actuals, sheet)

    def forecast(self, period: str) -> Forecast:
        charges = self._history(period)
        currency = self._sheets.valid_in(period).currency
        actuals = self._known(period).actuals
        own = actuals.charges if actuals else ()
        fixed = sum(
            (c.billed for c in own if c.kind is not ChargeKind.USAGE and c.currency == currency),
            Decimal(0),
        )
        found = forecast(period, daily_totals(charges, currency), self._last_whole(actuals), fixed)
        if not found.unknown or charges:
            return found
        return found.model_copy(update={"unknown": self._known(period).problem or found.unknown})

    def anomalies(self, days: int) -> tuple[Anomaly, ...]:
        """Of the last whole days."""
        period = f"{self.now():%Y-%m}"
        charges = self._history(period)
        last = self._last_whole(self._known(period).actuals)
        looked_at = [last - timedelta(days=n) for n in range(days)]
        by_day = lines_by_day(charges, self._sheets.valid_in(period))
        found = find_anomalies(by_day, looked_at)
        if not found:
            return ()
        odd = sorted({one.day for one in found})
        return find_anomalies(by_day, looked_at, self._parts.measures.drivers(odd))

    def look(self, period: str) -> tuple[CostMonth | None, Forecast | None, str]:
        """For budgets: without a bill there is nothing to hold against a limit."""
        known = self._known(period)
        if known.actuals is None:
            return None, None, known.problem
        month = billed_month(known.actuals, self._sheets.valid_in(period))
        return month, self.forecast(period), known.problem

    def _known(self, period: str) -> Known:
        return self._parts.actuals.get(period)

    def _actuals(self, period: str) -> Actuals:
        known = self._known(period)
        if known.actuals is None:
            raise NotFound(
                f"There is no bill of {period}: {known.problem}.",
                hint="Give the files of a billing export (CUR 2.0 or FOCUS) instead.",
            )
        return known.actuals

    def _exported(self, period: str, export: Sequence[ExportFile]) -> Actuals:
        return read_export(export, period, self.now())

    def _estimated(self, guess: CostEstimate, measured: MeasuredMonth, problem: str) -> CostMonth:
        as_of = measured.as_of or self.now()
        days = month_end(measured.period).day
        if measured.measured_days is not None:
            days = min(days, int(measured.measured_days))
        shown = estimated_month(guess, as_of, days)
        blind = measured.stored is None or measured.delivered is None
        update = {"problem": problem, "is_lower_bound": shown.is_lower_bound or blind}
        return shown.model_copy(update=update)

    def _history(self, period: str) -> tuple[Charge, ...]:
        """Charges of the month and the ones before; a month that can't be read is missing."""
        wanted = [period]
        for _ in range(_HISTORY):
            wanted.append(previous(wanted[-1]))
        found = [self._known(one).actuals for one in reversed(wanted)]
        return tuple(charge for one in found if one is not None for charge in one.charges)

    def _last_whole(self, actuals: Actuals | None) -> date:
        as_of = min(actuals.as_of, self.now()) if actuals else self.now()
        return (as_of - _SETTLING).date()

    def _days(self, period: str, before: str) -> tuple[date | None, date | None]:
        """The last day of each that is compared; None: the whole month."""
        known = self._known(period).actuals
        last = self._last_whole(known)
        if known is None or last >= month_end(period):
            return None, None
        until = max(last, month_end(period).replace(day=1))
        end = month_end(before)
        return until, end.replace(day=min(until.day, end.day))


def elapsed(period: str, now: datetime) -> Decimal:
    """The part of a month that is over, as a part of 1."""
    last = month_end(period)
    start = datetime(last.year, last.month, 1, tzinfo=UTC)
    seconds = Decimal(int((now - start).total_seconds()))
    return min(max(seconds / (last.day * 86_400), Decimal(0)), Decimal(1))


def _billed_days(shown: CostMonth) -> tuple[date, ...]:
    """None of an estimate: its money and its views are of the same logs."""
    if shown.basis != "billed":
        return ()
    first = month_end(shown.period).replace(day=1)
    return tuple(first + timedelta(days=n) for n in range(shown.days))


def checked(period: str) -> str:
    """Raises `InvalidInput` for what is no month."""
    if not _PERIOD.fullmatch(period):
        raise InvalidInput(f"{period!r} is not a month.", hint="Write it as 2026-10.")
    return period


def previous(period: str) -> str:
    return f"{month_end(period).replace(day=1) - timedelta(days=1):%Y-%m}"
