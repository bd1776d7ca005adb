"""Flat-rate plans against pay-as-you-go, with the computed figures for US edges."""

from decimal import Decimal

import pytest

from core.costs.estimate import price
from core.costs.plans import break_even_gb, cheapest, compare_plans
from core.costs.usage_file import parse_usage

D = Decimal


@pytest.fixture
def plans(sheet):
    def run(*lines):
        entries = [{"line": line, "region": region, "quantity": q} for line, region, q in lines]
        usage = parse_usage({"period": "2026-10", "lines": entries}, sheet, "")
        paid = price(usage, sheet, "always_free")
        return paid, compare_plans(usage, paid, sheet)

    return run


def plan(sheet, name):
    return next(one for one in sheet.plans if one.plan == name)


@pytest.mark.parametrize(
    ("name", "requests", "gb"),
    [("Pro", 10_000_000, "1200.47"), ("Business", 125_000_000, "2024.00"), ("Premium", 500_000_000, "7024.00")],
)  # fmt: skip
def test_a_plan_breaks_even_where_pay_as_you_go_costs_the_same(sheet, name, requests, gb):
    assert round(break_even_gb(plan(sheet, name), sheet, "US", D(requests)), 2) == D(gb)


def test_break_even_goes_through_the_tiers(sheet):
    found = break_even_gb(plan(sheet, "Premium"), sheet, "US", D(0))
    assert found == 1024 + 10_240 + (1000 - D("870.4")) / D("0.08")


def test_requests_alone_can_pay_for_a_plan(sheet):
    assert break_even_gb(plan(sheet, "Pro"), sheet, "US", D(10_000_000_000)) == 0


def test_a_plan_dearer_than_every_tier_has_a_break_even_in_the_last_one(sheet):
    far = plan(sheet, "Premium-600TB").model_copy(update={"usd_month": D(10**7)})
    assert break_even_gb(far, sheet, "US", D(0)) > 5_242_880


def test_without_a_price_there_is_no_break_even(sheet):
    assert break_even_gb(plan(sheet, "Pro"), sheet, "MOON", D(0)) is None


@pytest.mark.parametrize(
    ("name", "requests", "paid"),
    [("Pro", 10_000_000, "4065.28"), ("Business", 125_000_000, "4180.28"), ("Premium", 500_000_000, "4555.28")],
)  # fmt: skip
def test_pay_as_you_go_at_the_full_allowance_of_a_plan(sheet, plans, name, requests, paid):
    full = plan(sheet, name).data_transfer_gb
    bill, figures = plans(("cf.dto", "US", int(full)), ("cf.https", "US", requests))
    assert bill.total == D(paid)
    assert next(one for one in figures if one.plan == name).breaches == ()


def test_one_request_too_many_breaches_a_plan_and_makes_it_no_choice(plans):
    _, figures = plans(("cf.https", "US", 1_000_001))
    assert [one.plan for one in figures if one.breaches] == ["Free"]
    assert cheapest(figures).plan == "Pro"


def test_more_than_three_times_the_capacity_is_more_than_a_spike(plans):
    _, figures = plans(("cf.dto", "US", 301))
    assert any("three times" in breach for breach in figures[0].breaches)
    _, spiked = plans(("cf.dto", "US", 300))
    assert not any("three times" in breach for breach in spiked[0].breaches)


@pytest.mark.parametrize(("gb", "alert"), [(49, None), (50, "50 %"), (80, "80 %"), (100, "100 %")])
def test_the_alerts_of_aws_are_foretold(plans, gb, alert):
    _, figures = plans(("cf.dto", "US", gb))
    told = [one for one in figures[0].conditions if "alerts at" in one]
    assert told == ([] if alert is None else [f"AWS alerts at {alert} of the capacity"])


def test_real_time_logs_and_plans_exclude_each_other(plans):
    _, figures = plans(("cf.dto", "US", 1), ("cf.realtime_log", "global", 1))
    assert all("cf.realtime_log can't be used with a plan" in one.breaches for one in figures)
    assert cheapest(figures).plan == "Premium-600TB"


def test_the_plan_pays_for_storage_up_to_its_credit_and_its_cost(plans):
    _, figures = plans(("cf.dto", "US", 1), ("s3.storage.STANDARD", "us-east-1", 3))
    assert [one.storage_credit for one in figures[:2]] == [D("0.069"), D("0.069")]
    _, large = plans(("cf.dto", "US", 1), ("s3.storage.STANDARD", "us-east-1", 30))
    assert large[0].storage_credit == D("0.115")


def test_what_a_plan_may_not_include_is_charged_and_told(plans):
    _, figures = plans(("cf.dto", "US", 1), ("cf.invalidation", "global", 1200))
    assert figures[0].total == 1
    assert any("cf.invalidation" in one for one in figures[0].conditions)


def test_without_cloudfront_no_plan_is_compared(plans):
    _, figures = plans(("s3.storage.STANDARD", "us-east-1", 30))
    assert (figures, cheapest(figures)) == ((), None)
