"""Names and values of a document: `name: value`, `NAME=value`, table rows, object literals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.diagnostics.lint.document import Document, Line, clean

_PAIR = re.compile(
    r"""^["']?(?P<name>[A-Za-z$_][\w .()/-]{0,60}?)["']?\s*(?::|=>?|\u2192|->)\s*(?P<value>\S.*)$"""
)
_EXPORT = re.compile(r"^(?:export|set|ENV|const|let|var)\s+", re.IGNORECASE)
_COMMENT = re.compile(r"\s+(?://|\u2190|<-|#)\s.*$")


@dataclass(frozen=True, slots=True)
class Pair:
    """`name` is lower case without signs, so `Origin Path`, originPath and origin_path agree."""

    line: Line
    name: str
    value: str


def plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def plain_value(value: str) -> str:
    bare = _COMMENT.sub("", value).strip()
    return bare.rstrip(",;").strip().strip("\"'").strip()


def pairs(document: Document) -> Iterator[Pair]:
    head: list[str] = []
    for line in document.lines:
        cells = _cells(line.raw)
        if not cells:
            head = []
            yield from _single(line)
        elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            yield from _row(line, cells, head)
            head = head or cells


def _single(line: Line) -> Iterator[Pair]:
    found = _PAIR.match(_EXPORT.sub("", line.text))
    if found and not found["value"].startswith("//"):  # https://…
        value = plain_value(found["value"])
        if value:
            yield Pair(line, plain_name(found["name"]), value)


def _cells(raw: str) -> list[str]:
    text = raw.strip()
    if not text.startswith("|") or text.count("|") < 3:
        return []
    return [clean(cell) for cell in text.strip("|").split("|")]


def _row(line: Line, cells: list[str], head: list[str]) -> Iterator[Pair]:
    """The first cell names the row, the head names the column: both are names of a value."""
    for at, cell in enumerate(cells):
        if not cell:
            continue
        if at:
            yield Pair(line, plain_name(cells[0]), plain_value(cell))
        if head and at < len(head) and head[at]:
            yield Pair(line, plain_name(head[at]), plain_value(cell))
