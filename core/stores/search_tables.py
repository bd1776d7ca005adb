"""The index's tables and how one file gets in, changes, and leaves; totals are counted as they go.

`library_file` is narrow so that walking it is fast; whole files lie in `library_body`.
`library_total` has a row per owner and folder, and per `*` (any), so that no total is ever counted.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields

from core.model.media import FileSort, MediaFile
from core.stores import search_text
from core.stores.database import run_script

ANY = "*"

SORT_COLUMNS = {
    FileSort.NEWEST: "arrived",
    FileSort.OLDEST: "arrived",
    FileSort.NAME: "name_key",
    FileSort.NAME_DESCENDING: "name_key",
    FileSort.LARGEST: "size",
    FileSort.SMALLEST: "size",
}

_TABLES = (
    "library_file",
    "library_body",
    "library_total",
    "library_day",
    "library_text_live",
    "library_text_trash",
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
    arrived TEXT NOT NULL,
    name_key TEXT NOT NULL,
    size INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    hay TEXT NOT NULL
);
CREATE TABLE library_body (row INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE library_total (
    owner TEXT NOT NULL,
    folder TEXT NOT NULL,
    trashed INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (owner, folder, trashed, kind, state)
) WITHOUT ROWID;
CREATE TABLE library_day (
    owner TEXT NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (owner, day)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE library_text_live USING fts5(
    terms, tokenize = 'ascii', content = '', columnsize = 0, prefix = '1 2'
);
CREATE VIRTUAL TABLE library_text_trash USING fts5(
    terms, tokenize = 'ascii', content = '', columnsize = 0, prefix = '1 2'
)
"""

# With everything that is tested on the way: looking rows up one by one takes ten times as long.
_TESTED = "id, kind, state, folder, hay"
_SORT_INDEXES = f"""
CREATE INDEX library_all_{{column}} ON library_file (trashed, {{column}}, {_TESTED});
CREATE INDEX library_own_{{column}} ON library_file (owner, trashed, {{column}}, {_TESTED})
"""


@dataclass(frozen=True)
class Row:
    """What the index knows of a file apart from its JSON; the columns of `library_file`."""

    id: str
    owner: str
    folder: str
    kind: str
    state: str
    trashed: int
    arrived: str
    name_key: str
    size: int
    stored: int  # the served object and its renditions
    hay: str

    @property
    def text_table(self) -> str:
        return text_table(trashed=bool(self.trashed))

    @property
    def document(self) -> str:
        named = (("owner", self.owner), ("folder", self.folder))
        facets = (("kind", self.kind), ("state", self.state))
        scopes = (search_text.scope(*pair) for pair in (*named, *facets))
        return search_text.document(self.hay, scopes)

    @classmethod
    def of(cls, file: MediaFile) -> Row:
        return cls(
            id=file.id,
            owner=file.owner_id,
            folder=file.folder,
            kind=file.kind.value,
            state=file.state.value,
            trashed=int(file.trashed_at is not None),
            arrived=file.uploaded_at.isoformat(timespec="microseconds"),
            name_key=search_text.fold(file.name),
            size=file.size,
            stored=file.size + sum(rendition.size for rendition in file.renditions),
            hay=search_text.haystack((file.name, file.folder, *file.tags)),
        )


_COLUMNS = tuple(field.name for field in fields(Row))


def text_table(*, trashed: bool) -> str:
    return "library_text_trash" if trashed else "library_text_live"


def only(value: str) -> str:
    """A real value beside `ANY` in one column."""
    return f"={value}"


def create(connection: sqlite3.Connection) -> None:
    """Drop the tables and make them anew, empty."""
    for table in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    run_script(connection, _SCHEMA)
    for column in sorted(set(SORT_COLUMNS.values())):
        run_script(connection, _SORT_INDEXES.format(column=column))


def put_file(connection: sqlite3.Connection, file: MediaFile) -> None:
    number, old = _find(connection, file.id)
    new = Row.of(file)
    if old != new:
        _count(connection, old, new)
        number = _write_row(connection, number, new)
        _write_text(connection, number, old, new)
    connection.execute(
        "INSERT OR REPLACE INTO library_body (row, json) VALUES (?, ?)",
        (number, file.model_dump_json()),
    )


def drop_file(connection: sqlite3.Connection, id: str) -> None:
    number, old = _find(connection, id)
    if number is None:
        return
    _count(connection, old, None)
    _write_text(connection, number, old, None)
    connection.execute("DELETE FROM library_file WHERE row = ?", (number,))
    connection.execute("DELETE FROM library_body WHERE row = ?", (number,))


def _find(connection: sqlite3.Connection, id: str) -> tuple[int | None, Row | None]:
    found = connection.execute(
        f"SELECT row, {', '.join(_COLUMNS)} FROM library_file WHERE id = ?",  # noqa: S608
        (id,),
    ).fetchone()
    return (found[0], Row(*found[1:])) if found else (None, None)


def _write_row(connection: sqlite3.Connection, number: int | None, row: Row) -> int:
    places = ", ".join("?" * (len(_COLUMNS) + 1))
    values = (number, *(getattr(row, column) for column in _COLUMNS))
    done = connection.execute(
        f"INSERT OR REPLACE INTO library_file (row, {', '.join(_COLUMNS)}) "  # noqa: S608
        f"VALUES ({places})",
        values,
    )
    return number if number is not None else int(done.lastrowid or 0)


def _write_text(
    connection: sqlite3.Connection, number: int, old: Row | None, new: Row | None
) -> None:
    before = (old.text_table, old.document) if old else None
    after = (new.text_table, new.document) if new else None
    if before == after:
        return
    if before:
        table, document = before
        connection.execute(
            f"INSERT INTO {table} ({table}, rowid, terms) VALUES ('delete', ?, ?)",  # noqa: S608
            (number, document),
        )
    if after:
        table, document = after
        connection.execute(
            f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)",  # noqa: S608
            (number, document),
        )


def _count(connection: sqlite3.Connection, old: Row | None, new: Row | None) -> None:
    for row, sign in ((old, -1), (new, 1)):
        if row is not None:
            _add(connection, row, sign)


def _add(connection: sqlite3.Connection, row: Row, sign: int) -> None:
    size = sign * row.stored
    owners = (ANY, only(row.owner))
    facets = (row.trashed, row.kind, row.state)
    connection.executemany(
        "INSERT INTO library_total VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET count = count + excluded.count, size = size + excluded.size",
        [(o, folder, *facets, sign, size) for o in owners for folder in (ANY, only(row.folder))],
    )
    if not row.trashed:
        connection.executemany(
            "INSERT INTO library_day VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
            "SET count = count + excluded.count, size = size + excluded.size",
            [(owner, row.arrived[:10], sign, size) for owner in owners],
        )
