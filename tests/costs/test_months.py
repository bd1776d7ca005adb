"""A month, its sentence, its owners and its unit costs, with numbers that were computed by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.costs.allocation import allocate
from core.costs.compare import compare_months, effects_of
from core.costs.families import name_of, rounded, service_of, unit_word
from core.costs.figures import estimate
from core.costs.measured_usage import measured_usage
from core.costs.months import billed_month, daily_totals, estimated_month, services
from core.costs.service.sheets import bundled_sheet
from core.costs.unit_costs import unit_costs
from core.model.actuals import Actuals, Charge, ChargeKind
from core.model.estimates import UsageLine
from core.model.measured import (
    Counted,
    DeliveredGroup,
    MeasuredMonth,
    StoredGroup,
    Weight,
    Weights,
)  # fmt: skip
from core.model.months import CostMonth, MonthLine

D = Decimal
SHEET = bundled_sheet()
NOW = datetime(2026, 11, 20, tzinfo=UTC)
GIB = 2**30


def line(name, region, quantity, amount, service=""):
    return MonthLine(
        service=service or service_of(name), line=name, region=region, name=name_of(name) if name else "support",
        quantity=None if quantity is None else D(str(quantity)), unit="GB (GiB)", amount=D(str(amount)),
    )  # fmt: skip


def month(period, *lines, **more):
    values = {"basis": "billed", "source": "CUR", "days": 31, "month_days": 31} | more
    return CostMonth(
        period=period, as_of=NOW, currency="USD", total=sum((one.amount for one in lines), D(0)),
        services=services(lines), estimate=None, **values,
    )  # fmt: skip


def test_measured_usage_is_priced_line_by_line():
    measured = MeasuredMonth(
        period="2026-10",
        origin_region="us-east-1",
        stored=(
            StoredGroup(bucket="m", region="us-east-1", objects=1000, bytes=100 * GIB),
            StoredGroup(bucket="m", region="us-east-1", storage_class="STANDARD_IA", objects=3, bytes=7),
        ),
        delivered=(DeliveredGroup(edge_group="US", requests=1_000_000, http_requests=200_000, bytes=200 * GIB, misses=10_000),),
        lines=(UsageLine(line="ce.api_request", region="global", quantity=D(5)),),
    )  # fmt: skip
    found = estimate(measured_usage(measured, SHEET), SHEET)
    amounts = {one.line: one.amount for one in found.lines}
    assert amounts["s3.storage.STANDARD"] == D("2.3")
    assert amounts["cf.dto"] == 17
    assert (amounts["cf.http"], amounts["cf.https"]) == (D("0.15"), D("0.8"))
    assert amounts["s3.req.STANDARD.tier2"] == D("0.004")
    assert amounts["ce.api_request"] == D("0.05")
    ia = next(one for one in found.lines if one.line == "s3.storage.STANDARD_IA")
    assert ia.quantity == D(3 * 131_072) / GIB
    shown = estimated_month(found, NOW, 31)
    assert (shown.total, shown.basis, shown.services[0].service) == (
        found.total,
        "estimated",
        "Amazon CloudFront",
    )
    assert shown.services[0].lines[0].calculation.tiers[0].amount == 17


def test_what_was_not_measured_is_said_and_edges_without_a_place_are_unpriced():
    empty = measured_usage(
        MeasuredMonth(period="2026-10", missing=("the log bucket is refused",)), SHEET
    )
    assert len(empty.warnings) == 3
    blind = MeasuredMonth(
        period="2026-10", measured_days=D(12), stored=(),
        delivered=(DeliveredGroup(requests=5, bytes=10 * GIB),),
    )  # fmt: skip
    usage = measured_usage(blind, SHEET)
    assert any("12 of 31 days" in told for told in usage.warnings)
    assert any("misses" in told for told in usage.warnings)
    assert {one.line for one in estimate(usage, SHEET).unpriced} == {"cf.dto", "cf.https"}


def bill(*charges, **more):
    return Actuals(source="CUR", period="2026-10", charges=charges, **{"as_of": NOW} | more)


def charge(day, service, usage_type, quantity, billed, **more):
    return Charge(
        day=date(2026, 10, day), service=service, usage_type=usage_type, quantity=D(quantity), billed=D(billed), **more
    )  # fmt: skip


CHARGES = (
    charge(1, "AmazonCloudFront", "US-DataTransfer-Out-Bytes", 100, "8.50", unit="GB"),
    charge(2, "AmazonCloudFront", "US-DataTransfer-Out-Bytes", 100, "8.50", unit="GB"),
    charge(2, "AmazonCloudFront", "US-DataTransfer-Out-Bytes", 0, "-2", kind=ChargeKind.CREDIT),
    charge(1, "AmazonS3", "Strange", 1, "3"),
    charge(1, "AmazonS3", "TimedStorage-ByteHrs", 1, "0.5", unit="Bytes"),
    charge(1, "AWS", "", 0, "1.2", kind=ChargeKind.TAX),
    charge(1, "AmazonS3", "TimedStorage-ByteHrs", 1, "9", currency="EUR"),
)


def test_a_billed_month_drills_from_service_to_line_to_its_calculation():
    found = billed_month(bill(*CHARGES), SHEET)
    assert found.total == D("19.70")
    assert (found.days, found.month_days) == (31, 31)
    dto = found.services[0].lines[0]
    assert (dto.name, dto.quantity, dto.amount) == ("CloudFront data out", 200, 15)
    assert dto.calculation.amount == 17
    assert dto.note == "with credits"
    notes = {one.name: one.note for one in found.lines}
    assert notes["Strange"] == "the usage type is not known"
    assert "unit" in notes["S3 storage (STANDARD)"]
    assert notes["tax"] == ""
    assert found.warnings == ("9.00 EUR are not in the total: nothing is converted",)


def test_a_running_month_counts_the_days_it_has():
    running = bill(*CHARGES, as_of=datetime(2026, 10, 3, tzinfo=UTC))
    assert billed_month(running, SHEET).days == 2
    assert billed_month(running, SHEET, until=date(2026, 10, 1)).total == D("13.2")
    assert billed_month(bill(as_of=datetime(2026, 10, 3, tzinfo=UTC)), SHEET).days == 0
    assert daily_totals(CHARGES, "USD") == {
        date(2026, 10, 1): D("12.0"),
        date(2026, 10, 2): D("8.5"),
    }


def test_the_sentence_says_how_much_and_why():
    before = month(
        "2026-09",
        line("cf.dto", "US", 300, "25.50"),
        line("s3.storage.STANDARD", "us-east-1", 490, "11.27"),
        days=30,
        month_days=30,
    )
    after = month(
        "2026-10",
        line("cf.dto", "US", 352, "29.92"),
        line("s3.storage.STANDARD", "us-east-1", 490, "11.27"),
    )
    found = compare_months(before, after)
    assert found.sentence == (
        "October cost $41.19, 12 % more than September, mostly because CloudFront data out rose "
        "from 300 to 352 GB (+$4.42)."
    )
    (effect,) = found.effects
    assert (effect.quantity, effect.price, effect.mix) == (D("4.42"), 0, 0)
    assert found.warnings == ()


def test_dearer_places_are_mix_and_dearer_prices_are_price():
    moved = effects_of(
        [line("cf.dto", "US", 100, "8.5")], [line("cf.dto", "US", 50, "4.25"), line("cf.dto", "IN", 50, "5.45")]
    )[0]  # fmt: skip
    assert (moved.quantity, moved.price, moved.mix) == (0, 0, D("1.2"))
    assert "dearer regions" in moved.because
    raised = effects_of([line("cf.dto", "US", 100, "8.5")], [line("cf.dto", "US", 100, "17")])[0]
    assert (raised.quantity, raised.price, raised.mix) == (0, D("8.5"), 0)
    assert "100 % more per GB" in raised.because


def test_new_gone_and_unmeasured_lines_have_their_own_words():
    gone = effects_of(
        [line("cf.dto", "US", 1, 5), line("", "", None, 2, "Support")],
        [line("kms.key", "us-east-1", 1, 1)],
    )
    assert [one.because for one in gone] == [
        "CloudFront data out is gone", "support cost $2.00 less", "KMS keys is new",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, [("cf.dto", 1, 5)], "October cost $5.00; there is nothing of the month before to compare with."),
        ([], [("cf.dto", 1, 5)], "October cost $5.00; September cost nothing."),
        ([], [], "October cost $0.00, as did September."),
        ([("cf.dto", 1, "5.00")], [("cf.dto", 1, "5.01")], "October cost $5.01, about as much as September."),
        ([("cf.dto", 100, "0.08")], [("cf.dto", 50, "0.004")], "October cost $0.0040, 95 % less than September, mostly because CloudFront data out fell from 100 to 50 GB (\u2212$0.0760)."),
    ],
)  # fmt: skip
def test_small_and_missing_months_have_sentences_too(before, after, told):
    def made(period, rows):
        return month(
            period, *[line(name, "US", quantity, amount) for name, quantity, amount in rows]
        )

    assert (
        compare_months(
            None if before is None else made("2026-09", before), made("2026-10", after)
        ).sentence
        == told
    )


def test_a_running_month_is_compared_with_the_same_days_and_says_so():
    before = month("2025-12", line("cf.dto", "US", 10, 1), line("cf.https", "US", 10, 1), days=10)
    after = month(
        "2026-01",
        line("cf.dto", "US", 10, 2),
        line("cf.https", "US", 10, 2),
        days=10,
        basis="estimated",
        is_lower_bound=True,
    )
    found = compare_months(before, after)
    assert found.sentence.startswith(
        "January is estimated at $4.00 or more so far (10 of 31 days), 100 % more than the same days of December 2025, mostly because"
    )
    assert " and CloudFront" in found.sentence
    assert len(found.warnings) == 2
    assert (found.same_days, found.days) == (True, 10)


def test_days_that_are_not_whole_are_in_the_total_and_in_the_sentence_but_not_compared():
    before = month("2026-10", line("cf.dto", "US", 10, 1), days=18)
    after = month("2026-11", line("cf.dto", "US", 20, 2), days=18, month_days=30)
    shown = month("2026-11", line("cf.dto", "US", 25, "2.50"), days=20, month_days=30)
    found = compare_months(before, after, shown)
    assert found.sentence == (
        "November has cost $2.50 so far (20 of 30 days); its first 18 days cost $2.00, 100 % more "
        "than the same days of October, mostly because CloudFront data out rose from 10 to 20 GB "
        "(+$1.00)."
    )


@pytest.mark.parametrize(
    ("days", "told"), [(31, "all of October cost $1.00."), (9, "9 days of October cost $1.00.")]
)
def test_other_days_than_the_same_are_no_per_cent(days, told):
    before = month("2026-10", line("cf.dto", "US", 10, 1), days=days)
    after = month("2026-11", line("cf.dto", "US", 5, "0.5"), days=19, month_days=30, basis="estimated")  # fmt: skip
    found = compare_months(before, after)
    assert found.sentence == f"November is estimated at $0.50 so far (19 of 30 days); {told}"
    assert not found.same_days
    assert any("are compared with" in one for one in found.warnings)


AMOUNTS = st.decimals(-20, 1000, places=6)
LINES = st.lists(
    st.builds(line, st.sampled_from(["cf.dto", "cf.https", "s3.storage.STANDARD", "s3.storage.GLACIER", "kms.key", ""]),
              st.sampled_from(["US", "EU"]), st.one_of(st.none(), st.integers(0, 10**9)), AMOUNTS, st.just("x")), max_size=7,
)  # fmt: skip


@settings(max_examples=60)
@given(LINES, LINES)
def test_quantity_mix_and_price_add_up_to_every_change(before, after):
    effects = effects_of(before, after)
    for one in effects:
        assert one.quantity + one.mix + one.price == one.change
        assert one.because
    whole = sum((x.amount for x in after), D(0)) - sum((x.amount for x in before), D(0))
    assert sum((one.change for one in effects), D(0)) == whole


def weights(measure, whole, by="owner", **shares):
    return Weights(by=by, measure=measure, total=D(whole), source="logs",
                   weights=tuple(Weight(key=key, amount=D(value)) for key, value in shares.items()))  # fmt: skip


def test_costs_are_allocated_by_what_was_measured_and_the_rest_is_shown():
    lines = [
        line("cf.dto", "US", 100, "8.5"),
        line("s3.storage.STANDARD", "us-east-1", 100, "2.3"),
        line("", "", None, 1),
    ]
    found = allocate(
        lines,
        [weights("delivered_bytes", 80 * GIB, ann=60 * GIB, bob=20 * GIB), weights("stored_bytes", 100, ann=50, bob=40)],
        "owner",
    )  # fmt: skip
    assert [(one.key, one.amount) for one in found.shares] == [
        ("ann", D("6.25")),
        ("bob", D("2.62")),
    ]
    assert found.unallocated == D("11.8") - D("8.87")
    assert found.warn
    assert any("80.0 %" in reason for reason in found.reasons)
    assert "stored bytes: 10.0 % are of no owner that is known" in found.reasons
    assert allocate(lines, [], "prefix").unallocated == D("11.8")
    assert allocate([], [], "prefix").unallocated_percent == 0


@settings(max_examples=60)
@given(
    LINES,
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 10**15), max_size=4),
    st.integers(0, 10**15),
)
def test_shares_and_the_rest_are_the_total_exactly(lines, shares, extra):
    tables = [
        weights(m, sum(shares.values()) + extra, **shares)
        for m in ("stored_bytes", "delivered_bytes", "requests")
    ]
    found = allocate(lines, tables, "owner")
    assert sum((one.amount for one in found.shares), found.unallocated) == found.total
    assert found.total == sum((one.amount for one in lines), D(0))


def test_measures_that_exceed_their_own_total_never_allocate_more_than_the_bill():
    found = allocate(
        [line("cf.dto", "US", 1, 8)], [weights("delivered_bytes", 10, a=15, b=5)], "owner"
    )
    assert sum(one.amount for one in found.shares) <= 8
    assert found.unallocated >= 0


def test_unit_costs_name_their_denominator_or_say_that_nobody_counted():
    lines = [
        line("cf.dto", "US", 1, "8.00"),
        line("cf.https", "US", 1, "0.96"),
        line("s3.storage.STANDARD", "us-east-1", 100, "2.30"),
    ]
    measured = MeasuredMonth(
        period="2026-10", stored=(StoredGroup(bucket="m", region="us-east-1", objects=5, bytes=100 * GIB),),
        views=Counted(amount=D(1_000_000), source="access logs"), users=Counted(amount=D(0), source="accounts"),
    )  # fmt: skip
    found = {one.name: one for one in unit_costs(lines, measured)}
    assert found["1,000 views"].usd == D("0.00896")
    assert found["1,000 views"].source == "access logs"
    assert found["stored GB"].usd == D("0.023")
    assert (found["upload"].usd, found["upload"].reason) == (None, "no uploads were counted")
    assert (found["user"].usd, found["user"].reason) == (None, "no users this month")
    assert unit_costs(lines, MeasuredMonth(period="2026-10"))[2].usd is None


def test_views_of_some_days_are_not_divided_into_the_money_of_all():
    lines = [line("cf.dto", "US", 1, "8.00")]
    days = [date(2026, 10, n) for n in (1, 2, 3)]
    views = Counted(amount=D(1000), source="access logs")
    measured = MeasuredMonth(period="2026-10", views=views, told_days=(*days, date(2026, 10, 9)))
    assert unit_costs(lines, measured, days)[0].usd == 8
    part = unit_costs(lines, measured.model_copy(update={"told_days": tuple(days[1:])}), days)[0]
    assert (part.usd, part.reason.split(":")[0]) == (
        None, "access logs tell of 2 of the 3 days that the money is of",
    )  # fmt: skip
    assert unit_costs(lines, measured.model_copy(update={"told_days": None}), days)[0].usd is None
    assert unit_costs(lines, measured.model_copy(update={"told_days": None}))[0].usd == 8


def test_names_and_numbers_are_for_people():
    assert name_of("s3.req.GLACIER_IR.tier2") == "S3 GET requests (GLACIER_IR)"
    assert (name_of("x.y"), service_of("x.y")) == ("x.y", "x")
    assert [rounded(D(x)) for x in ("12345.6", "1.239", "0.5")] == ["12,346", "1.24", "0.5"]
    assert [
        unit_word(x)
        for x in ("GB-month (GiB)", "request PUT/COPY/POST/LIST", "path, first 1,000", "")
    ] == ["GB-month", "requests", "paths", ""]


def test_much_more_than_next_to_nothing_is_told_in_money():
    found = compare_months(
        month("2026-09", line("cf.dto", "US", 1, "0.5")),
        month("2026-10", line("cf.dto", "US", 100, 50)),
    )
    assert found.sentence.startswith(
        "October cost $50.00, up from $0.50 in September, mostly because"
    )


def test_tax_and_credits_of_an_export_stand_with_the_usage_of_their_service():
    charges = (
        Charge(day=date(2026, 10, 3), service="AmazonS3", usage_type="TimedStorage-ByteHrs",
               operation="StandardStorage", quantity=D(10), unit="GB-Mo", billed=D("0.23")),
        Charge(day=date(2026, 10, 31), service="AmazonS3", usage_type="", kind=ChargeKind.TAX,
               billed=D("0.02")),
        Charge(day=date(2026, 10, 31), service="Amazon Simple Storage Service", usage_type="",
               kind=ChargeKind.CREDIT, billed=D("-0.01")),
    )  # fmt: skip
    found = billed_month(Actuals(source="CUR", period="2026-10", as_of=NOW, charges=charges), SHEET)
    assert [one.service for one in found.services] == ["Amazon S3"]
    assert found.total == D("0.24")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((100, "4"), (110, "6.6"), "CloudFront data out cost 50 % more per GB on average"),
        ((100, "6"), (90, "3.6"), "CloudFront data out cost 33 % less per GB on average"),
        ((100, "0"), (100, "5"), "CloudFront data out is no longer free"),
        ((100, "5"), (100, "0"), "CloudFront data out is free now"),
    ],
)
def test_a_price_that_changed_is_told_by_what_one_unit_cost(before, after, told):
    (found,) = effects_of([line("cf.dto", "EU", *before)], [line("cf.dto", "EU", *after)])
    assert found.because == told


def test_a_price_that_rose_beside_a_cheaper_mix_promises_no_average():
    old = [line("cf.dto", "EU", 100, "10"), line("cf.dto", "US", 10, "1")]
    new = [line("cf.dto", "EU", 100, "16"), line("cf.dto", "AP", 200, "2")]
    (found,) = effects_of(old, new)
    assert "on average" not in found.because


def test_a_share_that_was_nearly_seen_does_not_read_as_all_of_it():
    lines = [line("cf.dto", "US", 1000, "8.5")]
    found = allocate(lines, [weights("delivered_bytes", 9999 * GIB // 10, ann=9999 * GIB // 10)], "owner")  # fmt: skip
    assert found.reasons == ("delivered bytes: only 99.9 % of the bill were measured",)
