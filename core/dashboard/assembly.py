"""The one assembly: settings → clouds, stores → services. Nothing else builds a service."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.accounts.service import AccountsService
from core.aws.cloudfront_invalidations import Invalidations
from core.costs.service import CostsService
from core.costs.service.sheets import FOLDER, PriceSheets
from core.dashboard.advising import advising_of
from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts, open_cloud
from core.dashboard.measured import costs_of, listing_price, open_traffic
from core.dashboard.stores import build_accounts, open_stores, secret_key
from core.dashboard.support import audits_of, diagnostics_of, migrations_of, repairs_of
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.audits.service import JOB as AUDIT_JOB
from core.diagnostics.service.audits.service import AuditsService
from core.diagnostics.service.cases.service import CasesService
from core.diagnostics.service.migrations.service import JOB as MIGRATION_JOB
from core.diagnostics.service.migrations.service import MigrationsService
from core.diagnostics.service.repairs.service import RepairsService
from core.emulator.service import Emulator
from core.errors import Configuration, DashboardError
from core.library.service import LibraryService, Outside
from core.library.service.advising import AdvisingService
from core.library.service.bulk.service import JOB as BULK_JOB
from core.library.service.duplicating import JOB as FINGERPRINT_JOB
from core.library.service.invalidating import JOB as INVALIDATION_JOB
from core.library.service.viewing import ViewingService
from core.model.usage import StorageSource
from core.settings import DailyScan, Settings, Store
from core.shares.service import SharesService
from core.stores.audit_log import AuditLog
from core.stores.file_names import FileNames
from core.stores.jobs import JobQueue, JobRunner
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex
from core.upload.service import UploadService
from core.upload.service.avatars import AvatarService
from core.upload.service.progress import ProgressService
from core.usage.service.opening_storage import open_storage
from core.usage.service.storage import JOB as STORAGE_JOB
from core.usage.service.storage import StorageService
from core.usage.service.traffic import JOB as TRAFFIC_JOB
from core.usage.service.traffic import TrafficService

_HOUSEKEEPING_SECONDS = 3600.0
_INDEX_REFRESH_SECONDS = 2.0
_MONITOR_SECONDS = 30.0
_BUDGET_SECONDS = 300.0
_LOG_SECONDS = 180.0
_STORAGE_SECONDS = 60.0
_SHARED_JOB_LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class Dashboard:
    settings: Settings
    store: RecordStore
    index: SearchIndex
    audit: AuditLog
    accounts: AccountsService
    avatars: AvatarService
    progress: ProgressService
    uploads: UploadService
    library: LibraryService
    viewing: ViewingService
    advising: AdvisingService
    shares: SharesService
    diagnostics: DiagnosticsService
    costs: CostsService
    cases: CasesService
    migrations: MigrationsService
    repairs: RepairsService
    audits: AuditsService
    traffic: TrafficService
    storage: StorageService
    jobs: JobQueue
    runner: JobRunner
    cloud: CloudParts
    started_at: datetime
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def emulator(self) -> Emulator | None:
        return self.cloud.emulator

    def start(self) -> None:
        """Resume the jobs and begin the housekeeping."""
        self.runner.start()
        self.repairs.recover(_lease(self.settings))
        self._repeat("housekeeping", _HOUSEKEEPING_SECONDS, self._keep_house)
        self._repeat("monitors", _MONITOR_SECONDS, self.cases.check_due)
        self._repeat("budgets", _BUDGET_SECONDS, self.costs.check_budgets)
        if self.settings.storage_scan is not DailyScan.OFF:
            self._repeat("storage", _STORAGE_SECONDS, self.scan_storage)
        if self.cloud.emulator is not None:
            self._repeat("edge log", _LOG_SECONDS, self.cloud.emulator.edge_log.deliver)
        self._repeat("index", _INDEX_REFRESH_SECONDS, lambda: self.index.build(self.store))

    def stop(self) -> None:
        self._stop.set()
        self.runner.stop()
        self.costs.close()
        self.traffic.close()
        self.index.close()
        self.store.close()
        if self.cloud.emulator is not None:
            self.cloud.emulator.stop()

    def health(self) -> Mapping[str, tuple[bool, str]]:
        """Each dependency by name: whether it answers, and what it said."""
        checks: dict[str, Callable[[], object]] = {
            "records": lambda: self.store.get("account", "health"),
            "search index": lambda: self.index.status(self.store).message,
            "media bucket": self.cloud.bucket.check,
        }
        return {name: _outcome(check) for name, check in checks.items()}

    def scan_storage(self) -> bool:
        """Begin the day's scan of what is stored where it is due."""
        source = StorageSource(self.settings.storage_scan.value)
        hour = self.settings.storage_scan_hour
        return self.storage.scan_daily(self.cloud.bucket.name, source, hour)

    def _keep_house(self) -> None:
        self.uploads.sweep()
        self.avatars.sweep()
        self.progress.sweep()
        self.library.purge()
        self.shares.purge()
        self.repairs.recover(_SHARED_JOB_LEASE)

    def _repeat(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        def loop() -> None:
            while not self._stop.wait(seconds):
                try:
                    work()
                except DashboardError as error:
                    print(f"{name}: {error.message}", flush=True)  # noqa: T201  # the console is the operator's

        threading.Thread(target=loop, name=name, daemon=True).start()


def _outcome(check: Callable[[], object]) -> tuple[bool, str]:
    try:
        said = check()
    except DashboardError as error:
        return False, error.message
    return True, said if isinstance(said, str) else "answers"


def build_dashboard(settings: Settings, *, join: bool = False) -> Dashboard:
    """Everything, wired; nothing runs until `start`. Commands `join` a running embedded cloud."""
    cloud = open_cloud(settings, join=join)
    store, index = open_stores(settings, cloud)
    audit = AuditLog(store, utc_now)
    jobs = JobQueue(store, utc_now)
    uploads = UploadService(
        store,
        cloud.bucket,
        cloud.edge,
        jobs,
        audit,
        settings,
        utc_now,
        FileNames(store, index),
    )
    library = LibraryService(
        store,
        index,
        cloud.bucket,
        cloud.edge,
        audit,
        settings,
        utc_now,
        jobs,
        Outside(check_delivery=uploads.check_delivery),
        Invalidations(cloud.clients.cloudfront, cloud.distribution_id),
    )
    sheets = PriceSheets(settings.data_dir / FOLDER)
    diagnostics = diagnostics_of(cloud, store, sheets)
    repairs = repairs_of(cloud, store, audit, diagnostics)
    audits = audits_of(cloud, store, index, jobs, audit, diagnostics, repairs, settings)
    migrations = migrations_of(cloud, store, jobs, audit, diagnostics)
    traffic = open_traffic(cloud, store, jobs, settings, utc_now, sheets)
    storage = open_storage(store, jobs, cloud.clients, settings, utc_now, listing_price(sheets))
    return Dashboard(
        settings=settings,
        store=store,
        index=index,
        audit=audit,
        accounts=build_accounts(settings, store),
        avatars=AvatarService(store, cloud.bucket, cloud.edge, jobs, audit, settings, utc_now),
        progress=ProgressService(store, cloud.bucket, audit, settings, utc_now),
        uploads=uploads,
        library=library,
        viewing=ViewingService(library, cloud.bucket, cloud.edge, utc_now),
        advising=advising_of(cloud, library, uploads, store, audit, settings),
        shares=SharesService(
            store, index, cloud.bucket, audit, settings, utc_now, secret_key(settings)
        ),
        diagnostics=diagnostics,
        costs=costs_of(cloud, store, sheets, traffic, storage, settings),
        cases=CasesService(store, diagnostics, audit, utc_now),
        migrations=migrations,
        repairs=repairs,
        audits=audits,
        traffic=traffic,
        storage=storage,
        jobs=jobs,
        runner=_runner(jobs, uploads, library, audits, migrations, traffic, storage, settings),
        cloud=cloud,
        started_at=utc_now(),
    )


def _runner(
    jobs: JobQueue,
    uploads: UploadService,
    library: LibraryService,
    audits: AuditsService,
    migrations: MigrationsService,
    traffic: TrafficService,
    storage: StorageService,
    settings: Settings,
) -> JobRunner:
    """On DynamoDB several processes share the jobs, so one may not take over what another runs."""
    handlers = {
        "process_upload": uploads.process,
        BULK_JOB: library.bulks.run,
        INVALIDATION_JOB: library.invalidations.run,
        FINGERPRINT_JOB: lambda job: uploads.fingerprint(job, library.duplicates.missing()),
        AUDIT_JOB: audits.work,
        MIGRATION_JOB: migrations.run,
        TRAFFIC_JOB: traffic.work,
        STORAGE_JOB: storage.work,
    }
    # More workers than pictures have: these may take minutes, and only so many run at a time.
    alone = {AUDIT_JOB: 1, TRAFFIC_JOB: 1, STORAGE_JOB: 1, BULK_JOB: 2, FINGERPRINT_JOB: 1}
    return JobRunner(jobs, handlers, settings.workers + 3, lease=_lease(settings), at_once=alone)


def _lease(settings: Settings) -> timedelta:
    """How long another process may be left alone with what it has begun."""
    return _SHARED_JOB_LEASE if settings.store is Store.DYNAMODB else timedelta()


_current: list[Dashboard] = []


def install(dashboard: Dashboard | None) -> None:
    """Make the process's one dashboard reachable for pages and routes; None removes it."""
    _current[:] = [] if dashboard is None else [dashboard]


def current() -> Dashboard:
    if not _current:
        raise Configuration(
            "The dashboard has not started.",
            hint="Start it with `make run`, which opens the stores and the cloud first.",
        )
    return _current[0]
