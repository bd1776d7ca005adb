"""Why a month's cost changed, whom it belongs to, and what one unit of use costs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.model.budgets import Anomaly
from core.model.months import Allocation, CostMonth, Effect, MonthComparison, UnitCost
from core.ui import calculation, formats, parts, plots
from core.ui.markup import Markup, tag
from core.ui.parts import Tone

_STEPS = 5  # of a waterfall; the rest is one step
_LEAST = Decimal("0.005")  # USD; less than half a cent is not worth a row
_ANOMALIES = 8


def steps(compared: MonthComparison) -> plots.Figure | None:
    """From last month's cost to this one's, the largest reasons first."""
    if compared.total_before is None or not compared.effects:
        return None
    large = [one for one in compared.effects if abs(one.change) >= _LEAST][:_STEPS]
    shown = [(one.name, float(one.change)) for one in large]
    rest = sum((one.change for one in compared.effects), Decimal(0)) - sum(
        (one.change for one in large), Decimal(0)
    )
    if abs(rest) >= _LEAST:
        shown.append(("everything else", float(rest)))
    start = (formats.month(compared.before), float(compared.total_before))
    return plots.waterfall(start, shown, formats.month(compared.after))


def span(compared: MonthComparison, month: CostMonth) -> str:
    """Which days the steps are of, and what of the page's total they leave out."""
    before, after = formats.month(compared.before), formats.month(compared.after)
    if not compared.same_days:
        return f"from what is known of {before} to {after}; these are not the same days"
    if compared.days >= month.month_days:
        return f"from {before}, the largest reasons first"
    first = f"from {before}, the first {compared.days} days of both"
    left = month.total - compared.total_after
    if not left:
        return first
    amount = formats.money(left, month.currency)
    return f"{first}; {amount} of the last days are not compared yet"


def effects(rows: Sequence[Effect], currency: str) -> Markup:
    """Each change taken apart into how much, where, and at which price."""
    cells = (
        (tag("span", one.name, tag("br"), tag("small", one.because, class_="ui-muted")),
         _signed(one.change, currency), _signed(one.quantity, currency),
         _signed(one.mix, currency), _signed(one.price, currency))
        for one in rows
        if abs(one.change) >= _LEAST
    )  # fmt: skip
    head = ("Because of", "Change", "Quantity", "Mix", "Price")
    return parts.table(head, cells, right=(1, 2, 3, 4))


def _signed(amount: Decimal, currency: str) -> str:
    if abs(amount) < _LEAST:
        return "\u2013"
    return formats.signed(amount, currency)


def anomalies(found: Sequence[Anomaly], currency: str) -> Markup | None:
    if not found:
        return None
    rows = (
        (f"{one.day:%d\u00a0%b}", one.name,
         _instead(one, currency),
         tag("span", one.effect.because or one.note, _drivers(one)))
        for one in found[:_ANOMALIES]
    )  # fmt: skip
    return tag(
        "section",
        parts.title("Odd days", "far from what such days cost"),
        parts.table(("Day", "What", "Cost", "Behind it"), rows),
    )


def _instead(anomaly: Anomaly, currency: str) -> str:
    actual = formats.money(anomaly.actual, currency)
    return f"{actual} instead of {formats.money(anomaly.expected, currency)}"


def _drivers(anomaly: Anomaly) -> Markup | None:
    if not anomaly.drivers:
        return None
    rows = (
        tag("li", f"{one.kind} ", parts.mono(one.name, 60), " ",
            f"{formats.size(one.bytes)}, usually {formats.size(one.usual_bytes)}")
        for one in anomaly.drivers[:3]
    )  # fmt: skip
    return tag("ul", *rows, class_="ui-list")


def unallocated(item: Allocation, currency: str) -> Markup:
    """What belongs to nobody is as visible as the rest."""
    words = (
        f"{formats.money(item.unallocated, currency)} "
        f"({_percent(item.unallocated_percent)}) belong to none of them"
    )
    why = f": {'; '.join(item.reasons)}" if item.reasons and item.unallocated else ""
    return parts.note(f"{words}{why}.", Tone.WARN if item.warn else Tone.NEUTRAL)


def _percent(share: Decimal) -> str:
    return f"{share:.1f} %".replace("-", "\u2212")


def units(rows: Sequence[UnitCost], currency: str) -> Markup | None:
    if not rows:
        return None
    cells = (
        (f"Per {one.name}",
         parts.badge(Tone.UNKNOWN, "unknown") if one.usd is None
         else f"{formats.money(one.usd, currency)}",
         one.reason if one.usd is None
         else f"{one.covers} over {calculation.quantity(one.count, one.unit)}, "
         f"counted by {one.source}")
        for one in rows
    )  # fmt: skip
    return tag(
        "section",
        parts.title("Unit costs"),
        parts.table(("", "Cost", "How it is counted"), cells, right=(1,)),
    )
