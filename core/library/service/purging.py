"""The end of a file: what has been in the trash too long is deleted for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.library import changes as rules
from core.library.service.shelf import PAGE_LIMIT, Shelf, named
from core.model.media import FileQuery, MediaFile


class Purging:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def purge(self) -> int:
        now, days = self._shelf.clock(), self._shelf.settings.trash_days
        due = [file for file in self._in_trash() if not rules.restorable(file, days, now)]
        return sum(self._purge_one(file.id, now) for file in due)

    def _purge_one(self, id: str, now: datetime) -> bool:
        stored = self._shelf.files.find(id)
        days = self._shelf.settings.trash_days
        if stored is None or rules.restorable(stored.value, days, now):
            return False  # the index was behind the store
        self._erase_objects(stored.value)
        audit = self._shelf.audit
        event = audit.event("file.purged", subject=f"file/{id}", details=named(stored.value))
        self._shelf.store.transact([self._shelf.files.drop(id, stored.version), audit.put(event)])
        return True

    def _erase_objects(self, file: MediaFile) -> None:
        """Every version of what was made for this file, and of the objects that it names."""
        bucket = self._shelf.bucket
        for folder in rules.own_folders(file):
            bucket.delete_prefix(folder)
        if file.bucket == bucket.name:
            for key in rules.other_keys(file):
                bucket.erase(key)

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
