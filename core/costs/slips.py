"""Why a stated price may be wrong: it is another line's price, or a unit slipped."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import takewhile

from core.costs.tiers import EXACT
from core.model.pricing import PriceDimension, PriceSheet, PriceTier, plain

NEAR = Decimal("0.005")  # relative; a display that was rounded is not compared

_RATIOS: tuple[tuple[Decimal, str], ...] = (
    (Decimal(2**30) / Decimal(10**9), "decimal against binary GB: 10^9 against 2^30 bytes"),
    (Decimal("1.024"), "1,000 against 1,024 GB in a TB, or MB in a GB"),
    (Decimal(2**40) / Decimal(10**12), "decimal against binary TB: 10^12 against 2^40 bytes"),
    (Decimal(744) / Decimal(730), "hours of the month: 730 against 744"),
    (Decimal(10), "a per-unit slip, such as per 1,000 against per 10,000"),
    (Decimal(100), "a per-unit slip by 100, or cents against dollars"),
    (Decimal(1000), "a slip by a thousand, such as per request against per 1,000, or MB and GB"),
    (Decimal(1024), "GB against TB, or MB against GB (1,024)"),
    (Decimal(1_000_000), "a slip by a million, such as per request against per million"),
    (Decimal(730), "an hourly price against a monthly one (730 hours)"),
    (Decimal(744), "an hourly price against a monthly one (744 hours)"),
    (Decimal(12), "a monthly price against a yearly one"),
)
_USUAL = ("us-east-1", "US")
_SAME_ROLE = {
    "tier1": "PUT/COPY/POST/LIST price",
    "tier2": "GET price",
    "http": "HTTP price",
    "https": "HTTPS price",
}


def is_near(left: Decimal, right: Decimal) -> bool:
    """Equal within a relative 0.5 %; zero is near zero only."""
    return abs(left - right) <= NEAR * abs(right)


def unit_price(dimension: PriceDimension, tier: PriceTier) -> Decimal | None:
    return None if tier.price is None else EXACT.divide(tier.price, dimension.per)


def ratio_cause(ratio: Decimal) -> str:
    """The name of the nearest known ratio, whichever way round; '' for one that says nothing."""
    if ratio == 0:
        return ""
    factor = ratio if ratio > 1 else 1 / ratio
    known, cause = min(_RATIOS, key=lambda row: abs(factor - row[0]) / row[0])
    return cause if is_near(factor, known) else ""


def by_how_much(ratio: Decimal) -> str:
    if ratio == 0:
        return "stated as free"
    high = ratio > 1
    factor = ratio if high else 1 / ratio
    return f"{plain(significant(factor, 3))} times too {'high' if high else 'low'}"


def significant(value: Decimal, digits: int) -> Decimal:
    return value if value == 0 else round(value, digits - 1 - value.adjusted())


def equal_line(claimed: Decimal, expected: Sequence[PriceDimension], sheet: PriceSheet) -> str:
    """Another line of the same service with this price: the place first, then the likeness."""
    if claimed == 0 or not expected:
        return ""
    meant = expected[0]
    regions = {dimension.region for dimension in expected}
    own = {dimension.line for dimension in expected}
    matches = [
        (dimension, tier)
        for dimension in sheet.dimensions
        if kind(dimension.unit) == kind(meant.unit) and _related(dimension, meant)
        if dimension.line not in own or dimension.region not in regions
        for tier in dimension.tiers
        if (price := unit_price(dimension, tier)) is not None and is_near(claimed, price)
    ]
    if not matches:
        return ""
    best = min(matches, key=lambda found: _distance(found[0], found[1], meant, regions))
    return _sentence(*best, own)


def _related(found: PriceDimension, meant: PriceDimension) -> bool:
    """S3 and CloudFront stand on one bill and get mixed up; other services are a coincidence."""
    delivery = ("s3", "cf")
    return found.service == meant.service or {found.service, meant.service} <= set(delivery)


@cache
def kind(unit: str) -> str:
    """What a unit counts: `request PUT/COPY/POST/LIST` and `restore request` are requests."""
    words = unit.split("(", maxsplit=1)[0].split()
    return "request" if "request" in words else words[0] if words else ""


def _distance(
    found: PriceDimension, tier: PriceTier, meant: PriceDimension, regions: set[str]
) -> tuple[bool | int | str, ...]:
    """A first tier is what people quote; then the same service, place, line and name."""
    pairs = zip(found.line, meant.line, strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return (
        tier.start > 0,
        found.service != meant.service,
        found.region not in regions,
        found.line != meant.line,
        -alike,
        found.region not in _USUAL,
        found.region,
    )


def _sentence(dimension: PriceDimension, tier: PriceTier, own: set[str]) -> str:
    role = _SAME_ROLE.get(dimension.line.rpartition(".")[2], "price")
    usage = f" ({dimension.usage_type})" if dimension.usage_type else ""
    assert tier.price is not None  # noqa: S101  # the caller looked for a price
    stated = f"{plain(tier.price)} per {plain(dimension.per)}"
    if dimension.line in own:
        return f"{stated} equals the price of {dimension.region}{usage}"
    return f"{stated} equals the {role} of {dimension.line} in {dimension.region}{usage}"
