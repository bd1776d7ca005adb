"""What one file costs a month and per thousand views, and what of it is assumed."""

from decimal import Decimal

import pytest

from core.costs.file_cost import ASSUMED_HITS, file_cost, usual_delivery
from core.costs.service.sheets import bundled_sheet
from core.model.file_cost import EdgeShare, FileUse, StoredPart, UsualDelivery
from core.model.measured import DeliveredGroup, MeasuredMonth

GIB = 2**30
ASSUMED = usual_delivery(None)


def use(parts=(), view_bytes=GIB, region="us-east-1"):
    return FileUse(region=region, parts=parts, view_of="original", view_bytes=view_bytes)


def amounts(estimate):
    return {line.line: line.amount for line in estimate.lines}


def test_a_gibibyte_in_three_objects_costs_its_storage():
    parts = (
        StoredPart(name="original", bytes=GIB // 2),
        StoredPart(name="two", bytes=GIB // 2, count=2),
    )
    found = file_cost(use(parts), ASSUMED, bundled_sheet(), "2026-11")
    assert amounts(found.stored) == {"s3.storage.STANDARD": Decimal("0.023")}


def test_a_thousand_views_cost_bytes_requests_and_the_misses_at_the_origin():
    usual = UsualDelivery(
        hit_ratio=Decimal("0.75"), hit_source="", edge_source="",
        edges=(EdgeShare(edge_group="US", share=Decimal(1)),),
    )  # fmt: skip
    found = amounts(
        file_cost(use(view_bytes=GIB // 1000), usual, bundled_sheet(), "2026-11").viewed
    )
    assert found["cf.https"] == Decimal("0.001")
    assert found["s3.req.STANDARD.tier2"] == Decimal("0.0001")  # 250 of them
    assert round(found["cf.dto"], 6) == Decimal("0.085000")
    assert found["s3.transfer.to_cloudfront"] == 0


def test_views_from_two_price_groups_are_weighed():
    usual = UsualDelivery(
        hit_ratio=Decimal(1), hit_source="", edge_source="",
        edges=(EdgeShare(edge_group="US", share=Decimal("0.5")),
               EdgeShare(edge_group="IN", share=Decimal("0.5"))),
    )  # fmt: skip
    lines = file_cost(use(), usual, bundled_sheet(), "2026-11").viewed.lines
    assert {(one.line, one.region, one.quantity) for one in lines if one.line == "cf.dto"} == {
        ("cf.dto", "US", Decimal(500)), ("cf.dto", "IN", Decimal(500)),
    }  # fmt: skip


def test_a_region_without_a_price_is_unpriced_and_not_free():
    parts = (StoredPart(name="original", bytes=GIB),)
    found = file_cost(use(parts, region="mars-north-1"), ASSUMED, bundled_sheet(), "2026-11")
    assert not found.stored.is_complete
    assert found.stored.unpriced[0].line == "s3.storage.STANDARD"


def test_an_empty_file_costs_nothing_to_store():
    found = file_cost(
        use((StoredPart(name="original", bytes=0),)), ASSUMED, bundled_sheet(), "2026-11"
    )
    assert found.stored.total == 0


def month(*groups):
    return MeasuredMonth(period="2026-11", delivered=groups)


@pytest.mark.parametrize(
    ("measured", "hits", "source"),
    [
        (None, ASSUMED_HITS, "assumed: no access logs"),
        (MeasuredMonth(period="2026-11"), ASSUMED_HITS, "assumed: no access logs"),
        (month(DeliveredGroup(edge_group="EU", requests=9, bytes=1, misses=9)), ASSUMED_HITS,
         "assumed: only 9 requests"),
        (month(DeliveredGroup(edge_group="EU", requests=4000, bytes=1, misses=None)), ASSUMED_HITS,
         "assumed: no access logs"),
        (month(DeliveredGroup(edge_group="EU", requests=4000, bytes=1, misses=1000)),
         Decimal("0.75"), "measured: 4,000 requests of 2026-11"),
    ],
)  # fmt: skip
def test_a_hit_ratio_is_measured_or_said_to_be_assumed(measured, hits, source):
    found = usual_delivery(measured)
    assert found.hit_ratio == hits
    assert found.hit_source.startswith(source)


def test_edges_come_from_the_logs_without_those_whose_place_is_not_known():
    found = usual_delivery(
        month(
            DeliveredGroup(edge_group="EU", requests=3000, bytes=1, misses=0),
            DeliveredGroup(edge_group="US", requests=1000, bytes=1, misses=0),
            DeliveredGroup(edge_group="", requests=5000, bytes=1, misses=0),
        )
    )
    assert [(one.edge_group, one.share) for one in found.edges] == [
        ("EU", Decimal("0.75")), ("US", Decimal("0.25")),
    ]  # fmt: skip
    assert found.edge_source == "measured: edges of 2026-11"
    assert ASSUMED.edge_source.startswith("assumed")
