"""What was delivered: finds new log files, reads each once as a durable job, answers reports."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime

from core.aws.cloudfront import CloudFrontReader
from core.aws.cloudfront_metrics import CloudFrontMetrics
from core.aws.s3 import MediaBucket
from core.errors import Conflict, InvalidInput
from core.model.identity import Actor, Permission
from core.model.media import Job, JobState
from core.model.traffic import (
    EdgeMetrics,
    LogPlace,
    LogsRead,
    OriginReport,
    QueryCost,
    ScanState,
    TrafficFilters,
    TrafficReport,
    TrafficScan,
    Views,
)
from core.stores.collection import Collection
from core.stores.jobs import JobQueue
from core.stores.log_store import LogStore
from core.stores.queries import EVERYTHING, QueryEngine, Value
from core.stores.records import RecordStore
from core.usage.access_logs import day_of_file
from core.usage.service.asking import (
    ORIGIN_QUESTIONS,
    QUESTIONS,
    VIEWS_QUESTIONS,
    asked_of_origin,
    assembled,
    days_asked,
    viewed,
)
from core.usage.service.edge_metrics import LastMetrics
from core.usage.service.traffic_work import GOING, LogPlaces, TrafficWork
from core.usage.traffic import ScanPrice, query_cost, told_days

JOB = "traffic_scan"
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_OWNERS_LOOKED_UP = 5_000


class TrafficService:
    """`configured` is the place that the settings name; else the distribution says where.

    `engine` answers the reports: the store itself, or Athena.
    """

    def __init__(
        self,
        store: RecordStore,
        jobs: JobQueue,
        logs: LogStore,
        cloudfront: CloudFrontReader,
        bucket_of: Callable[[str], MediaBucket],
        clock: Callable[[], datetime],
        *,
        distribution_id: str,
        configured: LogPlace | None = None,
        engine: QueryEngine | None = None,
        price: Callable[[], ScanPrice] = lambda: (None, ""),
        free_to_run: int = 0,
        metrics: CloudFrontMetrics | None = None,
        deliver: Callable[[], object] = lambda: None,
    ) -> None:
        self._store, self._jobs, self._logs, self._clock = store, jobs, logs, clock
        self._distribution_id, self._engine = distribution_id, engine or logs
        self._price, self._free_to_run = price, free_to_run
        self._metrics = LastMetrics(metrics, distribution_id)
        self._scans = Collection(
            store,
            "traffic_scan",
            TrafficScan,
            key=lambda scan: scan.id,
            sort=lambda scan: scan.created_at.strftime(_MOMENT),
        )
        places = LogPlaces(cloudfront, distribution_id, configured)
        self._work = TrafficWork(self._scans, jobs, logs, places, bucket_of, clock, deliver)

    @property
    def distribution_id(self) -> str:
        return self._distribution_id

    # --- scans ------------------------------------------------------------------------------

    def scan(self, actor: Actor) -> TrafficScan:
        """Look for new log files and read them. One that goes on already is answered instead."""
        actor.require(Permission.USAGE_READ)
        going = next(filter(self._goes_on, self._newest(20)), None)
        if going is not None:
            return going
        name = secrets.token_hex(8)
        job, put = self._jobs.put(JOB, name, actor.account_id)
        scan = TrafficScan(
            id=name, job_id=job.id, started_by=actor.account_id, created_at=self._clock()
        )
        self._store.transact([self._scans.put(scan), put])
        self._jobs.announce()
        return scan

    def _goes_on(self, scan: TrafficScan) -> bool:
        """A scan whose job ended by something that nobody foresaw has ended, too."""
        if scan.state not in GOING:
            return False
        stored = self._jobs.find(scan.job_id)
        if stored is not None and stored.value.state in {JobState.QUEUED, JobState.RUNNING}:
            return True
        problem = stored.value.problem if stored is not None else None
        self._work.change(scan.id, state=ScanState.FAILED, ended_at=self._clock(), problem=problem)
        return False

    def scans(self, actor: Actor, limit: int = 20) -> tuple[TrafficScan, ...]:
        """The newest first."""
        actor.require(Permission.USAGE_READ)
        return self._newest(limit)

    def get_scan(self, actor: Actor, id: str) -> TrafficScan:
        actor.require(Permission.USAGE_READ)
        return self._scans.get(id)

    def cancel(self, actor: Actor, id: str) -> TrafficScan:
        """End it soon. What it has read by then stays read."""
        actor.require(Permission.USAGE_READ)
        if self._scans.get(id).state not in GOING:
            raise Conflict("This scan has ended.", hint="Start another one.")
        return self._work.change(id, cancel=True)

    def work(self, job: Job) -> None:
        """The handler of the jobs."""
        self._work.do(job)

    def _newest(self, limit: int) -> tuple[TrafficScan, ...]:
        return self._scans.page(limit=limit, descending=True).items

    # --- reports ----------------------------------------------------------------------------

    def report(
        self,
        actor: Actor,
        first: date,
        last: date,
        filters: TrafficFilters | None = None,
        *,
        top: int = 25,
        hours: bool = False,
        confirmed: bool = False,
    ) -> TrafficReport:
        """What was delivered from `first` to `last`, both included, as far as logs were read.

        Raises `Conflict` where that costs more than may be spent without `confirmed`.
        """
        self._check(self.cost(actor), first, last, confirmed=confirmed)
        read, as_of = self._read_so_far()
        return assembled(
            self._engine,
            parameters(first, last, filters or TrafficFilters()),
            top,
            read=read,
            owner_of=self._owner_of(),
            hours=hours,
            as_of=as_of,
            told=self._told(first, last) if self._engine is self._logs else None,
        )

    def origin(self, actor: Actor, first: date, last: date, *, top: int = 1000) -> OriginReport:
        """How requests came, and the URLs that the origin was asked for most. As `report`."""
        self._check(self.cost(actor, ORIGIN_QUESTIONS), first, last)
        asked = parameters(first, last, TrafficFilters())
        return asked_of_origin(self._engine, asked, top, self._read_so_far()[1])

    def viewed(self, actor: Actor, first: date, last: date) -> Views:
        """Every path that an edge has answered. As `report`."""
        self._check(self.cost(actor, VIEWS_QUESTIONS), first, last)
        asked = parameters(first, last, TrafficFilters())
        own = self._engine is self._logs
        days = self._told(first, last) if own else self._told_by_rows(first, last)
        return viewed(self._engine, asked, days)

    def _told(self, first: date, last: date) -> tuple[date, ...]:
        """By the ledger, which knows files without a line and files that are damaged as well."""
        files = [(day_of_file(name), state) for name, state in self._logs.files_read()]
        seen = {day for day, state in files if day and state == "read"}
        damaged = {day for day, state in files if day and state != "read"}
        return told_days(seen | set(self._logs.days_read()), damaged, first, last)

    def _told_by_rows(self, first: date, last: date) -> tuple[date, ...]:
        return told_days(
            days_asked(self._engine, parameters(first, last, TrafficFilters())), (), first, last
        )

    @staticmethod
    def _check(cost: QueryCost, first: date, last: date, *, confirmed: bool = False) -> None:
        if last < first:
            raise InvalidInput("The range ends before it begins.", hint="Swap the two days.")
        if cost.confirm and not confirmed:
            usd = "an unknown price" if cost.usd is None else f"up to ${cost.usd:.2f}"
            raise Conflict(
                f"{cost.queries} questions to {cost.engine} scan up to "
                f"{cost.bytes / 2**30:,.1f} GiB, which costs {usd}.",
                hint="Confirm it to run them, or choose DuckDB, which reads each log once.",
            )

    def _read_so_far(self) -> tuple[LogsRead, datetime | None]:
        own = self._engine is self._logs
        return self._logs.read_so_far() if own else (LogsRead(), self._clock())

    def cost(self, actor: Actor, questions: int = QUESTIONS) -> QueryCost:
        """What the next report costs; nothing with DuckDB."""
        actor.require(Permission.USAGE_READ)
        return query_cost(
            self._engine.name,
            self._engine.scan_bytes(),
            questions,
            self._price(),
            self._free_to_run,
        )

    def metrics(self, actor: Actor, first: date, last: date) -> EdgeMetrics:
        """CloudFront's own numbers; where AWS refuses them, the last good ones with the reason."""
        actor.require(Permission.USAGE_READ)
        return self._metrics.read(first, last, self._clock())

    def _owner_of(self) -> Callable[[str], str | None]:
        """Whose a file is, for as many as are worth a look into the records."""
        left = _OWNERS_LOOKED_UP

        def owner_of(file_id: str) -> str | None:
            nonlocal left
            left -= 1
            record = self._store.get("file", file_id) if left >= 0 else None
            return str(record.data["owner_id"]) if record is not None else None

        return owner_of

    def close(self) -> None:
        self._logs.close()


def parameters(first: date, last: date, filters: TrafficFilters) -> dict[str, Value]:
    return {
        **EVERYTHING,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        **filters.model_dump(),
    }
