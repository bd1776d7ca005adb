"""What people type into the search box, as a `FileQuery`; and cursors that belong to one query.

`beach -rain type:image folder:"Trips/2024" below:Trips tag:sea album:a1 camera:canon ext:jpg
taken:2024-01..2024-03 uploaded:>2026-01-01 width:>2000 dimensions:1920x1080 size:>10MB owner:me
with:me is:private is:shared in:trash in:shared sort:-size`
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from core.errors import InvalidInput
from core.library.search_values import bounds, one_of, sides, span, unknown
from core.model.media import FileKind, FileQuery, FileSort, FileState
from core.model.names import clean_folder, plain_text

TEXT_LIMIT = 200
_CURSOR_LIMIT = 2000
_MARK = 12  # hex digits of the query's fingerprint in front of a cursor
_WORD = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"|(\S+))')

# What somebody typed for a person, such as an e-mail address → an account's id.
Person = Callable[[str], str]


class _Place(StrEnum):
    LIBRARY = "library"
    TRASH = "trash"
    SHARED = "shared"


class _Is(StrEnum):
    PRIVATE = "private"
    PUBLIC = "public"
    SHARED = "shared"
    OWN = "own"


def parse_query(typed: str, *, me: str = "", person: Person | None = None) -> FileQuery:
    """Known `field:value` words become filters, all others are looked for in names.

    A word in quotes (`"type:image"`, `"-rain"`) is a plain one. Raises `InvalidInput` for an
    unknown value.
    """
    if len(typed) > TEXT_LIMIT:
        raise InvalidInput(
            f"The search is {len(typed)} characters long.",
            hint=f"Use at most {TEXT_LIMIT} characters.",
        )
    words: dict[str, list[str]] = {"": [], "-": []}
    fields: list[tuple[str, str]] = []
    for minus, name, quoted, plain in _WORD.findall(plain_text(typed)):
        field, value = name.lower(), quoted or plain
        if not name or field not in _FIELDS:
            words[minus].append(f"{name}:{value}" if name else value)
        elif minus:
            raise InvalidInput(
                f"-{field}: can't be left out.", hint="Put the minus before a word: -rain."
            )
        else:
            fields.append((field, f"*{plain}*" if field == "camera" and plain else value))
    found = _filters(fields, me, person)
    return FileQuery(text=" ".join(words[""]), without=" ".join(words["-"]), **found)


def narrow(
    query: FileQuery,
    fields: Mapping[str, str | Sequence[str] | None],
    *,
    me: str = "",
    person: Person | None = None,
) -> FileQuery:
    """Apply the separate parameters of a request; they win over what was typed."""
    given = [
        (name, value)
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values or ())
        if value
    ]
    return query.model_copy(update=_filters(given, me, person))


def seal_cursor(query: FileQuery, cursor: str | None) -> str | None:
    """Mark the index's cursor with the query that it continues."""
    return None if cursor is None else _fingerprint(query) + cursor


def open_cursor(query: FileQuery, cursor: str | None) -> str | None:
    """The index's own cursor. Raises `InvalidInput` if it continues another query."""
    if cursor is None:
        return None
    if len(cursor) > _CURSOR_LIMIT or cursor[:_MARK] != _fingerprint(query):
        raise InvalidInput(
            "This cursor belongs to another search.",
            hint="Start again without a cursor when the search, a filter or the order changes.",
        )
    return cursor[_MARK:]


def _filters(fields: Iterable[tuple[str, str]], me: str, person: Person | None) -> dict[str, Any]:
    """Later fields win, but tags add up."""
    found: dict[str, Any] = {}
    tags: list[str] = []
    for name, value in fields:
        if name == "tag":
            tags.append(value)
        elif name in {"owner", "with"}:
            known = me if value == "me" else (person or str)(value)
            found["owner_id" if name == "owner" else "shared_with"] = known
        else:
            found |= _FIELDS[name](value)
            if found.pop("shared_with_me", False):
                found["shared_with"] = me
    return found | ({"tags": tuple(dict.fromkeys(tags))} if tags else {})


def _place(value: str) -> dict[str, Any]:
    place = one_of(_Place, "in", value)
    return {"trashed": place is _Place.TRASH, "shared_with_me": place is _Place.SHARED}


def _flag(value: str) -> dict[str, Any]:
    flag = one_of(_Is, "is", value)
    if flag in {_Is.PRIVATE, _Is.PUBLIC}:
        return {"private": flag is _Is.PRIVATE}
    return {"shared": flag is _Is.SHARED}


def _length(field: str) -> Callable[[str], dict[str, Any]]:
    def read(value: str) -> dict[str, Any]:
        least, most = bounds(field, value, size=field == "size")
        return {f"min_{field}": least, f"max_{field}": most}

    return read


def _sides(value: str) -> dict[str, Any]:
    width, height = sides("dimensions", value)
    return {"min_width": width, "max_width": width, "min_height": height, "max_height": height}


def _time(field: str) -> Callable[[str], dict[str, Any]]:
    def read(value: str) -> dict[str, Any]:
        first, end = span(field, value)
        return {f"{field}_from": first, f"{field}_to": end}

    return read


def _elsewhere(_: str) -> dict[str, Any]:
    """More than a value of its own: see `_filters`."""
    return {}


def _extension(value: str) -> dict[str, Any]:
    extension = value.removeprefix(".").casefold()
    if not extension.isalnum():
        raise unknown("ext", value, "letters and digits, such as jpg")
    return {"extension": extension}


_FIELDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "type": lambda value: {"kind": one_of(FileKind, "type", value)},
    "state": lambda value: {"state": one_of(FileState, "state", value)},
    "sort": lambda value: {"sort": one_of(FileSort, "sort", value)},
    "folder": lambda value: {"folder": clean_folder(value), "below": False},
    "below": lambda value: {"folder": clean_folder(value), "below": True},
    "album": lambda value: {"album": value},
    "camera": lambda value: {"camera": value},
    "ext": _extension,
    "in": _place,
    "is": _flag,
    "taken": _time("taken"),
    "uploaded": _time("uploaded"),
    "width": _length("width"),
    "height": _length("height"),
    "dimensions": _sides,
    "size": _length("size"),
    "owner": _elsewhere,
    "with": _elsewhere,
    "tag": _elsewhere,
}


def _fingerprint(query: FileQuery) -> str:
    return hashlib.sha256(query.model_dump_json().encode()).hexdigest()[:_MARK]
