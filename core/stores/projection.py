"""Read models that SQLite keeps in the same transaction as the records, and how they catch up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from core.stores.records import Change


class Projection(Protocol):
    """`version` is that of its own tables: another one than stored means built anew."""

    name: str
    version: int
    attached: bool  # set by the store: it is kept current here and needs no refreshing

    def reset(self, connection: sqlite3.Connection) -> None:
        """Drop its tables and make them anew, empty."""

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Take in one change; the same one twice does no harm."""


Since = Callable[[sqlite3.Connection, int], Iterable[Change]]


class Projections:
    """Remembers up to which sequence number each projection has seen the changes.

    A process that opens the database without projections (the command line) leaves them behind;
    the next process that has them catches up before it writes.
    """

    def __init__(self, projections: Sequence[Projection], changes_since: Since) -> None:
        self._projections = tuple(projections)
        self._since = changes_since

    def open(self, connection: sqlite3.Connection) -> None:
        for projection in self._projections:
            projection.attached = True
            row = connection.execute(
                "SELECT version FROM projection WHERE name = ?", (projection.name,)
            ).fetchone()
            if row is None or row[0] != projection.version:
                projection.reset(connection)
                connection.execute(
                    "INSERT OR REPLACE INTO projection (name, version, sequence) VALUES (?, ?, 0)",
                    (projection.name, projection.version),
                )

    def catch_up(self, connection: sqlite3.Connection, last: int) -> None:
        """Bring every projection to the sequence number `last`."""
        for projection in self._projections:
            (seen,) = connection.execute(
                "SELECT sequence FROM projection WHERE name = ?", (projection.name,)
            ).fetchone()
            if seen < last:
                for change in self._since(connection, seen):
                    projection.apply(connection, change)
                self._mark(connection, projection, last)

    def apply(self, connection: sqlite3.Connection, changes: Sequence[Change], last: int) -> None:
        for projection in self._projections:
            for change in changes:
                projection.apply(connection, change)
            self._mark(connection, projection, last)

    def _mark(self, connection: sqlite3.Connection, projection: Projection, last: int) -> None:
        connection.execute(
            "UPDATE projection SET sequence = ? WHERE name = ?", (last, projection.name)
        )
