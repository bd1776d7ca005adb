"""What AWS never charges, laid over the lines of one payer's month.

An allowance is shared by several lines and regions. AWS does not say which of them it meets
first, so the cheapest one gets it: the estimate then never promises more than AWS gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.costs.price_sheet import Missing, find
from core.costs.tiers import EXACT, ZERO
from core.model.estimates import UsageLine
from core.model.pricing import Allowance, PriceSheet

_UNKNOWN_LAST = Decimal("Infinity")


def free_quantities(lines: Sequence[UsageLine], sheet: PriceSheet) -> tuple[Decimal, ...]:
    """The free part of each line: its own, or what it gets of the allowances, never counted twice.

    What a line declares as free is taken as its part of the allowance.
    """
    free = [min(line.free_quantity, line.quantity) for line in lines]
    for allowance in sheet.allowances:
        _hand_out(allowance, lines, sheet, free)
    return tuple(free)


def _hand_out(
    allowance: Allowance, lines: Sequence[UsageLine], sheet: PriceSheet, free: list[Decimal]
) -> None:
    takers = [index for index, line in enumerate(lines) if line.line in allowance.lines]
    left = allowance.quantity
    for index in takers:
        left = EXACT.subtract(left, free[index])
    for index in sorted(takers, key=lambda index: (unit_rate(lines[index], sheet), index)):
        taken = min(max(left, ZERO), EXACT.subtract(lines[index].quantity, free[index]))
        free[index] = EXACT.add(free[index], taken)
        left = EXACT.subtract(left, taken)


def is_shared(lines: Sequence[UsageLine], sheet: PriceSheet) -> bool:
    """Whether one allowance is too small for lines of different prices, so that order matters."""
    for allowance in sheet.allowances:
        takers = [line for line in lines if line.line in allowance.lines and line.quantity > 0]
        total = sum((line.quantity for line in takers), ZERO)
        if total > allowance.quantity and len({unit_rate(line, sheet) for line in takers}) > 1:
            return True
    return False


def unit_rate(line: UsageLine, sheet: PriceSheet) -> Decimal:
    """What the first unit of a line costs; infinite where nobody knows."""
    if line.unit_price_override is not None:
        return EXACT.divide(line.unit_price_override, line.override_per or Decimal(1))
    found = find(sheet, line.rate_of or line.line, line.region)
    if isinstance(found, Missing) or found.tiers[0].price is None:
        return _UNKNOWN_LAST
    return EXACT.divide(found.tiers[0].price, found.per)
