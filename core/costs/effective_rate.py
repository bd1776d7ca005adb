"""A bill without list prices, held against the sheet by what each unit came to.

AWS never bills more than its list price, so a higher rate says that the sheet is wrong. A lower
one may be a free share or a discount as well, so nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from core.costs.families import unit_word
from core.costs.tiers import EXACT
from core.model.actuals import Charge
from core.model.estimates import CostLine
from core.model.pricing import plain

TOLERANCE = Decimal("0.01")
_SHOWN = Context(prec=4)
_NO_LIST = "the source has no list prices"


@dataclass(frozen=True)
class RateCheck:
    """`step` is what the price explains of the difference; None: that can't be told."""

    step: Decimal | None
    is_wrong: bool
    note: str


def check_rate(billed: Decimal, cost: CostLine | None, usage: Sequence[Charge]) -> RateCheck:
    """`cost` is the whole billed quantity at the sheet's prices."""
    if cost is None or not cost.quantity:
        return RateCheck(None, is_wrong=False, note=f"{_NO_LIST}, and no quantity to compare by")
    if not all(charge.unit for charge in usage):
        return RateCheck(None, is_wrong=False, note=f"{_NO_LIST}, and the quantity has no unit")
    step = EXACT.subtract(billed, cost.amount)
    told = f"billed at {_rate(billed, cost)}, the sheet says {_rate(cost.amount, cost)}"
    if abs(step) <= TOLERANCE:
        return RateCheck(step, is_wrong=False, note=f"{_NO_LIST}; {told}")
    if step > 0:
        return RateCheck(step, is_wrong=True, note=f"{told}: the price sheet is wrong here")
    why = "a free share, a discount and a lower price can't be told apart"
    return RateCheck(None, is_wrong=False, note=f"{_NO_LIST}; {told}: {why}")


def _rate(amount: Decimal, cost: CostLine) -> str:
    """The mean over all tiers, per as many units as the sheet's own price is for."""
    per = cost.tiers[0].per if cost.tiers else Decimal(1)
    mean = EXACT.divide(EXACT.multiply(amount, per), cost.quantity)
    many = "" if per == 1 else f"{per:,.0f} "
    return f"${plain(_SHOWN.plus(mean))} per {many}{unit_word(cost.unit)}"
