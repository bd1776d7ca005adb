"""What is stored: reads a source as a durable job, keeps its last good report, compares sources."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from core.errors import Conflict, InvalidInput, NotFound
from core.model.identity import Actor, Permission, Role
from core.model.media import Job, JobState
from core.model.usage import (
    IdleObjects,
    PrefixShare,
    SourceGap,
    StorageComparison,
    StorageDay,
    StorageReport,
    StorageScan,
    StorageSource,
)
from core.stores.collection import Collection
from core.stores.jobs import JobQueue
from core.stores.records import Operation, RecordStore
from core.usage.service.daily import Daily
from core.usage.service.kept import Kept
from core.usage.service.kept_reports import KeptReports
from core.usage.service.scan_work import ScanWork
from core.usage.service.storage_reading import Reader
from core.usage.storage import compare

JOB = "storage_scan"
_GOING = frozenset({JobState.QUEUED, JobState.RUNNING})
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_BUCKET = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
_DAILY = Actor(account_id="schedule", role=Role.ADMIN)
_WALKED = 64  # prefixes whose sums are kept in memory


class StorageService:
    def __init__(
        self,
        store: RecordStore,
        jobs: JobQueue,
        reader: Reader,
        folder: Path,
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs, self._reader, self._clock = jobs, reader, clock
        self._store, self._starting = store, threading.Lock()
        self._reports = KeptReports(folder)
        self._daily_scans = Daily(store, clock)
        self._walked = Kept[StorageReport](_WALKED)
        self._walked_folders = Kept[Mapping[str, tuple[PrefixShare, ...]]](_WALKED)
        self._scans = Collection(
            store, JOB, StorageScan, key=lambda scan: scan.id,
            sort=lambda scan: scan.created_at.strftime(_MOMENT),
        )  # fmt: skip
        self._work = ScanWork(self._scans, jobs, reader, folder, clock, self._publish)
        self._days = Collection(
            store, "storage_day", StorageDay,
            key=lambda day: f"{day.bucket}/{day.source.value}/{day.day}",
            parent=lambda day: day.bucket, sort=lambda day: f"{day.day}/{day.source.value}",
        )  # fmt: skip

    # --- scans ------------------------------------------------------------------------------

    def scan(
        self, actor: Actor, bucket: str, source: StorageSource, *, versions: bool = False
    ) -> StorageScan:
        """Start to read a source; the scan that already does so, where there is one."""
        actor.require(Permission.USAGE_READ)
        _check(bucket)
        with self._starting:
            going = self._going(actor, bucket, source)
            return going or self._started(actor, bucket, source, versions=versions)

    def _started(
        self, actor: Actor, bucket: str, source: StorageSource, *, versions: bool
    ) -> StorageScan:
        scan, puts = self._new(actor.account_id, bucket, source, versions=versions)
        self._store.transact(puts)
        self._jobs.announce()
        return scan

    def _new(
        self, by: str, bucket: str, source: StorageSource, *, versions: bool = False
    ) -> tuple[StorageScan, list[Operation]]:
        name = secrets.token_hex(8)
        job, put = self._jobs.put(JOB, name, by)
        scan = StorageScan(
            id=name, bucket=bucket, source=source, versions=versions,
            created_by=by, created_at=self._clock(), job_id=job.id,
        )  # fmt: skip
        return scan, [self._scans.put(scan), put]

    def scan_daily(self, bucket: str, source: StorageSource, hour: int) -> bool:
        """Begin the day's scan of this bucket, and of those that have a report, if it is due.

        Others are read as somebody chose for them: a listing may ask for more than anybody wants
        to pay.
        Called again and again by whoever keeps house; of several processes one begins it.
        """

        def work() -> list[Operation]:
            wanted = sorted({bucket, *self.buckets(_DAILY)})
            chosen = {one: self._chosen(one, source) for one in wanted} | {bucket: source}
            return [put for one in wanted for put in self._daily(one, chosen[one])]

        with self._starting:
            begun = self._daily_scans.begin(hour, work)
        if begun:
            self._jobs.announce()
        return begun

    def _chosen(self, bucket: str, usual: StorageSource) -> StorageSource:
        known = self._reports.sources(bucket)
        return known[0] if known and usual not in known else usual

    def _daily(self, bucket: str, source: StorageSource) -> list[Operation]:
        if self._going(_DAILY, bucket, source):
            return []
        return self._new(_DAILY.account_id, bucket, source)[1]

    def _going(self, actor: Actor, bucket: str, source: StorageSource) -> StorageScan | None:
        found = (one for one in self.scans(actor, bucket) if one.source is source)
        return next((one for one in found if one.state in _GOING and not one.cancelled), None)

    def scans(self, actor: Actor, bucket: str = "", limit: int = 50) -> tuple[StorageScan, ...]:
        """The newest first."""
        actor.require(Permission.USAGE_READ)
        found = self._scans.page(limit=limit, descending=True).items
        return tuple(self._now(one) for one in found if bucket in {"", one.bucket})

    def _now(self, scan: StorageScan) -> StorageScan:
        stored = self._jobs.find(scan.job_id) if scan.finished_at is None else None
        if stored is None:
            return scan
        job = stored.value
        return scan.model_copy(update={
            "state": job.state, "done": job.done, "total": job.total, "step": job.step,
            "problem": job.problem,
        })  # fmt: skip

    def cancel(self, actor: Actor, id: str) -> StorageScan:
        """End a scan soon; the last good report stays."""
        actor.require(Permission.USAGE_READ)
        if self._now(self._scans.get(id)).state not in _GOING:
            raise Conflict("This scan has ended.", hint="Start another one.")
        return self._scans.update(id, lambda one: one.model_copy(update={"cancelled": True}))

    # --- reports ----------------------------------------------------------------------------

    def buckets(self, actor: Actor) -> tuple[str, ...]:
        """Those with a report."""
        actor.require(Permission.USAGE_READ)
        return self._reports.buckets()

    def report(
        self, actor: Actor, bucket: str, source: StorageSource | None = None, prefix: str = ""
    ) -> StorageReport:
        """The last good report; below a prefix, of any depth, it is summed from the kept rows.
        Without a source: the most recent one that tells prefixes.
        """
        actor.require(Permission.USAGE_READ)
        _check(bucket)
        kept = self._reports
        known = kept.all(bucket) if source is None else [kept.find(bucket, source)]
        detailed = [one for one in known if one is not None and (one.by_prefix or not prefix)]
        if not detailed:
            raise NotFound(
                f"There is no report of {bucket} yet.", hint="Scan the bucket on the Usage page."
            )
        newest = max(detailed, key=lambda one: (one.by_prefix is not None, one.sampled_at))
        return self._below(newest, prefix) if prefix else newest

    def _below(self, report: StorageReport, prefix: str) -> StorageReport:
        def read() -> StorageReport:
            rows, columns = self._reports.rows(report)
            found = self._reader.summarise(
                report.bucket, report.source, rows, columns, report.sampled_at, prefix
            )  # fmt: skip
            return found.model_copy(update={"read_at": report.read_at})  # it names the rows

        return self._walked.get((*_told_by(report), report.read_at, prefix), read)

    def folders(
        self, actor: Actor, report: StorageReport, prefixes: Sequence[str]
    ) -> Mapping[str, tuple[PrefixShare, ...]]:
        """What lies directly below each of these prefixes of a report, the largest first."""
        actor.require(Permission.USAGE_READ)

        def read() -> Mapping[str, tuple[PrefixShare, ...]]:
            rows, columns = self._reports.rows(report)
            return self._reader.folders(rows, columns, prefixes)

        if not prefixes:
            return {}
        return self._walked_folders.get((*_told_by(report), *prefixes), read)

    def idle(
        self,
        actor: Actor,
        report: StorageReport,
        got: frozenset[str],
        before: datetime,
        least: int,
    ) -> tuple[IdleObjects, ...] | None:
        """Originals of a report that are not in `got`, as `idle_objects` tells them."""
        actor.require(Permission.USAGE_READ)
        if report.by_prefix is None:
            return None
        return self._reader.idle(*self._reports.rows(report), got, before, least)

    def compare(self, actor: Actor, bucket: str) -> StorageComparison:
        """The sources side by side; what is missing or could not be read again says why."""
        actor.require(Permission.USAGE_READ)
        _check(bucket)
        reports = self._reports.all(bucket)
        gaps = [gap for source in StorageSource if (gap := self._gap(actor, bucket, source))]
        return compare(bucket, reports, gaps)

    def _gap(self, actor: Actor, bucket: str, source: StorageSource) -> SourceGap | None:
        kept = self._reports.find(bucket, source)
        last = next((one for one in self.scans(actor, bucket) if one.source is source), None)
        good = kept.sampled_at if kept else None
        if last is not None and last.problem is not None:
            told = last.problem
            return SourceGap(source=source, reason=told.detail, hint=told.hint, last_good=good)
        return None if kept else SourceGap(source=source, reason="It was not read yet.")

    def history(self, actor: Actor, bucket: str) -> tuple[StorageDay, ...]:
        """One row per day and source, the oldest first."""
        actor.require(Permission.USAGE_READ)
        return tuple(self._days.all(bucket))

    def work(self, job: Job) -> None:
        """The handler of the jobs: do a queued scan."""
        self._work.do(job)

    def _publish(self, report: StorageReport, draft: Path) -> None:
        self._reports.publish(report, draft)
        self._walked.clear()
        self._walked_folders.clear()
        day = StorageDay(
            bucket=report.bucket, source=report.source, day=f"{report.sampled_at:%Y-%m-%d}",
            total=report.total, by_class=report.by_class, sampled_at=report.sampled_at,
        )  # fmt: skip
        known = self._days.find(f"{day.bucket}/{day.source.value}/{day.day}")
        self._days.save(day, known.version if known else 0)


def _told_by(report: StorageReport) -> tuple[str, ...]:
    return report.bucket, report.source.value, report.sampled_at.isoformat()


def _check(bucket: str) -> None:
    if not _BUCKET.match(bucket) or ".." in bucket:
        raise InvalidInput("This is no name of a bucket.", hint="Write it as S3 shows it.")
