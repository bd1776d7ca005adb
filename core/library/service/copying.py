"""Copies of files: a new file with objects of its own, copied inside S3."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from core.aws.s3 import ServedAs
from core.errors import Conflict, NotAllowed, NotFound
from core.library import copies
from core.library.changes import own_folders
from core.library.service.outside import Outside
from core.library.service.rewriting import Rewriting
from core.library.service.shelf import Shelf, named
from core.model.changes import OnConflict
from core.model.identity import Actor
from core.model.media import MediaFile, ObjectRef
from core.model.versions import held_by
from core.model.visibility import visible

_ATTEMPTS = 5


class Copying:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def draft(
        self, actor: Actor, file: MediaFile, folder: str | None, occasion: str, name: str = ""
    ) -> MediaFile:
        """The copy's record before its objects are there; the same for the same occasion.

        So a step that is repeated after a crash finds what it made the first time.
        """
        digest = hashlib.sha256(f"{occasion}\0{file.id}".encode()).hexdigest()
        return copies.draft(file, digest[:32], actor.account_id, folder, name)

    def objects(self, actor: Actor, file: MediaFile, draft: MediaFile, now: datetime) -> MediaFile:
        """Copy every object; raises `Conflict` or `NotFound` where one is not there any more."""
        copies.check_copyable(file)
        made: dict[str, ObjectRef] = {}
        bucket = self._shelf.bucket.beside(file.bucket)
        for ref in held_by(draft):
            try:
                stored = bucket.head(ref.key, ref.version_id)
            except NotFound as error:
                raise Conflict(
                    f"The bytes of {file.name} are not in the bucket.",
                    hint="Check its delivery again, or upload it again.",
                ) from error
            key = copies.key(ref.key, file.id, draft.id)
            served = ServedAs(stored.content_type, stored.cache_control, stored.content_disposition)
            made[ref.key] = self._shelf.bucket.copy(stored.ref, key, served)
        return copies.placed(draft, made, self._shelf.bucket.name, actor.account_id, now)

    def discard(self, draft: MediaFile) -> None:
        """Delete the objects of a copy that was not to be after all."""
        if self._shelf.files.find(draft.id) is None:
            for folder in own_folders(draft):
                self._shelf.bucket.delete_prefix(folder)


class Copier:
    """One file copied while the person waits."""

    def __init__(self, shelf: Shelf, rewriting: Rewriting, outside: Outside) -> None:
        self._shelf, self._rewriting, self._outside = shelf, rewriting, outside
        self._copying = Copying(shelf)

    def copy(
        self, actor: Actor, id: str, folder: str | None, name: str, on_conflict: OnConflict
    ) -> MediaFile:
        file = visible(actor, self._shelf.stored(id).value)
        draft = self._copying.draft(actor, file, folder, secrets.token_hex(16), name)
        try:
            made = self._copying.objects(actor, file, draft, self._shelf.clock())
            return self._filed(actor, file, made, on_conflict)
        except (Conflict, NotAllowed, NotFound):
            self._copying.discard(draft)
            raise

    def _filed(
        self, actor: Actor, file: MediaFile, made: MediaFile, on_conflict: OnConflict
    ) -> MediaFile:
        for _ in range(_ATTEMPTS):
            clear = self._rewriting.clearing(actor)
            settled = self._shelf.names.settle(made, on_conflict, clear)
            audit = self._shelf.audit
            event = audit.event(
                "file.copied",
                actor=actor,
                subject=f"file/{settled.file.id}",
                details=named(file) | {"from": file.id},
            )
            try:
                self._shelf.store.transact(
                    [self._shelf.files.put(settled.file), *settled.operations, audit.put(event)]
                )
            except Conflict:
                continue  # another one took the name at the same moment
            if self._outside.check_delivery:
                self._outside.check_delivery(settled.file.id)
            self._shelf.refresh()
            return visible(actor, self._shelf.stored(settled.file.id).value)
        raise Conflict("The folder is being changed by many at once.", hint="Try again.")
