"""What storage reports tell of a month, by bucket and class, and as finely as they tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.measures.account import Account
from core.model.measured import StoredGroup
from core.model.usage import StorageCell, StorageReport

_STANDARD = "STANDARD"


def stored(report: StorageReport, account: Account, missing: list[str]) -> Sequence[StoredGroup]:
    """By class, role, size and age where the source tells all of them, else by class."""
    region = account.region_of(report.bucket, missing)
    found = list(
        _by_class(report, region, missing)
        if report.cells is None
        else (_cell(report, region, one) for one in report.cells if one.stored.objects)
    )
    old = report.versions.noncurrent if report.versions else None
    if old is not None and old.objects and old.bytes is not None:
        group = _group(report, region, _STANDARD, old.objects, old.bytes)
        found.append(group.model_copy(update={"noncurrent": True}))
    if not report.complete:
        missing.append(f"{report.bucket}: the report is not complete")
    return found


def by_folder(report: StorageReport, account: Account) -> Sequence[StoredGroup]:
    """The same by the largest folders; whole where the report is too old to tell them."""
    if report.folder_cells is None:
        return stored(report, account, [])
    region = account.region_of(report.bucket, [])
    return [
        _cell(report, region, one).model_copy(update={"prefix": one.folder, "deep": one.deep})
        for one in report.folder_cells
        if one.stored.objects
    ]


def _by_class(report: StorageReport, region: str, missing: list[str]) -> Iterator[StoredGroup]:
    for share in report.by_class:
        objects, size = share.stored.objects, share.stored.bytes
        if size is None:
            missing.append(f"{report.bucket}: the bytes of {share.name} are not known")
        elif objects is None:
            missing.append(f"{report.bucket}: objects are not counted, minimum sizes not applied")
            yield _group(report, region, share.name, 1, size)
        elif objects:
            yield _group(report, region, share.name, objects, size)


def _cell(report: StorageReport, region: str, one: StorageCell) -> StoredGroup:
    objects, size = one.stored.objects or 0, one.stored.bytes or 0
    group = _group(report, region, one.storage_class, objects, size)
    return group.model_copy(update={"role": one.role, "age_days": one.from_days})


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
