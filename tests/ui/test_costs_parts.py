"""Amounts with what must be said beside them: where they come from, and what nobody knows."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.model.budgets import Alert, Budget, BudgetState, Forecast
from core.model.estimates import (
    CostLine,
    CostTier,
    LinePrice,
    PlanChoice,
    PlanChoices,
    PlanFigure,
    UnpricedLine,
)
from core.model.months import Allocation, CostMonth, MonthLine, ServiceCost, UnitCost
from core.model.pricing import PriceSource
from core.model.scenarios import HitRatioChange, Scenario, WhatIf
from core.model.usage import StorageDay, StorageReport, StorageScan, StorageSource, Stored
from core.ui import (
    advice_parts,
    budgets_view,
    calculation,
    cost_reasons,
    costs_parts,
    formats,
    plans_parts,
    storage_parts,
)
from core.ui.parts import Tone

D = Decimal
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SOURCES = {"p": PriceSource(id="p", what="<b>price list</b>", date="2026-10-03", kind="list")}


def line(confidence="A", amount="8.50"):
    price = LinePrice(
        confidence=confidence, sources=("p",), source_date="2026-10-03", usage_type="US-Bytes"
    )
    tier = CostTier(start=D(0), end=D(10240), quantity=D(100), price=D("0.085"), per=D(1),
                    amount=D("8.5"))  # fmt: skip
    cost = CostLine(line="cf.dto", region="US", quantity=D(110), unit="GB", tiers=(tier,),
                    free_quantity=D(10), amount=D("8.5"), price=price)  # fmt: skip
    return MonthLine(service="Amazon CloudFront", line="cf.dto", region="US", name="data out",
                     quantity=D(110), unit="GB", amount=D(amount), calculation=cost)  # fmt: skip


def test_a_calculation_shows_quantity_price_tier_free_share_source_and_date():
    html = calculation.of_line(line(), "USD", SOURCES)
    for told in ("100.000", "\u00d7 $0.085", "0 to 10,240", "= $8.50", "free of charge", "10 GB",
                 "US-Bytes", "&lt;b&gt;price list&lt;/b&gt;", "2026-10-03", "cf.dto"):  # fmt: skip
        assert told in html


def test_what_aws_billed_beside_list_price_is_said():
    html = calculation.of_line(line(amount="7.50"), "USD", SOURCES)
    assert "List price $8.50, billed $7.50: \u2212$1.00" in html


def test_an_assumed_price_is_labelled_wherever_the_amount_is():
    assert "assumed price" in calculation.label(line("C"))
    assert calculation.label(line("A")) is None
    assert "unpriced" in calculation.label(line("UNKNOWN"))


def test_unpriced_usage_is_listed_without_an_amount():
    html = calculation.unpriced((UnpricedLine(line="x", region="", quantity=D("0.0001"),
                                              reason="no price"),))  # fmt: skip
    assert "Not in the total" in html
    assert "&lt; 0.001" in html
    assert "$" not in html


def test_money_keeps_the_digits_that_make_it_more_than_nothing():
    told = [formats.money(D(n)) for n in ("1204.1", "0.28", "0.0042", "0.000004", "0", "-3")]
    assert told == ["$1,204.10", "$0.28", "$0.0042", "< $0.0001", "$0.00", "\u2212$3.00"]
    assert formats.money(None) == "unknown"
    assert formats.money(D(2), "EUR") == "2.00 EUR"


def choices(total, paid, *, complete=True, breaches=()):
    figure = PlanFigure(plan="Pro", total=D(total), plan_fee=D(15), other_lines=D(0),
                        storage_credit=D(0), breaches=breaches)  # fmt: skip
    option = PlanChoice(figure=figure, capacity_gb=D(100), capacity_requests=D(10),
                        break_even_gb=None)  # fmt: skip
    return PlanChoices(pay_as_you_go=D(paid), sent_gb=D(90), requests=D(1), edge_group="",
                       options=(option,), is_complete=complete)  # fmt: skip


def test_a_cheaper_plan_is_named_with_what_it_saves():
    assert plans_parts.headline(choices(15, 40)) == (
        "The plan Pro costs $15.00, $25.00 less than pay-as-you-go"
    )


def test_pay_as_you_go_is_not_called_cheaper_while_something_has_no_price():
    assert "Not known" in plans_parts.headline(choices(15, 4, complete=False))
    assert plans_parts.headline(choices(15, 4)).startswith("Pay-as-you-go costs $4.00")


def test_a_breached_plan_is_no_choice_and_an_unknown_break_even_is_unknown():
    found = choices(15, 40, breaches=("too much",))
    assert "No plan holds" in plans_parts.headline(found)
    html = plans_parts.table(found)
    assert "breached" in html
    assert "unknown" in html
    assert "90.0 % (data)" in html


@pytest.mark.parametrize(
    ("percent", "told"),
    [(D("1388.2"), "1,388 %"), (D("90.04"), "90.0 %"), (D("0.02"), "&lt; 0.1 %"), (D(0), "0.0 %")],
)
def test_how_full_a_plan_is_has_the_digits_that_a_person_reads(percent, told):
    found = choices(15, 40)
    one = found.options[0]
    found = found.model_copy(update={"sent_gb": one.capacity_gb * percent / 100, "requests": D(0)})
    assert f">{told} (data)" in plans_parts.table(found).replace("</span> ", "</span>")


def test_lines_of_a_bill_are_told_in_words_with_their_code_beside_them():
    known = calculation.named("cf.dto", "EU")
    assert known.index("CloudFront data out") < known.index("cf.dto") < known.index("EU")
    assert calculation.named("x.new", "EU").count("x.new") == 1


def test_an_answer_that_is_not_known_claims_no_confidence():
    scenario = Scenario(name="x", change=HitRatioChange(target=D(1)))
    html = advice_parts.answer(WhatIf(scenario=scenario, unknown=("misses are not known",)))
    assert "confidence" not in html
    assert "misses are not known" in html
    assert "$0" not in html


def test_payback_says_at_once_never_and_unknown():
    assert advice_parts.payback(None, D(0)) == "at once"
    assert advice_parts.payback(None, D(5)) == "never"
    assert advice_parts.payback(D("2.51"), D(5)) == "2.5 months"
    assert advice_parts.payback(None, None) == "unknown"


def state(percent, forecast=None):
    guess = Forecast(period="2026-11", so_far=D(1), known_days=9, total=forecast)
    return BudgetState(
        budget=Budget(name="<b>", limit=D(100)), period="2026-11",
        spent=None if percent is None else D(percent), percent=percent and D(percent),
        forecast=guess, data_as_of=None, problem="" if percent else "refused",
    )  # fmt: skip


def test_a_budget_is_judged_by_what_is_spent_and_by_the_forecast():
    tones = [budgets_view.costs_parts.budget_tone(one) for one in
             (state(10), state(10, D(120)), state(85), state(101), state(None))]  # fmt: skip
    assert tones == [Tone.OK, Tone.WARN, Tone.WARN, Tone.FAIL, Tone.UNKNOWN]


def test_a_budget_without_a_bill_says_unknown_and_why():
    html = budgets_view.bar(state(None))
    assert "Unknown how much is spent: refused" in html
    assert "&lt;b&gt;" in html


def test_the_unallocated_rest_stands_with_its_reason():
    item = Allocation(by="owner", total=D(10), shares=(), unallocated=D(3),
                      unallocated_percent=D(30), reasons=("tax",), warn=True)  # fmt: skip
    assert "$3.00 (30.0 %) belong to none of them: tax." in cost_reasons.unallocated(item, "USD")


def test_a_unit_cost_without_a_denominator_is_unknown():
    unit = UnitCost(name="upload", per=D(1), unit="uploads", usd=None, cost=D(4), covers="x",
                    count=None, source="", reason="no uploads were counted")  # fmt: skip
    html = cost_reasons.units((unit,), "USD")
    assert "unknown" in html
    assert "no uploads were counted" in html
    assert "$" not in html


def report(size, objects, day=20):
    return StorageReport(
        bucket="b", source=StorageSource.CLOUDWATCH, sampled_at=NOW.replace(day=day), read_at=NOW,
        complete=True, total=Stored(objects=objects, bytes=size),
    )  # fmt: skip


def test_unknown_sizes_are_words_and_never_0():
    assert storage_parts.sentence(report(None, None), ()) == (
        "unknown stored in an unknown number of objects"
    )
    html = storage_parts.numbers(report(None, None))
    assert "this source does not tell it" in html
    assert ">0<" not in html


def test_growth_is_compared_with_the_same_source_only():
    def day(source):
        return StorageDay(bucket="b", source=source, day="2026-11-01",
                          total=Stored(objects=1, bytes=50), by_class=(), sampled_at=NOW)  # fmt: skip

    same = storage_parts.sentence(report(100, 1), [day(StorageSource.CLOUDWATCH)])
    assert same == "100 B stored in 1 object, 100 % more than on 1 Nov"
    other = storage_parts.sentence(report(100, 1), [day(StorageSource.LISTING)])
    assert other == "100 B stored in 1 object"


def free_and_paid(free, paid):
    def one(number, amount):
        return MonthLine(
            service="Amazon CloudFront", line="cf.https", region=f"R{number}", name="requests",
            quantity=D(1), unit="request", amount=D(amount),
        )  # fmt: skip

    lines = (*(one(at, "0") for at in range(free)), *(one(9, "2") for _ in range(paid)))
    month = CostMonth(
        period="2026-10", basis="billed", source="CUR", as_of=NOW, currency="USD",
        total=D(2 * paid), days=31, month_days=31, estimate=None,
        services=(ServiceCost(service="Amazon CloudFront", amount=D(2 * paid), lines=lines),),
    )  # fmt: skip
    return str(costs_parts.breakdown(month, SOURCES))


def test_many_lines_that_cost_nothing_are_folded_into_one():
    text = free_and_paid(5, 1)
    assert "and 5 lines that cost nothing" in text
    assert text.index("R9") < text.index("that cost nothing") < text.index("R0")
    assert "cost nothing" not in free_and_paid(3, 1)
    assert "cost nothing" not in free_and_paid(5, 0)  # a service that is free says so line by line


@pytest.mark.parametrize(
    ("kind", "amount", "tone"),
    [("actual", "60", Tone.WARN), ("actual", "100", Tone.FAIL), ("forecast", "160", Tone.WARN)],
)
def test_an_alert_is_red_once_the_limit_is_passed(kind, amount, tone):
    alert = Alert(id="a", budget_id="b", budget="Media", period="2026-11", kind=kind,
                  threshold=D(50), amount=D(amount), limit=D(100), at=NOW, text="")  # fmt: skip
    assert budgets_view.alert_tone(alert) is tone


def test_a_scan_that_waits_has_no_number_and_one_that_runs_says_how_far_it_is():
    scan = StorageScan(id="s", bucket="m", source=StorageSource.LISTING, created_by="a",
                       created_at=NOW, job_id="j")  # fmt: skip
    assert storage_parts.going(scan) == "Live listing: waiting for a worker"
    running = scan.model_copy(update={"step": "Listed", "done": 1200, "total": 4000})
    assert storage_parts.going(running) == "Live listing: Listed 1,200 of 4,000"
