"""Typed view of one kind of record, so that services speak of nouns and not of dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import Conflict, NotFound
from core.model.base import Noun
from core.stores.records import Delete, Put, Record, RecordStore

N = TypeVar("N", bound=Noun)

_ATTEMPTS = 8


@dataclass(frozen=True)
class Stored(Generic[N]):
    value: N
    version: int


@dataclass(frozen=True)
class Listing(Generic[N]):
    items: tuple[N, ...]
    next: str | None


def _nothing(_: object) -> str:
    return ""


class Collection(Generic[N]):
    """`key`, `parent` and `sort` say where a noun is filed; `parent` and `sort` may be ''."""

    def __init__(
        self,
        store: RecordStore,
        kind: str,
        model: type[N],
        *,
        key: Callable[[N], str],
        parent: Callable[[N], str] = _nothing,
        sort: Callable[[N], str] = _nothing,
    ) -> None:
        self.store, self.kind, self._model = store, kind, model
        self._key, self._parent, self._sort = key, parent, sort

    def find(self, id: str) -> Stored[N] | None:
        record = self.store.get(self.kind, id)
        return Stored(self._model.model_validate(record.data), record.version) if record else None

    def get(self, id: str) -> N:
        """Raise `NotFound` where there is none."""
        stored = self.find(id)
        if stored is None:
            raise NotFound(f"There is no {self.kind} {id!r}.", hint="It may have been deleted.")
        return stored.value

    def put(self, value: N, version: int = 0) -> Put:
        """The operation for `transact`; version 0 means that it must not exist yet."""
        return Put(
            record=Record(
                kind=self.kind,
                id=self._key(value),
                parent=self._parent(value),
                sort=self._sort(value),
                data=value.model_dump(mode="json"),
                version=version,
            )
        )

    def drop(self, id: str, version: int | None = None) -> Delete:
        """The operation for `transact` that removes."""
        return Delete(kind=self.kind, id=id, version=version)

    def add(self, value: N) -> N:
        """Raise `Conflict` if the id is taken."""
        self.store.put(self.put(value).record)
        return value

    def save(self, value: N, version: int) -> N:
        """Raise `Conflict` if somebody wrote since `version` was read."""
        self.store.put(self.put(value, version).record)
        return value

    def update(self, id: str, change: Callable[[N], N]) -> N:
        """Read, change, write; again if somebody wrote in between. `change` must be repeatable.

        What `change` raises, a `Conflict` too, comes through.
        """
        for _ in range(_ATTEMPTS):
            stored = self.find(id)
            if stored is None:
                break
            value = change(stored.value)
            try:
                return self.save(value, stored.version)
            except Conflict:
                continue
        else:
            raise Conflict(
                f"{self.kind} {id!r} is being changed by many at once.", hint="Try again."
            )
        raise NotFound(f"There is no {self.kind} {id!r}.", hint="It may have been deleted.")

    def remove(self, id: str) -> None:
        self.store.delete(self.kind, id)

    def page(
        self,
        parent: str = "",
        *,
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> Listing[N]:
        found = self.store.query(self.kind, parent, after=after, limit=limit, descending=descending)
        return Listing(tuple(self._model.model_validate(r.data) for r in found.items), found.next)

    def all(self, parent: str = "") -> Iterator[N]:
        after: str | None = None
        while True:
            listing = self.page(parent, after=after, limit=500)
            yield from listing.items
            if listing.next is None:
                return
            after = listing.next
