"""The index's tables and how one file gets in, changes, and leaves; totals are counted as they go.

`library_file` has what is looked for, whole files lie in `library_body`, `library_key` has the keys
of objects outside their files' own folders. `library_log` says which rows changed, for whoever
keeps a copy of them in memory.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from operator import attrgetter

from core.model.media import MediaFile
from core.model.object_names import outside_keys
from core.stores.database import run_script
from core.stores.search_rows import COLUMNS, Row

ANY = "*"
LOG_LENGTH = 200_000  # changes after which a copy in memory is made anew

_TABLES = (
    "library_file",
    "library_body",
    "library_key",
    "library_total",
    "library_day",
    "library_text",
    "library_log",
    "library_generation",
)

_SCHEMA = """
CREATE TABLE library_file (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    folder TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    trashed INTEGER NOT NULL,
    uploaded INTEGER NOT NULL,
    taken INTEGER,
    name_key TEXT NOT NULL,
    size INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    camera TEXT NOT NULL,
    extension TEXT NOT NULL,
    private INTEGER NOT NULL,
    tags TEXT NOT NULL,
    albums TEXT NOT NULL,
    people TEXT NOT NULL,
    words TEXT NOT NULL,
    others TEXT NOT NULL
);
CREATE TABLE library_body (row INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE library_key (
    key TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (key, row)
) WITHOUT ROWID;
CREATE INDEX library_key_by_row ON library_key (row);
CREATE TABLE library_log (
    stamp INTEGER PRIMARY KEY,
    row INTEGER NOT NULL,
    moved INTEGER NOT NULL
);
CREATE TABLE library_generation (id TEXT NOT NULL);
CREATE TABLE library_total (
    owner TEXT NOT NULL,
    trashed INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (owner, trashed, kind, state)
) WITHOUT ROWID;
CREATE TABLE library_day (
    owner TEXT NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (owner, day)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE library_text USING fts5(
    terms, tokenize = 'ascii', content = '', columnsize = 0
)
"""


def only(value: str) -> str:
    """A real value beside `ANY` in one column."""
    return f"={value}"


def create(connection: sqlite3.Connection) -> None:
    """Drop the tables and make them anew, empty."""
    for table in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    run_script(connection, _SCHEMA)
    connection.execute("INSERT INTO library_generation VALUES (?)", (secrets.token_hex(8),))


def put_file(connection: sqlite3.Connection, file: MediaFile) -> None:
    number, old = _find(connection, file.id)
    new = Row.of(file)
    if old != new:
        _count(connection, old, new)
        number = _write_row(connection, number, new)
        _write_text(connection, number, old, new)
        _log(connection, number, moved=old is None or old.name_key != new.name_key)
    connection.execute(
        "INSERT OR REPLACE INTO library_body (row, json) VALUES (?, ?)",
        (number, file.model_dump_json()),
    )
    _write_keys(connection, number, outside_keys(file), new=old is None)


def drop_file(connection: sqlite3.Connection, id: str) -> None:
    number, old = _find(connection, id)
    if number is None:
        return
    _count(connection, old, None)
    _write_text(connection, number, old, None)
    _log(connection, number, moved=True)
    _write_keys(connection, number, (), new=False)
    connection.execute("DELETE FROM library_file WHERE row = ?", (number,))
    connection.execute("DELETE FROM library_body WHERE row = ?", (number,))


_SELECT = f"SELECT row, {', '.join(COLUMNS)} FROM library_file WHERE id = ?"  # noqa: S608
_PLACES = ", ".join("?" * (len(COLUMNS) + 1))
_INSERT = (
    f"INSERT OR REPLACE INTO library_file (row, {', '.join(COLUMNS)}) "  # noqa: S608
    f"VALUES ({_PLACES})"
)
_values = attrgetter(*COLUMNS)
_FORGET = "INSERT INTO library_text (library_text, rowid, terms) VALUES ('delete', ?, ?)"


def _find(connection: sqlite3.Connection, id: str) -> tuple[int | None, Row | None]:
    found = connection.execute(_SELECT, (id,)).fetchone()
    return (found[0], Row(*found[1:])) if found else (None, None)


def _write_row(connection: sqlite3.Connection, number: int | None, row: Row) -> int:
    done = connection.execute(_INSERT, (number, *_values(row)))
    return number if number is not None else int(done.lastrowid or 0)


def _write_text(
    connection: sqlite3.Connection, number: int, old: Row | None, new: Row | None
) -> None:
    before, after = (row.document if row else None for row in (old, new))
    if before == after:
        return
    if before is not None:
        connection.execute(_FORGET, (number, before))
    if after is not None:
        connection.execute("INSERT INTO library_text (rowid, terms) VALUES (?, ?)", (number, after))


def _write_keys(
    connection: sqlite3.Connection, number: int | None, keys: Iterable[str], *, new: bool
) -> None:
    if not new:
        connection.execute("DELETE FROM library_key WHERE row = ?", (number,))
    connection.executemany("INSERT INTO library_key VALUES (?, ?)", ((key, number) for key in keys))


def named_below(connection: sqlite3.Connection, prefix: str) -> list[tuple[str, str]]:
    """Key and file id of what begins with `prefix` and lies outside of its file's own folders."""
    return connection.execute(
        "SELECT k.key, f.id FROM library_key k JOIN library_file f ON f.row = k.row "
        "WHERE k.key >= ? AND substr(k.key, 1, ?) = ? AND k.key < ?",
        (prefix, len(prefix), prefix, prefix + "\U0010ffff"),
    ).fetchall()


def _log(connection: sqlite3.Connection, number: int, *, moved: bool) -> None:
    """`moved`: its place in the orders by name, or among equals, is another one."""
    stamp = connection.execute(
        "INSERT INTO library_log (row, moved) VALUES (?, ?)", (number, int(moved))
    ).lastrowid
    if stamp and stamp % 10_000 == 0:
        connection.execute("DELETE FROM library_log WHERE stamp <= ?", (stamp - LOG_LENGTH,))


def _count(connection: sqlite3.Connection, old: Row | None, new: Row | None) -> None:
    for row, sign in ((old, -1), (new, 1)):
        if row is not None:
            _add(connection, row, sign)


def _add(connection: sqlite3.Connection, row: Row, sign: int) -> None:
    size = sign * row.stored
    owners = (ANY, only(row.owner))
    connection.executemany(
        "INSERT INTO library_total VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET count = count + excluded.count, size = size + excluded.size",
        [(owner, row.trashed, row.kind, row.state, sign, size) for owner in owners],
    )
    if not row.trashed:
        connection.executemany(
            "INSERT INTO library_day VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
            "SET count = count + excluded.count, size = size + excluded.size",
            [(owner, row.day, sign, size) for owner in owners],
        )
