"""Remembers which parts of the demo content are there, so that a start may be interrupted."""

from __future__ import annotations

from collections.abc import Callable

from core.stores.records import Record, RecordStore


def once(store: RecordStore, name: str, work: Callable[[], object]) -> bool:
    """Do the work unless it was done in this data folder; whether it was done now."""
    if store.get("demo", name) is not None:
        return False
    work()
    store.put(Record(kind="demo", id=name, data={}))
    return True
