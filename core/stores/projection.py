"""Read models that SQLite keeps in the same transaction as the records, and how they catch up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from core.stores.database import Database
from core.stores.records import Change

STEP = 1000  # changes in one transaction: a fraction of a second


class Projection(Protocol):
    """`version` is that of its own tables: another one than stored means built anew."""

    name: str
    version: int

    def attach(self, step: Callable[[], int]) -> None:
        """It is kept current here. `step` takes in some of what is missing, 0 where nothing is."""

    def reset(self, connection: sqlite3.Connection) -> None:
        """Drop its tables and make them anew, empty."""

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Take in one change; the same one twice does no harm."""


Since = Callable[[sqlite3.Connection, int, int], Iterable[tuple[int, Change]]]


class Projections:
    """Remembers up to which sequence number each projection has seen the changes.

    A process that opens the database without projections (the command line) leaves them behind;
    the next process that has them catches up: at once where little is missing, else by and by, so
    that nobody waits for the lock meanwhile.
    """

    def __init__(
        self, projections: Sequence[Projection], changes_since: Since, database: Database
    ) -> None:
        self._projections = tuple(projections)
        self._since = changes_since
        self._database = database

    def open(self, connection: sqlite3.Connection, last: int) -> None:
        for projection in self._projections:
            projection.attach(partial(self._step_alone, projection))
            row = connection.execute(
                "SELECT version FROM projection WHERE name = ?", (projection.name,)
            ).fetchone()
            if row is None or row[0] != projection.version:
                projection.reset(connection)
                connection.execute(
                    "INSERT OR REPLACE INTO projection (name, version, sequence) VALUES (?, ?, 0)",
                    (projection.name, projection.version),
                )
        self.catch_up(connection, last)

    def catch_up(self, connection: sqlite3.Connection, last: int) -> None:
        """Bring those that miss little to the sequence number `last`."""
        for projection in self._projections:
            seen = _seen(connection, projection)
            if seen < last and _missing(connection, seen) <= STEP:
                self._step(connection, projection)

    def apply(
        self, connection: sqlite3.Connection, changes: Sequence[Change], before: int, last: int
    ) -> None:
        """Take in what was written after `before`; those that miss more get to it step by step."""
        for projection in self._projections:
            if _seen(connection, projection) == before:
                for change in changes:
                    projection.apply(connection, change)
                _mark(connection, projection, last)

    def _step_alone(self, projection: Projection) -> int:
        with self._database.read() as connection:
            if not _missing(connection, _seen(connection, projection)):
                return 0  # no lock is taken for nothing
        with self._database.write() as connection:
            return self._step(connection, projection)

    def _step(self, connection: sqlite3.Connection, projection: Projection) -> int:
        taken = 0
        for sequence, change in self._since(connection, _seen(connection, projection), STEP):
            projection.apply(connection, change)
            taken, last = taken + 1, sequence
        if taken:
            _mark(connection, projection, last)
        return taken


def _missing(connection: sqlite3.Connection, seen: int) -> int:
    """How many changes come after `seen`; of more than one step, that it is more."""
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM record WHERE sequence > ? LIMIT ?)", (seen, STEP + 1)
    ).fetchone()
    return int(count)


def _seen(connection: sqlite3.Connection, projection: Projection) -> int:
    (seen,) = connection.execute(
        "SELECT sequence FROM projection WHERE name = ?", (projection.name,)
    ).fetchone()
    return int(seen)


def _mark(connection: sqlite3.Connection, projection: Projection, last: int) -> None:
    connection.execute("UPDATE projection SET sequence = ? WHERE name = ?", (last, projection.name))
