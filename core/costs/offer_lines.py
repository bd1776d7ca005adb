"""Which line and region of the price sheet a published price belongs to.

The key is offer + usage type + operation, each matched in full. The usage types are those of the
sheet itself. What the offers are known to hold wrongly is left out: internet egress in AmazonS3
is 0.00 there, and Deep Archive's storage has an offer of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from core.costs.offers import OfferPrice
from core.model.pricing import PriceDimension, PriceSheet

S3, DEEP_ARCHIVE = "AmazonS3", "AmazonS3GlacierDeepArchive"
TRANSFER, CLOUDFRONT = "AWSDataTransfer", "AmazonCloudFront"
REGIONAL_OFFERS = (S3, DEEP_ARCHIVE, TRANSFER)
GLOBAL_OFFERS = (CLOUDFRONT,)

_HOME = "us-east-1"  # its usage types have no prefix
_EDGE_PREFIXES = {
    "US": "US", "CA": "US", "EU": "EU", "ZA": "ZA_ME", "ME": "ZA_ME",
    "SA": "SA", "JP": "JP", "AU": "AU", "AP": "AP", "IN": "IN",
}  # fmt: skip
_EDGE_LINES = {
    "DataTransfer-Out-Bytes": "cf.dto",
    "DataTransfer-Out-OBytes": "cf.dto_origin",
    "Requests-Tier1": "cf.http",
    "Requests-Tier2-HTTPS": "cf.https",
}
_EGRESS = "s3.transfer.internet_out"
_ELSEWHERE = {_EGRESS: TRANSFER, "s3.storage.DEEP_ARCHIVE": DEEP_ARCHIVE}
_STATED = re.compile(r"(?P<usage>[\w-]+)\??(?:\s\((?P<operation>[\w-]+)[^)]*\))?")

_Key = tuple[str, str, str]


@dataclass(frozen=True)
class OfferLines:
    """`operation` of a key is '' where any operation of the usage type has the price."""

    keys: dict[_Key, str]
    per: dict[tuple[str, str], Decimal]
    prefixes: dict[str, str]

    def place(self, price: OfferPrice) -> tuple[str, str] | None:
        """Line and region; None for what the sheet does not price."""
        if price.offer == CLOUDFRONT:
            return self.at_edge(price.usage_type)
        prefix = self.prefixes.get(price.region)
        if prefix is None or not price.usage_type.startswith(prefix):
            return None
        usage = price.usage_type.removeprefix(prefix)
        line = self.line(price.offer, usage, price.operation)
        return (line, price.region) if line else None

    def line(self, offer: str, usage: str, operation: str) -> str | None:
        """`usage` is the usage type without the region's prefix."""
        return self.keys.get((offer, usage, operation)) or self.keys.get((offer, usage, ""))

    def at_edge(self, usage_type: str) -> tuple[str, str] | None:
        prefix, _, usage = usage_type.partition("-")
        if prefix in _EDGE_PREFIXES and usage in _EDGE_LINES:
            return _EDGE_LINES[usage], _EDGE_PREFIXES[prefix]
        line = self.keys.get((CLOUDFRONT, usage_type, ""))
        return (line, "global") if line else None


def offer_lines(sheet: PriceSheet) -> OfferLines:
    keys: dict[_Key, str] = {}
    for dimension in sheet.dimensions:
        for key in _keys(dimension):
            keys[key] = dimension.line
    return OfferLines(
        keys=keys,
        per={(one.line, one.region): one.per for one in sheet.dimensions},
        prefixes=dict(sheet.region_prefixes),
    )


def _keys(dimension: PriceDimension) -> list[_Key]:
    """A line may state several usage types, and an operation in brackets."""
    offer = _offer_of(dimension)
    if offer is None or dimension.usage_type is None:
        return []
    found = (_STATED.fullmatch(part) for part in dimension.usage_type.split(" / "))
    return [(offer, one["usage"], one["operation"] or "") for one in found if one]


def _offer_of(dimension: PriceDimension) -> str | None:
    if dimension.line.startswith("s3.") and dimension.region == _HOME:
        return _ELSEWHERE.get(dimension.line, S3)
    return CLOUDFRONT if dimension.line.startswith("cf.") and dimension.region == "global" else None
