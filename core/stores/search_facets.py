"""Counts over the rows in memory: by facet, by folder, by month or day. All are exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.model.finding import Facet, Facets, FacetValue, Moment, Timeline
from core.model.media import FileQuery
from core.stores.search_columns import UNKNOWN, Columns, Mask
from core.stores.search_filter import masks
from core.stores.search_grams import Grams
from core.stores.search_rows import tag_key

SHOWN = 50  # values of one facet
_DAY = 86_400_000_000  # microseconds
_LIFTED = (
    *("kind", "state", "folder", "camera", "extension", "owner"),
    *("taken", "private", "shared"),
)


class TagCounts(NamedTuple):
    """Files that have `every` or `some` of the tags, and those for which they are `too_many`."""

    every: int
    some: int
    too_many: int


class Counting:
    """One query's masks, each of which a facet may lift."""

    def __init__(self, columns: Columns, grams: Grams, query: FileQuery) -> None:
        self._columns, self._query = columns, query
        self._lifted: dict[str, Mask] = {}
        rest: Mask | None = None
        for name, mask in masks(columns, grams, query):
            if name in _LIFTED:
                self._lifted[name] = self._lifted[name] & mask if name in self._lifted else mask
            else:
                rest = mask if rest is None else rest & mask
        self._rest = np.zeros(columns.size, bool) if rest is None else rest
        self._all = self._without("")
        self._all_rows = np.flatnonzero(self._all)

    def facets(self, *, owners: bool) -> Facets:
        months = self.timeline("taken", "M", self._without("taken"))
        private, shared = self._without("private"), self._without("shared")
        people = np.unique(self._columns.lists["people"].rows)
        return Facets(
            total=int(np.count_nonzero(self._all)),
            kinds=self._named("kind"),
            states=self._named("state"),
            folders=_facet(self._children()),
            tags=self._tags(),
            cameras=self._named("camera"),
            extensions=self._named("extension"),
            months=_facet({one.period: one.count for one in months.periods}, by_count=False),
            undated=months.undated,
            owners=self._named("owner") if owners else None,
            private=int(np.count_nonzero(private & self._columns.private[: self._columns.size])),
            shared=int(np.count_nonzero(shared[people])),
        )

    def folders(self) -> dict[str, int]:
        """Path → how many of the files lie in it, deeper ones aside."""
        return self._counts("folder", self._all)

    def albums(self) -> dict[str, tuple[int, int]]:
        """Album → (how many files are on it, the row of the newest)."""
        albums = self._columns.lists["albums"]
        on = self._all[albums.rows]
        rows, codes = albums.rows[on], albums.codes[on]
        by_time = np.lexsort((self._columns.number("uploaded")[rows], codes))
        rows, codes = rows[by_time], codes[by_time]
        there, counts = np.unique(codes, return_counts=True)
        newest = rows[np.cumsum(counts) - 1] if len(counts) else rows
        names = (albums.names.values[code] for code in there.tolist())
        return dict(zip(names, zip(counts.tolist(), newest.tolist(), strict=True), strict=True))

    def tagging(self, given: Iterable[str], most: int) -> TagCounts:
        """What giving or taking these tags would find; `most` is how many a file may have."""
        tags = self._columns.lists["tags"]
        on = self._all[tags.rows]
        rows, codes = tags.rows[on], tags.codes[on]
        size, keys = self._columns.size, {tag_key(tag) for tag in given}
        had = np.zeros(size, np.int32)
        for key in keys:
            had[rows[codes == tags.names.find(key)]] += 1
        after = np.bincount(rows, minlength=size) + len(keys) - had
        every = self._all & (had == len(keys))
        return TagCounts(
            every=int(np.count_nonzero(every)),
            some=int(np.count_nonzero(self._all & (had > 0))),
            too_many=int(np.count_nonzero(self._all & ~every & (after > most))),
        )

    def timeline(self, column: str, unit: Literal["M", "D"], mask: Mask | None = None) -> Timeline:
        """`unit` is numpy's: M for months, D for days."""
        numbers = self._columns.number(column).take(self._rows(self._all if mask is None else mask))
        known = numbers[numbers != UNKNOWN]
        undated = len(numbers) - len(known)
        if not len(known):
            return Timeline(periods=(), undated=undated)
        days = known // _DAY  # counted before they become dates, which is slow
        first = int(days.min())
        counts = np.bincount(days - first)
        there = np.flatnonzero(counts)
        periods = (there + first).astype("datetime64[D]").astype(f"datetime64[{unit}]")
        found, starts = np.unique(periods, return_index=True)
        sums = np.add.reduceat(counts[there], starts)
        names: NDArray[np.str_] = np.datetime_as_string(found[::-1], unit=unit)
        pairs = zip(names.tolist(), sums[::-1].tolist(), strict=True)
        return Timeline(
            periods=tuple(Moment(period=name, count=count) for name, count in pairs),
            undated=undated,
        )

    def _rows(self, mask: Mask) -> NDArray[np.intp]:
        return self._all_rows if mask is self._all else np.flatnonzero(mask)

    def _without(self, lifted: str) -> Mask:
        if lifted and lifted not in self._lifted:
            return self._all
        mask = self._rest
        for name, other in self._lifted.items():
            if name != lifted:
                mask = mask & other
        return mask

    def _counts(self, name: str, mask: Mask) -> dict[str, int]:
        values = self._columns.names[name].values
        codes = self._columns.code(name).take(self._rows(mask))
        counts = np.bincount(codes, minlength=len(values))
        return {values[code]: int(counts[code]) for code in np.flatnonzero(counts).tolist()}

    def _named(self, name: str) -> Facet:
        counts = self._counts(name, self._without(name))
        counts.pop("", None)
        return _facet(counts)

    def _tags(self) -> Facet:
        """Tags add up, so those of the query stay: what else have these files?"""
        tags = self._columns.lists["tags"]
        codes = tags.codes[self._all[tags.rows]]
        counts = np.bincount(codes, minlength=len(tags.names.values))
        there = np.flatnonzero(counts)
        most = there[np.argsort(-counts[there], kind="stable")][: SHOWN * 2]
        found = {tags.names.values[code]: int(counts[code]) for code in most.tolist()}
        shown = _facet(found)
        return shown.model_copy(update={"more": len(there) - len(shown.values)})

    def _children(self) -> dict[str, int]:
        base = self._query.folder or ""
        return dict(children(self._counts("folder", self._without("folder")), base))


def children(counts: dict[str, int], base: str) -> Counter[str]:
    """Child of the folder `base` → files in it and deeper."""
    inside = base + "/" if base else ""
    found: Counter[str] = Counter()
    for path, count in counts.items():
        if path != base and path.startswith(inside):
            found[inside + path[len(inside) :].split("/", 1)[0]] += count
    return found


def _facet(counts: dict[str, int], *, by_count: bool = True) -> Facet:
    ordered = list(counts.items())
    if by_count:
        ordered.sort(key=lambda pair: (-pair[1], pair[0]))
    shown = ordered[:SHOWN] if by_count else ordered
    return Facet(
        values=tuple(FacetValue(value=value, count=count) for value, count in shown),
        more=len(ordered) - len(shown),
    )
