"""How a progress photo comes in: by ticket straight to S3, or as bytes through this process."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO
from zoneinfo import ZoneInfo

from core.aws.s3 import MediaBucket, ServedAs
from core.errors import Conflict, NotFound
from core.model.identity import Actor
from core.model.media import UploadTicket
from core.model.progress import DueKey, ProgressPhoto, ProgressTicket
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.collection import Collection
from core.stores.object_erasing import ObjectEraser
from core.stores.records import RecordStore
from core.upload import policy, progress_keys
from core.upload.content import HEAD_BYTES
from core.upload.images import PreparedImage, prepare
from core.upload.problems import REFUSALS
from core.upload.service.due_keys import GRACE, DueKeys

TICKET_LIFE = timedelta(hours=1)
_PRIVATE = "private, no-store"


@dataclass(frozen=True)
class NewPhoto:
    """What a person says of a photo. Without a day it is the camera's, else today."""

    taken_on: date | None = None
    note: str = ""


class Arrival:
    def __init__(
        self,
        store: RecordStore,
        bucket: MediaBucket,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        photos: Collection[ProgressPhoto],
        due: DueKeys,
        eraser: ObjectEraser,
    ) -> None:
        self._eraser = eraser
        self._store, self._bucket, self._audit = store, bucket, audit
        self._settings, self._clock, self._photos, self._due = settings, clock, photos, due
        self._tickets = Collection(
            store, "progress_ticket", ProgressTicket, key=lambda ticket: ticket.id
        )
        self._open = DueKeys(store, "due_progress_ticket", clock)

    def open(self, actor: Actor, size: int, content_type: str, wanted: NewPhoto) -> UploadTicket:
        progress_keys.check_size(size, progress_keys.TICKET_LIMIT)
        checked = self._checked(wanted)
        ticket = ProgressTicket(
            id=secrets.token_hex(16),
            owner_id=actor.account_id,
            size=size,
            content_type=policy.declared(content_type),
            taken_on=checked.taken_on,
            note=checked.note,
            expires_at=self._clock() + TICKET_LIFE,
        )
        post = self._bucket.presign_post(
            policy.incoming_key(ticket.id),
            content_type=ticket.content_type,
            size=size,
            expires=TICKET_LIFE,
        )
        later = TICKET_LIFE + GRACE
        self._store.transact(
            [self._tickets.put(ticket), *self._open.put(ticket.id, ticket.owner_id, later)]
        )
        return UploadTicket(
            upload_id=ticket.id,
            method="post",
            url=post.url,
            fields=post.fields,
            expires_at=ticket.expires_at,
        )

    def complete(self, actor: Actor, id: str) -> ProgressPhoto:
        stored = self._tickets.find(id)
        if stored is None or stored.value.owner_id != actor.account_id:
            raise NotFound(f"There is no upload {id[:80]!r}.", hint="Start the upload again.")
        ticket, key = stored.value, policy.incoming_key(id)
        arrived = self._bucket.find(key)
        if arrived is None:
            raise Conflict("The bytes have not arrived.", hint="Send them, then try again.")
        wanted = NewPhoto(ticket.taken_on, ticket.note)
        with tempfile.TemporaryFile() as file:
            try:
                policy.check_size("The picture", ticket.size, arrived.ref.size)
                file.writelines(self._bucket.open_stream(arrived.ref))
                photo = self.keep(actor, id, file, wanted)
            except REFUSALS:
                self._give_up(id)
                raise
        self._give_up(id)
        return photo

    def _give_up(self, id: str) -> None:
        self._bucket.erase(policy.incoming_key(id))
        self._store.transact([self._tickets.drop(id), self._open.drop(id)])

    def keep(self, actor: Actor, id: str, picture: BinaryIO, wanted: NewPhoto) -> ProgressPhoto:
        """Checked, upright and stripped. Of two that keep the same id, one does."""
        checked = self._checked(wanted)
        picture.seek(0)
        policy.require_picture("", picture.read(HEAD_BYTES))
        with tempfile.TemporaryFile() as target:
            prepared = prepare(picture, target, max_pixels=self._settings.max_image_pixels)
            photo = self._photo(actor, id, prepared, target.seek(0, 2), checked)
            self._store.transact(self._due.put(id, actor.account_id))
            target.seek(0)
            self._store_objects(photo, prepared, target)
        return self._file(actor, photo)

    def _checked(self, wanted: NewPhoto) -> NewPhoto:
        day = wanted.taken_on
        return NewPhoto(
            progress_keys.checked_day(day, self._clock()) if day else None,
            progress_keys.checked_note(wanted.note),
        )

    def _photo(
        self, actor: Actor, id: str, prepared: PreparedImage, size: int, wanted: NewPhoto
    ) -> ProgressPhoto:
        now = self._clock()
        today = now.astimezone(ZoneInfo(actor.preferences.time_zone)).date()
        return ProgressPhoto(
            id=id,
            owner_id=actor.account_id,
            key=progress_keys.flat_key(id),
            taken_on=progress_keys.day_of(wanted.taken_on, prepared.facts.taken_at, today),
            uploaded_at=now,
            size=size,
            content_type=prepared.content_type,
            width=prepared.width,
            height=prepared.height,
            note=wanted.note,
            thumbnail_key=progress_keys.thumbnail_key(id),
        )

    def _store_objects(
        self, photo: ProgressPhoto, prepared: PreparedImage, served: BinaryIO
    ) -> None:
        small = next(one for one in prepared.renditions if one.name == policy.THUMBNAIL)
        self._bucket.put(photo.key, served, ServedAs(photo.content_type, _PRIVATE, "inline"))
        self._bucket.put(
            photo.thumbnail_key, small.body, ServedAs("image/webp", _PRIVATE, "inline")
        )

    def _file(self, actor: Actor, photo: ProgressPhoto) -> ProgressPhoto:
        event = self._audit.event(
            "progress_photo.added", actor=actor, subject=f"progress_photo/{photo.id}"
        )
        try:
            self._store.transact(
                [self._photos.put(photo), self._due.drop(photo.id), self._audit.put(event)]
            )
        except Conflict:  # the same upload, completed twice at the same time
            return self._photos.get(photo.id)
        return photo

    def erase(self, ended: Sequence[DueKey]) -> None:
        """What photos have whose records are gone, or were never written."""
        keys = [
            key
            for due in ended
            for key in (
                *due.keys, progress_keys.flat_key(due.id), progress_keys.thumbnail_key(due.id)
            )
        ]  # fmt: skip
        if keys:
            self._eraser.unnamed(self._bucket.name, keys)

    def sweep(self) -> int:
        """Give up tickets whose time is over."""
        return self._open.sweep(self._expire)

    def _expire(self, due: DueKey) -> bool:
        self._bucket.erase(policy.incoming_key(due.id))
        self._tickets.remove(due.id)
        return True
