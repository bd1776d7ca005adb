"""Look-up tables of large listings, made in a second process while the first reads on."""

from __future__ import annotations

import mmap
import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from core.diagnostics.listing_index import OTHER_TABLES, CompactIndex, Sorted

_FEW = 50_000  # objects for which a second process is not worth its start

Made = dict[str, dict[str, Sorted]]


@contextmanager
def tables_beside(indexes: Mapping[str, CompactIndex]) -> Iterator[Made]:
    """What `ListedIndexes.warm` takes; it is complete when the block ends.

    Hashes of texts agree only between a process and its forks.
    """
    large = {name: index for name, index in indexes.items() if len(index) > _FEW}
    made: Made = {name: _space(len(index)) for name, index in large.items()}
    if not large:
        yield made
        return
    helper = multiprocessing.get_context("fork").Process(target=_fill, args=(large, made))
    helper.start()
    try:
        yield made
    finally:
        helper.join()
        if helper.exitcode:
            made.clear()  # the tables are then made here


def _space(count: int) -> dict[str, Sorted]:
    """Memory that a forked process shares."""
    return {
        name: (
            np.frombuffer(mmap.mmap(-1, 8 * count), dtype=np.int64),
            np.frombuffer(mmap.mmap(-1, 4 * count), dtype=np.int32),
        )
        for name in OTHER_TABLES
    }


def _fill(indexes: Mapping[str, CompactIndex], made: Made) -> None:
    for bucket, index in indexes.items():
        for name, (hashes, order) in index.sorted_hashes(OTHER_TABLES).items():
            made[bucket][name][0][:] = hashes
            made[bucket][name][1][:] = order
