"""The bulk price list over real HTTP, from a server that also misbehaves."""

import hashlib
import json

import pytest

from core.aws.price_list import PriceList
from core.errors import AwsUnavailable, TooLarge
from tests.costs.offers import CLOUDFRONT, ROOT, S3_IRELAND, served, site

INDEX = f"{ROOT}/AmazonS3/current/region_index.json"


def read(pages, call, **options):
    with served(pages) as url, PriceList(url, **options) as price_list:
        return call(price_list)


def test_an_offer_is_found_by_its_region_and_checksummed():
    found = read(site(), lambda one: one.regional_offer("AmazonS3", "eu-west-1"))
    assert found.data["products"].keys() == S3_IRELAND["products"].keys()
    assert found.sha256 == hashlib.sha256(json.dumps(S3_IRELAND).encode()).hexdigest()


def test_a_global_offer_needs_no_region():
    assert read(site(), lambda one: one.global_offer("AmazonCloudFront")).data == CLOUDFRONT


def test_a_region_without_the_service_has_no_offer():
    assert read(site(), lambda one: one.regional_offer("AmazonS3", "mars-1")) is None


@pytest.mark.parametrize(
    "page",
    [
        404, 503, b"<html>", b"\xff\xfe", {"other": 1}, [1], {"regions": {"eu-west-1": {}}},
        {"regions": {"eu-west-1": {"currentVersionUrl": "http://elsewhere.example/x"}}},
        {"regions": {"eu-west-1": {"currentVersionUrl": f"{ROOT}/../../secret"}}},
        {"regions": {"eu-west-1": {"currentVersionUrl": "@elsewhere.example/x"}}},
    ],
)  # fmt: skip
def test_an_unusable_answer_is_told_and_leads_nowhere_else(page):
    with pytest.raises(AwsUnavailable) as told:
        read(site(**{INDEX: page}), lambda one: one.regional_offer("AmazonS3", "eu-west-1"))
    assert told.value.hint


def test_an_offer_beyond_the_limit_is_not_read_to_the_end():
    with pytest.raises(TooLarge):
        read(site(), lambda one: one.global_offer("AmazonCloudFront"), max_bytes=100)


def test_nobody_at_the_address_is_told():
    with served({}) as url:
        pass
    with PriceList(url) as price_list, pytest.raises(AwsUnavailable, match="ConnectError"):
        price_list.global_offer("AmazonCloudFront")
