"""One name in one folder: who has it, and how a newcomer gets in without covering anything.

A name may be taken twice where nobody minds. Whoever minds writes the name's record in the same
transaction, so that of two at the same moment the second one looks again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from core.errors import Conflict
from core.model.base import Noun
from core.model.changes import OnConflict
from core.model.media import FileQuery, FileSort, MediaFile
from core.model.names import numbered, stem_and_suffix
from core.stores.account_records import AccountRecords
from core.stores.collection import Collection, Stored
from core.stores.files import file_records
from core.stores.records import Operation, RecordStore
from core.stores.search_index import SearchIndex
from core.stores.search_text import fold

_MOST = 10_000  # `name (2)` … `name (10000)`
_PAGE = 200

Clearing = Callable[[Stored[MediaFile]], Operation]


class Named(Protocol):
    """What stands, or wants to stand, under a name."""

    @property
    def id(self) -> str: ...
    @property
    def owner_id(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def name(self) -> str: ...


class NameHolder(Noun):
    """The file that got a name last, by somebody who minded."""

    id: str
    file_id: str


@dataclass(frozen=True)
class Settled:
    """The file under a name that it may have, and what belongs into its transaction."""

    file: MediaFile
    operations: tuple[Operation, ...] = ()


class FileNames:
    def __init__(self, store: RecordStore, index: SearchIndex) -> None:
        self._store, self._index = store, index
        self._files = file_records(store)
        self._accounts = AccountRecords(store).accounts
        self._turns = Collection(store, "file_name", NameHolder, key=lambda turn: turn.id)

    def settle(self, file: MediaFile, how: OnConflict, clear: Clearing) -> Settled:
        """Raise `Conflict` where the name is taken and `how` says to refuse.

        `clear` makes way: the operation that takes a file off the name, for `REPLACE`.
        """
        if how is OnConflict.ALLOW:
            return Settled(file)
        turn = self._turns.find(_turn_id(file))
        holders = self.holders(file, turn)
        if holders and how is OnConflict.KEEP_BOTH:
            return self._beside(file)
        if holders and how is OnConflict.REFUSE:
            raise self.taken(holders[0].value)
        cleared = tuple(clear(holder) for holder in holders)
        return Settled(file, (*cleared, self._take(file, turn)))

    def holders(
        self, file: Named, turn: Stored[NameHolder] | None = None
    ) -> list[Stored[MediaFile]]:
        """Live files of the same owner, folder and name, besides this one."""
        self._index.refresh(self._store)
        ids = [found.id for found in self._like(file, file.name)]
        if turn is not None:  # an index may be behind the store
            ids.append(turn.value.file_id)
        stored = (self._files.find(one) for one in dict.fromkeys(ids) if one != file.id)
        return [found for found in stored if found is not None and _same_place(found.value, file)]

    def who(self, account_id: str) -> str:
        """How people call an account; its id where it has no name."""
        stored = self._accounts.find(account_id) if account_id else None
        return (stored.value.username or stored.value.email) if stored else account_id

    def _beside(self, file: MediaFile) -> Settled:
        stem, _ = stem_and_suffix(file.name)
        taken = {fold(found.name) for found in self._like(file, stem) if found.id != file.id}
        for number in range(2, _MOST):
            other = file.model_copy(update={"name": numbered(file.name, number)})
            if fold(other.name) in taken:
                continue
            turn = self._turns.find(_turn_id(other))
            if not self.holders(other, turn):
                return Settled(other, (self._take(other, turn),))
        raise Conflict(f"There are too many files like {file.name}.", hint="Use another name.")

    def _like(self, file: Named, text: str) -> Iterator[MediaFile]:
        """Live files in the folder whose name may be this one."""
        query = FileQuery(owner_id=file.owner_id, folder=file.folder, text=text, sort=FileSort.NAME)
        cursor: str | None = None
        while True:
            page = self._index.search(query, limit=_PAGE, cursor=cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _take(self, file: MediaFile, turn: Stored[NameHolder] | None) -> Operation:
        held = NameHolder(id=_turn_id(file), file_id=file.id)
        return self._turns.put(held, turn.version if turn else 0)

    def taken(self, holder: MediaFile) -> Conflict:
        at = holder.changed_at or holder.uploaded_at
        by = self.who(holder.changed_by or holder.owner_id)
        where = f"The folder /{holder.folder}" if holder.folder else "The library"
        return Conflict(
            f"{where} has {holder.name} already, of {by} at {at:%Y-%m-%d %H:%M} UTC.",
            hint="Keep both, replace it, or leave it: say which with `on_conflict`.",
        )


def _same_place(one: MediaFile, other: Named) -> bool:
    return one.trashed_at is None and _place(one) == _place(other)


def _place(file: Named) -> tuple[str, str, str]:
    return file.owner_id, file.folder, fold(file.name)


def _turn_id(file: Named) -> str:
    return hashlib.sha256("\0".join(_place(file)).encode("utf-8", "surrogatepass")).hexdigest()
