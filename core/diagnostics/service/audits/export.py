"""An audit as a file: CSV that no spreadsheet executes, or JSON with groups and rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from core.model.url_audit import AuditGroup, AuditRow, UrlAudit

COLUMNS = (
    "id", "url", "hits", "predicted_status", "cause", "bucket", "key", "candidate_key",
    "confidence", "group", "pattern",
)  # fmt: skip
# What makes a spreadsheet read a cell as a formula, also written wide, and what may precede it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BATCH = 500


def as_csv(groups: Sequence[AuditGroup], rows: Iterable[AuditRow]) -> Iterator[str]:
    patterns = {group.id: group.host + group.pattern for group in groups}
    yield _lines([COLUMNS])
    batch: list[Sequence[object]] = []
    for row in rows:
        values = row.model_dump(include=set(COLUMNS)) | {"pattern": patterns.get(row.group, "")}
        batch.append([values[column] for column in COLUMNS])
        if len(batch) == _BATCH:
            yield _lines(batch)
            batch = []
    yield _lines(batch)


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def safe(cell: object) -> str:
    """A cell that spreadsheets show and never calculate."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_json(
    audit: UrlAudit, groups: Sequence[AuditGroup], rows: Iterable[AuditRow]
) -> Iterator[str]:
    """One object: `audit`, `groups`, `rows`; written while it is read."""
    yield f'{{"audit": {audit.model_dump_json()},\n"groups": '
    yield json.dumps([group.model_dump(mode="json") for group in groups], ensure_ascii=False)
    yield ',\n"rows": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + row.model_dump_json()
    yield "\n]}\n"


def encoded(texts: Iterable[str]) -> Iterator[bytes]:
    """As UTF-8; a half character that a URL held becomes a question mark."""
    return (text.encode("utf-8", "replace") for text in texts)
