"""What the headers of an object say to a shared cache. Source: RFC 9111, section 5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def told_seconds(cache_control: str) -> int | None:
    """What the header says; None where it says nothing about time."""
    pairs = (item.strip().partition("=") for item in cache_control.lower().split(","))
    told = {name.strip(): value.strip().strip('"') for name, _, value in pairs if name}
    if told.keys() & {"no-store", "no-cache", "private"}:
        return 0
    for name in ("s-maxage", "max-age"):
        if told.get(name, "").isdigit():
            return int(told[name])
    return None


def cache_control_of(headers: Mapping[str, Any] | None) -> str | None:
    """The header of an object, '' without one; None where an `Expires` takes its place."""
    if headers is None:
        return None
    told = str(headers.get("CacheControl") or "")
    return None if told_seconds(told) is None and headers.get("Expires") else told


_SPANS = (("year", 31_536_000), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def span(seconds: int) -> str:
    """`86400` \u2192 `1 day`; `about` where a whole number of the unit is not what it is."""
    unit, size = next((one for one in _SPANS if seconds >= one[1]), _SPANS[-1])
    if seconds % size == 0:
        count = seconds // size
        return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"about {seconds / size:,.1f} {unit}s"
