"""A price sheet from its file, looked up by line and region, and chosen by month."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from core.errors import Configuration
from core.model.pricing import ANY_REGION, GLOBAL, PriceDimension, PriceSheet, PriceTier

ALLOWANCE_PREFIX = "free."


@dataclass(frozen=True)
class Missing:
    """There is no price, and why."""

    reason: str


def parse_sheet(data: Mapping[str, Any]) -> PriceSheet:
    """The sheet of a file in the form of `sheets/prices.json`. Raises `Configuration`."""
    kept = {name: data[name] for name in PriceSheet.model_fields if name in data}
    try:
        classes = dict(data.get("price_classes", {}))
        classes.pop("note", None)
        kept["price_classes"] = classes
        return PriceSheet.model_validate(kept | {"dimensions": _dimensions(data["prices"])})
    except (ValidationError, KeyError, TypeError, ArithmeticError) as error:
        raise Configuration(
            f"The price sheet {data.get('version', '')!r} is damaged: {error}",
            hint="Remove it from the folder of price sheets, or refresh the prices.",
        ) from error


def _dimensions(records: Sequence[Mapping[str, Any]]) -> tuple[PriceDimension, ...]:
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for record in records:
        grouped.setdefault((record["line"], record["region"]), []).append(record)
    return tuple(_dimension(rows) for rows in grouped.values())


def _dimension(rows: Sequence[Mapping[str, Any]]) -> PriceDimension:
    """One dimension; a quantity that no tier covers gets a tier whose price is unknown."""
    first = rows[0]
    tiers = sorted((_tier(row) for row in rows), key=lambda tier: tier.start)
    gaps = [
        _unknown(left.end, right.start)
        for left, right in pairwise(tiers)
        if left.end is not None and left.end < right.start
    ]
    if tiers[0].start > 0:
        gaps.append(_unknown(Decimal(0), tiers[0].start))
    if tiers[-1].end is not None:
        gaps.append(_unknown(tiers[-1].end, None))
    return PriceDimension(
        line=first["line"],
        service=first["service"],
        region=first["region"],
        usage_type=first["usage_type"],
        per=Decimal(first["per"]),
        unit=first["unit"],
        tiers=tuple(sorted([*tiers, *gaps], key=lambda tier: tier.start)),
    )


def _unknown(start: Decimal, end: Decimal | None) -> PriceTier:
    return PriceTier(
        start=start,
        end=end,
        price=None,
        confidence="UNKNOWN",
        sources=(),
        source_date=None,
        note="the sheet has no price for this tier",
    )


def _tier(row: Mapping[str, Any]) -> PriceTier:
    price, end = row["price_usd"], row["tier_to"]
    return PriceTier(
        start=Decimal(row["tier_from"]),
        end=None if end is None else Decimal(end),
        price=None if price is None else Decimal(price),
        confidence=row["confidence"],
        sources=tuple(row["sources"]),
        source_date=row["source_date"],
        note=row.get("note") or "",
    )


def find(sheet: PriceSheet, line: str, region: str) -> PriceDimension | Missing:
    """The price of a line in a region; prices without a region hold in every one."""
    for place in (region, GLOBAL, ANY_REGION):
        if (line, place) in sheet.by_place:
            return sheet.by_place[line, place]
    if line.startswith(ALLOWANCE_PREFIX):
        return Missing("this is a free allowance, not something with a price")
    offered = sheet.by_line.get(line, ())
    if not region and len(offered) == 1:
        return offered[0]
    return Missing(_why_missing(sheet, line, region, offered))


def _why_missing(
    sheet: PriceSheet, line: str, region: str, offered: Sequence[PriceDimension]
) -> str:
    if offered:
        regions = ", ".join(one.region for one in offered)
        where = f"in {region}" if region else "where the region is not known"
        return f"the price sheet has no price of {line} {where}, only in {regions}"
    close = difflib.get_close_matches(line, sheet.by_line, n=1)
    meant = f"; was {close[0]} meant?" if close else ""
    return f"the price sheet does not know the line {line}{meant}"


def month_end(period: str) -> date:
    """The last day of `YYYY-MM`."""
    year, month = map(int, period.split("-"))
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def month_hours(period: str) -> int:
    """Hours of `YYYY-MM` in UTC: 744, 720, 696 or 672, never an average."""
    return month_end(period).day * 24


def sheet_for(sheets: Sequence[PriceSheet], period: str) -> PriceSheet:
    """The sheet that was valid in a month: the newest one dated within or before it.

    A month before every sheet gets the oldest one; `predates` says so.
    """
    ordered = sorted(sheets, key=lambda sheet: (sheet.as_of, sheet.fetched_on, sheet.version))
    valid = [sheet for sheet in ordered if sheet.as_of <= month_end(period)]
    return valid[-1] if valid else ordered[0]


def predates(sheet: PriceSheet, period: str) -> bool:
    """Whether the month ended before the prices of this sheet are known to hold."""
    return month_end(period) < sheet.as_of
