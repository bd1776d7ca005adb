"""Reading the library: pages of files, one file, totals."""

from __future__ import annotations

from core.errors import InvalidInput
from core.library import changes as rules
from core.library.search import open_cursor, seal_cursor
from core.library.service.shelf import PAGE_LIMIT, Shelf
from core.model.identity import Actor, Permission
from core.model.media import FilePage, FileQuery, LibrarySummary, MediaFile
from core.model.visibility import visible


class Finding:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def page(
        self, actor: Actor, query: FileQuery, limit: int, cursor: str | None, offset: int
    ) -> FilePage:
        if not 1 <= limit <= PAGE_LIMIT or offset < 0:
            raise InvalidInput(
                f"A page of {limit} files from {offset} can't be read.",
                hint=f"Ask for 1 to {PAGE_LIMIT} files.",
            )
        scoped = rules.scope(actor, query)
        if scoped is None:
            return FilePage(items=(), next_cursor=None, total=0)
        inner = open_cursor(scoped, cursor)
        found = self._shelf.index.search(scoped, limit=limit, cursor=inner, offset=offset)
        return FilePage(
            items=tuple(visible(actor, file) for file in found.items),
            next_cursor=seal_cursor(scoped, found.next_cursor),
            total=found.total,
        )

    def get(self, actor: Actor, id: str) -> MediaFile:
        return visible(actor, self._shelf.stored(id).value)

    def summary(self, actor: Actor) -> LibrarySummary:
        everything = actor.may(Permission.MEDIA_READ_ALL)
        return self._shelf.index.summary(None if everything else actor.account_id)
