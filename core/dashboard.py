"""The one assembly: settings → clouds, stores → services. Nothing else builds a service."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.accounts.service import AccountsService
from core.aws.clients import AwsClients
from core.aws.cost_explorer import CostExplorer
from core.aws.edge import Edge
from core.aws.metering import CallMeter
from core.aws.s3 import MediaBucket
from core.aws.s3_config import BucketReader
from core.costs.check import check_text
from core.costs.price_sheet import Missing, find
from core.costs.service import CostsService
from core.costs.service.actuals import ActualsBook
from core.costs.service.alerts import AwsNotifier
from core.costs.service.inputs import CostParts
from core.costs.service.own_cost import OwnCostBook
from core.costs.service.sheets import FOLDER, PriceSheets
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.audits.service import JOB as AUDIT_JOB
from core.diagnostics.service.audits.service import AuditsService
from core.diagnostics.service.audits.sources import Reach
from core.diagnostics.service.cases.service import CasesService
from core.diagnostics.service.migrations.service import JOB as MIGRATION_JOB
from core.diagnostics.service.migrations.service import MigrationsService
from core.diagnostics.service.repairs.service import RepairsService
from core.emulator.service import Emulator, attach_emulator, start_emulator
from core.errors import Configuration, DashboardError
from core.library.service import LibraryService
from core.measures import MeasuresOfUsage
from core.model.identity import Account, Actor, Role
from core.model.lint import PriceCheck
from core.model.waste import BucketRules
from core.settings import Cloud, Settings, Store
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.dynamodb import DynamoRecordStore
from core.stores.jobs import JobQueue, JobRunner
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from core.upload.policy import disposition, served_type
from core.upload.service import UploadService
from core.usage.service.opening import open_logs
from core.usage.service.opening_storage import open_storage
from core.usage.service.storage import JOB as STORAGE_JOB
from core.usage.service.storage import StorageService
from core.usage.service.traffic import JOB as TRAFFIC_JOB
from core.usage.service.traffic import TrafficService

S3_ROUTE = "/emulator/s3"
CDN_ROUTE = "/emulator/cdn"

_HOUSEKEEPING_SECONDS = 3600.0
_INDEX_REFRESH_SECONDS = 2.0
_MONITOR_SECONDS = 30.0
_BUDGET_SECONDS = 300.0
_LOG_SECONDS = 180.0
_DOCTOR_READ_SECONDS = 8.0  # a person waits for the answer
_SHARED_JOB_LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class CloudParts:
    """What differs between the embedded cloud and AWS, and nothing else."""

    clients: AwsClients
    bucket: MediaBucket
    edge: Edge
    distribution_id: str
    records_table: str
    cdn_prefix: str  # path under which this site serves distributions itself; '' on AWS
    emulator: Emulator | None


@dataclass(frozen=True)
class Dashboard:
    settings: Settings
    store: RecordStore
    index: SearchIndex
    audit: AuditLog
    accounts: AccountsService
    uploads: UploadService
    library: LibraryService
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
        if self.cloud.emulator is not None:
            self._repeat("edge log", _LOG_SECONDS, self.cloud.emulator.edge_log.deliver)
        if self.settings.store is Store.DYNAMODB:
            self._repeat("index", _INDEX_REFRESH_SECONDS, lambda: self.index.refresh(self.store))

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
            "search index": lambda: self.index.summary("health"),
            "media bucket": self.cloud.bucket.check,
        }
        return {name: _outcome(check) for name, check in checks.items()}

    def _keep_house(self) -> None:
        self.uploads.sweep()
        self.library.purge()
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
        check()
    except DashboardError as error:
        return False, error.message
    return True, "answers"


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_cloud(settings: Settings, *, join: bool = False) -> CloudParts:
    """Start the embedded cloud, or address AWS with the machine's own credentials.

    A command may `join` the embedded cloud of a server that runs; a server never does, because
    it would break when the other one stops.
    """
    if settings.cloud is Cloud.EMULATOR:
        running = attach_emulator(settings) if join else None
        return _embedded(settings, running or start_emulator(settings))
    clients = AwsClients(settings.region, None, None, None, meter=CallMeter(utc_now))
    return CloudParts(
        clients=clients,
        bucket=MediaBucket(clients.s3, settings.media_bucket),
        edge=Edge(f"https://{settings.cdn_domain}"),
        distribution_id=settings.distribution_id,
        records_table=settings.records_table,
        cdn_prefix="",
        emulator=None,
    )


def _embedded(settings: Settings, emulator: Emulator) -> CloudParts:
    stack = emulator.stack
    clients = AwsClients(
        settings.region, emulator.endpoint, emulator.access_key, emulator.secret_key
    )
    label = stack.distribution_domain.split(".")[0]
    return CloudParts(
        clients=clients,
        bucket=MediaBucket(
            clients.s3,
            stack.media_bucket,
            signing_endpoint=emulator.endpoint,
            public_prefix=S3_ROUTE,
        ),
        edge=Edge(f"{CDN_ROUTE}/{label}", connect_base=f"http://127.0.0.1:{settings.port}"),
        distribution_id=stack.distribution_id,
        records_table=stack.records_table,
        cdn_prefix=f"{CDN_ROUTE}/",
        emulator=emulator,
    )


def open_stores(settings: Settings, cloud: CloudParts | None) -> tuple[RecordStore, SearchIndex]:
    """SQLite holds records and index in one file; beside DynamoDB the index has its own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.store is Store.SQLITE:
        path = settings.data_dir / "dashboard.sqlite3"
        index = SearchIndex(path)
        return SqliteRecordStore(path, [index]), index
    if cloud is None:
        raise Configuration(
            "The DynamoDB store needs the cloud.", hint="Set DASHBOARD_STORE=sqlite."
        )
    index = SearchIndex(settings.data_dir / "search.sqlite3")
    return DynamoRecordStore(cloud.clients.dynamodb, cloud.records_table), index


def secret_key(settings: Settings) -> str:
    """The configured key, or one that is made once and kept readable by its owner only."""
    configured = settings.secret_key.get_secret_value()
    return configured or _generated(settings.data_dir / "secret.key")


def _generated(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


def build_accounts(settings: Settings, store: RecordStore) -> AccountsService:
    """Enough for the command line to manage accounts without a cloud."""
    return AccountsService(store, AuditLog(store, utc_now), settings, utc_now, secret_key(settings))


@contextmanager
def opened_accounts(settings: Settings) -> Iterator[AccountsService]:
    """The accounts alone, for the command line; the cloud only where the records live in it."""
    cloud = open_cloud(settings, join=True) if settings.store is Store.DYNAMODB else None
    store, index = open_stores(settings, cloud)
    try:
        yield build_accounts(settings, store)
    finally:
        index.close()
        store.close()
        if cloud is not None and cloud.emulator is not None:
            cloud.emulator.stop()


def build_dashboard(settings: Settings, *, join: bool = False) -> Dashboard:
    """Everything, wired; nothing runs until `start`. Commands `join` a running embedded cloud."""
    cloud = open_cloud(settings, join=join)
    store, index = open_stores(settings, cloud)
    audit = AuditLog(store, utc_now)
    jobs = JobQueue(store, utc_now)
    uploads = UploadService(store, cloud.bucket, cloud.edge, jobs, audit, settings, utc_now)
    library = LibraryService(store, index, cloud.bucket, cloud.edge, audit, settings, utc_now)
    sheets = PriceSheets(settings.data_dir / FOLDER)
    diagnostics = _diagnostics(cloud, store, sheets)
    repairs = _repairs(cloud, store, audit, diagnostics)
    audits = _audits(cloud, store, index, jobs, audit, diagnostics, repairs, settings)
    migrations = _migrations(cloud, store, jobs, audit, diagnostics)
    traffic = open_traffic(cloud, store, jobs, settings, utc_now)
    storage = open_storage(store, jobs, cloud.clients, settings, utc_now, listing_price(sheets))
    return Dashboard(
        settings=settings,
        store=store,
        index=index,
        audit=audit,
        accounts=build_accounts(settings, store),
        uploads=uploads,
        library=library,
        diagnostics=diagnostics,
        costs=_costs(cloud, store, sheets, traffic, storage, settings),
        cases=CasesService(store, diagnostics, audit, utc_now),
        migrations=migrations,
        repairs=repairs,
        audits=audits,
        traffic=traffic,
        storage=storage,
        jobs=jobs,
        runner=_runner(jobs, uploads, audits, migrations, traffic, storage, settings),
        cloud=cloud,
        started_at=utc_now(),
    )


def _costs(
    cloud: CloudParts,
    store: RecordStore,
    sheets: PriceSheets,
    traffic: TrafficService,
    storage: StorageService,
    settings: Settings,
) -> CostsService:
    """The embedded cloud costs nothing: it has no bill, and its calls are not metered."""
    explorer = CostExplorer(cloud.clients.cost_explorer) if cloud.emulator is None else None
    refresh = timedelta(hours=settings.cost_refresh_hours)
    meter = cloud.clients.meter
    parts = CostParts(
        store=store,
        actuals=ActualsBook(settings.data_dir / "costs", explorer, utc_now, refresh),
        measures=_measures(cloud, store, traffic, storage, settings),
        notifier=AwsNotifier(cloud.clients, settings.alert_mail_from),
        own=OwnCostBook(store, meter, sheets, utc_now, settings.daily_aws_budget_usd)
        if meter
        else None,
        clock=utc_now,
    )
    return CostsService(sheets, utc_now, parts)


def _measures(
    cloud: CloudParts,
    store: RecordStore,
    traffic: TrafficService,
    storage: StorageService,
    settings: Settings,
) -> MeasuresOfUsage:
    """Usage as the costs read it, whoever looks at the costs."""
    reader = Actor(account_id="costs", role=Role.ADMIN)
    accounts = AccountRecords(store).accounts
    return MeasuresOfUsage(
        traffic=lambda first, last: traffic.report(reader, first, last),
        storage=lambda: tuple(storage.report(reader, one) for one in storage.buckets(reader)),
        history=lambda: tuple(
            day for one in storage.buckets(reader) for day in storage.history(reader, one)
        ),
        rules=lambda bucket: _lifecycle(cloud, bucket),
        users=lambda: sum(1 for account in accounts.all() if not account.disabled),
        region=settings.region,
        clock=utc_now,
    )


def _lifecycle(cloud: CloudParts, bucket: str) -> BucketRules:
    """Rules that can't be read are unknown, not none."""
    region = cloud.clients.region
    try:
        found = BucketReader(cloud.clients.s3).lifecycle(bucket)
    except DashboardError:
        return BucketRules(bucket=bucket, region=region)
    return BucketRules(bucket=bucket, region=region, rules=tuple(found or ()))


def _runner(
    jobs: JobQueue,
    uploads: UploadService,
    audits: AuditsService,
    migrations: MigrationsService,
    traffic: TrafficService,
    storage: StorageService,
    settings: Settings,
) -> JobRunner:
    """On DynamoDB several processes share the jobs, so one may not take over what another runs."""
    handlers = {
        "process_upload": uploads.process,
        AUDIT_JOB: audits.work,
        MIGRATION_JOB: migrations.run,
        TRAFFIC_JOB: traffic.work,
        STORAGE_JOB: storage.work,
    }
    # One more worker than pictures have: an audit may take minutes, and only one runs at a time.
    alone = {AUDIT_JOB: 1, TRAFFIC_JOB: 1, STORAGE_JOB: 1}
    return JobRunner(jobs, handlers, settings.workers + 1, lease=_lease(settings), at_once=alone)


def _lease(settings: Settings) -> timedelta:
    """How long another process may be left alone with what it has begun."""
    return _SHARED_JOB_LEASE if settings.store is Store.DYNAMODB else timedelta()


def _diagnostics(cloud: CloudParts, store: RecordStore, sheets: PriceSheets) -> DiagnosticsService:
    return DiagnosticsService(
        cloud.clients.hurried(_DOCTOR_READ_SECONDS),
        clock=utc_now,
        cdn_prefix=cloud.cdn_prefix,
        find_record=lambda key: _row_of(store, key),
        store=store,
        edge=cloud.edge,
        prices=stated_prices(sheets),
    )


def listing_price(sheets: PriceSheets) -> Callable[[str], tuple[Decimal | None, str]]:
    """What one LIST request costs in a region, and where that price comes from."""

    def price_of(region: str) -> tuple[Decimal | None, str]:
        found = find(sheets.newest(), "s3.req.STANDARD.tier1", region)
        if isinstance(found, Missing):
            return None, f"unpriced: {found.reason}"
        tier = found.tiers[0]
        if tier.price is None:
            return None, f"unpriced: the sheet's price in {region} is not known"
        said = f"{region}: {tier.price} per {found.per}, {tier.source_date or 'undated'}"
        return tier.price / found.per, f"{said} (confidence {tier.confidence})"

    return price_of


def stated_prices(sheets: PriceSheets) -> PriceCheck:
    """What the newest price sheet says to the prices that a text states."""
    return lambda text: check_text(text, sheets.newest(), utc_now().date())


def _repairs(
    cloud: CloudParts, store: RecordStore, audit: AuditLog, diagnostics: DiagnosticsService
) -> RepairsService:
    accounts = AccountRecords(store).accounts

    def account_of(account_id: str) -> Account | None:
        stored = accounts.find(account_id)
        return stored.value if stored else None

    return RepairsService(
        cloud.clients,
        store,
        audit,
        utc_now,
        diagnostics,
        cloud.edge,
        account_of=account_of,
        signer_of=cloud.bucket.beside,
        cdn_prefix=cloud.cdn_prefix,
        own_table=cloud.records_table,
        find_record=lambda key: _row_of(store, key),
    )


def _audits(
    cloud: CloudParts,
    store: RecordStore,
    index: SearchIndex,
    jobs: JobQueue,
    audit: AuditLog,
    diagnostics: DiagnosticsService,
    repairs: RepairsService,
    settings: Settings,
) -> AuditsService:
    """The addresses of the library's files are told as the distribution's own."""
    return AuditsService(
        store,
        jobs,
        audit,
        Reach(cloud.clients, index, lambda key: diagnostics.public_url(cloud.edge.url(key))),
        utc_now,
        settings.data_dir / "audits",
        own_table=cloud.records_table,
        propose=repairs.propose_records,
    )


def _migrations(
    cloud: CloudParts,
    store: RecordStore,
    jobs: JobQueue,
    audit: AuditLog,
    diagnostics: DiagnosticsService,
) -> MigrationsService:
    return MigrationsService(
        store,
        cloud.clients,
        diagnostics,
        jobs,
        audit,
        utc_now,
        edge=cloud.edge,
        cdn_prefix=cloud.cdn_prefix,
    )


def open_traffic(
    cloud: CloudParts,
    store: RecordStore,
    jobs: JobQueue,
    settings: Settings,
    clock: Callable[[], datetime],
) -> TrafficService:
    """Where it runs on the embedded cloud, a scan first has the edge deliver its log."""
    emulator = cloud.emulator
    return open_logs(
        store,
        jobs,
        cloud.clients,
        settings,
        clock,
        distribution_id=cloud.distribution_id,
        deliver=(lambda: None) if emulator is None else emulator.edge_log.deliver,
    )


def _row_of(store: RecordStore, key: str) -> dict[str, Any] | None:
    """What the library remembers of an object, as the doctor reads any application's row."""
    file_id = key.partition("/")[2].partition("/")[0]
    record = store.get("file", file_id) if file_id else None
    if record is None:
        return None
    served = [record.data, *record.data.get("renditions", ())]
    asked = next((one for one in served if one["key"] == key), record.data)
    kind = asked["content_type"]
    headers = {
        "Size": asked["size"],
        "ContentType": served_type(kind),
        "ContentDisposition": disposition(kind, record.data["name"]),
    }
    kept = {"bucket": record.data["bucket"], "key": asked["key"], "served_as": headers}
    return {"table": "files", "pk": record.id, "attributes": kept}


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
