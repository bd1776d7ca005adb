"""Records in one SQLite file: the store of the embedded mode and of a single server."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from core.stores.database import Database
from core.stores.encoding import (
    bad_cursor,
    check_key,
    check_page,
    conflict,
    read_cursor,
    read_data,
    write_cursor,
    write_operations,
)
from core.stores.projection import Projection, Projections
from core.stores.records import (
    Change,
    ChangePage,
    Delete,
    Operation,
    Put,
    Record,
    RecordPage,
    Snapshot,
)

# A deleted record stays as a row without data, so that `changes` can tell and its version goes on.
MIGRATIONS = (
    """
    CREATE TABLE record (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        parent TEXT NOT NULL,
        sort TEXT NOT NULL,
        version INTEGER NOT NULL,
        changed_at TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        data TEXT,
        PRIMARY KEY (kind, id)
    );
    CREATE UNIQUE INDEX record_by_change ON record (sequence);
    CREATE INDEX record_by_parent ON record (kind, parent, sort, id) WHERE data IS NOT NULL;
    CREATE TABLE projection (
        name TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        sequence INTEGER NOT NULL
    )
    """,
)

_COLUMNS = "kind, id, parent, sort, version, changed_at, data"
_PAGE = 1000
_Row = tuple[str, str, str, str, int, str, str | None]


def utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteRecordStore:
    def __init__(
        self,
        path: Path,
        projections: Sequence[Projection] = (),
        *,
        clock: Callable[[], datetime] = utc_now,
        busy_seconds: float = 10.0,
    ) -> None:
        self._database = Database(path, busy_seconds=busy_seconds)
        self._clock = clock
        self._projections = Projections(projections, _changes_after, self._database)
        self._database.migrate(MIGRATIONS)
        with self._database.write() as connection:
            self._projections.open(connection, _last_sequence(connection))

    def get(self, kind: str, id: str) -> Record | None:
        check_key(kind, id)
        with self._database.read() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND id = ?",  # noqa: S608
                (kind, id),
            ).fetchone()
        return _record(row) if row else None

    def put(self, record: Record) -> Record:
        return self.transact([Put(record=record)])[0]

    def delete(self, kind: str, id: str, version: int | None = None) -> None:
        self.transact([Delete(kind=kind, id=id, version=version)])

    def transact(self, operations: Sequence[Operation]) -> tuple[Record, ...]:
        texts = write_operations(operations)
        moment = self._clock()
        changes: list[Change] = []
        with self._database.write() as connection:
            before = last = _last_sequence(connection)
            self._projections.catch_up(connection, before)
            for operation, text in zip(operations, texts, strict=True):
                change = _perform(connection, operation, text, moment, last + 1)
                if change is not None:
                    changes.append(change)
                    last += 1
            if changes:
                self._projections.apply(connection, changes, before, last)
        return tuple(change.record for change in changes if change.record is not None)

    def query(
        self,
        kind: str,
        parent: str = "",
        *,
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> RecordPage:
        check_page(limit)
        check_key(kind, "-", parent)
        direction, compare = ("DESC", "<") if descending else ("ASC", ">")
        where, values = "kind = ? AND parent = ? AND data IS NOT NULL", [kind, parent]
        if after is not None:
            position = read_cursor(after, sort=str, id=str)
            where += f" AND (sort, id) {compare} (?, ?)"
            values += [position["sort"], position["id"]]
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM record WHERE {where} "  # noqa: S608  # our own words only
                f"ORDER BY sort {direction}, id {direction} LIMIT ?",
                (*values, limit + 1),
            ).fetchall()
        items = tuple(record for row in rows[:limit] if (record := _record(row)))
        last = items[-1] if len(rows) > limit else None
        return RecordPage(
            items=items, next=write_cursor(sort=last.sort, id=last.id) if last else None
        )

    def changes(self, since: str = "", *, limit: int = 1000) -> ChangePage:
        check_page(limit)
        seen = read_cursor(since, sequence=int)["sequence"] if since else 0
        if not 0 <= seen < 2**63:
            raise bad_cursor()
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS}, sequence FROM record "  # noqa: S608
                "WHERE sequence > ? ORDER BY sequence LIMIT ?",
                (seen, limit),
            ).fetchall()
        items = tuple(_change(row[:-1]) for row in rows)
        return ChangePage(items=items, cursor=write_cursor(sequence=rows[-1][-1] if rows else seen))

    def snapshot(self, kind: str) -> Snapshot:
        with self._database.read() as connection:
            cursor = write_cursor(sequence=_last_sequence(connection))
        return Snapshot(cursor, self._all(kind))

    def count(self, kind: str) -> int | None:
        with self._database.read() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM record WHERE kind = ? AND data IS NOT NULL", (kind,)
            ).fetchone()
        return int(count)

    def _all(self, kind: str) -> Iterator[Sequence[Record]]:
        last = ""
        while True:
            with self._database.read() as connection:
                rows = connection.execute(
                    f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND id > ? "  # noqa: S608
                    "AND data IS NOT NULL ORDER BY id LIMIT ?",
                    (kind, last, _PAGE),
                ).fetchall()
            if not rows:
                return
            yield [record for row in rows if (record := _record(row))]
            last = rows[-1][1]

    def close(self) -> None:
        self._database.close()


def _perform(
    connection: sqlite3.Connection,
    operation: Operation,
    text: str,
    moment: datetime,
    sequence: int,
) -> Change | None:
    """Check the version, write the row, and say what changed (None: nothing to delete)."""
    row: _Row
    at = moment.isoformat(timespec="microseconds")
    if isinstance(operation, Put):
        record = operation.record
        version = _checked(connection, record.kind, record.id, record.version)[0] + 1
        row = (record.kind, record.id, record.parent, record.sort, version, at, text)
    else:
        version, alive = _checked(connection, operation.kind, operation.id, operation.version)
        if not alive:
            return None
        row = (operation.kind, operation.id, "", "", version + 1, at, None)
    connection.execute(
        f"INSERT INTO record ({_COLUMNS}, sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
        "ON CONFLICT (kind, id) DO UPDATE SET parent = excluded.parent, sort = excluded.sort, "
        "version = excluded.version, changed_at = excluded.changed_at, data = excluded.data, "
        "sequence = excluded.sequence",
        (*row, sequence),
    )
    return _change(row)


def _checked(
    connection: sqlite3.Connection, kind: str, id: str, expected: int | None
) -> tuple[int, bool]:
    """The stored version and whether the record is alive. Raises `Conflict`."""
    row = connection.execute(
        "SELECT version, data IS NOT NULL FROM record WHERE kind = ? AND id = ?", (kind, id)
    ).fetchone()
    version, alive = (row[0], bool(row[1])) if row else (0, False)
    if expected is not None and expected != (version if alive else 0):
        raise conflict(kind, id, taken=expected == 0)
    return version, alive


def _last_sequence(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM record").fetchone()
    return int(last)


def _changes_after(
    connection: sqlite3.Connection, sequence: int, limit: int
) -> Iterator[tuple[int, Change]]:
    rows = connection.execute(
        f"SELECT sequence, {_COLUMNS} FROM record "  # noqa: S608
        "WHERE sequence > ? ORDER BY sequence LIMIT ?",
        (sequence, limit),
    ).fetchall()
    return ((row[0], _change(row[1:])) for row in rows)


def _record(row: _Row) -> Record | None:
    kind, key, parent, sort, version, changed_at, data = row
    if data is None:
        return None
    return Record(
        kind=kind,
        id=key,
        parent=parent,
        sort=sort,
        data=read_data(data),
        version=version,
        changed_at=datetime.fromisoformat(changed_at),
    )


def _change(row: _Row) -> Change:
    return Change(kind=row[0], id=row[1], record=_record(row))
