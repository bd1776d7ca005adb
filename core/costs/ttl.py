"""How many cache misses another TTL would leave, from requests by URL and the misses of now.

Requests of a file come evenly to `caches` places, each of which keeps it for the TTL: of r
requests a place misses r / (1 + rT/M), M the month in seconds. How many places there are is what
makes the model meet the misses that were measured.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.costs.price_sheet import month_hours
from core.model.measured import MeasuredMonth

_MOST_CACHES = 100_000.0
_ROUNDS = 60


def misses_at(measured: MeasuredMonth, seconds: int) -> int | None:
    """None: no number of caches explains the misses of now."""
    files, now = measured.files or (), measured.ttl_seconds
    misses = measured.misses
    if now is None or misses is None:
        return None
    requests = [float(one.requests) for one in files if one.requests]
    month = float(month_hours(measured.period)) * 3600
    every = sum(one.requests for one in measured.delivered or ())
    if not requests or not every:
        return None
    known = [one.misses for one in files if one.requests and one.misses is not None]
    counted = len(known) == len(requests)
    # Else what falls to the files that are known, as many as to all others.
    seen = float(sum(known)) if counted else misses * sum(requests) / every
    caches = _caches(requests, now / month, seen)
    if caches is None:
        return None
    return round(_misses(requests, seconds / month, caches) * misses / seen)


def _misses(requests: Sequence[float], share: float, caches: float) -> float:
    """`share` is the TTL as a part of the month."""
    return sum(r / (1 + r * share / caches) for r in requests)


def _caches(requests: Sequence[float], share: float, seen: float) -> float | None:
    low, high = 1.0, _MOST_CACHES
    if not _misses(requests, share, low) <= seen <= _misses(requests, share, high):
        return None
    for _ in range(_ROUNDS):
        middle = (low * high) ** 0.5
        if _misses(requests, share, middle) < seen:
            low = middle
        else:
            high = middle
    return high
