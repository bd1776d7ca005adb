"""Forecasts on months that were made by hand, with gaps, February and clocks that jump."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.costs.forecast import forecast

D = Decimal


def days(first, count, cost=lambda day: D(2)):
    every = (date.fromisoformat(first) + timedelta(days=n) for n in range(count))
    return {day: cost(day) for day in every}


def test_a_steady_rate_goes_on_with_no_error():
    found = forecast("2026-10", days("2026-09-01", 40), date(2026, 10, 10))
    assert (found.so_far, found.total, found.low, found.high) == (20, 62, 62, 62)
    assert (found.error, found.known_days) == (0, 10)
    assert found.tests >= 5


def test_weekends_are_forecast_as_weekends():
    def cost(day):
        return D(5) if day.weekday() >= 5 else D(10)

    found = forecast("2026-10", days("2026-07-20", 83, cost), date(2026, 10, 10))
    assert found.total == 22 * 10 + 9 * 5
    assert "weekday" in found.method


def test_one_wild_day_does_not_move_the_rate():
    def cost(day):
        return D(500) if day == date(2026, 10, 3) else D(2)

    found = forecast("2026-10", days("2026-09-01", 40, cost), date(2026, 10, 10))
    assert found.total == 500 + 60


def test_growth_shows_in_the_error_and_the_interval():
    first = date(2026, 8, 1)
    found = forecast(
        "2026-10",
        days("2026-08-01", 75, lambda day: D((day - first).days + 10)),
        date(2026, 10, 14),
    )
    assert found.error > D("0.05")
    assert found.low <= found.total < found.high


def test_days_without_data_are_forecast_and_not_zero():
    known = days("2026-09-01", 40)
    del known[date(2026, 10, 4)], known[date(2026, 10, 5)]
    found = forecast("2026-10", known, date(2026, 10, 10))
    assert (found.so_far, found.total) == (16, 62)
    assert "2 days" in found.notes[0]


def test_days_that_are_not_over_and_days_of_a_jumped_clock_are_left_out():
    known = days("2026-09-01", 40) | {date(2026, 10, 11): D("0.01"), date(2027, 1, 1): D(999)}
    found = forecast("2026-10", known, date(2026, 10, 10))
    assert found.total == 62
    assert "2 days after" in found.notes[0]


def test_february_has_its_own_length():
    assert forecast("2026-02", days("2026-01-01", 41), date(2026, 2, 10)).total == 56
    assert forecast("2028-02", days("2028-01-01", 41), date(2028, 2, 10)).total == 58


def test_what_is_not_by_the_day_is_in_the_total_once():
    assert (
        forecast("2026-10", days("2026-09-01", 40), date(2026, 10, 10), fixed=D("-5")).total == 57
    )


@pytest.mark.parametrize(
    ("first", "count", "last", "why"),
    [
        ("2026-10-01", 20, date(2026, 10, 20), "20 days of costs are known"),
        ("2026-08-01", 40, date(2026, 10, 10), "too long ago"),
        ("2026-10-10", 0, date(2026, 10, 10), "0 days"),
    ],
)
def test_too_little_data_is_unknown_and_not_a_guess(first, count, last, why):
    found = forecast("2026-10", days(first, count), last)
    assert found.total is None
    assert why in found.unknown


def test_an_account_that_costs_nothing_is_forecast_to_cost_nothing():
    found = forecast("2026-10", days("2026-09-01", 40, lambda _: D(0)), date(2026, 10, 10))
    assert (found.total, found.error) == (0, 0)


def test_costs_that_began_this_week_allow_no_back_test():
    known = days("2026-09-20", 21, lambda day: D(0) if day < date(2026, 10, 10) else D(5))
    found = forecast("2026-10", known, date(2026, 10, 10))
    assert found.total is not None or found.unknown


def test_credits_that_outweigh_every_day_leave_no_test():
    found = forecast("2026-10", days("2026-09-01", 40, lambda _: D(-1)), date(2026, 10, 10))
    assert "back-test" in found.unknown


def test_a_month_that_is_over_is_known():
    found = forecast("2026-09", days("2026-09-01", 40), date(2026, 10, 10))
    assert (found.total, found.low, found.high) == (60, 60, 60)


def test_a_short_history_is_tested_over_fewer_days_and_the_interval_is_widened():
    known = days("2026-09-11", 30, lambda day: D(10 + day.day % 3))
    found = forecast("2026-10", known, date(2026, 10, 10))
    assert found.tested_days == 8
    assert any("widened" in note for note in found.notes)


@settings(max_examples=25)
@given(st.lists(st.decimals(0, 100, places=2), min_size=0, max_size=70))
def test_the_interval_holds_the_forecast_whatever_the_days_are(costs):
    start = date(2026, 8, 25)
    known = {start + timedelta(days=n): cost for n, cost in enumerate(costs)}
    found = forecast("2026-10", known, start + timedelta(days=max(len(costs) - 1, 0)))
    assert (found.total is None) == bool(found.unknown)
    if found.total is not None:
        assert found.low <= found.total <= found.high
