"""The figures of a month say which days they compare."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.model.budgets import Forecast
from core.model.months import CostMonth, MonthComparison
from core.ui import cost_reasons, costs_parts

D = Decimal
GUESS = Forecast(period="2026-11", so_far=D(0), known_days=0)


def month(days=20, total="2.50"):
    return CostMonth(
        period="2026-11", basis="billed", source="x", as_of=datetime(2026, 11, 20, tzinfo=UTC), currency="USD",
        total=D(total), days=days, month_days=30, services=(), estimate=None,
    )  # fmt: skip


def compared(**more):
    values = {
        "before": "2026-10", "after": "2026-11", "total_before": D(1), "total_after": D("2.50"), "percent": D(12),
        "effects": (), "sentence": "", "days": 20,
    }  # fmt: skip
    return MonthComparison(**values | more)


@pytest.mark.parametrize(
    ("shown", "found", "told"),
    [
        (month(), compared(), ">12 % more than the same days of October 2026"),
        (month(), compared(total_after=D(2), days=18), "first 18 days: 12 % more than the same days of October 2026"),
        (month(), compared(same_days=False), "all of October 2026: $1.00"),
        (month(30), compared(days=30), ">12 % more than October 2026"),
        (month(), compared(percent=D("0.2")), ">as the same days of October 2026"),
        (month(), compared(total_before=None, percent=None), "nothing to compare with"),
    ],
)  # fmt: skip
def test_what_is_compared_is_said(shown, found, told):
    assert told in costs_parts.numbers(shown, found, GUESS, ())


@pytest.mark.parametrize(
    ("shown", "found", "told"),
    [
        (month(30), compared(days=30), "from October 2026, the largest reasons first"),
        (month(), compared(), "from October 2026, the first 20 days of both"),
        (month(), compared(total_after=D(2), days=18), "the first 18 days of both; $0.50 of the last days are not compared yet"),
        (month(), compared(same_days=False), "these are not the same days"),
    ],
)  # fmt: skip
def test_the_steps_from_month_to_month_say_which_days_they_are_of(shown, found, told):
    assert told in cost_reasons.span(found, shown)


def test_a_problem_is_told_as_a_sentence():
    now = datetime(2026, 11, 20, tzinfo=UTC)
    told = costs_parts.freshness(month().model_copy(update={"problem": "no bill can be read"}), now)
    assert "</time>. No bill can be read.<" in told
