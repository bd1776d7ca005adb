"""The fields of all files as arrays over their row numbers, so that filtering is a few comparisons.

At a million files: about 60 MB. Row 0 is nobody's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.stores.search_text import haystack

Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]

GONE, LIVE, TRASH = 0, 1, 2
UNKNOWN = -(2**63)  # no number: a moment or a size that the file doesn't have

NUMBERS = ("uploaded", "taken", "size", "width", "height")
NAMES = ("owner", "folder", "kind", "state", "camera", "extension")
LISTS = ("tags", "albums", "people")
_CHUNK = 1 << 14


class Names:
    """Each distinct text once, as a code: a test is asked per text, not per row."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._codes: dict[str, int] = {}
        self._words: list[str] = []

    def code(self, value: str) -> int:
        found = self._codes.get(value)
        if found is None:
            found = self._codes[value] = len(self.values)
            self.values.append(value)
        return found

    def find(self, value: str) -> int | None:
        return self._codes.get(value)

    def with_word(self, word: str) -> Mask:
        """Per code, whether its text has the word."""
        self._words += (haystack((value,)) for value in self.values[len(self._words) :])
        return np.fromiter((word in words for words in self._words), bool, len(self._words))

    def table(self, test: Callable[[str], bool]) -> Mask:
        """Per code, whether its text passes."""
        return np.fromiter(map(test, self.values), bool, len(self.values))


class Lists:
    """Pairs of row and code: which values each row has."""

    def __init__(self) -> None:
        self.names = Names()
        self.rows: Rows = np.zeros(0, np.int32)
        self.codes: Rows = np.zeros(0, np.int32)

    def put(self, rows: Rows, texts: Sequence[str], size: int) -> None:
        """`texts` are JSON lists, '' where they are empty."""
        pairs = [
            (row, self.names.code(value))
            for row, text in zip(rows.tolist(), texts, strict=True)
            if text
            for value in json.loads(text)
        ]
        old = np.zeros(size, bool)
        old[rows] = True
        stay = ~old[self.rows]
        if pairs or not stay.all():
            fresh = np.array(pairs, np.int32).reshape(-1, 2)
            self.rows = np.concatenate((self.rows[stay], fresh[:, 0]))
            self.codes = np.concatenate((self.codes[stay], fresh[:, 1]))

    def rows_with(self, value: str) -> Rows:
        code = self.names.find(value)
        return self.rows[:0] if code is None else self.rows[self.codes == code]


class Columns:
    def __init__(self) -> None:
        self._size = 1
        self.place = np.zeros(_CHUNK, np.uint8)
        self.private = np.zeros(_CHUNK, bool)
        self.numbers = {name: np.zeros(_CHUNK, np.int64) for name in NUMBERS}
        self.codes = {name: np.zeros(_CHUNK, np.int32) for name in NAMES}
        self.names = {name: Names() for name in NAMES}
        self.lists = {name: Lists() for name in LISTS}

    @property
    def size(self) -> int:
        """All row numbers are below it."""
        return self._size

    def put(self, rows: Rows, fields: Mapping[str, Sequence[Any]]) -> None:
        self._grow(int(rows.max(initial=0)) + 1)
        self.place[rows] = np.array(fields["trashed"], np.uint8) + LIVE
        self.private[rows] = np.array(fields["private"], bool)
        for name, numbers in self.numbers.items():
            numbers[rows] = [UNKNOWN if value is None else value for value in fields[name]]
        for name, codes in self.codes.items():
            code = self.names[name].code
            codes[rows] = [code(value) for value in fields[name]]
        for name, lists in self.lists.items():
            lists.put(rows, fields[name], self._size)

    def drop(self, rows: Rows) -> None:
        self._grow(int(rows.max(initial=0)) + 1)
        self.place[rows] = GONE
        for lists in self.lists.values():
            lists.put(rows, [""] * len(rows), self._size)

    def number(self, name: str) -> NDArray[np.int64]:
        return self.numbers[name][: self._size]

    def code(self, name: str) -> Rows:
        return self.codes[name][: self._size]

    def mask(self, rows: Sequence[int] | NDArray[Any]) -> Mask:
        found = np.zeros(self._size, bool)
        found[rows] = True
        return found

    def _grow(self, size: int) -> None:
        self._size = max(self._size, size)
        room = len(self.place)
        if self._size > room:
            more = max(room // 2, self._size - room + _CHUNK)
            self.place = _longer(self.place, more)
            self.private = _longer(self.private, more)
            self.numbers = {name: _longer(old, more) for name, old in self.numbers.items()}
            self.codes = {name: _longer(old, more) for name, old in self.codes.items()}


def _longer(old: NDArray[Any], more: int) -> NDArray[Any]:
    return np.concatenate((old, np.zeros(more, old.dtype)))
