"""Changing records of files: many in one transaction, again if somebody wrote in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import Conflict
from core.library import changes as rules
from core.library.service.shelf import Shelf, named
from core.model.identity import Actor
from core.model.library import FileChanges
from core.model.media import MediaFile
from core.model.visibility import changeable, visible
from core.stores.collection import Stored
from core.stores.records import Operation

_ATTEMPTS = 5
_BATCH = 40  # files in one transaction: each takes two of its hundred operations

Change = Callable[[MediaFile], MediaFile]


class Rewriting:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def change(self, actor: Actor, id: str, changes: FileChanges) -> MediaFile:
        return self._rewrite(
            actor, [id], "file.changed", lambda file: rules.changed(file, changes)
        )[0]

    def trash(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        now = self._shelf.clock()
        return self._rewrite(actor, ids, "file.trashed", lambda file: rules.trashed(file, now))

    def restore(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        days, now = self._shelf.settings.trash_days, self._shelf.clock()
        return self._rewrite(
            actor, ids, "file.restored", lambda file: rules.restored(file, days, now)
        )

    def _rewrite(
        self, actor: Actor, ids: Sequence[str], action: str, change: Change
    ) -> tuple[MediaFile, ...]:
        unique = list(dict.fromkeys(ids))
        for file_id in unique:  # refuse all before the first is written
            changeable(actor, self._shelf.stored(file_id).value)
        files: list[MediaFile] = []
        for start in range(0, len(unique), _BATCH):
            files += self._rewrite_batch(actor, unique[start : start + _BATCH], action, change)
        return tuple(visible(actor, file) for file in files)

    def _rewrite_batch(
        self, actor: Actor, ids: Sequence[str], action: str, change: Change
    ) -> list[MediaFile]:
        for _ in range(_ATTEMPTS):
            before = [self._shelf.stored(file_id) for file_id in ids]
            after = [change(changeable(actor, stored.value)) for stored in before]
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
        raise Conflict("The files are being changed by others right now.", hint="Try again.")

    def _written(
        self, actor: Actor, stored: Stored[MediaFile], file: MediaFile, action: str
    ) -> tuple[Operation, ...]:
        details = named(file) | rules.difference(stored.value, file)
        event = self._shelf.audit.event(
            action, actor=actor, subject=f"file/{file.id}", details=details
        )
        return self._shelf.files.put(file, stored.version), self._shelf.audit.put(event)
