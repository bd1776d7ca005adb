"""Every field of every row, in columns: what a search compares, sorts and counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.model.media import FileQuery, FileSort
from core.stores.search_columns import LISTS, NAMES, NUMBERS, Columns, Rows
from core.stores.search_filter import combined, masks
from core.stores.search_grams import Grams
from core.stores.search_orders import Orders
from core.stores.search_query import Position

_FIELDS = ("trashed", "private", "words", *NUMBERS, *NAMES, *LISTS)
_SELECT = f"SELECT row, {', '.join(_FIELDS)} FROM library_file"  # noqa: S608
_CHUNK = 20_000
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

    def read_on(self, connection: sqlite3.Connection, after: int) -> int | None:
        """Take in the next rows; the last one's number, None where there are no more."""
        found = connection.execute(
            f"{_SELECT} WHERE row > ? ORDER BY row LIMIT ?", (after, _CHUNK)
        ).fetchall()
        self._put(found)
        return int(found[-1][0]) if found else None

    def read_again(self, connection: sqlite3.Connection, rows: Sequence[int]) -> None:
        """Take in what became of these rows."""
        places = ", ".join("?" * len(rows))
        found = connection.execute(f"{_SELECT} WHERE row IN ({places})", rows).fetchall()
        self._put(found)
        self._drop(sorted(set(rows) - {row for row, *_ in found}))

    def sort_all(self, connection: sqlite3.Connection) -> None:
        """Have every order ready before somebody asks."""
        for sort in FileSort:
            self.orders.rows(sort, connection)

    def _put(self, found: Sequence[tuple[Any, ...]]) -> None:
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

    def _drop(self, numbers: Sequence[int]) -> None:
        if numbers:
            self.columns.drop(np.array(numbers, np.int32))
            self.grams.put(numbers, [""] * len(numbers))

    def _keys(self, rows: Rows) -> dict[str, Any]:
        inside = np.where(rows < self.columns.size, rows, 0)
        return {name: self.columns.number(name)[inside].copy() for name in _MOVED}
