"""What is stored and delivered: the last good report of each source, and scans of a bucket."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.errors import Conflict
from core.model.traffic import TrafficReport
from core.model.usage import (
    StorageComparison,
    StorageDay,
    StorageReport,
    StorageScan,
    StorageSource,
)
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.schemas import Answer, Body

router = APIRouter(prefix="/usage", tags=["usage"])

Bucket = Annotated[str, Query(min_length=3, max_length=63)]
From = Annotated[date | None, Query(alias="from", description="First day of the traffic, UTC")]
To = Annotated[date | None, Query(description="Last day of the traffic, included, UTC")]


class UsageOut(Answer):
    """`storage` has the sources of each bucket side by side; they are never added."""

    storage: list[StorageComparison]
    traffic: TrafficReport | None = Field(description="With `from` and `to` only")


class ScanIn(Body):
    bucket: Annotated[str, Field(min_length=3, max_length=63)]
    source: StorageSource = StorageSource.LISTING
    versions: bool = False


class ScansOut(Answer):
    items: list[StorageScan]
    next_cursor: None = None


class HistoryOut(Answer):
    items: list[StorageDay]
    next_cursor: None = None


@router.get("", responses=problems(*SIGNED_IN))
def get_usage(caller: Caller, dashboard: Dashboard, first: From = None, to: To = None) -> UsageOut:
    """Storage by bucket, class, prefix and owner; traffic of the days asked for. usage:read."""
    service = dashboard.storage
    compared = [service.compare(caller, bucket) for bucket in service.buckets(caller)]
    traffic = dashboard.traffic.report(caller, first, to) if first and to else None
    return UsageOut(storage=compared, traffic=traffic)


@router.get("/storage", responses=problems(*OWN))
def get_storage(
    caller: Caller,
    dashboard: Dashboard,
    bucket: Bucket,
    source: StorageSource | None = None,
    prefix: Annotated[str, Query(max_length=1024)] = "",
) -> StorageReport:
    """The last good report of a bucket, below a prefix of any depth. Needs usage:read."""
    return dashboard.storage.report(caller, bucket, source, prefix)


@router.get("/storage/history", responses=problems(*SIGNED_IN))
def storage_history(caller: Caller, dashboard: Dashboard, bucket: Bucket) -> HistoryOut:
    """A day's figures per source, the oldest first. Needs usage:read."""
    return HistoryOut(items=list(dashboard.storage.history(caller, bucket)))


@router.post("/storage/scans", status_code=202, responses=problems(*SIGNED_IN))
def start_storage_scan(body: ScanIn, caller: Caller, dashboard: Dashboard) -> StorageScan:
    """Read a source again, as a job; the one that already runs, where there is one."""
    return dashboard.storage.scan(caller, body.bucket, body.source, versions=body.versions)


@router.get("/storage/scans", responses=problems(*SIGNED_IN))
def list_storage_scans(caller: Caller, dashboard: Dashboard) -> ScansOut:
    """How far scans are, the newest first. Needs usage:read."""
    return ScansOut(items=list(dashboard.storage.scans(caller)))


@router.delete("/storage/scans/{id}", responses=problems(*OWN, Conflict))
def cancel_storage_scan(id: str, caller: Caller, dashboard: Dashboard) -> StorageScan:
    """End a scan soon; the last good report stays. Needs usage:read."""
    return dashboard.storage.cancel(caller, id)
