"""Cases as files: the contract's JSON, `{"id", "snapshot", …}`, read with care and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from core.diagnostics.engine import parse_snapshot
from core.diagnostics.urls import redact_deep
from core.errors import InvalidInput, TooLarge

LARGEST_CASE = 12 * 1024 * 1024  # bytes of JSON
_DEEPEST = 60
_HINT = "Take a file that \u201cSave the case\u201d or `python -m core bundle` wrote."


class CaseFile(NamedTuple):
    snapshot: dict[str, Any]
    name: str
    note: str


def read_case(content: bytes) -> CaseFile:
    """Raise `TooLarge`, or `InvalidInput` that says what is wrong with the file."""
    if len(content) > LARGEST_CASE:
        raise TooLarge(
            f"The case has {len(content):,} bytes.", hint=f"At most {LARGEST_CASE:,} are taken."
        )
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The file is not JSON: {error}", hint=_HINT) from error
    if not isinstance(data, dict):
        raise InvalidInput("The file holds no case, but another kind of value.", hint=_HINT)
    inner = data.get("snapshot", data)
    if not isinstance(inner, dict):
        raise InvalidInput("The file's `snapshot` is not an object.", hint=_HINT)
    return CaseFile(clean(inner), _text(data, "name") or _text(data, "title"), _text(data, "note"))


def clean(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot without secrets. Raises `InvalidInput` where it is none."""
    if not isinstance(snapshot.get("request"), Mapping):
        raise InvalidInput("The file holds no case: it names no request.", hint=_HINT)
    if _deeper_than(snapshot, _DEEPEST):
        raise InvalidInput("The case is nested too deeply.", hint=_HINT)
    blanked: dict[str, Any] = redact_deep(dict(snapshot))
    parse_snapshot(blanked)
    return blanked


def url_of(snapshot: Mapping[str, Any]) -> str:
    url = snapshot["request"].get("Url")
    return url if isinstance(url, str) else ""


def write_case(id: str, snapshot: Mapping[str, Any], **more: object) -> dict[str, Any]:
    """What another dashboard, or the command line, reads again."""
    return {"id": id, **more, "snapshot": dict(snapshot)}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _deeper_than(value: Any, left: int) -> bool:
    if left == 0:
        return True
    if isinstance(value, Mapping):
        return any(_deeper_than(one, left - 1) for one in value.values())
    return isinstance(value, list | tuple) and any(_deeper_than(one, left - 1) for one in value)
