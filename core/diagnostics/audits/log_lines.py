"""Lines of CloudFront access logs: standard logs (tab-separated, v1 and v2) and v2's JSON lines.

CloudFront percent-encodes a field's value once more when it logs it, so a value is decoded once;
`-` stands for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from core.diagnostics.audit_files import Skipped
from core.diagnostics.urls import as_sent
from core.model.traffic import LOG_FIELDS

_NEEDED = ("cs-uri-stem", "sc-status")
_FEWEST = 13  # fields of the oldest logs
_ENCODED_LINE = 65_536  # characters; longer lines are damaged


class Logged(NamedTuple):
    """One request. `status` is 0 where the viewer left before there was one."""

    at: datetime | None
    method: str
    scheme: str
    host: str
    path: str  # as the viewer sent it
    query: str
    status: int

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")


def read_log(lines: Iterable[str], name: str, skipped: Skipped) -> Iterator[Logged]:
    """Every readable line of one file; the others are counted with their places."""
    fields: Sequence[str] = LOG_FIELDS
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if not line:
            continue
        if line.startswith("#"):
            fields = line[8:].split() if line.startswith("#Fields:") else fields
            continue
        problem = "a line that is too long"
        if len(line) <= _ENCODED_LINE:
            row = _json_row(line) if line.startswith("{") else _tab_row(line, fields)
            found = _logged(row) if isinstance(row, dict) else None
            if found is not None:
                yield found
                continue
            problem = row if isinstance(row, str) else _lack(row)
        skipped.add(problem, f"{name} line {number}")


def _tab_row(line: str, fields: Sequence[str]) -> dict[str, Any] | str:
    values = line.split("\t")
    if len(values) < min(len(fields), _FEWEST):
        return f"not {len(fields)} fields"
    return dict(zip(fields, values, strict=False))


def _json_row(line: str) -> dict[str, Any] | str:
    try:
        row = json.loads(line)
    except ValueError:
        return "not JSON"
    return row if isinstance(row, dict) else "not a JSON object"


def _lack(row: Mapping[str, Any]) -> str:
    absent = [name for name in _NEEDED if not _text(row, name)]
    if absent:
        return f"no {absent[0]}"
    return "no host" if _status(row) is not None else "a status that is no number"


def _logged(row: Mapping[str, Any]) -> Logged | None:
    status = _status(row)
    host = _text(row, "x-host-header") or _text(row, "cs(Host)")
    stem = _text(row, "cs-uri-stem")
    if status is None or not host or not stem:
        return None
    return Logged(
        _moment(row), _text(row, "cs-method") or "GET", _text(row, "cs-protocol") or "https",
        host.lower(), as_sent(stem if stem.startswith("/") else "/" + stem),
        _text(row, "cs-uri-query").replace("#", "%23"), status,
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None or value == "-":
        return ""
    text = str(value)
    return unquote(text, errors="replace") if "%" in text else text


def _status(row: Mapping[str, Any]) -> int | None:
    text = _text(row, "sc-status")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None


def _moment(row: Mapping[str, Any]) -> datetime | None:
    """UTC; None where the line has no usable date (some v2 deliveries leave it out)."""
    try:
        found = datetime.fromisoformat(f"{_text(row, 'date')}T{_text(row, 'time')}")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
