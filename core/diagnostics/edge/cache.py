"""What a HEAD at the edge showed: a copy that is kept, an error that is kept, or neither."""

from __future__ import annotations

from core.diagnostics.journey import CLOUDFRONT_DOCS, Journey, Stop, evidence
from core.model.delivery import DistributionConfig, EdgeEntry
from core.model.diagnosis import ServedBy

# "HTTP 4xx and 5xx status codes that CloudFront always caches"; others need the origin's word.
_ALWAYS_KEPT = frozenset({404, 414, 500, 501, 502, 503, 504})
_YEAR = 31_536_000
_ERROR_SECONDS = 10  # the error caching minimum TTL where none is set


def cache(journey: Journey) -> None:
    """What a HEAD at the edge showed for this very path."""
    journey.edge = entry = edge_entry(journey)
    if entry is None:
        return
    live = entry.expires_in is None or entry.expires_in > 0
    hit = ("hit" in entry.x_cache.lower() or (entry.age or 0) > 0) and live
    age = "" if entry.age is None else f", {entry.age} s old"
    journey.log.step(
        "cache", "ok", f"The edge showed {entry.status} ({entry.x_cache or 'no X-Cache'}{age})",
        evidence=evidence("edge:HEAD", entry.path, {"Status": entry.status, "Age": entry.age,
                                                    "ETag": entry.etag, "XCache": entry.x_cache}),
        doc=CLOUDFRONT_DOCS + "Expiration.html",
    )  # fmt: skip
    journey.from_cache = hit and not is_error(entry)


def is_error(entry: EdgeEntry) -> bool:
    return (entry.status or 200) >= 400


def shows_keeping(entry: EdgeEntry) -> bool:
    """Whether an age, an end or a hit proves that the edge had the answer already."""
    return entry.age is not None or entry.expires_in is not None or "hit" in entry.x_cache.lower()


def cached_error(journey: Journey, config: DistributionConfig) -> None:
    """The origin would answer well now, but the edge still keeps an error."""
    entry = journey.edge
    if entry is None or journey.stops or not is_error(entry) or not shows_keeping(entry):
        return
    left = error_seconds_left(entry, config)
    if left is not None and left <= 0:
        return
    journey.log.stop(
        Stop("cache", "cached-error", entry.status, ServedBy.CACHE, detail=str(left or "")),
        f"The edge keeps the {entry.status} it got earlier",
        evidence=evidence("edge:HEAD", entry.path, {"Status": entry.status, "Age": entry.age}),
        doc=CLOUDFRONT_DOCS + "HTTPStatusCodes.html",
    )


def error_seconds_left(entry: EdgeEntry, config: DistributionConfig) -> int | None:
    """Seconds for which the edge still keeps this error; None where it can't be told."""
    if entry.expires_in is not None:
        return min(entry.expires_in, _YEAR)
    if entry.age is None:
        return None
    return min(_error_seconds(entry, config) - entry.age, _YEAR)


def may_be_kept_for(entry: EdgeEntry, config: DistributionConfig) -> int:
    """The most seconds for which an error that was just seen may come back from the edge."""
    left = error_seconds_left(entry, config)
    if left is not None:
        return max(left, 0)
    kept = shows_keeping(entry) or entry.status in _ALWAYS_KEPT
    return _error_seconds(entry, config) if kept else 0


def _error_seconds(entry: EdgeEntry, config: DistributionConfig) -> int:
    rules = (r for r in config.custom_error_responses if r.error_code == entry.status)
    found = next((r.error_caching_min_ttl for r in rules), None)
    return _ERROR_SECONDS if found is None else found


def edge_entry(journey: Journey) -> EdgeEntry | None:
    """The entry of this URL: with its query string first, else of the bare path."""
    url = journey.url
    full = f"{url.raw_path}?{journey.query}" if journey.query else url.raw_path
    for wanted in (full, url.raw_path, journey.uri, url.match_path):
        for entry in journey.snapshot.edge_cache:
            if _same_path(entry, wanted):
                return entry
    return None


def _same_path(entry: EdgeEntry, wanted: str) -> bool:
    extra = entry.model_extra or {}
    query = str(extra.get("QueryString") or extra.get("Query") or "").lstrip("?")
    path = entry.path
    if "://" in path:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    if query and "?" not in path:
        path = f"{path}?{query}"
    return path == wanted
