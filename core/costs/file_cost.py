"""The cost of one file: its objects through a month, and a thousand views of it."""

from __future__ import annotations

from decimal import Decimal

from core.costs.deliveries import Delivery, delivery_lines
from core.costs.estimate import price
from core.costs.objects import ObjectGroup, object_lines
from core.costs.tiers import EXACT
from core.model.estimates import CostEstimate, Usage, UsageLine
from core.model.file_cost import EdgeShare, FileCost, FileUse, UsualDelivery
from core.model.measured import DeliveredGroup, MeasuredMonth
from core.model.pricing import PriceSheet

VIEWS = Decimal(1000)
ASSUMED_HITS = Decimal("0.9")
_ASSUMED_EDGE = "US"
_ONE = Decimal(1)
_FEWEST = 1000  # requests from which a ratio says something
_STANDARD = "Every object is priced as S3 Standard; a lifecycle rule may have moved some."
_FIRST_TIER = "The first tier's prices, without free allowances or a flat-rate plan."


def usual_delivery(measured: MeasuredMonth | None) -> UsualDelivery:
    """From the access logs of a month where they tell enough, else assumed and said so."""
    groups = [one for one in (measured.delivered if measured else None) or () if one.requests]
    requests, misses = sum(one.requests for one in groups), measured.misses if measured else None
    period = measured.period if measured else ""
    hits, hit_source = _hits(requests, misses, period)
    edges, edge_source = _edges([one for one in groups if one.edge_group], period)
    return UsualDelivery(
        hit_ratio=hits, hit_source=hit_source, edges=edges, edge_source=edge_source
    )


def _hits(requests: int, misses: int | None, period: str) -> tuple[Decimal, str]:
    if misses is None or not requests:
        return ASSUMED_HITS, "assumed: no access logs tell it"
    if requests < _FEWEST:
        return ASSUMED_HITS, f"assumed: only {requests:,} requests were logged in {period}"
    share = EXACT.divide(Decimal(min(misses, requests)), Decimal(requests))
    return EXACT.subtract(_ONE, share), f"measured: {requests:,} requests of {period}"


def _edges(groups: list[DeliveredGroup], period: str) -> tuple[tuple[EdgeShare, ...], str]:
    total = sum(one.requests for one in groups)
    if total < _FEWEST:
        assumed = EdgeShare(edge_group=_ASSUMED_EDGE, share=_ONE)
        return (assumed,), "assumed: viewers in North America"
    shares = tuple(
        EdgeShare(
            edge_group=one.edge_group, share=EXACT.divide(Decimal(one.requests), Decimal(total))
        )
        for one in groups
    )
    return shares, f"measured: edges of {period}"


def file_cost(use: FileUse, usual: UsualDelivery, sheet: PriceSheet, period: str) -> FileCost:
    groups = tuple(
        ObjectGroup(size=size, count=count, region=use.region)
        for part in use.parts
        for size, count in _even(part.bytes, part.count)
    )
    stored, notes = object_lines(groups, sheet.rules, period, use.region)
    viewed = delivery_lines(tuple(_views(use, usual)), use.region)
    return FileCost(
        use=use,
        usual=usual,
        stored=_priced(stored, sheet, period),
        viewed=_priced(viewed, sheet, period),
        assumptions=(_STANDARD, _FIRST_TIER, *notes),
    )


def _even(total: int, count: int) -> list[tuple[int, int]]:
    """`count` objects whose bytes add up to `total` exactly."""
    size, larger = divmod(total, count) if count else (0, 0)
    return [(s, n) for s, n in ((size, count - larger), (size + 1, larger)) if n]


def _views(use: FileUse, usual: UsualDelivery) -> list[Delivery]:
    return [
        Delivery(
            edge_group=edge.edge_group,
            views=EXACT.multiply(VIEWS, edge.share),
            bytes_per_view=Decimal(use.view_bytes),
            hit_ratio=usual.hit_ratio,
            origin_region=use.region,
        )
        for edge in usual.edges
    ]


def _priced(lines: tuple[UsageLine, ...], sheet: PriceSheet, period: str) -> CostEstimate:
    usage = Usage(period=period, allowances="none", free_mode="before_tiers", lines=lines)
    return price(usage, sheet)
