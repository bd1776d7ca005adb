"""Pay-as-you-go against CloudFront's flat-rate plans: the bill of each, break-even, capacity.

A plan is a step, not a price per GB: it costs the same up to its capacity, and has no overage.
Beyond the capacity it is breached, which AWS answers with throttling or a larger plan.
"""

from __future__ import annotations

from decimal import Decimal

from core.costs.families import rounded
from core.costs.price_sheet import Missing, find
from core.costs.tiers import EXACT, ZERO
from core.model.estimates import CostEstimate, CostLine, PlanFigure, Usage
from core.model.pricing import FlatRatePlan, PriceDimension, PriceSheet

BYTES = "cf.dto"
REQUESTS = ("cf.http", "cf.https")
COVERED = (BYTES, *REQUESTS)
_NOT_AVAILABLE_WITH = ("cf.realtime_log",)
_CREDITED = "s3.storage.STANDARD"
_ALERTS = (Decimal(100), Decimal(80), Decimal(50))
_SPIKE = Decimal(3)

_ONE_DISTRIBUTION = "a plan covers one distribution: all CloudFront usage is taken as one"
_NO_FREE_TIER = "the plan replaces the always-free tier of the distribution"
_UNSURE = "not known whether the plan includes {line}: it is charged beside it"


def compare_plans(usage: Usage, paid: CostEstimate, sheet: PriceSheet) -> tuple[PlanFigure, ...]:
    """The month under every plan, in the order of their fees. `paid` is pay-as-you-go."""
    if not any(line.line in COVERED for line in usage.lines):
        return ()
    return tuple(
        _figure(plan, usage, paid) for plan in sorted(sheet.plans, key=lambda one: one.usd_month)
    )


def cheapest(figures: tuple[PlanFigure, ...]) -> PlanFigure | None:
    """The cheapest plan that holds the usage, else the largest one with its breaches."""
    holding = [figure for figure in figures if not figure.breaches]
    if holding:
        return min(holding, key=lambda figure: figure.total)
    return figures[-1] if figures else None


def _figure(plan: FlatRatePlan, usage: Usage, paid: CostEstimate) -> PlanFigure:
    others = [line for line in paid.lines if line.line not in COVERED]
    other = ZERO
    for line in others:
        other = EXACT.add(other, line.amount)
    credit = _credit(plan, others)
    total = EXACT.subtract(EXACT.add(plan.usd_month, other), credit)
    return PlanFigure(
        plan=plan.plan,
        total=total,
        plan_fee=plan.usd_month,
        other_lines=other,
        storage_credit=credit,
        breaches=_breaches(plan, usage),
        conditions=_conditions(plan, usage),
    )


def _credit(plan: FlatRatePlan, others: list[CostLine]) -> Decimal:
    """The plan pays for some GB of S3 storage, at most what they cost."""
    left, credit = plan.s3_storage_credit_gb, ZERO
    for tier in (tier for line in others if line.line == _CREDITED for tier in line.tiers):
        taken = min(left, tier.quantity)
        left = EXACT.subtract(left, taken)
        value = EXACT.divide(EXACT.multiply(taken, tier.price), tier.per)
        credit = EXACT.add(credit, value)
    return credit


def used(usage: Usage) -> tuple[Decimal, Decimal]:
    """GB and requests that a plan counts."""
    sent = sum((line.quantity for line in usage.lines if line.line == BYTES), ZERO)
    asked = sum((line.quantity for line in usage.lines if line.line in REQUESTS), ZERO)
    return sent, asked


def _breaches(plan: FlatRatePlan, usage: Usage) -> tuple[str, ...]:
    sent, asked = used(usage)
    found = []
    for name, quantity, capacity in (
        ("GB of data", sent, plan.data_transfer_gb),
        ("requests", asked, plan.requests),
    ):
        if quantity > capacity:
            most = rounded(capacity)
            found.append(f"{rounded(quantity)} {name} exceed the {most} of {plan.plan}")
            if quantity > EXACT.multiply(capacity, _SPIKE):
                found.append("more than the one spike of three times that AWS tolerates")
    found += [f"{line} can't be used with a plan" for line in _excluded(usage)]
    return tuple(found)


def _excluded(usage: Usage) -> list[str]:
    return [line.line for line in usage.lines if line.line in _NOT_AVAILABLE_WITH and line.quantity]


def _conditions(plan: FlatRatePlan, usage: Usage) -> tuple[str, ...]:
    told = [_ONE_DISTRIBUTION, _NO_FREE_TIER]
    sent, asked = used(usage)
    share = 100 * max(sent / plan.data_transfer_gb, asked / plan.requests)
    reached = next((alert for alert in _ALERTS if share >= alert), None)
    if reached is not None:
        told.append(f"AWS alerts at {reached} % of the capacity")
    beside = [line.line for line in usage.lines if line.line.startswith("cf.")]
    told += [_UNSURE.format(line=line) for line in beside if line not in COVERED]
    return tuple(dict.fromkeys(told))


def break_even_gb(
    plan: FlatRatePlan, sheet: PriceSheet, edge_group: str, requests: Decimal
) -> Decimal | None:
    """GB a month from which the plan is cheaper, with this many HTTPS requests.

    The always-free tier is unused elsewhere. None: prices of the group are unknown.
    """
    bytes_price = find(sheet, BYTES, edge_group)
    requests_price = find(sheet, "cf.https", edge_group)
    if isinstance(bytes_price, Missing) or isinstance(requests_price, Missing):
        return None
    billed = max(EXACT.subtract(requests, _allowance(sheet, "cf.https")), ZERO)
    rate = requests_price.tiers[0].price
    if rate is None:
        return None
    left = EXACT.subtract(
        plan.usd_month, EXACT.divide(EXACT.multiply(billed, rate), requests_price.per)
    )
    if left <= 0:
        return ZERO
    bought = _bought(bytes_price, left)
    return None if bought is None else EXACT.add(_allowance(sheet, BYTES), bought)


def _bought(dimension: PriceDimension, money: Decimal) -> Decimal | None:
    """How much of a line this money pays for, tier by tier."""
    quantity = ZERO
    for tier in dimension.tiers:
        if not tier.price:
            return None
        affordable = EXACT.divide(EXACT.multiply(money, dimension.per), tier.price)
        width = None if tier.end is None else EXACT.subtract(tier.end, tier.start)
        if width is None or affordable <= width:
            return EXACT.add(quantity, affordable)
        quantity = EXACT.add(quantity, width)
        money = EXACT.subtract(
            money, EXACT.divide(EXACT.multiply(width, tier.price), dimension.per)
        )
    return None


def _allowance(sheet: PriceSheet, line: str) -> Decimal:
    return next((one.quantity for one in sheet.allowances if line in one.lines), ZERO)
