"""Saved searches: what somebody typed, under a name; reached as `library.searches`."""

from __future__ import annotations

import secrets

from core.errors import Conflict, NotFound
from core.library.search import parse_query
from core.library.service.albums import clean_title
from core.library.service.shelf import Shelf
from core.model.finding import SavedSearch
from core.model.identity import Actor, Permission
from core.stores.collection import Collection, Stored
from core.stores.records import Operation

MOST = 100


class SavedSearches:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._searches = Collection(
            shelf.store,
            "saved_search",
            SavedSearch,
            key=lambda search: search.id,
            parent=lambda search: search.owner_id,
        )

    def listed(self, actor: Actor) -> tuple[SavedSearch, ...]:
        """One's own by name."""
        actor.require(Permission.MEDIA_READ)
        own = self._searches.all(actor.account_id)
        return tuple(sorted(own, key=lambda search: (search.name.casefold(), search.id)))

    def create(self, actor: Actor, name: str, query: str) -> SavedSearch:
        """Raises `InvalidInput` for a query that can't be searched, `Conflict` for a taken name."""
        actor.require(Permission.MEDIA_READ)
        parse_query(query, me=actor.account_id)
        own = list(self._searches.all(actor.account_id))
        if len(own) >= MOST:
            raise Conflict(
                f"You have {MOST} saved searches already.", hint="Delete one of them first."
            )
        search = SavedSearch(
            id=secrets.token_hex(12),
            owner_id=actor.account_id,
            name=_free(clean_title(name, "search"), own),
            query=query,
            created_at=self._shelf.clock(),
        )
        self._write(actor, "search.saved", search, self._searches.put(search))
        return search

    def rename(self, actor: Actor, id: str, name: str) -> SavedSearch:
        actor.require(Permission.MEDIA_READ)
        stored = self._own(actor, id)
        others = [one for one in self._searches.all(actor.account_id) if one.id != id]
        update = {"name": _free(clean_title(name, "search"), others)}
        search = stored.value.model_copy(update=update)
        self._write(actor, "search.renamed", search, self._searches.put(search, stored.version))
        return search

    def delete(self, actor: Actor, id: str) -> None:
        actor.require(Permission.MEDIA_READ)
        stored = self._own(actor, id)
        drop = self._searches.drop(id, stored.version)
        self._write(actor, "search.deleted", stored.value, drop)

    def _own(self, actor: Actor, id: str) -> Stored[SavedSearch]:
        stored = self._searches.find(id)
        if stored is None or stored.value.owner_id != actor.account_id:
            raise NotFound(f"There is no search {id[:80]!r}.", hint="It may have been deleted.")
        return stored

    def _write(self, actor: Actor, action: str, search: SavedSearch, operation: Operation) -> None:
        audit = self._shelf.audit
        event = audit.event(
            action, actor=actor, subject=f"search/{search.id}", details={"name": search.name}
        )
        self._shelf.store.transact([operation, audit.put(event)])


def _free(name: str, others: list[SavedSearch]) -> str:
    if any(one.name.casefold() == name.casefold() for one in others):
        raise Conflict(f"You have a search {name} already.", hint="Choose another name.")
    return name
