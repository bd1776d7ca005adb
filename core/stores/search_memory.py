"""Keeps the index's fields in memory equal to its tables: what answers every search.

The tables stay the truth. Before each answer the rows that the log names since the last time are
read again, in the same transaction as the answer. A large library is read in the background first;
until then the tables answer, more slowly. The columns (and NumPy) come with the first search or
the first file.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

from core.errors import DashboardError
from core.stores.database import Database

if TYPE_CHECKING:
    from core.stores.search_fields import Memory

INLINE = 20_000  # rows that are read while somebody waits

_WAIT_SECONDS = 120.0


class SearchMemory:
    """Hold `lock` from before the transaction's first read until the answer is there."""

    def __init__(self, database: Database) -> None:
        self.lock = threading.Lock()
        self._database = database
        self._memory: Memory | None = None
        self._loading: threading.Thread | None = None
        self._closing = threading.Event()

    def current(self, connection: sqlite3.Connection, *, fill: bool = True) -> Memory | None:
        """As the transaction sees the tables; None: ask the tables, memory is being filled.

        `fill`: worth filling, since the tables will not grow by much meanwhile.
        """
        generation, _ = _state(connection)
        memory = self._memory
        if memory is None or memory.generation != generation or not _follow(memory, connection):
            if _last_row(connection) > INLINE:
                if fill:
                    self._load_beside()
                return None
            self._memory = self._load(connection)
        return self._memory

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Be current before somebody asks; without a file there is nothing to prepare."""
        if self._memory is not None or _last_row(connection):
            self.current(connection)

    def wait(self) -> None:
        """Until what is being filled in the background is there."""
        if self._loading is not None:
            self._loading.join(_WAIT_SECONDS)

    def close(self) -> None:
        self._closing.set()
        if self._loading is not None:
            self._loading.join()

    def _load_beside(self) -> None:
        if self._loading is None or not self._loading.is_alive():
            self._loading = threading.Thread(target=self._fill, name="search memory", daemon=True)
            self._loading.start()

    def _fill(self) -> None:
        try:
            with self._database.read() as connection:
                memory = self._load(connection)
        except DashboardError:
            return  # the database is closed or broken: whoever searches is told
        if memory is not None:
            with self.lock:
                self._memory = memory

    def _load(self, connection: sqlite3.Connection) -> Memory | None:
        """None: the index is being closed."""
        from core.stores.search_fields import Memory  # noqa: PLC0415  # NumPy takes 11 MiB

        memory, last = Memory(*_state(connection)), 0
        while not self._closing.is_set():
            read = memory.read_on(connection, last)
            if read is None:
                break
            last = read
        if last > INLINE:  # nobody waits
            memory.sort_all(connection)
        return None if self._closing.is_set() else memory


def _state(connection: sqlite3.Connection) -> tuple[str, int]:
    found: tuple[str, int] = connection.execute(
        "SELECT id, (SELECT coalesce(max(stamp), 0) FROM library_log) FROM library_generation"
    ).fetchone()
    return found


def _last_row(connection: sqlite3.Connection) -> int:
    (row,) = connection.execute("SELECT coalesce(max(row), 0) FROM library_file").fetchone()
    return int(row)


def _follow(memory: Memory, connection: sqlite3.Connection) -> bool:
    """Take in what changed since; False: too much did, or the log no longer reaches back."""
    oldest, last = connection.execute(  # apart: together they would read the whole log
        "SELECT (SELECT coalesce(min(stamp), 1) FROM library_log), "
        "(SELECT coalesce(max(stamp), 0) FROM library_log)"
    ).fetchone()
    if oldest > memory.stamp + 1 or last - memory.stamp > INLINE:
        return False
    logged = connection.execute(
        "SELECT row, max(moved) FROM library_log WHERE stamp > ? GROUP BY row", (memory.stamp,)
    ).fetchall()
    for start in range(0, len(logged), 500):
        memory.read_again(connection, [row for row, _ in logged[start : start + 500]])
    memory.orders.moved([row for row, moved in logged if moved])
    memory.stamp = max(memory.stamp, last)
    return True
