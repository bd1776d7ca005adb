"""Answers that arrive and still don't work: content headers, error pages, pages for pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.diagnostics import facts
from core.diagnostics.causes.cache import is_stale
from core.diagnostics.causes.registry import RESPONSE, Case, Found, rule, rule_unstopped
from core.diagnostics.journey import Journey, evidence
from core.diagnostics.spelling import extension_of
from core.diagnostics.urls import key_of, whole_number
from core.model.delivery import S3Object

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


def good_object(case: Case) -> S3Object | None:
    """The object of an answer that is fine so far, and not stored like this on purpose."""
    item = answered_object(case)
    return None if item is None or _on_purpose(case, item) else item


def answered_object(case: Case) -> S3Object | None:
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


# --- content headers ------------------------------------------------------------------------


@rule_unstopped
def content_type(case: Case) -> Iterator[Found]:
    item = good_object(case)
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
    item = good_object(case)
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
    item = good_object(case)
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
def page_instead(case: Case) -> Iterator[Found]:
    """A rewrite for the pages of an application also takes pictures without an extension."""
    journey, visit = case.journey, case.journey.final
    rewritten = bool(journey.runs) and journey.uri != journey.url.raw_path
    if not rewritten or not journey.ok or visit is None or visit.bucket is None:
        return
    asked = key_of(visit.origin.origin_path + journey.url.raw_path)
    item = case.indexes.of(visit.bucket).get(asked)
    is_page = (visit.content_type or "").startswith("text/html")
    if is_page and item and (item.content_type or "").startswith(("image/", "video/", "audio/")):
        yield Found(
            "function-rewrite-wrong-key", RESPONSE,
            f"The function turns {journey.url.raw_path} into {journey.uri}, a page, although "
            f"{asked} exists.", evidence("cloudfront:GetFunction", "request.uri", journey.uri),
        )  # fmt: skip


@rule_unstopped
def truncated(case: Case) -> Iterator[Found]:
    item = good_object(case)
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
