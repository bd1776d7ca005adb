"""From a `FileQuery` to SQL. Pure: builds statements and parameters, runs nothing.

This way is taken until the columns in memory are there (see `search_memory`), and gives the same
answers. `same_camera` must be known to the connection as a function.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.model.media import FileQuery, FileSort
from core.stores import search_text
from core.stores.encoding import bad_cursor, read_cursor, write_cursor
from core.stores.search_rows import tag_key, ticks

LAST, FIRST = 2**63 - 1, -(2**63)

Condition = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Order:
    """`key` is an expression over `library_file f`; equal keys go by id in the same direction."""

    key: str
    descending: bool


ORDERS = {
    FileSort.NEWEST: Order("f.uploaded", descending=True),
    FileSort.OLDEST: Order("f.uploaded", descending=False),
    FileSort.NAME: Order("f.name_key", descending=False),
    FileSort.NAME_DESCENDING: Order("f.name_key", descending=True),
    FileSort.LARGEST: Order("f.size", descending=True),
    FileSort.SMALLEST: Order("f.size", descending=False),
    FileSort.LATEST_TAKEN: Order(f"coalesce(f.taken, {FIRST})", descending=True),
    FileSort.EARLIEST_TAKEN: Order(f"coalesce(f.taken, {LAST})", descending=False),
}


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
    """How many files match."""
    where, values = _where(query)
    return Statement(f"SELECT count(*) FROM library_file f WHERE {where}", values)  # noqa: S608


def page(query: FileQuery, limit: int, offset: int, after: Position | None) -> Statement:
    """The row numbers of one page."""
    where, values = _where(query)
    order = ORDERS[query.sort]
    if after is not None:
        where += f" AND ({order.key}, f.id) {'<' if order.descending else '>'} (?, ?)"
        values += (after.key, after.id)
    direction = "DESC" if order.descending else "ASC"
    return Statement(
        f"SELECT f.row FROM library_file f WHERE {where} "  # noqa: S608
        f"ORDER BY {order.key} {direction}, f.id {direction} LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )


def _where(query: FileQuery) -> tuple[str, tuple[Any, ...]]:
    conditions = [*_text(query), *_equal(query), *_listed(query), *_ranges(query)]
    where = " AND ".join(text for text, _ in conditions)
    return where, tuple(value for _, values in conditions for value in values)


def _text(query: FileQuery) -> Iterator[Condition]:
    for word in search_text.needles(query.text):
        if len(word) >= search_text.GRAM:
            yield (
                "f.row IN (SELECT rowid FROM library_text WHERE library_text MATCH ?)",
                (search_text.match(word),),
            )
        else:
            yield "(instr(f.words, ?) OR instr(f.others, ?))", (word, word)
    for word in search_text.needles(query.without):
        yield "NOT instr(f.words, ?) AND NOT instr(f.others, ?)", (word, word)


def _equal(query: FileQuery) -> Iterator[Condition]:
    yield "f.trashed = ?", (int(query.trashed),)
    pairs = (
        ("owner", query.owner_id),
        ("kind", query.kind),
        ("state", query.state),
        ("extension", None if query.extension is None else query.extension.casefold()),
        ("private", query.private),
    )
    yield from ((f"f.{column} = ?", (value,)) for column, value in pairs if value is not None)
    if query.shared is not None:
        yield f"f.people {'!=' if query.shared else '='} ''", ()
    if query.camera is not None:
        yield "same_camera(?, f.camera)", (query.camera,)
    yield from _folder(query)


def _folder(query: FileQuery) -> Iterator[Condition]:
    if query.folder is None or (query.below and not query.folder):
        return
    if not query.below:
        yield "f.folder = ?", (query.folder,)
        return
    inside = query.folder + "/"
    yield "(f.folder = ? OR substr(f.folder, 1, ?) = ?)", (query.folder, len(inside), inside)


def _listed(query: FileQuery) -> Iterator[Condition]:
    named = [("tags", tag_key(tag)) for tag in query.tags]
    named += [("albums", query.album)] if query.album is not None else []
    named += [("people", query.shared_with)] if query.shared_with is not None else []
    for column, value in named:
        yield (
            f"(f.{column} != '' AND ? IN (SELECT value FROM json_each(f.{column})))",  # noqa: S608
            (value,),
        )


def _ranges(query: FileQuery) -> Iterator[Condition]:
    spans = [(column, ">=", "<", first, end) for column, first, end in moments(query)]
    spans += [(column, ">=", "<=", least, most) for column, least, most in bounds(query)]
    for column, from_, to, low, high in spans:
        if low is not None:
            yield f"f.{column} {from_} ?", (low,)
        if high is not None:
            yield f"f.{column} {to} ?", (high,)


def moments(query: FileQuery) -> Iterator[tuple[str, int | None, int | None]]:
    """(column, first, end): `end` is the first moment after."""
    pairs = (
        ("taken", query.taken_from, query.taken_to),
        ("uploaded", query.uploaded_from, query.uploaded_to),
    )
    for column, first, end in pairs:
        yield column, ticks(first) if first else None, ticks(end) if end else None


def bounds(query: FileQuery) -> Iterator[tuple[str, int | None, int | None]]:
    """(column, least, most), both included; within what a column can hold."""
    pairs = (
        ("width", query.min_width, query.max_width),
        ("height", query.min_height, query.max_height),
        ("size", query.min_size, query.max_size),
    )
    for column, least, most in pairs:
        yield column, _held(least), _held(most)


def _held(value: int | None) -> int | None:
    return None if value is None else max(FIRST, min(LAST, value))


def open_cursor(query: FileQuery, cursor: str) -> Position:
    """Raises `InvalidInput` for one that was given out for another order."""
    kind = str if query.sort in {FileSort.NAME, FileSort.NAME_DESCENDING} else int
    parts = read_cursor(cursor, sort=str, key=kind, id=str)
    if parts["sort"] != query.sort.value or (kind is int and not FIRST <= parts["key"] <= LAST):
        raise bad_cursor()
    return Position(parts["key"], parts["id"])


def next_cursor(query: FileQuery, key: str | int, id: str) -> str:
    return write_cursor(sort=query.sort.value, key=key, id=id)
