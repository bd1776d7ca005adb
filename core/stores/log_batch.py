"""One round of reading log files into the store: rows, sums, ledger; under the store's lock.

What was written is true when the ledger says so, and not before.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.model.traffic import LogsRead
from core.stores.log_columns import literal
from core.stores.log_ledger import FileEntry, Ledger, Part, moment_text
from core.stores.log_rollups import KINDS, ROWS, relation_of, summed

if TYPE_CHECKING:
    from core.stores.log_reader import FileNote, LogReader

_MOST_PARTS = 8  # of one day, before they are made one


@dataclass(frozen=True)
class Delivery:
    """A log object as it was fetched: a local copy, and what it is called where it came from."""

    path: Path
    name: str
    etag: str
    size: int
    changed: bool = False  # while it was fetched


class Batch:
    """One round of reading, under the lock."""

    def __init__(self, folder: Path, ledger: Ledger, connection: Any, source: str) -> None:
        self._folder, self._ledger, self._sql, self._source = folder, ledger, connection, source
        self._id = secrets.token_hex(8)

    def keep(self, deliveries: Sequence[Delivery], reader: LogReader, now: datetime) -> LogsRead:
        before = self._ledger.ids(self._source, (one.name for one in deliveries))
        ids = range(self._ledger.next_id(), self._ledger.next_id() + len(deliveries))
        notes = [
            reader.read_one(one.path, one.name, number)
            for one, number in zip(deliveries, ids, strict=True)
        ]
        read = self._by_file()
        told = reader.told()
        replaced = sorted(before.values())
        self._drop_known(replaced)
        left = self._by_file()
        entries = [
            _entry(self._source, one, number, note, read, left, moment_text(now))
            for one, number, note in zip(deliveries, ids, notes, strict=True)
        ]
        added, removed = self._parts(replaced)
        self._ledger.commit(entries, added, removed)
        rows = sum(one.rows for one in entries)
        return told.model_copy(
            update={"rows": rows, "duplicates": sum(one.duplicates for one in entries)}
        )

    def _by_file(self) -> dict[int, tuple[int, int, int]]:
        """Rows, rows without bytes and rows without an id, by the number of the file."""
        rows = self._sql.execute(
            "SELECT source, count(*), count(*) - count(bytes), count(*) - count(request_id) "
            "FROM requests GROUP BY source"
        ).fetchall()
        return {source: tuple(counts) for source, *counts in rows}

    def _days(self, relation: str = "requests") -> list[str]:
        found = self._sql.execute(
            f"SELECT DISTINCT CAST(day AS VARCHAR) FROM {relation} ORDER BY 1"  # noqa: S608
        ).fetchall()
        return [day for (day,) in found]

    def _stored(self, days: Sequence[str]) -> str:
        chosen = [part for part in self._ledger.parts(ROWS) if part.day in set(days)]
        relation = relation_of(ROWS, (part.path(self._folder) for part in chosen))
        return relation if chosen else relation.replace(" WHERE", ", 0 AS source WHERE")

    def _drop_known(self, replaced: Sequence[int]) -> None:
        """A request that an earlier scan has counted is not counted again."""
        days = self._days()
        if any(part.day in set(days) for part in self._ledger.parts(ROWS)):
            self._sql.execute(
                "DELETE FROM requests WHERE request_id IN "  # noqa: S608  # numbers and our paths
                f"(SELECT request_id FROM {self._stored(days)} "
                f"WHERE request_id IS NOT NULL AND source NOT IN ({_numbers(replaced)}))"
            )

    def _parts(self, replaced: Sequence[int]) -> tuple[list[Part], list[Part]]:
        held = self._ledger.parts(ROWS)
        touched = set(self._days(self._of_replaced(replaced))) if replaced else set()
        many = {day for day in self._days() if sum(p.day == day for p in held) >= _MOST_PARTS}
        merged = sorted(touched | many)
        if merged:
            self._sql.execute(
                "INSERT INTO requests BY NAME "  # noqa: S608
                f"SELECT * FROM {self._stored(merged)} WHERE source NOT IN ({_numbers(replaced)})"
            )
        added = [part for day in self._days() for part in self._written(day)]
        removed = [p for p in self._ledger.all_parts() if p.day in set(merged)]
        return added, removed

    def _of_replaced(self, replaced: Sequence[int]) -> str:
        every = relation_of(ROWS, (part.path(self._folder) for part in self._ledger.parts(ROWS)))
        if "read_parquet" not in every:
            return every
        return f"(SELECT * FROM {every} WHERE source IN ({_numbers(replaced)}))"  # noqa: S608

    def _written(self, day: str) -> Iterator[Part]:
        only = f"(SELECT * FROM requests WHERE day = DATE {literal(day)})"  # noqa: S608
        for kind in KINDS:
            part = Part(self._id, kind, day)
            path = part.path(self._folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._sql.execute(
                f"COPY ({summed(kind, only)}) TO {literal(str(path))} "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
            with path.open("rb") as file:
                os.fsync(file.fileno())
            yield part


def _numbers(ids: Sequence[int]) -> str:
    return ", ".join(f"{one:d}" for one in ids) or "-1"


def _entry(
    source: str,
    one: Delivery,
    number: int,
    note: FileNote,
    read: Mapping[int, tuple[int, int, int]],
    left: Mapping[int, tuple[int, int, int]],
    at: str,
) -> FileEntry:
    state, detail, bad = note
    rows, without_bytes, without_id = left.get(number, (0, 0, 0))
    if one.changed:
        state, detail = "changed", "It changed while it was read; it will be read again."
    return FileEntry(
        number, source, one.name, one.etag, one.size, state, rows,
        read.get(number, (0, 0, 0))[0] - rows, bad, without_bytes, without_id,
        detail, at,
    )  # fmt: skip
