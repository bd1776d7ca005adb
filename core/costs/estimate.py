"""The price of a month of usage, line by line, each amount traceable to its tier and source."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.costs.allowances import free_quantities, is_shared
from core.costs.price_sheet import Missing, find, predates
from core.costs.tiers import EXACT, ZERO, Split, cost_tier, split
from core.model.estimates import (
    Allowances,
    CostEstimate,
    CostLine,
    CostTier,
    FreeMode,
    LinePrice,
    UnpricedLine,
    Usage,
    UsageLine,
)
from core.model.pricing import PriceDimension, PriceSheet, PriceTier, plain

_Positions = dict[tuple[str, str], Decimal]


def price(usage: Usage, sheet: PriceSheet, allowances: Allowances | None = None) -> CostEstimate:
    """Price every line; what has no price is listed as unpriced and is in no total.

    Lines of the same name and region share their tiers, which belong to the whole payer.
    """
    applied = allowances or usage.allowances
    own = tuple(min(line.free_quantity, line.quantity) for line in usage.lines)
    free = free_quantities(usage.lines, sheet) if applied == "always_free" else own
    positions: _Positions = {}
    lines: list[CostLine] = []
    unpriced: list[UnpricedLine] = []
    for line, share in zip(usage.lines, free, strict=True):
        cost, missing = _priced(line, share, line.free_mode or usage.free_mode, sheet, positions)
        lines.extend([cost] if cost else [])
        unpriced.extend([missing] if missing else [])
    return CostEstimate(
        period=usage.period,
        currency=sheet.currency,
        sheet=sheet.version,
        prices_as_of=sheet.as_of.isoformat(),
        total=sum_of(lines),
        lines=tuple(lines),
        unpriced=tuple(unpriced),
        warnings=_warnings(usage, sheet, lines, unpriced, applied),
    )


def sum_of(lines: Sequence[CostLine]) -> Decimal:
    total = ZERO
    for line in lines:
        total = EXACT.add(total, line.amount)
    return total


def _priced(
    line: UsageLine, free: Decimal, mode: FreeMode, sheet: PriceSheet, positions: _Positions
) -> tuple[CostLine | None, UnpricedLine | None]:
    found = find(sheet, line.rate_of or line.line, line.region)
    if line.unit_price_override is not None:
        return _overridden(line, free, found), None
    if isinstance(found, Missing):
        return None, _unpriced(line, line.quantity, found.reason)
    place = (line.line, found.region)
    parts = split(found.tiers, found.per, line.quantity, free, mode, positions.get(place, ZERO))
    positions[place] = parts.reached
    missing = _unpriced(line, parts.unpriced, _unknown_price(found)) if parts.unpriced else None
    if missing and not parts.tiers:
        return None, missing
    return _cost_line(line, free, found, parts), missing


def _overridden(line: UsageLine, free: Decimal, found: PriceDimension | Missing) -> CostLine:
    assert line.unit_price_override is not None  # noqa: S101  # the caller's condition
    quantity = EXACT.subtract(line.quantity, free)
    tier = cost_tier(quantity, line.unit_price_override, line.override_per or Decimal(1))
    known = None if isinstance(found, Missing) else found
    return CostLine(
        line=line.line,
        region=line.region,
        quantity=line.quantity,
        unit=known.unit if known else "",
        tiers=(tier,) if quantity else (),
        free_quantity=free,
        amount=tier.amount,
        price=LinePrice(
            confidence=None,
            sources=("usage file",),
            source_date=None,
            usage_type=known.usage_type if known else None,
            note="unit_price_override",
        ),
    )


def _cost_line(line: UsageLine, free: Decimal, found: PriceDimension, parts: Split) -> CostLine:
    return CostLine(
        line=line.line,
        region=line.region,
        quantity=EXACT.subtract(line.quantity, parts.unpriced),
        unit=found.unit,
        tiers=parts.tiers,
        free_quantity=free,
        amount=parts.amount,
        price=_price_of(found, parts.tiers),
    )


def _price_of(found: PriceDimension, used: Sequence[CostTier]) -> LinePrice:
    """The weakest of the tiers that were used speaks for the line."""
    starts = {tier.start for tier in used}
    tiers = [tier for tier in found.tiers if tier.start in starts] or [found.tiers[0]]
    weakest = max(tiers, key=lambda tier: tier.confidence)
    sources = dict.fromkeys(source for tier in tiers for source in tier.sources)
    return LinePrice(
        confidence=weakest.confidence,
        sources=tuple(sources),
        source_date=weakest.source_date,
        usage_type=found.usage_type,
        note=weakest.note,
    )


def _unpriced(line: UsageLine, quantity: Decimal, reason: str) -> UnpricedLine:
    return UnpricedLine(line=line.line, region=line.region, quantity=quantity, reason=reason)


def _unknown_price(found: PriceDimension) -> str:
    tier: PriceTier = next(tier for tier in found.tiers if tier.price is None)
    beyond = f" beyond {plain(tier.start)}" if tier.start else ""
    note = f" ({tier.note})" if tier.note else ""
    return f"the price of {found.line} in {found.region}{beyond} is not known{note}"


def _warnings(
    usage: Usage,
    sheet: PriceSheet,
    lines: Sequence[CostLine],
    unpriced: Sequence[UnpricedLine],
    applied: Allowances,
) -> tuple[str, ...]:
    """What a reader of the total has to know, each once."""
    told = list(usage.warnings)
    if unpriced:
        told.append(f"{len(unpriced)} lines have no price: the total is a lower bound")
    told += [
        f"{line.line} in {line.region}: the price is assumed ({line.price.note or 'unverified'})"
        for line in lines
        if line.price.confidence == "C"
    ]
    told += [
        f"{line.line}: override_per is missing, the price is taken per single unit"
        for line in usage.lines
        if line.unit_price_override is not None and line.override_per is None
    ]
    if predates(sheet, usage.period):
        told.append(f"{usage.period} is priced with prices of {sheet.as_of}: none older are kept")
    if applied == "always_free" and is_shared(usage.lines, sheet):
        told.append("an allowance is shared by lines of different prices: the cheapest gets it")
    return tuple(dict.fromkeys(told))
