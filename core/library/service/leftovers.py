"""Deletes the objects that copies and moves leave behind, also after a crash in their middle.

`begin` before the first copy; `settled` goes into the transaction that writes the record, which
fails where the copies were given up meanwhile; `give_up` where it all fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from core.errors import Conflict, DashboardError
from core.library import leftovers as rules
from core.library.leftovers import LeftObjects
from core.library.service.shelf import Shelf
from core.model.identity import Actor
from core.model.media import MediaFile
from core.stores.collection import Collection, Stored
from core.stores.each import each
from core.stores.records import Operation

Forget = Callable[[MediaFile, tuple[str, ...], Actor], object]  # by the CDN, for somebody


class Leftovers:
    def __init__(self, shelf: Shelf, forget: Forget | None = None) -> None:
        self._shelf, self._forget = shelf, forget
        self._left = Collection(shelf.store, "left_objects", LeftObjects, key=lambda left: left.key)

    def begin(self, planned: LeftObjects, *, again: bool = False) -> Stored[LeftObjects]:
        """`again`: the same copies may have been begun by an attempt that has broken off; should
        it be alive after all, it can't write its record any more.
        """
        self.finish_one(planned.key)
        found = self._left.find(planned.key)
        if found is not None and not (again and found.value.begun):
            raise Conflict("The file is being moved by others.", hint="Try again in a minute.")
        begun = planned.model_copy(update={"begun": self._shelf.clock()})
        put = self._left.put(begun, found.version if found else 0)
        (record,) = self._shelf.store.transact([put])
        return Stored(begun, record.version)

    @contextmanager
    def begun(self, planned: LeftObjects, *, again: bool = False) -> Iterator[Stored[LeftObjects]]:
        """What is made within goes again where it ends in an error.

        Raises `Conflict` where somebody else is at the same objects; `again` as with `begin`.
        """
        intent = self.begin(planned, again=again)
        try:
            yield intent
        except Exception:
            self.give_up(intent)
            raise

    def settled(self, intent: Stored[LeftObjects], left: LeftObjects | None = None) -> Operation:
        """For `transact`: the record names the copies from now on, and what is `left` instead."""
        if left is None:
            return self._left.drop(intent.value.key, intent.version)
        return self._left.put(left, intent.version)

    def give_up(self, intent: Stored[LeftObjects]) -> None:
        """The copies go, public ones of a private file above all; not where others made them."""
        with suppress(DashboardError):  # what can't be deleted now is later, by `finish`
            self._left.save(intent.value.model_copy(update={"begun": None}), intent.version)
            self.finish_one(intent.value.key)

    def finish(self) -> int:
        """Delete what was left behind because something broke off, and what files let go of."""
        try:
            return each([one.key for one in self._left.all()], self.finish_one)
        finally:
            self._shelf.released.finish()

    def finish_one(self, key: str) -> bool:
        """Nothing is done where there is nothing, or somebody is at it."""
        found = self._left.find(key)
        if found is None or rules.under_way(found.value, self._shelf.clock()):
            return False
        try:
            claim = self._claimed(found)
        except Conflict:
            return False  # somebody else was faster
        try:
            self._delete(claim.value)
        except BaseException:
            with suppress(Conflict):  # the next one need not wait until the claim ends
                self._left.save(claim.value.model_copy(update={"claimed": None}), claim.version)
            raise
        with suppress(Conflict):
            self._shelf.store.transact([self._left.drop(key, claim.version)])
        return True

    def _claimed(self, found: Stored[LeftObjects]) -> Stored[LeftObjects]:
        """From here on whoever began these copies can't have them named by a record any more."""
        claimed = found.value.model_copy(update={"begun": None, "claimed": self._shelf.clock()})
        (record,) = self._shelf.store.transact([self._left.put(claimed, found.version)])
        return Stored(claimed, record.version)

    def _delete(self, left: LeftObjects) -> None:
        stored = self._shelf.files.find(left.file_id)
        file = stored.value if stored else None
        remove = self._shelf.eraser.hide if left.hide else self._shelf.eraser.keys
        gone = remove(left.bucket, rules.still_left(left, file), f"file/{left.file_id}")
        if gone and left.served and file is not None and self._forget is not None:
            self._forget(file, gone, left.by)
