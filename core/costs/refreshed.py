"""A new version of the price sheet from published offers, and what it changes.

A price is taken only if its tiers reach from 0 to infinity without a gap, if it is not 0 where
the line was never free, and if it is within a factor of five of us-east-1. Otherwise the price
that is known stays, and the report says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from core.costs.offer_lines import OfferLines, offer_lines
from core.costs.offers import Offer
from core.costs.price_sheet import parse_sheet
from core.costs.tiers import EXACT
from core.model.base import Noun
from core.model.pricing import Number, PriceDimension, PriceSheet, plain

_FACTOR = Decimal(5)
_HOME_PLACES = ("us-east-1", "US", "global")

_Place = tuple[str, str]
_Tiers = tuple[tuple[Decimal, Decimal | None, Decimal], ...]  # start, end, price per unit


class PriceChange(Noun):
    """A tier whose price differs. None: the tier was not there, or had no price."""

    line: str
    region: str
    tier_from: Number
    per: Number
    old: Number | None
    new: Number | None


class Refresh(Noun):
    """`refused` says which published prices were not taken, and why."""

    version: str
    as_of: date
    taken: int
    changes: tuple[PriceChange, ...]
    refused: tuple[str, ...]
    unknown: int  # published prices that the sheet has no line for


def refresh_sheet(
    base: Mapping[str, Any], offers: Sequence[Offer], today: date
) -> tuple[dict[str, Any], Refresh]:
    """The data of the new sheet and the report; `base` is the newest sheet's data."""
    sheet = parse_sheet(base)
    lines = offer_lines(sheet)
    published, sources, unknown = _published(offers, lines)
    refused: list[str] = []
    taken: dict[_Place, _Tiers] = {}
    for place, tiers in published.items():
        problem = _problem(place, tiers, sheet, published)
        if problem:
            refused.append(f"{place[0]} in {place[1]}: {problem}")
        else:
            taken[place] = tiers
    data = _data(base, sheet, taken, sources, offers, today)
    report = Refresh(
        version=data["version"],
        as_of=date.fromisoformat(data["as_of"]),
        taken=len(taken),
        changes=tuple(changes(sheet, parse_sheet(data))),
        refused=tuple(sorted(refused)),
        unknown=unknown,
    )
    return data, report


def _published(
    offers: Sequence[Offer], lines: OfferLines
) -> tuple[dict[_Place, _Tiers], dict[_Place, Offer], int]:
    found: dict[_Place, set[tuple[Decimal, Decimal | None, Decimal]]] = {}
    sources: dict[_Place, Offer] = {}
    unknown = 0
    for offer in offers:
        for price in offer.prices:
            place = lines.place(price)
            if place is None:
                unknown += 1
                continue
            found.setdefault(place, set()).add((price.begin, price.end, price.usd))
            sources[place] = offer
    ordered = {place: tuple(sorted(tiers, key=_order)) for place, tiers in found.items()}
    return ordered, sources, unknown


def _order(tier: tuple[Decimal, Decimal | None, Decimal]) -> tuple[Decimal, Decimal]:
    return tier[0], tier[2]


def _problem(
    place: _Place, tiers: _Tiers, sheet: PriceSheet, published: Mapping[_Place, _Tiers]
) -> str:
    """Why these tiers can't be right; '' where nothing speaks against them."""
    whole = tiers[0][0] == 0 and tiers[-1][1] is None
    if not whole or any(left[1] != right[0] for left, right in pairwise(tiers)):
        return "its tiers overlap or leave a gap, or products disagree"
    line, _ = place
    was_free = any(t.price == 0 for d in sheet.by_line.get(line, ()) for t in d.tiers)
    if not was_free and any(price == 0 for _, _, price in tiers):
        return "a price of 0, which this line never had"
    for tier, reference in zip(tiers, _home_prices(line, sheet, published), strict=False):
        low, high = sorted((tier[2], reference))
        if high > low * _FACTOR:
            return f"{plain(tier[2])} is more than five times off us-east-1"
    return ""


def _home_prices(
    line: str, sheet: PriceSheet, published: Mapping[_Place, _Tiers]
) -> tuple[Decimal, ...]:
    """The line's prices per unit in us-east-1, as the sheet knows them, else as published."""
    for region in _HOME_PLACES:
        known = sheet.by_place.get((line, region))
        if known is not None and known.is_priced:
            prices = (tier.price for tier in known.tiers)
            return tuple(EXACT.divide(price, known.per) for price in prices if price is not None)
        if (line, region) in published:
            return tuple(price for _, _, price in published[line, region])
    return ()


def _data(
    base: Mapping[str, Any],
    sheet: PriceSheet,
    taken: Mapping[_Place, _Tiers],
    sources: Mapping[_Place, Offer],
    offers: Sequence[Offer],
    today: date,
) -> dict[str, Any]:
    kept = [row for row in base["prices"] if (row["line"], row["region"]) not in taken]
    new = [
        row
        for place, tiers in taken.items()
        for row in _rows(_like(sheet, place), place, tiers, sources[place])
    ]
    published = max((offer.published_on for offer in offers), default=sheet.as_of)
    named = {_source(offer)["id"]: _source(offer) for offer in offers}
    old = [source for source in base["sources"] if source["id"] not in named]
    data = dict(base) | {"sources": [*old, *named.values()], "prices": [*kept, *new]}
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:12]
    return data | {
        "version": f"aws-{published}-read-{today}-{digest}",
        "as_of": max(published, sheet.as_of).isoformat(),
        "fetched_on": today.isoformat(),
    }


def _like(sheet: PriceSheet, place: _Place) -> PriceDimension:
    """The dimension that lends unit and block: the same place, else the line anywhere."""
    return sheet.by_place.get(place) or sheet.by_line[place[0]][0]


def _rows(
    like: PriceDimension, place: _Place, tiers: _Tiers, offer: Offer
) -> Iterator[dict[str, Any]]:
    for start, end, usd in tiers:
        yield {
            "line": place[0],
            "service": like.service,
            "region": place[1],
            "usage_type": like.usage_type if like.region == place[1] else None,
            "tier_from": plain(start),
            "tier_to": None if end is None else plain(end),
            "price_usd": plain(EXACT.multiply(usd, like.per)),
            "per": plain(like.per),
            "unit": like.unit,
            "sources": [_source(offer)["id"]],
            "source_date": offer.published_on.isoformat(),
            "confidence": "A",
            "note": "",
        }


def _source(offer: Offer) -> dict[str, str]:
    return {
        "id": f"offer:{offer.code}:{offer.version}:{offer.sha256[:8]}",
        "what": f"AWS bulk price list {offer.code} {offer.version}, sha256 {offer.sha256}",
        "date": offer.published_on.isoformat(),
        "kind": "Price List",
    }


def changes(old: PriceSheet, new: PriceSheet) -> Iterator[PriceChange]:
    """Every tier whose price differs between two sheets."""
    for place in sorted(old.by_place.keys() | new.by_place.keys()):
        before, after = _by_start(old, place), _by_start(new, place)
        per = (new.by_place.get(place) or old.by_place[place]).per
        for start in sorted(before.keys() | after.keys()):
            if before.get(start) != after.get(start):
                yield PriceChange(
                    line=place[0],
                    region=place[1],
                    tier_from=start,
                    per=per,
                    old=before.get(start),
                    new=after.get(start),
                )


def _by_start(sheet: PriceSheet, place: _Place) -> dict[Decimal, Decimal | None]:
    found = sheet.by_place.get(place)
    return {tier.start: tier.price for tier in found.tiers} if found else {}
