"""Which fingerprints are near each other, among a million. Pure.

Two of 64 bits that differ in at most six have at least two of their eight bytes in common. So all
are sorted once for each pair of bytes, and only neighbours in that order are compared.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_LEAST_BITS = 4  # a plain wall is like any other plain wall: that says nothing
_MOST_COMPARED = 1_500_000_000

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]


def telling(hashes: Hashes) -> NDArray[np.bool_]:
    """Whether a fingerprint says enough of its picture to be compared."""
    bits = np.bitwise_count(hashes)
    return (bits >= _LEAST_BITS) & (bits <= 64 - _LEAST_BITS)


def near(hashes: Hashes, distance: int) -> tuple[Places, Places, bool]:
    """Pairs of places, each once, and whether all were found. `hashes` are all different."""
    firsts: list[Places] = []
    seconds: list[Places] = []
    compared, complete = 0, True
    for one, other in combinations(range(8), 2):
        keys = (_bytes(hashes, one) << np.uint64(8) | _bytes(hashes, other)).astype(np.uint16)
        order = np.argsort(keys, kind="stable")  # of 16 bits: sorted by radix, in one go
        here, there, count, whole = _neighbours(
            keys[order], hashes[order], distance, _MOST_COMPARED - compared
        )
        compared, complete = compared + count, complete and whole
        firsts.append(order[here])
        seconds.append(order[there])
    return *_once(np.concatenate(firsts), np.concatenate(seconds)), complete


def stars(hashes: Hashes, quality: Places, distance: int) -> tuple[list[Places], bool]:
    """Places by group: the best first, and those near it. Nobody is in two groups.

    Near the best one, not near somebody who is near it: a chain would join what is not alike.
    """
    unique, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    first, second, complete = near(unique, distance)
    members = np.split(np.argsort(inverse, kind="stable"), np.cumsum(counts)[:-1])
    neighbours: dict[int, list[int]] = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    interesting = set(neighbours) | set(np.flatnonzero(counts > 1).tolist())
    best = {one: members[one][np.argmax(quality[members[one]])] for one in interesting}
    taken: set[int] = set()
    groups: list[Places] = []
    for one in sorted(interesting, key=lambda one: -int(quality[best[one]])):
        if one in taken:
            continue
        alike = [one, *(near for near in neighbours.get(one, ()) if near not in taken)]
        places = np.concatenate([members[near] for near in alike])
        if len(places) > 1:
            taken.update(alike)
            groups.append(places[np.argsort(-quality[places], kind="stable")])
    return groups, complete


def _bytes(hashes: Hashes, number: int) -> Hashes:
    return (hashes >> np.uint64(8 * number)) & np.uint64(0xFF)


def _neighbours(
    keys: NDArray[np.uint16], hashes: Hashes, distance: int, budget: int
) -> tuple[Places, Places, int, bool]:
    """Pairs with the same key and a small difference, in an order sorted by key."""
    here, there = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    active, compared, step = np.arange(len(keys) - 1), 0, 1
    while len(active):
        active = active[active + step < len(keys)]
        active = active[keys[active] == keys[active + step]]
        compared += len(active)
        if compared > budget:
            return np.concatenate(here), np.concatenate(there), compared, False
        bits = np.bitwise_count(hashes[active] ^ hashes[active + step])
        close = active[bits <= distance]
        here.append(close)
        there.append(close + step)
        step += 1
    return np.concatenate(here), np.concatenate(there), compared, True


def _once(first: Places, second: Places) -> tuple[Places, Places]:
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs = np.unique(low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64))
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(
        np.int64
    )
