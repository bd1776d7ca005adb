"""Answers that arrive and still don't work: CORS, content headers, error pages, weight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from core.diagnostics import facts
from core.diagnostics.causes.cache import is_stale
from core.diagnostics.causes.registry import RESPONSE, SLOW, Case, Found, rule, rule_unstopped
from core.diagnostics.edge.cors import allows, allows_origin, asked_headers, cors_rules, texts
from core.diagnostics.edge.policies import answers_cors, cors_origins, response_cors
from core.diagnostics.journey import Journey, evidence, place_of
from core.diagnostics.spelling import extension_of
from core.diagnostics.urls import whole_number
from core.model.delivery import S3Object
from core.model.diagnosis import Confidence

_TYPES = {
    "jpg": ("image/jpeg", "image/jpg", "image/pjpeg"), "jpeg": ("image/jpeg", "image/jpg"),
    "png": ("image/png",), "webp": ("image/webp",), "gif": ("image/gif",),
    "avif": ("image/avif",), "svg": ("image/svg+xml",), "ico": ("image/",), "bmp": ("image/",),
    "heic": ("image/",), "heif": ("image/",), "tif": ("image/",), "tiff": ("image/",),
    "mp4": ("video/",), "mov": ("video/",), "webm": ("video/", "audio/"), "mp3": ("audio/",),
    "css": ("text/css",), "js": ("text/javascript", "application/javascript", "application/x-java"),
    "mjs": ("text/javascript", "application/javascript"), "json": ("application/", "text/"),
    "html": ("text/html", "application/xhtml"), "pdf": ("application/pdf",),
    "woff2": ("font/", "application/font"), "woff": ("font/", "application/font"),
}  # fmt: skip
_RASTER = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic",
           "video/", "audio/", "application/zip")  # fmt: skip
_COMPRESSIBLE = ("text/", "application/json", "application/javascript", "application/xml",
                 "application/wasm", "image/svg+xml", "application/x-javascript", "font/ttf",
                 "font/otf", "application/vnd.ms-fontobject", "application/manifest+json",
                 "application/geo+json", "application/ld+json", "application/rss+xml",
                 "application/xhtml+xml", "application/x-font-ttf", "font/opentype",
                 "application/vnd.apple.mpegurl", "application/dash+xml")  # fmt: skip
LARGE_IMAGE = 8_000_000


def _good(case: Case) -> S3Object | None:
    """The object of an answer that is fine so far, and not stored like this on purpose."""
    item = _answered(case)
    return None if item is None or _on_purpose(case, item) else item


def _answered(case: Case) -> S3Object | None:
    journey = case.journey
    if not journey.ok or journey.stops or journey.final is None or is_stale(case):
        return None
    return journey.final.item


def _on_purpose(case: Case, item: S3Object) -> bool:
    """The record vouches for the size and the headers: a download is meant to be one."""
    meant = facts.served_as(case.snapshot)
    if not meant or facts.attributes(case.snapshot).get("key") != item.key:
        return False
    ways = [_way(meant.get("ContentDisposition")), _way(item.content_disposition)]
    same = (meant.get("Size"), meant.get("ContentType")) == (item.size, item.content_type)
    return same and ways[0] == ways[1]


def _way(disposition: Any) -> str:
    return str(disposition or "inline").partition(";")[0].strip().lower()


# --- error pages ----------------------------------------------------------------------------


@rule
def error_page(case: Case) -> Iterator[Found]:
    journey = case.journey
    page = journey.error_page
    if page is not None and page.stop is not None and journey.error_rule is not None:
        yield Found(
            "custom-error-page-unavailable", RESPONSE,
            f"The error page {journey.error_rule.response_page_path} fails itself, so its own "
            "status is shown.",
            evidence("cloudfront:GetDistribution", _error_place(journey),
                     journey.error_rule.response_page_path),
        )  # fmt: skip


def _error_place(journey: Journey) -> str:
    owner, rule_used = journey.distribution, journey.error_rule
    listed = owner.config.custom_error_responses if owner else ()
    place = listed.index(rule_used) if rule_used in listed else 0
    return f"DistributionConfig.CustomErrorResponses.Items[{place}].ResponsePagePath"


# --- CORS -----------------------------------------------------------------------------------


@rule
def cors(case: Case) -> Iterator[Found]:
    """What a page of another origin gets to see of the answer."""
    journey, origin = case.journey, case.snapshot.request.header("origin")
    visit = journey.final
    if origin is None or visit is None or visit.bucket is None or journey.stopped("method"):
        return
    if journey.stops and journey.method != "OPTIONS":
        return
    if any("access-control-allow-origin" in run.result.headers for run in journey.runs):
        return  # a function adds them
    added = answers_cors(case.snapshot, journey.behavior, origin) if journey.behavior else "no"
    if added == "refuses" and journey.behavior is not None:
        cors = response_cors(case.snapshot, journey.behavior.response_headers_policy_id)
        yield Found(
            "cors-origin-not-allowed", RESPONSE,
            f"The response headers policy does not let {origin} read the answer.",
            evidence("cloudfront:GetResponseHeadersPolicy", "CorsConfig.AccessControlAllowOrigins",
                     cors_origins(cors)),
        )  # fmt: skip
    elif added == "no" and visit.bucket.read("cors"):
        yield from _bucket_cors(case, visit.bucket.cors, origin)


def _bucket_cors(case: Case, config: Any, origin: str) -> Iterator[Found]:
    rules = cors_rules(config)
    if not rules:
        yield Found("cors-no-bucket-config", RESPONSE,
                    "The bucket has no CORS rules and no response headers policy adds them.",
                    evidence("s3:GetBucketCors", "CORSRules", []))  # fmt: skip
        return
    refused = _refused(case, rules, origin)
    if refused:
        yield refused
        return
    yield from _forwarded(case)


def _refused(case: Case, rules: list[dict[str, Any]], origin: str) -> Found | None:
    """The element of the CORS rules that does not let this request through."""
    method = _wanted_method(case)
    asked = case.snapshot.request.header("access-control-request-headers")
    headers = asked_headers(asked) if case.journey.method == "OPTIONS" else ()
    if any(allows(rule, origin, method, headers) for rule in rules):
        return None
    field, wanted = "AllowedOrigins", origin
    if any(allows_origin(rule, origin) for rule in rules):
        field, wanted = "AllowedMethods", method
    if any(allows(rule, origin, method) for rule in rules):
        field, wanted = "AllowedHeaders", ", ".join(headers)
    listed = sorted({str(v) for rule in rules for v in texts(rule.get(field))})
    return Found(
        "cors-origin-not-allowed", RESPONSE,
        f"{wanted} is not among the {field} of the bucket's CORS rules: "
        f"{', '.join(listed) or 'none'}.",
        evidence("s3:GetBucketCors", f"CORSRules.{field}", listed),
    )  # fmt: skip


def _wanted_method(case: Case) -> str:
    asked = case.snapshot.request.header("access-control-request-method")
    return (asked or case.journey.method).upper()


def _forwarded(case: Case) -> Iterator[Found]:
    forwarding = case.journey.forwarding
    if forwarding is None or not forwarding.known:
        return
    if not forwarding.headers.has("origin"):
        yield Found(
            "cors-origin-header-not-forwarded", RESPONSE,
            "The behaviour does not pass the Origin header on, so S3 sends no CORS headers.",
            evidence("cloudfront:GetOriginRequestPolicy", "HeadersConfig", "no Origin"),
        )  # fmt: skip
        return
    entry = case.journey.edge
    kept = case.journey.from_cache and entry is not None
    origin = case.snapshot.request.header("origin") or ""
    if kept and not forwarding.key.headers.has("origin") and not _has_cors(entry, origin):
        yield Found(
            "cors-cached-without-origin", RESPONSE,
            f"An answer without CORS headers for {origin} was cached, and Origin is not part of "
            "the cache key.",
            evidence("edge:HEAD", "Access-Control-Allow-Origin", "absent"),
        )  # fmt: skip


def _has_cors(entry: Any, origin: str) -> bool:
    """Whether the answer that is kept lets this origin read it."""
    for name, value in (entry.model_extra or {}).items():
        text = f"{name} {value}".lower()
        if ("allow" in text and "origin" in text) or "acao" in text or "cors" in name.lower():
            plain = str(value).lower()
            named = re.findall(r"https?://[^\s'\",}]+", plain)
            if named and origin.lower() not in named:
                return False  # it was made for another origin
            return bool(value) and plain not in {"none", "false", "null", "absent", "missing"}
    return False


# --- content headers ------------------------------------------------------------------------


@rule_unstopped
def content_type(case: Case) -> Iterator[Found]:
    item = _good(case)
    if item is None or not item.read("content_type"):
        return
    wanted = _TYPES.get(extension_of(item.key))
    actual = (item.content_type or "binary/octet-stream").lower().partition(";")[0].strip()
    if _fits(actual, wanted):
        return
    yield Found(
        "content-type-wrong", RESPONSE, f"{item.key} is served as {actual}.",
        evidence("s3:HeadObject", "ContentType", item.content_type),
    )  # fmt: skip


def _fits(actual: str, wanted: tuple[str, ...] | None) -> bool:
    """Whether a browser shows it: any image type does for an image's name, S3's default never."""
    if wanted is None:
        return actual != "binary/octet-stream"
    if wanted[0].startswith("image/") and actual.startswith("image/"):
        return ("svg" in actual) == ("svg" in wanted[0])
    return actual.startswith(wanted)


def _is_document(item: S3Object) -> bool:
    """What pages don't show: a PDF or an archive is a download with good reason."""
    kind = (item.content_type or "").lower()
    wanted = _TYPES.get(extension_of(item.key)) or ()
    if any(one.startswith(("image/", "video/", "audio/")) for one in wanted):
        return False
    return kind.startswith(("application/", "text/", "font/")) and "octet-stream" not in kind


@rule_unstopped
def disposition(case: Case) -> Iterator[Found]:
    item = _good(case)
    attached = item and (item.content_disposition or "").lower().strip().startswith("attachment")
    if item and attached and not _is_document(item):
        yield Found(
            "content-disposition-attachment",
            RESPONSE,
            "The object is marked as an attachment: browsers download it.",
            evidence("s3:HeadObject", "ContentDisposition", item.content_disposition),
        )


@rule_unstopped
def encoding(case: Case) -> Iterator[Found]:
    """Already packed formats are never gzip on top, unless somebody really did that."""
    item = _good(case)
    coding = (item.content_encoding or "").lower() if item else ""
    if item is None or not coding or coding == "identity":
        return
    kind = (item.content_type or "").lower()
    packed = kind.startswith(_RASTER) or extension_of(item.key) in {"jpg", "jpeg", "png", "webp"}
    if packed or coding not in {"gzip", "br", "deflate", "zstd", "compress"}:
        yield Found(
            "content-encoding-wrong",
            RESPONSE,
            f"The object says Content-Encoding: {coding}, which its bytes are not.",
            evidence("s3:HeadObject", "ContentEncoding", item.content_encoding),
        )


@rule_unstopped
def truncated(case: Case) -> Iterator[Found]:
    item = _good(case)
    if item is None or item.size is None:
        return
    if item.size == 0:
        yield Found("object-zero-bytes-or-truncated", RESPONSE, "The object has no bytes.",
                    evidence("s3:HeadObject", "ContentLength", 0))  # fmt: skip
        return
    wanted = _recorded_size(case)
    if wanted and item.size < wanted * 0.9:
        yield Found("object-zero-bytes-or-truncated", RESPONSE,
                    f"The object has {item.size} bytes, the record says {wanted}.",
                    evidence("s3:HeadObject", "ContentLength", item.size))  # fmt: skip


def _recorded_size(case: Case) -> int:
    for name, value in facts.attributes(case.snapshot).items():
        word = name.lower()
        sized = "size" in word or "bytes" in word or "length" in word
        if sized and "display" not in word:
            return whole_number(str(value)) or 0
    return 0


# --- weight and distance --------------------------------------------------------------------


@rule_unstopped
def uncompressed(case: Case) -> Iterator[Found]:
    """Text-like types between 1,000 and 10,000,000 bytes, if behaviour and policy agree."""
    item, journey = _good(case), case.journey
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
    item = _good(case)
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
    if owner is None or country is None or _answered(case) is None:
        return
    price_class = owner.config.price_class
    near = {"PriceClass_100": _NORTH_AND_EUROPE,
            "PriceClass_200": _NORTH_AND_EUROPE | _SECOND_CLASS}.get(price_class)  # fmt: skip
    if near is not None and country not in near:
        yield Found("price-class-far-edge", SLOW,
                    f"{price_class} has no edge near viewers in {country}.",
                    evidence("cloudfront:GetDistribution", "DistributionConfig.PriceClass",
                             price_class))  # fmt: skip
