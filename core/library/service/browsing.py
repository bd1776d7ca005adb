"""Looking around: what a query counts, when it was taken, and typed text as a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.library import changes as rules
from core.library.search import narrow, parse_query
from core.library.service.shelf import Shelf
from core.model.finding import Facet, Facets, Timeline
from core.model.identity import Actor, Permission, normal_email
from core.model.media import FileQuery
from core.stores.account_records import AccountRecords

_NONE = Facet(values=())
_NOTHING = Facets(
    total=0,
    kinds=_NONE,
    states=_NONE,
    folders=_NONE,
    tags=_NONE,
    cameras=_NONE,
    extensions=_NONE,
    months=_NONE,
    undated=0,
    private=0,
    shared=0,
)


class Browsing:
    def __init__(self, shelf: Shelf) -> None:
        self._index = shelf.index
        self._emails = AccountRecords(shelf.store).emails

    def query(
        self, actor: Actor, typed: str, fields: Mapping[str, str | Sequence[str] | None]
    ) -> FileQuery:
        me = actor.account_id
        typed_query = parse_query(typed, me=me, person=self._person)
        return narrow(typed_query, fields, me=me, person=self._person)

    def facets(self, actor: Actor, query: FileQuery) -> Facets:
        scoped = rules.scope(actor, query)
        if scoped is None:
            return _NOTHING
        return self._index.facets(scoped, owners=_sees_all(actor))

    def timeline(self, actor: Actor, query: FileQuery, by: str, *, days: bool) -> Timeline:
        scoped = rules.scope(actor, query)
        if scoped is None:
            return Timeline(periods=(), undated=0)
        return self._index.timeline(scoped, by=by, days=days)

    def _person(self, typed: str) -> str:
        """The account of an e-mail address; what is unknown stays, and finds nothing."""
        known = self._emails.find(normal_email(typed)) if "@" in typed else None
        return known.value.account_id if known else typed


def _sees_all(actor: Actor) -> bool:
    return actor.may(Permission.MEDIA_READ_ALL)
