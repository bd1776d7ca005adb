"""How a file can be looked at, from what is known of it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.errors import UnsupportedType
from core.model.media import FileKind, MediaFile
from core.model.viewing import ShownAs

TEXT_HEAD_BYTES = 64 * 1024
PDF = "application/pdf"
PDF_LIMIT = 200 * 1024 * 1024  # what is sent through this server for the browser's PDF viewer

# Pictures that browsers draw themselves; others are seen through their preview only.
_DRAWN = frozenset(
    {"image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp"}
)
_TEXTS = frozenset(
    {
        *("application/javascript", "application/json", "application/ld+json"),
        *("application/sql", "application/toml", "application/x-ndjson", "application/x-sh"),
        *("application/x-yaml", "application/xml", "application/yaml", "image/svg+xml"),
    }
)
_TEXT_SUFFIXES = frozenset(
    {
        *(".c", ".cfg", ".conf", ".cpp", ".css", ".csv", ".go", ".h", ".html", ".ini", ".java"),
        *(".js", ".json", ".jsonl", ".log", ".md", ".markdown", ".py", ".rb", ".rs", ".rst"),
        *(".sh", ".sql", ".srt", ".svg", ".toml", ".ts", ".tsv", ".txt", ".vtt", ".xml", ".yaml"),
        ".yml",
    }
)
_UNKNOWN = "application/octet-stream"


def shown_as(file: MediaFile) -> ShownAs:
    kind = file.content_type.partition(";")[0].strip().lower()
    if kind in _DRAWN or file.rendition("preview"):
        return ShownAs.PICTURE
    if file.kind is FileKind.VIDEO:
        return ShownAs.VIDEO
    if file.kind is FileKind.AUDIO:
        return ShownAs.AUDIO
    if kind == PDF:
        return ShownAs.PDF
    return ShownAs.TEXT if is_text_type(kind, file.name) else ShownAs.NOTHING


def is_text_type(content_type: str, name: str) -> bool:
    """By type; by the name's end only where the type says nothing."""
    if content_type.startswith("text/") or content_type in _TEXTS:
        return True
    suffix = PurePosixPath(name).suffix.lower()
    return content_type == _UNKNOWN and suffix in _TEXT_SUFFIXES


@dataclass(frozen=True)
class Decoded:
    text: str
    encoding: str
    certain: bool


_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(head: bytes, *, cut: bool, name: str) -> Decoded:
    """The text of a file's beginning; `cut`: more follows, perhaps from within a letter.

    Raises `UnsupportedType` for bytes that are no text.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = codecs.getincrementaldecoder(encoding)("replace").decode(head[len(mark) :])
            return Decoded(_readable(text), encoding.upper(), certain=True)
    if b"\0" in head:
        return _wide(head, name)
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, not cut)
    except UnicodeDecodeError:
        return Decoded(_readable(head.decode("latin-1")), "LATIN-1", certain=False)
    return Decoded(_readable(text), "UTF-8", certain=True)


def _wide(head: bytes, name: str) -> Decoded:
    """Text without a mark whose every second byte is mostly empty is UTF-16."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = 0.4 * (len(head) // 2)
    if odd > most and not even:
        encoding = "utf-16-le"
    elif even > most and not odd:
        encoding = "utf-16-be"
    else:
        raise UnsupportedType(f"{name} holds no text.", hint="Download it to open it elsewhere.")
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return Decoded(_readable(text), encoding.upper(), certain=False)


def _readable(text: str) -> str:
    """Signs that only steer a terminal become visible ones."""
    return "".join(
        char if char >= " " or char in "\t\n" else "" if char == "\r" else "\ufffd"
        for char in text.replace("\r\n", "\n").replace("\x7f", "\ufffd")
    )
