"""The costs room's one door: prices, months, what-if, bills, forecasts, budgets, own cost.

Prices need nothing but the sheets; the rest needs the `CostParts` of a whole dashboard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from core.costs.check import check_claims, check_text
from core.costs.claim_file import json_claims
from core.costs.figures import estimate
from core.costs.file_cost import file_cost, usual_delivery
from core.costs.recommend import recommend
from core.costs.service.budgets import BudgetsDesk
from core.costs.service.export_files import ExportFile
from core.costs.service.inputs import CostParts
from core.costs.service.months import MonthsDesk, checked, previous
from core.costs.service.refresh import refresh
from core.costs.service.scenarios import ScenariosDesk
from core.costs.service.sheets import PriceSheets
from core.costs.tiers import ZERO
from core.costs.usage_file import parse_usage, read_usage
from core.errors import Configuration, InvalidInput, NotFound
from core.model.actuals import Reconciliation
from core.model.budgets import Alert, Anomaly, Budget, BudgetState, Forecast, OwnCost
from core.model.estimates import CostEstimate, PlanChoices
from core.model.file_cost import FileCost, FileUse, UsualDelivery
from core.model.identity import Actor, Permission
from core.model.months import CostMonth, MonthComparison
from core.model.pricing import PriceSheet, PriceVerdict
from core.model.scenarios import Scenario, WhatIf
from core.model.waste import Recommendations

if TYPE_CHECKING:  # most commands price and never download
    from core.aws.price_list import PriceList
    from core.costs.refreshed import Refresh


class CostsService:
    def __init__(
        self,
        sheets: PriceSheets,
        clock: Callable[[], datetime],
        parts: CostParts | None = None,
    ) -> None:
        self._sheets, self._clock, self._desks = sheets, clock, None
        if parts is not None:
            self._desks = Desks(sheets, parts)

    @property
    def _open(self) -> Desks:
        if self._desks is None:
            raise Configuration(
                "Prices alone are open here: no bill, no usage and no records.",
                hint="Ask through the dashboard, which opens all of them.",
            )
        return self._desks

    def estimate(self, actor: Actor, usage: object) -> CostEstimate:
        """Price a usage file: its text, or its JSON as parsed. Raises `InvalidInput`."""
        actor.require(Permission.COSTS_READ)
        month = f"{self._clock():%Y-%m}"
        rules = self._sheets.newest()
        if isinstance(usage, str | bytes):
            read = read_usage(usage, rules, month)
        else:
            read = parse_usage(usage, rules, month)
        return estimate(read, self._sheets.valid_in(read.period))

    def check_prices(self, actor: Actor, text: str) -> tuple[PriceVerdict, ...]:
        """One verdict per claim in a document or in JSON. Raises `InvalidInput`."""
        actor.require(Permission.COSTS_READ)
        sheet, today = self._sheets.newest(), self._clock().date()
        claims = json_claims(text, sheet)
        if claims is not None:
            return check_claims(claims, sheet, today)
        found = check_text(text, sheet, today)
        if not found and text.lstrip().startswith(("{", "[")):
            raise InvalidInput(
                "This is neither JSON nor a text with prices.", hint="Check the file's JSON."
            )
        return found

    def refresh_prices(self, actor: Actor, regions: Sequence[str], source: PriceList) -> Refresh:
        """Read the current AWS price list into a new version of the sheet; says what changed."""
        actor.require(Permission.COSTS_READ)
        return refresh(self._sheets, source, regions, self._clock().date())

    def price_sheet(self, actor: Actor) -> PriceSheet:
        """The newest sheet, for whoever shows prices with their sources."""
        actor.require(Permission.COSTS_READ)
        return self._sheets.newest()

    def usual_delivery(self, actor: Actor) -> UsualDelivery:
        """Two ratios of this account that tell nothing of anybody, so that whoever has a file
        may learn what it costs; the figures behind them need costs:read.
        """
        actor.require(Permission.MEDIA_READ)
        measured = self._desks.parts.measures.month(self._period("")) if self._desks else None
        return usual_delivery(measured)

    def of_file(self, actor: Actor, use: FileUse, usual: UsualDelivery) -> FileCost:
        """At public list prices: the caller says what of the file's the person may know."""
        actor.require(Permission.MEDIA_READ)
        period = self._period("")
        return file_cost(use, usual, self._sheets.valid_in(period), period)

    def month(self, actor: Actor, period: str = "") -> CostMonth:
        """As billed where AWS told, else as estimated from measured usage; with its sentence."""
        actor.require(Permission.COSTS_READ)
        months = self._open.months
        return months.with_sentence(months.month(self._period(period)))

    def estimate_month(self, actor: Actor, period: str = "") -> CostEstimate:
        """The measured usage of a month, priced; warnings say what was not measured.

        Raises `NotFound` where nothing was: an estimate of 0 would say that it costs nothing.
        """
        actor.require(Permission.COSTS_READ)
        measured = self._open.parts.measures.month(self._period(period))
        if measured.stored is None and measured.delivered is None and not measured.lines:
            raise NotFound(
                f"Nothing of {measured.period} was measured.",
                hint="Scan the buckets and read the access logs on the Usage page.",
            )
        return self._open.months.estimate(measured)

    def plans(self, actor: Actor, period: str = "") -> PlanChoices:
        """The measured usage of a month under every flat-rate plan."""
        actor.require(Permission.COSTS_READ)
        measured = self._open.parts.measures.month(self._period(period))
        return self._open.months.plans(measured)

    def compare(self, actor: Actor, period: str = "", before: str = "") -> MonthComparison:
        """Against the month before where `before` is empty."""
        actor.require(Permission.COSTS_READ)
        after = self._period(period)
        return self._open.months.compare(after, checked(before) if before else previous(after))

    def what_if(self, actor: Actor, scenario: Scenario, period: str = "") -> WhatIf:
        """One change, saved or not, on a month."""
        actor.require(Permission.COSTS_READ)
        return self._open.scenarios.answers([scenario], self._period(period))[0]

    def compare_scenarios(
        self, actor: Actor, ids: Sequence[str] = (), period: str = ""
    ) -> tuple[WhatIf, ...]:
        """Saved scenarios side by side; all of them without ids."""
        actor.require(Permission.COSTS_READ)
        desk = self._open.scenarios
        return desk.answers(desk.chosen(ids), self._period(period))

    def scenarios(self, actor: Actor) -> tuple[Scenario, ...]:
        actor.require(Permission.COSTS_READ)
        return self._open.scenarios.all()

    def save_scenario(self, actor: Actor, scenario: Scenario) -> Scenario:
        actor.require(Permission.COSTS_READ)
        return self._open.scenarios.save(actor, scenario)

    def remove_scenario(self, actor: Actor, id: str) -> None:
        actor.require(Permission.COSTS_READ)
        self._open.scenarios.remove(id)

    def recommendations(self, actor: Actor, period: str = "") -> Recommendations:
        actor.require(Permission.COSTS_READ)
        month, measures = self._period(period), self._open.parts.measures
        return recommend(measures.month(month), measures.waste(), self._sheets.valid_in(month))

    def reconcile(
        self, actor: Actor, period: str = "", export: Sequence[ExportFile] | None = None
    ) -> Reconciliation:
        """The estimate against an export's files, or against Cost Explorer where None are given."""
        actor.require(Permission.COSTS_READ)
        return self._open.months.reconcile(self._period(period), export)

    def forecast(self, actor: Actor, period: str = "") -> Forecast:
        actor.require(Permission.COSTS_READ)
        return self._open.months.forecast(self._period(period))

    def anomalies(self, actor: Actor, days: int = 7) -> tuple[Anomaly, ...]:
        """Of the last `days` whole days, at most a month."""
        actor.require(Permission.COSTS_READ)
        return self._open.months.anomalies(max(1, min(days, 31)))

    def budgets(self, actor: Actor) -> tuple[BudgetState, ...]:
        actor.require(Permission.COSTS_READ)
        return self._open.budgets.states()

    def save_budget(self, actor: Actor, budget: Budget) -> Budget:
        actor.require(Permission.COSTS_READ)
        return self._open.budgets.save(actor, budget)

    def remove_budget(self, actor: Actor, id: str) -> None:
        actor.require(Permission.COSTS_READ)
        self._open.budgets.remove(id)

    def alerts(self, actor: Actor, period: str = "") -> tuple[Alert, ...]:
        """What budgets have said in a month, latest first."""
        actor.require(Permission.COSTS_READ)
        return self._open.budgets.alerts(self._period(period))

    def dismiss_alert(self, actor: Actor, id: str) -> Alert:
        actor.require(Permission.COSTS_READ)
        return self._open.budgets.dismiss(actor, id)

    def own_cost(self, actor: Actor, day: date | None = None) -> OwnCost:
        """What the dashboard's own AWS calls cost on a UTC day."""
        actor.require(Permission.COSTS_READ)
        own, when = self._open.parts.own, day or self._clock().date()
        return own.report(when) if own else OwnCost(day=when, usd=ZERO, limit=None, lines=())

    def check_budgets(self) -> tuple[Alert, ...]:
        """The housekeeping's: says what is due, sends what is unsent, keeps what was metered."""
        if self._desks is None:
            return ()
        if self._desks.parts.own is not None:
            self._desks.parts.own.flush()
        return self._desks.budgets.check()

    def close(self) -> None:
        """Keep what was metered and not kept yet."""
        if self._desks is not None and self._desks.parts.own is not None:
            self._desks.parts.own.flush()

    def _period(self, period: str) -> str:
        return checked(period) if period else f"{self._clock():%Y-%m}"


@dataclass(frozen=True)
class Desks:
    """The parts of the service, made once from what the dashboard hands in."""

    sheets: PriceSheets
    parts: CostParts

    @cached_property
    def months(self) -> MonthsDesk:
        return MonthsDesk(self.sheets, self.parts)

    @cached_property
    def scenarios(self) -> ScenariosDesk:
        parts = self.parts
        return ScenariosDesk(parts.store, parts.measures, self.sheets, parts.clock)

    @cached_property
    def budgets(self) -> BudgetsDesk:
        parts = self.parts
        return BudgetsDesk(parts.store, parts.notifier, parts.clock, self.months.look)
