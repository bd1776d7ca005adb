"""X7, X14, X15, X32 in configuration: compression, errors and long caching at the edge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Spot
from core.diagnostics.lint.from_snapshot import behaviors_of
from core.diagnostics.lint.registry import Outcome, found, rule, unchecked
from core.diagnostics.lint.scene import Scene
from core.diagnostics.origins import endpoint_of
from core.diagnostics.policy import principal_names
from core.diagnostics.routing import pattern_matches
from core.diagnostics.trace import travel
from core.diagnostics.urls import parse_url
from core.model.delivery import (
    AccountSnapshot,
    Bucket,
    CacheBehavior,
    Distribution,
    Origin,
    S3Object,
)
from core.model.wildcards import matches

PACKED = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|heic|heif|mp4|mov|webm|m4v|mp3|m4a|aac|zip|gz|br|pdf)$",
    re.IGNORECASE,
)
_PACKED_TYPES = re.compile(r"^(?:image/(?!svg)|video/|audio/)", re.IGNORECASE)
_DAY = 86_400


# --- X7 -------------------------------------------------------------------------------------


@rule("account")
def compressed_pictures(scene: Scene) -> Iterator[Outcome]:
    snapshot = scene.snapshot
    for distribution, origin, behavior in _reached(snapshot):
        if not behavior.compress:
            continue
        name = endpoint_of(origin.domain_name).bucket
        bucket = snapshot.bucket(name) if snapshot else None
        if bucket is None or not bucket.read("objects"):
            yield unchecked("X7", f"The objects of {name} were not read.")
            continue
        held = [o for o in _current(bucket) if _serves(origin, behavior, o.key)]
        if held and all(_packed(item) for item in held):
            yield found(
                "X7",
                f"The behaviour {behavior.name} compresses, but all {len(held)} known "
                f"objects behind "
                "it are pictures, videos or archives: CloudFront compresses text of 1,000 to "
                "10,000,000 bytes, so nothing becomes smaller.",
                Spot(f"{_api(distribution)} {behavior.name} Compress", "true"),
                Spot(f"s3:ListObjectsV2 {bucket.name}", held[0].key),
            )  # fmt: skip


def _api(distribution: Distribution) -> str:
    return f"cloudfront:GetDistribution {distribution.id}"


def _reached(
    snapshot: AccountSnapshot | None,
) -> Iterator[tuple[Distribution, Origin, CacheBehavior]]:
    for distribution in snapshot.distributions if snapshot else ():
        for origin in distribution.config.origins:
            if endpoint_of(origin.domain_name).bucket:
                for behavior in behaviors_of(distribution, origin):
                    yield distribution, origin, behavior


def _current(bucket: Bucket) -> list[S3Object]:
    return [o for o in bucket.objects if o.is_latest and not o.deleted and not o.key.endswith("/")]


def _serves(origin: Origin, behavior: CacheBehavior, key: str) -> bool:
    """Whether a path of this behaviour leads to the key, as long as no code rewrites it."""
    folder = origin.origin_path.strip("/")
    if folder and not key.startswith(f"{folder}/"):
        return False
    path = "/" + (key[len(folder) + 1 :] if folder else key)
    return not behavior.path_pattern or pattern_matches(behavior.path_pattern, path)


def _packed(item: S3Object) -> bool:
    if item.content_type:
        return bool(_PACKED_TYPES.match(item.content_type)) or item.content_type in {
            "application/zip", "application/pdf", "application/gzip"}  # fmt: skip
    return bool(PACKED.search(item.key))


# --- X14 ------------------------------------------------------------------------------------


@rule("account")
def page_for_404_only(scene: Scene) -> Iterator[Outcome]:
    """An error page for 404 never shows where S3 says 403 for what is missing."""
    snapshot = scene.snapshot
    for distribution in snapshot.distributions if snapshot else ():
        codes = {r.error_code for r in distribution.config.custom_error_responses}
        if 404 not in codes or 403 in codes:
            continue
        for origin in distribution.config.origins:
            endpoint = endpoint_of(origin.domain_name)
            bucket = snapshot.bucket(endpoint.bucket) if snapshot else None
            if endpoint.kind != "rest" or behaviors_of(distribution, origin) == []:
                continue
            if bucket is None or not bucket.read("policy"):
                yield unchecked("X14", f"The policy of {endpoint.bucket} was not read.")
            elif not _may_list(bucket):
                yield found(
                    "X14",
                    f"The error page of {distribution.id} is for 404, but {bucket.name} lets "
                    "CloudFront read and not list, so S3 answers 403 for a missing object and the "
                    "page is never shown.",
                    Spot(f"{_api(distribution)} CustomErrorResponses", "404"),
                    Spot(f"s3:GetBucketPolicy {bucket.name}", "no s3:ListBucket for CloudFront"),
                    repair="Make the error page for 403 too, or allow s3:ListBucket on the bucket.",
                )  # fmt: skip


def _may_list(bucket: Bucket) -> bool:
    return any(
        statement.effect == "Allow"
        and any(matches(action.lower(), "s3:listbucket") for action in statement.action)
        and principal_names(statement.principal)
        for statement in (bucket.policy.statement if bucket.policy else ())
    )


# --- X15 ------------------------------------------------------------------------------------


@rule("account")
def invalidated_refusal(scene: Scene) -> Iterator[Outcome]:
    """S3's 403 carries no Cache-Control, so the edge asks again each time anyway."""
    snapshot = scene.snapshot
    if snapshot is None or not snapshot.request.url or not snapshot.invalidations:
        return
    journey = travel(snapshot)
    visit = journey.visit
    stops = [s for s in visit.log.stops if not s.undecided] if visit else []
    if not stops or stops[0].status != 403 or journey.distribution is None:
        return
    if any(r.error_code == 403 for r in journey.distribution.config.custom_error_responses):
        return
    path = parse_url(snapshot.request.url).raw_path
    covering = [i for i in snapshot.invalidations if any(matches(p, path) for p in i.paths)]
    if covering:
        one = covering[0]
        yield found(
            "X15",
            f"The invalidation {one.id} of {', '.join(one.paths[:3])} can't help {path}: S3 itself "
            "answers 403, without Cache-Control, and such an answer is not kept at the edge.",
            Spot(f"cloudfront:GetInvalidation {one.id}", ", ".join(one.paths[:3])),
            Spot("request Url", path),
        )  # fmt: skip


# --- X32 ------------------------------------------------------------------------------------


@rule("account")
def overwritten_in_place(scene: Scene) -> Iterator[Outcome]:
    snapshot = scene.snapshot
    for bucket in snapshot.buckets if snapshot else ():
        stale = [(item, age) for item, age in _overwritten(bucket) if age is not None]
        if stale:
            first, age = stale[0]
            more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
            yield found(
                "X32",
                f"{first.key}{more} may be kept for {_span(age)} ({first.cache_control}), but its "
                "content was exchanged under the same key: edges and browsers go on showing "
                "the old.",
                Spot(f"s3:HeadObject {bucket.name} CacheControl", first.cache_control or ""),
                *(Spot(f"s3:ListObjectVersions {bucket.name}/{o.key}", o.etag or "")
                  for o in bucket.objects if o.key == first.key and not o.deleted),
            )  # fmt: skip
        elif any(True for _ in _overwritten(bucket)):
            yield unchecked("X32", f"How long keys of {bucket.name} that were exchanged are kept "
                                   "was not read.")  # fmt: skip


def _overwritten(bucket: Bucket) -> Iterator[tuple[S3Object, int | None]]:
    """(latest version, its max-age over a day); None where Cache-Control was not read."""
    by_key: dict[str, list[S3Object]] = {}
    for item in bucket.objects:
        if not item.deleted and item.etag:
            by_key.setdefault(item.key, []).append(item)
    for versions in by_key.values():
        if len({item.etag for item in versions}) < 2:
            continue
        latest = next((item for item in versions if item.is_latest), versions[0])
        if not any(item.read("cache_control") for item in versions):
            yield latest, None
            continue
        age = max_age(latest.cache_control or "")
        if age is not None and age > _DAY:
            yield latest, age


def max_age(cache_control: str) -> int | None:
    ages = re.findall(r"(?:s-maxage|max-age)\s*=\s*\"?(\d{1,12})", cache_control, re.IGNORECASE)
    return max(map(int, ages)) if ages else None


def _span(seconds: int) -> str:
    days = seconds // _DAY
    return (
        f"{days} days"
        if days < 360
        else f"{round(days / 365, 1):g} years".replace("1 years", "1 year")
    )
