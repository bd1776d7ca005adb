"""The index's fields in memory, kept equal to its tables: what answers every search.

The tables stay the truth. Before each answer the rows that the log names since the last time are
read again, in the same transaction as the answer. A large library is read in the background first;
until then the tables answer, more slowly.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.errors import DashboardError
from core.model.media import FileQuery, FileSort
from core.stores.database import Database
from core.stores.search_columns import LISTS, NAMES, NUMBERS, Columns, Rows
from core.stores.search_filter import combined, masks
from core.stores.search_grams import Grams
from core.stores.search_orders import Orders
from core.stores.search_query import Position

INLINE = 20_000  # rows that are read while somebody waits

_FIELDS = ("trashed", "private", "words", *NUMBERS, *NAMES, *LISTS)
_SELECT = f"SELECT row, {', '.join(_FIELDS)} FROM library_file"  # noqa: S608
_CHUNK = 20_000
_WAIT_SECONDS = 120.0
_MOVED = ("uploaded", "taken", "size")


@dataclass
class Memory:
    """All rows as they were when the log's last stamp was `stamp`."""

    generation: str
    stamp: int = 0
    columns: Columns = field(default_factory=Columns)
    grams: Grams = field(default_factory=Grams)

    def __post_init__(self) -> None:
        self.orders = Orders(self.columns)

    def page(
        self,
        query: FileQuery,
        limit: int,
        offset: int,
        after: Position | None,
        connection: sqlite3.Connection,
    ) -> tuple[int, list[int]]:
        """(all matches, the page's rows)."""
        mask = combined(masks(self.columns, self.grams, query))
        order = self.orders.rows(query.sort, connection)
        start = 0
        if after is not None:
            start = self.orders.start(query.sort, after.key, after.id, connection)
        hits = np.flatnonzero(mask[order[start:]])[offset : offset + limit]
        return int(np.count_nonzero(mask)), order[start:][hits].tolist()

    def put(self, found: Sequence[tuple[Any, ...]]) -> None:
        if not found:
            return
        numbers, *values = zip(*found, strict=True)
        fields = dict(zip(_FIELDS, values, strict=True))
        rows: Rows = np.array(numbers, np.int32)
        before = self._keys(rows)
        self.columns.put(rows, fields)
        self.grams.put(numbers, fields["words"])
        after = self._keys(rows)
        for name in _MOVED:
            self.orders.moved(rows[before[name] != after[name]].tolist(), name)

    def drop(self, numbers: Sequence[int]) -> None:
        if numbers:
            self.columns.drop(np.array(numbers, np.int32))
            self.grams.put(numbers, [""] * len(numbers))

    def _keys(self, rows: Rows) -> dict[str, Any]:
        inside = np.where(rows < self.columns.size, rows, 0)
        return {name: self.columns.number(name)[inside].copy() for name in _MOVED}


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
            (rows,) = connection.execute(
                "SELECT coalesce(max(row), 0) FROM library_file"
            ).fetchone()
            if rows > INLINE:
                if fill:
                    self._load_beside()
                return None
            self._memory = self._load(connection)
        return self._memory

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
        generation, stamp = _state(connection)
        memory, last = Memory(generation, stamp), 0
        while not self._closing.is_set():
            found = connection.execute(
                f"{_SELECT} WHERE row > ? ORDER BY row LIMIT ?", (last, _CHUNK)
            ).fetchall()
            if not found:
                break
            memory.put(found)
            last = found[-1][0]
        if last > INLINE:  # nobody waits: have the orders ready, too
            for sort in FileSort:
                memory.orders.rows(sort, connection)
        return None if self._closing.is_set() else memory


def _state(connection: sqlite3.Connection) -> tuple[str, int]:
    found: tuple[str, int] = connection.execute(
        "SELECT id, (SELECT coalesce(max(stamp), 0) FROM library_log) FROM library_generation"
    ).fetchone()
    return found


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
        _read_again(memory, connection, [row for row, _ in logged[start : start + 500]])
    memory.orders.moved([row for row, moved in logged if moved])
    memory.stamp = max(memory.stamp, last)
    return True


def _read_again(memory: Memory, connection: sqlite3.Connection, rows: Sequence[int]) -> None:
    places = ", ".join("?" * len(rows))
    found = connection.execute(f"{_SELECT} WHERE row IN ({places})", rows).fetchall()
    memory.put(found)
    memory.drop(sorted(set(rows) - {row for row, *_ in found}))
