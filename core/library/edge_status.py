"""Delivered, stale or broken: what the CDN answers beside what the bucket holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.model.viewing import EdgeState


@dataclass(frozen=True)
class EdgeSeen:
    """The answer to a HEAD through the CDN; `status` 0: nobody answered, `error` says why."""

    status: int
    headers: Mapping[str, str]
    error: str = ""


@dataclass(frozen=True)
class BucketSeen:
    """What S3 says of the object. `etag` '' with an `error`: it could not be asked."""

    etag: str = ""
    there: bool = True
    error: str = ""


def judged(edge: EdgeSeen, bucket: BucketSeen) -> tuple[EdgeState, str]:
    """The state and a sentence that says why."""
    if not edge.status:
        return EdgeState.UNKNOWN, f"The CDN could not be asked: {edge.error}."
    if edge.status != 200:
        return EdgeState.BROKEN, f"The CDN answers {edge.status} instead of the file."
    return _compared(edge.headers.get("etag", ""), bucket)


def _compared(seen: str, bucket: BucketSeen) -> tuple[EdgeState, str]:
    if not bucket.there:
        return EdgeState.STALE, (
            "The edge still answers with its copy, but the bucket no longer holds the object."
        )
    if bucket.error:
        return EdgeState.UNKNOWN, (
            f"The CDN answers, but the bucket could not be compared: {bucket.error}"
        )
    if not seen:
        return EdgeState.UNKNOWN, "The CDN answers without an ETag, so nothing can be compared."
    if plain_etag(seen) != plain_etag(bucket.etag):
        return EdgeState.STALE, "The edge serves other bytes than the bucket holds."
    return EdgeState.DELIVERED, "The edge serves the bytes that the bucket holds."


def age_of(headers: Mapping[str, str]) -> int | None:
    """Seconds that the edge has had its copy; None where it does not say."""
    told = headers.get("age", "").strip()
    return int(told) if told.isdecimal() and len(told) < 12 else None


def plain_etag(etag: str) -> str:
    """A compressed answer has a weak ETag of the same object."""
    return etag.removeprefix("W/").strip('"')
