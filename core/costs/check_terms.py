"""The words of a verdict: where a price holds, from which tier on, what was taken for granted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.costs.readings import Reading
from core.costs.slips import kind, significant, unit_price
from core.costs.tiers import EXACT
from core.model.pricing import (
    PriceClaim,
    PriceDimension,
    PriceEvidence,
    PriceSheet,
    PriceTier,
    Reference,
    plain,
)

_REFERENCES = {"GB-month": 100, "GB": 1024, "request": 1_000_000, "object-month": 1_000_000}
_GB_NOTE = "GB are 2^30 bytes"


@dataclass(frozen=True)
class Match:
    dimension: PriceDimension
    tier: PriceTier

    @property
    def is_first_tier(self) -> bool:
        return self.tier in (self.dimension.tiers[0], first_paid(self.dimension))


def first_paid(dimension: PriceDimension) -> PriceTier:
    """The tier that a bill meets first; a free first part of a line is no price to compare."""
    return next((tier for tier in dimension.tiers if tier.price), dimension.tiers[0])


def ratio_to(claimed: Decimal, dimension: PriceDimension, tier: PriceTier) -> Decimal | None:
    price = unit_price(dimension, tier)
    return significant(claimed / price, 6) if price else None


def expected_price(dimension: PriceDimension, tier: PriceTier, claim: PriceClaim) -> Decimal | None:
    price = unit_price(dimension, tier)
    return None if price is None else EXACT.multiply(price, claim.per)


def reference_bill(claimed: Decimal, dimension: PriceDimension, tier: PriceTier) -> Reference:
    unit = kind(dimension.unit)
    quantity = Decimal(_REFERENCES.get(unit, int(dimension.per)))
    price = unit_price(dimension, tier) or Decimal(0)
    return Reference(
        quantity=quantity,
        unit=unit,
        claimed_usd=EXACT.multiply(claimed, quantity),
        list_usd=EXACT.multiply(price, quantity),
    )


def conditions_of(
    claim: PriceClaim,
    reading: Reading,
    matches: Sequence[Match],
    others: Sequence[PriceDimension],
    sheet: PriceSheet,
) -> tuple[str, ...]:
    told = list(reading.assumed)
    if not claim.per_is_given:
        unit = kind(matches[0].dimension.unit)
        told.append(f"no unit is given: it holds per {plain(claim.per)} {unit}")
    told += [_place(matches, others)] if others else []
    told += [_tier_range(found) for found in matches if len(found.dimension.tiers) > 1]
    told += [assumed_price(m.dimension) for m in matches if m.tier.confidence == "C"]
    lines = {found.dimension.line for found in matches}
    told += [
        f"after the always-free {plain(free.quantity)} {free.unit} a month of the whole payer"
        for free in sheet.allowances
        if lines & set(free.lines)
    ]
    if kind(matches[0].dimension.unit).startswith("GB"):
        told.append(_GB_NOTE)
    return tuple(dict.fromkeys(told))


def _place(matches: Sequence[Match], others: Sequence[PriceDimension]) -> str:
    """Where the price holds, and what it is elsewhere."""
    lines = {d.line for d in (*(m.dimension for m in matches), *others)}

    def name(dimension: PriceDimension) -> str:
        return f"{dimension.line} {dimension.region}" if len(lines) > 1 else dimension.region

    held = ", ".join(dict.fromkeys(name(found.dimension) for found in matches))
    rest = ", ".join(f"{name(d)} {_first_price(d)}" for d in others)
    return f"holds in {held}; elsewhere: {rest}"


def _first_price(dimension: PriceDimension) -> str:
    price = first_paid(dimension).price
    return "unknown" if price is None else f"{plain(price)} per {plain(dimension.per)}"


def _tier_range(found: Match) -> str:
    tier, unit = found.tier, kind(found.dimension.unit)
    end = "without end" if tier.end is None else f"to {plain(tier.end)}"
    return f"holds from {plain(tier.start)} {end} {unit} a month"


def compared_with(meant: PriceDimension, priced: Sequence[PriceDimension]) -> str:
    """What the comparison took for granted where the claim names no place."""
    if len(priced) == 1:
        return ""
    return f"compared with {meant.line} in {meant.region}; no other place has this price either"


def assumed_price(dimension: PriceDimension) -> str:
    note = f" ({dimension.tiers[0].note})" if dimension.tiers[0].note else ""
    return f"the sheet's price of {dimension.line} in {dimension.region} is assumed{note}"


def unknown_price(dimension: PriceDimension) -> str:
    note = f" ({dimension.tiers[0].note})" if dimension.tiers[0].note else ""
    return f"the price of {dimension.line} in {dimension.region} is not known{note}"


def evidence_of(dimension: PriceDimension, tier: PriceTier, sheet: PriceSheet) -> PriceEvidence:
    return PriceEvidence(
        line=dimension.line,
        region=dimension.region,
        usage_type=dimension.usage_type,
        price=tier.price,
        per=dimension.per,
        unit=dimension.unit,
        tier_from=tier.start,
        tier_to=tier.end,
        confidence=tier.confidence,
        sources=tier.sources,
        source_date=tier.source_date,
        sheet=f"{sheet.version}, read {sheet.fetched_on}",
    )
