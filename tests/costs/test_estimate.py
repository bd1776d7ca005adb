"""Estimates against amounts that AWS and others published, and against the rules of the sheet."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.costs.report import estimate_json

D = Decimal
shared_fixture = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40
)

# (what, lines, total): figures of facts/pricing.md with its sources, or its tables by hand.
WORKED = [
    ("S3 FAQ tiers", [("s3.storage.STANDARD", "us-east-1", 52900)], "1215.00"),
    ("500 TB and more", [("s3.storage.STANDARD", "us-east-1", 600_000)], "13163.2"),
    ("a million PUTs", [("s3.req.STANDARD.tier1", "us-east-1", 1_000_000)], "5"),
    ("a million pages listed", [("s3.req.STANDARD.tier1", "us-east-1", 1_000_000)], "5"),
    ("GIR reads cost 25 times", [("s3.req.GLACIER_IR.tier2", "us-east-1", 1_000_000)], "10"),
    ("restore, standard", [("s3.retrieval_req.GLACIER.standard", "us-east-1", 50_000)], "2.5"),
    ("Ireland archives", [("s3.retrieval_req.GLACIER.expedited", "eu-west-1", 1000)], "11"),
    ("Frankfurt reads", [("s3.req.STANDARD.tier2", "eu-central-1", 1_000_000)], "0.43"),
    ("Sao Paulo egress", [("s3.transfer.internet_out", "sa-east-1", 20_480)], "2949.12"),
    ("12 TB from US edges", [("cf.dto", "US", 12_288)], "1034.24"),
    ("India, 1 PB + 1 GB", [("cf.dto", "IN", 1_048_577)], "83519.563"),
    ("HTTPS in South America", [("cf.https", "SA", 1_000_000)], "2.2"),
    ("HTTP in the EU", [("cf.http", "EU", 1_000_000)], "0.9"),
    ("paths, not files", [("cf.invalidation", "global", 1001)], "0.005"),
    ("to CloudFront", [("s3.transfer.to_cloudfront", "us-east-1", 99_999)], "0"),
    ("KMS without bucket keys", [("kms.request", "us-east-1", 1_100_000_000)], "3300"),
    ("Cost Explorer each minute", [("ce.api_request", "global", 43_200)], "432"),
    ("DynamoDB writes", [("ddb.wru", "us-east-2", 3_000_000)], "1.875"),
    ("Lambda beyond 6 G GB-s", [("lambda.duration.x86", "us-east-1", 7_000_000_000)], "115000.2"),
    ("Pro for three sites", [("cf.plan.Pro", "global", 3)], "45"),
]


@pytest.mark.parametrize(
    ("lines", "total"), [case[1:] for case in WORKED], ids=[c[0] for c in WORKED]
)
def test_a_worked_amount_is_met_to_the_last_digit(cost, lines, total):
    found = cost(*lines)
    assert (found.total, found.unpriced) == (D(total), ())


@pytest.mark.parametrize(
    ("line", "region", "wrong"),
    [
        ("cf.dto", "US", "765"),  # 9 TB read as 9,000 GB
        ("s3.storage.STANDARD", "eu-west-1", "230.4"),  # 0.025 is Singapore's price
    ],
)
def test_a_published_mistake_is_not_repeated(cost, line, region, wrong):
    assert cost((line, region, 9216)).total != D(wrong)


def test_the_report_shows_each_tier_with_its_share_price_and_source(cost):
    report = estimate_json(cost(("s3.storage.STANDARD", "us-east-1", 52900)))
    (line,) = report["lines"]
    assert report["total_usd"] == line["amount_usd"] == "1215.00"
    assert (line["quantity"], line["free_quantity"]) == ("52900", "0")
    assert line["tiers"] == [
        {
            "from": "0",
            "to": "51200",
            "quantity": "51200",
            "price_usd": "0.023",
            "per": "1",
            "amount_usd": "1177.60",
        },
        {
            "from": "51200",
            "to": "512000",
            "quantity": "1700",
            "price_usd": "0.022",
            "per": "1",
            "amount_usd": "37.40",
        },
    ]
    assert line["price"]["confidence"] == "A"
    assert line["price"]["source_date"] == "2026-10-03"
    assert line["price"]["usage_type"] == "TimedStorage-ByteHrs"
    assert report["prices"]["as_of"] == "2026-10-03"


@pytest.mark.parametrize(
    ("line", "region", "reason"),
    [
        ("s3.storage.STANDRD", "us-east-1", "was s3.storage.STANDARD meant?"),
        ("s3.storage.STANDARD", "eu-north-1", "only in us-east-1"),
        ("s3.storage.GLACIER_IR", "eu-west-1", "not known"),
        ("free.cf_dto_gb", "global", "allowance"),
        ("cf.dto", "us-east-1", "only in US, EU"),
        ("zzz", "", "does not know"),
    ],
)
def test_what_has_no_price_is_named_with_the_reason_and_in_no_total(cost, line, region, reason):
    found = cost((line, region, 10), ("s3.storage.STANDARD", "us-east-1", 1))
    assert found.total == D("0.023")
    assert not found.is_complete
    assert found.unpriced[0].line == line
    assert reason in found.unpriced[0].reason
    assert any("lower bound" in warning for warning in found.warnings)


def test_a_quantity_that_reaches_an_unknown_tier_is_priced_up_to_it(cost):
    found = cost(("s3.storage.STANDARD", "ap-southeast-1", 51_300))
    assert found.total == 51_200 * D("0.025")
    assert found.unpriced[0].quantity == 100
    assert "beyond 51200" in found.unpriced[0].reason


def test_a_tier_that_the_sheet_forgot_is_unknown_and_not_free(cost):
    found = cost(("s3.transfer.internet_out", "ap-southeast-3", 10_241))
    assert (found.total, found.unpriced[0].quantity) == (10_240 * D("0.132"), 1)


def test_an_assumed_price_is_told(cost):
    found = cost(("s3.storage.GLACIER", "us-east-2", 1))
    assert any("assumed" in warning for warning in found.warnings)


def test_lines_of_the_same_name_and_region_share_their_tiers(cost):
    apart = cost(("cf.dto", "US", 6000), ("cf.dto", "US", 6000))
    assert apart.total == cost(("cf.dto", "US", 12_000)).total
    assert [tier.start for tier in apart.lines[1].tiers] == [0, 10_240]


def test_edge_groups_have_tiers_of_their_own(cost):
    assert cost(("cf.dto", "US", 10_240), ("cf.dto", "EU", 10_240)).total == 2 * D("870.4")


def test_a_price_without_a_region_holds_in_every_region(cost):
    assert cost(("cf.functions", "US", 1_000_000)).total == D("0.1")
    assert cost(("s3.transfer.in", "sa-east-1", 7)).total == 0
    assert cost(("cf.invalidation", "", 1200)).total == 1


def test_a_price_in_the_usage_file_goes_before_the_sheet(cost):
    rate = {"unit_price_override": 0.09, "override_per": 1}
    found = cost(("s3.transfer.internet_out", "us-east-1", 10_239, rate))
    assert found.total == D("921.51")
    assert found.lines[0].price.sources == ("usage file",)
    blocks = cost(
        (
            "nobody.knows",
            "mars",
            30,
            {"unit_price_override": "2", "override_per": 10, "free_quantity": 10},
        )
    )
    assert (blocks.total, blocks.unpriced) == (4, ())


def test_an_override_without_per_is_a_price_per_unit_and_told(cost):
    found = cost(("cf.https", "US", 10, {"unit_price_override": 3}))
    assert found.total == 30
    assert any("override_per is missing" in warning for warning in found.warnings)


def test_the_free_mode_of_a_line_goes_before_that_of_the_file(cost):
    free = {"free_quantity": 100}
    line = ("s3.transfer.internet_out", "us-east-1", 10_340)
    assert cost((*line, free)).total == D("921.6")
    assert cost((*line, free), free_mode="inside_first_tier").total == D("921.1")
    assert cost((*line, free | {"free_mode": "inside_first_tier"})).total == D("921.1")


def test_the_always_free_amounts_are_applied_once_per_payer(cost):
    lines = (("cf.dto", "US", 1500), ("cf.https", "US", 12_000_000))
    assert cost(*lines, allowances="always_free").total == D("42.46")
    assert cost(*lines, allowances="none").total == D("139.5")


def test_http_and_https_share_the_free_requests_over_all_edges(cost):
    found = cost(
        ("cf.http", "US", 6_000_000), ("cf.https", "SA", 6_000_000), allowances="always_free"
    )
    assert [line.free_quantity for line in found.lines] == [6_000_000, 4_000_000]
    assert found.total == D("4.4")
    assert any("cheapest" in warning for warning in found.warnings)


def test_what_a_line_declares_as_free_is_its_part_of_the_allowance(cost):
    found = cost(
        ("cf.dto", "US", 3000, {"free_quantity": 1024}),
        ("cf.dto", "EU", 100),
        allowances="always_free",
    )
    assert [line.free_quantity for line in found.lines] == [1024, 0]


def test_the_three_figures_stand_side_by_side(cost):
    found = cost(
        ("cf.dto", "US", 1500),
        ("cf.https", "US", 2_000_000),
        ("s3.storage.STANDARD", "us-east-1", 60),
    )
    figures = found.figures
    assert figures.list_usd == found.total == D("130.88")
    assert figures.with_free_tier_usd == D("41.84")
    assert (figures.flat_rate.plan, figures.flat_rate.total) == ("Pro", D("15.23"))
    assert figures.flat_rate.storage_credit == D("1.15")


def test_a_past_month_before_every_sheet_is_told(cost):
    assert any("none older" in w for w in cost(("cf.dto", "US", 1), period="2024-01").warnings)


quantities = st.decimals(0, 200_000, places=3)
places = st.sampled_from(
    [("cf.dto", "US"), ("cf.dto", "IN"), ("cf.https", "EU"), ("s3.storage.STANDARD", "us-east-1"),
     ("s3.transfer.internet_out", "us-west-2"), ("kms.request", "us-east-1"), ("cf.functions", "global")]
)  # fmt: skip
usages = st.lists(st.tuples(places, quantities), min_size=1, max_size=6)


@shared_fixture
@given(usages)
def test_the_total_is_the_sum_of_its_lines_and_tiers(cost, usage):
    found = cost(*((line, region, str(q)) for (line, region), q in usage), allowances="always_free")
    assert found.total == sum(line.amount for line in found.lines)
    assert all(line.amount == sum(tier.amount for tier in line.tiers) for line in found.lines)


@shared_fixture
@given(usages)
def test_an_allowance_never_makes_a_line_negative_or_dearer(cost, usage):
    entries = [(line, region, str(q)) for (line, region), q in usage]
    free, full = cost(*entries, allowances="always_free"), cost(*entries)
    assert 0 <= free.total <= full.total
    assert all(0 <= line.free_quantity <= line.quantity for line in free.lines)


@shared_fixture
@given(usages, st.integers(0, 5), quantities)
def test_more_usage_never_costs_less(cost, usage, index, more):
    entries = [[line, region, q] for (line, region), q in usage]
    before = cost(*entries, allowances="always_free").total
    entries[index % len(entries)][2] += more
    assert cost(*entries, allowances="always_free").total >= before
