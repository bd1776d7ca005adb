"""Which query tells how many files a change leaves as they are, where one can tell. Pure.

So a preview of a million files is exact without a look at each.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.model.changes import BulkChange, BulkKind
from core.model.identity import Actor, Permission
from core.model.media import FileQuery
from core.model.names import clean_folder


@dataclass(frozen=True)
class Split:
    """The query of the files that are so already or, with `changing`, of those that change.

    None finds no file.
    """

    query: FileQuery | None
    changing: bool = False


def none_refused(actor: Actor, scoped: FileQuery, kind: BulkKind) -> bool:
    """Whether every file of the query is this person's to change in this way."""
    owns = scoped.owner_id == actor.account_id
    if kind is BulkKind.ADD_TO_ALBUM:
        return owns  # whoever manages all files can't put others' on an album either
    return owns or actor.may(Permission.MEDIA_MANAGE)


def split(change: BulkChange, query: FileQuery) -> Split | None:
    """None where no query can tell, or where single files may be refused for what they are."""
    if change.kind is BulkKind.TRASH:
        return Split(None, changing=query.trashed)
    if change.kind is BulkKind.MOVE and not change.within:
        return _moved(clean_folder(change.folder or ""), query)
    if change.kind is BulkKind.ADD_TO_ALBUM:
        return _of_album(change.album, query, changing=False)
    if change.kind is BulkKind.REMOVE_FROM_ALBUM:
        return _of_album(change.album, query, changing=True)
    if change.kind in {BulkKind.MAKE_PRIVATE, BulkKind.MAKE_PUBLIC}:
        return _private(query, wanted=change.kind is BulkKind.MAKE_PRIVATE)
    return None


def _moved(folder: str, query: FileQuery) -> Split:
    around = query.folder
    deeper = query.below and (not around or f"{folder}/".startswith(f"{around}/"))
    if around is None or folder == around or deeper:
        return Split(query.model_copy(update={"folder": folder, "below": False}))
    return Split(None)


def _of_album(album: str, query: FileQuery, *, changing: bool) -> Split | None:
    """A query names one album: of those on two it can't tell."""
    if query.album not in {None, album}:
        return None
    return Split(query.model_copy(update={"album": album}), changing)


def _private(query: FileQuery, *, wanted: bool) -> Split:
    if query.private not in {None, wanted}:
        return Split(None)
    return Split(query.model_copy(update={"private": wanted}))
