"""Budgets: limits of a month, how far it is, what was said about them, and the own AWS cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st
from pydantic import ValidationError

from core.costs.budgets import by_budget
from core.errors import InvalidInput
from core.model.budgets import Alert, Budget, BudgetState, OwnCost
from core.model.identity import Actor
from core.ui import calculation, costs_parts, formats, parts, session
from core.ui.frame import guarded, show
from core.ui.markup import Markup, plain, tag
from core.ui.parts import Tone

_THRESHOLDS = (50, 80, 90, 100, 120)


@st.fragment
@guarded
def budgets(actor: Actor, period: str) -> None:
    costs = session.services().costs
    states = costs.budgets(actor)
    _alerts(actor, costs.alerts(actor, period))
    if not states:
        words = "Set a limit for the month. Alerts come here, by mail or to an SNS topic, also "
        show(parts.empty_state("No budget yet", f"{words}where the bill stays away."))
    for state in sorted(states, key=lambda one: -(one.percent or 0)):  # nearest its limit first
        _state(actor, state)
    _form(actor, open_first=not states)
    show(_own(costs.own_cost(actor)))


def _state(actor: Actor, state: BudgetState) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        show(bar(state))
        if st.button("Remove", key=f"remove_{state.budget.id}"):
            session.services().costs.remove_budget(actor, state.budget.id)
            st.rerun()


def bar(state: BudgetState) -> Markup:
    """Spent of the limit, with the thresholds and the forecast marked on it."""
    tone = costs_parts.budget_tone(state)
    percent = float(state.percent or 0)
    limit = formats.money(state.budget.limit)
    spent = "unknown" if state.spent is None else formats.money(state.spent)
    marks = [tag("b", style=f"left:{min(float(one), 100):.0f}%", title=f"{one} %")
             for one in state.budget.thresholds]  # fmt: skip
    fill = tag("i", style=f"width:{min(percent, 100):.1f}%")
    return tag(
        "div",
        tag("div", tag("b", state.budget.name), tag("span", f"{spent} of {limit}"),
            class_="ui-budget-head"),
        tag("div", fill, *marks, class_=f"ui-budget-bar ui-{tone}", aria_hidden="true"),
        tag("small", _words(state), class_="ui-muted"),
        class_="ui-budget",
    )  # fmt: skip


def _words(state: BudgetState) -> str:
    if state.percent is None:
        return f"Unknown how much is spent: {state.problem or 'there is no bill'}"
    guess = state.forecast.total if state.forecast else None
    told = f"{state.percent} % of {formats.month(state.period)}"
    if guess is not None:
        told += f", {formats.money(guess)} expected at its end"
    return f"{told}. {state.problem}".strip()


def alert_tone(alert: Alert) -> Tone:
    """Red is a limit that was passed, not one that is nearer."""
    spent = alert.kind == "actual" and alert.amount is not None and alert.amount >= alert.limit
    return Tone.FAIL if spent else Tone.WARN


def _alerts(actor: Actor, alerts: Sequence[Alert]) -> None:
    unseen = [one for one in alerts if actor.account_id not in one.seen_by]
    for gravest, *others in by_budget(unseen):
        words = f"Dismiss all {len(others) + 1}" if others else "Dismiss"
        _alert(actor, gravest, words, (gravest, *others))
        if others:
            more = f"{len(others)} more of {plain(gravest.budget)}"
            with st.expander(more, key=f"alerts_{gravest.budget_id}"):
                for one in others:
                    _alert(actor, one, "Dismiss", (one,))


def _alert(actor: Actor, alert: Alert, words: str, dismissed: Sequence[Alert]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        show(parts.note(tag("span", alert.text, " ", parts.when(alert.at, session.now())),
                        alert_tone(alert)))  # fmt: skip
        if alert.problem:
            show(parts.note(f"Not sent: {alert.problem}", Tone.FAIL))
        if st.button(words, key=f"seen_{alert.id}"):
            for one in dismissed:
                session.services().costs.dismiss_alert(actor, one.id)
            st.rerun()


def _form(actor: Actor, *, open_first: bool) -> None:
    with st.expander("New budget", expanded=open_first), st.form("budget", border=False):
        name = st.text_input("Name", max_chars=120, placeholder="Media delivery")
        limit = st.number_input("Limit a month in USD", min_value=1.0, value=50.0, step=10.0)
        levels = st.multiselect("Alert at, in % of the limit", _THRESHOLDS, [50, 80, 100])
        ahead = st.toggle("Also when the forecast exceeds it", value=True)
        mail = st.text_input("Mail to", placeholder="ann@example.com, ben@example.com")
        topic = st.text_input("SNS topic", placeholder="arn:aws:sns:us-east-1:111122223333:costs")
        if st.form_submit_button("Save budget", type="primary"):
            made = _checked(name, limit, levels, mail, topic, ahead=ahead)
            session.services().costs.save_budget(actor, made)
            st.rerun()


def _checked(
    name: str, limit: float, levels: Sequence[int], mail: str, topic: str, *, ahead: bool
) -> Budget:
    """What people typed, or `InvalidInput` that names the field."""
    fields = {
        "name": name.strip(),
        "limit": Decimal(str(limit)),
        "thresholds": tuple(Decimal(one) for one in sorted(levels)),
        "on_forecast": ahead,
        "mail_to": tuple(one.strip() for one in mail.split(",") if one.strip()),
        "topic_arn": topic.strip(),
    }
    try:
        return Budget.model_validate(fields)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise InvalidInput(
            f"The budget's {field.replace('_', ' ')} is not right.",
            hint="A budget needs a name, mail addresses as name@host and a topic as its ARN.",
        ) from error


def _own(own: OwnCost) -> Markup:
    """What looking costs: the dashboard's own calls of AWS."""
    limit = f" of {formats.money(own.limit)}" if own.limit is not None else ""
    told = f"{formats.money(own.usd)}{limit} today, {formats.money(own.month_usd)} this month"
    rows = (
        (calculation.named(one.line), one.region, calculation.quantity(one.quantity, ""),
         formats.money(one.usd) if one.usd is not None
         else parts.badge(Tone.UNKNOWN, "unpriced"), ", ".join(one.by))
        for one in own.lines
    )  # fmt: skip
    table = parts.table(("Line", "Region", "Quantity", "USD", "Calls"), rows, right=(2, 3))
    stopped = formats.counted(own.stopped, "call")
    return tag(
        "section",
        parts.title("What the dashboard itself costs", told),
        table if own.lines else parts.note("No call that costs was made today."),
        parts.note(f"{stopped} stopped by the daily budget", Tone.WARN) if own.stopped else None,
    )
