"""For how long the edges keep files today: the cache policy's limits over what the objects say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.measures.account import Account
from core.model.caching import cache_control_of, span
from core.model.measured import ViewedFile

Headers = Callable[[str, str], Mapping[str, Any] | None]  # of a bucket's key; None: not known
_LOOKED_AT = 20  # busiest URLs: each may be a HEAD request
_MOST = Decimal("0.9")  # of their requests that have to agree


def ttl_today(
    files: Sequence[ViewedFile], account: Account, headers: Headers
) -> tuple[int | None, str]:
    """The one TTL that the busiest URLs have, or None and why there is none."""
    edge = account.edge
    if edge is None:
        return None, f"the TTL of now is not known: {account.edge_problem}"
    busiest = sorted(files, key=lambda one: -one.requests)[:_LOOKED_AT]
    found: dict[int, int] = {}
    for file in busiest:
        target = edge.target(file.path)
        told = headers(target.bucket, target.key) if target is not None else None
        seconds = edge.seconds(file.path, cache_control_of(told))
        if seconds is not None:
            found[seconds] = found.get(seconds, 0) + file.requests
    return _agreed(found, sum(one.requests for one in busiest))


def _agreed(found: dict[int, int], requests: int) -> tuple[int | None, str]:
    if not requests:
        return None, "the TTL of now is not known: no URL was asked for"
    best = max(found, key=lambda seconds: found[seconds], default=None)
    if best is not None and found[best] >= _MOST * requests:
        return best, ""
    if sum(found.values()) < _MOST * requests:
        return None, "the TTL of now is not known: the files of too many URLs can't be read"
    low, high = min(found), max(found)
    return None, f"there is no one TTL of now: files are kept from {span(low)} to {span(high)}"
