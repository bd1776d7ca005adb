"""Nouns of an estimate: usage as a file gives it, and what it costs line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from core.model.base import Noun
from core.model.pricing import Confidence, Money, Number

Allowances = Literal["none", "always_free"]
FreeMode = Literal["before_tiers", "inside_first_tier"]


class UsageLine(Noun):
    """`quantity` in the line's own unit. `free_mode` None: as the file says."""

    line: str
    region: str
    quantity: Number
    free_quantity: Number = Decimal(0)
    free_mode: FreeMode | None = None
    unit_price_override: Number | None = None
    override_per: Number | None = None
    rate_of: str = ""  # prices this line at the rate of another one, such as an early delete


class Usage(Noun):
    """One month of usage of one payer, ready to be priced."""

    period: str  # YYYY-MM
    allowances: Allowances
    free_mode: FreeMode
    lines: tuple[UsageLine, ...]
    warnings: tuple[str, ...] = ()


class CostTier(Noun):
    """The part of a line that one price covers."""

    start: Number
    end: Number | None
    quantity: Number
    price: Number
    per: Number
    amount: Money


class LinePrice(Noun):
    """Where the price of a line comes from. Without a confidence, the usage file gave it."""

    confidence: Confidence | None
    sources: tuple[str, ...]
    source_date: str | None
    usage_type: str | None
    note: str = ""


class CostLine(Noun):
    line: str
    region: str
    quantity: Number
    unit: str
    tiers: tuple[CostTier, ...]
    free_quantity: Number
    amount: Money
    price: LinePrice


class UnpricedLine(Noun):
    """Usage that costs something that we don't know; it is in no total."""

    line: str
    region: str
    quantity: Number
    reason: str


class PlanFigure(Noun):
    """The bill under a flat-rate plan; `breaches` names what exceeds its capacity."""

    plan: str
    total: Money
    plan_fee: Money
    other_lines: Money  # what the plan does not cover
    storage_credit: Money
    breaches: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


class Figures(Noun):
    """The same usage in three ways, side by side."""

    list_usd: Money
    with_free_tier_usd: Money
    flat_rate: PlanFigure | None  # the cheapest plan that holds it; None without CloudFront


class CostEstimate(Noun):
    period: str
    currency: str
    sheet: str  # version of the price sheet
    prices_as_of: str
    total: Money
    lines: tuple[CostLine, ...]
    unpriced: tuple[UnpricedLine, ...]
    warnings: tuple[str, ...]
    figures: Figures | None = None

    @property
    def is_complete(self) -> bool:
        """False: the total is a lower bound."""
        return not self.unpriced


class PlanChoice(Noun):
    """A plan on this usage. `break_even_gb` a month, from which it is cheaper; None: not known."""

    figure: PlanFigure
    capacity_gb: Number
    capacity_requests: Number
    break_even_gb: Number | None


class PlanChoices(Noun):
    """Pay-as-you-go against every plan. Without `options` nothing was delivered or measured."""

    pay_as_you_go: Money
    sent_gb: Number
    requests: Number
    edge_group: str  # at whose prices the break-even is; '' where nobody knows
    options: tuple[PlanChoice, ...]
    is_complete: bool  # False: something has no price, so the totals are lower bounds
