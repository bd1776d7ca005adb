"""How stored and delivered bytes spread over buckets, prefixes, owners and files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.measures.edge_map import EdgeMap
from core.model.measured import By, Weight, Weights
from core.model.traffic import Delivered, TrafficReport
from core.model.usage import StorageReport

_MOST_KEYS = 1000
_Rows = list[tuple[str, int, int]]  # key, requests, bytes


def traffic_weights(report: TrafficReport, edge: EdgeMap | None) -> Sequence[Weights]:
    tables: tuple[tuple[By, _Rows], ...] = (
        ("bucket", _buckets(report.prefixes, edge)),
        ("prefix", _rows(report.prefixes)),
        ("owner", _rows(report.owners)),
        ("file", _rows(report.files)),
    )
    return [one for by, rows in tables if rows for one in _two(by, rows, report)]


def _two(by: By, rows: _Rows, report: TrafficReport) -> tuple[Weights, Weights]:
    size = _largest([(key, size) for key, _, size in rows])
    asked = _largest([(key, requests) for key, requests, _ in rows])
    return (
        Weights(by=by, measure="delivered_bytes", total=Decimal(report.bytes), weights=size,
                source="access logs"),
        Weights(by=by, measure="requests", total=Decimal(report.requests), weights=asked,
                source="access logs"),
    )  # fmt: skip


def _rows(rows: Sequence[Delivered]) -> _Rows:
    """A path as storage names it."""
    return [((row.label or "").removeprefix("/"), row.requests, row.bytes) for row in rows]


def _buckets(folders: Sequence[Delivered], edge: EdgeMap | None) -> _Rows:
    """By the bucket behind each folder; what has several behind it belongs to nobody."""
    sums: dict[str, list[int]] = {}
    for row in folders:
        bucket = edge.bucket_below(row.label or "/") if edge is not None else None
        if bucket:
            found = sums.setdefault(bucket, [0, 0])
            found[0] += row.requests
            found[1] += row.bytes
    return [(bucket, requests, size) for bucket, (requests, size) in sums.items()]


def storage_weights(reports: Sequence[StorageReport]) -> Sequence[Weights]:
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
