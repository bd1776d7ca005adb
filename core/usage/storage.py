"""Rules of storage usage: how keys are laid out, and why two sources tell different figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations

from core.model.usage import (
    SourceGap,
    StorageComparison,
    StorageDifference,
    StorageReport,
    StorageSource,
)

_TYPES = {
    "image": ("jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "svg", "tif", "tiff"),
    "video": ("mp4", "mov", "webm", "mkv", "avi", "m4v"),
    "audio": ("mp3", "m4a", "aac", "flac", "ogg", "wav"),
    "document": ("pdf", "txt", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "epub", "md"),
    "data": ("csv", "json", "parquet", "orc", "xml", "gz", "zip", "log"),
}
_TYPE_OF = {suffix: kind for kind, suffixes in _TYPES.items() for suffix in suffixes}
_DAILY = timedelta(hours=48)  # CloudWatch's storage samples arrive up to two days late


def type_of(suffix: str) -> str:
    """The kind of file behind a suffix; `other` where nothing says."""
    return _TYPE_OF.get(suffix, "other")


def compare(
    bucket: str, reports: Sequence[StorageReport], gaps: Sequence[SourceGap] = ()
) -> StorageComparison:
    """The sources side by side, with each difference and what it is likely to be."""
    pairs = combinations(reports, 2)
    found = [one for left, right in pairs if (one := _difference(left, right)) is not None]
    return StorageComparison(
        bucket=bucket, reports=tuple(reports), differences=tuple(found), missing=tuple(gaps)
    )


def _difference(left: StorageReport, right: StorageReport) -> StorageDifference | None:
    objects = _minus(left.total.objects, right.total.objects)
    size = _minus(left.total.bytes, right.total.bytes)
    if objects in (0, None) and size in (0, None):
        return None
    return StorageDifference(
        left=left.source, right=right.source, objects=objects, bytes=size,
        reasons=tuple(_reasons(left, right)),
    )  # fmt: skip


def _minus(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left - right


def _reasons(left: StorageReport, right: StorageReport) -> list[str]:
    found = [f"{one.source.value} is not complete" for one in (left, right) if not one.complete]
    apart = abs(left.sampled_at - right.sampled_at)
    if apart:
        found.append(f"they saw the bucket {_span(apart)} apart")
    sources = {left.source: left, right.source: right}
    if StorageSource.CLOUDWATCH in sources:
        other = next(one for one in (left, right) if one.source is not StorageSource.CLOUDWATCH)
        found += _counted_by_cloudwatch(other)
    return found


def _counted_by_cloudwatch(other: StorageReport) -> list[str]:
    """What is in the metrics and not among the current objects of a listing or a report."""
    found = []
    if other.versions is None:
        found.append("CloudWatch counts noncurrent versions, which were not read here")
    elif other.versions.noncurrent.objects or other.versions.delete_markers:
        found.append(
            f"CloudWatch counts {other.versions.noncurrent.objects} noncurrent versions and "
            f"{other.versions.delete_markers} delete markers"
        )
    if other.uploads is None:
        found.append("CloudWatch counts parts of incomplete uploads, which were not read here")
    elif other.uploads.count:
        found.append(f"CloudWatch counts the parts of {other.uploads.count} incomplete uploads")
    return found


def is_late(sampled_at: datetime, now: datetime) -> bool:
    """Whether a daily sample is older than such samples usually are."""
    return now - sampled_at > _DAILY


def _span(apart: timedelta) -> str:
    hours = apart.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
