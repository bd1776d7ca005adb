"""Big originals that no edge has delivered for months, claimed only where logs cover them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from core.costs.advice_objects import BIG, IDLE_DAYS
from core.measures.account import Account
from core.measures.edge_map import EdgeMap
from core.model.traffic import Views
from core.model.usage import IdleObjects, StorageReport
from core.model.waste import IdleOriginals

_LATE = 2  # days for which logs may still come in
Idle = Callable[[StorageReport, frozenset[str], datetime, int], Sequence[IdleObjects] | None]


def window(today: date) -> tuple[date, date]:
    return today - timedelta(days=IDLE_DAYS), today


def idle_originals(
    views: Views, reports: Sequence[StorageReport], account: Account, idle: Idle, today: date
) -> tuple[tuple[IdleOriginals, ...] | None, str]:
    """None, and why, where nobody can tell what was viewed."""
    edge = account.edge
    if edge is None:
        return None, account.edge_problem
    why = _why_not(views, edge, today)
    if why or views.paths is None:
        return None, why
    keys = edge.keys(views.paths)
    first = datetime.combine(window(today)[0], time(), UTC)
    found = [
        (report, idle(report, keys[report.bucket], first, BIG))
        for report in reports
        if report.bucket in keys
    ]
    if not any(parts is not None for _, parts in found):
        return None, "no listing of the buckets behind the edges tells keys and sizes"
    return tuple(_named(found, account)), ""


def _why_not(views: Views, edge: EdgeMap, today: date) -> str:
    first, _ = window(today)
    wanted = [first + timedelta(days=n) for n in range(IDLE_DAYS - _LATE + 1)]
    there = len(set(wanted) & set(views.days))
    if there < len(wanted):
        return f"the logs that were read tell of {there} of the {len(wanted)} days before"
    if edge.rewrites_media():
        return "a function may rewrite paths, so which objects were viewed is not known"
    return "" if views.paths is not None else "the logs name too many paths to hold them together"


def _named(
    found: Sequence[tuple[StorageReport, Sequence[IdleObjects] | None]], account: Account
) -> Iterator[IdleOriginals]:
    for report, parts in found:
        for one in parts or ():
            yield IdleOriginals(
                bucket=report.bucket,
                region=account.region_of(report.bucket, []),
                storage_class=one.storage_class or "STANDARD",
                prefix=one.prefix,
                objects=one.objects,
                bytes=one.bytes,
                idle_days=IDLE_DAYS,
                examples=one.largest,
            )
