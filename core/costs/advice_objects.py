"""Recommendations about objects: their class, their copies, and how edges keep them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.costs.advice_desk import Desk
from core.costs.outcome import payback
from core.costs.quantities import times
from core.costs.tiers import EXACT, ZERO
from core.model.caching import span
from core.model.estimates import UsageLine
from core.model.measured import StoredGroup
from core.model.scenarios import WhatIf
from core.model.waste import (
    ApiCall,
    DuplicateObjects,
    IdleOriginals,
    Recommendation,
    UncachedPath,
)

BIG = 1024 * 1024  # bytes from which an original is worth moving
IDLE_DAYS = 90
_MOST_PAYBACK = 12  # months
_LEAST_SAVING = Decimal("0.01")
_WELL_CACHED = Decimal("0.05")  # of requests that a cached file still misses
_LEAST_REQUESTS = 1000
_DAY = 86_400
KEEP_FOREVER = "public, max-age=31536000, immutable"
_ONLINE = ("STANDARD_IA", "GLACIER_IR")  # classes from which a picture can be shown at once


def idle_originals(desk: Desk) -> Iterator[Recommendation]:
    for one in desk.waste.idle or ():
        big = one.objects and one.bytes >= BIG * one.objects
        if one.storage_class != "STANDARD" or one.idle_days < IDLE_DAYS or not big:
            continue
        group = StoredGroup(
            bucket=one.bucket,
            region=one.region,
            storage_class=one.storage_class,
            prefix=one.prefix,
            role="original",
            objects=one.objects,
            bytes=one.bytes,
            age_days=one.idle_days,
            views=0,
        )
        tried = [desk.try_class(group, to_class) for to_class in _ONLINE]
        worth = [found for found in tried if _is_worth(found)]
        if worth:
            yield _move(max(worth, key=lambda found: found.saving or ZERO), one)


def _is_worth(found: WhatIf) -> bool:
    return (
        found.saving is not None
        and found.saving >= _LEAST_SAVING
        and found.payback_months is not None
        and found.payback_months <= _MOST_PAYBACK
    )


def _move(found: WhatIf, one: IdleOriginals) -> Recommendation:
    """By copies of these objects: a lifecycle rule would move the ones that are viewed, too."""
    to_class, where = found.scenario.name, f"{one.bucket}/{one.prefix}"
    return Recommendation(
        id=f"idle_originals:{where}",
        kind="idle_originals",
        subject=where,
        title=f"Move originals that nobody views to {to_class}",
        why=f"no edge delivered these {one.objects:,} originals for {one.idle_days} days",
        saving=found.saving,
        one_off=found.one_off,
        payback_months=found.payback_months,
        risk=found.risk,
        risks=found.risks,
        confidence=found.confidence,
        change=tuple(_copy_to(one.bucket, key, to_class) for key in one.examples),
        undo="Copy the objects back to STANDARD; each is read and written once.",
        notes=(
            f"the calls are the largest of {one.objects:,}, each onto itself",
            "downloads that go to S3 and not through an edge are in no access log of the edges",
            "in a versioned bucket the old copy stays as a version until it expires",
        ),
    )


def _copy_to(bucket: str, key: str, to_class: str) -> ApiCall:
    copy = {
        "Bucket": bucket,
        "Key": key,
        "CopySource": {"Bucket": bucket, "Key": key},
        "StorageClass": to_class,
        "MetadataDirective": "COPY",
    }
    return ApiCall(service="s3", operation="CopyObject", parameters=copy)


def wrong_class(desk: Desk) -> Iterator[Recommendation]:
    """Objects in a class for rare use that are small, or read so often that Standard is cheaper."""
    for number, group in enumerate(desk.measured.stored or ()):
        if group.storage_class not in (*_ONLINE, "ONEZONE_IA") or not group.objects:
            continue
        found = desk.try_class(group, "STANDARD")
        found = found if found.saving is not None else _as_unread(desk, group)
        if _is_worth(found):
            yield _back(found, group, number, desk)


def _as_unread(desk: Desk, group: StoredGroup) -> WhatIf:
    """Without views known, what is saved even if nobody reads any of them."""
    return desk.try_class(group.model_copy(update={"views": 0}), "STANDARD")


def _back(found: WhatIf, group: StoredGroup, number: int, desk: Desk) -> Recommendation:
    small = group.bytes < desk.sheet.rules.lifecycle_from_bytes * group.objects
    reason = "each is billed as 128 KB" if small else f"they were viewed {group.views or 0:,} times"
    return Recommendation(
        id=f"wrong_class:{group.bucket}/{group.prefix}:{number}",
        kind="wrong_class",
        subject=f"{group.bucket}/{group.prefix}",
        title=f"Move {group.objects:,} objects from {group.storage_class} to STANDARD",
        why=f"{group.storage_class} costs more than STANDARD for them: {reason}",
        saving=found.saving,
        one_off=found.one_off,
        payback_months=found.payback_months,
        risk=found.risk,
        risks=("days that are left of the minimum of the class are billed",),
        confidence=found.confidence,
        change=(_copy_to(group.bucket, "{key}", "STANDARD"),),
        undo="A lifecycle rule moves them back, for one transition request each.",
        notes=(f"for every key below {group.prefix or 'the bucket'!r}, as a batch job",),
    )


def duplicates(one: DuplicateObjects, desk: Desk) -> Recommendation:
    saving = desk.storage(one.bucket, one.region, one.storage_class, one.objects, one.bytes)
    calls = tuple(
        ApiCall(
            service="s3", operation="DeleteObject", parameters={"Bucket": one.bucket, "Key": key}
        )
        for key in one.examples
    )
    return Recommendation(
        id=f"duplicates:{one.bucket}:{one.storage_class}",
        kind="duplicates",
        subject=one.bucket,
        title="Keep one of each group of equal objects",
        why=f"{one.groups:,} groups hold {one.objects:,} objects of the same bytes as another one",
        saving=saving,
        one_off=ZERO,
        payback_months=ZERO if saving else None,
        risk="high",
        risks=("records and URLs may name any of them: change those before a copy is deleted",),
        confidence="medium",
        change=calls,
        undo="With versioning a deleted object can be brought back, else it is gone.",
        notes=("the calls are the first examples", "equal size and ETag were taken as equal bytes"),
    )


def is_uncached(requests: int, misses: int) -> bool:
    """Whether a URL is asked for often, and misses far more than a cached file does."""
    return requests >= _LEAST_REQUESTS and misses > 2 * times(requests, _WELL_CACHED)


def uncached(desk: Desk) -> Iterator[Recommendation]:
    for one in desk.waste.uncached or ():
        if not is_uncached(one.requests, one.misses):
            continue
        spared = EXACT.subtract(ZERO + one.misses, times(one.requests, _WELL_CACHED))
        line = UsageLine(line="s3.req.STANDARD.tier2", region=one.region, quantity=spared)
        yield _cached(one, desk.cost([line]))


def _cached(one: UncachedPath, saving: Decimal | None) -> Recommendation:
    told = "is not known" if one.cache_control is None else repr(one.cache_control or "absent")
    call, note = _keep_longer(one)
    return Recommendation(
        id=f"uncached:{one.path}",
        kind="uncached",
        subject=one.path,
        title="Let the edges keep this file",
        why=f"{one.misses:,} of {one.requests:,} requests went to the origin; Cache-Control {told}",
        saving=saving,
        one_off=ZERO,
        payback_months=payback(ZERO, saving or ZERO),
        risk="medium",
        risks=("a changed file needs a new name or an invalidation",),
        confidence="medium" if call and one.cache_control is not None else "low",
        change=call,
        undo="Copy it with the old Cache-Control and invalidate the path.",
        notes=(note, "a query string, cookie or header in the cache key can be the cause as well"),
    )


def _keep_longer(one: UncachedPath) -> tuple[tuple[ApiCall, ...], str]:
    """The copy with another header, where the header is what makes the edges forget the file."""
    if one.kept_seconds is not None and one.kept_seconds >= _DAY:
        return (), f"edges may keep it for {span(one.kept_seconds)} already: look at the key"
    if one.most_seconds is not None and one.most_seconds < _DAY:
        limit = f"the cache policy lets edges keep it for {span(one.most_seconds)} at most"
        return (), f"{limit}: choose another policy for its behaviour, such as CachingOptimized"
    if not one.bucket or not one.key:
        return (), "which object it is can't be told from the path"
    copy = {
        "Bucket": one.bucket,
        "Key": one.key,
        "CopySource": {"Bucket": one.bucket, "Key": one.key},
        "MetadataDirective": "REPLACE",
        **(one.headers or {}),
        "CacheControl": KEEP_FOREVER,
    }
    call = ApiCall(service="s3", operation="CopyObject", parameters=copy)
    if one.headers is None:
        return (call,), "REPLACE sets all metadata anew: repeat Content-Type and the rest"
    return (call,), "REPLACE sets all metadata anew: what it has today is repeated"
