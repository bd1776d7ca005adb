"""Doing a scan of log files as a durable job: what it reads stays read, however it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.aws.cloudfront import CloudFrontReader
from core.aws.s3 import MediaBucket
from core.errors import AwsUnavailable, DashboardError, InvalidInput
from core.model.media import Job
from core.model.traffic import LogPlace, LogsRead, ScanState, TrafficScan
from core.stores.collection import Collection
from core.stores.jobs import MAX_ATTEMPTS, JobQueue, problem_of
from core.stores.log_store import LogStore
from core.usage.service.traffic_reading import batches, logs_of, read_batch

GOING = frozenset({ScanState.QUEUED, ScanState.RUNNING})


class LogPlaces:
    """Where the distribution's logs are: `configured` by a setting, else it says so itself."""

    def __init__(
        self, cloudfront: CloudFrontReader, distribution_id: str, configured: LogPlace | None
    ) -> None:
        self._cloudfront, self._distribution_id = cloudfront, distribution_id
        self._configured = configured

    def find(self) -> tuple[LogPlace, ...]:
        if self._configured is not None:
            return (self._configured,)
        found = self._cloudfront.logging(self._distribution_id)
        if found is None:
            raise InvalidInput(
                f"The distribution {self._distribution_id} writes no standard logs.",
                hint="Turn its logging on, or set DASHBOARD_LOG_BUCKET to where logs are.",
            )
        return (LogPlace(bucket=found[0], prefix=found[1]),)


class TrafficWork:
    """`deliver` has the embedded cloud write the logs that it holds back."""

    def __init__(
        self,
        scans: Collection[TrafficScan],
        jobs: JobQueue,
        logs: LogStore,
        places: LogPlaces,
        bucket_of: Callable[[str], MediaBucket],
        clock: Callable[[], datetime],
        deliver: Callable[[], object],
    ) -> None:
        self._scans, self._jobs, self._logs, self._places = scans, jobs, logs, places
        self._bucket_of, self._clock, self._deliver = bucket_of, clock, deliver

    def do(self, job: Job) -> None:
        """Done again after a crash it goes on where it was."""
        scan = self._scans.get(job.subject_id)
        if scan.state not in GOING:
            return
        try:
            self._read(job, scan)
        except DashboardError as error:
            again = isinstance(error, AwsUnavailable) and job.attempts < MAX_ATTEMPTS
            ended = {} if again else {"state": ScanState.FAILED, "ended_at": self._clock()}
            self.change(scan.id, problem=problem_of(error), **ended)
            raise

    def change(self, id: str, **update: object) -> TrafficScan:
        return self._scans.update(id, lambda scan: scan.model_copy(update=update))

    def _read(self, job: Job, scan: TrafficScan) -> None:
        self._deliver()
        places = self._places.find()
        scan = self.change(scan.id, state=ScanState.RUNNING, places=places, problem=None)
        found = list(logs_of(places, self._bucket_of, self._logs))
        total = scan.files + sum(len(files) for _, files in found)
        scan = self.change(scan.id, found=total)
        for bucket, files in found:
            for batch in batches(files):
                if scan.cancel:
                    self._end(scan.id, ScanState.CANCELLED)
                    return
                read, left = read_batch(bucket, batch, self._logs)
                scan = self._counted(scan.id, len(batch), read, left)
                self._jobs.progress(job.id, scan.files, total, "reading log files")
        self._end(scan.id, ScanState.DONE)

    def _counted(self, id: str, files: int, read: LogsRead, left: int) -> TrafficScan:
        def counted(scan: TrafficScan) -> TrafficScan:
            return scan.model_copy(
                update={
                    "files": scan.files + files,
                    "left": scan.left + left,
                    "rows": scan.rows + read.rows,
                    "duplicates": scan.duplicates + read.duplicates,
                    "bad_lines": scan.bad_lines + read.bad_lines,
                }
            )

        return self._scans.update(id, counted)

    def _end(self, id: str, state: ScanState) -> None:
        self.change(id, state=state, ended_at=self._clock())
