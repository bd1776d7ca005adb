"""What one file costs: a month of storage and a thousand views, unfolding into the calculation."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from core.library.file_use import file_use
from core.model.estimates import CostEstimate, CostLine
from core.model.file_cost import FileCost
from core.model.identity import Actor
from core.model.media import MediaFile
from core.model.pricing import plain
from core.ui import calculation, formats, parts, session
from core.ui.frame import show
from core.ui.markup import Markup, join, tag
from core.ui.parts import Tone


def section(actor: Actor, file: MediaFile) -> None:
    """Only priced when it is unfolded: the hit ratio comes from the access logs."""
    unfold = st.expander("What it costs", key="drawer_cost", on_change="rerun")
    if not unfold.open:
        return
    with unfold:
        costs, region = session.services().costs, session.services().settings.region
        usual = costs.usual_delivery(actor)
        whole = costs.of_file(actor, file_use(file, region), usual)
        show(stored(whole), viewed(whole))
        if file.rendition("preview"):
            show(viewed(costs.of_file(actor, file_use(file, region, "preview"), usual)))
        show(provenance(whole))


def stored(cost: FileCost) -> Markup:
    rows = [
        (part.name, formats.number(part.count), formats.size(part.bytes)) for part in cost.use.parts
    ]
    return tag(
        "div",
        _figure("A month of storage", cost.stored),
        parts.table(("Objects", "How many", "Size"), rows, right=(1, 2)),
        _unfold("How it is calculated", cost.stored),
        class_="ui-told",
    )


def viewed(cost: FileCost) -> Markup:
    size = formats.size(cost.use.view_bytes)
    return tag(
        "div",
        _figure(f"1,000 views of the {cost.use.view_of} ({size} each)", cost.viewed),
        _unfold("How it is calculated", cost.viewed),
        class_="ui-told",
    )


def provenance(cost: FileCost) -> Markup:
    usual = cost.usual
    edges = ", ".join(f"{one.edge_group} {_percent(one.share)}" for one in usual.edges)
    assumed = "assumed" in usual.hit_source
    return join(
        parts.facts(
            (
                ("Hit ratio", tag("span", f"{_percent(usual.hit_ratio)}, ", usual.hit_source)),
                ("Viewers", f"{edges}, {usual.edge_source}"),
                ("Prices", f"sheet {cost.stored.sheet}, prices of {cost.stored.prices_as_of}"),
            )
        ),
        *(parts.note(one, Tone.UNKNOWN if assumed else Tone.NEUTRAL) for one in cost.assumptions),
    )


def amount(value: Decimal) -> str:
    """Small amounts with their first two digits, because a file costs less than a cent."""
    if value >= Decimal("0.01") or not value:
        return formats.money(value)
    return f"${plain(value.quantize(Decimal(1).scaleb(value.adjusted() - 1)))}"


def _figure(words: str, estimate: CostEstimate) -> Markup:
    least = "" if estimate.is_complete else "at least "
    return tag("p", f"{words}: ", tag("b", least + amount(estimate.total)), class_="ui-num")


def _unfold(words: str, estimate: CostEstimate) -> Markup:
    rows = [_row(line) for line in estimate.lines]
    table = parts.table(("Line", "Quantity", "Price", "Amount"), rows, right=(1, 2, 3))
    return tag(
        "details",
        tag("summary", words),
        table,
        calculation.unpriced(estimate.unpriced),
        *(parts.note(one, Tone.WARN) for one in estimate.warnings),
        class_="ui-unfold",
    )


def _row(line: CostLine) -> tuple[Markup, str, str, str]:
    tier = line.tiers[0] if line.tiers else None
    per = "" if tier is None or tier.per == 1 else f" per {tier.per:,.0f}"
    price = f"${plain(tier.price)}{per}" if tier else "free"
    source = line.price.source_date or "undated"
    name = tag("span", parts.mono(line.line), tag("small", f" {line.region}, {source}"))
    return name, f"{_short(line.quantity)} {line.unit}", price, amount(line.amount)


def _short(value: Decimal) -> str:
    if not value or value >= 1:
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return plain(value.quantize(Decimal(1).scaleb(value.adjusted() - 2)))


def _percent(share: Decimal) -> str:
    return f"{100 * share:.1f} %".replace(".0 %", " %")
