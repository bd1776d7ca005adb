"""Exact counts of a preview from the index, however many files a search finds."""

from __future__ import annotations

from typing import NamedTuple

from core.library import bulk_counts
from core.library import changes as rules
from core.library.service.shelf import Shelf
from core.model.changes import BulkChange, BulkKind
from core.model.identity import Actor
from core.model.media import FileQuery


class Counts(NamedTuple):
    changing: int
    unchanged: int
    refused: int = 0


class BulkCounting:
    def __init__(self, shelf: Shelf) -> None:
        self._index = shelf.index

    def counts(
        self, actor: Actor, query: FileQuery, change: BulkChange, total: int
    ) -> Counts | None:
        """None where the index alone can't tell: then one has to look at the files."""
        scoped = rules.scope(actor, query)
        if scoped is None or not bulk_counts.none_refused(actor, scoped, change.kind):
            return None
        if change.kind in {BulkKind.ADD_TAGS, BulkKind.REMOVE_TAGS}:
            return self._tagged(scoped, change, total)
        split = bulk_counts.split(change, scoped)
        if split is None:
            return None
        found = 0 if split.query is None else self._total(split.query)
        changing = found if split.changing else total - found
        return Counts(changing, total - changing)

    def _tagged(self, scoped: FileQuery, change: BulkChange, total: int) -> Counts | None:
        given = rules.clean_tags(change.tags)
        if any(len(tag) > rules.TAG_LENGTH for tag in given):
            return None  # every file is refused, with its reason
        found = self._index.tagging(scoped, given, rules.TAG_LIMIT)
        if change.kind is BulkKind.REMOVE_TAGS:
            return Counts(found.some, total - found.some)
        unchanged, refused = found.every, found.too_many
        return Counts(total - unchanged - refused, unchanged, refused)

    def _total(self, query: FileQuery) -> int:
        return self._index.search(query, limit=1).total
