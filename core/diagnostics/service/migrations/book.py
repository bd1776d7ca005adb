"""Where migrations lie: one record each, and one for every key, filed by its state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import islice

from core.errors import NotFound
from core.model.migration import Migration, MigrationStep, StepCounts, StepState
from core.stores.collection import Collection, Listing
from core.stores.records import Operation, Put, RecordStore

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_SORTED_BY = 200  # characters of a key; a record's own key must stay short
_AT_ONCE = 50


def _step_id(migration_id: str, source: str) -> str:
    digest = sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{migration_id}/{digest[:32]}"


class MigrationBook:
    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._migrations = Collection(
            store,
            "migration",
            Migration,
            key=lambda migration: migration.id,
            sort=lambda migration: migration.planned_at.strftime(_MOMENT),
        )
        self._steps = Collection(
            store,
            "migration_step",
            MigrationStep,
            key=lambda step: _step_id(step.migration_id, step.source),
            parent=lambda step: f"{step.migration_id}/{step.state.value}",
            sort=lambda step: step.source[:_SORTED_BY],
        )

    # Migrations

    def add(self, migration: Migration) -> None:
        self._migrations.add(migration)

    def get(self, id: str) -> Migration:
        found = self._migrations.find(id) if id else None
        if found is None:
            raise NotFound("There is no such migration.", hint="Plan it again.")
        return found.value

    def page(self, after: str | None, limit: int) -> Listing[Migration]:
        return self._migrations.page(after=after, limit=limit, descending=True)

    def change(self, id: str, change: Callable[[Migration], Migration]) -> Migration:
        return self._migrations.update(id, change)

    def put(self, migration: Migration) -> Put:
        """The operation for `transact`, on top of what is stored now."""
        stored = self._migrations.find(migration.id)
        return self._migrations.put(migration, stored.version if stored is not None else 0)

    def transact(self, operations: Iterable[Operation]) -> None:
        self._store.transact(list(operations))

    # Steps

    def step(self, migration_id: str, source: str) -> MigrationStep | None:
        found = self._steps.find(_step_id(migration_id, source))
        return found.value if found is not None else None

    def add_steps(self, steps: Iterable[MigrationStep]) -> None:
        """New ones, or in place of the ones that are there."""
        waiting = iter(steps)
        while batch := list(islice(waiting, _AT_ONCE)):
            self._store.transact([self._steps.put(step, self._version(step)) for step in batch])

    def save(self, step: MigrationStep) -> MigrationStep:
        self._steps.save(step, self._version(step))
        return step

    def _version(self, step: MigrationStep) -> int:
        found = self._steps.find(_step_id(step.migration_id, step.source))
        return found.version if found is not None else 0

    def drop(self, step: MigrationStep) -> None:
        self._steps.remove(_step_id(step.migration_id, step.source))

    def steps(self, migration_id: str, *states: StepState) -> Iterator[MigrationStep]:
        """By key, state after state; all of them where none is named."""
        for state in states or tuple(StepState):
            yield from self._steps.all(f"{migration_id}/{state.value}")

    def step_page(
        self, migration_id: str, state: StepState, after: str | None, limit: int
    ) -> Listing[MigrationStep]:
        return self._steps.page(f"{migration_id}/{state.value}", after=after, limit=limit)

    def counts(self, migration_id: str) -> StepCounts:
        counted = {
            state.value: sum(1 for _ in self.steps(migration_id, state)) for state in StepState
        }
        return StepCounts(**counted)
