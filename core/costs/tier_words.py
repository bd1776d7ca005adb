"""The volume tier that a claim names: `next 40 TB`, `over 150 TB`, `10 TB - 50 TB`.

A named tier is compared alone: the price of the first 10 TB is not the price of the next 40.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from core.costs.money_text import number
from core.costs.slips import is_near, unit_price
from core.costs.tiers import EXACT
from core.model.pricing import PriceClaim, PriceDimension, PriceTier, plain

_NEAR = 3  # hints that belong to the claim itself; the others are its surroundings
_SIZE = r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>[GTP]i?B)\b"
_UNTIL = re.compile(rf"(?<!after )(?<!after the )\b(?:first|up to)\s+{_SIZE}", re.IGNORECASE)
_WIDE = re.compile(rf"\bnext\s+{_SIZE}", re.IGNORECASE)
_FROM = re.compile(
    rf"(?:\b(?:over|above|beyond|after(?: the first)?|more than|greater than)\s+|>\s*){_SIZE}"
    rf"|{_SIZE.replace('?P<number>', '?P<least>').replace('?P<unit>', '?P<of>')}\s*\+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"(?P<least>\d[\d,]*)\s*(?P<of>[GTP]i?B)?\s*(?:-|\u2013|to)\s*{_SIZE}", re.IGNORECASE
)
_GB_OF = {"T": Decimal(1024), "P": Decimal(1024**2), "G": Decimal(1)}

_Test = Callable[[PriceTier], bool]


def narrowed(dimension: PriceDimension, claim: PriceClaim) -> PriceDimension:
    """The dimension with the named tier alone; as it is where none of its tiers is named."""
    test = _named(" ".join(claim.hints[:_NEAR] or (claim.text,)))
    if test is None or len(dimension.tiers) == 1:
        return dimension
    meant = tuple(tier for tier in dimension.tiers if test(tier))
    return dimension.model_copy(update={"tiers": meant}) if len(meant) == 1 else dimension


def _named(text: str) -> _Test | None:
    """Bounds that no tier has, such as the first 100 GB that are free, name none."""
    if found := _BETWEEN.search(text):
        high = _gb(found["number"], found["unit"])
        low = _gb(found["least"], found["of"] or found["unit"])
        return lambda tier: (tier.start, tier.end) == (low, high)
    if found := _WIDE.search(text):
        width = _gb(found["number"], found["unit"])
        return lambda tier: tier.end is not None and tier.start + width == tier.end
    if found := _FROM.search(text):
        start = _gb(found["number"] or found["least"], found["unit"] or found["of"])
        return lambda tier: tier.start == start
    if found := _UNTIL.search(text):
        end = _gb(found["number"], found["unit"])
        return lambda tier: tier.start == 0 and tier.end == end
    return None


def _gb(count: str, unit: str) -> Decimal:
    return EXACT.multiply(number(count) or Decimal(0), _GB_OF[unit[0].upper()])


def price_of_another_tier(
    claimed: Decimal, meant: PriceDimension, whole: PriceDimension | None
) -> str:
    """The tier of the same line that has the stated price, where the claim named another one."""
    own = {tier.start for tier in meant.tiers}
    others: Sequence[PriceTier] = whole.tiers if whole is not None else ()
    for tier in others:
        price = unit_price(meant, tier)
        if tier.start not in own and price is not None and is_near(claimed, price):
            end = "without end" if tier.end is None else f"to {plain(tier.end)}"
            return f"it is the price of the tier from {plain(tier.start)} {end}"
    return ""
