"""Learns the layouts of a bucket from its keys. Nothing about any product is built in.

A segment that looks like an id, a date, a number, a hash or an address is a variable, and so is
what stands under a word for people (`users`). Names are literal, until very many of them stand side
by side with the same structure below. The order of the keys does not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from core.diagnostics.layouts.layouts import is_personal, kind_of, written
from core.diagnostics.spelling import OWNERS, stem_of
from core.model.migration import Layout, LayoutVariable, SegmentKind

MOST_NAMES = 24  # side by side and alike below, before they are one variable
_MOST_FILES = 3
_DEEPEST = 30
_SAMPLE = 3
_VARIABLE = None  # the label of a child that stands for many


@dataclass(frozen=True)
class Entry:
    """One object of a listing."""

    key: str
    size: int = 0
    etag: str = ""
    modified: datetime | None = None


Label = str | None
Path = tuple[Label, ...]


@dataclass
class _Node:
    folders: dict[Label, _Node] = field(default_factory=dict)
    files: Counter[Label] = field(default_factory=Counter)

    def take(self, other: _Node) -> None:
        self.files.update(other.files)
        for label, node in other.folders.items():
            self.folders.setdefault(label, _Node()).take(node)

    def settle(self) -> None:
        """Turn names into variables where they are many and alike, from the bottom up."""
        for node in self.folders.values():
            node.settle()
        alike: dict[frozenset[Path], list[str]] = {}
        for label, node in self.folders.items():
            if label:
                alike.setdefault(frozenset(node.paths()), []).append(label)
        for names in alike.values():
            if len(names) > MOST_NAMES:
                shared = self.folders.setdefault(_VARIABLE, _Node())
                for name in names:
                    shared.take(self.folders.pop(name))
                shared.settle()
        self._settle_files()

    def _settle_files(self) -> None:
        """A file name is literal only where it recurs, as under many users."""
        names = [label for label in self.files if label]
        if len(names) > _MOST_FILES or any(self.files[name] < 2 for name in names):
            for name in names:
                self.files[_VARIABLE] += self.files.pop(name)

    def paths(self) -> Iterable[Path]:
        for label in self.files:
            yield (label,)
        for label, node in self.folders.items():
            for path in node.paths():
                yield (label, *path)

    def label(self, name: str) -> Label:
        return name if name in self.folders else _VARIABLE


@dataclass(frozen=True, slots=True)
class _Read:
    """One key taken apart: a label for each segment, and what each segment looks like."""

    labels: tuple[Label, ...]
    kinds: tuple[SegmentKind, ...]


def _read(key: str) -> _Read:
    """A segment is a variable by its looks, or by what stands above it."""
    segments = key.split("/")
    segments[-1] = stem_of(segments[-1])
    kinds = tuple(map(_kind, segments))
    labels = list(map(_by_looks, segments, kinds))
    for place, above in enumerate(segments[:-1], start=1):
        if above.lower() in OWNERS and segments[place]:
            labels[place] = _VARIABLE
    if labels[-1] is not _VARIABLE:
        labels[-1] = key.rpartition("/")[2]
    return _Read(tuple(labels), kinds)


_kind = lru_cache(maxsize=65536)(kind_of)


def _by_looks(segment: str, kind: SegmentKind) -> Label:
    return segment if kind is SegmentKind.NAME else _VARIABLE


@dataclass
class _Seen:
    """What was seen of one layout."""

    count: int = 0
    size: int = 0
    personal: bool = False
    newest: datetime | None = None
    sample: list[str] = field(default_factory=list)
    kinds: dict[int, set[SegmentKind]] = field(default_factory=dict)

    def add(self, entry: Entry, path: Path, kinds: tuple[SegmentKind, ...]) -> None:
        self.count, self.size = self.count + 1, self.size + entry.size
        self.personal = self.personal or is_personal(entry.key)
        if entry.modified is not None and (self.newest is None or entry.modified > self.newest):
            self.newest = entry.modified
        if len(self.sample) < _SAMPLE:
            self.sample.append(entry.key)
        for place, label in enumerate(path):
            if label is _VARIABLE:
                self.kinds.setdefault(place, set()).add(kinds[place])


def learn(entries: Iterable[Entry]) -> tuple[Layout, ...]:
    """The layouts of these keys, the one with the most keys first; absurdly deep keys have none."""
    shallow = [entry for entry in entries if entry.key.count("/") < _DEEPEST]
    read = [_read(entry.key) for entry in shallow]
    root = _Node()
    for one in read:
        node = root
        for folder in one.labels[:-1]:
            below = node.folders.get(folder)
            if below is None:
                below = node.folders[folder] = _Node()
            node = below
        node.files[one.labels[-1]] += 1
    root.settle()
    seen: dict[Path, _Seen] = {}
    for entry, one in zip(shallow, read, strict=True):
        path = _path(root, one.labels)
        seen.setdefault(path, _Seen()).add(entry, path, one.kinds)
    made = (_layout(path, found) for path, found in seen.items())
    return tuple(sorted(made, key=lambda layout: (-layout.count, layout.pattern)))


def _path(root: _Node, labels: Path) -> Path:
    node = root
    path: list[Label] = []
    for label in labels[:-1]:
        settled = label if label is None else node.label(label)
        path.append(settled)
        node = node.folders[settled]
    name = labels[-1]
    path.append(name if name in node.files else _VARIABLE)
    return tuple(path)


def _layout(path: Path, seen: _Seen) -> Layout:
    names: list[str] = []
    shown: list[str] = []
    variables: list[LayoutVariable] = []
    for place, label in enumerate(path):
        if label is not None:
            shown.append(written(label))
            continue
        kinds = tuple(sorted(seen.kinds[place]))
        name = _unique(_name(path, place, kinds), names)
        names.append(name)
        shown.append(f"{{{name}}}")
        variables.append(LayoutVariable(name=name, kinds=kinds))
    return Layout(
        pattern="/".join(shown),
        variables=tuple(variables),
        count=seen.count,
        size=seen.size,
        sample=tuple(seen.sample),
        newest=seen.newest,
        personal=seen.personal,
    )


def _name(path: Path, place: int, kinds: tuple[SegmentKind, ...]) -> str:
    """After the folder above: what stands under `users` is a `user`."""
    if place == len(path) - 1:
        return "file"
    if kinds == (SegmentKind.DATE,):
        return "date"
    above = path[place - 1] if place else None
    word = re.sub(r"[^a-z0-9]+", "_", (above or "").lower()).strip("_")[:30]
    word = word.removesuffix("s") if len(word) > 2 else word
    return word if re.match("[a-z]", word) else "id"


def _unique(name: str, taken: list[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"
