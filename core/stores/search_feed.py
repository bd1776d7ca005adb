"""How the index gets to know of changes: in the store's own transactions, or by asking the store.

Building takes short transactions, so that searches and writes go on; what is not in yet is told.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from core.errors import InvalidInput
from core.model.finding import IndexStatus
from core.model.media import MediaFile
from core.stores import search_tables
from core.stores.database import Database
from core.stores.records import Change, Record, RecordStore

_STATE = "CREATE TABLE IF NOT EXISTS library_state (version INTEGER NOT NULL, cursor TEXT NOT NULL)"
_KIND = "file"
_PATIENCE_SECONDS = 10.0  # for another thread that is taking in changes
_COUNTED = (
    "SELECT coalesce(sum(count), 0) FROM library_total WHERE owner = ?",
    (search_tables.ANY,),
)


class SearchFeed:
    def __init__(self, database: Database, version: int) -> None:
        self._database, self._version = database, version
        self._step: Callable[[], int] | None = None
        self._refreshing = threading.Lock()
        self._building = False
        self._closing = threading.Event()
        with database.write() as connection:
            connection.execute(_STATE)
            state = connection.execute("SELECT version FROM library_state").fetchone()
            if state is None or state[0] != version:
                self.reset(connection)

    def reset(self, connection: sqlite3.Connection) -> None:
        search_tables.create(connection)
        connection.execute(_STATE)
        connection.execute("DELETE FROM library_state")
        connection.execute("INSERT INTO library_state VALUES (?, '')", (self._version,))

    def attach(self, step: Callable[[], int]) -> None:
        self._step = step

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        if change.kind != _KIND:
            return
        if change.record is None:
            search_tables.drop_file(connection, change.id)
        else:
            search_tables.put_file(connection, _file(change.id, change.record.data))

    def build(self, store: RecordStore) -> int:
        """Take in all that is missing, however long it takes."""
        if self._step is None:
            return self.refresh(store)
        taken = 0
        while (size := self._step()) and not self._closing.is_set():
            self._building = True
            taken += size
        self._building = False
        return taken

    def refresh(self, store: RecordStore) -> int:
        """Take in what changed since the last time; while all is being built, nobody waits."""
        return (self._refreshed(store) or 0) if self._step is None else 0

    def _refreshed(self, store: RecordStore) -> int | None:
        """None where another thread is at it."""
        patience = 0.0 if self._building else _PATIENCE_SECONDS
        if not self._refreshing.acquire(timeout=patience):
            return None
        try:
            return self._taken(store)
        finally:
            self._building = False
            self._refreshing.release()

    def caught_up(self, store: RecordStore) -> bool:
        """Whether all that was written before this call is in; one step is taken for it."""
        if self._step is not None:
            return not self._step() or not self._step()
        return self._refreshed(store) is not None and not self._closing.is_set()

    @property
    def building(self) -> bool:
        return self._building

    def status(self, store: RecordStore) -> IndexStatus:
        """How many files are in; of how many, where the store can count them."""
        with self._database.read() as connection:
            (done,) = connection.execute(*_COUNTED).fetchone()
        if not self._building:
            return IndexStatus(building=False, done=done, total=done)
        return IndexStatus(building=True, done=done, total=store.count(_KIND))

    def close(self) -> None:
        self._closing.set()

    def _taken(self, store: RecordStore) -> int:
        with self._database.read() as connection:
            (cursor,) = connection.execute("SELECT cursor FROM library_state").fetchone()
        taken = 0
        while not self._closing.is_set():
            try:
                changes = store.changes(cursor) if cursor else None
            except InvalidInput:
                changes = None  # another store than last time: what is here belongs to the old one
            if changes is None:
                taken += self._built(store)
            elif not self._put(changes.items, changes.cursor):
                break
            taken += len(changes.items) if changes else 0
            with self._database.read() as connection:
                (cursor,) = connection.execute("SELECT cursor FROM library_state").fetchone()
        return taken

    def _built(self, store: RecordStore) -> int:
        """From nothing, by reading all files at once.

        The cursor comes last: what breaks off is begun again, for nobody knows what was deleted
        meanwhile.
        """
        self._building = True
        with self._database.write() as connection:
            self.reset(connection)
        snapshot, taken = store.snapshot(_KIND), 0
        for records in snapshot.pages:
            if self._closing.is_set():
                return taken
            taken += self._put(_changes(records), None)
        self._put((), snapshot.cursor)
        return taken

    def _put(self, changes: Iterable[Change], cursor: str | None) -> int:
        taken = 0
        with self._database.write() as connection:
            for change in changes:
                self.apply(connection, change)
                taken += 1
            if cursor is not None:
                connection.execute("UPDATE library_state SET cursor = ?", (cursor,))
        return taken


def _changes(records: Sequence[Record]) -> Iterable[Change]:
    return (Change(kind=record.kind, id=record.id, record=record) for record in records)


def _file(id: str, data: dict[str, Any]) -> MediaFile:
    try:
        return MediaFile.model_validate(data)
    except ValidationError as error:
        raise InvalidInput(
            f"The record of file {id!r} is not a file ({error.error_count()} fields are wrong).",
            hint="Was it written by a newer version? Run that one, or delete the record.",
        ) from error
