"""What no AWS API tells: rows named `facts`, `notes` and `client_report`, and the stored record.

People write such facts in their own words, so they are read by meaning: a name and a value that
mention the thing. Nothing is concluded from them that AWS data contradicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.model.delivery import AccountSnapshot, mapping

_TABLES = {"facts", "notes", "client_report"}
_URL_NAMES = re.compile(r"(url|uri|link|src|href|image|avatar|photo|picture|thumb)", re.IGNORECASE)
_KEY_NAMES = re.compile(r"(^|_|[a-z])key$|^(s3)?_?(object_?)?(key|path)$", re.IGNORECASE)
_TYPE_NAMES = re.compile(r"(content|media|mime)[_-]?type$|^mime$", re.IGNORECASE)
_POINTERS = {"url", "uri", "link", "src", "href", "key", "path", "s", "object", "file", "value"}
_EMPTY = {"", "null", "none", "undefined", "nan"}


@dataclass(frozen=True, slots=True)
class Stored:
    """One attribute of the record that refers to an object."""

    name: str
    value: Any
    kind: str  # url, key, empty


def attributes(snapshot: AccountSnapshot) -> dict[str, Any]:
    """The record's attributes, whichever of the two shapes it has."""
    record = snapshot.db_record or {}
    found = record.get("attributes")
    table: dict[str, Any] = dict(found) if isinstance(found, dict) else {}
    if "column" in record or "value" in record:
        table.setdefault(str(record.get("column") or "value"), record.get("value"))
    return table


def table(snapshot: AccountSnapshot) -> str:
    return str((snapshot.db_record or {}).get("table") or "").lower()


def is_record(snapshot: AccountSnapshot) -> bool:
    """Whether `db_record` is a row of the application, not one of the fact tables."""
    return bool(snapshot.db_record) and table(snapshot) not in _TABLES


def pairs(snapshot: AccountSnapshot) -> Iterator[tuple[str, str]]:
    """(name, value) of every fact as lower-case text; the row's key counts as a name."""
    if is_record(snapshot) or not snapshot.db_record:
        return
    record = snapshot.db_record
    head = f"{record.get('pk', '')} {record.get('sk', '')}".lower().strip()
    for name, value in attributes(snapshot).items():
        yield f"{head} {name}".lower(), _flat(value)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{k} {_flat(v)}".lower() for k, v in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_flat(v) for v in value)
    return str(value).lower()


def says(snapshot: AccountSnapshot, pattern: str) -> str:
    """The first fact whose name and value together match `pattern`, else an empty string."""
    wanted = re.compile(pattern)
    for name, value in pairs(snapshot):
        text = f"{name}: {value}"
        if wanted.search(text):
            return text
    return ""


def fact(snapshot: AccountSnapshot, name_pattern: str) -> str | None:
    """The value of the first fact whose name matches."""
    wanted = re.compile(name_pattern)
    for name, value in pairs(snapshot):
        if wanted.search(name):
            return value
    return None


def raw_fact(snapshot: AccountSnapshot, name_pattern: str) -> Any:
    wanted = re.compile(name_pattern)
    if is_record(snapshot):
        return None
    found = (v for k, v in attributes(snapshot).items() if wanted.search(k.lower()))
    return next(found, None)


def moment(text: str) -> datetime | None:
    """An ISO time of a fact, aware, or None."""
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _EMPTY)


def stored(snapshot: AccountSnapshot) -> list[Stored]:
    """The attributes of the record that hold (or should hold) a URL or a key."""
    if not is_record(snapshot):
        return []
    found = []
    for name, value in attributes(snapshot).items():
        if _TYPE_NAMES.search(name):
            continue  # `image/jpeg` looks like a key and refers to nothing
        if is_empty(value):
            if _URL_NAMES.search(name) or _KEY_NAMES.search(name) or name == "value":
                found.append(Stored(name, value, "empty"))
        elif isinstance(value, str):
            if re.match(r"\s*(https?:)?//", value, re.IGNORECASE):
                found.append(Stored(name, value, "url"))
            elif _KEY_NAMES.search(name) or (_URL_NAMES.search(name) and "/" in value):
                found.append(Stored(name, value, "key"))
    return found


def names_url(name: str) -> bool:
    """Whether an attribute's name promises a URL, not a key."""
    return bool(_URL_NAMES.search(name)) and not _KEY_NAMES.search(name)


def served_as(snapshot: AccountSnapshot) -> dict[str, Any]:
    """Size and headers with which the application stored the object on purpose, where it says."""
    return mapping(attributes(snapshot).get("served_as")) if is_record(snapshot) else {}


def thing(name: str) -> str:
    """What an attribute is about, lower case: `avatar` for avatarUrl, avatar_key, AvatarPath."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    kept = [word.lower() for word in words if word.lower() not in _POINTERS]
    return kept[0] if kept else ""


def owner_id(snapshot: AccountSnapshot) -> str:
    """The id of the person whose row this is, lower case."""
    return str((snapshot.db_record or {}).get("pk") or "").rpartition("#")[2].lower()


def record_api(snapshot: AccountSnapshot) -> str:
    return f"dynamodb:GetItem {(snapshot.db_record or {}).get('table', '')}".strip()
