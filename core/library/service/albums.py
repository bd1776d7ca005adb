"""Albums: lists that one's own files are on; reached as `library.albums`."""

from __future__ import annotations

import secrets

from core.errors import Conflict, InvalidInput, NotFound
from core.library.service.bulk.service import Bulks
from core.library.service.shelf import Shelf
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.finding import Album, AlbumCard
from core.model.identity import Actor, Permission
from core.model.media import FileQuery
from core.model.names import plain_text
from core.stores.collection import Stored
from core.stores.files import album_records
from core.stores.records import Operation

NAME_LIMIT = 100
MOST = 500  # albums of one person


class Albums:
    def __init__(self, shelf: Shelf, bulks: Bulks) -> None:
        self._shelf, self._bulks = shelf, bulks
        self._albums = album_records(shelf.store)

    def listed(self, actor: Actor) -> tuple[AlbumCard, ...]:
        """One's own by name, with how many live files are on each and a cover."""
        actor.require(Permission.MEDIA_READ)
        found = self._shelf.index.albums(actor.account_id)
        own = sorted(self._albums.all(actor.account_id), key=lambda a: (a.name.casefold(), a.id))
        return tuple(self._card(album, *found.get(album.id, (0, ""))) for album in own)

    def get(self, actor: Actor, id: str) -> AlbumCard:
        """Raises `NotFound` for another person's."""
        actor.require(Permission.MEDIA_READ)
        album = self._own(actor, id).value
        found = self._shelf.index.albums(actor.account_id)
        return self._card(album, *found.get(id, (0, "")))

    def create(self, actor: Actor, name: str) -> Album:
        """Raises `Conflict` where one has this name, or there are too many."""
        actor.require(Permission.MEDIA_UPLOAD)
        clean, own = clean_title(name, "album"), list(self._albums.all(actor.account_id))
        if len(own) >= MOST:
            raise Conflict(f"You have {MOST} albums already.", hint="Delete one of them first.")
        self._check_free(clean, own)
        album = Album(
            id=secrets.token_hex(12),
            owner_id=actor.account_id,
            name=clean,
            created_at=self._shelf.clock(),
        )
        self._write(actor, "album.created", album, self._albums.put(album))
        return album

    def change(
        self, actor: Actor, id: str, *, name: str | None = None, cover_id: str | None = None
    ) -> Album:
        """A new name, or the file that stands for it ('' is the newest)."""
        actor.require(Permission.MEDIA_READ)
        stored = self._own(actor, id)
        album = stored.value
        if name is not None and name != album.name:
            clean = clean_title(name, "album")
            others = [one for one in self._albums.all(actor.account_id) if one.id != id]
            self._check_free(clean, others)
            album = album.model_copy(update={"name": clean})
        if cover_id is not None:
            self._check_cover(actor, album, cover_id)
            album = album.model_copy(update={"cover_id": cover_id})
        self._write(actor, "album.changed", album, self._albums.put(album, stored.version))
        return album

    def delete(self, actor: Actor, id: str) -> None:
        """The files stay; they are taken off the list in the background."""
        actor.require(Permission.MEDIA_READ)
        stored = self._own(actor, id)
        query = FileQuery(owner_id=actor.account_id, album=id)
        if self._shelf.index.search(query, limit=1).total:
            change = BulkChange(kind=BulkKind.REMOVE_FROM_ALBUM, album=id)
            self._bulks.start(actor, Selection(query=query), change)
        self._write(actor, "album.deleted", stored.value, self._albums.drop(id, stored.version))

    def _own(self, actor: Actor, id: str) -> Stored[Album]:
        stored = self._albums.find(id)
        if stored is None or stored.value.owner_id != actor.account_id:
            raise NotFound(f"There is no album {id[:80]!r}.", hint="It may have been deleted.")
        return stored

    def _card(self, album: Album, count: int, newest: str) -> AlbumCard:
        chosen = self._shelf.files.find(album.cover_id) if album.cover_id else None
        stays = chosen and album.id in chosen.value.albums and chosen.value.trashed_at is None
        return AlbumCard(album=album, count=count, cover_id=album.cover_id if stays else newest)

    def _check_cover(self, actor: Actor, album: Album, cover_id: str) -> None:
        file = self._shelf.files.find(cover_id) if cover_id else None
        if cover_id and (
            file is None
            or file.value.owner_id != actor.account_id
            or album.id not in file.value.albums
        ):
            raise InvalidInput(
                f"The file {cover_id[:80]!r} is not on this album.", hint="Add it first."
            )

    def _check_free(self, name: str, others: list[Album]) -> None:
        if any(one.name.casefold() == name.casefold() for one in others):
            raise Conflict(f"You have an album {name} already.", hint="Choose another name.")

    def _write(self, actor: Actor, action: str, album: Album, operation: Operation) -> None:
        audit = self._shelf.audit
        event = audit.event(
            action, actor=actor, subject=f"album/{album.id}", details={"name": album.name}
        )
        self._shelf.store.transact([operation, audit.put(event)])


def clean_title(raw: str, what: str) -> str:
    """One line with something to read. Raises `InvalidInput`."""
    name = plain_text(raw)
    if not name or len(name) > NAME_LIMIT:
        raise InvalidInput(
            f"The {what} needs a name of at most {NAME_LIMIT} characters.",
            hint="Give it one that you will recognise.",
        )
    return name
