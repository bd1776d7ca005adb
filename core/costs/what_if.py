"""What a change would do to a measured month: each kind has one function, the rest is priced.

What the measurement does not tell makes the answer unknown; nothing is guessed for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.costs.measured_usage import measured_usage
from core.costs.moves import chosen, move, tiering
from core.costs.outcome import Plan, Told, outcome, priced, without
from core.costs.price_sheet import month_end
from core.costs.quantities import Tally, times
from core.costs.s3_requests import request_line, sheet_class
from core.costs.tiers import ZERO
from core.costs.ttl import misses_at
from core.model.caching import span
from core.model.estimates import UsageLine
from core.model.measured import DeliveredGroup, MeasuredMonth
from core.model.pricing import PriceSheet
from core.model.scenarios import (
    HitRatioChange,
    HttpsChange,
    ImageChange,
    PriceClassChange,
    Scenario,
    TtlChange,
    WhatIf,
)


@dataclass(frozen=True)
class Month:
    """A measured month with its lines, as the changes below need it."""

    measured: MeasuredMonth
    lines: tuple[UsageLine, ...]
    sheet: PriceSheet

    def with_delivery(self, groups: tuple[DeliveredGroup, ...]) -> tuple[UsageLine, ...]:
        changed = self.measured.model_copy(update={"delivered": groups})
        return measured_usage(changed, self.sheet).lines


def what_if(scenario: Scenario, measured: MeasuredMonth, sheet: PriceSheet) -> WhatIf:
    month = Month(measured, measured_usage(measured, sheet).lines, sheet)
    told = Told()
    days = month_end(measured.period).day
    if measured.measured_days is not None and measured.measured_days < days:
        told.assume("medium", f"traffic of {measured.measured_days} of {days} days is all there is")
    plan = _PLANS[scenario.change.kind](scenario.change, month, told)
    told.assumptions += _left_out(measured)
    found = outcome(scenario, plan, told, measured.period, sheet)
    return found if found.before is not None else _with_now(found, month)


def _left_out(measured: MeasuredMonth) -> list[str]:
    sides = (("storage", measured.stored), ("delivery", measured.delivered))
    return [f"{name} was not measured: it is in no figure" for name, one in sides if one is None]


def _with_now(found: WhatIf, month: Month) -> WhatIf:
    """The month as it is needs no answer about the change, if both its sides were measured."""
    measured = month.measured
    if measured.stored is None or measured.delivered is None:
        return found
    now = priced(month.lines, measured.period, month.sheet)
    return found.model_copy(update={"before": now.total})


def _class_change(change: Any, month: Month, told: Told) -> Plan | None:
    groups = chosen(change, month.measured, told)
    if groups is None:
        return None
    return _replaced(month, move(change, groups, month.measured, month.sheet, told))


def _tiering(change: Any, month: Month, told: Told) -> Plan | None:
    groups = chosen(change, month.measured, told)
    if groups is None:
        return None
    return _replaced(month, tiering(change, groups, month.measured, month.sheet, told))


def _replaced(month: Month, part: Plan) -> Plan:
    """The part that moves, beside the rest of the month: tiers and allowances are of the whole."""
    rest, reading = without(month.lines, part.before), part.reading
    return Plan(
        before=(*rest, *part.before),
        after=(*rest, *part.after),
        once=part.once,
        reading=None if reading is None else lambda each: _replaced(month, reading(each)),
    )


def _images(change: ImageChange, month: Month, told: Told) -> Plan | None:
    delivered = month.measured.delivered
    if delivered is None:
        told.unknown.append("traffic was not measured")
        return None
    told.assume("medium", f"renditions shrink to {change.bytes_left:.0%} of their bytes")
    left = 1 - change.share_of_delivery * (1 - change.bytes_left)
    groups = tuple(
        one.model_copy(update={"bytes": int(times(one.bytes, left))}) for one in delivered
    )
    told.warn("low", "pictures of another format have to be checked by eye")
    once, stored = _redone(change, month, told)
    after = stored.model_copy(update={"delivered": groups})
    return Plan(before=month.lines, after=measured_usage(after, month.sheet).lines, once=once)


def _redone(
    change: ImageChange, month: Month, told: Told
) -> tuple[tuple[UsageLine, ...], MeasuredMonth]:
    """Writing every rendition again, and what is then stored."""
    tally, kept = Tally(), []
    for group in month.measured.stored or ():
        renders = group.role == "rendition" and _within(group.prefix, change.prefix)
        if renders:
            line = request_line(sheet_class(group.storage_class), read=False)
            tally.add(line, group.region, ZERO + group.objects)
            size = int(times(group.bytes, change.bytes_left))
            kept.append(group.model_copy(update={"bytes": size}))
        else:
            kept.append(group)
    if not tally.lines():
        told.assume("medium", "renditions were not told apart in storage: only delivery changes")
    told.assumptions.append("computing the renditions is not priced")
    stored = tuple(kept) if month.measured.stored is not None else None
    return tally.lines(), month.measured.model_copy(update={"stored": stored})


def _within(own: str, prefix: str) -> bool:
    return not prefix or own.startswith(prefix)


def _hit_ratio(change: HitRatioChange, month: Month, told: Told) -> Plan | None:
    requests = sum(one.requests for one in month.measured.delivered or ())
    misses = month.measured.misses
    if not requests or misses is None:
        told.unknown.append("cache misses were not measured")
        return None
    wanted = int(times(requests, 1 - change.target))
    told.assumptions.append("a hit saves a GET from S3; bytes and requests at the edge stay")
    return _with_misses(month, misses, wanted)


def _with_misses(month: Month, misses: int, wanted: int) -> Plan:
    groups = tuple(
        one.model_copy(update={"misses": _scaled(one.misses, misses, wanted)})
        for one in month.measured.delivered or ()
    )
    return Plan(before=month.lines, after=month.with_delivery(groups))


def _scaled(part: int | None, misses: int, wanted: int) -> int:
    """Each edge group keeps its part of the misses; without any, they are put nowhere."""
    if not misses:
        return 0
    return round(Decimal(part or 0) * wanted / misses)


def _price_class(change: PriceClassChange, month: Month, told: Told) -> Plan | None:
    delivered = month.measured.delivered
    if delivered is None or any(not one.edge_group for one in delivered if one.requests):
        told.unknown.append("a price class needs the bytes by geography, which are not known")
        return None
    included = month.sheet.price_classes.get(change.to)
    if not included:
        told.unknown.append(f"the price sheet does not say what {change.to} includes")
        return None
    target = _cheapest(included, month.sheet)
    moved = [one for one in delivered if one.edge_group not in included and one.requests]
    if not moved:
        told.assumptions.append("every viewer is served from an included edge already")
    else:
        told.warn("medium", "viewers far from the included edges wait longer")
        told.assume("medium", f"they are billed at the rate of {target}, the cheapest included one")
    groups = tuple(
        one if one.edge_group in included else one.model_copy(update={"edge_group": target})
        for one in delivered
    )
    return Plan(before=month.lines, after=month.with_delivery(groups))


def _cheapest(groups: tuple[str, ...], sheet: PriceSheet) -> str:
    def rate(group: str) -> Decimal:
        found = sheet.by_place.get(("cf.dto", group))
        return found.tiers[0].price or Decimal("Infinity") if found else Decimal("Infinity")

    return min(groups, key=rate)


def _ttl(change: TtlChange, month: Month, told: Told) -> Plan | None:
    measured, misses = month.measured, month.measured.misses
    if measured.files is None or misses is None:
        told.unknown.append("this needs requests by URL and cache misses, which were not measured")
        return None
    if measured.ttl_seconds is None:
        told.unknown.append(measured.ttl_unknown or "the TTL of now is not known")
        return None
    told.assumptions.append(f"edges keep a file for {span(measured.ttl_seconds)} today")
    wanted = misses_at(measured, change.seconds)
    if wanted is None:
        told.unknown.append("the measured misses don't fit the TTL of now: no model follows")
        return None
    told.assume("low", "requests come evenly, and each edge keeps a file for its whole TTL")
    if change.seconds > measured.ttl_seconds:
        told.warn("medium", "a changed file stays old for longer, unless its URL changes with it")
    return _with_misses(month, misses, wanted)


def _https(change: HttpsChange, month: Month, told: Told) -> Plan | None:
    """A view that came over HTTP bills two requests then: the redirect, and the one it leads to."""
    del change
    delivered = month.measured.delivered
    if delivered is None or any(one.redirects is None for one in delivered):
        told.unknown.append("requests over plain HTTP were not told apart")
        return None
    plain = [one.http_requests - (one.redirects or 0) for one in delivered]
    told.assumptions.append(f"{sum(plain):,} requests are answered over plain HTTP today")
    if any(plain):
        told.assume("medium", "every viewer follows the redirect, each time")
        told.warn("low", "clients that know no TLS or follow no redirect lose the files")
    groups = tuple(
        one.model_copy(update={"requests": one.requests + more, "redirects": one.http_requests})
        for one, more in zip(delivered, plain, strict=True)
    )
    return Plan(before=month.lines, after=month.with_delivery(groups))


_PLANS: dict[str, Callable[[Any, Month, Told], Plan | None]] = {
    "storage_class": _class_change,
    "intelligent_tiering": _tiering,
    "images": _images,
    "hit_ratio": _hit_ratio,
    "price_class": _price_class,
    "ttl": _ttl,
    "https": _https,
}
