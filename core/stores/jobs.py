"""Durable jobs: written before they start, claimed by one worker, tried again, never lost.

A job is filed under its state, oldest first. What may be lost is only the time since the last step.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from core.errors import AwsUnavailable, Conflict, DashboardError
from core.model.media import Job, JobState, Problem
from core.stores.collection import Collection, Stored
from core.stores.records import Put, RecordStore

MAX_ATTEMPTS = 12  # about 25 minutes of trying
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=5)
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"

_log = logging.getLogger(__name__)


def wait_after(attempts: int) -> timedelta:
    """How long a job rests after its n-th attempt: 2 s, 4 s, 8 s … 5 min; not before the first."""
    if attempts == 0:
        return timedelta()
    return min(_FIRST_WAIT * (1 << (attempts - 1)), _LONGEST_WAIT)


def problem_of(error: DashboardError) -> Problem:
    """An error as it is kept, to be shown later."""
    return Problem(
        slug=error.slug,
        title=error.title,
        status=error.status,
        detail=error.message,
        hint=error.hint,
    )


_INTERRUPTED = Problem(
    slug="interrupted",
    title="Interrupted",
    status=500,
    detail="The app stopped while it worked on this.",
    hint="It goes on by itself.",
)
_UNEXPECTED = Problem(
    slug="error",
    title="Something went wrong",
    status=500,
    detail="The work stopped with an error that nobody foresaw.",
    hint="The server's log has the details; an admin can find it by the job's id.",
)


class JobQueue:
    def __init__(self, store: RecordStore, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []
        self._jobs = Collection(
            store,
            "job",
            Job,
            key=lambda job: job.id,
            parent=lambda job: job.state.value,
            sort=lambda job: job.created_at.strftime(_MOMENT),
        )

    def put(
        self, kind: str, subject_id: str, owner_id: str, *, started: bool = False
    ) -> tuple[Job, Put]:
        """A new job and the operation for `transact`; `started`: the caller does it right away."""
        now = self._clock()
        job = Job(
            id=secrets.token_hex(16),
            kind=kind,
            subject_id=subject_id,
            owner_id=owner_id,
            state=JobState.RUNNING if started else JobState.QUEUED,
            attempts=1 if started else 0,
            created_at=now,
            updated_at=now,
        )
        return job, self._jobs.put(job)

    def add(self, kind: str, subject_id: str, owner_id: str) -> Job:
        job, put = self.put(kind, subject_id, owner_id)
        self._jobs.store.put(put.record)
        self.announce()
        return job

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever a job may have become due."""
        self._listeners.append(listener)

    def announce(self) -> None:
        """Call after `transact` has written a new job."""
        for listener in self._listeners:
            listener()

    def get(self, id: str) -> Job:
        return self._jobs.get(id)

    def failed(self) -> tuple[Job, ...]:
        return tuple(self._jobs.all(JobState.FAILED.value))

    def counts(self) -> dict[JobState, int]:
        """Jobs that wait, run or failed. The done ones are many and say little."""
        states = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
        return {state: sum(1 for _ in self._jobs.all(state.value)) for state in states}

    def claim(self, besides: frozenset[str] = frozenset()) -> Job | None:
        """The oldest job that is due, now running and this caller's alone; None: nothing is due.

        Jobs of the kinds `besides` are left to others.
        """
        now = self._clock()
        for listed in self._jobs.all(JobState.QUEUED.value):
            if listed.kind in besides or now < listed.updated_at + wait_after(listed.attempts):
                continue
            claimed = self._claim(listed.id, now)
            if claimed is not None:
                return claimed
        return None

    def _claim(self, id: str, now: datetime) -> Job | None:
        stored = self._jobs.find(id)  # a listing may lag behind, and others claim too
        if stored is None or stored.value.state is not JobState.QUEUED:
            return None
        update = {
            "state": JobState.RUNNING,
            "attempts": stored.value.attempts + 1,
            "updated_at": now,
        }
        try:
            return self._jobs.save(stored.value.model_copy(update=update), stored.version)
        except Conflict:
            return None

    def progress(self, id: str, done: int, total: int, step: str) -> Job:
        return self._change(id, done=done, total=total, step=step)

    def finish(self, id: str) -> Job:
        return self._change(id, state=JobState.DONE, problem=None, step="")

    def fail(self, id: str, problem: Problem, *, retry: bool) -> Job:
        """With `retry` it rests and is tried again, until it was tried `MAX_ATTEMPTS` times."""
        again = retry and self.get(id).attempts < MAX_ATTEMPTS
        state = JobState.QUEUED if again else JobState.FAILED
        return self._change(id, state=state, problem=problem)

    def attempt(self, job: Job, handler: Callable[[Job], None]) -> Job:
        """Do a claimed job and write down how it ended; never raises what the handler raises."""
        try:
            handler(job)
        except AwsUnavailable as error:
            return self.fail(job.id, problem_of(error), retry=True)
        except DashboardError as error:
            return self.fail(job.id, problem_of(error), retry=False)
        except Exception:  # noqa: BLE001  # a worker outlives every job; the log has the details
            _log.exception("Job %s (%s) stopped unexpectedly", job.id, job.kind)
            return self.fail(job.id, _UNEXPECTED, retry=False)
        return self.finish(job.id)

    def give_back(self, id: str) -> None:
        """Have it tried again: how it ended could not be written down."""
        stored = self._jobs.find(id)
        if stored is not None and stored.value.state is JobState.RUNNING:
            self._requeue(stored.value)

    def requeue_running(self, older_than: timedelta = timedelta()) -> int:
        """Put back what a process left behind when it died. Returns how many there were."""
        before = self._clock() - older_than
        abandoned = [
            job for job in self._jobs.all(JobState.RUNNING.value) if job.updated_at <= before
        ]
        for job in abandoned:
            self._requeue(job)
        return len(abandoned)

    def _requeue(self, job: Job) -> None:
        if job.attempts >= MAX_ATTEMPTS:  # perhaps it is what kills the process
            self.fail(job.id, _INTERRUPTED, retry=False)
            return
        due = self._clock() - wait_after(job.attempts)  # at once: nothing was overloaded
        self._change(job.id, state=JobState.QUEUED, problem=_INTERRUPTED, updated_at=due)

    def prune(self, before: datetime) -> int:
        """Forget jobs that ended before a moment."""
        ended = [
            job for state in (JobState.DONE, JobState.FAILED) for job in self._ended(state, before)
        ]
        for job in ended:
            self._jobs.remove(job.id)
        return len(ended)

    def _ended(self, state: JobState, before: datetime) -> list[Job]:
        old: list[Job] = []
        for job in self._jobs.all(state.value):
            if job.created_at >= before:
                break  # oldest first
            if job.updated_at < before:
                old.append(job)
        return old

    def _change(self, id: str, **update: object) -> Job:
        stamped = {"updated_at": self._clock(), **update}
        return self._jobs.update(id, lambda job: job.model_copy(update=stamped))

    def find(self, id: str) -> Stored[Job] | None:
        return self._jobs.find(id)
