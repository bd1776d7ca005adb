"""Answers that are right but slow: weight, packing, distance to the edge."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics import facts
from core.diagnostics.causes.registry import SLOW, Case, Found, rule_unstopped
from core.diagnostics.causes.response import answered_object, good_object
from core.diagnostics.journey import evidence, place_of
from core.model.diagnosis import Confidence

_COMPRESSIBLE = ("text/", "application/json", "application/javascript", "application/xml",
                 "application/wasm", "image/svg+xml", "application/x-javascript", "font/ttf",
                 "font/otf", "application/vnd.ms-fontobject", "application/manifest+json",
                 "application/geo+json", "application/ld+json", "application/rss+xml",
                 "application/xhtml+xml", "application/x-font-ttf", "font/opentype",
                 "application/vnd.apple.mpegurl", "application/dash+xml")  # fmt: skip
LARGE_IMAGE = 8_000_000


@rule_unstopped
def uncompressed(case: Case) -> Iterator[Found]:
    """Text-like types between 1,000 and 10,000,000 bytes, if behaviour and policy agree."""
    item, journey = good_object(case), case.journey
    forwarding, behavior = journey.forwarding, journey.behavior
    if item is None or behavior is None or forwarding is None or not forwarding.known:
        return
    accepts = case.snapshot.request.header("accept-encoding")
    if accepts is not None and not any(word in accepts for word in ("gzip", "br", "*")):
        return
    kind = (item.content_type or "").lower()
    size = item.size or 0
    if item.content_encoding or not kind.startswith(_COMPRESSIBLE) or size < 1000:
        return
    reasons = []
    if not behavior.compress:
        reasons.append("the behaviour does not compress")
    if not (forwarding.key.gzip or forwarding.key.brotli):
        reasons.append("the cache policy does not let Accept-Encoding through")
    if size > 10_000_000:
        reasons.append("it is larger than 10,000,000 bytes")
    if reasons:
        yield Found("compression-not-applied", SLOW,
                    f"{item.key} ({kind}) is sent uncompressed: {'; '.join(reasons)}.",
                    evidence("cloudfront:GetDistribution", place_of(journey, "Compress"),
                             behavior.compress))  # fmt: skip


_SHOWN_SMALL = (
    r"slow|display|width|thumb|viewport|lcp|layout|rendered|css|(?<![a-z])px(?![a-z])|lighthouse|shown_(?:at|as|in)|"
    r"pagespeed|heavy|load.?time|seconds to load"
)


@rule_unstopped
def large(case: Case) -> Iterator[Found]:
    item = good_object(case)
    if item is None or not item.size or not (item.content_type or "").startswith("image/"):
        return
    told = facts.says(case.snapshot, _SHOWN_SMALL)
    if item.size >= LARGE_IMAGE or (told and item.size >= 500_000):
        yield Found(
            "image-too-large-no-variants",
            SLOW,
            f"The picture has {_mebibytes(item.size)} MiB; no smaller rendition is asked for.",
            evidence("s3:HeadObject", "ContentLength", item.size),
            Confidence.LIKELY,
        )


def _mebibytes(size: int) -> str:
    """With one decimal; in whole numbers, because a damaged case may hold any of them."""
    tenths = (size * 10 + 2**19) // 2**20
    return f"{tenths // 10}.{tenths % 10}"


_NORTH_AND_EUROPE = frozenset(
    [
        "US",
        "CA",
        "MX",
        "PR",
        "AD",
        "AL",
        "AT",
        "BA",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IL",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "TR",
        "UA",
        "VA",
        "XK",
        "FO",
        "GI",
        "GL",
        "IM",
        "JE",
        "GG",
    ]
)
_SECOND_CLASS = frozenset(
    [
        "JP",
        "HK",
        "ID",
        "PH",
        "SG",
        "KR",
        "TW",
        "TH",
        "MY",
        "VN",
        "IN",
        "ZA",
        "KE",
        "NG",
        "EG",
        "AE",
        "BH",
        "OM",
        "KW",
        "QA",
        "SA",
        "JO",
        "LB",
        "MA",
        "TN",
        "GH",
        "UG",
        "TZ",
        "ET",
        "RW",
        "MU",
    ]
)


@rule_unstopped
def far_edge(case: Case) -> Iterator[Found]:
    """Viewers outside the price class are answered from farther away."""
    owner, country = case.journey.distribution, case.snapshot.request.viewer.country
    if owner is None or country is None or answered_object(case) is None:
        return
    price_class = owner.config.price_class
    near = {"PriceClass_100": _NORTH_AND_EUROPE,
            "PriceClass_200": _NORTH_AND_EUROPE | _SECOND_CLASS}.get(price_class)  # fmt: skip
    if near is not None and country not in near:
        yield Found("price-class-far-edge", SLOW,
                    f"{price_class} has no edge near viewers in {country}.",
                    evidence("cloudfront:GetDistribution", "DistributionConfig.PriceClass",
                             price_class))  # fmt: skip
