"""Every cent between an estimate and a bill has one of four names."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.costs.estimate import price
from core.costs.reconcile import reconcile
from core.costs.service.sheets import bundled_sheet
from core.model.actuals import Actuals, Charge, ChargeKind
from core.model.estimates import Usage, UsageLine

D = Decimal
SHEET = bundled_sheet()
S3, CDN = "AmazonS3", "AmazonCloudFront"


def estimated(*lines):
    usage = tuple(UsageLine(line=line, region=region, quantity=D(q)) for line, region, q in lines)
    return price(
        Usage(period="2026-10", allowances="none", free_mode="before_tiers", lines=usage), SHEET
    )


def charge(service, usage_type, quantity, listed, billed, **more):
    return Charge(
        day=date(2026, 10, 3),
        service=service,
        usage_type=usage_type,
        quantity=D(str(quantity)),
        list_cost=None if listed is None else D(str(listed)),
        billed=D(str(billed)),
        **more,
    )


def bill(*charges, **more):
    return Actuals(
        source="CUR",
        period="2026-10",
        as_of=datetime(2026, 11, 5, tzinfo=UTC),
        charges=charges,
        **more,
    )


def compared(estimate, *charges, **more):
    return reconcile(estimate, bill(*charges, **more), SHEET)


def test_more_usage_than_estimated_is_a_step_of_quantity():
    found = compared(
        estimated(("s3.storage.STANDARD", "us-east-1", 100)),
        charge(S3, "TimedStorage-ByteHrs", 120, "2.76", "2.76", unit="GB-Mo"),
    )
    (line,) = found.lines
    assert (line.estimate, line.quantity_step, line.price_step) == (D("2.3"), D("0.46"), 0)
    assert (line.discount_step, line.scope_step, found.gap) == (0, 0, D("0.46"))
    assert found.wape == D("0.1667")


def test_a_list_price_that_differs_by_more_than_a_cent_says_that_the_sheet_is_wrong():
    found = compared(
        estimated(("cf.https", "US", 100_000)),
        charge(CDN, "US-Requests-Tier2-HTTPS", 100_000, "0.12", "0.12", unit="Requests"),
    )
    assert found.wrong_lines[0].price_step == D("0.02")
    right = compared(
        estimated(("cf.https", "US", 100_000)),
        charge(CDN, "US-Requests-Tier2-HTTPS", 100_000, "0.11", "0.11", unit="Requests"),
    )
    assert right.wrong_lines == ()


def test_a_free_share_is_no_wrong_price():
    found = compared(
        estimated(("cf.dto", "US", 2000)),
        charge(CDN, "US-DataTransfer-Out-Bytes", 1024, 0, 0, unit="GB", is_free=True),
        charge(CDN, "US-DataTransfer-Out-Bytes", 976, "82.96", "82.96", unit="GB"),
    )
    (line,) = found.lines
    assert (line.price_step, line.discount_step, line.quantity_step) == (0, D("-87.04"), 0)
    assert found.wrong_lines == ()
    assert "a part was free of charge" in line.notes


def test_discounts_credits_refunds_and_tax_are_the_third_step():
    found = compared(
        estimated(("s3.storage.STANDARD", "us-east-1", 100)),
        charge(S3, "TimedStorage-ByteHrs", 100, "2.30", "2.07", unit="GB-Mo"),
        charge(S3, "TimedStorage-ByteHrs", 0, None, "-1.00", kind=ChargeKind.CREDIT),
        charge(S3, "", 0, None, "0.40", kind=ChargeKind.TAX),
    )
    assert found.discount_step == D("-0.23") - 1 + D("0.40")
    assert (found.quantity_step, found.price_step, found.scope_step) == (0, 0, 0)
    assert found.billed == D("1.47")
    notes = [note for line in found.lines for note in line.notes]
    assert "holds credit" in notes
    assert any("tax" in note for note in notes)


def test_lines_that_only_one_side_has_are_the_fourth_step():
    found = compared(
        estimated(("cf.functions", "global", 10_000_000)),
        charge("AmazonEC2", "BoxUsage:t3.micro", 5, 7, 7),
        charge(S3, "Requests-Tier1", 2000, "0.01", "0.01", unit="Requests"),
    )
    by_line = {line.line: line for line in found.lines}
    assert by_line["cf.functions"].scope_step == -1
    assert by_line["s3.req.STANDARD.tier1"].scope_step == D("0.01")
    assert by_line[""].scope_step == 7
    assert found.unknown_usage_types == ("BoxUsage:t3.micro",)
    assert found.gap == found.scope_step == D("6.01")


def test_without_list_prices_the_price_step_is_unknown_and_said_so():
    found = compared(
        estimated(("s3.storage.STANDARD", "us-east-1", 100)),
        charge(S3, "TimedStorage-ByteHrs", 100, None, "2.00", unit="GB-Mo"),
    )
    (line,) = found.lines
    assert (line.price_step, line.list_cost, line.discount_step) == (None, None, D("-0.30"))
    assert any("can't be told apart" in note for note in line.notes)


@pytest.mark.parametrize(
    ("billed", "step", "wrong", "told"),
    [
        ("2.30", "0.00", False, "billed at $0.023 per GB-month, the sheet says $0.023 per GB-month"),
        ("2.305", "0.005", False, "no list prices"),
        ("2.50", "0.20", True, "billed at $0.025 per GB-month, the sheet says $0.023 per GB-month: the price sheet is wrong"),
        ("0", None, False, "a free share, a discount"),
    ],
)  # fmt: skip
def test_without_list_prices_the_rate_is_held_against_the_sheet(billed, step, wrong, told):
    (line,) = compared(
        estimated(("s3.storage.STANDARD", "us-east-1", 100)),
        charge(S3, "TimedStorage-ByteHrs", 100, None, billed, unit="GB-Mo"),
    ).lines
    assert line.price_step == (None if step is None else D(step))
    assert line.sheet_is_wrong is wrong
    assert any(told in note for note in line.notes)


@pytest.mark.parametrize(
    ("charges", "told"),
    [
        ([(100, None, "2.50", "")], "the quantity has no unit"),
        ([(0, None, "2.50", "GB-Mo")], "no quantity to compare by"),
        ([(50, None, "1.15", "GB-Mo"), (50, "1.15", "1.15", "GB-Mo")], "for a part only"),
    ],
)
def test_a_rate_that_can_not_be_told_stays_unknown_with_its_reason(charges, told):
    (line,) = compared(
        estimated(("s3.storage.STANDARD", "us-east-1", 100)),
        *(charge(S3, "TimedStorage-ByteHrs", n, listed, billed, unit=unit)
          for n, listed, billed, unit in charges),
    ).lines  # fmt: skip
    assert (line.price_step, line.sheet_is_wrong) == (None, False)
    assert any(told in note for note in line.notes)


def test_a_rate_of_requests_is_per_as_many_as_the_price_is_for():
    (line,) = compared(
        estimated(("s3.req.STANDARD.tier1", "us-east-1", 2000)),
        charge(S3, "Requests-Tier1", 2_000_000, None, "10.00", unit="Requests"),
    ).lines
    assert any("billed at $0.005 per 1,000 requests" in note for note in line.notes)


def test_the_operation_tells_apart_what_shares_a_usage_type():
    glacier = charge(S3, "Requests-Tier3", 1000, "0.03", "0.03", operation="S3-GlacierTransition")
    deep = charge(S3, "Requests-Tier3", 1000, "0.05", "0.05", operation="S3-GDATransition")
    untold = charge(S3, "Requests-Tier3", 1000, None, "0.03")
    found = compared(estimated(), glacier, deep, untold)
    assert {line.line for line in found.lines} == {
        "s3.lifecycle_in.GLACIER", "s3.lifecycle_in.DEEP_ARCHIVE", "",
    }  # fmt: skip
    assert all(not line.sheet_is_wrong for line in found.lines)
    assert any("operation" in note for line in found.lines for note in line.notes)


def test_tiers_are_of_the_whole_month_and_not_of_each_row():
    found = compared(
        estimated(("cf.dto", "US", 20_480)),
        *[charge(CDN, "US-DataTransfer-Out-Bytes", 10_240, x, x, unit="GB") for x in ("870.4", "819.2")],
    )  # fmt: skip
    assert (found.gap, found.price_step) == (0, 0)


@pytest.mark.parametrize(
    ("usage_type", "unit", "quantity", "word"),
    [("TimedStorage-ByteHrs", "Byte-Hrs", 5, "unit"), ("TimedStorage-ByteHrs", "GB-Mo", -5, "negative"),
     ("APS1-TimedStorage-ByteHrs", "GB-Mo", 10**6, "not known"), ("SAE1-Requests-SIA-Tier1", "Requests", 5, "no price")],
)  # fmt: skip
def test_what_the_sheet_cannot_rate_is_a_matter_of_scope(usage_type, unit, quantity, word):
    found = compared(estimated(), charge(S3, usage_type, quantity, "1", "1", unit=unit))
    (line,) = found.lines
    assert (line.scope_step, found.gap) == (1, 1)
    assert word in line.notes[0]


def test_other_currencies_are_shown_and_never_converted():
    found = compared(
        estimated(), charge(S3, "TimedStorage-ByteHrs", 1, "1", "1", currency="EUR"),
        problem="throttled", estimated=True,
    )  # fmt: skip
    assert found.billed == 0
    assert [(one.currency, one.billed) for one in found.other_currencies] == [("EUR", 1)]
    assert len(found.warnings) == 2


def test_an_estimate_without_a_region_meets_the_line_that_holds_everywhere():
    found = compared(
        estimated(("ce.api_request", "", 3)),
        charge("AWS Cost Explorer", "USE1-APIRequest", 3, "0.03", "0.03"),
    )
    assert (len(found.lines), found.gap) == (1, 0)


@pytest.mark.parametrize(
    ("usage_type", "service", "line", "region"),
    [
        ("us-west-2-KMS-Requests", "awskms", "kms.request", "us-west-2"),
        ("TimedStorage-ByteHrs", "Amazon DynamoDB", "ddb.storage", "us-east-1"),
        ("USE1-DataScannedInTB", "Amazon Athena", "athena.scanned", "us-east-1"),
        ("EarlyDelete-SIA", S3, "s3.early_delete.STANDARD_IA", "us-east-1"),
        ("TimedStorage-SIA-SmObjects", S3, "s3.storage.STANDARD_IA", "us-east-1"),
        ("EarlyDelete-GIR-SmObjects", S3, "s3.early_delete.GLACIER_IR", "us-east-1"),
        (
            "EU-TimedStorage-GDA-ByteHrs",
            "Amazon S3 Glacier Deep Archive",
            "s3.storage.DEEP_ARCHIVE",
            "eu-west-1",
        ),
        ("CA-DataTransfer-Out-Bytes", "Amazon CloudFront", "cf.dto", "US"),
        ("USE2-DataTransfer-In-Bytes", "AWSDataTransfer", "s3.transfer.in", "*"),
        ("USE1-EUC1-AWS-Out-Bytes", S3, "s3.transfer.other_region", "us-east-1"),
        ("USE2-USE1-AWS-Out-Bytes", S3, "s3.transfer.use1_use2", "us-east-2"),
        ("EarlyDelete-XYZ", S3, "", ""),
        ("US-Something", CDN, "", ""),
    ],
)
def test_usage_types_are_matched_in_full_with_their_region(usage_type, service, line, region):
    (found,) = compared(estimated(), charge(service, usage_type, 0, "0", "0")).lines
    assert (found.line, found.region) == (line, region)


MONEY = st.decimals(-50, 500, places=4)
TYPES = st.sampled_from(
    [(S3, "TimedStorage-ByteHrs", "GB-Mo"), (S3, "Requests-Tier1", "Requests"), (S3, "Nonsense", ""),
     (CDN, "US-DataTransfer-Out-Bytes", "GB"), (CDN, "EU-Requests-Tier2-HTTPS", "Requests"), (S3, "TimedStorage-ByteHrs", "Bytes")]
)  # fmt: skip
CHARGES = st.builds(
    lambda what, quantity, listed, billed, kind, free: charge(
        what[0], what[1], quantity, listed, billed, unit=what[2], kind=kind, is_free=free
    ),
    TYPES, st.decimals(0, 10**6, places=3), st.one_of(st.none(), MONEY), MONEY,
    st.sampled_from([ChargeKind.USAGE] * 4 + list(ChargeKind)), st.booleans(),
)  # fmt: skip
ESTIMATES = st.lists(
    st.tuples(st.sampled_from([("s3.storage.STANDARD", "us-east-1"), ("cf.dto", "US"), ("cf.https", "EU"), ("cf.http", "JP")]),
              st.decimals(0, 10**5, places=3)), max_size=4)  # fmt: skip


@settings(max_examples=60)
@given(ESTIMATES, st.lists(CHARGES, max_size=8))
def test_the_four_steps_add_up_to_the_gap_of_every_line_and_of_the_whole(lines, charges):
    estimate = estimated(*[(*place, quantity) for place, quantity in lines])
    found = compared(estimate, *charges)
    for line in found.lines:
        steps = line.quantity_step + (line.price_step or 0) + line.discount_step + line.scope_step
        assert steps == line.gap
    assert found.gap == sum(
        (found.quantity_step, found.price_step, found.discount_step, found.scope_step), D(0)
    )
    assert found.billed == sum((one.billed for one in charges), D(0))
    assert found.estimate == estimate.total
