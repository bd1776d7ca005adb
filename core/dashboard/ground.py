"""What all services stand on: settings, the cloud, records with their index, jobs, audit log."""

from __future__ import annotations

from dataclasses import dataclass

from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts, open_cloud
from core.dashboard.stores import open_stores
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.jobs import JobQueue
from core.stores.object_uses import ObjectUses
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex


@dataclass(frozen=True)
class Ground:
    settings: Settings
    cloud: CloudParts
    store: RecordStore
    index: SearchIndex
    audit: AuditLog
    jobs: JobQueue
    uses: ObjectUses


def open_ground(settings: Settings, *, join: bool) -> Ground:
    cloud = open_cloud(settings, join=join)
    store, index = open_stores(settings, cloud)
    audit, jobs = AuditLog(store, utc_now), JobQueue(store, utc_now)
    return Ground(settings, cloud, store, index, audit, jobs, ObjectUses(store, index))
