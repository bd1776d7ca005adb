"""Which log files were read, and which Parquet parts hold what they told; the truth of the store.

A part that is not in the ledger does not exist, so a crash between two steps changes no number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from core.stores.database import Database

_STEPS = (
    """
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL,
        size INTEGER NOT NULL, state TEXT NOT NULL, rows INTEGER NOT NULL,
        duplicates INTEGER NOT NULL, bad_lines INTEGER NOT NULL, without_bytes INTEGER NOT NULL,
        without_id INTEGER NOT NULL, detail TEXT NOT NULL, read_at TEXT NOT NULL,
        UNIQUE (source, name)
    );
    CREATE TABLE parts (
        id TEXT NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (id, kind, day)
    );
    CREATE INDEX parts_by_day ON parts (kind, day)
    """,
    # Answers hold for one state of the parts. Other kinds of parts: everything is read again.
    """
    DELETE FROM parts;
    DELETE FROM files;
    CREATE TABLE state (version INTEGER NOT NULL);
    INSERT INTO state VALUES (0);
    CREATE TABLE answers (question TEXT PRIMARY KEY, version INTEGER NOT NULL, rows TEXT NOT NULL)
    """,
    # The parts tell the protocol since then.
    """
    DELETE FROM parts;
    DELETE FROM files;
    DELETE FROM answers;
    UPDATE state SET version = version + 1
    """,
)


class FileEntry(NamedTuple):
    """A file that was read. `state`: read, truncated, changed or unreadable."""

    id: int
    source: str  # bucket, or a name for a folder
    name: str
    etag: str
    size: int
    state: str
    rows: int
    duplicates: int
    bad_lines: int
    without_bytes: int
    without_id: int
    detail: str
    read_at: str


class Part(NamedTuple):
    id: str
    kind: str
    day: str

    def path(self, folder: Path) -> Path:
        return folder / self.kind / f"day={self.day}" / f"{self.id}.parquet"


class Ledger:
    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._database.migrate(_STEPS)

    def close(self) -> None:
        self._database.close()

    def known(self, source: str) -> dict[str, tuple[str, int]]:
        """ETag and size of every file of a source that need not be read again."""
        with self._database.read() as sql:
            rows = sql.execute(
                "SELECT name, etag, size FROM files WHERE source = ? AND state <> 'changed'",
                (source,),
            ).fetchall()
        return {name: (etag, size) for name, etag, size in rows}

    def parts_days(self, kind: str) -> list[str]:
        with self._database.read() as sql:
            rows = sql.execute("SELECT DISTINCT day FROM parts WHERE kind = ?", (kind,)).fetchall()
        return [day for (day,) in rows]

    def names(self) -> list[tuple[str, str]]:
        """Name and state of every file."""
        with self._database.read() as sql:
            return [(name, state) for name, state in sql.execute("SELECT name, state FROM files")]

    def files(self) -> list[FileEntry]:
        with self._database.read() as sql:
            return [FileEntry(*row) for row in sql.execute("SELECT * FROM files ORDER BY id")]

    def ids(self, source: str, names: Iterable[str]) -> dict[str, int]:
        with self._database.read() as sql:
            found = {
                name: sql.execute(
                    "SELECT id FROM files WHERE source = ? AND name = ?", (source, name)
                ).fetchone()
                for name in names
            }
        return {name: row[0] for name, row in found.items() if row is not None}

    def next_id(self) -> int:
        with self._database.read() as sql:
            return int(sql.execute("SELECT coalesce(max(id), 0) + 1 FROM files").fetchone()[0])

    def parts(self, kind: str, first: date = date.min, last: date = date.max) -> list[Part]:
        with self._database.read() as sql:
            rows = sql.execute(
                "SELECT id, kind, day FROM parts WHERE kind = ? AND day BETWEEN ? AND ? "
                "ORDER BY day, id",
                (kind, first.isoformat(), last.isoformat()),
            ).fetchall()
        return [Part(*row) for row in rows]

    def all_parts(self) -> set[Part]:
        with self._database.read() as sql:
            return {Part(*row) for row in sql.execute("SELECT id, kind, day FROM parts")}

    def commit(
        self, files: Sequence[FileEntry], added: Sequence[Part], removed: Iterable[Part]
    ) -> None:
        """All of it or nothing."""
        with self._database.write() as sql:
            for part in removed:
                sql.execute("DELETE FROM parts WHERE id = ? AND kind = ? AND day = ?", part)
            for file in files:
                sql.execute(
                    "DELETE FROM files WHERE source = ? AND name = ?", (file.source, file.name)
                )
                sql.execute(f"INSERT INTO files VALUES ({','.join('?' * len(file))})", file)  # noqa: S608
            sql.executemany("INSERT INTO parts VALUES (?, ?, ?)", added)
            sql.execute("UPDATE state SET version = version + 1")
            sql.execute("DELETE FROM answers")

    def version(self) -> int:
        """Another one after every commit."""
        with self._database.read() as sql:
            return int(sql.execute("SELECT version FROM state").fetchone()[0])

    def bounds(self) -> tuple[str, str] | None:
        """The first and the last day of which something was read."""
        with self._database.read() as sql:
            first, last = sql.execute("SELECT min(day), max(day) FROM parts").fetchone()
        return (first, last) if first is not None else None

    def answer(self, question: str, version: int) -> str | None:
        with self._database.read() as sql:
            row = sql.execute(
                "SELECT rows FROM answers WHERE question = ? AND version = ?", (question, version)
            ).fetchone()
        return None if row is None else str(row[0])

    def keep_answer(self, question: str, version: int, rows: str) -> None:
        """Nothing is kept of an answer that a commit has overtaken."""
        with self._database.write() as sql:
            sql.execute(
                "INSERT OR REPLACE INTO answers SELECT ?, version, ? FROM state WHERE version = ?",
                (question, rows, version),
            )


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
