"""The charges of a bill by line of the price sheet, and their quantities at its prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.costs.billing_lines import BillingLines, Place, Unknown, in_sheet_units, rate_of
from core.costs.estimate import price
from core.costs.price_sheet import Missing, find
from core.costs.tiers import EXACT, ZERO
from core.model.actuals import Charge, ChargeKind
from core.model.estimates import CostLine, Usage, UsageLine
from core.model.pricing import PriceSheet


def total(amounts: Iterable[Decimal]) -> Decimal:
    found = ZERO
    for one in amounts:
        found = EXACT.add(found, one)
    return found


@dataclass
class Billed:
    """The charges of one line of the bill."""

    service: str
    line: str
    region: str
    reason: str = ""
    charges: list[Charge] = field(default_factory=list)

    def sum(self, charges: Iterable[Charge] | None = None) -> Decimal:
        return total(c.billed for c in (self.charges if charges is None else charges))

    def usage(self, *, free: bool | None = None) -> list[Charge]:
        return [
            charge
            for charge in self.charges
            if charge.kind is ChargeKind.USAGE and (free is None or charge.is_free == free)
        ]


def grouped(charges: Sequence[Charge], places: BillingLines) -> list[Billed]:
    """By line and region; what has no line of the sheet by its usage type or its kind."""
    found: dict[tuple[str, ...], Billed] = {}
    for charge in charges:
        place = places.place(charge.service, charge.usage_type, charge.operation)
        if isinstance(place, Place):
            key: tuple[str, ...] = (place.line, place.region)
            made = Billed(charge.service, place.line, place.region)
        else:
            name = charge.usage_type if charge.kind is ChargeKind.USAGE else charge.kind.value
            key = ("", charge.service, name)
            made = Billed(charge.service, "", charge.region, reason=_reason(charge, place))
        found.setdefault(key, made).charges.append(charge)
    return list(found.values())


def _reason(charge: Charge, place: Unknown) -> str:
    return place.reason if charge.kind is ChargeKind.USAGE else ""


class Rates:
    """What the billed quantities cost at the sheet's prices, all of them and the paid ones."""

    def __init__(
        self, billed: Billed, sheet: PriceSheet, period: str, *, priced: bool = True
    ) -> None:
        self._sheet, self._billed, self._period = sheet, billed, period
        found = find(sheet, rate_of(billed.line), billed.region)
        self.unit = "" if isinstance(found, Missing) else found.unit
        self.problem = found.reason if isinstance(found, Missing) else ""
        self.quantity = self._quantity(billed.usage())
        self.cost_line: CostLine | None = None  # the whole quantity, tier by tier
        if priced:  # where only the quantity matters, the rest would take its time
            self.at_list = self._cost(self.quantity, keep=True)
            self.paid = self._cost(self._quantity(billed.usage(free=False)))

    def _quantity(self, charges: Sequence[Charge]) -> Decimal:
        quantity = ZERO
        for charge in charges:
            own = in_sheet_units(charge.quantity, charge.unit, self.unit)
            if own is None:
                self.problem = self.problem or f"the unit {charge.unit!r} is not that of the sheet"
            quantity = EXACT.add(quantity, own or ZERO)
        return quantity

    def _cost(self, quantity: Decimal, *, keep: bool = False) -> Decimal:
        if self.problem:
            return ZERO
        if quantity < 0:  # a correction of an earlier month
            self.problem = "the billed quantity is negative"
            return ZERO
        one = UsageLine(
            line=self._billed.line,
            region=self._billed.region,
            quantity=quantity,
            rate_of=rate_of(self._billed.line),
        )
        usage = Usage(
            period=self._period, allowances="none", free_mode="before_tiers", lines=(one,)
        )
        found = price(usage, self._sheet)
        if found.unpriced:
            self.problem = found.unpriced[0].reason
        if keep:
            self.cost_line = next(iter(found.lines), None)
        return found.total
