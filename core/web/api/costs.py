"""What usage costs: a usage file sent as JSON, and a month with its lines, owners and units."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import Field

from core.costs.report import estimate_json, month_json
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import SIGNED_IN, problems
from core.web.api.schemas import Answer

router = APIRouter(prefix="/costs", tags=["costs"])

Amount = Annotated[str, Field(description="Exact decimal", examples=["1215.00"])]


class TierOut(Answer):
    start: Amount = Field(alias="from")
    end: Amount | None = Field(alias="to")
    quantity: Amount
    price_usd: Amount
    per: Amount
    amount_usd: Amount


class PriceOut(Answer):
    confidence: str | None = Field(description="A, B or C (assumed); null: the usage gave it")
    sources: list[str]
    source_date: str | None
    usage_type: str | None
    note: str


class CostLineOut(Answer):
    line: str
    region: str
    quantity: Amount
    unit: str
    tiers: list[TierOut]
    free_quantity: Amount
    amount_usd: Amount
    price: PriceOut


class UnpricedOut(Answer):
    line: str
    region: str
    quantity: Amount
    reason: str


class PlanOut(Answer):
    plan: str
    total_usd: Amount
    plan_fee_usd: Amount
    other_lines_usd: Amount
    storage_credit_usd: Amount
    breaches: list[str]
    conditions: list[str]


class FiguresOut(Answer):
    list_usd: Amount
    with_free_tier_usd: Amount
    flat_rate: PlanOut | None


class SheetOut(Answer):
    sheet: str
    as_of: str


class EstimateOut(Answer):
    """What has no price is `unpriced` and in no total, which then is a lower bound."""

    period: str
    currency: str
    total_usd: Amount
    lines: list[CostLineOut]
    unpriced: list[UnpricedOut]
    warnings: list[str]
    prices: SheetOut
    figures: FiguresOut


_EXAMPLE = {
    "period": "2026-10",
    "allowances": "none",
    "lines": [{"line": "s3.storage.STANDARD", "region": "us-east-1", "quantity": "52900"}],
}


@router.post("/estimate", responses=problems(*SIGNED_IN))
def estimate_costs(
    usage: Annotated[dict[str, Any], Body(examples=[_EXAMPLE])],
    caller: Caller,
    dashboard: Dashboard,
) -> EstimateOut:
    """Price usage: `lines`, `objects` or `deliveries` of a month. Needs costs:read."""
    return EstimateOut.model_validate(estimate_json(dashboard.costs.estimate(caller, usage)))


class LineOut(Answer):
    service: str
    line: str = Field(description="Of the price sheet; empty for a usage type that it lacks")
    region: str
    name: str
    quantity: Amount | None
    unit: str
    amount_usd: Amount
    calculation: CostLineOut | None
    note: str


class ShareOut(Answer):
    key: str
    amount_usd: Amount
    percent: Amount


class AllocationOut(Answer):
    """Shares and the unallocated rest add up to the total."""

    by: str
    shares: list[ShareOut]
    unallocated_usd: Amount
    unallocated_percent: Amount
    reasons: list[str]


class UnitOut(Answer):
    name: str
    usd: Amount | None = Field(description="null: nobody counted, see the reason")
    count: Amount | None
    source: str
    reason: str


class MonthOut(Answer):
    """As billed where AWS told, else as estimated from measured usage."""

    period: str
    sentence: str
    basis: str = Field(description="billed or estimated")
    source: str
    as_of: str
    currency: str
    total_usd: Amount
    days: int
    month_days: int
    is_lower_bound: bool
    may_change: bool
    problem: str = Field(description="Why this is the last good data, or no bill")
    lines: list[LineOut]
    estimate: EstimateOut | None
    allocations: list[AllocationOut]
    units: list[UnitOut]
    warnings: list[str]


@router.get("", responses=problems(*SIGNED_IN))
def month_costs(
    caller: Caller,
    dashboard: Dashboard,
    month: Annotated[
        str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$|^$", description="2026-10; empty: this one")
    ] = "",
) -> MonthOut:
    """What a month costs, why it changed, and whose it is. Needs costs:read."""
    return MonthOut.model_validate(month_json(dashboard.costs.month(caller, month)))
