"""Estimates and verdicts as the JSON of the contract."""

from __future__ import annotations

from typing import Any

from core.model.estimates import CostEstimate, CostLine, CostTier, Figures, PlanFigure
from core.model.months import Allocation, CostMonth, MonthLine, UnitCost
from core.model.pricing import PriceVerdict, amount, plain

Json = dict[str, Any]


def estimate_json(estimate: CostEstimate) -> Json:
    report = {
        "period": estimate.period,
        "currency": estimate.currency,
        "total_usd": amount(estimate.total),
        "lines": [_line(line) for line in estimate.lines],
        "unpriced": [one.model_dump(mode="json") for one in estimate.unpriced],
        "warnings": list(estimate.warnings),
        "prices": {"sheet": estimate.sheet, "as_of": estimate.prices_as_of},
    }
    return report | ({"figures": _figures(estimate.figures)} if estimate.figures else {})


def _line(line: CostLine) -> Json:
    return {
        "line": line.line,
        "region": line.region,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "tiers": [_tier(tier) for tier in line.tiers],
        "free_quantity": plain(line.free_quantity),
        "amount_usd": amount(line.amount),
        "price": line.price.model_dump(mode="json"),
    }


def month_json(month: CostMonth) -> Json:
    """A month of `GET /api/costs`."""
    told = {"period", "sentence", "basis", "source", "currency", "days", "month_days",
            "is_lower_bound", "may_change", "problem", "warnings"}  # fmt: skip
    return month.model_dump(mode="json", include=told) | {
        "as_of": month.as_of.isoformat(),
        "total_usd": amount(month.total),
        "lines": [_month_line(line) for line in month.lines],
        "estimate": estimate_json(month.estimate) if month.estimate else None,
        "allocations": [_allocation(one) for one in month.allocations],
        "units": [_unit(one) for one in month.units],
    }


def _month_line(line: MonthLine) -> Json:
    return line.model_dump(mode="json", exclude={"amount", "calculation"}) | {
        "amount_usd": amount(line.amount),
        "calculation": _line(line.calculation) if line.calculation else None,
    }


def _allocation(one: Allocation) -> Json:
    return {
        "by": one.by,
        "shares": [
            {"key": s.key, "amount_usd": amount(s.amount), "percent": plain(s.percent)}
            for s in one.shares
        ],
        "unallocated_usd": amount(one.unallocated),
        "unallocated_percent": plain(one.unallocated_percent),
        "reasons": list(one.reasons),
    }


def _unit(one: UnitCost) -> Json:
    return {
        "name": one.name,
        "usd": None if one.usd is None else amount(one.usd),
        "count": None if one.count is None else plain(one.count),
        "source": one.source,
        "reason": one.reason,
    }


def _tier(tier: CostTier) -> Json:
    return {
        "from": plain(tier.start),
        "to": None if tier.end is None else plain(tier.end),
        "quantity": plain(tier.quantity),
        "price_usd": plain(tier.price),
        "per": plain(tier.per),
        "amount_usd": amount(tier.amount),
    }


def _figures(figures: Figures) -> Json:
    return {
        "list_usd": amount(figures.list_usd),
        "with_free_tier_usd": amount(figures.with_free_tier_usd),
        "flat_rate": plan_json(figures.flat_rate) if figures.flat_rate else None,
    }


def plan_json(plan: PlanFigure) -> Json:
    return {
        "plan": plan.plan,
        "total_usd": amount(plan.total),
        "plan_fee_usd": amount(plan.plan_fee),
        "other_lines_usd": amount(plan.other_lines),
        "storage_credit_usd": amount(plan.storage_credit),
        "breaches": list(plan.breaches),
        "conditions": list(plan.conditions),
    }


def verdict_json(verdict: PriceVerdict) -> Json:
    """One claim's record; `line_number` is the claim's line in the document."""
    claim = verdict.claim
    return verdict.model_dump(mode="json", exclude={"claim"}) | {
        "claim": claim.text,
        "line_number": claim.number,
        "parsed": {
            "value": plain(claim.value),
            "per": plain(claim.per),
            "unit": claim.unit,
            "line": claim.line,
        },
        "scope": claim.scope.model_dump(),
    }
