"""How an amount is made: quantity by price, tier by tier, with where the price comes from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.costs.families import name_of
from core.model.estimates import CostLine, CostTier, UnpricedLine
from core.model.months import MonthLine
from core.model.pricing import PriceSource, plain
from core.ui import formats, parts
from core.ui.markup import Markup, join, tag
from core.ui.parts import Tone

Sources = Mapping[str, PriceSource]
_CONFIDENCE = {
    "A": (Tone.OK, "from AWS's price list"),
    "B": (Tone.OK, "confirmed by two copies"),
    "C": (Tone.WARN, "assumed price"),
    "UNKNOWN": (Tone.UNKNOWN, "unpriced"),
}


def quantity(value: Decimal | None, unit: str) -> str:
    """A quantity with the digits that a person reads."""
    if value is None:
        return "unknown"
    if 0 < value < Decimal("0.001"):
        return f"< 0.001 {unit}".strip()
    whole = abs(value - value.to_integral_value()) < Decimal("0.0005")
    digits = 0 if whole or abs(value) >= 1000 else 3
    return f"{value:,.{digits}f} {unit}".strip()


def named(line: str, region: str = "") -> Markup:
    """A line of the price sheet in words, its code muted beside them."""
    words, code = name_of(line), parts.mono(line, 48)
    known = words != line
    note = tag("small", code if known else None, " ", region, class_="ui-muted")
    return tag("span", words if known else code, " ", note, class_="ui-line-name")


def label(line: MonthLine) -> Markup | None:
    """What must be said beside the amount: an assumed price, or none."""
    price = line.calculation.price if line.calculation else None
    if price is None:
        return parts.badge(Tone.UNKNOWN, "no calculation")
    if price.confidence == "C":
        return parts.badge(Tone.WARN, "assumed price")
    if price.confidence == "UNKNOWN":
        return parts.badge(Tone.UNKNOWN, "unpriced")
    return None


def of_line(line: MonthLine, currency: str, sources: Sources) -> Markup:
    if line.calculation is None:
        why = line.note or "AWS bills it as an amount, without a quantity and a price."
        return parts.note(why, Tone.UNKNOWN)
    return join(_tiers(line.calculation, currency), _billed(line, currency),
                _facts(line, line.calculation, sources))  # fmt: skip


def _tiers(cost: CostLine, currency: str) -> Markup:
    rows = [_tier(tier, currency) for tier in cost.tiers]
    if cost.free_quantity:
        rows.insert(0, (quantity(cost.free_quantity, cost.unit), "free of charge", "",
                        formats.money(Decimal(0), currency)))  # fmt: skip
    head = ("Quantity", "Price", "Tier", "Amount")
    return parts.table(head, rows, right=(0, 1, 2, 3))


def _tier(tier: CostTier, currency: str) -> tuple[str, str, str, str]:
    per = "" if tier.per == 1 else f" per {tier.per:,.0f}"
    end = "and more" if tier.end is None else f"to {tier.end:,.0f}"
    tiers = "" if not tier.start and tier.end is None else f"{tier.start:,.0f} {end}"
    sign = "$" if currency == "USD" else f"{currency} "
    price = f"\u00d7 {sign}{plain(tier.price)}{per}"
    return f"{tier.quantity:,.3f}", price, tiers, f"= {formats.money(tier.amount, currency)}"


def _billed(line: MonthLine, currency: str) -> Markup | None:
    """Where AWS billed something else than list price times quantity, the difference is said."""
    listed = line.calculation.amount if line.calculation else line.amount
    if listed == line.amount:
        return None
    gap = formats.money(line.amount - listed, currency)
    words = (
        f"List price {formats.money(listed, currency)}, billed "
        f"{formats.money(line.amount, currency)}: {gap} by discounts, free shares or taxes"
    )
    return parts.note(f"{words}. {line.note}".strip(), Tone.NEUTRAL)


def _facts(line: MonthLine, cost: CostLine, sources: Sources) -> Markup:
    price = cost.price
    tone, word = (
        (Tone.NEUTRAL, "given with the usage") if price.confidence is None
        else _CONFIDENCE[price.confidence]
    )  # fmt: skip
    return parts.facts(
        (
            ("Unit", cost.unit),
            ("Region", line.region),
            ("Usage type", parts.mono(price.usage_type) if price.usage_type else ""),
            ("Free share", quantity(cost.free_quantity, cost.unit) if cost.free_quantity
             else "none"),
            ("Price", parts.badge(tone, word)),
            ("Source", "; ".join(_source(one, sources) for one in price.sources)),
            ("Source date", price.source_date or "undated"),
            ("Note", price.note),
            ("Line", parts.mono(line.line)),
        )
    )  # fmt: skip


def _source(id: str, sources: Sources) -> str:
    known = sources.get(id)
    return formats.shorten(known.what, 120) if known else id


def unpriced(lines: tuple[UnpricedLine, ...], *, billed: bool = False) -> Markup | None:
    """Usage that costs something nobody knows: listed, and in no total but that of a bill."""
    if not lines:
        return None
    rows = (
        (parts.badge(Tone.UNKNOWN, "unpriced"), named(one.line), one.region or "unknown",
         quantity(one.quantity, ""), one.reason)
        for one in lines
    )  # fmt: skip
    return tag(
        "section",
        parts.title("Not in the estimate", "the sheet has no price of them; the bill has")
        if billed
        else parts.title("Not in the total", "they cost something; nobody knows what"),
        parts.table(("", "Line", "Region", "Quantity", "Why"), rows, right=(3,)),
    )
