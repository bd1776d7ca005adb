"""What a month of views through CloudFront uses: bytes, requests, redirects, misses at the origin.

Hits save requests to S3, never CloudFront's bytes or requests. Bytes between S3 and CloudFront
are free, and stand in the estimate with their price of 0.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.costs.quantities import Quantity, Share, Tally, gib, times
from core.costs.s3_requests import add_kms, add_reads, sheet_class
from core.costs.tiers import EXACT, ZERO
from core.model.estimates import UsageLine

_ONE = Decimal(1)


class Delivery(BaseModel):
    """`views` of files of `bytes_per_view` from the edges of one group.

    `redirected` is the share of views that come as HTTP first: each bills both requests.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    edge_group: str = Field(max_length=100)
    views: Quantity
    bytes_per_view: Quantity
    protocol: Literal["http", "https"] = "https"
    redirected: Share = ZERO
    hit_ratio: Share = ZERO
    uploaded_bytes: Quantity = ZERO  # from viewers through the edge to the origin
    origin_region: str = Field("", max_length=100)
    storage_class: Literal[
        "STANDARD", "INTELLIGENT_TIERING", "STANDARD_IA", "ONEZONE_IA", "GLACIER_IR"
    ] = "STANDARD"
    origin_shield: bool = False
    kms: bool = False
    bucket_keys: bool = False


def delivery_lines(deliveries: tuple[Delivery, ...], default_region: str) -> tuple[UsageLine, ...]:
    tally = Tally()
    for delivery in deliveries:
        _edge(delivery, tally)
        _origin(delivery, delivery.origin_region or default_region, tally)
    return tally.lines()


def _edge(delivery: Delivery, tally: Tally) -> None:
    group, views = delivery.edge_group, delivery.views
    tally.add("cf.dto", group, times(views, gib(delivery.bytes_per_view)))
    tally.add(f"cf.{delivery.protocol}", group, views)
    if delivery.protocol == "https":
        tally.add("cf.http", group, times(views, delivery.redirected))
    tally.add("cf.dto_origin", group, gib(delivery.uploaded_bytes))


def _origin(delivery: Delivery, region: str, tally: Tally) -> None:
    """What the edge does not have it asks of S3: the misses, and no more."""
    misses = times(delivery.views, EXACT.subtract(_ONE, delivery.hit_ratio))
    stored = sheet_class(delivery.storage_class)
    add_reads(tally, stored, region, misses, delivery.bytes_per_view)
    tally.add("s3.transfer.to_cloudfront", region, times(misses, gib(delivery.bytes_per_view)))
    if delivery.origin_shield:
        tally.add("cf.origin_shield", region, misses)
    if delivery.kms:
        add_kms(tally, region, misses, bucket_keys=delivery.bucket_keys)
