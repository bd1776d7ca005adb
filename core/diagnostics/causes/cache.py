"""Old answers: at the edge, in the browser, and invalidations that missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, unquote

from core.diagnostics import facts
from core.diagnostics.causes.registry import CACHE, SLOW, Case, Found, rule, rule_at, rule_unstopped
from core.diagnostics.edge.cache import error_seconds_left
from core.diagnostics.journey import evidence
from core.diagnostics.urls import whole_number
from core.model.delivery import EdgeEntry, Invalidation
from core.model.diagnosis import Confidence, Evidence
from core.model.wildcards import matches

_PARAMETERS = "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin."
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|_ga|_gl|ref|cb|_|ts|t|rand|nocache|"
    r"referr?er|source|campaign|session(_?id)?|sid|uid|user(_?id)?|visitor(_?id)?|client_?id|"
    r"timestamp|time|now|random|rnd|cache_?bust(er)?|cachebuster|trk\w*|tracking\w*|hsa_\w+|"
    r"wbraid|gbraid|ttclid|twclid|li_fat_id|s_kwcid|mkt_tok|pk_\w+|mtm_\w+)$",
    re.IGNORECASE,
)


def edge_evidence(entry: EdgeEntry) -> tuple[Evidence, ...]:
    return evidence(
        "edge:HEAD",
        entry.path,
        {"Status": entry.status, "Age": entry.age, "ETag": entry.etag, "XCache": entry.x_cache},
    )


def _tag(value: str | None) -> str:
    return (value or "").removeprefix("W/").strip('"')


def is_stale(case: Case) -> bool:
    """The edge shows other bytes than the bucket holds."""
    journey = case.journey
    entry, visit = journey.edge, journey.final
    if entry is None or visit is None or visit.item is None or (entry.status or 200) >= 400:
        return False
    one, other = _tag(entry.etag), _tag(visit.item.etag)
    return bool(one and other and one != other)


@rule_at("cached-error")
def cached_error(case: Case) -> Iterator[Found]:
    entry, owner = case.journey.edge, case.journey.distribution
    if case.journey.stopped("cached-error") is None or entry is None or owner is None:
        return
    left = error_seconds_left(entry, owner.config)
    until = f" until {_clock(case, left)} UTC" if left else ""
    yield Found(
        "cached-error-response", CACHE,
        f"The origin answers well now, but the edge keeps the {entry.status}{until}.",
        edge_evidence(entry),
    )  # fmt: skip


def _clock(case: Case, seconds: int) -> str:
    """A time of today, or with its day."""
    now = case.snapshot.now
    end = now + timedelta(seconds=seconds)
    return f"{end:%H:%M:%S}" if end.date() == now.date() else f"{end:%Y-%m-%d %H:%M:%S}"


@rule
def stale(case: Case) -> Iterator[Found]:
    """A replaced object under the same key, and why invalidating it did not help.

    What the edge keeps it also shows where the origin would refuse by now.
    """
    entry, journey = case.journey.edge, case.journey
    answered = not journey.stops or (journey.from_cache and not journey.log.stops)
    if entry is None or not is_stale(case) or not answered:
        return
    reasons = list(_missed(case))
    yield from reasons
    if not reasons and _ignored_version(case):
        yield Found(
            "query-string-not-in-cache-key", CACHE,
            f"The query string “{case.journey.query}” is not part of the cache key: it changes "
            "nothing.", edge_evidence(entry),
        )  # fmt: skip
    yield Found("cached-stale-object", CACHE + 1,
                "The edge still shows the bytes from before the object was replaced.",
                edge_evidence(entry))  # fmt: skip


def _ignored_version(case: Case) -> bool:
    forwarding, query = case.journey.forwarding, case.journey.query
    if not query or forwarding is None or not forwarding.known:
        return False
    names = [part.split("=", 1)[0] for part in query.split("&") if part]
    return not any(forwarding.key.query.has(name) for name in names)


def _missed(case: Case) -> Iterator[Found]:
    """At most one reason, of the newest invalidation that was meant for this path."""
    path = case.journey.url.raw_path
    newest = sorted(
        case.snapshot.invalidations,
        key=lambda i: i.create_time.timestamp() if i.create_time else 0, reverse=True,
    )  # fmt: skip
    for invalidation in newest:
        if _done(case, invalidation, path):
            return  # older ones no longer matter
        for item in invalidation.paths:
            found = _verdict(case, invalidation, item, path)
            if found:
                place = f"{invalidation.id}: InvalidationBatch.Paths.Items"
                yield Found(found[0], CACHE, found[1],
                            evidence("cloudfront:GetInvalidation", place, item))  # fmt: skip
                return


def _done(case: Case, invalidation: Invalidation, path: str) -> bool:
    """Completed, and it named every path under which the edge keeps this answer."""
    query = case.journey.query
    full = f"{path}?{query}" if query and _query_counts(case) else path
    both = {full, case.journey.uri} if case.journey.uri != path else {full}
    named = all(any(covers(item, one) for item in invalidation.paths) for one in both)
    return named and invalidation.status == "Completed"


def covers(item: str, full: str) -> bool:
    """Whether an invalidation path covers a viewer path; "*" counts as the last character only."""
    wanted = item if item.startswith("/") else "/" + item
    if wanted.endswith("*"):
        return full.startswith(wanted[:-1])
    return wanted == full


def _verdict(
    case: Case, invalidation: Invalidation, item: str, path: str
) -> tuple[str, str] | None:
    query = case.journey.query
    full = f"{path}?{query}" if query and _query_counts(case) else path
    wanted = item if item.startswith("/") else "/" + item
    rewritten = case.journey.uri != path
    if covers(item, full):
        if invalidation.status != "Completed":
            return "invalidation-in-progress", f"The invalidation of {item} is still under way."
        if rewritten and not _covered(case, case.journey.uri):
            return _one_of_both(case, item)
        return None
    if rewritten and covers(item, case.journey.uri):
        return None if _covered(case, full) else _one_of_both(case, item)
    return _near_miss(case, wanted, path, full)


def _covered(case: Case, path: str) -> bool:
    return any(covers(item, path) for i in case.snapshot.invalidations for item in i.paths)


def _one_of_both(case: Case, item: str) -> tuple[str, str]:
    way = f"{case.journey.url.raw_path} to {case.journey.uri}"
    why = f"A function rewrites {way}: both have to be invalidated, not only {item}."
    return "invalidation-rewritten-uri", why


def _query_counts(case: Case) -> bool:
    forwarding = case.journey.forwarding
    return bool(forwarding and forwarding.key.query)


def _near_miss(case: Case, item: str, path: str, full: str) -> tuple[str, str] | None:
    if "*" in item[:-1] and (matches(item, path) or matches(item, full)):
        return ("invalidation-wildcard-not-last",
                f"{item}: “*” counts as the last character only.")  # fmt: skip
    if full != path and covers(item, path):
        return ("invalidation-query-string-variants",
                f"{item} does not cover the variant with “?{case.journey.query}”.")  # fmt: skip
    return _misspelt(item, path) or _with_origin_path(case, item, path)


def _misspelt(item: str, path: str) -> tuple[str, str] | None:
    if _plain(item) == _plain(path) or covers(_plain(item), _plain(path)):
        return ("invalidation-not-encoded",
                f"{item} is not encoded as viewers send it ({path}).")  # fmt: skip
    if (
        covers(item.casefold(), path.casefold())
        or _plain(item).casefold() == _plain(path).casefold()
    ):
        return ("invalidation-wrong-case", f"{item} differs from {path} in case.")
    return None


def _with_origin_path(case: Case, item: str, path: str) -> tuple[str, str] | None:
    """The invalidation names the key, with what the origin path puts in front; case apart."""
    visit = case.journey.visit
    lead = visit.origin.origin_path.rstrip("/") if visit else ""
    if not lead or not covers(item.casefold(), (lead + path).casefold()):
        return None
    return (
        "invalidation-path-includes-origin-path",
        f"{item} includes the origin path {lead}; the viewer's path is {path}.",
    )


def _plain(path: str) -> str:
    return unquote(unquote(path)).replace("+", " ")


def encoded_path(path: str) -> str:
    """A viewer path as an invalidation has to name it."""
    return quote(unquote(path), safe="/*-._~!$'()+,;=:@&")


@rule_unstopped
def variants_left(case: Case) -> Iterator[Found]:
    """The bare path was invalidated and is fresh; a variant with another query string is not."""
    journey = case.journey
    if journey.stops or is_stale(case) or not _query_counts(case) or journey.final is None:
        return
    item = journey.final.item
    path = journey.url.raw_path
    hit = [i for i in case.snapshot.invalidations if any(covers(p, path) for p in i.paths)]
    for entry in case.snapshot.edge_cache:
        bare, _, query = entry.path.partition("?")
        differs = item and entry.etag and _tag(entry.etag) != _tag(item.etag)
        if bare == path and query and differs and hit and query != journey.query:
            yield Found(
                "invalidation-query-string-variants", CACHE,
                f"The variant {entry.path} still shows the old bytes.", edge_evidence(entry),
            )  # fmt: skip
            return


_RELOADED = r"(?:hard|forced?).?(?:reload|refresh)|incognito|private window|clear\w* (?:the )?cache"
_OLD = rf"stale|old|browser|cached|outdated|etag|disk.?cache|previous|{_RELOADED}"
_SEEN = (
    r"browser|disk|(?<![a-z])(?:sees?|seen|shows?|shown|gets?|still|user|viewer|client)(?![a-z])|"
    + _RELOADED
)


@rule_unstopped
def browser(case: Case) -> Iterator[Found]:
    """The edge is fresh; a person still sees the old picture."""
    visit, entry = case.journey.final, case.journey.edge
    if visit is None or visit.item is None or case.journey.stops or is_stale(case):
        return
    told = facts.says(case.snapshot, _OLD)
    if not told or facts.table(case.snapshot) not in {"client_report", "notes", "facts"}:
        return
    report = facts.table(case.snapshot) == "client_report" or re.search(_SEEN, told) is not None
    long = _max_age(visit.item.cache_control) >= 3600 or "immutable" in (
        visit.item.cache_control or ""
    )
    same_etag = entry is None or _tag(entry.etag) == _tag(visit.item.etag)
    if report and same_etag and (long or _client_tag_differs(case, visit.item.etag)):
        yield Found(
            "browser-cache-stale", CACHE,
            "Edge and bucket agree; the browser keeps its own copy, which no invalidation reaches.",
            evidence("s3:HeadObject", "CacheControl", visit.item.cache_control), Confidence.LIKELY,
        )  # fmt: skip


def _client_tag_differs(case: Case, etag: str | None) -> bool:
    told = facts.fact(case.snapshot, r"etag")
    return bool(told) and _tag(told) != _tag(etag).lower()


def _max_age(cache_control: str | None) -> int:
    found = re.search(r"(?:^|[ ,])max-age=(\d+)", cache_control or "")
    return (whole_number(found[1]) or 0) if found else 0


@rule_unstopped
def fragmenting(case: Case) -> Iterator[Found]:
    """Parameters that never change the answer make a cache entry each."""
    journey = case.journey
    forwarding = journey.forwarding
    if not journey.ok or journey.stops or forwarding is None or is_stale(case):
        return
    names = [part.split("=", 1)[0] for part in journey.query.split("&") if part]
    seen_to_miss = facts.says(case.snapshot, r"hit.?rat|miss|fragment|distinct|quer(y|ies)")
    noise = [
        n for n in names
        if forwarding.key.query.has(n) and (_TRACKING.match(n) or (seen_to_miss and n != "v"))
    ]  # fmt: skip
    if forwarding.key.query.everything and noise:
        yield Found(
            "query-string-fragmenting-cache", SLOW,
            f"Every value of {', '.join(noise)} is cached apart: most requests miss.",
            evidence("cloudfront:GetCachePolicy", _PARAMETERS + "QueryStringsConfig."
                     "QueryStringBehavior", "all"),
        )  # fmt: skip


@rule_unstopped
def uncached(case: Case) -> Iterator[Found]:
    """Answers that the edge may not keep."""
    journey = case.journey
    visit, forwarding = journey.final, journey.forwarding
    if not journey.ok or journey.stops or visit is None or visit.item is None or forwarding is None:
        return
    if not forwarding.known or is_stale(case) or journey.from_cache:
        return
    key = forwarding.key
    if key.max_ttl == 0:
        yield Found(
            "caching-disabled-or-zero-ttl", SLOW,
            f"The cache settings {key.name} keep nothing: every request goes to S3.",
            evidence("cloudfront:GetCachePolicy", "CachePolicyConfig.MaxTTL", key.max_ttl),
        )  # fmt: skip
        return
    header = (visit.item.cache_control or "").lower()
    shared = re.search(r"s-maxage=0*[1-9]", header)  # counts for CloudFront before max-age
    ends = None if shared else re.search(r"(?<!s-)max-age=0(?!\d)", header)
    forbids = re.search(r"no-store|private|no-cache|s-maxage=0(?!\d)", header) or ends
    zero_default = key.default_ttl == 0 and key.min_ttl == 0 and not header
    if (forbids and key.min_ttl <= 1) or zero_default:
        yield Found(
            "caching-disabled-or-zero-ttl", SLOW,
            f"“{header or 'no Cache-Control'}” with this cache policy keeps nothing at the edge.",
            evidence("s3:HeadObject", "CacheControl", visit.item.cache_control),
        )  # fmt: skip
