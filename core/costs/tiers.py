"""Tier arithmetic: which part of a quantity meets which price.

cost = quantity / per * price for the part inside [start, end). Nothing is rounded: the context
keeps more digits than a byte count over 2^30 has.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

from core.model.estimates import CostTier, FreeMode
from core.model.pricing import PriceTier

EXACT = Context(prec=60)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Split:
    """The priced parts, the part without a price, and how far into the tiers this reached."""

    tiers: tuple[CostTier, ...]
    unpriced: Decimal
    reached: Decimal

    @property
    def amount(self) -> Decimal:
        total = ZERO
        for tier in self.tiers:
            total = EXACT.add(total, tier.amount)
        return total


def split(
    tiers: tuple[PriceTier, ...],
    per: Decimal,
    quantity: Decimal,
    free: Decimal = ZERO,
    mode: FreeMode = "before_tiers",
    used: Decimal = ZERO,
) -> Split:
    """Lay `quantity` over the tiers, from `used` on (what the same line billed before).

    `before_tiers` takes `free` off and starts in the first tier; `inside_first_tier` lets the
    free part use up the tiers that it lies in, so that later ones start earlier.
    """
    free = min(free, quantity)
    start = used if mode == "before_tiers" else EXACT.add(used, free)
    end = EXACT.add(start, EXACT.subtract(quantity, free))
    priced: list[CostTier] = []
    unpriced = ZERO
    for tier in tiers:
        part = _overlap(tier, start, end)
        if part <= 0:
            continue
        if tier.price is None:
            unpriced = EXACT.add(unpriced, part)
        else:
            priced.append(cost_tier(part, tier.price, per, tier.start, tier.end))
    return Split(tuple(priced), unpriced, end)


def cost_tier(
    quantity: Decimal,
    price: Decimal,
    per: Decimal,
    start: Decimal = ZERO,
    end: Decimal | None = None,
) -> CostTier:
    amount = EXACT.divide(EXACT.multiply(quantity, price), per)
    return CostTier(start=start, end=end, quantity=quantity, price=price, per=per, amount=amount)


def _overlap(tier: PriceTier, start: Decimal, end: Decimal) -> Decimal:
    upper = end if tier.end is None else min(end, tier.end)
    return EXACT.subtract(upper, max(start, tier.start))
