"""Copies of files: a new file with objects of its own, copied inside S3."""

from __future__ import annotations

import hashlib
from datetime import datetime

from core.aws.s3 import ServedAs
from core.library import copies
from core.library.service.shelf import Shelf
from core.model.identity import Actor
from core.model.media import MediaFile, ObjectRef
from core.model.versions import held_by


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
            stored = bucket.head(ref.key, ref.version_id)
            key = copies.key(ref.key, file.id, draft.id)
            served = ServedAs(stored.content_type, stored.cache_control, stored.content_disposition)
            made[ref.key] = self._shelf.bucket.copy(stored.ref, key, served)
        return copies.placed(draft, made, self._shelf.bucket.name, actor.account_id, now)
