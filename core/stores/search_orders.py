"""All rows in each order that a list may have, so that a page is a walk along numbers.

An order is made when it is first asked for; afterwards rows that moved are taken out and put in.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.model.media import FileSort
from core.stores.search_columns import GONE, UNKNOWN, Columns, Rows

MANY = 20_000  # moved rows from which on sorting anew is faster

_LAST = 2**63 - 1
_NAME = "name_key"
_DATED_FIRST = "taken, then undated"
KEYS = {
    FileSort.NEWEST: "uploaded",
    FileSort.OLDEST: "uploaded",
    FileSort.NAME: _NAME,
    FileSort.NAME_DESCENDING: _NAME,
    FileSort.LARGEST: "size",
    FileSort.SMALLEST: "size",
    FileSort.LATEST_TAKEN: "taken",
    FileSort.EARLIEST_TAKEN: _DATED_FIRST,
}
DESCENDING = frozenset(sort for sort in FileSort if sort.value.startswith("-"))


class Orders:
    """Ascending by (key, id); a list that descends is walked from the end."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._made: dict[str, Rows] = {}
        self._moved: dict[str, set[int]] = {}

    def moved(self, rows: Sequence[int], key: str | None = None) -> None:
        """By one key only, or (None) by every key."""
        for name in [name for name in self._made if key in {None, _number(name), name}]:
            self._moved[name].update(rows)

    def rows(self, sort: FileSort, connection: sqlite3.Connection) -> Rows:
        key = KEYS[sort]
        moved = self._moved.get(key, set())
        if key not in self._made or len(moved) > max(MANY, len(self._made[key]) // 50):
            self._made[key] = self._sorted(key, connection)
        elif moved:
            self._made[key] = self._mended(key, moved, connection)
        self._moved[key] = set()
        made = self._made[key]
        return made[::-1] if sort in DESCENDING else made

    def start(self, sort: FileSort, key: str | int, id: str, connection: sqlite3.Connection) -> int:
        """How many rows of `rows(sort)` come before or at this place."""
        made = self._made[KEYS[sort]]
        place = self._place(KEYS[sort], made, key, id, connection)
        if sort in DESCENDING:
            return len(made) - place
        at = place < len(made) and _id(connection, int(made[place])) == id
        return place + int(at and self.key(sort, int(made[place]), connection) == key)

    def key(self, sort: FileSort, row: int, connection: sqlite3.Connection) -> str | int:
        if KEYS[sort] == _NAME:
            return _name(connection, row)[0]
        return int(self._numbers(KEYS[sort])[row])

    def _sorted(self, key: str, connection: sqlite3.Connection) -> Rows:
        by_id = _fetched(connection, f"SELECT row FROM library_file ORDER BY {_by(key)}")  # noqa: S608
        if key == _NAME:
            return by_id
        return by_id[np.argsort(self._numbers(key)[by_id], kind="stable")]

    def _mended(self, key: str, moved: set[int], connection: sqlite3.Connection) -> Rows:
        out = self._columns.mask(sorted(moved))
        stay = self._made[key][~out[self._made[key]]]
        back = [row for row in moved if self._columns.place[row] != GONE]
        keyed = sorted((*self._identity(key, row, connection), row) for row in back)
        numbers = None if key == _NAME else self._numbers(key)[stay]
        places = [
            self._place(key, stay, wanted, name, connection, numbers) for wanted, name, _ in keyed
        ]
        return np.insert(stay, places, [row for *_, row in keyed])

    def _identity(
        self, key: str, row: int, connection: sqlite3.Connection
    ) -> tuple[str | int, str]:
        if key == _NAME:
            return _name(connection, row)
        return int(self._numbers(key)[row]), _id(connection, row)

    def _place(
        self,
        key: str,
        order: Rows,
        wanted: str | int,
        id: str,
        connection: sqlite3.Connection,
        numbers: NDArray[np.int64] | None = None,
    ) -> int:
        """How many rows of the order come before (wanted, id)."""
        if key == _NAME:
            return _bisect(order, 0, len(order), (wanted, id), lambda row: _name(connection, row))
        sorted_by = self._numbers(key)[order] if numbers is None else numbers
        low = int(np.searchsorted(sorted_by, wanted, "left"))
        high = int(np.searchsorted(sorted_by, wanted, "right"))
        return _bisect(order, low, high, id, lambda row: _id(connection, row))

    def _numbers(self, key: str) -> NDArray[np.int64]:
        numbers = self._columns.number(_number(key))
        if key != _DATED_FIRST:
            return numbers
        return np.where(numbers == UNKNOWN, _LAST, numbers)


def _number(key: str) -> str:
    """The column behind an order."""
    return "taken" if key == _DATED_FIRST else key


def _by(key: str) -> str:
    return "name_key, id" if key == _NAME else "id"


def _bisect(order: Rows, low: int, high: int, wanted: Any, key: Callable[[int], Any]) -> int:
    return low + bisect_left(order[low:high], wanted, key=lambda row: key(int(row)))


def _fetched(connection: sqlite3.Connection, sql: str) -> Rows:
    return np.fromiter((row for (row,) in connection.execute(sql)), np.int32)


def _id(connection: sqlite3.Connection, row: int) -> str:
    found: str = connection.execute("SELECT id FROM library_file WHERE row = ?", (row,)).fetchone()[
        0
    ]
    return found


def _name(connection: sqlite3.Connection, row: int) -> tuple[str, str]:
    found: tuple[str, str] = connection.execute(
        "SELECT name_key, id FROM library_file WHERE row = ?", (row,)
    ).fetchone()
    return found
