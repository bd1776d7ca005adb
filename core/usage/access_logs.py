"""CloudFront access logs: fields of every header version, delimiters, values as people read them.

Source: "Standard logs (access logs)" in the CloudFront developer guide. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import unquote

from core.errors import UnreadableContent
from core.model.traffic import LOG_FIELDS, LogKind, LogShape

# How many of them a version had: 2008, with query and cookie, results, … up to today's.
VERSIONS = (12, 13, 15, 16, 18, 19, 20, 22, 23, 24, 26, 33)
_MOMENTS = ({"date", "time"}, {"timestamp"}, {"timestamp_ms"})
_NEEDED = {"cs_uri_stem", "sc_status"}
_DELIMITERS = ("\t", "|", ",", ";", " ")
_PARQUET = b"PAR1"
_FILE_DAY = re.compile(r"\.(\d{4}-\d{2}-\d{2})-\d{2}\.[^/]*$")
_OTHER = re.compile(r"[^a-z0-9]+")


def column_of(field: str) -> str:
    """One name for a field in every format: `cs(Host)`, `cs-host` and `cs_host` are the same."""
    return _OTHER.sub("_", field.lower()).strip("_")


def columns_of(shape: LogShape) -> tuple[str, ...]:
    """A column for each field; a name that comes again gets its place behind it."""
    names: list[str] = []
    for place, field in enumerate(shape.fields):
        name = column_of(field) or "field"
        names.append(name if name not in names else f"{name}_{place}")
    return tuple(names)


def shape_of(head: bytes, name: str) -> LogShape | None:
    """What the first lines of a file say; None where it holds no line of data.

    Raises `UnreadableContent` where it is no access log.
    """
    if head.startswith(_PARQUET):
        return LogShape(kind=LogKind.PARQUET)
    text = head.decode("utf-8-sig", errors="replace")
    lines = text.splitlines()
    comments = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    first = next((line for line in lines[comments:] if line.strip()), "")
    if not first:
        return None
    if first.lstrip().startswith("{"):
        return LogShape(kind=LogKind.JSON, skip=comments)
    return _delimited(lines[:comments], first, name)


def _delimited(comments: Sequence[str], first: str, name: str) -> LogShape:
    fields = next((line[8:].split() for line in reversed(comments) if is_header(line)), None)
    if fields is None:
        fields = list(LOG_FIELDS[: first.count("\t") + 1])
        if len(fields) not in VERSIONS:
            raise _no_log(name, "it has no #Fields line, and its lines are those of no version")
    delimiter = next((d for d in _DELIMITERS if first.count(d) == len(fields) - 1), "\t")
    shape = LogShape(
        kind=LogKind.DELIMITED, fields=tuple(fields), delimiter=delimiter, skip=len(comments)
    )
    check_columns(columns_of(shape), name)
    return shape


def check_columns(columns: Sequence[str], name: str) -> None:
    """Raise `UnreadableContent` where a field is missing without which nothing can be counted."""
    missing = sorted(_NEEDED - set(columns))
    if not any(moment <= set(columns) for moment in _MOMENTS):
        missing.insert(0, "date and time")
    if missing:
        raise _no_log(name, f"the fields {', '.join(missing)} are missing")


def _no_log(name: str, reason: str) -> UnreadableContent:
    return UnreadableContent(
        f"{name} can't be read as a CloudFront access log: {reason}.",
        hint="Give standard logs: v1, or v2 as plain text, W3C, JSON lines or Parquet.",
    )


def is_header(line: str) -> bool:
    return line.startswith("#Fields:")


def day_of_file(name: str) -> date | None:
    """The day in the name that CloudFront gave a log: `[prefix/]ID.YYYY-MM-DD-HH.unique.gz`."""
    found = _FILE_DAY.search(name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def shown(value: str | None) -> str | None:
    """A logged value as the viewer sent it: CloudFront encodes it once more when it logs it."""
    return None if value is None or value == "-" else unquote(value)


def folder_of(path: str, depth: int = 1) -> str:
    """The first `depth` folders of a path as `/a/b/`; what lies at the top is in `/`."""
    parts = path.removeprefix("/").split("/")[:-1][:depth]
    return "/" + "".join(f"{part}/" for part in parts)


def folder_pattern(depth: int) -> str:
    """The same rule for a query engine."""
    return f"^/([^/]*/){{0,{max(0, depth)}}}"
