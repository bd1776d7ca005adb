"""Candidates that are the same or look alike, as groups of places; needs NumPy."""

from __future__ import annotations

import numpy as np

from core.library.look_alikes import Places, stars, telling
from core.stores.search_prints import Candidates

__all__ = ["Places", "by_checksum", "by_look", "freed"]


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
