"""Changing records of files: many in one transaction, again if somebody wrote in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import Conflict
from core.library import changes as rules
from core.library.service.shelf import Shelf, named
from core.model.changes import OnConflict
from core.model.identity import Actor
from core.model.library import FileChanges
from core.model.media import MediaFile
from core.model.visibility import changeable, removable, visible
from core.stores.collection import Stored
from core.stores.records import Operation

_ATTEMPTS = 5
_BATCH = 40  # files in one transaction: each takes two of its hundred operations

Change = Callable[[MediaFile], MediaFile]
Rule = Callable[[Actor, MediaFile], MediaFile]


class Rewriting:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def change(
        self,
        actor: Actor,
        id: str,
        changes: FileChanges,
        seen: str,
        on_conflict: OnConflict,
    ) -> MediaFile:
        for _ in range(_ATTEMPTS):
            stored = self._shelf.stored(id)
            before = changeable(actor, stored.value)
            self._shelf.check_seen(before, seen)
            after = rules.changed(before, changes)
            moved = (before.name, before.folder) != (after.name, after.folder)
            try:
                settled = self._shelf.names.settle(
                    after, on_conflict if moved else OnConflict.ALLOW, self.clearing(actor)
                )
                return visible(actor, self._write(actor, stored, settled.file, settled.operations))
            except _Raced:
                continue
        raise _busy()

    def clearing(self, actor: Actor) -> Callable[[Stored[MediaFile]], Operation]:
        """How a file is taken off its name: into the trash, from where it can come back."""

        def clear(stored: Stored[MediaFile]) -> Operation:
            file = removable(actor, stored.value)
            trashed = rules.trashed(file, self._shelf.clock())
            return self._shelf.files.put(self._stamped(actor, file, trashed), stored.version)

        return clear

    def trash(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        now = self._shelf.clock()
        return self._rewrite(
            actor, ids, "file.trashed", removable, lambda file: rules.trashed(file, now)
        )

    def restore(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        days, now = self._shelf.settings.trash_days, self._shelf.clock()
        return self._rewrite(
            actor, ids, "file.restored", removable, lambda file: rules.restored(file, days, now)
        )

    def _write(
        self,
        actor: Actor,
        stored: Stored[MediaFile],
        after: MediaFile,
        besides: tuple[Operation, ...],
    ) -> MediaFile:
        if stored.value == after:
            return after
        after = self._stamped(actor, stored.value, after)
        written = self._written(actor, stored, after, "file.changed")
        try:
            self._shelf.store.transact([*written, *besides])
        except Conflict as error:
            raise _Raced from error
        self._shelf.refresh()
        return after

    def _stamped(self, actor: Actor, before: MediaFile, after: MediaFile) -> MediaFile:
        return rules.stamped(before, after, actor.account_id, self._shelf.clock())

    def _rewrite(
        self, actor: Actor, ids: Sequence[str], action: str, rule: Rule, change: Change
    ) -> tuple[MediaFile, ...]:
        unique = list(dict.fromkeys(ids))
        for file_id in unique:  # refuse all before the first is written
            rule(actor, self._shelf.stored(file_id).value)
        files: list[MediaFile] = []
        for start in range(0, len(unique), _BATCH):
            batch = unique[start : start + _BATCH]
            files += self._rewrite_batch(actor, batch, action, rule, change)
        return tuple(visible(actor, file) for file in files)

    def _rewrite_batch(
        self, actor: Actor, ids: Sequence[str], action: str, rule: Rule, change: Change
    ) -> list[MediaFile]:
        for _ in range(_ATTEMPTS):
            before = [self._shelf.stored(file_id) for file_id in ids]
            after = [
                self._stamped(actor, stored.value, change(rule(actor, stored.value)))
                for stored in before
            ]
            operations = [
                operation
                for stored, file in zip(before, after, strict=True)
                if stored.value != file
                for operation in self._written(actor, stored, file, action)
            ]
            try:
                if operations:
                    self._shelf.store.transact(operations)
            except Conflict:
                continue  # a job or another tab wrote in between: read again
            self._shelf.refresh()
            return after
        raise _busy()

    def _written(
        self, actor: Actor, stored: Stored[MediaFile], file: MediaFile, action: str
    ) -> tuple[Operation, ...]:
        details = named(file) | rules.difference(stored.value, file)
        event = self._shelf.audit.event(
            action, actor=actor, subject=f"file/{file.id}", details=details
        )
        return self._shelf.files.put(file, stored.version), self._shelf.audit.put(event)


class _Raced(Exception):
    """Somebody wrote in between: read again."""


def _busy() -> Conflict:
    return Conflict("The files are being changed by others right now.", hint="Try again.")
