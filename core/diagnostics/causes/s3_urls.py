"""URLs that name S3 itself: presigned ones that no longer hold, and blocked plain ones."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.causes.registry import ACCESS, ORIGIN, Case, Found, rule
from core.diagnostics.journey import evidence

_PRESIGNED = {
    "presigned-expired": ("presigned-expired", "The presigned URL has ended."),
    "presigned-token": (
        "presigned-token-expired",
        "The temporary credentials that signed the URL ended before the URL did.",
    ),
    "presigned-method": (
        "presigned-wrong-method",
        "The URL was presigned for another method than the one that is used.",
    ),
    "presigned-region": (
        "presigned-wrong-region",
        "The URL was presigned for another Region than the bucket's.",
    ),
}


@rule
def presigned(case: Case) -> Iterator[Found]:
    for tag, (cause, sentence) in _PRESIGNED.items():
        stop = case.journey.stopped(tag)
        if stop:
            yield Found(cause, ACCESS, sentence, evidence("request", tag, stop.detail or tag))


@rule
def direct(case: Case) -> Iterator[Found]:
    """An S3 URL to a bucket that only CloudFront may read."""
    journey, visit = case.journey, case.journey.visit
    if not journey.direct or visit is None or visit.access is None or not journey.stopped("denied"):
        return
    yield Found(
        "direct-s3-url-blocked", ACCESS if visit.item else ORIGIN,
        f"The URL names S3 itself, and {visit.bucket_name} is not public: it is read through the "
        "CDN.", evidence("s3:GetBucketPolicy", "Policy.Statement", "no public grant"),
    )  # fmt: skip
