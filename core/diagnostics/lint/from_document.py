"""A document as a scene: the origins, keys, URLs, policies and prices that it states."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Document, Line, Spot, read_document
from core.diagnostics.lint.fragments import written_policies
from core.diagnostics.lint.mentions import document_keys, document_urls
from core.diagnostics.lint.pairs import pairs
from core.diagnostics.lint.scene import OriginAt, Scene
from core.diagnostics.origins import endpoint_of

_ORIGIN_PATH = re.compile(
    r"origin[\s_-]*path(?:es)?[\"']?\s*(?:\||[:=\u2192]|is\s+set\s+to|set\s+to|is|of|as|to|->|=>)*"
    r"\s*[\"'(]*(?P<path>/[\w{}<>.~%/-]+)",
    re.IGNORECASE,
)
_BUCKET_NAMED = re.compile(r"\bs3\s+bucket\W+(?P<bucket>[a-z0-9][a-z0-9.-]{2,})", re.IGNORECASE)
_DOMAIN = re.compile(r"(?P<domain>[\w.-]+\.amazonaws\.com(?:\.cn)?)", re.IGNORECASE)


def document_scene(name: str, text: str) -> Scene:
    document = read_document(name, text)
    return Scene(
        name=name,
        document=document,
        origins=tuple(_origins(document)),
        keys=tuple(document_keys(document)),
        urls=tuple(document_urls(document)),
        statements=tuple(written_policies(document)),
    )


def _origins(document: Document) -> Iterator[OriginAt]:
    """One origin per origin path; its bucket is named beside it, if at all."""
    seen: set[str] = set()
    for line in document.lines:
        found = _ORIGIN_PATH.search(line.text)
        path = found["path"].rstrip("/.") if found else ""
        if (
            path
            and path not in seen
            and not re.search(r"\b(?:empty|none)\b", line.text, re.IGNORECASE)
        ):
            seen.add(path)
            bucket = _bucket_near(document, line)
            yield OriginAt(Spot(f"{document.name}:{line.number}", line.text), bucket, path)


def _bucket_near(document: Document, line: Line) -> str:
    for near in document.around(line, 4, 4):
        if domain := _DOMAIN.search(near.text):
            return endpoint_of(domain["domain"]).bucket
        if named := _BUCKET_NAMED.search(near.text):
            return named["bucket"]
    names = {p.value for p in pairs(document) if p.name.endswith(("bucketname", "bucket"))}
    return next(iter(names)) if len(names) == 1 else ""
