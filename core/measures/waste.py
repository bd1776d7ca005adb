"""What storage reports found to be cleared away, and what traffic reports say of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from core.model.budgets import Driver, DriverKind
from core.model.traffic import Delivered, TrafficReport
from core.model.usage import StorageReport, Stored
from core.model.waste import AbandonedUploads, BucketRules, DuplicateObjects, OldVersions, Waste


def waste_of(
    reports: Sequence[StorageReport],
    rules: Sequence[BucketRules],
    regions: Mapping[str, str],
    now: datetime,
) -> Waste:
    """A kind is None where no report looked for it. `regions` by bucket."""
    uploads = [one for one in reports if one.uploads is not None]
    versions = [(one, one.versions) for one in reports if one.versions is not None]
    copies = [one for one in reports if one.duplicates is not None]
    stale = [one for one in uploads if _has_old(one, now)]
    return Waste(
        rules=tuple(rules),
        uploads=tuple(_abandoned(one, regions[one.bucket], now) for one in stale)
        if uploads
        else None,
        versions=tuple(
            _old(one.bucket, regions[one.bucket], found.noncurrent)
            for one, found in versions
            if found.noncurrent.bytes
        )
        if versions
        else None,
        duplicates=tuple(_copies(one, regions[one.bucket]) for one in copies) if copies else None,
    )


def _has_old(report: StorageReport, now: datetime) -> bool:
    found = report.uploads
    return bool(found and found.count and found.oldest and now - found.oldest > timedelta(days=7))


def _abandoned(report: StorageReport, region: str, now: datetime) -> AbandonedUploads:
    found = report.uploads
    assert found is not None  # noqa: S101  # the caller's condition
    return AbandonedUploads(
        bucket=report.bucket,
        region=region,
        count=found.count,
        bytes=found.bytes,
        oldest_days=(now - found.oldest).days if found.oldest else None,
    )


def _old(bucket: str, region: str, old: Stored) -> OldVersions:
    return OldVersions(bucket=bucket, region=region, objects=old.objects or 1, bytes=old.bytes or 0)


def _copies(report: StorageReport, region: str) -> DuplicateObjects:
    assert report.duplicates is not None  # noqa: S101  # the caller's condition
    found = report.duplicates
    return DuplicateObjects(
        bucket=report.bucket,
        region=region,
        objects=found.objects,
        bytes=found.bytes,
        groups=found.groups,
        examples=tuple(key for group in found.largest for key in group.keys[1:]),
    )


def drivers_of(day: date, report: TrafficReport, usual: TrafficReport) -> Sequence[Driver]:
    """Addresses of a day against a usual day, which is the mean of the days before."""
    kinds: tuple[tuple[DriverKind, str], ...] = (
        ("url", "top_urls"),
        ("prefix", "prefixes"),
        ("referrer", "referrers"),
        ("country", "countries"),
    )
    days = max(len(usual.days), 1)
    found = []
    for kind, field in kinds:
        now = {row.label: row for row in getattr(report, field) if row.label}
        before = {row.label: row for row in getattr(usual, field) if row.label}
        found += [
            _driver(day, kind, name, now.get(name), before.get(name), days)
            for name in {**now, **before}
        ]
    return found


def _driver(
    day: date,
    kind: DriverKind,
    name: str,
    now: Delivered | None,
    before: Delivered | None,
    days: int,
) -> Driver:
    return Driver(
        day=day,
        kind=kind,
        name=name,
        usual_bytes=before.bytes // days if before else 0,
        bytes=now.bytes if now else 0,
        usual_requests=before.requests // days if before else 0,
        requests=now.requests if now else 0,
    )
