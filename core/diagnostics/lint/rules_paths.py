"""X1: the origin path is put before every path, so a folder in both is asked for twice."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.lint.document import Spot
from core.diagnostics.lint.from_snapshot import behaviors_of, changes_path
from core.diagnostics.lint.registry import Outcome, found, rule, unchecked
from core.diagnostics.lint.scene import Scene, UrlAt
from core.diagnostics.origins import endpoint_of, is_s3
from core.diagnostics.trace import travel
from core.diagnostics.urls import key_of, parse_url
from core.model.delivery import AccountSnapshot, Bucket, CacheBehavior, Distribution, Origin
from core.model.lint import Severity
from core.model.wildcards import literal_prefix


@rule("document")
def written(scene: Scene) -> Iterator[Outcome]:
    """One finding per origin path, with every URL that repeats it."""
    for origin in scene.origins:
        folder = origin.path.strip("/")
        bound = [u for u in scene.urls if _repeats(u, folder)]
        under = [k for k in scene.keys if k.key.startswith(f"{folder}/")]
        if not bound or any(k.key.startswith(f"{folder}/{folder}/") for k in under):
            continue
        first = bound[0]
        yield found(
            "X1", _sentence(origin.path, first.url, known=bool(under)), origin.spot,
            *(u.spot for u in bound[:4]), *(k.spot for k in under[:1]),
            severity=Severity.ERROR if under else Severity.WARNING,
        )  # fmt: skip


def _repeats(url: UrlAt, folder: str) -> bool:
    parsed = parse_url(url.url)
    s3 = endpoint_of(parsed.host).kind in {"rest", "website", "path-style"}
    return not s3 and key_of(parsed.raw_path).startswith(f"{folder}/")


def _sentence(path: str, url: str, *, known: bool) -> str:
    asked = key_of(path + parse_url(url).raw_path).lstrip("/")
    once = asked[len(path.strip("/")) + 1 :]
    tail = (
        f"the object is at {once}, so S3 answers 403 or 404."
        if known
        else f"that is wrong unless the object really is at {asked}."
    )
    return f"The origin path {path} is put before every path, so {url} asks S3 for {asked}; {tail}"


@rule("account")
def asked(scene: Scene) -> Iterator[Outcome]:
    """URLs that are known, followed through the distribution as a request would go."""
    snapshot = scene.snapshot
    if snapshot is None:
        return
    for url in scene.urls:
        if url.cdn:
            yield from _followed(snapshot, url)


def _followed(snapshot: AccountSnapshot, url: UrlAt) -> Iterator[Outcome]:
    request = snapshot.request.replace(url=url.url)
    visit = travel(snapshot.replace(request=request, edge_cache=())).visit
    if visit is None or not visit.key or not visit.origin.origin_path.strip("/"):
        return
    folder = key_of(visit.origin.origin_path).strip("/")
    once = visit.key[len(folder) + 1 :]
    if not once.startswith(f"{folder}/"):
        return
    held = _held(visit.bucket)
    if visit.key in held:
        return
    if once in held:
        yield found(
            "X1",
            f"The origin path /{folder} is put before every path, so {url.url} asks "
            f"{visit.bucket_name} for {visit.key}; the object is at {once}.",
            url.spot, Spot(f"cloudfront:GetDistribution Origins[{visit.origin.id}].OriginPath",
                           visit.origin.origin_path),
            Spot(f"s3:ListObjectsV2 {visit.bucket_name}", once),
        )  # fmt: skip
    elif visit.bucket is None or not visit.bucket.listing_complete:
        yield unchecked("X1", f"Whether {once} or {visit.key} exists was not read.")


def _held(bucket: Bucket | None) -> set[str]:
    return {o.key for o in bucket.objects if not o.deleted} if bucket else set()


@rule("account")
def configured(scene: Scene) -> Iterator[Outcome]:
    """A behaviour `avatars/*`, an origin path /avatars, and no avatars/avatars/ in the bucket."""
    snapshot = scene.snapshot
    for distribution in snapshot.distributions if snapshot else ():
        for origin in distribution.config.origins:
            if origin.origin_path.strip("/") and is_s3(origin.domain_name):
                for behavior in behaviors_of(distribution, origin):
                    yield from _behavior(snapshot, distribution, origin, behavior)


def _behavior(
    snapshot: AccountSnapshot | None, distribution: Distribution, origin: Origin,
    behavior: CacheBehavior,
) -> Iterator[Outcome]:  # fmt: skip
    folder = origin.origin_path.strip("/")
    pattern = literal_prefix(behavior.path_pattern).strip("/")
    if changes_path(behavior) or not f"{pattern}/".startswith(f"{folder}/"):
        return
    name = endpoint_of(origin.domain_name).bucket
    bucket = snapshot.bucket(name) if snapshot else None
    held = _held(bucket)
    if bucket is None or not bucket.read("objects") or not bucket.listing_complete:
        yield unchecked("X1", f"The listing of {name} was not read to its end.")
        return
    under = sorted(k for k in held if k.startswith(f"{pattern}/"))
    if under and not any(k.startswith(f"{folder}/{pattern}/") for k in held):
        yield found(
            "X1",
            f"Every URL under /{pattern}/ asks {name} for {folder}/{pattern}/…, because the "
            f"origin path {origin.origin_path} is put in front; the objects are under {pattern}/.",
            Spot(f"cloudfront:GetDistribution {distribution.id} Origins[{origin.id}].OriginPath",
                 origin.origin_path),
            Spot("cloudfront:GetDistribution CacheBehaviors", behavior.path_pattern),
            Spot(f"s3:ListObjectsV2 {name}", under[0]),
        )  # fmt: skip
