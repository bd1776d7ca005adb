"""Objects with a similar name, found without looking at every key of a large bucket.

What is left out can't be a candidate (two slips leave one of five pieces whole), or says nothing:
a name that many objects share counts only beside a folder that few of them share.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.diagnostics.spelling import fold

COMMON = 16  # objects that may share a name before the name alone says nothing
_PIECES = 5  # two swaps can each break two pieces
_SLIPS = 2
_SMALL = 4  # names that are compared one by one


@dataclass(frozen=True, slots=True)
class Folder:
    """The names in one folder, also as one text in which pieces are found quickly."""

    keys: Sequence[str]
    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, keys: Sequence[str]) -> Folder:
        names = [fold(key).rpartition("/")[2] for key in keys]
        starts, at = [], 0
        for name in names:
            starts.append(at)
            at += len(name) + 1
        return cls(keys, "\0".join(names), tuple(starts))

    def near(self, name: str, word: str, *, whole: bool) -> Iterator[str]:
        """Every key whose name may be two slips away from the folded `name`.

        `word` is the part of the name by which to look; `whole`: it has to be there unchanged.
        """
        if len(self.keys) <= _SMALL:
            yield from self.keys
            return
        region = word if word and word in name else name
        if whole and region is word:
            rows = self._with(word)
        elif len(region) < _PIECES:
            rows = set(range(len(self.keys)))
        else:
            start = name.index(region)
            rows = {row for at, piece in pieces(region) for row in self._with(piece, start + at)}
        yield from (self.keys[row] for row in sorted(rows))

    def _with(self, piece: str, offset: int | None = None) -> set[int]:
        """The rows whose names hold a piece, at most two characters from `offset` where given."""
        rows, starts, last = set(), self.starts, len(self.starts)
        at = self.text.find(piece)
        while at >= 0:
            row = bisect_right(starts, at)
            if offset is None or -_SLIPS <= at - starts[row - 1] - offset <= _SLIPS:
                rows.add(row - 1)
                if row == last:
                    break
                at = self.text.find(piece, starts[row])
            else:
                at = self.text.find(piece, at + 1)
        return rows


def pieces(text: str) -> list[tuple[int, str]]:
    """The text cut in five, with offsets: of two slips at least one piece stays as it is."""
    size, more = divmod(len(text), _PIECES)
    found, at = [], 0
    for i in range(_PIECES):
        end = at + size + (i < more)
        found.append((at, text[at:end]))
        at = end
    return found


def folder_and_name(folded: str) -> list[str]:
    """A folded key's last segment beside each of the two folders above it."""
    parts = folded.rsplit("/", 3)
    name = parts[-1]
    if len(parts) > 2:
        return [f"{parts[-3]}/{name}", f"{parts[-2]}/{name}"]
    return [f"{parts[0]}/{name}"] if len(parts) == 2 else []


def beside_folders(keys: Iterable[str]) -> dict[str, list[str]]:
    """Keys by what `folder_and_name` says of them."""
    table: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        for place in folder_and_name(fold(key)):
            table[place].append(key)
    return table
