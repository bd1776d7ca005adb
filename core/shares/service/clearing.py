"""Links that ended long ago: their records go, what the audit log tells of them stays.

The row that files a link by its day goes last, so that what broke off is found and finished.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from core.errors import Conflict
from core.model.sharing import ShareByDate
from core.shares import rules
from core.shares.people import UNDO_LIFE
from core.shares.service.desk import Desk

_BATCH = 90  # a transaction takes a hundred operations


class Clearing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def purge(self) -> int:
        """How many links are gone for good now."""
        kept = timedelta(days=self._desk.settings.ended_link_days)
        before = self._desk.clock() - kept
        self._forget_taken()
        return sum(self._purge_one(row.share_id, before) for row in self._born(before))

    def _forget_taken(self) -> None:
        """Rights that can't be given back any more; the oldest come first."""
        over = self._desk.clock() - UNDO_LIFE
        records = self._desk.records.taken
        while True:
            found = records.page(limit=_BATCH).items
            old = [taken for taken in found if taken.at <= over]
            for taken in old:
                records.remove(taken.file_id)
            if not old or len(old) < len(found):
                return

    def _born(self, before: datetime) -> Iterator[ShareByDate]:
        """Oldest first; a younger link can't have ended for so long."""
        after: str | None = None
        while True:
            found = self._desk.records.by_date.page(after=after, limit=500)
            old = [row for row in found.items if row.created_at <= before]
            yield from old
            if found.next is None or len(old) < len(found.items):
                return
            after = found.next

    def _purge_one(self, link_id: str, before: datetime) -> bool:
        records = self._desk.records
        stored = records.links.find(link_id)
        if stored is not None:
            if rules.over_since(stored.value) > before:
                return False
            drops = [records.links.drop(link_id, stored.version), records.secrets.drop(link_id)]
            event = self._desk.event("share.purged", stored.value)
            try:
                self._desk.store.transact([*drops, self._desk.audit.put(event)])
            except Conflict:
                return False  # changed at this very moment: the next purge looks again
        self._forget_drops(link_id)
        records.by_date.remove(link_id)
        return stored is not None

    def _forget_drops(self, link_id: str) -> None:
        """What was sent through a box stays in the library; only its entries in the box go."""
        drops = self._desk.records.drops
        ids = [drop.id for drop in drops.all(link_id)]
        for start in range(0, len(ids), _BATCH):
            self._desk.store.transact([drops.drop(one) for one in ids[start : start + _BATCH]])
