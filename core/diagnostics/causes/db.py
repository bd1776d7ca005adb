"""Stored values: empty, no URL at all, a key of an older layout, URL and key that disagree."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics import facts
from core.diagnostics.causes.registry import DB, NOTE, OBJECT, Case, Found, rule, rule_at
from core.diagnostics.direct import presigned_of
from core.diagnostics.facts import Stored
from core.diagnostics.journey import evidence
from core.diagnostics.spelling import fold, trim
from core.diagnostics.urls import parse_url, redact
from core.model.diagnosis import Confidence, Evidence


def _shown(case: Case, stored: Stored) -> tuple[Evidence, ...]:
    value = redact(str(stored.value)) if stored.value is not None else None
    return evidence(facts.record_api(case.snapshot), stored.name, value)


@rule
def empty(case: Case) -> Iterator[Found]:
    held = [s for s in facts.stored(case.snapshot) if s.kind == "empty"]
    elsewhere = case.journey.stopped("host-unknown") is not None  # the page's own address
    if case.journey.stopped("url-empty") or (held and elsewhere):
        name = f" ({held[0].name})" if held else ""
        yield Found("url-empty-in-db", DB, f"The record holds no URL{name}: nothing is requested.",
                    _shown(case, held[0]) if held else evidence("request", "Url", ""))  # fmt: skip


@rule_at("url-not-http")
def not_http(case: Case) -> Iterator[Found]:
    if case.journey.stopped("url-not-http") is None:
        return
    text = redact(case.journey.url.text.strip())[:120]
    if parse_url(trim(case.journey.url.text)).is_absolute_http:
        yield Found(
            "url-whitespace-or-invisible-char", DB,
            "A blank or an invisible character stands in front of the URL, so it is none.",
            evidence("request", "Url", ascii(text)),
        )  # fmt: skip
    else:
        yield Found(
            "url-not-absolute-http", DB,
            f"“{text}” is no http(s) URL: {_what_happens(text)}.",
            evidence("request", "Url", text),
        )  # fmt: skip


_SCHEMES = {
    "s3:": "browsers don't speak S3's own scheme, so nothing is requested",
    "data:": "the picture itself was stored instead of its address",
    "blob:": "it lived in one tab of one browser and is gone with it",
    "file:": "it names a file on somebody's own computer",
    "//": "it takes the scheme of whatever page it stands on, and is none outside a page",
}


def _what_happens(text: str) -> str:
    found = (why for start, why in _SCHEMES.items() if text.lower().startswith(start))
    return next(found, "a browser asks its own site for it, or nobody")


@rule
def bare_key_in_url_field(case: Case) -> Iterator[Found]:
    """The page put its own host in front, because the record's URL is only a key."""
    held = bare_keys(case)
    if held:
        yield Found(
            "url-not-absolute-http", DB,
            f"The record's {held[0].name} holds a bare key, so the page's own host is asked.",
            _shown(case, held[0]),
        )  # fmt: skip


def bare_keys(case: Case) -> list[Stored]:
    """Keys in fields that should hold URLs, where the request went to a host nobody knows."""
    if case.journey.stopped("host-unknown") is None:
        return []
    path = case.journey.url.raw_path.lstrip("/")
    return [
        s
        for s in facts.stored(case.snapshot)
        if s.kind == "key" and facts.names_url(s.name) and str(s.value).lstrip("/") == path
    ]


@rule
def presigned_stored(case: Case) -> Iterator[Found]:
    """A presigned URL always ends; storing one only moves the failure."""
    for stored in facts.stored(case.snapshot):
        if stored.kind == "url" and presigned_of(parse_url(str(stored.value))):
            yield Found(
                "presigned-stored-in-db", NOTE,
                f"The record's {stored.name} holds a presigned URL, which ends by design.",
                _shown(case, stored),
            )  # fmt: skip


@rule
def key_differs(case: Case) -> Iterator[Found]:
    """The record's key against the key that its URL resolves to."""
    journey = case.journey
    visit = journey.final
    if visit is None or visit.key is None or visit.bucket is None:
        return
    for stored in facts.stored(case.snapshot):
        key = str(stored.value).strip().lstrip("/") if stored.kind == "key" else ""
        if not key or key == visit.key:
            continue
        held = case.indexes.of(visit.bucket)
        if visit.item is not None:
            yield from _works_but_differs(case, stored, key, visit.key, present=bool(held.get(key)))
        elif held.get(key) and _holds_url(case) and not _explained(case, key):
            yield Found(
                "db-url-key-disagree", OBJECT,
                f"The record's key {key} exists, but its URL asks for {visit.key}.",
                _shown(case, stored),
            )  # fmt: skip


def _holds_url(case: Case) -> bool:
    """A key can disagree only with a URL that the record holds beside it."""
    return any(stored.kind == "url" for stored in facts.stored(case.snapshot))


def _explained(case: Case, key: str) -> bool:
    weak = {"same_name", "record_key"}
    return any(g.key == key and g.transform not in weak for g in case.guesses)


def _works_but_differs(
    case: Case, stored: Stored, key: str, asked: str, *, present: bool
) -> Iterator[Found]:
    same_name = fold(key).rpartition("/")[2] == fold(asked).rpartition("/")[2]
    if same_name and not present:
        yield Found(
            "db-legacy-key-format", NOTE,
            f"The page works, but the record's {stored.name} still holds the old key {key}: "
            f"a delete would miss {asked} and still answer 204.",
            _shown(case, stored),
        )  # fmt: skip
    else:
        yield Found(
            "db-url-key-disagree", NOTE,
            f"The record's {stored.name} says {key}, its URL resolves to {asked}.",
            _shown(case, stored), Confidence.CERTAIN,
        )  # fmt: skip
