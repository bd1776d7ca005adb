"""What storage reports tell of a month, by bucket and class."""

from __future__ import annotations

from collections.abc import Sequence

from core.measures.account import Account
from core.model.measured import StoredGroup
from core.model.usage import StorageReport

_STANDARD = "STANDARD"


def stored(report: StorageReport, account: Account, missing: list[str]) -> Sequence[StoredGroup]:
    """One group per class: the sources don't tell sizes by class."""
    region = account.region_of(report.bucket, missing)
    found = []
    for share in report.by_class:
        objects, size = share.stored.objects, share.stored.bytes
        if size is None:
            missing.append(f"{report.bucket}: the bytes of {share.name} are not known")
        elif objects is None:
            missing.append(f"{report.bucket}: objects are not counted, minimum sizes not applied")
            found.append(_group(report, region, share.name, 1, size))
        elif objects:
            found.append(_group(report, region, share.name, objects, size))
    old = report.versions.noncurrent if report.versions else None
    if old is not None and old.objects and old.bytes is not None:
        group = _group(report, region, _STANDARD, old.objects, old.bytes)
        found.append(group.model_copy(update={"noncurrent": True}))
    if not report.complete:
        missing.append(f"{report.bucket}: the report is not complete")
    return found


def _group(
    report: StorageReport, region: str, storage_class: str, objects: int, size: int
) -> StoredGroup:
    return StoredGroup(
        bucket=report.bucket,
        region=region,
        storage_class=storage_class or _STANDARD,
        objects=objects,
        bytes=size,
    )
