"""From a `FileQuery` to SQL. Pure: builds statements and parameters, runs nothing.

Two ways to a page. Few matches: take them all from the full-text table and sort them. Many matches:
walk the index of the wanted order and test each row, for the next match is never far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.model.media import FileQuery, FileSort
from core.stores import search_text
from core.stores.encoding import bad_cursor, read_cursor, write_cursor
from core.stores.search_tables import ANY, SORT_COLUMNS, only, text_table

FEW = 4000

_DESCENDING = {FileSort.NEWEST, FileSort.NAME_DESCENDING, FileSort.LARGEST}


@dataclass(frozen=True)
class Statement:
    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Position:
    """After which (key, id) a page begins."""

    key: str | int
    id: str


def total(query: FileQuery) -> Statement:
    """How many files match; without text a sum of at most a few counters."""
    words = search_text.needles(query.text)
    if words:
        table = text_table(trashed=query.trashed)
        return Statement(
            f"SELECT count(*) FROM {table} WHERE {table} MATCH ?",  # noqa: S608
            (search_text.match(words, _scopes(query)),),
        )
    where, values = (
        "owner = ? AND folder = ? AND trashed = ?",
        [
            ANY if query.owner_id is None else only(query.owner_id),
            ANY if query.folder is None else only(query.folder),
            int(query.trashed),
        ],
    )
    for column, value in (("kind", query.kind), ("state", query.state)):
        if value is not None:
            where += f" AND {column} = ?"
            values.append(value.value)
    return Statement(
        f"SELECT coalesce(sum(count), 0) FROM library_total WHERE {where}",  # noqa: S608
        tuple(values),
    )


def page(
    query: FileQuery, matches: int, limit: int, offset: int, after: Position | None
) -> Statement:
    """Rows of (key, id, json). Far behind the middle it is walked from the end and turned round."""
    backwards = after is None and offset > matches // 2
    if backwards:
        limit = max(0, min(limit, matches - offset))
        offset = max(0, matches - offset - limit)
    descending = query.sort in _DESCENDING
    inner, values = _gather(query) if matches <= FEW else _walk(query)
    column = SORT_COLUMNS[query.sort]
    if after is not None:
        inner += f" AND (f.{column}, f.id) {'<' if descending else '>'} (?, ?)"
        values += [after.key, after.id]
    order = _order(f"f.{column}", "f.id", descending=descending != backwards)
    return Statement(
        "SELECT p.key, p.id, b.json FROM ("  # noqa: S608
        f"SELECT f.{column} AS key, f.id AS id, f.row AS row {inner} {order} LIMIT ? OFFSET ?"
        ") p JOIN library_body b ON b.row = p.row "
        + _order("p.key", "p.id", descending=descending),
        (*values, limit, offset),
    )


def _order(key: str, id: str, *, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    return f"ORDER BY {key} {direction}, {id} {direction}"


def _gather(query: FileQuery) -> tuple[str, list[Any]]:
    words, scopes = search_text.needles(query.text), _scopes(query)
    if not words and not scopes:
        return "FROM library_file f WHERE f.trashed = ?", [int(query.trashed)]
    table = text_table(trashed=query.trashed)
    # CROSS JOIN keeps SQLite from walking a sort index and asking the text table for each row.
    return (
        f"FROM {table} t CROSS JOIN library_file f ON f.row = t.rowid WHERE {table} MATCH ?",
        [search_text.match(words, scopes)],
    )


def _walk(query: FileQuery) -> tuple[str, list[Any]]:
    scope = "all" if query.owner_id is None else "own"
    conditions: list[tuple[str, Any]] = [("trashed = ?", int(query.trashed))]
    for column, value in (
        ("owner", query.owner_id),
        ("folder", query.folder),
        ("kind", query.kind),
        ("state", query.state),
    ):
        if value is not None:
            conditions.append((f"{column} = ?", value))
    conditions += [("instr(f.hay, ?)", word) for word in search_text.needles(query.text)]
    where = " AND ".join(text for text, _ in conditions)
    index = f"library_{scope}_{SORT_COLUMNS[query.sort]}"
    return (
        f"FROM library_file f INDEXED BY {index} WHERE {where}",
        [value for _, value in conditions],
    )


def _scopes(query: FileQuery) -> list[str]:
    named = (
        ("owner", query.owner_id),
        ("folder", query.folder),
        ("kind", query.kind),
        ("state", query.state),
    )
    return [search_text.scope(name, value) for name, value in named if value is not None]


def open_cursor(query: FileQuery, cursor: str) -> Position:
    """Raises `InvalidInput` for one that was given out for another order."""
    kind = int if SORT_COLUMNS[query.sort] == "size" else str
    parts = read_cursor(cursor, sort=str, key=kind, id=str)
    if parts["sort"] != query.sort.value or (kind is int and abs(parts["key"]) >= 2**63):
        raise bad_cursor()
    return Position(parts["key"], parts["id"])


def next_cursor(query: FileQuery, key: str | int, id: str) -> str:
    return write_cursor(sort=query.sort.value, key=key, id=id)
