"""The bundled sheet is whole, dated and honest; sheets are found by line, region and month."""

from datetime import date
from decimal import Decimal

import pytest

from core.costs.price_sheet import Missing, find, month_hours, parse_sheet, predates, sheet_for
from core.costs.service.sheets import bundled_data
from core.errors import Configuration


def record(**changes):
    return {
        "line": "x", "service": "s", "region": "global", "usage_type": None, "tier_from": "0", "tier_to": None,
        "price_usd": "1", "per": "1", "unit": "u", "sources": ["a"], "source_date": None, "confidence": "A",
    } | changes  # fmt: skip


def sheet_of(*records, **changes):
    return parse_sheet(bundled_data() | {"prices": list(records)} | changes)


def test_every_price_of_the_bundled_sheet_says_where_it_comes_from(sheet):
    known = {source.id for source in sheet.sources}
    for dimension in sheet.dimensions:
        for tier in dimension.tiers:
            assert dimension.unit
            assert set(tier.sources) <= known
            assert tier.sources or tier.price is None
            assert (tier.price is None) == (tier.confidence == "UNKNOWN"), dimension.line
            assert tier.source_date or tier.confidence in "BC" or tier.price is None, dimension.line


def test_the_tiers_of_every_line_reach_from_zero_to_infinity(sheet):
    for dimension in sheet.dimensions:
        bounds = [tier.start for tier in dimension.tiers]
        assert bounds[0] == 0
        assert [tier.end for tier in dimension.tiers] == [*bounds[1:], None]


def test_a_price_of_zero_is_something_that_aws_gives_away(sheet):
    zero = {d.line for d in sheet.dimensions for t in d.tiers if t.price == 0}
    assert zero == {
        "s3.req.DELETE_CANCEL", "s3.retrieval.GLACIER.bulk", "s3.retrieval_req.GLACIER.bulk",
        "s3.transfer.to_cloudfront", "s3.transfer.in", "cf.invalidation", "cf.plan.Free",
    }  # fmt: skip


def test_an_allowance_is_no_price(sheet):
    assert not [d for d in sheet.dimensions if d.line.startswith("free.")]
    assert {a.line: a.quantity for a in sheet.allowances}["free.cf_dto_gb"] == 1024


def test_a_gap_between_tiers_has_no_price():
    sheet = sheet_of(record(tier_from="5", tier_to="10"), record(tier_from="20", tier_to="30"))
    tiers = find(sheet, "x", "global").tiers
    assert [(t.start, t.end, t.price) for t in tiers] == [
        (0, 5, None), (5, 10, 1), (10, 20, None), (20, 30, 1), (30, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"price_usd": "much"}, {"confidence": "Z"}, {"tier_from": None}, {"sources": None}]
)
def test_a_damaged_sheet_is_named(wrong):
    with pytest.raises(Configuration, match="bundled-2026-11-20"):
        sheet_of(record(**wrong))


def test_a_sheet_without_prices_is_damaged():
    with pytest.raises(Configuration):
        parse_sheet({"version": "v"})


def test_a_line_of_one_region_needs_no_region(sheet):
    assert find(sheet, "kms.request_asymmetric", "").region == "us-east-1"
    assert "where the region is not known" in find(sheet, "cf.dto", "").reason
    assert isinstance(find(sheet, "", ""), Missing)


def test_a_month_has_its_own_hours():
    assert [month_hours(p) for p in ("2026-02", "2028-02", "2026-04", "2026-12")] == [
        672,
        696,
        720,
        744,
    ]


def test_a_month_is_priced_with_the_sheet_that_was_valid_in_it():
    old, new = (sheet_of(record(), version=v, as_of=v) for v in ("2026-08-20", "2026-10-03"))
    sheets = [new, old]
    assert sheet_for(sheets, "2026-09") is old
    assert sheet_for(sheets, "2026-10") is new
    assert sheet_for(sheets, "2027-01") is new
    assert sheet_for(sheets, "2026-01") is old
    assert predates(old, "2026-01")
    assert not predates(old, "2026-08")


def test_a_sheet_is_stale_after_35_days(sheet):
    assert not sheet.is_stale(date(2026, 12, 25))
    assert sheet.is_stale(date(2026, 12, 26))
    assert sheet.age_days(date(2020, 1, 1)) == 0


def test_prices_of_one_region_are_not_those_of_another(sheet):
    assert find(sheet, "s3.req.GLACIER.tier1", "eu-west-1").tiers[0].price == Decimal("0.033")
    assert find(sheet, "s3.storage.STANDARD", "eu-west-2").tiers[0].price == Decimal("0.024")
