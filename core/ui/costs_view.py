"""The costs page: which month, its sentence and figures, and where the money goes."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.model.identity import Actor, Permission
from core.model.months import CostMonth, MonthComparison
from core.ui import (
    advice_parts,
    calculation,
    cost_reasons,
    costs_parts,
    formats,
    navigation,
    parts,
    plans_parts,
    plotting,
    session,
    tables,
)
from core.ui.frame import guarded, show
from core.ui.tables import Column, Kind, Table

_MONTHS = 13
_BY = {"Bucket": "bucket", "Prefix": "prefix", "Owner": "owner", "File": "file"}


def month_picker() -> str:
    """The month stands in the page's address."""
    months = _months(session.now().date())
    picked = st.selectbox(
        "Month", months, key="month", bind="query-params", format_func=formats.month,
        label_visibility="collapsed", width=200,
    )  # fmt: skip
    return picked or months[0]


def _months(today: date) -> list[str]:
    """The running month and the twelve before, the newest first."""
    count = today.year * 12 + today.month - 1
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(count, count - _MONTHS, -1)]


def top(actor: Actor, period: str) -> CostMonth | None:
    """The sentence and the figures; None where neither a bill nor a measurement is there."""
    costs = session.services().costs
    with st.skeleton(height=290):
        month = costs.month(actor, period)
        if costs_parts.is_empty(month):
            show(costs_parts.unknown_headline(month))
            return None
        compared = costs.compare(actor, period)
        guess, budgets = costs.forecast(actor, period), costs.budgets(actor)
    show(
        costs_parts.headline(month),
        costs_parts.numbers(month, compared, guess, budgets),
        costs_parts.freshness(month, session.now()),
        costs_parts.warnings(month),
    )
    return month


def empty(actor: Actor, period: str) -> None:
    """Why nothing is known, and the first steps."""
    month = session.services().costs.month(actor, period)
    show(costs_parts.nothing_known(month))
    with st.container(horizontal=True, horizontal_alignment="center"):
        navigation.link(actor, "usage", "Measure on the Usage page", ":material/bar_chart:")
    show(costs_parts.warnings(month))


def breakdown(actor: Actor, month: CostMonth) -> None:
    costs = session.services().costs
    sources = {one.id: one for one in costs.price_sheet(actor).sources}
    show(costs_parts.breakdown(month, sources))
    if month.estimate is not None:
        show(calculation.unpriced(month.estimate.unpriced, billed=month.basis == "billed"))
    _lines(month)
    _change(costs.compare(actor, month.period), month)
    if month.basis == "billed":
        odd = [one for one in costs.anomalies(actor) if f"{one.day:%Y-%m}" == month.period]
        show(cost_reasons.anomalies(odd, month.currency))
    allocation(month)
    show(cost_reasons.units(month.units, month.currency))


def _lines(month: CostMonth) -> None:
    with st.expander("All lines as a table"):
        tables.shown(
            Table(
                f"costs-{month.period}",
                (Column("Service"), Column("Line"), Column("Region"),
                 Column("Quantity", Kind.NUMBER), Column("Unit"), Column("Amount", Kind.USD)),
                tuple((one.service, one.name, one.region, one.quantity, one.unit, one.amount)
                      for one in month.lines),
                Permission.COSTS_READ,
            ),
            "Every line of the month",
        )  # fmt: skip


def _change(compared: MonthComparison, month: CostMonth) -> None:
    figure = cost_reasons.steps(compared)
    if figure is None:
        return
    before = formats.month(compared.before)
    show(parts.title("Why it changed", cost_reasons.span(compared, month)))
    plotting.draw(figure, "cost_steps", f"Changes of cost since {before}")
    show(cost_reasons.effects(compared.effects, month.currency))


@st.fragment
@guarded
def allocation(actor: Actor, month: CostMonth) -> None:
    """Whom the cost belongs to, and how much belongs to nobody."""
    actor.require(Permission.COSTS_READ)
    show(parts.title("Whom it belongs to", "shares and the rest add up to the total"))
    name = st.segmented_control(
        "By", list(_BY), default="Bucket", key="by", required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    found = next((one for one in month.allocations if one.by == _BY[str(name)]), None)
    if found is None or not found.total:
        show(parts.note("Nothing can be allocated.", parts.Tone.UNKNOWN))
        return
    if found.shares:
        tables.shown(
            Table(
                f"costs-by-{found.by}",
                (Column(str(name), Kind.KEY), Column("Amount", Kind.USD),
                 Column("Share", Kind.PERCENT)),
                tuple((one.key, one.amount, one.percent) for one in found.shares),
                Permission.COSTS_READ,
            ),
            f"Cost by {found.by}",
        )  # fmt: skip
    show(cost_reasons.unallocated(found, month.currency))


def plans(actor: Actor, month: CostMonth) -> None:
    found = session.services().costs.plans(actor, month.period)
    if not found.options:
        show(
            parts.empty_state(
                "No delivery was measured",
                "Plans are held against what CloudFront delivered. Read the access logs on the "
                "Usage page first.",
            )
        )
        return
    show(parts.title(plans_parts.headline(found), plans_parts.used(found)))
    if month.estimate is not None and month.estimate.figures is not None:
        show(plans_parts.figures(month.estimate.figures))
    show(plans_parts.table(found), plans_parts.conditions(found))


def recommendations(actor: Actor, month: CostMonth) -> None:
    found = session.services().costs.recommendations(actor, month.period)
    note = "at list price; savings may overlap, so they are not added up"
    show(parts.title(advice_parts.sentence(found), note))
    show(advice_parts.items(found), advice_parts.not_looked_for(found))
