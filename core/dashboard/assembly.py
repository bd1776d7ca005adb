"""The one assembly: settings → clouds, stores → services. Nothing else builds a service."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from core.accounts.service import AccountsService
from core.costs.service import CostsService
from core.costs.service.sheets import FOLDER, PriceSheets
from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts
from core.dashboard.ground import Ground, open_ground
from core.dashboard.rooms import (
    MeasuringRooms,
    MediaRooms,
    SupportRooms,
    measuring_of,
    media_of,
    support_of,
)
from core.dashboard.stores import build_accounts
from core.dashboard.workers import SHARED_LEASE, lease_of, runner_of
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.audits.service import AuditsService
from core.diagnostics.service.cases.service import CasesService
from core.diagnostics.service.migrations.service import MigrationsService
from core.diagnostics.service.repairs.service import RepairsService
from core.emulator.service import Emulator
from core.errors import Configuration, DashboardError
from core.library.service import LibraryService
from core.library.service.advising import AdvisingService
from core.library.service.viewing import ViewingService
from core.model.usage import StorageSource
from core.settings import DailyScan, Settings
from core.shares.service import SharesService
from core.stores.audit_log import AuditLog
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex
from core.upload.service import UploadService
from core.upload.service.avatars import AvatarService
from core.upload.service.progress import ProgressService
from core.usage.service.storage import StorageService
from core.usage.service.traffic import TrafficService

_HOUSEKEEPING_SECONDS = 3600.0
_INDEX_REFRESH_SECONDS = 2.0
_MONITOR_SECONDS = 30.0
_BUDGET_SECONDS = 300.0
_LOG_SECONDS = 180.0
_STORAGE_SECONDS = 60.0


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
        self.repairs.recover(lease_of(self.settings))
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
        recover = partial(self.repairs.recover, SHARED_LEASE)
        for work in (self.uploads.sweep, self.avatars.sweep, self.progress.sweep,
                     self.library.purge, self.shares.purge, recover):  # fmt: skip
            _tried("housekeeping", work)

    def _repeat(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        def loop() -> None:
            while not self._stop.wait(seconds):
                _tried(name, work)

        threading.Thread(target=loop, name=name, daemon=True).start()


def _tried(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except DashboardError as error:
        print(f"{name}: {error.message}", flush=True)  # noqa: T201  # the console is the operator's


def _outcome(check: Callable[[], object]) -> tuple[bool, str]:
    try:
        said = check()
    except DashboardError as error:
        return False, error.message
    return True, said if isinstance(said, str) else "answers"


def build_dashboard(settings: Settings, *, join: bool = False) -> Dashboard:
    """Everything, wired; nothing runs until `start`. Commands `join` a running embedded cloud."""
    ground = open_ground(settings, join=join)
    sheets = PriceSheets(settings.data_dir / FOLDER)
    media, support = media_of(ground), support_of(ground, sheets)
    return _joined(ground, media, support, measuring_of(ground, sheets))


def _joined(
    on: Ground, media: MediaRooms, support: SupportRooms, measuring: MeasuringRooms
) -> Dashboard:
    return Dashboard(
        settings=on.settings,
        store=on.store,
        index=on.index,
        audit=on.audit,
        accounts=build_accounts(on.settings, on.store),
        avatars=media.avatars,
        progress=media.progress,
        uploads=media.uploads,
        library=media.library,
        viewing=media.viewing,
        advising=media.advising,
        shares=media.shares,
        diagnostics=support.diagnostics,
        costs=measuring.costs,
        cases=support.cases,
        migrations=support.migrations,
        repairs=support.repairs,
        audits=support.audits,
        traffic=measuring.traffic,
        storage=measuring.storage,
        jobs=on.jobs,
        runner=runner_of(on.jobs, media, support, measuring, on.settings),
        cloud=on.cloud,
        started_at=utc_now(),
    )


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
