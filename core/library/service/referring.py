"""Who uses the objects of a file beside it: other files, people's pictures, progress photos.

Photos are told to their owner only, as everywhere.
"""

from __future__ import annotations

from core.errors import NotFound
from core.library.service.shelf import Shelf
from core.model.identity import Actor
from core.model.object_names import keys
from core.model.progress import ProgressPhoto
from core.model.references import ObjectUser, UserKind
from core.model.visibility import visible
from core.stores.collection import Collection


class Referring:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._photos = Collection(
            shelf.store, "progress_photo", ProgressPhoto, key=lambda photo: photo.id
        )

    def users(self, actor: Actor, id: str) -> tuple[ObjectUser, ...]:
        file = visible(actor, self._shelf.stored(id).value)
        named = self._shelf.uses.users(file.bucket, keys(file)) - {f"file/{id}"}
        found = (self._user(actor, *one.split("/", 1)) for one in sorted(named))
        return tuple(one for one in found if one is not None)

    def _user(self, actor: Actor, kind: str, id: str) -> ObjectUser | None:
        if kind == "account":
            return ObjectUser(kind=UserKind.AVATAR, id=id)
        return self._file(actor, id) if kind == "file" else self._photo(actor, id)

    def _file(self, actor: Actor, id: str) -> ObjectUser:
        try:
            file = visible(actor, self._shelf.stored(id).value)
        except NotFound:
            return ObjectUser(kind=UserKind.FILE)
        return ObjectUser(kind=UserKind.FILE, id=id, name=file.name)

    def _photo(self, actor: Actor, id: str) -> ObjectUser | None:
        stored = self._photos.find(id)
        if stored is None or stored.value.owner_id != actor.account_id:
            return None
        return ObjectUser(kind=UserKind.PROGRESS_PHOTO, id=id, day=stored.value.taken_on)
