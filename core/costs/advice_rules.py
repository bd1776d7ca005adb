"""Recommendations that a lifecycle rule of a bucket carries out."""

from __future__ import annotations

from collections.abc import Iterator

from core.costs.advice_desk import Desk, with_rule
from core.costs.lifecycle_rules import (
    abort_rule,
    expire_versions_rule,
    has_rule,
)
from core.costs.tiers import ZERO
from core.model.waste import (
    AbandonedUploads,
    OldVersions,
    Recommendation,
)


def stale_uploads(one: AbandonedUploads, desk: Desk) -> Recommendation:
    size = one.bytes
    saving = None if size is None else desk.storage(one.bucket, one.region, "STANDARD", 1, size)
    change, notes = with_rule(desk, one.bucket, abort_rule())
    rule = has_rule(desk.rules(one.bucket), "AbortIncompleteMultipartUpload")
    if rule:
        notes = (*notes, "a rule for this is there: S3 removes what is due within a day or two")
    age = f", the oldest of {one.oldest_days} days" if one.oldest_days is not None else ""
    return Recommendation(
        id=f"stale_uploads:{one.bucket}",
        kind="stale_uploads",
        subject=one.bucket,
        title="Remove uploads that were never completed",
        why=f"{one.count:,} uploads were begun and not completed{age}: billed, and in no listing",
        saving=saving,
        one_off=ZERO,
        payback_months=ZERO if saving else None,
        risk="low",
        risks=("an upload that takes longer than 7 days is cut off",),
        confidence="high" if saving is not None else "medium",
        change=change,
        undo="Remove the rule; uploads that it ended have to be sent again.",
        notes=notes,
    )


def old_versions(one: OldVersions, desk: Desk) -> Recommendation:
    saving = desk.storage(one.bucket, one.region, one.storage_class, one.objects, one.bytes)
    change, notes = with_rule(desk, one.bucket, expire_versions_rule())
    return Recommendation(
        id=f"noncurrent_versions:{one.bucket}:{one.storage_class}",
        kind="noncurrent_versions",
        subject=one.bucket,
        title="Let old versions expire",
        why=f"{one.objects:,} versions that nobody sees are stored and billed in full",
        saving=saving,
        one_off=ZERO,
        payback_months=ZERO if saving else None,
        risk="medium",
        risks=("a file that was overwritten or deleted can be brought back for 30 days only",),
        confidence="medium",
        change=change,
        undo="Remove the rule; versions that expired are gone for good.",
        notes=(*notes, "versions younger than 30 days stay: the saving is of all of them"),
    )


def missing_rules(desk: Desk) -> Iterator[Recommendation]:
    """Nothing to save today, but nothing that would stop it from growing either."""
    stale = {one.bucket for one in desk.waste.uploads or ()}
    for one in desk.waste.rules:
        missing = has_rule(one, "AbortIncompleteMultipartUpload") is False
        if not missing or one.bucket in stale:
            continue
        change, notes = with_rule(desk, one.bucket, abort_rule())
        yield Recommendation(
            id=f"missing_lifecycle:{one.bucket}",
            kind="missing_lifecycle",
            subject=one.bucket,
            title="Let S3 remove uploads that are never completed",
            why="no rule of the bucket does, so what breaks off is billed until somebody finds it",
            saving=ZERO,
            one_off=ZERO,
            payback_months=None,
            risk="low",
            risks=("an upload that takes longer than 7 days is cut off",),
            confidence="high",
            change=change,
            undo="Remove the rule.",
            notes=notes,
        )
