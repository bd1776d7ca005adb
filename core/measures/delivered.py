"""What the edges sent, by the group that they are priced in: protocol, misses, place."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.edge_places import edge_group
from core.model.measured import DeliveredGroup
from core.model.traffic import OriginReport, TrafficReport

_PLAIN = ("http", "ws")


@dataclass
class _Sums:
    requests: int = 0
    http: int = 0
    redirects: int = 0
    bytes: int = 0
    asked: int = 0


def delivered(
    report: TrafficReport, origin: OriginReport | None, missing: list[str]
) -> tuple[DeliveredGroup, ...]:
    """Without an origin report the misses are spread by requests, and all count as HTTPS."""
    if origin is None:
        return _spread(report, missing)
    found: dict[str, _Sums] = {}
    unnamed = 0
    for row in origin.edges:
        sums = found.setdefault(edge_group(row.edge), _Sums())
        sums.requests += row.requests
        sums.bytes += row.bytes
        sums.asked += row.asked
        sums.http += row.requests if row.protocol in _PLAIN else 0
        sums.redirects += row.requests if row.protocol in _PLAIN and row.redirected else 0
        unnamed += 0 if row.protocol else row.requests
    if unnamed:
        missing.append(f"the protocol of {unnamed:,} requests is not logged: they count as HTTPS")
    _tell_unplaced(found, missing)
    return tuple(
        DeliveredGroup(
            edge_group=name,
            requests=one.requests,
            http_requests=one.http,
            redirects=one.redirects,
            bytes=one.bytes,
            misses=one.asked,
        )
        for name, one in sorted(found.items())
    )


def _tell_unplaced(found: dict[str, _Sums], missing: list[str]) -> None:
    if "" in found:
        missing.append(
            f"the place of {found[''].requests:,} requests is not known: they have no price"
        )


def _spread(report: TrafficReport, missing: list[str]) -> tuple[DeliveredGroup, ...]:
    found: dict[str, _Sums] = {}
    for row in report.edges:
        sums = found.setdefault(edge_group(row.label or ""), _Sums())
        sums.requests += row.requests
        sums.bytes += row.bytes
    left = report.requests - sum(one.requests for one in found.values())
    if left > 0:  # of edges that are not among the busiest
        rest = found.setdefault("", _Sums())
        rest.requests += left
        rest.bytes += max(report.bytes - sum(one.bytes for one in found.values()), 0)
    _tell_unplaced(found, missing)
    if found:
        missing.append("the logs' sums don't tell HTTP from HTTPS: all requests count as HTTPS")
    misses, before, whole = report.hit_ratio.misses, 0, sum(one.requests for one in found.values())
    groups = []
    for name, one in sorted(found.items()):
        after = before + one.requests
        share = misses * after // whole - misses * before // whole if whole else 0
        before = after
        groups.append(
            DeliveredGroup(edge_group=name, requests=one.requests, bytes=one.bytes, misses=share)
        )
    return tuple(groups)
