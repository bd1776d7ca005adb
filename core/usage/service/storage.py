"""What is stored: reads a source as a durable job, keeps its last good report, compares sources."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from core.errors import (
    AwsUnavailable,
    Conflict,
    DashboardError,
    InvalidInput,
    NotAllowed,
    NotFound,
)
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
from core.stores.jobs import MAX_ATTEMPTS, JobQueue, problem_of
from core.stores.object_files import write_json
from core.stores.records import Operation, RecordStore
from core.usage.service.daily import Daily
from core.usage.service.kept import Kept
from core.usage.service.storage_reading import COLUMNS, Reader
from core.usage.service.unfinished import Unfinished
from core.usage.storage import compare

JOB = "storage_scan"
_GOING = frozenset({JobState.QUEUED, JobState.RUNNING})
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_BUCKET = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
_TELL_SECONDS = 0.5
_REPORT = "report.json"
_DAILY = Actor(account_id="schedule", role=Role.ADMIN)
_WALKED = 64  # prefixes whose sums are kept in memory


class _CancelledError(Exception):
    """Somebody asked the scan to end."""


class StorageService:
    def __init__(
        self,
        store: RecordStore,
        jobs: JobQueue,
        reader: Reader,
        folder: Path,
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs, self._reader, self._root, self._clock = jobs, reader, folder, clock
        self._store, self._starting = store, threading.Lock()
        self._unfinished = Unfinished(folder / "unfinished")
        self._daily_scans = Daily(store, clock)
        self._walked = Kept[StorageReport](_WALKED)
        self._walked_folders = Kept[Mapping[str, tuple[PrefixShare, ...]]](_WALKED)
        self._scans = Collection(
            store, JOB, StorageScan, key=lambda scan: scan.id,
            sort=lambda scan: scan.created_at.strftime(_MOMENT),
        )  # fmt: skip
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

        Called again and again by whoever keeps house; of several processes one begins it.
        """

        def work() -> list[Operation]:
            wanted = sorted({bucket, *self.buckets(_DAILY)})
            return [put for one in wanted for put in self._daily(one, source)]

        with self._starting:
            begun = self._daily_scans.begin(hour, work)
        if begun:
            self._jobs.announce()
        return begun

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
        return tuple(
            sorted({path.parent.parent.name for path in self._root.glob("*/*/report.json")})
        )

    def report(
        self, actor: Actor, bucket: str, source: StorageSource | None = None, prefix: str = ""
    ) -> StorageReport:
        """The last good report; below a prefix, of any depth, it is summed from the kept rows.
        Without a source: the most recent one that tells prefixes.
        """
        actor.require(Permission.USAGE_READ)
        _check(bucket)
        known = self._reports(bucket) if source is None else [self._kept(bucket, source)]
        detailed = [one for one in known if one is not None and (one.by_prefix or not prefix)]
        if not detailed:
            raise NotFound(
                f"There is no report of {bucket} yet.", hint="Scan the bucket on the Usage page."
            )
        newest = max(detailed, key=lambda one: (one.by_prefix is not None, one.sampled_at))
        return self._below(newest, prefix) if prefix else newest

    def _below(self, report: StorageReport, prefix: str) -> StorageReport:
        def read() -> StorageReport:
            rows, columns = self._rows(report)
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
            rows, columns = self._rows(report)
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
        return self._reader.idle(*self._rows(report), got, before, least)

    def _rows(self, report: StorageReport) -> tuple[Path, dict[str, str]]:
        place = self._place(report.bucket, report.source)
        for rows in (place / _rows_of(report), place / "rows"):  # as older versions named it
            if (rows / COLUMNS).exists():
                return rows, json.loads((rows / COLUMNS).read_text(encoding="utf-8"))
        raise NotFound(
            f"The rows of this report of {report.bucket} are no longer kept.",
            hint="Open the bucket's newest report.",
        )

    def _reports(self, bucket: str) -> list[StorageReport]:
        found = (self._kept(bucket, source) for source in StorageSource)
        return [one for one in found if one is not None]

    def _kept(self, bucket: str, source: StorageSource) -> StorageReport | None:
        path = self._place(bucket, source) / _REPORT
        if not path.exists():
            return None
        return StorageReport.model_validate_json(path.read_text(encoding="utf-8"))

    def _place(self, bucket: str, source: StorageSource) -> Path:
        return self._root / bucket / source.value

    def compare(self, actor: Actor, bucket: str) -> StorageComparison:
        """The sources side by side; what is missing or could not be read again says why."""
        actor.require(Permission.USAGE_READ)
        _check(bucket)
        reports = self._reports(bucket)
        gaps = [gap for source in StorageSource if (gap := self._gap(actor, bucket, source))]
        return compare(bucket, reports, gaps)

    def _gap(self, actor: Actor, bucket: str, source: StorageSource) -> SourceGap | None:
        kept = self._kept(bucket, source)
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

    # --- the job ----------------------------------------------------------------------------

    def work(self, job: Job) -> None:
        """Do a queued scan. What AWS can't answer now is tried again and goes on from there."""
        stored = self._scans.find(job.subject_id)
        if stored is None:
            return
        scan, draft = stored.value, self._root / "scans" / job.subject_id
        self._unfinished.take(scan, draft, self._clock())
        try:
            report = self._reader.read(scan, draft, self._teller(job))
            self._publish(report, draft)
        except _CancelledError:
            self._end(scan.id, JobState.DONE, draft)
        except AwsUnavailable as error:
            if job.attempts >= MAX_ATTEMPTS:
                self._end(scan.id, JobState.FAILED, draft, problem=problem_of(error))
            raise
        except DashboardError as error:
            if isinstance(error, NotAllowed):  # today's budget is spent: tomorrow it goes on
                self._unfinished.keep(scan, draft)
            self._end(scan.id, JobState.FAILED, draft, problem=problem_of(error))
            raise
        else:
            self._end(
                scan.id, JobState.DONE, draft, requests=report.cost.requests if report.cost else 0
            )

    def _publish(self, report: StorageReport, draft: Path) -> None:
        place = self._place(report.bucket, report.source)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = self._kept(report.bucket, report.source)
        draft.replace(place / _rows_of(report))
        write_json(place / _REPORT, report.model_dump_json())  # from now on it is the one
        kept = {_rows_of(one) for one in (report, before) if one}  # somebody may read the last
        for rows in place.glob("rows*"):
            if rows.name not in kept:
                shutil.rmtree(rows, ignore_errors=True)
        self._walked.clear()
        self._walked_folders.clear()
        day = StorageDay(
            bucket=report.bucket, source=report.source, day=f"{report.sampled_at:%Y-%m-%d}",
            total=report.total, by_class=report.by_class, sampled_at=report.sampled_at,
        )  # fmt: skip
        known = self._days.find(f"{day.bucket}/{day.source.value}/{day.day}")
        self._days.save(day, known.version if known else 0)

    def _end(self, id: str, state: JobState, draft: Path, **more: object) -> None:
        shutil.rmtree(draft, ignore_errors=True)
        update = {"state": state, "finished_at": self._clock(), **more}
        self._scans.update(id, lambda scan: scan.model_copy(update=update))

    def _teller(self, job: Job) -> Callable[[int, int, str, int], None]:
        told, told_step = 0.0, ""

        def tell(done: int, total: int, step: str, requests: int) -> None:
            nonlocal told, told_step
            if step == told_step and time.monotonic() - told < _TELL_SECONDS:
                return
            told, told_step = time.monotonic(), step
            if self._scans.get(job.subject_id).cancelled:
                raise _CancelledError
            said = f"{step} ({requests:,} requests)" if requests else step
            self._jobs.progress(job.id, done, total, said)

        return tell


def _told_by(report: StorageReport) -> tuple[str, ...]:
    return report.bucket, report.source.value, report.sampled_at.isoformat()


def _rows_of(report: StorageReport) -> str:
    """The folder of a report's rows: its own, so that a new one takes nothing from readers."""
    return f"rows-{report.read_at:%Y%m%dT%H%M%S.%fZ}"


def _check(bucket: str) -> None:
    if not _BUCKET.match(bucket) or ".." in bucket:
        raise InvalidInput("This is no name of a bucket.", hint="Write it as S3 shows it.")
