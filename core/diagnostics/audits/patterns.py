"""What many URLs have in common: paths in which the parts that differ are wildcards. Pure.

Parts that look like ids are wildcards at once; names become one where too many stand side by side.
The order in which paths are added does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from urllib.parse import unquote

from core.diagnostics.spelling import OWNERS, stem_of
from core.diagnostics.urls import parse_url

ID, ANY, REST = "{id}", "*", "**"
_FOLDERS = (24, 24, 12, 6)  # names side by side per depth, before they become one wildcard
_FILES = 3  # the same for the last part
_DEEPEST = 12
_LONGEST = 64

_VERSION = re.compile(r"v\d{1,3}", re.IGNORECASE)
_SIZE = re.compile(r"(?:\d{2,4}x\d{2,4}|[1-4]x|[wh]?\d{2,4}(?:w|h|px))", re.IGNORECASE)
_FORMAT = re.compile(r"(?:mp[34]|h26[45]|utf8|s3|web[23]|3d|2d|360)", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{12,}", re.IGNORECASE)


@lru_cache(maxsize=65536)
def is_id(segment: str) -> bool:
    """Whether a part of a path looks like an id, a date, a number, a hash or an e-mail address."""
    text = unquote(segment, errors="replace").strip()
    if len(text) > _LONGEST or "@" in text[1:] or _HEX.fullmatch(text):
        return True
    named = any(kind.fullmatch(text) for kind in (_VERSION, _SIZE, _FORMAT))
    if any(c.isdigit() for c in text):
        return not named
    switches = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return len(text) >= 16 and switches >= 4 and "-" not in text and "_" not in text


@dataclass(slots=True)
class _Node:
    folders: dict[str, _Node] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    any_folder: bool = False
    any_file: bool = False

    def folder(self, name: str, depth: int) -> _Node:
        """The node below, made where it is new."""
        label = self.label(name)
        if label not in self.folders:
            self.folders[label] = _Node()
            self._tidy(depth)
        return self.folders[self.label(name)]

    def label(self, name: str) -> str:
        return ANY if self.any_folder and name not in {ID, ""} else name

    def _tidy(self, depth: int) -> None:
        names = [name for name in self.folders if name not in {ID, ANY, ""}]
        if not self.any_folder and len(names) <= _FOLDERS[min(depth, len(_FOLDERS) - 1)]:
            return
        self.any_folder = True
        merged = self.folders.setdefault(ANY, _Node())
        for name in names:
            merged.take(self.folders.pop(name), depth + 1)

    def file(self, name: str) -> None:
        if self.any_file or name in {ID, ""}:
            return
        self.files.add(name)
        if len(self.files) > _FILES:
            self.any_file, self.files = True, set()

    def take(self, other: _Node, depth: int) -> None:
        """Become what both are together."""
        self.any_folder |= other.any_folder
        self.any_file |= other.any_file
        for name in other.files:
            self.file(name)
        if self.any_file:
            self.files = set()
        for name, node in other.folders.items():
            self.folders.setdefault(name, _Node()).take(node, depth + 1)
        self._tidy(depth)


class PatternTree:
    """Learns from every path of one kind, then says which pattern a path belongs to."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, path: str) -> None:
        *folders, name = labels(path)
        node = self._root
        for depth, folder in enumerate(folders):
            node = node.folder(folder, depth)
        node.file(name)

    def pattern(self, path: str) -> str:
        """The pattern of a path that was added."""
        *folders, name = labels(path)
        node, shown = self._root, []
        for folder in folders:
            label = node.label(folder)
            shown.append(label)
            node = node.folders[label]
        known = name == "" or (name != ID and not node.any_file)
        return "/".join([*shown, name if known else ANY])


def labels(path: str) -> list[str]:
    """A path's parts with ids replaced; the first is empty where it begins with a slash."""
    parts = path.split("/")
    if len(parts) > _DEEPEST:
        parts = [*parts[: _DEEPEST - 2], REST, parts[-1]]
    return list(_labels(parts))


def _labels(parts: list[str]) -> Iterator[str]:
    above = ""
    last = len(parts) - 1
    for i, part in enumerate(parts):
        text = stem_of(part) if i == last else part
        personal = bool(part) and above.lower() in OWNERS
        yield ID if part and part != REST and (personal or is_id(text)) else part
        above = part


def host_and_path(url: str) -> tuple[str, str]:
    """What a URL is filed under. What is no URL has no host, and its text is the path."""
    text = url.strip()
    if not text:
        return "", "(empty)"
    parsed = parse_url(text)
    if parsed.is_absolute_http:
        return parsed.host, parsed.raw_path
    scheme = parsed.scheme
    if scheme and scheme not in {"s3", "ftp"}:
        return "", f"{scheme}:*"
    return "", text.partition("?")[0].partition("#")[0] or "(empty)"
