"""When a budget speaks: at its thresholds, of what was spent or is forecast, and without data.

Nothing is said twice: an alert's id is made of what it says, and whoever stores it stores it once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from core.costs.compare import month_name
from core.model.budgets import Alert, AlertKind, BudgetState
from core.model.pricing import plain


def due_alerts(state: BudgetState, now: datetime, said: Sequence[str]) -> tuple[Alert, ...]:
    """What has to be said and is not among the ids `said`."""
    found = [*_missing(state, now), *_reached(state, now)]
    return tuple(alert for alert in found if alert.id not in said)


def gravity(alert: Alert) -> tuple[int, Decimal]:
    """A limit that is passed, one that will be, silence, thresholds below it; then the highest."""
    over = alert.amount is not None and alert.amount >= alert.limit
    passed = {"actual": 3, "forecast": 2}
    rank = passed.get(alert.kind, 0) if over else int(alert.kind == "missing")
    return rank, alert.threshold or Decimal(0)


def by_budget(alerts: Sequence[Alert]) -> tuple[tuple[Alert, ...], ...]:
    """The alerts of each budget together; the gravest of all and of each budget first."""
    found: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=gravity, reverse=True):
        found.setdefault(alert.budget_id, []).append(alert)
    return tuple(map(tuple, found.values()))


def _reached(state: BudgetState, now: datetime) -> Iterator[Alert]:
    """Each threshold that is reached, lowest first; a forecast only of what is not spent yet."""
    budget, spent = state.budget, state.spent
    guess = state.forecast.total if state.forecast and budget.on_forecast else None
    for threshold in sorted(set(budget.thresholds)):
        at = budget.limit * threshold / 100
        if spent is not None and spent >= at:
            yield _alert(state, "actual", threshold, spent, now)
        elif guess is not None and guess >= at:
            yield _alert(state, "forecast", threshold, guess, now)


def _missing(state: BudgetState, now: datetime) -> Iterator[Alert]:
    """Silence looks like a month without costs. Said again when data came and stopped anew."""
    limit = timedelta(hours=state.budget.missing_after_hours)
    if state.data_as_of is None or now - state.data_as_of > limit:
        yield _alert(state, "missing", None, None, now)


def _alert(
    state: BudgetState,
    kind: AlertKind,
    threshold: Decimal | None,
    amount: Decimal | None,
    now: datetime,
) -> Alert:
    budget = state.budget
    mark = plain(threshold) if threshold is not None else _since(state)
    return Alert(
        id=f"{budget.id}:{state.period}:{kind}:{mark}",
        budget_id=budget.id,
        budget=budget.name,
        period=state.period,
        kind=kind,
        threshold=threshold,
        amount=amount,
        limit=budget.limit,
        at=now,
        text=_text(state, kind, threshold, amount),
        to_send=(
            *(f"mail:{address}" for address in dict.fromkeys(budget.mail_to)),
            *((f"sns:{budget.topic_arn}",) if budget.topic_arn else ()),
        ),
    )


def _since(state: BudgetState) -> str:
    return f"{state.data_as_of:%Y-%m-%dT%H%M}" if state.data_as_of else "never"


def _text(
    state: BudgetState, kind: AlertKind, threshold: Decimal | None, amount: Decimal | None
) -> str:
    name, month, limit = state.budget.name, month_name(state.period), f"${state.budget.limit:,.2f}"
    if threshold is None or amount is None:
        since = f"since {state.data_as_of:%Y-%m-%d %H:%M} UTC" if state.data_as_of else "at all"
        why = f" ({state.problem})" if state.problem else ""
        return f"{name}: no cost data came {since}{why}. Nobody can say what {month} costs."
    if kind == "actual":
        return f"{name}: {month} has cost ${amount:,.2f}, {plain(threshold)} % of {limit} or more."
    return (
        f"{name}: {month} is forecast to cost ${amount:,.2f}, "
        f"{plain(threshold)} % of {limit} or more."
    )
