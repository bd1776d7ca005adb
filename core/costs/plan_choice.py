"""A month of usage under every flat-rate plan, each with what it holds and where it breaks even."""

from __future__ import annotations

from core.costs.estimate import price
from core.costs.plans import break_even_gb, compare_plans, used
from core.model.estimates import PlanChoice, PlanChoices, Usage
from core.model.pricing import PriceSheet


def plan_choices(usage: Usage, sheet: PriceSheet, edge_group: str) -> PlanChoices:
    """Pay-as-you-go is with the always-free amounts, as the bill has them."""
    paid = price(usage, sheet, "always_free")
    sent, requests = used(usage)
    plans = {plan.plan: plan for plan in sheet.plans}
    options = tuple(
        PlanChoice(
            figure=figure,
            capacity_gb=plans[figure.plan].data_transfer_gb,
            capacity_requests=plans[figure.plan].requests,
            break_even_gb=break_even_gb(plans[figure.plan], sheet, edge_group, requests),
        )
        for figure in compare_plans(usage, paid, sheet)
    )
    return PlanChoices(
        pay_as_you_go=paid.total,
        sent_gb=sent,
        requests=requests,
        edge_group=edge_group,
        options=options,
        is_complete=paid.is_complete,
    )
