"""All questions of a report, put to one engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from core.model.traffic import (
    Delivered,
    EdgeUse,
    LogsRead,
    OriginReport,
    TrafficReport,
    Views,
)
from core.stores.queries import (
    COUNTRIES,
    DAYS,
    EDGE_USE,
    EDGES,
    FILE_FOLDER,
    FOLDERS,
    HOURS,
    ORIGIN_URLS,
    REFERRERS,
    RESULTS,
    STATUSES,
    TOP_ERRORS,
    TOP_URLS,
    VIEWED,
    Query,
    QueryEngine,
    Value,
)
from core.usage.access_logs import folder_pattern
from core.usage.traffic import by_owner, hit_ratio, with_shown

QUESTIONS = 11  # at most, in one report
ORIGIN_QUESTIONS, VIEWS_QUESTIONS = 3, 2
_MOST_VIEWED = 200_000  # paths, that many fit into memory
_FEW = 10_000  # rows of a grouping that is small by its nature

Ask = Callable[[Query, Mapping[str, Value], int], tuple[Delivered, ...]]


def assembled(
    engine: QueryEngine,
    parameters: Mapping[str, Value],
    top: int,
    *,
    read: LogsRead | None = None,
    owner_of: Callable[[str], str | None] | None = None,
    hours: bool = False,
    as_of: datetime | None = None,
    told: tuple[date, ...] | None = None,
) -> TrafficReport:
    """`owner_of` tells whose `/media/<id>/` is; without it files and owners are left out."""

    def ask(query: Query, most: int = _FEW, **more: Value) -> tuple[Delivered, ...]:
        return engine.ask(query, {**parameters, **more}, most)

    days = ask(DAYS)
    results = ask(RESULTS)
    files = ask(FOLDERS, folder=FILE_FOLDER, most=1_000_000) if owner_of else ()
    files = tuple(row for row in files if row.label)
    return TrafficReport(
        first_day=date.fromisoformat(days[0].label) if days and days[0].label else None,
        last_day=date.fromisoformat(days[-1].label) if days and days[-1].label else None,
        requests=sum(row.requests for row in days),
        bytes=sum(row.bytes for row in days),
        hit_ratio=hit_ratio(results),
        days=days,
        hours=ask(HOURS, 24 * 370) if hours else (),
        statuses=ask(STATUSES),
        edge_results=results,
        top_urls=with_shown(ask(TOP_URLS, top)),
        top_errors=with_shown(ask(TOP_ERRORS, top)),
        edges=ask(EDGES, top),
        countries=ask(COUNTRIES, top),
        referrers=with_shown(ask(REFERRERS, top + 1)),
        prefixes=ask(FOLDERS, top, folder=folder_pattern(1)) if owner_of else (),
        files=files[:top],
        owners=by_owner(files, owner_of)[:top] if owner_of else (),
        read=read or LogsRead(),
        as_of=as_of,
        told=told,
    )


def asked_of_origin(
    engine: QueryEngine, parameters: Mapping[str, Value], top: int, as_of: datetime | None
) -> OriginReport:
    return OriginReport(
        days=days_asked(engine, parameters),
        edges=tuple(map(_edge_use, engine.ask(EDGE_USE, parameters, _FEW))),
        urls=with_shown(engine.ask(ORIGIN_URLS, parameters, top)),
        as_of=as_of,
    )


def viewed(
    engine: QueryEngine,
    parameters: Mapping[str, Value],
    days: tuple[date, ...],
    most: int = _MOST_VIEWED,
) -> Views:
    found = engine.ask(VIEWED, parameters, most + 1)
    paths = None if len(found) > most else frozenset(row.label or "" for row in found)
    return Views(days=days, paths=paths)


def days_asked(engine: QueryEngine, parameters: Mapping[str, Value]) -> tuple[date, ...]:
    rows = engine.ask(DAYS, parameters, _FEW)
    return tuple(date.fromisoformat(row.label) for row in rows if row.label)


def _edge_use(row: Delivered) -> EdgeUse:
    edge, protocol, result = (row.label or "  ").rsplit(" ", 2)
    return EdgeUse(
        edge=edge,
        protocol=protocol,
        redirected=bool(result),
        requests=row.requests,
        bytes=row.bytes,
        asked=row.asked or 0,
    )
