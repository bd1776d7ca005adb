"""The daily scan: begun once a day by one process, and once for all the days that were missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.errors import Conflict
from core.model.base import Noun, UtcTime
from core.stores.collection import Collection
from core.stores.records import Operation, RecordStore
from core.usage.schedule import slot_before

_ONLY = "daily"


class _Begun(Noun):
    slot: UtcTime


class Daily:
    def __init__(self, store: RecordStore, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._begun = Collection(store, "storage_schedule", _Begun, key=lambda _: _ONLY)

    def begin(self, hour: int, work: Callable[[], list[Operation]]) -> bool:
        """Write what `work` gives if it is due; the first day only sets the clock."""
        slot, stored = slot_before(self._clock(), hour), self._begun.find(_ONLY)
        if stored is not None and stored.value.slot >= slot:
            return False
        mark = self._begun.put(_Begun(slot=slot), stored.version if stored else 0)
        try:
            self._store.transact([mark, *(work() if stored else ())])
        except Conflict:
            return False  # another process was first
        return stored is not None
