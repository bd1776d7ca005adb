"""Which files a selection means: those named, or all that a search finds now."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import InvalidInput
from core.library import changes as rules
from core.library.bulk import IDS_LIMIT
from core.library.service.shelf import Shelf
from core.model.changes import Selection
from core.model.identity import Actor
from core.model.media import FileQuery, MediaFile

_PAGE = 1000


class Selecting:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def check(self, selection: Selection) -> Selection:
        """Raise `InvalidInput` for no files, or too many by name."""
        if selection.query is None and not selection.ids:
            raise InvalidInput("No files are chosen.", hint="Give ids or a query.")
        if selection.query is not None and selection.ids:
            raise InvalidInput("Ids and a query are given.", hint="Give one of them.")
        if len(selection.ids) > IDS_LIMIT:
            raise InvalidInput(
                f"{len(selection.ids):,} files are named; {IDS_LIMIT:,} are the most.",
                hint="Choose them by a search instead.",
            )
        return selection

    def count(self, actor: Actor, query: FileQuery) -> int:
        scoped = rules.scope(actor, query)
        return self._shelf.index.search(scoped, limit=1).total if scoped is not None else 0

    def files(self, actor: Actor, query: FileQuery) -> Iterator[MediaFile]:
        """All that the search finds, in its order."""
        scoped, cursor = rules.scope(actor, query), None
        self._shelf.refresh()
        while scoped is not None:
            page = self._shelf.index.search(scoped, limit=_PAGE, cursor=cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return
