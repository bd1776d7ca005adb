"""Tier arithmetic against a loop that counts unit by unit."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.costs.tiers import split
from core.model.pricing import PriceTier

D = Decimal


def tier(start, end, price):
    return PriceTier(
        start=D(start),
        end=None if end is None else D(end),
        price=None if price is None else D(price),
        confidence="A",
        sources=(),
        source_date=None,
    )


TIERS = (tier(0, 10, "0.09"), tier(10, 50, "0.085"), tier(50, None, "0.07"))
small = st.integers(0, 80).map(D)
modes = st.sampled_from(["before_tiers", "inside_first_tier"])


def naive(quantity, free, mode, used=0):
    """One unit after the other, as a clerk would."""
    total, position = D(0), used
    for unit in range(int(quantity)):
        is_free = unit < free
        if not is_free:
            rate = next(t.price for t in TIERS if t.end is None or position < t.end)
            total += rate
        if not is_free or mode == "inside_first_tier":
            position += 1
    return total


@given(small, small, modes, small)
def test_the_tiers_sum_to_what_a_count_unit_by_unit_gives(quantity, free, mode, used):
    parts = split(TIERS, D(1), quantity, free, mode, used)
    assert parts.amount == naive(quantity, free, mode, used)
    assert sum(t.quantity for t in parts.tiers) == quantity - min(free, quantity)


@given(small, small, small, modes)
def test_more_usage_never_costs_less_and_more_free_never_costs_more(a, b, free, mode):
    less, more = sorted((a, b))
    assert (
        split(TIERS, D(1), less, free, mode).amount <= split(TIERS, D(1), more, free, mode).amount
    )
    assert split(TIERS, D(1), a, free, mode).amount <= split(TIERS, D(1), a, D(0), mode).amount


def test_a_free_amount_before_the_tiers_leaves_the_first_tier_whole():
    assert split(TIERS, D(1), D(15), D(5), "before_tiers").amount == D("0.90")


def test_a_free_amount_inside_the_first_tier_lets_later_tiers_start_earlier():
    assert split(TIERS, D(1), D(15), D(5), "inside_first_tier").amount == D("0.45") + D("0.425")


def test_a_free_amount_beyond_the_quantity_makes_nothing_negative():
    parts = split(TIERS, D(1), D(3), D(9), "inside_first_tier")
    assert (parts.amount, parts.tiers) == (0, ())


def test_a_tier_without_a_price_is_reported_and_not_counted_as_zero():
    parts = split((tier(0, 10, "1"), tier(10, None, None)), D(1), D(25))
    assert (parts.amount, parts.unpriced) == (10, 15)


def test_prices_per_block_are_not_rounded_to_whole_blocks():
    parts = split((tier(0, None, "0.0004"),), D(1000), D(1))
    assert parts.amount == D("0.0000004")


def test_a_third_of_a_byte_price_keeps_its_digits():
    parts = split((tier(0, None, "0.0000166667"),), D(1), D(1) / D(2**30))
    assert parts.amount == D("0.0000166667") * (D(1) / D(2**30))
