"""How invalidations are filed: under their file, with a tally of each month's paths."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from core.model.base import Noun
from core.model.changes import Invalidation
from core.stores.collection import Collection
from core.stores.jobs import JobQueue
from core.stores.records import Operation, RecordStore

JOB = "invalidate"
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class PathTally(Noun):
    """How many paths were asked for here in one month."""

    month: str
    used: int = 0


class MonthEntry(Noun):
    """That an invalidation was ordered in a month."""

    id: str
    month: str


class InvalidationBook:
    def __init__(self, store: RecordStore, jobs: JobQueue, clock: Callable[[], datetime]) -> None:
        self._jobs, self._clock = jobs, clock
        self.records = Collection(
            store,
            "invalidation",
            Invalidation,
            key=lambda one: one.id,
            parent=lambda one: one.file_id,
            sort=lambda one: one.created_at.strftime(_MOMENT),
        )
        self._tallies = Collection(store, "invalidation_month", PathTally, key=lambda t: t.month)
        self._months = Collection(
            store,
            "invalidation_of_month",
            MonthEntry,
            key=lambda one: one.id,
            parent=lambda one: one.month,
        )

    def order(
        self, file_id: str, owner_id: str, paths: tuple[str, ...], by: str, *, started: bool = False
    ) -> tuple[Invalidation, tuple[Operation, ...]]:
        """A new invalidation with its job, and the operations for `transact`.

        Raises `Conflict` there where another one was ordered at the same moment: order again.
        """
        now = self._clock()
        id_, month = secrets.token_hex(16), f"{now:%Y-%m}"
        job, put_job = self._jobs.put(JOB, id_, by, started=started)
        one = Invalidation(
            id=id_,
            file_id=file_id,
            owner_id=owner_id,
            paths=paths,
            by=by,
            created_at=now,
            month=month,
            job_id=job.id,
        )
        entry = self._months.put(MonthEntry(id=id_, month=month))
        return one, (self.records.put(one), entry, self._tally(month, len(paths)), put_job)

    def used(self, month: str) -> int:
        stored = self._tallies.find(month)
        return stored.value.used if stored else 0

    def cloudfront_ids(self, month: str) -> set[str]:
        """CloudFront's own ids of what was ordered here in a month."""
        found = (self.records.find(entry.id) for entry in self._months.all(month))
        return {one.value.cloudfront_id for one in found if one is not None}

    def _tally(self, month: str, count: int) -> Operation:
        stored = self._tallies.find(month)
        used = stored.value.used if stored else 0
        return self._tallies.put(
            PathTally(month=month, used=used + count), stored.version if stored else 0
        )
