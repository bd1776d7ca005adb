"""Where saved cases lie: a small record each, its snapshot, its monitor, and what was checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.errors import Conflict, NotFound
from core.model.base import Noun
from core.model.saved_case import Check, Monitor, SavedCase, WatchState
from core.stores.collection import Collection, Listing, Stored
from core.stores.large_texts import LargeTexts
from core.stores.records import Operation, RecordStore

KEPT_CHECKS = 300
_NEVER_JUDGED = "new"
_FILED = (_NEVER_JUDGED, *(state.value for state in WatchState))
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Watched(Noun):
    """A monitor as it is filed: under what is certain of it, the one that is due first."""

    case_id: str
    monitor: Monitor


class KeptCheck(Noun):
    case_id: str
    number: int
    check: Check


class CaseBook:
    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._cases = Collection(
            store,
            "saved_case",
            SavedCase,
            key=lambda case: case.id,
            sort=lambda case: case.saved_at.strftime(_MOMENT),
        )
        self._monitors = Collection(
            store,
            "case_monitor",
            Watched,
            key=lambda watched: watched.case_id,
            parent=lambda watched: watched.monitor.known or _NEVER_JUDGED,
            sort=lambda watched: watched.monitor.next_at.strftime(_MOMENT),
        )
        self._checks = Collection(
            store,
            "case_check",
            KeptCheck,
            key=lambda kept: f"{kept.case_id}/{kept.number:08}",
            parent=lambda kept: kept.case_id,
            sort=lambda kept: f"{kept.number:08}",
        )
        self._snapshots = LargeTexts(store, "case_snapshot")

    # Cases

    def add(self, case: SavedCase, snapshot: dict[str, Any]) -> None:
        self._store.transact([self._cases.put(case), *self._snapshots.put(case.id, snapshot)])

    def cases(self, limit: int, after: str | None) -> Listing[SavedCase]:
        """Newest first, each with its monitor."""
        watched = {one.case_id: one.monitor for one in self._all_watched()}
        page = self._cases.page(after=after, limit=limit, descending=True)
        found = (c.model_copy(update={"monitor": watched.get(c.id)}) for c in page.items)
        return Listing(tuple(found), page.next)

    def case(self, id: str) -> SavedCase:
        found = self._monitors.find(id)
        monitor = found.value.monitor if found is not None else None
        return self._found(id).model_copy(update={"monitor": monitor})

    def _found(self, id: str) -> SavedCase:
        found = self._cases.find(id) if id else None
        if found is None:
            raise NotFound("There is no such case.", hint="It may have been deleted.")
        return found.value

    def snapshot(self, id: str) -> dict[str, Any]:
        snapshot: dict[str, Any] = self._snapshots.get(id)
        return snapshot

    def remove(self, id: str) -> None:
        """The case first: what is left of one that was cut short is found by nobody."""
        self._found(id)
        self._cases.remove(id)
        self._monitors.remove(id)
        operations: list[Operation] = [*self._snapshots.remove(id)]
        if operations:
            self._store.transact(operations)
        for kept in self._checks.all(id):
            self._checks.remove(f"{id}/{kept.number:08}")

    # Monitors

    def watch(self, id: str, monitor: Monitor) -> None:
        """Begin or replace."""
        stored = self._monitors.find(id)
        watched = Watched(case_id=id, monitor=monitor)
        self._monitors.save(watched, stored.version if stored is not None else 0)

    def unwatch(self, id: str) -> None:
        self._monitors.remove(id)

    def monitor(self, id: str) -> Stored[Watched] | None:
        return self._monitors.find(id)

    def take(self, stored: Stored[Watched], monitor: Monitor) -> Stored[Watched] | None:
        """Write what this caller alone may go on with; None where somebody was faster."""
        changed = stored.value.model_copy(update={"monitor": monitor})
        try:
            self._monitors.save(changed, stored.version)
        except Conflict:
            return None
        return self._monitors.find(stored.value.case_id)

    def listed(self, state: WatchState | None) -> Iterator[Watched]:
        """Those of which `state` is certain, the one that is due first at the front."""
        return self._monitors.all(state or _NEVER_JUDGED)

    def _all_watched(self) -> Iterator[Watched]:
        for filed in _FILED:
            yield from self._monitors.all(filed)

    # Checks

    def keep(self, id: str, number: int, check: Check) -> None:
        """A check in its place of the history, whose oldest one goes."""
        kept = KeptCheck(case_id=id, number=number, check=check)
        found = self._checks.find(f"{id}/{number:08}")
        self._checks.save(kept, found.version if found is not None else 0)
        if number > KEPT_CHECKS:
            self._checks.remove(f"{id}/{number - KEPT_CHECKS:08}")

    def history(self, id: str, limit: int = KEPT_CHECKS) -> tuple[Check, ...]:
        """Newest first."""
        kept = self._checks.page(id, limit=limit, descending=True).items
        return tuple(one.check for one in kept)
