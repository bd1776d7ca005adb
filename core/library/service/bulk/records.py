"""What is remembered of a bulk: itself, the files in the order they are done, what each step did.

The numbers of a bulk are written in the same transaction as the files that they count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pydantic import Field

from core.errors import NotFound
from core.library.bulk import Undoing
from core.model.base import Noun
from core.model.changes import Bulk, Refusal
from core.model.identity import Actor, Permission
from core.stores.collection import Collection, Stored
from core.stores.records import Operation, Put, RecordStore

PART = 1000  # files in one part of the list
FIRST_REFUSALS = 100
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class BulkPart(Noun):
    """Some of a bulk's files; `undo` has what an undoing puts back."""

    bulk_id: str
    start: int
    ids: tuple[str, ...]
    undo: dict[str, Undoing] = Field(default_factory=dict)


class BulkResult(Noun):
    """What one step did beyond counting."""

    bulk_id: str
    start: int
    refusals: tuple[Refusal, ...] = ()
    undo: dict[str, Undoing] = Field(default_factory=dict)


class BulkRecords:
    def __init__(self, store: RecordStore) -> None:
        self.store = store
        self.bulks = Collection(
            store,
            "bulk",
            Bulk,
            key=lambda bulk: bulk.id,
            parent=lambda bulk: bulk.owner_id,
            sort=lambda bulk: bulk.created_at.strftime(_MOMENT),
        )
        self._parts = Collection(
            store, "bulk_part", BulkPart, key=_key, parent=lambda p: p.bulk_id, sort=_sort
        )
        self._results = Collection(
            store, "bulk_result", BulkResult, key=_key, parent=lambda r: r.bulk_id, sort=_sort
        )

    def own(self, actor: Actor, id: str) -> Stored[Bulk]:
        """Raise `NotFound` for another person's bulk, unless one manages everybody's files."""
        stored = self.bulks.find(id)
        mine = stored is not None and stored.value.owner_id == actor.account_id
        if stored is None or not (mine or actor.may(Permission.MEDIA_MANAGE)):
            raise NotFound(f"There is no bulk change {id[:80]!r}.", hint="It may be long ago.")
        return stored

    def parts_of(self, bulk_id: str, ids: Iterable[str]) -> Iterator[Put]:
        """The operations that write down the files; over what a try before has left."""
        rest, start = iter(ids), 0
        while chunk := tuple(islice(rest, PART)):
            yield self._part(BulkPart(bulk_id=bulk_id, start=start, ids=chunk))
            start += len(chunk)

    def undo_parts(self, bulk_id: str, undone: str) -> list[Put]:
        """The same for an undoing: what each step of `undone` changed, in the same order."""
        start, puts = 0, []
        for result in self._results.all(undone):
            if result.undo:
                part = BulkPart(
                    bulk_id=bulk_id, start=start, ids=tuple(result.undo), undo=result.undo
                )
                puts.append(self._part(part))
                start += len(result.undo)
        return puts

    def parts(self, bulk: Bulk) -> Iterator[BulkPart]:
        """In order, and read one by one: a listing may be behind what was written just now."""
        start = 0
        while start < bulk.total:
            part = self._parts.get(f"{bulk.id}/{start:09}")
            yield part
            start += len(part.ids)

    def _part(self, part: BulkPart) -> Put:
        stored = self._parts.find(_key(part))
        return self._parts.put(part, stored.version if stored else 0)

    def result(
        self, bulk_id: str, start: int, refusals: Sequence[Refusal], undo: dict[str, Undoing]
    ) -> tuple[Operation, ...]:
        """The operation that keeps a step's outcome; none where there is nothing to keep."""
        if not refusals and not undo:
            return ()
        kept = BulkResult(bulk_id=bulk_id, start=start, refusals=tuple(refusals), undo=undo)
        return (self._results.put(kept),)

    def refusals(self, bulk_id: str) -> Iterator[Refusal]:
        for result in self._results.all(bulk_id):
            yield from result.refusals


def _key(one: BulkPart | BulkResult) -> str:
    return f"{one.bulk_id}/{one.start:09}"


def _sort(one: BulkPart | BulkResult) -> str:
    return f"{one.start:09}"
