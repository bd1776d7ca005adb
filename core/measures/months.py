"""A measured month from the reports of storage and traffic."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.measures.remembered import remembered
from core.model.edge_places import edge_group
from core.model.measured import (
    By,
    Counted,
    DeliveredGroup,
    MeasuredMonth,
    StoredGroup,
    ViewedFile,
    Weight,
    Weights,
)
from core.model.traffic import Delivered, TrafficReport
from core.model.usage import StorageDay, StorageReport

_STANDARD = "STANDARD"
_ANSWERED = (200, 206, 304)
_MOST_KEYS = 1000
_NO_LOGS = "no access logs of this month were read: traffic is not known"
_NO_STORAGE = "storage was not listed in this month: stored bytes are not known"


def measured_month(
    period: str,
    traffic: TrafficReport | None,
    reports: Sequence[StorageReport],
    history: Sequence[StorageDay],
    users: int,
    region: str,
) -> MeasuredMonth:
    """Nothing in the logs and no scan yet is unknown; nothing in the logs after one is nothing."""
    _, last = bounds(period)
    storage = [one for one in reports if f"{one.sampled_at:%Y-%m}" == period]
    seen = {one.bucket for one in storage}
    days = [one for one in history if one.bucket not in seen and one.day.startswith(period)]
    missing = [] if storage or days else [_NO_STORAGE]
    report = _seen(traffic)
    if report is None:
        missing.append(_NO_LOGS)
    stored = tuple(group for one in storage for group in _stored(one, region, missing))
    stored = (*stored, *remembered(days, region))
    found = MeasuredMonth(
        period=period,
        as_of=max((one.sampled_at for one in storage), default=None),
        origin_region=region,
        stored=stored if storage or days else None,
        weights=tuple(_storage_weights(storage)),
        users=Counted(amount=Decimal(users), source="accounts that are open"),
        sources=tuple(f"{one.bucket}: {one.source.value}" for one in storage),
        missing=tuple(dict.fromkeys(missing)),
    )
    return found if report is None else _with_traffic(found, report, last)


def _seen(report: TrafficReport | None) -> TrafficReport | None:
    """A report that has something of the time that is asked for; without a scan it has not."""
    if report is None or report.as_of is None:
        return None
    return report if report.requests or report.days else None


def _with_traffic(month: MeasuredMonth, report: TrafficReport, last: date) -> MeasuredMonth:
    missing = list(month.missing)
    over = report.as_of is not None and report.as_of.date() > last
    update = {
        "as_of": report.as_of,
        "measured_days": None if over else Decimal(_days(report, last)),
        "delivered": _delivered(report, missing),
        "files": tuple(
            ViewedFile(path=row.label or "", requests=row.requests, bytes=row.bytes)
            for row in report.top_urls
        ),
        "weights": (*month.weights, *_traffic_weights(report)),
        "views": Counted(amount=Decimal(_views(report)), source="access logs: answered requests"),
        "missing": tuple(dict.fromkeys(missing)),
    }
    return month.model_copy(update=update)


def bounds(period: str) -> tuple[date, date]:
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _days(report: TrafficReport, last: date) -> int:
    """Days of the month that the last scan can have seen."""
    assert report.as_of is not None  # noqa: S101  # the caller's condition
    read = report.as_of.date()
    return read.day if (read.year, read.month) == (last.year, last.month) else 0


def _views(report: TrafficReport) -> int:
    return sum(row.requests for row in report.statuses if _status(row) in _ANSWERED)


def _status(row: Delivered) -> int | None:
    """Its own field, or the label of a grouping by status."""
    if row.status is not None:
        return row.status
    return int(row.label) if row.label and row.label.isdigit() else None


def _delivered(report: TrafficReport, missing: list[str]) -> tuple[DeliveredGroup, ...]:
    """By edge group. Misses are known of all together and are spread by requests."""
    found: dict[str, list[int]] = {}
    for row in report.edges:
        sums = found.setdefault(edge_group(row.label or ""), [0, 0])
        sums[0] += row.requests
        sums[1] += row.bytes
    if "" in found:
        missing.append(f"the place of {found[''][0]:,} requests is not known: they have no price")
    if found:
        missing.append("the logs' sums don't tell HTTP from HTTPS: all requests count as HTTPS")
    misses, before, whole = report.hit_ratio.misses, 0, sum(one[0] for one in found.values())
    groups = []
    for name, (requests, size) in sorted(found.items()):
        share = misses * (before + requests) // whole - misses * before // whole if whole else 0
        before += requests
        groups.append(DeliveredGroup(edge_group=name, requests=requests, bytes=size, misses=share))
    return tuple(groups)


def _stored(report: StorageReport, region: str, missing: list[str]) -> Sequence[StoredGroup]:
    """One group per class: the sources don't tell sizes by class."""
    found = []
    for share in report.by_class:
        objects, size = share.stored.objects, share.stored.bytes
        if size is None:
            missing.append(f"{report.bucket}: the bytes of {share.name} are not known")
        elif objects is None:
            missing.append(f"{report.bucket}: objects are not counted, minimum sizes not applied")
            found.append(_group(report, region, share.name, 1, size))
        elif objects:
            found.append(_group(report, region, share.name, objects, size))
    old = report.versions.noncurrent if report.versions else None
    if old is not None and old.objects and old.bytes is not None:
        group = _group(report, region, _STANDARD, old.objects, old.bytes)
        found.append(group.model_copy(update={"noncurrent": True}))
    if not report.complete:
        missing.append(f"{report.bucket}: the report is not complete")
    return found


def _group(
    report: StorageReport, region: str, storage_class: str, objects: int, size: int
) -> StoredGroup:
    return StoredGroup(
        bucket=report.bucket,
        region=region,
        storage_class=storage_class or _STANDARD,
        objects=objects,
        bytes=size,
    )


def _traffic_weights(report: TrafficReport) -> Sequence[Weights]:
    tables: tuple[tuple[By, tuple[Delivered, ...]], ...] = (
        ("prefix", report.prefixes),
        ("owner", report.owners),
        ("file", report.files),
    )
    made = []
    for by, rows in tables:
        if not rows:
            continue
        size = _largest([(_key(row), row.bytes) for row in rows])
        asked = _largest([(_key(row), row.requests) for row in rows])
        made += [
            Weights(by=by, measure="delivered_bytes", total=Decimal(report.bytes), weights=size,
                    source="access logs"),
            Weights(by=by, measure="requests", total=Decimal(report.requests), weights=asked,
                    source="access logs"),
        ]  # fmt: skip
    return made


def _key(row: Delivered) -> str:
    """A path as storage names it."""
    return (row.label or "").removeprefix("/")


def _storage_weights(reports: Sequence[StorageReport]) -> Sequence[Weights]:
    known = [one for one in reports if one.total.bytes is not None]
    total = Decimal(sum(one.total.bytes or 0 for one in known))
    prefixes = [(row.prefix, row.stored.bytes or 0) for one in known for row in one.by_prefix or ()]
    owners = [(row.name, row.stored.bytes or 0) for one in known for row in one.by_owner or ()]
    tables: tuple[tuple[By, list[tuple[str, int]]], ...] = (
        ("bucket", [(one.bucket, one.total.bytes or 0) for one in known]),
        ("prefix", prefixes),
        ("owner", owners),
    )
    return [
        Weights(
            by=by, measure="stored_bytes", total=total, weights=_largest(rows), source="storage"
        )
        for by, rows in tables
        if rows
    ]


def _largest(rows: Sequence[tuple[str, int]]) -> tuple[Weight, ...]:
    """The largest ones by name; a long tail of others together, so that a million files fit."""
    ordered = sorted(rows, key=lambda row: -row[1])
    rest = ordered[_MOST_KEYS:]
    kept = [Weight(key=key, amount=Decimal(amount)) for key, amount in ordered[:_MOST_KEYS]]
    if rest:
        others = Decimal(sum(amount for _, amount in rest))
        kept.append(Weight(key=f"{len(rest):,} others", amount=others))
    return tuple(kept)
