"""Measured usage of a month as lines of the price sheet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.costs.objects import ObjectGroup, object_lines
from core.costs.price_sheet import month_end
from core.costs.quantities import Tally, gib, times
from core.costs.s3_requests import add_reads, sheet_class
from core.costs.tiers import ZERO
from core.model.estimates import Usage
from core.model.measured import DeliveredGroup, MeasuredMonth, StoredGroup
from core.model.pricing import PriceSheet

ONE = Decimal(1)


def measured_usage(month: MeasuredMonth, sheet: PriceSheet, elapsed: Decimal = ONE) -> Usage:
    """What was not measured is told as a warning; nothing stands in for it.

    `elapsed` is the part of the month that is over: what is stored is billed by the hour.
    """
    groups = tuple(one for group in month.stored or () for one in object_groups(group))
    stored, notes = object_lines(groups, sheet.rules, month.period, month.origin_region)
    tally = Tally()
    for line in stored:
        tally.add(line.line, line.region, times(line.quantity, elapsed), rate_of=line.rate_of)
    for line in month.lines:
        tally.add(line.line, line.region, line.quantity, rate_of=line.rate_of)
    for delivered in month.delivered or ():
        _delivered(delivered, tally)
    _origin(month, tally)
    return Usage(
        period=month.period,
        allowances="none",
        free_mode="before_tiers",
        lines=tally.lines(),
        warnings=(*_warnings(month), *_so_far(month, elapsed), *notes),
    )


def object_groups(group: StoredGroup) -> Iterator[ObjectGroup]:
    """Equal objects whose bytes add up to the group's exactly."""
    if not group.objects:
        return
    size, larger = divmod(group.bytes, group.objects)
    for count, bytes_each in ((group.objects - larger, size), (larger, size + 1)):
        if count:
            yield ObjectGroup(
                size=bytes_each,
                count=count,
                storage_class=group.storage_class,
                region=group.region,
            )


def _delivered(group: DeliveredGroup, tally: Tally) -> None:
    tally.add("cf.dto", group.edge_group, gib(group.bytes))
    tally.add("cf.http", group.edge_group, ZERO + group.http_requests)
    tally.add("cf.https", group.edge_group, ZERO + group.requests - group.http_requests)


def _origin(month: MeasuredMonth, tally: Tally) -> None:
    """Misses become GET requests, at the class that holds most of the bytes."""
    misses = month.misses
    if not misses:
        return
    add_reads(tally, _mostly(month), month.origin_region, ZERO + misses, _mean_bytes(month))


def _mostly(month: MeasuredMonth) -> str:
    by_class: dict[str, int] = {}
    for group in month.stored or ():
        name = sheet_class(group.storage_class)
        by_class[name] = by_class.get(name, 0) + group.bytes
    return max(by_class, key=lambda name: by_class[name], default="STANDARD")


def _mean_bytes(month: MeasuredMonth) -> int:
    requests = sum(group.requests for group in month.delivered or ())
    return sum(group.bytes for group in month.delivered or ()) // requests if requests else 0


def _so_far(month: MeasuredMonth, elapsed: Decimal) -> Iterator[str]:
    if month.stored and elapsed < ONE:
        days = month_end(month.period).day
        yield f"storage is counted by the hour: {days * elapsed:.1f} of {days} days so far"


def _warnings(month: MeasuredMonth) -> Iterator[str]:
    yield from month.missing
    if month.stored is None:
        yield "stored bytes were not measured: storage is not in the estimate"
    if month.delivered is None:
        yield "traffic was not measured: delivery is not in the estimate"
    elif month.misses is None:
        yield "cache misses were not measured: requests to S3 are not in the estimate"
    days = month_end(month.period).day
    if month.measured_days is not None and month.measured_days < days:
        yield f"traffic was measured on {month.measured_days} of {days} days"
