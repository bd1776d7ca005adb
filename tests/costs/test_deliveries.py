"""Views through CloudFront, with the worked example of a million public images."""

from decimal import Decimal

import pytest

D = Decimal
MILLION = {"edge_group": "US", "views": 1_000_000, "bytes_per_view": 100_000}


@pytest.fixture
def views(cost):
    def run(**more):
        return cost(region="us-east-1", deliveries=[MILLION | more])

    return run


def lines(found):
    return {line.line: line.quantity for line in found.lines}


@pytest.mark.parametrize(
    ("hits", "total"), [("0", "9.32"), ("0.9", "8.96"), ("0.99", "8.92"), ("1", "8.92")]
)
def test_a_million_views_cost_about_nine_dollars_whatever_the_hit_ratio(views, hits, total):
    assert round(views(hit_ratio=hits).total, 2) == D(total)


def test_hits_save_requests_to_s3_and_nothing_at_the_edge(views):
    cold, warm = lines(views()), lines(views(hit_ratio="0.75"))
    assert warm["cf.dto"] == cold["cf.dto"]
    assert warm["cf.https"] == cold["cf.https"]
    assert warm["s3.req.STANDARD.tier2"] == 250_000


def test_a_redirect_bills_an_http_and_an_https_request(views):
    found = lines(views(redirected="0.25"))
    assert (found["cf.http"], found["cf.https"]) == (250_000, 1_000_000)


def test_plain_http_is_not_redirected(views):
    found = lines(views(protocol="http", redirected=1))
    assert (found["cf.http"], "cf.https" in found) == (1_000_000, False)


def test_bytes_from_s3_to_the_edge_are_shown_with_their_price_of_zero(views):
    line = next(line for line in views().lines if line.line == "s3.transfer.to_cloudfront")
    assert (line.amount, line.price.confidence) == (0, "A")


def test_misses_to_infrequent_access_pay_for_retrieval(views):
    found = lines(views(storage_class="STANDARD_IA", hit_ratio="0.5"))
    assert found["s3.retrieval.STANDARD_IA"] == found["cf.dto"] / 2


def test_shield_keys_and_uploads_are_counted_where_they_are_used(views):
    found = lines(views(origin_shield=True, kms=True, hit_ratio="0.9", uploaded_bytes=2**30))
    assert (found["cf.origin_shield"], found["kms.request"], found["cf.dto_origin"]) == (
        100_000,
        100_000,
        1,
    )


def test_an_unknown_edge_group_is_unpriced(views):
    assert {one.line for one in views(edge_group="MOON").unpriced} == {"cf.dto", "cf.https"}
