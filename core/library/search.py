"""What people type into the search box, as a `FileQuery`; and cursors that belong to one query.

`beach type:image folder:"Trips/2024" state:undelivered owner:me in:trash sort:-size`
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import InvalidInput
from core.model.media import FileKind, FileQuery, FileSort, FileState
from core.model.names import clean_folder, plain_text

TEXT_LIMIT = 200
_CURSOR_LIMIT = 2000
_MARK = 12  # hex digits of the query's fingerprint in front of a cursor
_WORD = re.compile(r'(?:(\w+):)?(?:"([^"]*)"|(\S+))')
_FIELDS = {"type", "state", "folder", "owner", "in", "sort"}
_E = TypeVar("_E", bound=StrEnum)


def parse_query(typed: str, *, me: str = "") -> FileQuery:
    """Known `field:value` words become filters, all others are looked for in names.

    A field in quotes (`"type:image"`) is a plain word. Raises `InvalidInput` for an unknown value.
    """
    if len(typed) > TEXT_LIMIT:
        raise InvalidInput(
            f"The search is {len(typed)} characters long.",
            hint=f"Use at most {TEXT_LIMIT} characters.",
        )
    words: list[str] = []
    fields: dict[str, str] = {}
    for match in _WORD.finditer(plain_text(typed)):
        name, value = match[1], match[2] if match[2] is not None else match[3]
        if name and name.lower() in _FIELDS:
            fields[name.lower()] = value
        else:
            words.append(f"{name}:{value}" if name else value)
    return FileQuery(text=" ".join(words), **_filters(fields, me))


def narrow(query: FileQuery, fields: Mapping[str, str | None], *, me: str = "") -> FileQuery:
    """Apply the separate parameters of a request; they win over what was typed."""
    given = {name: value for name, value in fields.items() if value}
    return query.model_copy(update=_filters(given, me))


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


def _filters(fields: Mapping[str, str], me: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "type" in fields:
        found["kind"] = _one_of(FileKind, "type", fields["type"])
    if "state" in fields:
        found["state"] = _one_of(FileState, "state", fields["state"])
    if "sort" in fields:
        found["sort"] = _one_of(FileSort, "sort", fields["sort"])
    if "folder" in fields:
        found["folder"] = clean_folder(fields["folder"])
    if "owner" in fields:
        found["owner_id"] = me if fields["owner"] == "me" else fields["owner"]
    if "in" in fields:
        found["trashed"] = _one_of(_Place, "in", fields["in"]) is _Place.TRASH
    return found


class _Place(StrEnum):
    LIBRARY = "library"
    TRASH = "trash"


def _one_of(values: type[_E], field: str, value: str) -> _E:
    try:
        return values(value.lower())
    except ValueError:
        raise InvalidInput(
            f"{field}:{value[:40]} is not known.",
            hint=f"Use one of: {', '.join(item.value for item in values)}.",
        ) from None


def _fingerprint(query: FileQuery) -> str:
    return hashlib.sha256(query.model_dump_json().encode()).hexdigest()[:_MARK]
