"""Deleting one object in both of its layouts, and bringing deleted old objects back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from core.aws.buckets import ObjectMover
from core.aws.clients import AwsClients
from core.diagnostics.layouts.layouts import KeyMap, parse_template
from core.diagnostics.service.migrations.book import MigrationBook
from core.errors import InvalidInput
from core.model.migration import Migration, MigrationState, StepState

_RESTORED_AT_ONCE = 1000


class Removal:
    def __init__(
        self, clients: AwsClients, book: MigrationBook, clock: Callable[[], datetime]
    ) -> None:
        self._clients, self._book, self._clock = clients, book, clock

    def restore(self, migration: Migration) -> int:
        """Remove the delete markers of old objects. Returns how many came back."""
        mover = ObjectMover(self._clients.s3, migration.bucket)
        deleted = self._book.steps(migration.id, StepState.DELETED)
        back = 0
        for step in list(islice(deleted, _RESTORED_AT_ONCE)):
            if mover.find(step.source) is None and not mover.bring_back(step.source):
                continue
            update = {"state": StepState.MOVED, "moved_at": self._clock(), "deleted_at": None}
            self._book.save(step.model_copy(update=update))
            back += 1
        self._recount(migration.id)
        return back

    def delete(self, migration: Migration, key: str) -> tuple[str, ...]:
        """The keys that were there, in either layout, and are deleted now."""
        mover = ObjectMover(self._clients.s3, migration.bucket)
        forms = self._forms(migration, key)
        removed = tuple(form for form in forms if mover.find(form) is not None)
        for form in removed:
            mover.hide(form)
            self._forget(migration, form)
        self._recount(migration.id)
        return removed

    def _forms(self, migration: Migration, key: str) -> tuple[str, ...]:
        """The old and the new key of one object. An old key that can't be told from the new one
        alone is looked up; one that other content could have is never guessed.
        """
        keys = KeyMap(parse_template(migration.legacy), parse_template(migration.target))
        step = self._book.step(migration.id, key)
        target = step.target if step is not None else keys.forward(key)
        if target is not None:
            shared = step is not None and step.state is StepState.CONFLICT
            return (key,) if shared else (key, target)
        if keys.target.match(key) is None:
            raise InvalidInput(
                "This key is of neither layout.", hint=f"{migration.legacy} → {migration.target}"
            )
        found = [
            one.source
            for one in self._book.steps(migration.id)
            if one.target == key and one.state is not StepState.CONFLICT
        ]
        derived = keys.back(key)
        return tuple(dict.fromkeys([key, *found, *([derived] if derived else [])]))

    def _forget(self, migration: Migration, key: str) -> None:
        step = self._book.step(migration.id, key)
        if step is not None:
            update = {"state": StepState.DELETED, "deleted_at": self._clock(), "problem": ""}
            self._book.save(step.model_copy(update=update))

    def _recount(self, id: str) -> None:
        counts = self._book.counts(id)

        def recount(migration: Migration) -> Migration:
            again = migration.state is MigrationState.DONE and counts.left > 0
            state = MigrationState.MOVED if again else migration.state
            return migration.model_copy(update={"counts": counts, "state": state})

        self._book.change(id, recount)
