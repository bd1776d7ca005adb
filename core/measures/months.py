"""A measured month from the reports of storage and traffic."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.measures.account import Account
from core.measures.delivered import delivered
from core.measures.remembered import remembered
from core.measures.stored import by_folder, stored
from core.measures.weights import storage_weights, traffic_weights
from core.model.measured import NOT_COUNTED, Counted, MeasuredMonth, ViewedFile
from core.model.traffic import Delivered, OriginReport, TrafficReport
from core.model.usage import StorageDay, StorageReport

_ANSWERED = (200, 206, 304)
_NO_LOGS = "no access logs of this month were read: traffic is not known"
_NO_STORAGE = "storage was not listed in this month: stored bytes are not known"


def measured_month(
    period: str,
    traffic: TrafficReport | None,
    reports: Sequence[StorageReport],
    history: Sequence[StorageDay],
    users: int,
    account: Account,
    origin: OriginReport | None = None,
    uploads: Counted = NOT_COUNTED,
) -> MeasuredMonth:
    """What no log of the month tells is unknown, also where other months were read."""
    _, last = bounds(period)
    storage = [one for one in reports if f"{one.sampled_at:%Y-%m}" == period]
    seen = {one.bucket for one in storage}
    days = [one for one in history if one.bucket not in seen and one.day.startswith(period)]
    missing = [] if storage or days else [_NO_STORAGE]
    report = _seen(traffic)
    if report is None:
        missing.append(_NO_LOGS)
    groups = tuple(group for one in storage for group in stored(one, account, missing))
    kept = tuple(remembered(days, account, missing))
    groups = (*groups, *kept)
    found = MeasuredMonth(
        period=period,
        as_of=max((one.sampled_at for one in storage), default=None),
        origin_region=account.region_of(account.media_bucket, missing),
        stored=groups if storage or days else None,
        by_folder=(*(one for report in storage for one in by_folder(report, account)), *kept)
        if storage or days
        else None,
        weights=tuple(storage_weights(storage)),
        uploads=uploads,
        users=Counted(amount=Decimal(users), source="accounts that are open"),
        sources=tuple(f"{one.bucket}: {one.source.value}" for one in storage),
        missing=tuple(dict.fromkeys(missing)),
    )
    return found if report is None else _with_traffic(found, report, origin, account, last)


def _seen(report: TrafficReport | None) -> TrafficReport | None:
    """A report that has something of the time that is asked for; without a scan it has not."""
    if report is None or report.as_of is None:
        return None
    return report if report.requests or report.days else None


def _with_traffic(
    month: MeasuredMonth,
    report: TrafficReport,
    origin: OriginReport | None,
    account: Account,
    last: date,
) -> MeasuredMonth:
    missing = list(month.missing)
    update = {
        "as_of": report.as_of,
        "measured_days": _days(report, last),
        "told_days": report.told,
        "delivered": delivered(report, origin, missing),
        "files": tuple(
            ViewedFile(
                path=row.label or "", requests=row.requests, misses=row.asked, bytes=row.bytes
            )
            for row in (origin.urls if origin is not None else report.top_urls)
        ),
        "weights": (*month.weights, *traffic_weights(report, account.edge)),
        "views": Counted(amount=Decimal(_views(report)), source="access logs: answered requests"),
        "missing": tuple(dict.fromkeys(missing)),
    }
    return month.model_copy(update=update)


def bounds(period: str) -> tuple[date, date]:
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _days(report: TrafficReport, last: date) -> Decimal | None:
    """From the first day with logs to the last one that a scan can have seen; None: all days."""
    assert report.as_of is not None  # noqa: S101  # the caller's condition
    read, begun = report.as_of.date(), report.first_day
    if (read.year, read.month) < (last.year, last.month):
        return Decimal(0)
    seen = min(read, last).day - (begun.day - 1 if begun is not None else 0)
    return None if seen == last.day and read > last else Decimal(seen)


def _views(report: TrafficReport) -> int:
    return sum(row.requests for row in report.statuses if _status(row) in _ANSWERED)


def _status(row: Delivered) -> int | None:
    """Its own field, or the label of a grouping by status."""
    if row.status is not None:
        return row.status
    return int(row.label) if row.label and row.label.isdigit() else None
