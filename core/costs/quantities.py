"""Numbers as usage files give them: exact, not negative, and of a size that means something."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from core.costs.tiers import EXACT, ZERO
from core.model.estimates import UsageLine

GIB = Decimal(2**30)
_MOST = Decimal("1e30")
_FINEST = -60


def _no_flag(value: object) -> object:
    """A JSON true is no number, whatever Python says."""
    if isinstance(value, bool):
        raise ValueError("a number is needed")  # noqa: TRY004  # pydantic reports a ValueError
    return value


def _sane(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < _FINEST:
        raise ValueError("a number with at most 60 decimals is needed")
    return value


_EXACT = (BeforeValidator(_no_flag), AfterValidator(_sane))
Quantity = Annotated[Decimal, *_EXACT, Field(ge=0, le=_MOST)]
Positive = Annotated[Decimal, *_EXACT, Field(gt=0, le=_MOST)]
Share = Annotated[Decimal, *_EXACT, Field(ge=0, le=1)]
Count = Annotated[int, BeforeValidator(_no_flag), Field(ge=0, le=10**18)]
Size = Annotated[int, BeforeValidator(_no_flag), Field(gt=0, le=10**18)]


def times(*factors: Decimal | int) -> Decimal:
    product = Decimal(1)
    for factor in factors:
        product = EXACT.multiply(product, Decimal(factor))
    return product


def gib(size: Decimal | int) -> Decimal:
    """Bytes as GB of 2^30 bytes, which is what AWS bills."""
    return EXACT.divide(Decimal(size), GIB)


class Tally:
    """Adds up quantities by line and region, in the order in which they first appear."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Decimal] = {}

    def add(self, line: str, region: str, quantity: Decimal, *, rate_of: str = "") -> None:
        if quantity:
            place = (line, region, rate_of)
            self._found[place] = EXACT.add(self._found.get(place, ZERO), quantity)

    def lines(self) -> tuple[UsageLine, ...]:
        return tuple(
            UsageLine(line=line, region=region, quantity=quantity, rate_of=rate_of)
            for (line, region, rate_of), quantity in self._found.items()
        )
