"""AWS's bulk price list as published: one offer file becomes flat records, nothing interpreted.

`products[sku].attributes` say what is priced, `terms.OnDemand[sku][term].priceDimensions` say how
much, one dimension per tier. All dimensions are read; prices are per single unit, also where the
description speaks of 1,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import UnreadableContent
from core.model.base import Noun
from core.model.pricing import Number


class OfferPrice(Noun):
    """One tier of one product. `end` None: without end."""

    offer: str
    region: str  # AWS region code; '' for an offer that is not regional
    usage_type: str
    operation: str
    begin: Number
    end: Number | None
    unit: str
    usd: Number
    rate_code: str


class Offer(Noun):
    code: str
    version: str
    published_on: date
    sha256: str
    prices: tuple[OfferPrice, ...]


def parse_offer(data: object, sha256: str) -> Offer:
    """Raises `UnreadableContent` where it is no offer file or not in USD."""
    try:
        return _offer(data, sha256)
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as error:
        raise UnreadableContent(
            f"The price list has another form than expected: {error!r}.",
            hint="AWS may have changed the form. The prices that are stored stay in use.",
        ) from error


def _offer(data: Any, sha256: str) -> Offer:
    code = str(data["offerCode"])
    return Offer(
        code=code,
        version=str(data["version"]),
        published_on=datetime.fromisoformat(data["publicationDate"]).date(),
        sha256=sha256,
        prices=tuple(_prices(code, data["products"], data["terms"]["OnDemand"])),
    )


def _prices(
    code: str, products: Mapping[str, Any], terms: Mapping[str, Any]
) -> Iterator[OfferPrice]:
    for sku, offered in terms.items():
        attributes = products[sku]["attributes"]
        for term in offered.values():
            for rate_code, dimension in term["priceDimensions"].items():
                yield _price(code, attributes, rate_code, dimension)


def _price(
    code: str, attributes: Mapping[str, str], rate_code: str, dimension: Mapping[str, Any]
) -> OfferPrice:
    end = dimension.get("endRange", "Inf")
    return OfferPrice(
        offer=code,
        region=attributes.get("regionCode", ""),
        usage_type=attributes["usagetype"],
        operation=attributes.get("operation", ""),
        begin=Decimal(dimension.get("beginRange", "0")),
        end=None if end == "Inf" else Decimal(end),
        unit=dimension["unit"],
        usd=Decimal(dimension["pricePerUnit"]["USD"]),
        rate_code=rate_code,
    )
