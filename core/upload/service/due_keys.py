"""Objects that are written before a record names them, so that none is ever left behind unknown.

The key is noted first. Whoever writes the record drops the note in the same transaction; where
that never happened, `sweep` finds the note and erases what no record names.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

from core.model.progress import DueKey
from core.stores.collection import Collection
from core.stores.records import Delete, Put, RecordStore

GRACE = timedelta(hours=1)  # longer than any request takes
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class DueKeys:
    """`kind` keeps the notes of one purpose apart from another's."""

    def __init__(self, store: RecordStore, kind: str, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._notes = Collection(
            store,
            kind,
            DueKey,
            key=lambda note: note.id,
            sort=lambda note: note.at.strftime(_MOMENT),
        )

    def note(self, key: str, owner_id: str) -> None:
        self._notes.add(self._due(key, owner_id, GRACE))

    def put(
        self, key: str, owner_id: str, after: timedelta = GRACE, keys: tuple[str, ...] = ()
    ) -> list[Put | Delete]:
        """For `transact`: have the key looked at again; nothing where it is noted already."""
        if self._notes.find(key) is not None:
            return []
        due = self._due(key, owner_id, after)
        return [self._notes.put(due.model_copy(update={"keys": keys}))]

    def drop(self, key: str) -> Delete:
        return self._notes.drop(key)

    def forget(self, key: str) -> None:
        self._notes.remove(key)

    def _due(self, key: str, owner_id: str, after: timedelta) -> DueKey:
        return DueKey(id=key, owner_id=owner_id, at=self._clock() + after)

    def sweep(self, settle: Callable[[DueKey], bool]) -> int:
        """`settle` erases what has to go and says whether it did; then the note goes as well."""
        count = 0
        for due in self.over():
            count += settle(due)
            self.forget(due.id)
        return count

    def over(self) -> list[DueKey]:
        """Those to be looked at by now, the oldest first."""
        now = self._clock()
        return [*takewhile(lambda due: due.at <= now, self._notes.all())]
