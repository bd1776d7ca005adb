"""Candidates that are the same or look alike, as groups of places; needs NumPy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from core.library.look_alikes import Places, stars, telling
from core.stores.search_prints import Candidates

__all__ = ["Places", "by_checksum", "by_look", "decisions", "freed"]


def by_checksum(found: Candidates) -> list[Places]:
    order = np.lexsort((found.uploaded, found.group))
    edges = np.flatnonzero(np.diff(found.group[order])) + 1
    return [places for places in np.split(order, edges) if len(places) > 1]


def by_look(found: Candidates, distance: int) -> tuple[list[Places], bool]:
    """The groups, and whether all were found."""
    said = np.flatnonzero(telling(found.group))
    groups, complete = stars(found.group[said], found.pixels[said], distance)
    return [said[places] for places in groups], complete


def freed(found: Candidates, places: Places) -> int:
    """Bytes that go when only the first of a group stays."""
    return int(found.stored[places[1:]].sum())


def decisions(
    found: Candidates, groups: Sequence[Places], kept: Mapping[str, Sequence[int]]
) -> list[str]:
    """For each group the decision that has all of its files; '' where somebody has to look.

    `kept` has the rows of each decision.
    """
    holders: dict[int, set[str]] = defaultdict(set)
    for id_, rows in kept.items():
        for row in rows:
            holders[row].add(id_)
    decided = np.isin(found.row, np.fromiter(holders, dtype=np.int64))
    return [
        _shared(holders, found.row[places].tolist()) if decided[places].all() else ""
        for places in groups
    ]


def _shared(holders: Mapping[int, set[str]], rows: Sequence[int]) -> str:
    return min(set.intersection(*(holders[row] for row in rows)), default="")
