"""Who does which job, and how many of a kind at a time."""

from __future__ import annotations

from datetime import timedelta

from core.dashboard.rooms import MeasuringRooms, MediaRooms, SupportRooms
from core.diagnostics.service.audits.service import JOB as AUDIT_JOB
from core.diagnostics.service.migrations.service import JOB as MIGRATION_JOB
from core.library.service.bulk.service import JOB as BULK_JOB
from core.library.service.covering import JOB as RESTORING_JOB
from core.library.service.duplicating import JOB as FINGERPRINT_JOB
from core.library.service.invalidating import JOB as INVALIDATION_JOB
from core.settings import Settings, Store
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.upload.service import PROCESS_UPLOAD
from core.usage.service.storage import JOB as STORAGE_JOB
from core.usage.service.traffic import JOB as TRAFFIC_JOB

SHARED_LEASE = timedelta(minutes=15)


def runner_of(
    jobs: JobQueue,
    media: MediaRooms,
    support: SupportRooms,
    measuring: MeasuringRooms,
    settings: Settings,
) -> JobRunner:
    uploads, library = media.uploads, media.library
    handlers = {
        PROCESS_UPLOAD: uploads.process,
        BULK_JOB: library.bulks.run,
        INVALIDATION_JOB: library.invalidations.run,
        RESTORING_JOB: library.covering.run,
        FINGERPRINT_JOB: lambda job: uploads.fingerprint(job, library.duplicates.missing()),
        AUDIT_JOB: support.audits.work,
        MIGRATION_JOB: support.migrations.run,
        TRAFFIC_JOB: measuring.traffic.work,
        STORAGE_JOB: measuring.storage.work,
    }
    # More workers than pictures have: these may take minutes, and only so many run at a time.
    alone = {AUDIT_JOB: 1, TRAFFIC_JOB: 1, STORAGE_JOB: 1, BULK_JOB: 2, FINGERPRINT_JOB: 1}
    return JobRunner(jobs, handlers, settings.workers + 3, lease=lease_of(settings), at_once=alone)


def lease_of(settings: Settings) -> timedelta:
    """How long another process may be left alone with what it has begun.

    On DynamoDB several processes share the jobs, so one may not take over what another runs.
    """
    return SHARED_LEASE if settings.store is Store.DYNAMODB else timedelta()
