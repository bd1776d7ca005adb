"""URLs that the edges keep asking the origin for, with what their objects say about caching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.costs.advice_objects import KEEP_FOREVER, is_uncached
from core.measures.account import Account
from core.measures.ttl import Headers
from core.model.caching import cache_control_of
from core.model.traffic import Delivered, OriginReport
from core.model.waste import UncachedPath

DAYS = 30  # a month's worth, so that savings are per month
_MOST = 50  # each is a HEAD request


def uncached_paths(
    report: OriginReport, account: Account, headers: Headers
) -> tuple[UncachedPath, ...] | None:
    """None where no log of these days was read."""
    if not report.days:
        return None
    return tuple(_paths(report.urls, account, headers))


def _paths(urls: Sequence[Delivered], account: Account, headers: Headers) -> Iterator[UncachedPath]:
    worth = [one for one in urls if is_uncached(one.requests, one.asked or 0)]
    for one in worth[:_MOST]:
        path = one.label or ""
        target = account.edge.target(path) if account.edge is not None else None
        held = headers(target.bucket, target.key) if target is not None else None
        told = cache_control_of(held)
        yield UncachedPath(
            path=path,
            bucket=target.bucket if target is not None else "",
            key=target.key if target is not None else "",
            region=account.region_of(target.bucket, []) if target is not None else "",
            requests=one.requests,
            misses=one.asked or 0,
            cache_control=told,
            headers=None if held is None else {k: v for k, v in held.items() if k != "Expires"},
            kept_seconds=_kept(account, path, told),
            most_seconds=_kept(account, path, KEEP_FOREVER),
        )


def _kept(account: Account, path: str, told: str | None) -> int | None:
    return account.edge.seconds(path, told) if account.edge is not None else None
