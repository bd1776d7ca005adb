"""Published offers become a new version of the sheet: only what is sane, and nothing is lost."""

from datetime import date
from decimal import Decimal

import pytest

from core.costs.offers import parse_offer
from core.costs.price_sheet import find, parse_sheet
from core.costs.refreshed import refresh_sheet
from core.costs.service.sheets import bundled_data
from core.errors import UnreadableContent
from tests.costs.offers import (
    CLOUDFRONT,
    DEEP_IRELAND,
    S3_IRELAND,
    TRANSFER_IRELAND,
    offer,
    product,
)

D = Decimal
TODAY = date(2026, 12, 5)


@pytest.fixture(scope="module")
def refreshed():
    offers = [
        parse_offer(o, "ab" * 32) for o in (S3_IRELAND, DEEP_IRELAND, TRANSFER_IRELAND, CLOUDFRONT)
    ]
    data, report = refresh_sheet(bundled_data(), offers, TODAY)
    return parse_sheet(data), report, data


def prices(sheet, line, region):
    return [tier.price for tier in find(sheet, line, region).tiers]


def test_all_tiers_of_a_published_price_are_read(refreshed):
    sheet, _, _ = refreshed
    assert prices(sheet, "s3.storage.STANDARD", "eu-west-1") == [
        D("0.023"),
        D("0.022"),
        D("0.0205"),
    ]
    assert len(prices(sheet, "s3.transfer.internet_out", "eu-west-1")) == 4


def test_a_price_per_request_becomes_a_price_per_block(refreshed):
    sheet, _, _ = refreshed
    assert prices(sheet, "s3.req.STANDARD.tier1", "eu-west-1") == [D("0.0055")]
    assert prices(sheet, "cf.http", "EU") == [D("0.0095")]


def test_a_price_that_was_unknown_is_known_now_with_its_source(refreshed):
    sheet, report, _ = refreshed
    tier = find(sheet, "s3.storage.GLACIER_IR", "eu-west-1").tiers[0]
    assert (tier.price, tier.confidence, tier.source_date) == (D("0.0045"), "A", "2026-12-03")
    source = next(one for one in sheet.sources if one.id == tier.sources[0])
    assert "ab" * 32 in source.what
    assert any(c.line == "s3.storage.GLACIER_IR" and c.old is None for c in report.changes)


def test_the_same_usage_type_with_another_operation_is_another_line(refreshed):
    sheet, report, _ = refreshed
    assert prices(sheet, "s3.lifecycle_in.GLACIER", "eu-west-1") == [D("0.033")]
    assert prices(sheet, "s3.lifecycle_in.DEEP_ARCHIVE", "eu-west-1") == [D("0.055")]
    assert report.unknown == 6


def test_the_zeros_of_the_offer_are_no_prices(refreshed):
    sheet, report, _ = refreshed
    assert prices(sheet, "s3.transfer.internet_out", "eu-west-1")[0] == D("0.09")
    assert any(
        one.startswith("s3.req.GLACIER_IR.tier2 in eu-west-1: a price of 0")
        for one in report.refused
    )
    assert prices(sheet, "s3.transfer.to_cloudfront", "eu-west-1") == [0]
    assert prices(sheet, "cf.invalidation", "global") == [0, D("0.005")]


def test_deep_archive_is_read_from_its_own_offer(refreshed):
    sheet, _, _ = refreshed
    assert prices(sheet, "s3.storage.DEEP_ARCHIVE", "eu-west-1") == [D("0.00099")]


def test_gaps_between_tiers_and_products_that_disagree_are_refused(refreshed):
    sheet, report, _ = refreshed
    assert prices(sheet, "s3.storage.STANDARD_IA", "eu-west-1") == [D("0.0125")]
    assert prices(sheet, "cf.http", "ZA_ME") == [D("0.009")]
    assert len([one for one in report.refused if "gap" in one]) == 2


def test_a_price_far_from_home_is_refused():
    home = offer(
        "AmazonS3",
        product("Requests-Tier1", ("0", "Inf", "0.000005", "Requests"), region="us-east-1"),
    )
    away = offer("AmazonS3", product("EU-Requests-Tier1", ("0", "Inf", "0.005", "Requests")))
    data, report = refresh_sheet(
        bundled_data(), [parse_offer(o, "0" * 64) for o in (home, away)], TODAY
    )
    assert "five times off" in report.refused[0]
    assert prices(parse_sheet(data), "s3.req.STANDARD.tier1", "eu-west-1") == [D("0.005")]


def test_a_price_far_from_the_one_that_is_known_at_home_is_refused(refreshed):
    sheet, report, _ = refreshed
    assert any("s3.req.STANDARD_IA.tier2 in eu-west-1: 0.0001 is" in one for one in report.refused)
    assert prices(sheet, "s3.req.STANDARD_IA.tier2", "eu-west-1") == [D("0.001")]


def test_the_report_names_each_change_and_nothing_else(refreshed):
    _, report, _ = refreshed
    found = {(c.line, c.region, c.tier_from): (c.old, c.new) for c in report.changes}
    assert found == {
        ("cf.http", "EU", 0): (D("0.009"), D("0.0095")),
        ("s3.req.STANDARD.tier1", "eu-west-1", 0): (D("0.005"), D("0.0055")),
        ("s3.storage.GLACIER_IR", "eu-west-1", 0): (None, D("0.0045")),
        ("s3.storage.STAGING", "eu-west-1", 0): (None, D("0.021")),
        ("s3.storage.STANDARD", "eu-west-1", 512000): (D("0.021"), D("0.0205")),
    }


def test_what_was_not_published_keeps_its_price_and_date(refreshed, sheet):
    new, _, _ = refreshed
    assert find(new, "kms.key", "us-east-1") == find(sheet, "kms.key", "us-east-1")
    assert (new.as_of, new.fetched_on) == (date(2026, 12, 3), TODAY)


def test_reading_the_same_list_again_changes_nothing_but_the_day(refreshed):
    _, _, data = refreshed
    offers = [
        parse_offer(o, "ab" * 32) for o in (S3_IRELAND, DEEP_IRELAND, TRANSFER_IRELAND, CLOUDFRONT)
    ]
    again, report = refresh_sheet(data, offers, date(2026, 12, 6))
    assert report.changes == ()
    assert again["version"] != data["version"]
    assert again["fetched_on"] == "2026-12-06"
    assert len(again["sources"]) == len(data["sources"])


def broken(**changes):
    return S3_IRELAND | changes


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, broken(terms={}), broken(products={}), broken(publicationDate="soon"),
        broken(terms={"OnDemand": {"SKU000": {"t": {"priceDimensions": {"r": {"unit": "GB", "pricePerUnit": {"CNY": "1"}}}}}}}),
        broken(terms={"OnDemand": {"SKU000": {"t": {"priceDimensions": {"r": {"unit": "GB", "pricePerUnit": {"USD": "cheap"}}}}}}}),
    ],
)  # fmt: skip
def test_another_form_than_the_documented_one_is_told(data):
    with pytest.raises(UnreadableContent) as told:
        parse_offer(data, "0" * 64)
    assert told.value.hint
