"""How an edge location decides: which behaviour, what key, how long, which part. Pure rules.

Sources: CloudFront Developer Guide, "Manage how long content stays in the cache (expiration)",
"How CloudFront processes HTTP 3xx, 4xx and 5xx status codes", "Path pattern", "Invalidate files".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

_ALWAYS_CACHED_ERRORS = frozenset({404, 405, 414, 500, 501, 502, 503, 504})
_ERRORS_CACHED_IF_TOLD = frozenset({400, 403, 412, 415})
_ERROR_SECONDS = 10
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class CacheRules:
    """A cache policy as far as this edge needs it; the defaults are CachingOptimized."""

    minimum: int = 1
    default: int = 86_400
    maximum: int = 31_536_000
    query: str = "none"  # none, all, whitelist or allExcept
    query_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Behavior:
    pattern: str  # "" for the default behaviour
    rules: CacheRules
    has_function: bool = False
    key_groups: tuple[str, ...] = ()  # where there are any, requests have to be signed


@dataclass(frozen=True)
class DistributionView:
    id: str
    enabled: bool
    behaviors: tuple[Behavior, ...]  # in order of precedence, the default one last
    error_seconds: Mapping[int, int] = field(default_factory=dict)
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # group → key id → PEM

    def keys_of(self, behavior: Behavior) -> dict[str, str]:
        """The public keys, by id, of which one must have signed."""
        groups = (self.keys.get(group, {}) for group in behavior.key_groups)
        return {key: pem for group in groups for key, pem in group.items()}

    def behavior(self, path: str) -> Behavior:
        """The first whose pattern matches the viewer's path (with its leading slash)."""
        wanted = unquote(path)
        return next(b for b in self.behaviors if not b.pattern or matches(b.pattern, wanted))


@dataclass(frozen=True)
class Invalidation:
    created: float  # seconds since the epoch, cut to whole ones
    paths: tuple[str, ...]

    def covers(self, path: str, stored: float) -> bool:
        """Whether it takes away what was stored then; within its own second it always does."""
        decoded = unquote(path)
        return stored < self.created + 1 and any(_invalidates(p, decoded) for p in self.paths)


def matches(pattern: str, path: str) -> bool:
    """A path pattern: `*` any characters, `?` one, case-sensitive, the leading slash optional."""
    return _compiled(pattern.removeprefix("/")).fullmatch(path.removeprefix("/")) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(c, re.escape(c)) for c in pattern), re.DOTALL)


def _invalidates(pattern: str, path: str) -> bool:
    decoded = "/" + unquote(pattern).removeprefix("/")
    if decoded.endswith("*"):  # only a last asterisk is a wildcard
        return path.startswith(decoded[:-1])
    return path == decoded


def cache_key(label: str, raw_path: str, query: str, rules: CacheRules) -> str:
    return f"{label}\n{raw_path}\n{_kept_query(query, rules)}"


def _kept_query(query: str, rules: CacheRules) -> str:
    if rules.query == "all":
        return query
    if rules.query == "none":
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    listed = rules.query == "whitelist"
    kept = [f"{k}={v}" for k, v in pairs if (k in rules.query_names) is listed]
    return "&".join(sorted(kept))


def seconds_to_keep(
    status: int,
    headers: Mapping[str, str],
    rules: CacheRules,
    now: datetime,
    error_seconds: Mapping[int, int] | None = None,
) -> int:
    """How long the answer may be served from the cache; 0: not at all. Header names lower case."""
    told = _told_seconds(headers, now)
    if status == 200:
        wanted = rules.default if told is None else told
        return min(max(wanted, rules.minimum), rules.maximum)
    at_least = (error_seconds or {}).get(status, _ERROR_SECONDS)
    if status in _ALWAYS_CACHED_ERRORS:
        return max(told or 0, at_least)
    if status in _ERRORS_CACHED_IF_TOLD and told:
        return max(told, at_least)
    return 0


def _told_seconds(headers: Mapping[str, str], now: datetime) -> int | None:
    """What the origin says: s-maxage before max-age before Expires; None where it says nothing."""
    directives = _directives(headers.get("cache-control", ""))
    if directives.keys() & {"no-store", "no-cache", "private"}:
        return 0
    for name in ("s-maxage", "max-age"):
        if directives.get(name, "").isdigit():
            return int(directives[name])
    try:
        expires = parsedate_to_datetime(headers["expires"])
    except (KeyError, ValueError):
        return None
    aware = expires if expires.tzinfo else expires.replace(tzinfo=UTC)
    return max(0, int((aware - now).total_seconds()))


def _directives(value: str) -> dict[str, str]:
    pairs = (item.strip().partition("=") for item in value.lower().split(","))
    return {name: content.strip('"') for name, _, content in pairs if name}


def is_unchanged(request: Mapping[str, str], answer: Mapping[str, str]) -> bool:
    """Whether the viewer's copy is current (304). If-None-Match wins over If-Modified-Since."""
    wanted = request.get("if-none-match")
    if wanted is not None:
        etag = answer.get("etag", "")
        candidates = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return "*" in candidates or (bool(etag) and etag.removeprefix("W/") in candidates)
    since, modified = request.get("if-modified-since"), answer.get("last-modified")
    if not since or not modified:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


@dataclass(frozen=True)
class Part:
    """Bytes `start` up to and without `end`; `satisfiable` is False for a 416."""

    start: int
    end: int
    satisfiable: bool = True


def one_range(request: Mapping[str, str]) -> tuple[str, str] | None:
    """First and last byte as they are asked for, either may be ''; None: no range, several of
    them, or one that means nothing and is ignored (RFC 9110, 14.2).
    """
    found = _RANGE.fullmatch(request.get("range", "").replace(" ", ""))
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    return None if first and last and int(last) < int(first) else (first, last)


def range_holds(request: Mapping[str, str], answer: Mapping[str, str]) -> bool:
    """Whether the viewer's part belongs to these bytes; a weak ETag never proves it."""
    condition = request.get("if-range")
    known = {answer.get("etag"), answer.get("last-modified")}
    return not condition or (condition in known and not condition.startswith("W/"))


def wanted_part(request: Mapping[str, str], answer: Mapping[str, str], size: int) -> Part | None:
    """The one range asked for; None: everything, as for several ranges or a stale If-Range."""
    asked = one_range(request)
    if asked is None or not range_holds(request, answer):
        return None
    first, last = asked
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    return Part(start, end, satisfiable=start < end)
