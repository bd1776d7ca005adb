"""A listing's index, with the same answers as `KeyIndex`; import it where a listing is audited.

Names are found by sorted hashes instead of dictionaries of lists; a hit is compared in full.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from typing import Any, overload

import numpy as np

from core.diagnostics.listing import Listing
from core.diagnostics.neighbours import COMMON, folder_and_name
from core.diagnostics.objects import KeyIndex
from core.diagnostics.spelling import IMAGE_EXTENSIONS, fold, stem_of
from core.model.delivery import Bucket, S3Object

_CHUNK = 4096
OTHER_TABLES = ("by_fold", "by_stem", "by_folder")  # those that no other table needs
_ODD = "%&+\\\t\r\v\f\0"
_EDGES = ("//", "\n/", "/\n", "\n ", " \n")


class CompactIndex(KeyIndex):
    """The index of a listing; the objects have what a listing tells."""

    def __init__(self, bucket: Bucket, listing: Listing) -> None:
        super().__init__(bucket)
        self._listing = listing
        self._names = list(listing.class_names)

    def row(self, key: str) -> int | None:
        return self._listing.rows.get(key)

    def kind(self, row: int) -> int:
        """What of an object decides an answer: its storage class, and whether it has bytes."""
        return self._kinds[row]

    @cached_property
    def _kinds(self) -> Sequence[int]:
        """One byte each where that is enough: millions of them stay near the processor."""
        classes = np.frombuffer(self._listing.classes, dtype=f"u{self._listing.classes.itemsize}")
        empty = np.frombuffer(self._listing.sizes, dtype=np.int64) == 0
        kinds = classes.astype(np.int64) * 2 + empty
        few: bytes = kinds.astype(np.uint8).tobytes()
        return few if kinds.max(initial=0) < 256 else list(kinds.tolist())

    def get(self, key: str) -> S3Object | None:
        row = self._listing.rows.get(key)
        if row is None:
            return None
        size = self._listing.sizes[row]
        return S3Object(
            key=key, size=None if size < 0 else size,
            storage_class=self._names[self._listing.classes[row]] or None,
        )  # fmt: skip

    def is_deleted(self, key: str) -> bool:  # noqa: ARG002 a listing holds current objects only
        return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._listing.rows)

    def __len__(self) -> int:
        return len(self._listing.rows)

    @cached_property
    def _keys(self) -> list[str]:
        return list(self._listing.rows)

    def warm_names(self) -> None:
        """Build the tables of last segments."""
        self._table("by_name", self.sorted_hashes(["by_name"])["by_name"])
        _ = self._kinds
        self.__dict__["by_place"] = self._places(self.__dict__["by_name"].common_rows())

    def warm(self, made: Mapping[str, Sorted] | None = None) -> None:
        """Build every table, so that processes can share them; `made` are ready."""
        if "by_name" not in self.__dict__:
            self.warm_names()
        for name, table in (made or self.sorted_hashes(OTHER_TABLES)).items():
            self._table(name, table)

    def _table(self, name: str, made: Sorted) -> None:
        self.__dict__[name] = HashTable(self._keys, _TABLES[name][1], made)

    def sorted_hashes(self, names: Sequence[str]) -> dict[str, Sorted]:
        """What `warm` takes for these tables; each key is folded once for all of them."""
        made = {name: np.empty(len(self._keys), dtype=np.int64) for name in names}
        for begun in range(0, len(self._keys), _CHUNK):
            folded = list(_folded(self._keys[begun : begun + _CHUNK]))
            for name, hashes in made.items():
                hashes[begun : begun + len(folded)] = _hashes(_TABLES[name][0](folded), len(folded))
        return {name: _in_order(hashes) for name, hashes in made.items()}

    def _places(self, rows: Rows) -> PlaceTable:
        keys = [self._keys[row] for row in rows.tolist()]
        places = list(map(folder_and_name, folded_keys(keys)))
        counts = np.fromiter(map(len, places), dtype=np.int64, count=len(places))
        return PlaceTable(self._keys, np.repeat(rows, counts), chain.from_iterable(places))


Hashes = np.ndarray[Any, np.dtype[np.int64]]
Rows = np.ndarray[Any, np.dtype[np.int32]]
Sorted = tuple[Hashes, Rows]


def _hashes(texts: Iterable[str], count: int) -> Hashes:
    return np.fromiter(map(hash, texts), dtype=np.int64, count=count)


def _in_order(hashes: Hashes) -> Sorted:
    """The hashes in ascending order, and the row of each."""
    order = np.argsort(hashes)
    return hashes[order], order.astype(np.int32)


class HashTable(Mapping[str, Sequence[str]]):
    """Keys by a text that is made from each of them, in the listing's order."""

    def __init__(self, keys: Sequence[str], text_of: Callable[[str], str], made: Sorted) -> None:
        self._source, self._text_of = keys, text_of
        self._hashes, self._order = made
        self._sorted = memoryview(self._hashes.data)
        mask = (1 << max(10, (16 * len(self._hashes)).bit_length() - 1)) - 1
        held = np.zeros(mask + 1, dtype=np.uint8)
        held[self._hashes & mask] = 1
        self._mask, self._held = mask, held.tobytes()  # most texts that are asked for are not there

    def rows(self, text: str) -> Sequence[int]:
        """The rows whose texts have the hash of this one."""
        wanted = hash(text)
        if not self._held[wanted & self._mask]:
            return ()
        start = bisect_left(self._sorted, wanted)
        if start == len(self._sorted) or self._sorted[start] != wanted:
            return ()
        end = bisect_right(self._sorted, wanted, start)
        found: Sequence[int] = self._order[start:end]  # type: ignore[assignment]
        return found

    def __getitem__(self, text: str) -> Sequence[str]:
        found: Sequence[str] | None = self.get(text)
        if found is None:
            raise KeyError(text)
        return found

    def get(self, text: str, default: Any = None, /) -> Any:
        if not self._held[hash(text) & self._mask]:
            return default
        found = self.rows(text)
        if not len(found) or not self._is(found[0], text):
            return default
        return Keys(self._source, found)

    def _is(self, row: int, text: str) -> bool:
        return self._text_of(self._source[row]) == text

    def common_rows(self) -> Rows:
        """The rows of texts that more than `COMMON` keys have, in the listing's order."""
        _, starts, counts = np.unique(self._hashes, return_index=True, return_counts=True)
        spans = [
            self._order[starts[i] : starts[i] + counts[i]] for i in np.flatnonzero(counts > COMMON)
        ]
        return np.sort(np.concatenate(spans)) if spans else np.empty(0, dtype=np.int32)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(map(self._text_of, self._source)))

    def __len__(self) -> int:
        return len(np.unique(self._hashes))


class PlaceTable(HashTable):
    """A table in which one key stands under several texts."""

    def __init__(self, keys: Sequence[str], rows: Rows, texts: Iterable[str]) -> None:
        hashes, order = _in_order(_hashes(texts, len(rows)))
        super().__init__(keys, fold, (hashes, rows[order]))

    def _is(self, row: int, text: str) -> bool:
        return text in folder_and_name(fold(self._source[row]))


class Keys(Sequence[str]):
    """Some keys of a listing, read when they are looked at."""

    __slots__ = ("_rows", "_source")

    def __init__(self, source: Sequence[str], rows: Sequence[int]) -> None:
        self._source, self._rows = source, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Keys: ...
    def __getitem__(self, at: int | slice) -> str | Keys:
        if isinstance(at, slice):
            return Keys(self._source, self._rows[at])
        return self._source[self._rows[at]]

    def __iter__(self) -> Iterator[str]:
        return (self._source[row] for row in self._rows)


def folded_keys(keys: Sequence[str]) -> Iterator[str]:
    """`fold` of each key; plain ones by the thousand."""
    chunks = (keys[i : i + _CHUNK] for i in range(0, len(keys), _CHUNK))
    return chain.from_iterable(map(_folded, chunks))


def _folded(chunk: Sequence[str]) -> Iterable[str]:
    text = "\n" + "\n".join(chunk) + "\n"
    plain = text.isascii() and text.count("\n") == len(chunk) + 1
    if not plain or any(c in text for c in _ODD) or any(edge in text for edge in _EDGES):
        return map(fold, chunk)
    return text[1:-1].casefold().split("\n")


def _stem(folded: str) -> str:
    stem, dot, extension = folded.rpartition(".")
    if dot and extension in IMAGE_EXTENSIONS and stem and not stem.endswith("/"):
        return stem
    return folded


def _name(folded: str) -> str:
    return folded.rpartition("/")[2]


def _folder(folded: str) -> str:
    return folded.rpartition("/")[0]


# Per table: its texts from folded keys, and its text for one key.
_TABLES: dict[str, tuple[Callable[[Iterable[str]], Iterable[str]], Callable[[str], str]]] = {
    "by_fold": (iter, fold),
    "by_stem": (partial(map, _stem), lambda key: stem_of(fold(key))),
    "by_name": (partial(map, _name), lambda key: _name(fold(key))),
    "by_folder": (partial(map, _folder), lambda key: _folder(fold(key))),
}
