"""A budget speaks at its thresholds, of the forecast, and when no data come; once each."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from core.costs.budgets import by_budget, due_alerts
from core.model.budgets import Budget, BudgetState, Forecast

D = Decimal
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
BUDGET = Budget(
    id="b",
    name="Media",
    limit=D(100),
    mail_to=("a@x.org", "a@x.org"),
    topic_arn="arn:aws:sns:us-east-1:123456789012:costs",
)


def state(spent, guess=None, budget=BUDGET, as_of=NOW, **more):
    found = Forecast(
        period="2026-10",
        so_far=D(spent or 0),
        known_days=19,
        total=None if guess is None else D(guess),
    )
    return BudgetState(
        budget=budget, period="2026-10", spent=None if spent is None else D(spent), percent=None, forecast=found, data_as_of=as_of, **more
    )  # fmt: skip


def kinds(alerts):
    return [(one.kind, one.threshold) for one in alerts]


def test_thresholds_that_were_reached_and_that_will_be():
    found = due_alerts(state("55", "92"), NOW, ())
    assert kinds(found) == [("actual", 50), ("forecast", 80)]
    assert found[0].text == "Media: October has cost $55.00, 50 % of $100.00 or more."
    assert "forecast to cost $92.00" in found[1].text
    assert found[0].to_send == ("mail:a@x.org", "sns:arn:aws:sns:us-east-1:123456789012:costs")


def test_nothing_is_said_twice_and_the_actual_is_said_after_the_forecast():
    first = due_alerts(state("55", "92"), NOW, ())
    said = [one.id for one in first]
    assert due_alerts(state("56", "93"), NOW, said) == ()
    assert kinds(due_alerts(state("81", "93"), NOW, said)) == [("actual", 80)]


def test_a_budget_may_listen_to_what_is_spent_only():
    quiet = BUDGET.model_copy(update={"on_forecast": False})
    assert due_alerts(state("5", "500", budget=quiet), NOW, ()) == ()
    assert due_alerts(state(None, None), NOW, ()) == ()


def test_missing_data_are_said_once_until_data_came_and_stopped_again():
    old = NOW - timedelta(hours=49)
    (first,) = due_alerts(state(None, as_of=old, problem="AWS refused it"), NOW, ())
    assert (first.kind, first.threshold) == ("missing", None)
    assert "AWS refused it" in first.text
    assert due_alerts(state(None, as_of=old), NOW + timedelta(days=1), [first.id]) == ()
    later = due_alerts(
        state(None, as_of=old + timedelta(days=5)), NOW + timedelta(days=9), [first.id]
    )
    assert len(later) == 1
    assert "at all" in due_alerts(state(None, as_of=None), NOW, ())[0].text


def test_data_that_are_old_but_known_still_reach_their_threshold():
    assert kinds(due_alerts(state("101", as_of=None), NOW, ())) == [
        ("missing", None), ("actual", 50), ("actual", 80), ("actual", 100),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"mail_to": ("nobody",)},
        {"topic_arn": "arn:aws:sqs:x"},
        {"thresholds": (0,)},
        {"name": ""},
    ],
)
def test_nonsense_is_no_budget(wrong):
    with pytest.raises(ValidationError):
        Budget(**{"name": "x", "limit": 5} | wrong)


def test_the_gravest_alert_of_a_budget_comes_first_and_none_is_lost():
    other = BUDGET.model_copy(update={"id": "c", "name": "Ceiling", "limit": D(60)})
    silent = BUDGET.model_copy(update={"id": "d"})
    alerts = [
        *due_alerts(state("85", "120"), NOW, ()),
        *due_alerts(state(None, as_of=None, budget=silent), NOW, ()),
        *due_alerts(state("85", "120", budget=other), NOW, ()),
    ]
    found = by_budget(alerts)
    assert [one[0].budget_id for one in found] == ["c", "b", "d"]
    assert [kinds(one) for one in found] == [
        [("actual", 100), ("actual", 80), ("actual", 50)],
        [("forecast", 100), ("actual", 80), ("actual", 50)],
        [("missing", None)],
    ]
    assert by_budget(()) == ()
