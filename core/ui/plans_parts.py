"""Pay-as-you-go against CloudFront's flat-rate plans, with break-even and capacity. Pure."""

from __future__ import annotations

from decimal import Decimal

from core.model.estimates import Figures, PlanChoice, PlanChoices
from core.ui import formats, parts
from core.ui.markup import Markup, tag
from core.ui.parts import Stat, Tone

_LEAST = Decimal("0.1")  # per cent


def headline(found: PlanChoices) -> str:
    """Which way of paying is the cheapest for this usage."""
    holding = [one for one in found.options if not one.figure.breaches]
    if not holding:
        return "No plan holds this usage: pay-as-you-go is what is left"
    best = min(holding, key=lambda one: one.figure.total)
    total, plan = formats.money(best.figure.total), best.figure.plan
    if best.figure.total < found.pay_as_you_go:
        saved = formats.money(found.pay_as_you_go - best.figure.total)
        least = "" if found.is_complete else "at least "
        return f"The plan {plan} costs {total}, {least}{saved} less than pay-as-you-go"
    if not found.is_complete:
        return "Not known which way is cheaper: some usage has no price"
    paid = formats.money(found.pay_as_you_go)
    return f"Pay-as-you-go costs {paid}; {plan}, the cheapest plan that holds it, {total}"


def figures(three: Figures) -> Markup:
    flat = three.flat_rate
    note = "nothing was delivered" if flat is None else "; ".join(flat.breaches) or flat.plan
    return parts.stat_row(
        (
            Stat("List price", formats.money(three.list_usd), "without anything free"),
            Stat("With free tier", formats.money(three.with_free_tier_usd),
                 "less what AWS never charges"),
            Stat("Flat-rate plan", formats.money(flat.total) if flat else "\u2013", note,
                 Tone.WARN if flat and flat.breaches else Tone.NEUTRAL),
        )
    )  # fmt: skip


def used(found: PlanChoices) -> str:
    where = f", mostly in {found.edge_group}" if found.edge_group else ""
    sent = formats.size(round(found.sent_gb * 2**30))
    return f"Measured: {sent} and {found.requests:,.0f} requests this month{where}."


def table(found: PlanChoices) -> Markup:
    best = min((one.figure.total for one in found.options if not one.figure.breaches), default=None)
    own = (
        tag("span", "Pay-as-you-go", class_="ui-whole"),
        formats.money(found.pay_as_you_go),
        "",
        "",
        "",
        parts.badge(Tone.NEUTRAL, "today")
        if found.is_complete
        else parts.badge(Tone.UNKNOWN, "a lower bound"),
    )
    rows = [own, *(_row(one, found, best) for one in found.options)]
    head = ("Plan", "This month (USD)", "Fee", "Data used of capacity", "Cheaper from", "")
    return parts.table(head, rows, right=(1, 2, 4))


def _row(
    one: PlanChoice, found: PlanChoices, best: Decimal | None
) -> tuple[Markup, str, str, Markup, str, Markup]:
    share = found.sent_gb / one.capacity_gb if one.capacity_gb else Decimal(0)
    asked = found.requests / one.capacity_requests if one.capacity_requests else Decimal(0)
    return (
        tag("span", one.figure.plan, class_="ui-whole"),
        formats.money(one.figure.total),
        formats.money(one.figure.plan_fee),
        _meter(max(share, asked), "data" if share >= asked else "requests"),
        "unknown" if one.break_even_gb is None else f"{one.break_even_gb:,.0f} GB",
        _verdict(one, best),
    )


def _meter(share: Decimal, of: str) -> Markup:
    """How full the plan is, by whichever of data and requests fills it more."""
    tone = Tone.FAIL if share > 1 else Tone.WARN if share >= Decimal("0.8") else Tone.OK
    width = f"width:{min(float(share) * 100, 100):.1f}%"
    bar = tag("span", tag("i", style=width), class_=f"ui-meter ui-{tone}", aria_hidden="true")
    return tag("span", bar, " ", _percent(share * 100), f" ({of})", class_="ui-whole")


def _percent(value: Decimal) -> str:
    if 0 < value < _LEAST:
        return f"< {_LEAST} %"
    return f"{value:,.{0 if value >= 100 else 1}f} %"


def _verdict(one: PlanChoice, best: Decimal | None) -> Markup:
    if one.figure.breaches:
        return tag(
            "span",
            parts.badge(Tone.FAIL, "breached"),
            tag("small", " ", "; ".join(one.figure.breaches), class_="ui-muted"),
        )
    if one.figure.total == best:
        return parts.badge(Tone.OK, "cheapest plan")
    return parts.badge(Tone.NEUTRAL, "holds")


def conditions(found: PlanChoices) -> Markup:
    told = dict.fromkeys(line for one in found.options for line in one.figure.conditions
                         if not line.startswith("AWS alerts"))  # fmt: skip
    return tag("ul", *(tag("li", one) for one in told), class_="ui-list ui-muted")
