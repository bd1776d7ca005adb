"""Which files a link shows: of those that its owner may share, what its target names now."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from core.model.identity import ROLE_PERMISSIONS, Permission
from core.model.media import FileQuery, FileSort, FileState, MediaFile
from core.model.sharing import ShareLink, TargetKind
from core.model.visibility import absent
from core.shares.records import FilesOfLink
from core.shares.service.desk import Desk

PER_PAGE = 60
_STEP = 200
_AT_ONCE = 8


class Catalogue:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, link: ShareLink, number: int) -> FilesOfLink:
        """The page of this number, or the last one where there are fewer."""
        if link.target.kind is TargetKind.FILES:
            shown = self._named(link)
            at, pages = _place(number, len(shown))
            return FilesOfLink(
                tuple(shown[at : at + PER_PAGE]), at // PER_PAGE + 1, pages, len(shown)
            )
        if self._is_gone(link):
            return FilesOfLink((), 1, 1, 0)
        query = self._query(link)
        found = self._desk.index.search(
            query, limit=PER_PAGE, offset=(max(1, number) - 1) * PER_PAGE
        )
        at, pages = _place(number, found.total)
        if found.total and not found.items:
            found = self._desk.index.search(query, limit=PER_PAGE, offset=at)
        return FilesOfLink(found.items, at // PER_PAGE + 1, pages, found.total)

    def file(self, link: ShareLink, id: str) -> MediaFile:
        """Strongly consistent, as it decides whether bytes are handed out. Raises `NotFound`."""
        stored = self._desk.files.find(id)
        if stored is None or self._is_gone(link):
            raise absent(id)
        if not self._shows(link, stored.value, everybodys=self._everybodys(link)):
            raise absent(id)
        return stored.value

    def all(self, link: ShareLink) -> Iterator[str]:
        """The ids of everything that can be handed out."""
        if link.target.kind is TargetKind.FILES:
            yield from (file.id for file in self._named(link) if is_ready(file))
            return
        cursor: str | None = None
        if self._is_gone(link):
            return
        while True:
            found = self._desk.index.search(self._query(link), limit=_STEP, cursor=cursor)
            yield from (file.id for file in found.items if is_ready(file))
            cursor = found.next_cursor
            if cursor is None:
                return

    def _is_gone(self, link: ShareLink) -> bool:
        """A deleted album shows nothing from then on, while its files are still taken off it."""
        target = link.target
        return target.kind is TargetKind.ALBUM and self._desk.albums.find(target.album_id) is None

    def _named(self, link: ShareLink) -> list[MediaFile]:
        everybodys = self._everybodys(link)
        with ThreadPoolExecutor(_AT_ONCE) as pool:  # five hundred in turn take seconds on DynamoDB
            found = list(pool.map(self._desk.files.find, link.target.file_ids))
        files = (stored.value for stored in found if stored)
        return [file for file in files if self._shows(link, file, everybodys=everybodys)]

    def _query(self, link: ShareLink) -> FileQuery:
        """Of a folder or an album only what is its owner's own."""
        query = FileQuery(owner_id=link.owner_id, sort=FileSort.NAME)
        if link.target.kind is TargetKind.FOLDER:
            return query.model_copy(update={"folder": link.target.folder, "below": True})
        return query.model_copy(update={"album": link.target.album_id})

    def _everybodys(self, link: ShareLink) -> bool:
        """Whether its owner may still share what others own: roles change."""
        owner = self._desk.account(link.owner_id)
        return owner is not None and Permission.MEDIA_MANAGE in ROLE_PERMISSIONS[owner.role]

    def _shows(self, link: ShareLink, file: MediaFile, *, everybodys: bool) -> bool:
        """Nothing that is in the trash, and nothing that has left the target."""
        if file.trashed_at is not None:
            return False
        target, own = link.target, file.owner_id == link.owner_id
        if target.kind is TargetKind.FILES:
            return file.id in target.file_ids and (own or everybodys)
        if target.kind is TargetKind.ALBUM:
            return own and target.album_id in file.albums
        return own and f"{file.folder}/".startswith(f"{target.folder}/")


def is_ready(file: MediaFile) -> bool:
    return file.state is not FileState.PROCESSING


def _place(number: int, total: int) -> tuple[int, int]:
    """Where the page begins, and how many there are; at least one."""
    pages = max(1, math.ceil(total / PER_PAGE))
    return (min(max(1, number), pages) - 1) * PER_PAGE, pages
