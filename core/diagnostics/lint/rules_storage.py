"""X11, X12, X18: events that call themselves, small objects in tiers, files inside JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from core.diagnostics.lint.document import Line, Spot, brief
from core.diagnostics.lint.registry import Outcome, found, rule, unchecked
from core.diagnostics.lint.scene import Scene
from core.model.delivery import Bucket, S3Object, mapping, rows
from core.model.lint import Severity

_SMALL = 131_072  # 128 KiB; smaller objects are never moved to a cheaper tier
_MANY = 0.25
_DERIVED = re.compile(
    r"(?:^|/)(?:thumb\w*|resized?|renditions?|previews?|small|optimi[sz]ed|derived|variants?|processed)(?:/|$)",
    re.IGNORECASE,
)


# --- X11 ------------------------------------------------------------------------------------


@rule("account")
def self_calling_events(scene: Scene) -> Iterator[Outcome]:
    for bucket in scene.snapshot.buckets if scene.snapshot else ():
        if not bucket.read("notifications"):
            if bucket.policy is not None or bucket.read("policy"):
                yield unchecked("X11", f"The event notifications of {bucket.name} were not read "
                                       "(s3:GetBucketNotification).")  # fmt: skip
            continue
        for row in rows(mapping(bucket.notifications).get("LambdaFunctionConfigurations")):
            created = [str(e) for e in row.get("Events") or () if "ObjectCreated" in str(e)]
            if created and not _filtered(row, "prefix"):
                yield _recursive(bucket, row, created[0])


def _filtered(row: dict[str, Any], name: str) -> str:
    filters = rows(mapping(mapping(row.get("Filter")).get("Key")).get("FilterRules"))
    values = [str(f.get("Value") or "") for f in filters if str(f.get("Name")).lower() == name]
    return next((value for value in values if value), "")


def _recursive(bucket: Bucket, row: dict[str, Any], event: str) -> Outcome:
    name = str(row.get("LambdaFunctionArn") or "").rsplit(":", 1)[-1]
    results = [o.key for o in bucket.objects if _DERIVED.search(o.key.rpartition("/")[0])]
    suffix = _filtered(row, "suffix")
    also = f" The suffix filter {suffix} does not help where results end alike." if suffix else ""
    seen = (
        f"results such as {results[0]} are in the same bucket, so each one may call it again."
        if results
        else "if it writes into this bucket, each result calls it again."
    )
    return found(
        "X11", f"{event} of {bucket.name} calls {name or 'a function'} for every key; {seen}{also}",
        Spot(f"s3:GetBucketNotificationConfiguration {bucket.name}", f"{event} without prefix"),
        *(Spot(f"s3:ListObjectsV2 {bucket.name}", key) for key in results[:1]),
        severity=Severity.ERROR if results and not suffix else Severity.WARNING,
    )  # fmt: skip


@rule("document")
def self_calling_events_written(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or document.mentions(
        r"\b(?:prefix|suffix)[\s-]+filter|\bfilter\w*\b.{0,30}\b(?:prefix|suffix|folder)|"
        r"\b(?:separate|second|another|other|different|own|output|destination|thumbnails?)[\s-]+bucket"
    ):
        return
    made = re.compile(
        (
            r"\b(?:thumb\w*|resiz\w*|transcod\w*|rendition\w*|variant\w*|process\w*|"
            r"convert\w*)\b"
        ),
        re.IGNORECASE,
    )
    hits = [
        h for h in document.search(r"\bS3\b.{0,30}\b(?:events?|notifications?|triggers?)\b|"
            r"\bObjectCreated\b")
        if any(made.search(n.text) for n in document.around(h.line, 0, 1))
    ]  # fmt: skip
    if hits:
        yield found(
            "X11",
            f"“{brief(hits[0].line.text)}” names no prefix filter and no other bucket: what "
            f"the function "
            "writes is a new object too, and calls it again.",
            *(document.spot(h.line) for h in hits[:3]),
        )  # fmt: skip


# --- X12 ------------------------------------------------------------------------------------


@rule("account")
def small_objects_tiered(scene: Scene) -> Iterator[Outcome]:
    for bucket in scene.snapshot.buckets if scene.snapshot else ():
        held = [o for o in bucket.objects if o.is_latest and not o.deleted and o.size is not None]
        tiered = [o for o in held if o.storage_class == "INTELLIGENT_TIERING"]
        planned = _tiering_rules(bucket)
        chosen = tiered or (held if planned else [])
        if planned and not held:
            yield unchecked("X12", f"The sizes of the objects of {bucket.name} were not read.")
        if chosen:
            yield from _share(bucket, chosen, planned)


def _tiering_rules(bucket: Bucket) -> list[str]:
    """Ids of enabled rules that move objects there and don't ask for a size."""
    listed = bucket.lifecycle
    found_rules = rows(mapping(listed).get("Rules") if isinstance(listed, dict) else listed)
    return [
        str(r.get("ID") or "rule")
        for r in found_rules
        if r.get("Status") == "Enabled" and "ObjectSizeGreaterThan" not in str(r.get("Filter"))
        and any(t.get("StorageClass") == "INTELLIGENT_TIERING" for t in rows(r.get("Transitions")))
    ]  # fmt: skip


def _share(bucket: Bucket, chosen: list[S3Object], planned: list[str]) -> Iterator[Outcome]:
    small = [o for o in chosen if (o.size or 0) < _SMALL]
    if not small or len(small) / len(chosen) < _MANY:
        return
    total = sum(o.size or 0 for o in chosen) or 1
    where = (
        f"s3:GetBucketLifecycleConfiguration {bucket.name}"
        if planned
        else f"s3:ListObjectsV2 {bucket.name}"
    )
    part = "" if bucket.listing_complete else " of those that were read"
    yield found(
        "X12",
        f"{len(small):,} of {len(chosen):,} objects{part} ({len(small) / len(chosen):.0%} of the "
        f"objects, {sum(o.size or 0 for o in small) / total:.0%} of the bytes) in "
        f"{bucket.name} are "
        "smaller than 128 KB: Intelligent-Tiering never moves those to a cheaper tier.",
        Spot(where, ", ".join(planned) or small[0].key), Spot((f"s3:ListObjectsV2 "
            f"{bucket.name}"), small[0].key),
    )  # fmt: skip


@rule("document")
def tiering_written(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or document.mentions(
        r"\b128\s?Ki?B\b|\b131,?072\b|\bobject\s*size\s*greater"
    ):
        return
    hit = document.first(r"\bintelligent[\s_-]*tiering\b")
    if hit is not None:
        small = " such as thumbnails" if document.mentions(r"\bthumbnails?\b|\bavatars?\b") else ""
        yield found(
            "X12",
            f"Intelligent-Tiering never moves objects under 128 KB{small} to a cheaper tier: count "
            "the share of such objects and bytes before choosing it.",
            document.spot(hit.line),
        )  # fmt: skip


# --- X18 ------------------------------------------------------------------------------------


_HELD = re.compile(r"image|photo|picture|file|avatar|media|upload|body|payload", re.IGNORECASE)
_SENT = re.compile(
    r"\b(?:POST|PUT|PATCH|send\w*|sent|upload\w*|body|payload|request)\b", re.IGNORECASE
)


@rule("document")
def base64_bodies(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    for hit in document.search(r"base64") if document else ():
        near = document.around(hit.line, 2, 1) if document else ()
        if document is None or not _HELD.search(hit.line.text):
            continue
        if not any(_SENT.search(line.text) for line in near):
            continue
        named = next((n for n in document.around(hit.line, 1, 1) if _names_person(n)), None)
        who = (
            " The body also says whose file it is, so anybody can write for anybody."
            if named
            else ""
        )
        yield found(
            "X18",
            "base64 makes a file a third larger, and a Lambda request may have 6 MB: about "
            "4.5 MB of "
            f"picture is the most that arrives.{who}",
            document.spot(hit.line),
        )  # fmt: skip
        return


def _names_person(line: Line) -> bool:
    return bool(
        re.search(r"[\"'{,\s](?:user|owner|account|member)_?id[\"']?\s*:", line.text, re.IGNORECASE)
    )
