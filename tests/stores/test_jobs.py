"""Jobs survive: claimed once, tried again with growing pauses, taken up after a crash."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import AwsUnavailable, DashboardError, UnreadableContent
from core.model.media import JobState, Problem
from core.stores.job_runner import JobRunner
from core.stores.jobs import MAX_ATTEMPTS, JobQueue, wait_after
from core.stores.sqlite import SqliteRecordStore

PROBLEM = Problem(slug="s", title="T", status=503, detail="D")


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 20, 9, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def queue(tmp_path, clock):
    store = SqliteRecordStore(tmp_path / "records.sqlite3")
    yield JobQueue(store, clock)
    store.close()


def test_jobs_are_claimed_oldest_first_and_once(queue, clock):
    first = queue.add("work", "1", "ann")
    clock.now += timedelta(seconds=1)
    second = queue.add("work", "2", "ann")
    claims = [queue.claim(), queue.claim(), queue.claim()]
    assert [claim.id for claim in claims[:2]] == [first.id, second.id]
    assert claims[2] is None
    assert claims[0].attempts == 1


def test_many_workers_never_share_a_job(queue):
    jobs = {queue.add("work", str(n), "ann").id for n in range(20)}
    claimed = []

    def work():
        while (job := queue.claim()) is not None:
            claimed.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(jobs)


def test_pauses_double_up_to_five_minutes():
    seconds = [wait_after(n).total_seconds() for n in (0, 1, 2, 3, 8, 9, 30)]
    assert seconds == [0, 2, 4, 8, 256, 300, 300]


def test_a_failed_job_rests_before_it_is_tried_again(queue, clock):
    job = queue.add("work", "1", "ann")
    queue.claim()
    assert queue.fail(job.id, PROBLEM, retry=True).state is JobState.QUEUED
    assert queue.claim() is None
    clock.now += timedelta(seconds=2)
    assert queue.claim().attempts == 2


def test_a_resting_job_does_not_hold_up_the_next(queue, clock):
    first = queue.add("work", "1", "ann")
    queue.claim()
    queue.fail(first.id, PROBLEM, retry=True)
    clock.now += timedelta(seconds=1)
    second = queue.add("work", "2", "ann")
    assert queue.claim().id == second.id


def test_a_job_is_not_tried_for_ever(queue, clock):
    job = queue.add("work", "1", "ann")
    for _ in range(MAX_ATTEMPTS):
        assert queue.claim() is not None
        ended = queue.fail(job.id, PROBLEM, retry=True)
        clock.now += timedelta(minutes=6)
    assert (ended.state, ended.problem) == (JobState.FAILED, PROBLEM)
    assert queue.claim() is None
    assert [failed.id for failed in queue.failed()] == [job.id]


def test_what_a_dead_process_left_running_is_taken_up(queue, clock):
    job = queue.add("work", "1", "ann")
    queue.claim()
    assert queue.requeue_running(timedelta(minutes=1)) == 0
    assert queue.requeue_running() == 1
    assert queue.claim().id == job.id


def test_a_job_that_kills_the_process_every_time_is_given_up(queue):
    job = queue.add("work", "1", "ann")
    for _ in range(MAX_ATTEMPTS):
        assert queue.claim() is not None
        queue.requeue_running()
    assert queue.get(job.id).state is JobState.FAILED
    assert queue.get(job.id).problem.slug == "interrupted"


def test_progress_is_remembered(queue):
    job = queue.add("work", "1", "ann")
    queue.progress(job.id, 2, 4, "Storing")
    kept = queue.get(job.id)
    assert (kept.done, kept.total, kept.step) == (2, 4, "Storing")


def test_only_jobs_that_ended_long_ago_are_forgotten(queue, clock):
    done, waiting = queue.add("work", "1", "ann"), queue.add("work", "2", "ann")
    queue.finish(done.id)
    clock.now += timedelta(days=10)
    recent = queue.add("work", "3", "ann")
    queue.finish(recent.id)
    assert queue.prune(clock.now - timedelta(days=5)) == 1
    assert queue.find(done.id) is None
    assert queue.find(waiting.id) is not None
    assert queue.find(recent.id) is not None


@pytest.mark.parametrize(
    ("error", "state", "slug"),
    [
        (None, JobState.DONE, None),
        (AwsUnavailable("away"), JobState.QUEUED, "aws-unavailable"),
        (UnreadableContent("damaged"), JobState.FAILED, "unreadable-content"),
        (ZeroDivisionError(), JobState.FAILED, "error"),
    ],
)
def test_how_a_job_ends_depends_on_what_it_meets(queue, error, state, slug, caplog):
    def handler(_):
        if error is not None:
            raise error

    job = queue.add("work", "1", "ann")
    assert JobRunner(queue, {"work": handler}, 1).run_until_idle() == 1
    ended = queue.get(job.id)
    assert ended.state is state
    assert (ended.problem.slug if ended.problem else None) == slug
    assert ("stopped unexpectedly" in caplog.text) == isinstance(error, ZeroDivisionError)


def test_a_job_of_an_unknown_kind_fails_and_the_worker_lives(queue):
    strange, known = queue.add("strange", "1", "ann"), queue.add("work", "2", "ann")
    JobRunner(queue, {"work": lambda _: None}, 1).run_until_idle()
    assert queue.get(strange.id).state is JobState.FAILED
    assert queue.get(known.id).state is JobState.DONE


def until(condition):
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert condition()


def test_workers_start_with_what_was_left_and_wake_for_news(queue):
    left = queue.add("work", "1", "ann")
    queue.claim()
    done = []
    runner = JobRunner(queue, {"work": lambda job: done.append(job.id)}, 2)
    runner.start()
    until(lambda: left.id in done)
    begun = time.monotonic()
    news = queue.add("work", "2", "ann")
    until(lambda: news.id in done)
    assert time.monotonic() - begun < 2  # woken, not found by the slow poll
    runner.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith("job-")]
    queue.add("work", "3", "ann")
    assert len(done) == 2


def test_a_store_that_fails_for_a_while_does_not_end_the_worker(queue, monkeypatch, caplog):
    real, calls = queue.claim, []

    def claim(besides=frozenset()):
        calls.append(1)
        if len(calls) == 1:
            raise OSError("disk")
        return real()

    monkeypatch.setattr(queue, "claim", claim)
    done = []
    runner = JobRunner(queue, {"work": lambda job: done.append(job.id)}, 1)
    runner.start()
    until(lambda: len(calls) >= 1)
    queue.add("work", "1", "ann")
    until(lambda: len(done) == 1)
    runner.stop()
    assert "can't be read" in caplog.text


def test_where_processes_share_a_store_an_expired_lease_is_taken_over(queue, monkeypatch):
    monkeypatch.setattr("core.stores.job_runner._SLOW_POLL_SECONDS", 0.02)
    queue._clock = lambda: datetime.now(UTC)
    job = queue.add("work", "1", "ann")
    queue.claim()
    done = []
    runner = JobRunner(
        queue, {"work": lambda job: done.append(job.id)}, 1, lease=timedelta(seconds=0.3)
    )
    runner.start()
    assert queue.get(job.id).state is JobState.RUNNING
    until(lambda: done == [job.id])
    runner.stop()


def test_long_jobs_leave_a_worker_for_the_others(queue, clock):
    """Two long jobs wait before a short one; it is done while the first long one still runs."""
    began, release, short_done = (threading.Event() for _ in range(3))
    side_by_side, most = [], []

    def long(job):
        side_by_side.append(job.id)
        most.append(len(side_by_side))
        began.set()
        assert release.wait(10)
        side_by_side.remove(job.id)

    def short(_):
        assert began.wait(10)
        short_done.set()

    for kind in ("long", "long", "short"):
        queue.add(kind, "1", "ann")
        clock.now += timedelta(seconds=1)
    handlers = {"long": long, "short": short}
    runner = JobRunner(queue, handlers, 2, at_once={"long": 1})
    runner.start()
    assert short_done.wait(10)
    assert len(side_by_side) == 1
    release.set()
    deadline = time.monotonic() + 10
    while queue.counts()[JobState.QUEUED] or queue.counts()[JobState.RUNNING]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    runner.stop()
    assert most == [1, 1]


def test_a_job_that_ends_while_nothing_can_be_written_is_done_again_later(
    queue, clock, monkeypatch, caplog
):
    monkeypatch.setattr("core.stores.job_runner._SLOW_POLL_SECONDS", 0.05)
    refusing, done = threading.Event(), []
    store = queue._jobs.store
    transact = store.transact

    def fallible(operations):
        if refusing.is_set():
            raise DashboardError("The disk with the database is full.")
        return transact(operations)

    def work(job):
        done.append(job.id)
        if len(done) == 1:
            refusing.set()

    monkeypatch.setattr(store, "transact", fallible)
    job = queue.add("work", "1", "ann")
    runner = JobRunner(queue, {"work": work}, 1)
    runner.start()
    until(lambda: "can't be read or written" in caplog.text)
    assert queue.get(job.id).state is JobState.RUNNING
    refusing.clear()
    until(lambda: queue.get(job.id).state is JobState.DONE)
    runner.stop()
    assert done == [job.id, job.id]
