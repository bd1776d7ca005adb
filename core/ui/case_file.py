"""A saved case as somebody uploads it: a snapshot, or a file that holds one under `snapshot`."""

from __future__ import annotations

import json
from typing import Any

from core.errors import InvalidInput

_HINT = (
    "Upload a file that the doctor's \u201cSave the case\u201d or `python -m core bundle` wrote."
)


def read(content: bytes) -> dict[str, Any]:
    """Raise `InvalidInput` where it is not JSON, or not a case."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The file is not JSON.", hint=_HINT) from error
    snapshot = data.get("snapshot", data) if isinstance(data, dict) else None
    if not isinstance(snapshot, dict) or not isinstance(snapshot.get("request"), dict):
        raise InvalidInput("The file holds no case: it names no request.", hint=_HINT)
    return snapshot
