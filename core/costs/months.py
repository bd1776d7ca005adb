"""A month as lines by service, billed or estimated, each with the calculation behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from core.costs.billed import Billed, Rates, grouped, total
from core.costs.billing_lines import BillingLines
from core.costs.families import billed_service, name_of, service_of
from core.costs.price_sheet import month_end
from core.model.actuals import Actuals, Charge, ChargeKind
from core.model.estimates import CostEstimate
from core.model.months import CostMonth, MonthLine, ServiceCost
from core.model.pricing import PriceSheet

_KIND_NAMES = {
    ChargeKind.TAX: "tax",
    ChargeKind.CREDIT: "credits",
    ChargeKind.REFUND: "refunds",
    ChargeKind.DISCOUNT: "discounts",
    ChargeKind.FEE: "plans and fees",
    ChargeKind.OTHER: "other charges",
}


def estimated_month(estimate: CostEstimate, as_of: datetime, days: int) -> CostMonth:
    lines = tuple(
        MonthLine(
            service=service_of(cost.line),
            line=cost.line,
            region=cost.region,
            name=name_of(cost.line),
            quantity=cost.quantity,
            unit=cost.unit,
            amount=cost.amount,
            calculation=cost,
        )
        for cost in estimate.lines
    )
    return CostMonth(
        period=estimate.period,
        basis="estimated",
        source="measured usage",
        as_of=as_of,
        currency=estimate.currency,
        total=total(line.amount for line in lines),
        days=days,
        month_days=month_end(estimate.period).day,
        services=services(lines),
        estimate=estimate,
        is_lower_bound=not estimate.is_complete,
        warnings=estimate.warnings,
    )


def billed_month(actuals: Actuals, sheet: PriceSheet, until: date | None = None) -> CostMonth:
    """What AWS billed, up to and with the day `until`. Other currencies are told, not added."""
    home = [c for c in actuals.charges if c.currency == sheet.currency and _within(c, until)]
    places = BillingLines(sheet)
    lines = [services_line(one, sheet, actuals.period) for one in grouped(home, places)]
    last = month_end(actuals.period)
    days = {charge.day for charge in home if charge.kind is ChargeKind.USAGE}
    reached = until or (last if actuals.as_of.date() > last else max(days, default=None))
    return CostMonth(
        period=actuals.period,
        basis="billed",
        source=actuals.source,
        as_of=actuals.as_of,
        currency=sheet.currency,
        total=total(line.amount for line in lines),
        days=reached.day if reached else 0,
        month_days=last.day,
        services=services(lines),
        estimate=None,
        may_change=actuals.estimated,
        problem=actuals.problem,
        warnings=(*actuals.warnings, *_foreign(actuals, sheet.currency)),
    )


def _within(charge: Charge, until: date | None) -> bool:
    return until is None or charge.day <= until


def _foreign(actuals: Actuals, home: str) -> list[str]:
    return [
        f"{actuals.total(name):,.2f} {name} are not in the total: nothing is converted"
        for name in actuals.currencies
        if name != home
    ]


def services_line(
    billed: Billed, sheet: PriceSheet, period: str, *, calculate: bool = True
) -> MonthLine:
    """`calculate`: with the calculation at list price, which takes its time."""
    usage = billed.usage()
    rates = Rates(billed, sheet, period, priced=calculate) if billed.line and usage else None
    known = rates if rates is not None and not rates.problem else None
    kinds = {charge.kind for charge in billed.charges}
    first = billed.charges[0]
    return MonthLine(
        service=service_of(billed.line) if billed.line else billed_service(billed.service),
        line=billed.line,
        region=billed.region,
        name=name_of(billed.line) if billed.line else _KIND_NAMES.get(first.kind, first.usage_type),
        quantity=known.quantity if known else None,
        unit=known.unit if known else "",
        amount=billed.sum(),
        calculation=known.cost_line if known else None,
        note="; ".join(
            filter(None, (billed.reason, rates.problem if rates else "", _held(kinds, usage)))
        ),
    )


def _held(kinds: set[ChargeKind], usage: Sequence[Charge]) -> str:
    others = [_KIND_NAMES[kind] for kind in ChargeKind if kind in kinds and kind in _KIND_NAMES]
    return f"with {', '.join(others)}" if others and usage else ""


def services(lines: Sequence[MonthLine]) -> tuple[ServiceCost, ...]:
    """Dearest service first, and in it the dearest line."""
    found: dict[str, list[MonthLine]] = {}
    for line in lines:
        found.setdefault(line.service, []).append(line)
    made = [
        ServiceCost(
            service=name,
            amount=total(line.amount for line in some),
            lines=tuple(sorted(some, key=lambda line: (-line.amount, line.line, line.region))),
        )
        for name, some in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.amount, one.service)))


def daily_totals(charges: Sequence[Charge], currency: str) -> dict[date, Decimal]:
    """What each day cost; credits, tax and fees fall on their own day and are left out."""
    found: dict[date, Decimal] = {}
    for charge in charges:
        if charge.currency == currency and charge.kind is ChargeKind.USAGE:
            found[charge.day] = found.get(charge.day, Decimal(0)) + charge.billed
    return found
