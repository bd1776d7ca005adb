"""Costs: what a month cost, why it changed, what it will cost, and what to do about it."""

from collections.abc import Callable

import streamlit as st

from core.model.identity import Actor, Permission
from core.model.months import CostMonth
from core.ui import budgets_view, costs_view, reconcile_view, what_if_view
from core.ui.frame import open_page
from core.ui.steps import tabs


def _what_if(actor: Actor, month: CostMonth) -> None:
    del actor  # each part asks who is there
    what_if_view.what_if(month.period)


def _reconcile(actor: Actor, month: CostMonth) -> None:
    del actor
    reconcile_view.reconcile(month.period, has_bill=month.basis == "billed")


VIEWS: dict[str, Callable[[Actor, CostMonth], None]] = {
    "Breakdown": costs_view.breakdown,
    "Plans": costs_view.plans,
    "What if": _what_if,
    "Recommendations": costs_view.recommendations,
    "Reconciliation": _reconcile,
    "Budgets": lambda _, month: budgets_view.budgets(month.period),
}


def main(actor: Actor) -> None:
    top = st.container(key="costs_top")  # its height is kept free while it loads
    with st.container(horizontal=True, gap="small"):
        period = costs_view.month_picker()
        view = tabs(VIEWS)
    with top:
        month = costs_view.top(actor, period)
    if month is not None:
        VIEWS[view](actor, month)
    elif view == "Budgets":
        budgets_view.budgets(period)
    elif view == "Reconciliation":
        reconcile_view.reconcile(period, has_bill=False)
    else:
        costs_view.empty(actor, period)


main(open_page(Permission.COSTS_READ))
