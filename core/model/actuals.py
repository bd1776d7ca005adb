"""Nouns of what AWS billed, and of how that meets an estimate, line by line and step by step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.model.base import Noun, UtcTime
from core.model.pricing import Money, Number


class ChargeKind(StrEnum):
    USAGE = "usage"
    DISCOUNT = "discount"
    CREDIT = "credit"
    REFUND = "refund"
    TAX = "tax"
    FEE = "fee"  # flat-rate plans, support, commitments
    OTHER = "other"


class Charge(Noun):
    """What one kind of charge came to on one day; rows of an export that agree are added up.

    `list_cost` None: the source does not tell the list price. `is_free`: AWS gave it at 0.
    """

    day: date
    service: str
    usage_type: str
    operation: str = ""
    region: str = ""
    resource: str = ""
    kind: ChargeKind = ChargeKind.USAGE
    kind_name: str = ""  # the source's own word
    quantity: Number = Decimal(0)
    unit: str = ""
    list_cost: Number | None = None
    billed: Number
    currency: str = "USD"
    is_free: bool = False


class Actuals(Noun):
    """The charges of one month of one payer. `estimated`: AWS may still restate them.

    `as_of` is when AWS told them, `read_at` when they were read; None: then, too.
    """

    source: str  # Cost Explorer, CUR 2.0, FOCUS
    period: str  # YYYY-MM
    as_of: UtcTime
    read_at: UtcTime | None = None
    charges: tuple[Charge, ...]
    estimated: bool = False
    warnings: tuple[str, ...] = ()
    problem: str = ""  # why these are the last good data and not the newest

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(sorted({charge.currency for charge in self.charges}))

    def total(self, currency: str) -> Decimal:
        return sum((c.billed for c in self.charges if c.currency == currency), Decimal(0))


class ReconciledLine(Noun):
    """One line of the bill against the estimate: the four steps add up to `gap` exactly.

    A step of None could not be told apart; its money then stands in `discount`, and `notes` say so.
    """

    service: str
    line: str  # of the price sheet; '' where the usage type is not known
    region: str
    usage_types: tuple[str, ...]
    unit: str = ""
    estimated_quantity: Number | None = None
    actual_quantity: Number | None = None
    estimate: Money  # 0 where nothing was estimated
    at_list: Money | None = None  # actual quantity at the sheet's prices
    list_cost: Money | None = None  # what AWS calls the list price of it
    billed: Money
    quantity_step: Money = Decimal(0)
    price_step: Money | None = Decimal(0)
    discount_step: Money = Decimal(0)  # discounts, free shares, credits, plans, tax
    scope_step: Money = Decimal(0)
    sheet_is_wrong: bool = False
    notes: tuple[str, ...] = ()

    @property
    def gap(self) -> Decimal:
        return self.billed - self.estimate


class ForeignAmount(Noun):
    """Charges in a currency that the price sheet is not in: shown, never converted."""

    currency: str
    billed: Money
    charges: int


class Reconciliation(Noun):
    """`wape` is the weighted error of the quantities alone; None without any to compare."""

    period: str
    source: str
    as_of: UtcTime
    estimated: bool
    currency: str
    sheet: str
    estimate: Money
    billed: Money
    quantity_step: Money
    price_step: Money
    discount_step: Money
    scope_step: Money
    lines: tuple[ReconciledLine, ...]
    unknown_usage_types: tuple[str, ...]
    other_currencies: tuple[ForeignAmount, ...] = ()
    wape: Number | None = None
    warnings: tuple[str, ...] = ()

    @property
    def gap(self) -> Decimal:
        return self.billed - self.estimate

    @property
    def wrong_lines(self) -> tuple[ReconciledLine, ...]:
        """Lines for which the sheet's price is not the one that AWS charges."""
        return tuple(line for line in self.lines if line.sheet_is_wrong)
