"""The three figures side by side: list price, with the always-free amounts, under a plan."""

from __future__ import annotations

from core.costs.estimate import price
from core.costs.plans import cheapest, compare_plans
from core.model.estimates import CostEstimate, Figures, Usage
from core.model.pricing import PriceSheet


def estimate(usage: Usage, sheet: PriceSheet) -> CostEstimate:
    """The estimate that the usage asks for, with all three figures."""
    at_list = price(usage, sheet, "none")
    with_free = price(usage, sheet, "always_free")
    asked = with_free if usage.allowances == "always_free" else at_list
    figures = Figures(
        list_usd=at_list.total,
        with_free_tier_usd=with_free.total,
        flat_rate=cheapest(compare_plans(usage, with_free, sheet)),
    )
    return asked.model_copy(update={"figures": figures})
