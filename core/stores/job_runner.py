"""Worker threads that do the jobs of a queue."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from core.errors import DashboardError
from core.model.media import Job
from core.stores.jobs import JobQueue

_SLOW_POLL_SECONDS = 5.0

_log = logging.getLogger(__name__)


class JobRunner:
    """Worker threads. `lease` must outlast a job's longest step where several processes share a
    store; the default fits one process, which at its start takes back whatever was running.
    `at_once` says of which kinds only so many run side by side: long ones leave room for others.
    """

    def __init__(
        self,
        queue: JobQueue,
        handlers: Mapping[str, Callable[[Job], None]],
        workers: int,
        *,
        lease: timedelta = timedelta(),
        at_once: Mapping[str, int] | None = None,
    ) -> None:
        self._at_once, self._going = dict(at_once or {}), Counter[str]()
        self._claiming = threading.Lock()
        self._queue, self._handlers, self._workers, self._lease = queue, handlers, workers, lease
        self._news = threading.Condition()
        self._tickets = 0  # wake-ups that no worker has looked at yet
        self._unwritten: set[str] = set()  # jobs whose end a full or sealed store did not take
        self._stopping = False
        self._threads: list[threading.Thread] = []
        queue.listen(self.wake)

    def start(self) -> None:
        self._queue.requeue_running(self._lease)
        self._stopping = False
        self._tickets = self._workers
        self._threads = [
            threading.Thread(target=self._work, name=f"job-{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Let each worker end its job; what takes longer is resumed at the next start."""
        with self._news:
            self._stopping = True
            self._news.notify_all()
        for thread in self._threads:
            thread.join(timeout)
        self._threads = []

    def wake(self) -> None:
        """Say that there is something to do, so that nobody waits for the slow poll."""
        with self._news:
            self._tickets += 1
            self._news.notify()

    def run_until_idle(self) -> int:
        """Do all that is due in this thread. Returns how many jobs were tried."""
        count = 0
        while self._step():
            count += 1
        return count

    def _work(self) -> None:
        busy = True
        while not self._stopping:
            try:
                if not busy:
                    self._take_back()
                busy = self._step()
            except Exception:  # noqa: BLE001  # the store itself: wait and ask again
                _log.exception("Jobs can't be read or written")
                busy = False
            if not busy:
                self._rest()

    def _rest(self) -> None:
        with self._news:
            if not self._stopping and self._tickets == 0:
                self._news.wait(_SLOW_POLL_SECONDS)
            self._tickets = max(0, self._tickets - 1)

    def _take_back(self) -> None:
        if self._lease:
            self._queue.requeue_running(self._lease)  # what another process left behind
        for job_id in tuple(self._unwritten):
            self._queue.give_back(job_id)
            self._unwritten.discard(job_id)

    def _step(self) -> bool:
        job = self._claim()
        if job is None:
            return False
        try:
            self._queue.attempt(job, lambda job: self._handlers[job.kind](job))
        except DashboardError:
            self._unwritten.add(job.id)
            raise
        finally:
            with self._claiming:
                self._going[job.kind] -= 1
        return True

    def _claim(self) -> Job | None:
        with self._claiming:
            full = {kind for kind, most in self._at_once.items() if self._going[kind] >= most}
            job = self._queue.claim(frozenset(full))
            if job is not None:
                self._going[job.kind] += 1
        return job
