"""The files of one audit: what is asked, and what was found. SQLite, so that millions fit a disk.

`asked.sqlite3` may hold secrets in URLs and goes when the audit ended; results never hold any.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from core.diagnostics.audit_lanes import Line
from core.diagnostics.audits.groups import Known, Place, needs_attention, row_of
from core.diagnostics.urls import redact
from core.errors import InvalidInput, NotFound
from core.model.url_audit import AuditGroup, AuditRow, AuditRowPage, AuditSummary, GroupRepair

ASKED, RESULT = "asked.sqlite3", "result.sqlite3"
_BATCH = 10_000
_SCHEMA = """
CREATE TABLE rows (n INTEGER PRIMARY KEY, id, url, hits INTEGER, old, row_key, secret, status,
                   cause, bucket, key, candidate, confidence, grp TEXT, attention INTEGER);
CREATE TABLE groups (place INTEGER PRIMARY KEY, id TEXT UNIQUE, cause TEXT, host TEXT, pattern TEXT,
                     json TEXT);
CREATE TABLE repairs (grp TEXT PRIMARY KEY, json TEXT);
CREATE TABLE changes (grp TEXT, n INTEGER, value TEXT, url TEXT, PRIMARY KEY (grp, n));
CREATE TABLE summary (json TEXT);
"""
_INSERT = "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INDEX = "CREATE INDEX rows_by_group ON rows (grp, hits DESC, n) WHERE grp != ''"


class Asked(NamedTuple):
    """One URL of a source. `old` is the source's own value where that is not the URL."""

    id: str
    url: str
    hits: int = 1
    old: str = ""
    row_key: str = ""  # JSON


# --- what is asked ----------------------------------------------------------------------------


def write_asked(folder: Path, rows: Iterable[Asked]) -> int:
    """Keep the URLs of a source in their order; returns how many there are."""
    path = folder / f"{ASKED}.tmp"
    path.unlink(missing_ok=True)
    with _opened(path) as database:
        path.chmod(0o600)
        database.execute(
            "CREATE TABLE asked (n INTEGER PRIMARY KEY, id, url, hits INTEGER, old, row_key)"
        )
        database.executemany(
            "INSERT INTO asked (id, url, hits, old, row_key) VALUES (?, ?, ?, ?, ?)",
            (_storable(row) for row in rows),
        )
        (count,) = database.execute("SELECT count(*) FROM asked").fetchone()
    path.replace(folder / ASKED)
    return int(count)


def read_asked(folder: Path) -> Iterator[tuple[int, Asked]]:
    with closing(sqlite3.connect(f"file:{folder / ASKED}?mode=ro", uri=True)) as database:
        for n, *rest in database.execute("SELECT * FROM asked ORDER BY n"):
            yield n, Asked(*rest)


def count_asked(folder: Path) -> int:
    with closing(sqlite3.connect(f"file:{folder / ASKED}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM asked").fetchone()[0])


def _storable(row: Asked) -> tuple[str, str, int, str, str]:
    return _text(row.id), _text(row.url), row.hits, _text(row.old), row.row_key


def _text(value: str) -> str:
    """Half characters can't be stored."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


# --- what was found ---------------------------------------------------------------------------


class ResultWriter:
    """Writes beside the result and takes its place at the end, so that no reader meets half."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / RESULT
        self._draft = folder / f"result.{os.getpid()}.tmp"

    @contextmanager
    def opened(self) -> Iterator[ResultDraft]:
        self._draft.unlink(missing_ok=True)
        try:
            with _opened(self._draft) as database:
                database.executescript(_SCHEMA)
                yield ResultDraft(database)
                database.execute(_INDEX)
            self._draft.replace(self._path)
        finally:
            self._draft.unlink(missing_ok=True)


class ResultDraft:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: list[tuple[object, ...]] = []

    def add(self, n: int, asked: Asked, line: Line) -> Known:
        """Keep one answer, without secrets; the same as it will be read."""
        url, old = _shown(asked.url), _shown(asked.old)
        secret = url != asked.url or old != asked.old
        known = Known(n, asked.id, url, asked.hits, line, old, asked.row_key, secret)
        self._waiting.append(
            (n, asked.id, url, asked.hits, old, asked.row_key, secret, line.status, line.cause,
             line.bucket, _key(line.key), _key(line.candidate), line.confidence, "",
             needs_attention(line))
        )  # fmt: skip
        if len(self._waiting) >= _BATCH:
            self.flush()
        return known

    def flush(self) -> None:
        self._database.executemany(_INSERT, self._waiting)
        self._waiting.clear()

    def attention(self) -> Iterator[list[Known]]:
        """The rows that belong into groups, many at a time."""
        self.flush()
        after = 0
        query = "SELECT * FROM rows WHERE attention AND n > ? ORDER BY n LIMIT ?"
        while found := [_known(row) for row in self._database.execute(query, (after, _BATCH))]:
            yield found
            after = found[-1].n

    def file(self, places: Iterable[tuple[str, int]]) -> None:
        """Put rows into their groups: pairs of group id and row."""
        self._database.executemany("UPDATE rows SET grp = ? WHERE n = ?", places)

    def finish(self, groups: Iterable[AuditGroup], summary: AuditSummary) -> None:
        self._database.executemany(
            "INSERT INTO groups VALUES (?, ?, ?, ?, ?, ?)",
            ((i, g.id, g.cause, g.host, g.pattern, g.model_dump_json())
             for i, g in enumerate(groups)),
        )  # fmt: skip
        self._database.execute("INSERT INTO summary VALUES (?)", (summary.model_dump_json(),))


def _shown(text: str) -> str:
    return redact(text) if "=" in text else text


def _key(key: str | None) -> str | None:
    return None if key is None else _text(key)


class Results:
    """Reads what an audit found."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / RESULT

    @property
    def exist(self) -> bool:
        return self._path.exists()

    def summary(self) -> AuditSummary:
        with self._read() as database:
            (text,) = database.execute("SELECT json FROM summary").fetchone()
        return AuditSummary.model_validate_json(text)

    def groups(self) -> tuple[AuditGroup, ...]:
        """Each with its last dry run."""
        query = (
            "SELECT groups.json, repairs.json FROM groups LEFT JOIN repairs ON grp = id "
            "ORDER BY place"
        )
        with self._read() as database:
            found = database.execute(query).fetchall()
        return tuple(_group(json, repair) for json, repair in found)

    def place(self, group: str) -> Place:
        with self._read() as database:
            query = "SELECT id, cause, host, pattern FROM groups WHERE id = ?"
            found = database.execute(query, (group,)).fetchone()
        if found is None:
            raise NotFound("There is no such group.", hint="Choose one from the audit's list.")
        return Place(*found)

    def total(self) -> int:
        with self._read() as database:
            return int(database.execute("SELECT count(*) FROM rows").fetchone()[0])

    def page(self, group: str, *, after: str | None, limit: int) -> AuditRowPage:
        """The rows of a group, the most asked first."""
        hits, n = _cursor(after)
        query = (
            "SELECT * FROM rows WHERE grp = ? AND (? OR hits < ? OR (hits = ? AND n > ?)) "
            "ORDER BY hits DESC, n LIMIT ?"
        )
        with self._read() as database:
            values = (group, after is None, hits, hits, n, limit + 1)
            found = [_known(row) for row in database.execute(query, values)]
        rows = tuple(row_of(known, group) for known in found[:limit])
        more = f"{found[limit - 1].hits}.{found[limit - 1].n}" if len(found) > limit else None
        return AuditRowPage(items=rows, next=more)

    def known(self, group: str | None) -> Iterator[Known]:
        """Every row, or every one of a group, in the source's order."""
        query = "SELECT * FROM rows ORDER BY n"
        if group is not None:
            query = "SELECT * FROM rows WHERE grp = ? ORDER BY n"
        with self._read() as database:
            for row in database.execute(query, () if group is None else (group,)):
                yield _known(row)

    def broken(self) -> Iterator[AuditRow]:
        """Every row that belongs into a group, group after group."""
        query = (
            "SELECT rows.* FROM groups JOIN rows ON grp = groups.id ORDER BY place, hits DESC, n"
        )
        with self._read() as database:
            for row in database.execute(query):
                known = _known(row)
                yield row_of(known, known.group)

    def keep_repair(
        self, group: str, repair: GroupRepair, changes: Iterable[tuple[int, str, str]] = ()
    ) -> None:
        """Keep a dry run; `changes` are row, new value and new URL of the records it fixes."""
        with closing(sqlite3.connect(self._path)) as database, database:
            database.execute(
                "INSERT OR REPLACE INTO repairs VALUES (?, ?)", (group, repair.model_dump_json())
            )
            database.execute("DELETE FROM changes WHERE grp = ?", (group,))
            rows = ((group, *change) for change in changes)
            database.executemany("INSERT INTO changes VALUES (?, ?, ?, ?)", rows)

    def changes(self, group: str) -> tuple[tuple[Known, str, str], ...]:
        """The records that the group's dry run fixes, with their new values and URLs."""
        query = (
            "SELECT changes.value, changes.url, rows.* FROM changes JOIN rows USING (n) "
            "WHERE changes.grp = ? ORDER BY n"
        )
        with self._read() as database:
            found = database.execute(query, (group,)).fetchall()
        return tuple((_known(row), value, url) for value, url, *row in found)

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        if not self.exist:
            raise NotFound("This audit has no results yet.", hint="Wait until it has ended.")
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as database:
            yield database


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A file that is written once and thrown away where that fails: no journal needed."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        yield database
        database.commit()


def _known(row: Sequence[Any]) -> Known:
    n, name, url, hits, old, row_key, secret, *line, group, _ = row
    return Known(n, name, url, hits, Line(*line), old, row_key, bool(secret), group)


def _group(json: str, repair: str | None) -> AuditGroup:
    group = AuditGroup.model_validate_json(json)
    made = GroupRepair.model_validate_json(repair) if repair else None
    return group.model_copy(update={"repair": made})


def _cursor(after: str | None) -> tuple[int, int]:
    hits, dot, n = (after or "0.0").partition(".")
    if not (dot and hits.isascii() and hits.isdigit() and n.isascii() and n.isdigit()):
        raise InvalidInput("This is no place in a list.", hint="Send the cursor unchanged.")
    if len(hits) > 18 or len(n) > 18:
        raise InvalidInput("This is no place in a list.", hint="Send the cursor unchanged.")
    return int(hits), int(n)
