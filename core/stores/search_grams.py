"""Which rows have a word in their name, in memory: bitmaps of rows by gram of three characters.

Every word is followed by two blanks, so that one and two typed characters are a gram's beginning.
Up to three characters the bitmaps are exact; longer words are looked for in what is left.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from core.stores.search_text import GRAM

Bits = NDArray[np.uint32]

_PAD = "\0" * (GRAM - 1)  # never in a haystack
_MANY = 200  # rows from which on counting all grams at once is faster than one by one
_ALPHABET = 30_000  # characters whose grams, with a row number, fit into 63 bits
_PIECE = 1 << 16
_KNOWN = 64  # words that were looked for are kept until a name changes


_NONE = BitMap()


class Grams:
    def __init__(self) -> None:
        self._words: list[str] = []
        self._grams: dict[str, BitMap] = {}
        self._beginnings: dict[str, set[str]] = defaultdict(set)
        self._known: dict[str, BitMap] = {}

    def put(self, rows: Sequence[int], words: Sequence[str]) -> None:
        """Rows that are gone have no words: ''."""
        self._grow(max(rows, default=-1) + 1)
        fresh: list[tuple[int, str]] = []
        for row, text in zip(rows, words, strict=True):
            old = self._words[row]
            if old == text:
                continue
            for gram in _grams(old):
                self._grams[gram].discard(row)
            self._words[row] = text
            fresh.append((row, text))
        if fresh:
            self._known.clear()
        for start in range(0, len(fresh), _PIECE):
            self._add(fresh[start : start + _PIECE])

    def rows_with(self, word: str) -> Bits:
        """The rows, ascending, whose name has the word in any place."""
        found = self._known.pop(word, None)
        if found is None:
            found = self._found(word)
            if len(self._known) == _KNOWN:
                self._known.pop(next(iter(self._known)))
        self._known[word] = found
        return _numbers(found)

    def _found(self, word: str) -> BitMap:
        if len(word) < GRAM:
            return BitMap().union(*(self._grams[gram] for gram in self._beginnings.get(word, ())))
        wanted = {word[i : i + GRAM] for i in range(len(word) - GRAM + 1)}
        bitmaps = sorted((self._grams.get(gram, _NONE) for gram in wanted), key=len)
        rows = bitmaps[0].intersection(*bitmaps[1:])
        if len(word) == GRAM:
            return rows
        words = self._words
        return BitMap(array("I", [row for row in rows.to_array() if word in words[row]]))

    def _grow(self, size: int) -> None:
        self._words += [""] * (size - len(self._words))

    def _add(self, fresh: Sequence[tuple[int, str]]) -> None:
        sorted_pairs = _sorted_pairs(fresh) if len(fresh) >= _MANY else None
        for gram, numbers in sorted_pairs or _pairs_one_by_one(fresh):
            bitmap = self._grams.get(gram)
            if bitmap is None:
                bitmap = self._grams[gram] = BitMap()
                for length in range(1, GRAM):
                    self._beginnings[gram[:length]].add(gram)
            bitmap.update(numbers)


def _grams(words: str) -> set[str]:
    if not words:
        return set()
    padded = words.replace(" ", _PAD) + _PAD
    return {padded[i : i + GRAM] for i in range(len(padded) - GRAM + 1) if padded[i] != "\0"}


def _pairs_one_by_one(fresh: Sequence[tuple[int, str]]) -> Iterable[tuple[str, array[int]]]:
    found: dict[str, array[int]] = defaultdict(lambda: array("I"))
    for row, text in fresh:
        for gram in _grams(text):
            found[gram].append(row)
    return found.items()


def _sorted_pairs(fresh: Sequence[tuple[int, str]]) -> Iterator[tuple[str, array[int]]] | None:
    """Each gram with its rows, by sorting numbers made of both; None: too many characters."""
    texts = [text.replace(" ", _PAD) + _PAD if text else "" for _, text in fresh]
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    alphabet = np.unique(codes)
    if len(alphabet) > _ALPHABET or len(codes) <= GRAM:
        return None
    symbols = np.searchsorted(alphabet, codes).astype(np.uint64)
    rows = np.repeat(np.arange(len(fresh), dtype=np.uint64), [len(text) for text in texts])
    size = np.uint64(len(alphabet))
    gram = (symbols[:-2] * size + symbols[1:-1]) * size + symbols[2:]
    both = np.sort((gram * np.uint64(_PIECE) + rows[:-2])[codes[:-2] != 0])
    both = both[np.concatenate(([True], both[1:] != both[:-1]))]
    return _split(both, alphabet, np.array([row for row, _ in fresh], np.uint32))


def _split(
    both: NDArray[np.uint64], alphabet: Bits, numbers: Bits
) -> Iterator[tuple[str, array[int]]]:
    grams, rows = both // np.uint64(_PIECE), numbers[both % np.uint64(_PIECE)]
    starts = np.flatnonzero(np.concatenate(([True], grams[1:] != grams[:-1])))
    ends = [*starts[1:].tolist(), len(grams)]
    size = len(alphabet)
    for start, end, gram in zip(starts.tolist(), ends, grams[starts].tolist(), strict=True):
        codes = (gram // size // size, gram // size % size, gram % size)
        found = array("I")
        found.frombytes(rows[start:end].tobytes())
        yield "".join(chr(alphabet[code]) for code in codes), found


def _numbers(rows: BitMap) -> Bits:
    return np.frombuffer(rows.to_array(), np.uint32)
