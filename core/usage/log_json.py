"""A traffic report in the shape that `logs report --format json` prints. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.model.traffic import Delivered, TrafficReport

_MANY = 100


def report_json(report: TrafficReport, seconds: float) -> dict[str, Any]:
    return {
        "requests": report.requests,
        "bytes": report.bytes,
        "days": {row.label: _sums(row) for row in report.days},
        "statuses": _counts(report.statuses),
        "edge_results": _counts(report.edge_results),
        "hit_ratio": report.hit_ratio.model_dump(mode="json"),
        "top_urls": [_address(row) for row in report.top_urls],
        "top_errors": [_address(row) | {"status": row.status} for row in report.top_errors],
        "edges": [{"edge": row.label} | _sums(row) for row in _named(report.edges)],
        "countries": [{"country": row.label} | _sums(row) for row in report.countries],
        "referrers": [
            {"referrer": row.shown, "raw": row.label} | _sums(row)
            for row in _named(report.referrers)
        ],
        "read": report.read.model_dump(mode="json"),
        "seconds": round(seconds, 3),
    }


def _sums(row: Delivered) -> dict[str, int]:
    return {"requests": row.requests, "bytes": row.bytes}


def _counts(rows: Iterable[Delivered]) -> dict[str, int]:
    return {row.label or "-": row.requests for row in rows}


def _named(rows: Iterable[Delivered]) -> list[Delivered]:
    """`-` in a log is the absence of a value, not a value."""
    return [row for row in rows if row.label is not None]


def _address(row: Delivered) -> dict[str, Any]:
    return {"url": row.shown, "raw": row.label, "host": row.site} | _sums(row)
