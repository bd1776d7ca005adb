"""Progress photos: private pictures of one person, from the ticket to the last trace.

Nobody but the owner gets to see one, staff included: no permission opens them. They are not behind
the CDN; each look is an S3 address that lives for minutes.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO

from core.aws.s3 import MediaBucket
from core.errors import Conflict, NotFound
from core.model.identity import Actor, Permission
from core.model.media import UploadTicket
from core.model.progress import DueKey, ProgressPhoto, SignedPicture
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.collection import Collection, Listing, Stored
from core.stores.object_erasing import ObjectEraser
from core.stores.object_uses import ObjectUses
from core.stores.records import RecordStore
from core.upload import progress_keys
from core.upload.service.due_keys import DueKeys
from core.upload.service.progress_arrival import Arrival, NewPhoto

__all__ = ["NewPhoto", "ProgressService"]

LOOK = timedelta(minutes=5)
UNDO = timedelta(days=1)  # how long a deleted photo can be had back
_PRIVATE = "private, no-store"


class ProgressService:
    def __init__(
        self,
        store: RecordStore,
        bucket: MediaBucket,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        uses: ObjectUses | None = None,
    ) -> None:
        self._eraser = ObjectEraser(bucket, uses or ObjectUses(store))
        self._store, self._bucket, self._audit, self._clock = store, bucket, audit, clock
        self._photos = Collection(
            store,
            "progress_photo",
            ProgressPhoto,
            key=lambda photo: photo.id,
            parent=lambda photo: photo.owner_id,
            sort=lambda photo: f"{photo.taken_on.isoformat()} {photo.uploaded_at.isoformat()}",
        )
        self._due = DueKeys(store, "due_progress", clock)
        self._arrival = Arrival(
            *(store, bucket, audit, settings, clock, self._photos, self._due, self._eraser)
        )

    # Taking them in

    def add(self, actor: Actor, picture: BinaryIO, wanted: NewPhoto) -> ProgressPhoto:
        """From a file of at most 6 MiB. Raises what is wrong with it."""
        actor.require(Permission.MEDIA_UPLOAD)
        with tempfile.TemporaryFile() as file:
            file.write(picture.read(progress_keys.JSON_LIMIT + 1))
            progress_keys.check_size(file.tell(), progress_keys.JSON_LIMIT)
            return self._arrival.keep(actor, secrets.token_hex(16), file, wanted)

    def open(self, actor: Actor, size: int, content_type: str, wanted: NewPhoto) -> UploadTicket:
        """Where the browser sends up to 25 MiB itself; `complete` then takes them in."""
        actor.require(Permission.MEDIA_UPLOAD)
        return self._arrival.open(actor, size, content_type, wanted)

    def complete(self, actor: Actor, ticket_id: str) -> ProgressPhoto:
        """Asked twice, it answers the same. Raises `Conflict` where the bytes are missing."""
        actor.require(Permission.MEDIA_UPLOAD)
        done = self._photos.find(ticket_id)
        if done is not None and done.value.owner_id == actor.account_id:
            return done.value
        return self._arrival.complete(actor, ticket_id)

    # Looking at them

    def page(
        self, actor: Actor, *, after: str | None = None, limit: int = 60, deleted: bool = False
    ) -> Listing[ProgressPhoto]:
        """One's own, the latest day first; with `deleted` those that can still be had back."""
        actor.require(Permission.MEDIA_READ)
        found: list[ProgressPhoto] = []
        while True:
            page = self._photos.page(
                actor.account_id, after=after, limit=limit - len(found), descending=True
            )
            found += [one for one in page.items if (one.deleted_at is not None) is deleted]
            after = page.next
            if after is None or len(found) >= limit:
                return Listing(tuple(found), after)

    def photo(self, actor: Actor, id: str) -> ProgressPhoto:
        actor.require(Permission.MEDIA_READ)
        return self._own(actor, id).value

    def picture(self, actor: Actor, photo: ProgressPhoto, *, small: bool = False) -> SignedPicture:
        """Where the bytes can be had for five minutes. Old records are looked up in both forms.

        Raises `NotFound` where the picture lies in neither.
        """
        actor.require(Permission.MEDIA_READ)
        owned = self._own(actor, photo.id).value
        key = owned.thumbnail_key if small and owned.thumbnail_key else self._key_of(owned)
        now = self._clock()
        url = self._bucket.presign_get(
            key, expires=LOOK, content_disposition="inline", cache_control=_PRIVATE
        )
        ends = self._bucket.credentials_end()  # a signed address dies with its signer
        return SignedPicture(url=url, expires_at=min(now + LOOK, ends or now + LOOK))

    def _key_of(self, photo: ProgressPhoto) -> str:
        if not photo.legacy:
            return photo.key
        for key in self._forms(photo):
            if self._bucket.find(key) is not None:
                return key
        raise NotFound(
            "The picture of this photo is gone from the bucket.",
            hint=f"Its record names {photo.key[:120]}. Support can look for it with the doctor.",
        )

    def _forms(self, photo: ProgressPhoto) -> tuple[str, ...]:
        """Both forms, except a flat one that is another photo's by now."""
        name = progress_keys.name_in(photo.key)
        flat = progress_keys.flat_key(name)
        taken = name != photo.id and self._photos.find(name) is not None
        return tuple(one for one in progress_keys.forms(photo) if not (taken and one == flat))

    # Letting them go

    def delete(self, actor: Actor, id: str) -> ProgressPhoto:
        """It can be had back for a day; then every version of every form is erased."""
        actor.require(Permission.MEDIA_READ)
        stored = self._own(actor, id)
        if stored.value.deleted_at is not None:
            return stored.value
        gone = stored.value.model_copy(update={"deleted_at": self._clock()})
        event = self._audit.event(
            "progress_photo.deleted", actor=actor, subject=f"progress_photo/{id}"
        )
        self._store.transact(
            [
                self._photos.put(gone, stored.version),
                *self._due.put(id, actor.account_id, UNDO, self._objects(gone)),
                self._audit.put(event),
            ]
        )
        return gone

    def restore(self, actor: Actor, id: str) -> ProgressPhoto:
        actor.require(Permission.MEDIA_READ)
        stored = self._own(actor, id)
        if stored.value.deleted_at is None:
            return stored.value
        back = stored.value.model_copy(update={"deleted_at": None})
        event = self._audit.event(
            "progress_photo.restored", actor=actor, subject=f"progress_photo/{id}"
        )
        self._store.transact(
            [self._photos.put(back, stored.version), self._due.drop(id), self._audit.put(event)]
        )
        return back

    def sweep(self) -> int:
        """Erase what was deleted a day ago, and what of an upload ended half-way."""
        due = self._due.over()
        ended = [one for one in due if self._ended(one)]
        self._arrival.erase(ended)
        for one in due:
            self._due.forget(one.id)
        return len(ended) + self._arrival.sweep()

    def _ended(self, due: DueKey) -> bool:
        """The record goes first, if nobody has had it back; the note keeps what is to follow."""
        stored = self._photos.find(due.id)
        if stored is not None:
            if stored.value.deleted_at is None:
                return False
            try:
                self._store.transact([self._photos.drop(due.id, stored.version)])
            except Conflict:  # had back in this moment
                return False
        return True

    def _objects(self, photo: ProgressPhoto) -> tuple[str, ...]:
        return tuple(key for key in (*self._forms(photo), photo.thumbnail_key) if key)

    def _own(self, actor: Actor, id: str) -> Stored[ProgressPhoto]:
        stored = self._photos.find(id)
        if stored is None or stored.value.owner_id != actor.account_id:
            raise NotFound(f"There is no photo {id[:80]!r}.", hint="It may have been deleted.")
        return stored
