"""Whole bills by hand: quantity x price, typed from the AWS price tables, tier by tier."""

from decimal import Decimal

import pytest

D = Decimal


def by_hand(*parts):
    """The sum of `(quantity, price)` or `(quantity, price, per)`."""
    return sum(D(str(p[0])) * D(p[1]) / D(str(p[2] if len(p) > 2 else 1)) for p in parts)


MILLION = 10**6
BILLS = {
    "Tokyo, 60 TB": ([("s3.storage.STANDARD", "ap-northeast-1", 61_440)], by_hand((51_200, "0.025"), (10_240, "0.024"))),
    "Frankfurt, 600 TB": ([("s3.storage.STANDARD", "eu-central-1", 614_400)], by_hand((51_200, "0.0245"), (460_800, "0.0235"), (102_400, "0.0225"))),
    "Oregon, 200 TB out": ([("s3.transfer.internet_out", "us-west-2", 204_800)], by_hand((10_240, "0.09"), (40_960, "0.085"), (102_400, "0.07"), (51_200, "0.05"))),
    "Sao Paulo out": ([("s3.transfer.internet_out", "sa-east-1", 200_000)], by_hand((10_240, "0.15"), (40_960, "0.138"), (102_400, "0.126"), (46_400, "0.114"))),
    "Tokyo out, 100 GB free": ([("s3.transfer.internet_out", "ap-northeast-1", 20_000, {"free_quantity": 100})], by_hand((10_240, "0.114"), (9_660, "0.089"))),
    "the same, inside the tier": ([("s3.transfer.internet_out", "ap-northeast-1", 20_000, {"free_quantity": 100, "free_mode": "inside_first_tier"})], by_hand((10_140, "0.114"), (9_760, "0.089"))),
    "European edges": ([("cf.dto", "EU", 20_000), ("cf.https", "EU", 30 * MILLION), ("cf.http", "EU", 5 * MILLION)], by_hand((10_240, "0.085"), (9_760, "0.080"), (3_000, "0.0120"), (500, "0.0090"))),
    "Japan, 2 PB": ([("cf.dto", "JP", 2_097_152)], by_hand((10_240, "0.114"), (40_960, "0.089"), (102_400, "0.086"), (358_400, "0.084"), (536_576, "0.080"), (1_048_576, "0.070"))),
    "Australia": ([("cf.https", "AU", MILLION), ("cf.dto_origin", "AU", 100)], by_hand((100, "0.0125"), (100, "0.080"))),
    "over 5 PB": ([("cf.dto", "US", 5_243_880)], by_hand((10_240, "0.085"), (40_960, "0.08"), (102_400, "0.06"), (358_400, "0.04"), (536_576, "0.03"), (4_194_304, "0.025"), (1_000, "0.02"))),
    "Glacier Instant": ([("s3.storage.GLACIER_IR", "us-east-1", 1000), ("s3.req.GLACIER_IR.tier1", "us-east-1", 10**5), ("s3.retrieval.GLACIER_IR", "us-east-1", 50)], by_hand((1000, "0.004"), (100, "0.02"), (50, "0.03"))),
    "Deep Archive, Ireland": ([("s3.storage.DEEP_ARCHIVE", "eu-west-1", 1024), ("s3.req.DEEP_ARCHIVE.tier1", "eu-west-1", MILLION), ("s3.retrieval.DEEP_ARCHIVE.bulk", "eu-west-1", 500)], by_hand((1024, "0.00099"), (1000, "0.055"), (500, "0.003"))),
    "Intelligent-Tiering": ([("s3.storage.INT_FA", "us-east-1", 100), ("s3.storage.INT_IA", "us-east-1", 200), ("s3.storage.INT_AIA", "us-east-1", 300), ("s3.monitoring.INT", "us-east-1", 5 * MILLION)], by_hand((100, "0.023"), (200, "0.0125"), (300, "0.004"), (5000, "0.0025"))),
    "transitions": ([("s3.lifecycle_in.STANDARD_IA", "us-east-1", MILLION), ("s3.lifecycle_in.DEEP_ARCHIVE", "us-east-1", MILLION)], by_hand((1000, "0.01"), (1000, "0.05"))),
    "management": ([("s3.batch.job", "us-east-1", 25), ("s3.batch.object", "us-east-1", 3 * MILLION), ("s3.tags", "us-east-1", 2 * MILLION), ("s3.inventory", "us-east-1", 400 * MILLION)], by_hand((25, "0.25"), (3, "1"), (200, "0.0065"), (400, "0.0025"))),
    "keys": ([("kms.key", "us-west-2", 3), ("kms.request", "us-west-2", MILLION, {"free_quantity": 20_000})], by_hand((3, "1"), (98, "0.03"))),
    "DynamoDB": ([("ddb.wru", "us-east-1", 10 * MILLION), ("ddb.rru", "us-east-1", 40 * MILLION), ("ddb.storage", "us-east-1", 100, {"free_quantity": 25})], by_hand((10, "0.625"), (40, "0.125"), (75, "0.25"))),
    "Lambda on Arm": ([("lambda.duration.arm", "us-east-1", 8 * 10**9)], by_hand((7_500_000_000, "0.0000133334"), (500_000_000, "0.0000120001"))),
    "logs in Tokyo": ([("cw.logs.ingest", "ap-northeast-1", 100), ("cw.logs.storage", "ap-northeast-1", 40)], by_hand((100, "0.76"), (40, "0.033"))),
    "shield in Tokyo": ([("cf.origin_shield", "ap-northeast-1", 50 * MILLION)], by_hand((5000, "0.0090"))),
}  # fmt: skip


@pytest.mark.parametrize("name", BILLS)
def test_a_bill_is_what_a_calculation_by_hand_gives(cost, name):
    lines, total = BILLS[name]
    found = cost(*lines)
    assert (found.total, found.unpriced) == (total, ())


WRONG = {
    "decimal GB": ([("s3.storage.STANDARD", "us-east-1", "93.1322574615")], D("2.30")),
    "the first tier for all": ([("s3.storage.STANDARD", "us-east-1", 614_400)], by_hand((614_400, "0.023"))),
    "S3's own zero for egress": ([("s3.transfer.internet_out", "us-east-1", 500)], D(0)),
    "the price of the US elsewhere": ([("cf.dto", "SA", 1000)], D(85)),
    "PUT at the price of GET": ([("s3.req.STANDARD.tier1", "us-east-1", MILLION)], D("0.40")),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_known_mistake_is_not_made(cost, name):
    lines, mistake = WRONG[name]
    assert abs(cost(*lines).total - mistake) > D("0.01")


def test_what_is_unpriced_is_not_zero(cost):
    assert cost(("s3.storage.GLACIER_IR", "eu-west-1", 1000)).unpriced
