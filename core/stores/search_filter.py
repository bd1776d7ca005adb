"""From a `FileQuery` to a mask over the rows in memory; each filter apart, for facets lift one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.model.media import FileQuery
from core.stores import search_text
from core.stores.search_columns import LIVE, TRASH, UNKNOWN, Columns, Mask
from core.stores.search_grams import Grams
from core.stores.search_query import bounds, moments
from core.stores.search_rows import lies_in, same_camera, tag_key

_WORDY = ("folder", "camera")  # besides the name and the tags


def masks(columns: Columns, grams: Grams, query: FileQuery) -> Iterator[tuple[str, Mask]]:
    """(filter's name, rows that pass it); the first is always there."""
    place = columns.place[: columns.size]
    yield "place", place == (TRASH if query.trashed else LIVE)
    yield from _named(columns, query)
    yield from _listed(columns, query)
    yield from _flags(columns, query)
    yield from _ranges(columns, query)
    for word in search_text.needles(query.text):
        yield "text", _with_word(columns, grams, word)
    for word in search_text.needles(query.without):
        yield "text", ~_with_word(columns, grams, word)


def combined(found: Iterator[tuple[str, Mask]]) -> Mask:
    """All filters at once."""
    _, mask = next(found)
    for _, other in found:
        mask &= other
    return mask


def _named(columns: Columns, query: FileQuery) -> Iterator[tuple[str, Mask]]:
    exact = (
        ("owner", query.owner_id),
        ("kind", query.kind),
        ("state", query.state),
        ("extension", None if query.extension is None else query.extension.casefold()),
    )
    for name, value in exact:
        if value is not None:
            code = columns.names[name].find(value)
            yield name, columns.code(name) == (-1 if code is None else code)
    folder, camera, below = query.folder, query.camera, query.below
    if folder is not None:
        yield "folder", _passing(columns, "folder", lambda v: lies_in(v, folder, below=below))
    if camera is not None:
        yield "camera", _passing(columns, "camera", lambda v: same_camera(camera, v))


def _listed(columns: Columns, query: FileQuery) -> Iterator[tuple[str, Mask]]:
    wanted = [("tags", tag_key(tag)) for tag in query.tags]
    wanted += [("albums", query.album)] if query.album is not None else []
    wanted += [("people", query.shared_with)] if query.shared_with is not None else []
    for name, value in wanted:
        yield name, columns.mask(columns.lists[name].rows_with(value))


def _flags(columns: Columns, query: FileQuery) -> Iterator[tuple[str, Mask]]:
    if query.private is not None:
        yield "private", columns.private[: columns.size] == query.private
    if query.shared is not None:
        yield "shared", columns.mask(columns.lists["people"].rows) == query.shared


def _ranges(columns: Columns, query: FileQuery) -> Iterator[tuple[str, Mask]]:
    for name, first, end in moments(query):
        yield from _range(columns, name, first, None if end is None else end - 1)
    for name, least, most in bounds(query):
        yield from _range(columns, name, least, most)


def _range(
    columns: Columns, name: str, least: int | None, most: int | None
) -> Iterator[tuple[str, Mask]]:
    numbers = columns.number(name)
    if least is not None:
        yield name, numbers >= least
    if most is not None:
        yield name, numbers <= most
    if least is not None or most is not None:
        yield name, numbers != UNKNOWN


def _with_word(columns: Columns, grams: Grams, word: str) -> Mask:
    mask = columns.mask(grams.rows_with(word))
    for name in _WORDY:
        table = columns.names[name].with_word(word)
        if table.any():
            mask |= table[columns.code(name)]
    tags = columns.lists["tags"]
    table = tags.names.with_word(word)
    if table.any():
        mask[tags.rows[table[tags.codes]]] = True
    return mask


def _passing(columns: Columns, name: str, test: Callable[[str], bool]) -> Mask:
    table: NDArray[Any] = columns.names[name].table(test)
    return table[columns.code(name)] if len(table) else np.zeros(columns.size, bool)
