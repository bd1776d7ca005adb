"""Objects that a file lets go of: written down in the transaction in which it does, then deleted.

So what can't be deleted at that moment, or breaks off, is deleted by the housekeeping.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress

from core.errors import DashboardError
from core.model.base import Noun
from core.model.media import ObjectRef
from core.model.versions import unnamed
from core.stores.collection import Collection
from core.stores.each import each
from core.stores.files import file_records
from core.stores.object_erasing import ObjectEraser
from core.stores.records import Operation, RecordStore


class Released(Noun):
    id: str
    file_id: str
    refs: tuple[ObjectRef, ...]


class ReleasedObjects:
    def __init__(self, store: RecordStore, eraser: ObjectEraser) -> None:
        self._files, self._eraser = file_records(store), eraser
        self._notes = Collection(store, "released_objects", Released, key=lambda note: note.id)

    def note(self, file_id: str, refs: Sequence[ObjectRef]) -> Released:
        return Released(id=secrets.token_hex(16), file_id=file_id, refs=tuple(refs))

    def put(self, note: Released) -> tuple[Operation, ...]:
        """For the transaction that writes the file."""
        return (self._notes.put(note),) if note.refs else ()

    def settle(self, note: Released) -> None:
        """After it. What fails is no failure of the change, and is left to `finish`."""
        if note.refs:
            with suppress(DashboardError):
                self._delete(note)

    def finish(self) -> int:
        """Delete what is left. Returns how many changes it was left of."""
        return each([*self._notes.all()], self._delete)

    def _delete(self, note: Released) -> bool:
        """As far as the file does not name it by now."""
        stored = self._files.find(note.file_id)
        refs = unnamed(note.refs, stored.value) if stored else note.refs
        self._eraser.release(refs, f"file/{note.file_id}")
        self._notes.remove(note.id)
        return True
