"""Doing a scan as a durable job: a draft that becomes the report, or says why it can't."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from core.errors import AwsUnavailable, DashboardError, NotAllowed
from core.model.media import Job, JobState
from core.model.usage import StorageReport, StorageScan
from core.stores.collection import Collection
from core.stores.jobs import MAX_ATTEMPTS, JobQueue, problem_of
from core.usage.service.storage_reading import Reader
from core.usage.service.unfinished import Unfinished

_TELL_SECONDS = 0.5

Publish = Callable[[StorageReport, Path], None]


class _CancelledError(Exception):
    """Somebody asked the scan to end."""


class ScanWork:
    """`publish` makes a draft's report the one that counts."""

    def __init__(
        self,
        scans: Collection[StorageScan],
        jobs: JobQueue,
        reader: Reader,
        folder: Path,
        clock: Callable[[], datetime],
        publish: Publish,
    ) -> None:
        self._scans, self._jobs, self._reader, self._clock = scans, jobs, reader, clock
        self._drafts, self._publish = folder / "scans", publish
        self._unfinished = Unfinished(folder / "unfinished")

    def do(self, job: Job) -> None:
        """What AWS can't answer now is tried again and goes on from there."""
        stored = self._scans.find(job.subject_id)
        if stored is None:
            return
        scan, draft = stored.value, self._drafts / job.subject_id
        self._unfinished.take(scan, draft, self._clock())
        try:
            report = self._reader.read(scan, draft, self._teller(job))
            self._publish(report, draft)
        except _CancelledError:
            self._end(scan.id, JobState.DONE, draft)
        except DashboardError as error:
            self._failed(job, scan, draft, error)
            raise
        else:
            requests = report.cost.requests if report.cost else 0
            self._end(scan.id, JobState.DONE, draft, requests=requests)

    def _failed(self, job: Job, scan: StorageScan, draft: Path, error: DashboardError) -> None:
        if isinstance(error, AwsUnavailable) and job.attempts < MAX_ATTEMPTS:
            return
        if isinstance(error, NotAllowed):  # today's budget is spent: tomorrow it goes on
            self._unfinished.keep(scan, draft)
        self._end(scan.id, JobState.FAILED, draft, problem=problem_of(error))

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
