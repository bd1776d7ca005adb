"""The job behind a migration: a few keys at a time, progress written down, one bad key no end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice

from core.diagnostics.layouts.migration import MOST_FAILURES, counted, deletable_at, ended
from core.diagnostics.service.migrations.book import MigrationBook
from core.diagnostics.service.migrations.moves import Moves
from core.errors import AwsUnavailable, InvalidInput
from core.model.media import Job
from core.model.migration import (
    Migration,
    MigrationState,
    MigrationStep,
    StepCounts,
    StepState,
    Wish,
)
from core.stores.jobs import JobQueue, problem_of

_AT_ONCE = 8
_BATCH = 32
Work = Callable[[MigrationStep], MigrationStep]


class MigrationWork:
    def __init__(
        self,
        book: MigrationBook,
        jobs: JobQueue,
        clock: Callable[[], datetime],
        moves: Callable[[Migration], Moves],
    ) -> None:
        self._book, self._jobs, self._clock, self._moves = book, jobs, clock, moves

    def run(self, job: Job) -> None:
        """Go on where the last run ended. Raises `AwsUnavailable`: the queue tries again."""
        migration = self._book.get(job.subject_id)
        moves = self._moves(migration)
        if migration.state is MigrationState.MOVING:
            self._each(job, migration, self._planned(migration), moves.move)
        elif migration.state is MigrationState.DELETING:
            self._each(job, migration, self._deletable(migration), moves.delete)

    def _planned(self, migration: Migration) -> Iterator[MigrationStep]:
        return self._book.steps(migration.id, StepState.PLANNED)

    def _deletable(self, migration: Migration) -> Iterator[MigrationStep]:
        now = self._clock()
        for step in self._book.steps(migration.id, StepState.MOVED):
            at = deletable_at(step, migration)
            if at is not None and at <= now:
                yield step

    def _each(
        self, job: Job, migration: Migration, steps: Iterator[MigrationStep], work: Work
    ) -> None:
        started, failures = migration.state, 0
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="migration") as pool:
            while batch := list(islice(steps, _BATCH)):
                outcomes = list(pool.map(lambda step: _attempt(step, work), batch))
                done = [one for one in outcomes if isinstance(one, MigrationStep)]
                failures = _in_a_row(failures, done)
                state = self._note(job, migration.id, batch, done)
                for one in outcomes:
                    if isinstance(one, AwsUnavailable):
                        raise one
                if state is not started:
                    return
                if failures >= MOST_FAILURES:
                    self._stop(migration.id, done[-1])
                    return
        self._end(migration.id)

    def _note(
        self, job: Job, id: str, batch: list[MigrationStep], done: list[MigrationStep]
    ) -> MigrationState:
        """Write the progress down. Returns the state, which a person may have changed."""
        sources = {step.source for step in done}
        before = counted(step for step in batch if step.source in sources)
        after = counted(done)
        changed = self._book.change(
            id, lambda m: m.model_copy(update={"counts": _plus(m.counts, before, after)})
        )
        counts = changed.counts
        self._jobs.progress(
            job.id, counts.total - counts.planned, counts.total, f"{counts.left:,} left"
        )
        return changed.state

    def _stop(self, id: str, last: MigrationStep) -> None:
        problem = problem_of(
            InvalidInput(
                f"{MOST_FAILURES} keys in a row could not be done: {last.problem}",
                hint="Remove the cause, then start again: what is done stays done.",
            )
        )
        update = {"state": MigrationState.STOPPED, "problem": problem}
        self._book.change(id, lambda m: m.model_copy(update=update))

    def _end(self, id: str) -> None:
        """Count again, from the steps themselves: the progress may have missed a crash."""
        counts, now = self._book.counts(id), self._clock()

        def close(migration: Migration) -> Migration:
            state = ended(migration, counts)
            moved = migration.moved_at or (now if counts.planned == 0 else None)
            update: dict[str, object] = {
                "counts": counts,
                "state": state,
                "moved_at": moved,
                "ended_at": now if state is MigrationState.DONE else None,
                "wish": Wish.NOTHING,
            }
            return migration.model_copy(update=update)

        self._book.change(id, close)


def _attempt(step: MigrationStep, work: Work) -> MigrationStep | AwsUnavailable:
    try:
        return work(step)
    except AwsUnavailable as error:
        return error


def _in_a_row(before: int, done: list[MigrationStep]) -> int:
    for step in done:
        before = before + 1 if step.state is StepState.FAILED else 0
    return before


def _plus(counts: StepCounts, before: StepCounts, after: StepCounts) -> StepCounts:
    names = StepCounts.model_fields
    return StepCounts(
        **{n: max(0, getattr(counts, n) - getattr(before, n) + getattr(after, n)) for n in names}
    )
