"""The end of a file: claimed by taking its record away, then its objects are deleted for good.

Whoever restores at the same moment either wins, and nothing is deleted, or finds no file any more.
A crash between the two leaves a claim behind, which the next purge finishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from core.errors import Conflict
from core.library import changes as rules
from core.library.service.shelf import PAGE_LIMIT, Shelf, named
from core.model.media import FileQuery, MediaFile
from core.model.object_names import own_folders
from core.stores.collection import Collection, Stored
from core.stores.each import each
from core.stores.records import Operation


class Purging:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._doomed = Collection(shelf.store, "doomed_file", MediaFile, key=lambda file: file.id)

    def purge(self) -> int:
        now, days = self._shelf.clock(), self._shelf.settings.trash_days
        claimed = [*self._doomed.all()]
        due = [file for file in self._in_trash() if not rules.restorable(file, days, now)]
        ends = [partial(self._erased, file) for file in claimed]
        ends += [partial(self._purge_one, file.id, now) for file in due]
        return each(ends, lambda end: end())

    def claim(self, stored: Stored[MediaFile]) -> tuple[Operation, ...]:
        """For `transact`: from then on nobody else has the file, and `erase` must follow."""
        file = stored.value
        return self._shelf.files.drop(file.id, stored.version), self._doomed.put(file)

    def erase(self, file: MediaFile) -> None:
        """Delete the objects of a claimed file, every version of them; not what others name."""
        eraser, bucket, subject = self._shelf.eraser, self._shelf.bucket.name, f"file/{file.id}"
        for folder in own_folders(file.id):
            eraser.folder(folder, subject)
        eraser.keys(bucket, rules.other_keys(file, bucket), subject)
        self._doomed.remove(file.id)

    def finish(self) -> int:
        """Erase what was claimed and not erased, because something broke off."""
        return each([*self._doomed.all()], self._erased)

    def _erased(self, file: MediaFile) -> bool:
        self.erase(file)
        return True

    def _purge_one(self, id: str, now: datetime) -> bool:
        stored = self._shelf.files.find(id)
        days = self._shelf.settings.trash_days
        if stored is None or rules.restorable(stored.value, days, now):
            return False  # the index was behind the store
        audit = self._shelf.audit
        event = audit.event("file.purged", subject=f"file/{id}", details=named(stored.value))
        try:
            self._shelf.store.transact([*self.claim(stored), audit.put(event)])
        except Conflict:
            return False  # changed at this very moment: the next purge looks again
        self.erase(stored.value)
        return True

    def _in_trash(self) -> Iterable[MediaFile]:
        cursor: str | None = None
        while True:
            found = self._shelf.index.search(
                FileQuery(trashed=True), limit=PAGE_LIMIT, cursor=cursor
            )
            yield from found.items
            cursor = found.next_cursor
            if cursor is None:
                return
