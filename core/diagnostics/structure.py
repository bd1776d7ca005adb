"""Structural readings of a request: the keys it would ask for with one building mistake undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.diagnostics.journey import Journey
from core.diagnostics.nested import inner_address
from core.diagnostics.origins import endpoint_of
from core.diagnostics.routing import by_alias, by_domain
from core.diagnostics.spelling import trim
from core.diagnostics.urls import key_of, parse_url
from core.model.wildcards import literal_prefix


@dataclass(frozen=True, slots=True)
class Shape:
    """One reading. An empty `bucket` means any bucket; `home` is the one that was asked."""

    name: str
    key: str
    base: float
    home: str = ""
    bucket: str = ""
    prefix: str = ""

    @property
    def is_identity(self) -> bool:
        return self.name == "identity"

    def weight(self, bucket: str) -> float:
        return self.base if bucket == self.home or not self.home else self.base - 0.08


_DOTS = re.compile(r"/\.{1,2}(?:/|$)")
_QUOTES = "\"'<>`"
_LONGEST = 2048  # characters: a key has up to 1,024 bytes, and this may have it twice


def shapes(journey: Journey) -> Iterator[Shape]:
    """Readings from the most to the least exact; duplicates keep the first name."""
    seen: set[tuple[str, str]] = set()
    for shape in _readings(journey):
        place = (shape.key, shape.bucket)
        if shape.key and place not in seen:
            seen.add(place)
            yield shape


def _readings(journey: Journey) -> Iterator[Shape]:
    visit = journey.visit
    if visit is None or visit.key is None:
        yield from _from_text(journey)
        return
    home, key = visit.bucket_name, visit.key
    yield Shape("identity", key, 1.0, home)
    before = key_of(visit.origin.origin_path + journey.url.raw_path)
    if journey.uri != journey.url.raw_path:  # first: the function alone is what differs
        yield Shape("before_function", before, 0.98, home)
    yield from _index_document(key, home)
    yield from _text_readings(journey, home)
    yield from _building(journey, key, home)
    if journey.uri != journey.url.raw_path:
        for shape in _building(journey, before, home):
            yield replace(shape, name="before_function", base=shape.base - 0.02)


def _building(journey: Journey, key: str, home: str) -> Iterator[Shape]:
    """Mistakes of whoever builds URLs."""
    yield from _origin_path(journey, key, home)
    yield from _prefix(journey, key, home)
    yield from _bucket_name(journey, key, home)
    yield from _repeated(key, home)


def _index_document(key: str, home: str) -> Iterator[Shape]:
    if key.endswith("/") and key != "/":
        yield Shape("index_document", key + "index.html", 0.98, home)
    elif key and "." not in key.rpartition("/")[2]:
        yield Shape("index_document", key + "/index.html", 0.95, home)


def _from_text(journey: Journey) -> Iterator[Shape]:
    """No request was made (a bare key, s3://…) or nobody answers the host."""
    text = journey.url.text.strip()
    if text.startswith("s3://"):
        bucket, _, key = text[5:].partition("/")
        yield Shape("s3_uri", key, 1.0, bucket, bucket)
    elif journey.url.host:
        yield Shape("identity", key_of(journey.url.raw_path), 0.96)
        for origin_path in _origin_paths(journey):
            key = key_of(origin_path + journey.url.raw_path)
            yield Shape("other_distribution", key, 0.95)
    elif (url := parse_url(trim(text).strip(_QUOTES))).is_absolute_http:
        for origin_path in ["", *_origin_paths(journey)]:
            yield Shape("bare_key", key_of(origin_path + url.raw_path), 0.97)
    elif text and "://" not in text and not text.startswith(("data:", "blob:")):
        yield from _without_scheme(journey, text)
        yield Shape("bare_key", key_of("/" + text.lstrip("/")), 0.97)
        yield Shape("bare_key", text, 0.96)


def _without_scheme(journey: Journey, text: str) -> Iterator[Shape]:
    """`cdn.example.com/a.jpg`: only the scheme is missing."""
    url = parse_url("https://" + text.lstrip("/"))
    endpoint = endpoint_of(url.host)
    if endpoint.kind in {"rest", "website"}:
        yield Shape("bare_key", key_of(url.raw_path), 0.97, endpoint.bucket, endpoint.bucket)
    elif by_domain(journey.snapshot, url.host) or by_alias(journey.snapshot, url.host):
        for origin_path in ["", *_origin_paths(journey)]:
            yield Shape("bare_key", key_of(origin_path + url.raw_path), 0.97)


def _origin_paths(journey: Journey) -> list[str]:
    found = {o.origin_path for d in journey.snapshot.distributions for o in d.config.origins}
    return sorted(path for path in found if path)


def _text_readings(journey: Journey, home: str) -> Iterator[Shape]:
    """The query or the fragment belonged to the key; a URL stands inside the URL."""
    visit, url = journey.visit, journey.url
    if visit is None or visit.key is None:
        return
    prefix = visit.origin.origin_path
    tail = "" if visit.endpoint.kind == "path-style" else prefix
    if _DOTS.search(url.raw_path):
        yield Shape("dot_segments", key_of(f"{tail}{url.match_path}"), 0.97, home)
    if url.query:
        yield Shape("query_was_key", key_of(f"{tail}{url.raw_path}?{url.query}"), 0.97, home)
    if url.fragment:
        rest = f"?{url.query}" if url.query else ""
        whole = f"{tail}{url.raw_path}{rest}#{url.fragment}"
        yield Shape("fragment_was_key", key_of(whole), 0.97, home)
    yield from _nested(journey, tail, home)


def _nested(journey: Journey, prefix: str, home: str) -> Iterator[Shape]:
    snapshot = journey.snapshot

    def is_known(host: str) -> bool:
        return (by_domain(snapshot, host) or by_alias(snapshot, host)) is not None

    inner = inner_address(journey.url.raw_path, is_known)
    if inner is None:
        return
    if inner.bucket:
        yield Shape("nested_url", inner.key, 0.96, inner.bucket, inner.bucket)
        return
    if prefix:
        yield Shape("nested_url", f"{key_of(prefix)}/{inner.key}", 0.96, home)
    yield Shape("nested_url", inner.key, 0.95 if prefix else 0.96, home)


def _origin_path(journey: Journey, key: str, home: str) -> Iterator[Shape]:
    visit = journey.visit
    if visit is None or not visit.origin.origin_path:
        return
    prefix = key_of(visit.origin.origin_path).strip("/")
    rest = key[len(prefix) + 1 :] if key.startswith(prefix + "/") else key
    rest = rest.lstrip("/")
    doubled = rest.casefold().startswith(prefix.casefold() + "/")
    if doubled:
        yield Shape("drop_origin_path", rest, 0.99, home, prefix=prefix)
    yield Shape("without_origin_path", rest, 0.93, home, prefix=prefix)


def _prefix(journey: Journey, key: str, home: str) -> Iterator[Shape]:
    """The path pattern is for matching only: nothing is stripped or added by CloudFront."""
    visit, distribution = journey.visit, journey.distribution
    if visit is None or distribution is None or journey.behavior is None:
        return
    lead = key_of(visit.origin.origin_path).strip("/")
    lead = lead + "/" if lead else ""
    rest = key.removeprefix(lead)
    pattern = literal_prefix(journey.behavior.path_pattern).strip("/")
    if pattern and rest.startswith(pattern + "/"):
        bare = rest[len(pattern) + 1 :]
        yield Shape("strip_behavior_prefix", lead + bare, 0.97, home, prefix=pattern)
        if lead:
            yield Shape("strip_behavior_prefix", bare, 0.94, home, prefix=pattern)
    for behavior in distribution.config.cache_behaviors:
        other = literal_prefix(behavior.path_pattern).strip("/")
        if other and not rest.startswith(other + "/"):
            yield Shape("add_behavior_prefix", f"{other}/{rest}", 0.93, home, prefix=other)


def _bucket_name(journey: Journey, key: str, home: str) -> Iterator[Shape]:
    first, _, rest = key.partition("/")
    names = {bucket.name for bucket in journey.snapshot.buckets}
    if first in names and rest:
        yield Shape("drop_bucket_name", rest, 0.97, first, first, prefix=first)
    visit = journey.visit
    if visit is None:
        return
    lead = key_of(visit.origin.origin_path).strip("/") + "/"
    inner = key.removeprefix(lead)
    name, _, rest = inner.partition("/")
    if inner != key and name in names and rest:
        yield Shape("drop_bucket_name", lead + rest, 0.97, home, prefix=name)
        yield Shape("drop_bucket_name", rest, 0.96, name, name, prefix=name)


def _repeated(key: str, home: str) -> Iterator[Shape]:
    """A segment (or a run of them) stands twice, or should."""
    if len(key) > _LONGEST:
        return
    segments = key.split("/")
    for size in (1, 2):
        for i in range(len(segments) - 2 * size + 1):
            if segments[i : i + size] == segments[i + size : i + 2 * size]:
                once = segments[:i] + segments[i + size :]
                yield Shape("collapse_repeat", "/".join(once), 0.96, home,
                            prefix="/".join(segments[i : i + size]))  # fmt: skip
    if len(segments) > 1:
        doubled = [segments[0], *segments]
        yield Shape("double_first", "/".join(doubled), 0.92, home, prefix=segments[0])
