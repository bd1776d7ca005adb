"""Copies of files: a new file with objects of its own, copied inside S3."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, NotAllowed, NotFound
from core.library import copies
from core.library.leftovers import LeftObjects
from core.library.service.leftovers import Leftovers
from core.library.service.outside import Outside
from core.library.service.rewriting import Rewriting
from core.library.service.shelf import Shelf, named
from core.model.changes import OnConflict
from core.model.identity import Actor
from core.model.media import MediaFile
from core.model.object_names import spot
from core.model.versions import held_by
from core.model.visibility import visible
from core.stores.collection import Stored
from core.stores.records import Operation

_ATTEMPTS = 5


@dataclass(frozen=True)
class Copied:
    """A copy whose objects are there and whose record is not: `file` as it is to be written."""

    file: MediaFile
    intent: Stored[LeftObjects]


class Copying:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._leftovers = shelf, Leftovers(shelf)

    def draft(
        self, actor: Actor, file: MediaFile, folder: str | None, occasion: str, name: str = ""
    ) -> MediaFile:
        """The copy's record before its objects are there; the same for the same occasion.

        So a step that is repeated after a crash finds what it made the first time.
        """
        digest = hashlib.sha256(f"{occasion}\0{file.id}".encode()).hexdigest()
        return copies.draft(file, digest[:32], actor.account_id, folder, name)

    def objects(self, actor: Actor, file: MediaFile, draft: MediaFile, now: datetime) -> Copied:
        """Copy every object; raises `Conflict` or `NotFound` where one is not there any more.

        `settled` or `discard` must follow; where neither does, the objects go after an hour.
        """
        copies.check_copyable(file)
        planned = copies.planned(file, draft, self._shelf.bucket.name, actor)
        intent = self._leftovers.begin(planned, again=True)
        try:
            made = {
                spot(ref): self._shelf.bucket.carry(ref, copies.key(ref.key, file.id, draft.id))
                for ref in held_by(draft)
            }
        except NotFound as error:
            self._leftovers.give_up(intent)
            raise Conflict(
                f"The bytes of {file.name} are not in the bucket.",
                hint="Check its delivery again, or upload it again.",
            ) from error
        except Exception:
            self._leftovers.give_up(intent)
            raise
        return Copied(copies.placed(draft, made, actor.account_id, now), intent)

    def settled(self, copied: Copied) -> Operation:
        """For the transaction that writes the record."""
        return self._leftovers.settled(copied.intent)

    def discard(self, copied: Copied) -> None:
        """Delete the objects of a copy that was not to be after all."""
        self._leftovers.give_up(copied.intent)


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
        copied = self._copying.objects(actor, file, draft, self._shelf.clock())
        try:
            made = self._filed(actor, file, copied, on_conflict)
        except (Conflict, NotAllowed, NotFound):
            self._copying.discard(copied)
            raise
        if self._outside.check_delivery:
            self._outside.check_delivery(made.id)
        self._shelf.refresh()
        return visible(actor, self._shelf.stored(made.id).value)

    def _filed(
        self, actor: Actor, file: MediaFile, copied: Copied, on_conflict: OnConflict
    ) -> MediaFile:
        audit = self._shelf.audit
        for _ in range(_ATTEMPTS):
            clear = self._rewriting.clearing(actor)
            settled = self._shelf.names.settle(copied.file, on_conflict, clear)
            event = audit.event(
                "file.copied",
                actor=actor,
                subject=f"file/{settled.file.id}",
                details=named(file) | {"from": file.id},
            )
            put, done = self._shelf.files.put(settled.file), self._copying.settled(copied)
            try:
                self._shelf.store.transact([put, done, *settled.operations, audit.put(event)])
            except Conflict:
                continue  # another one took the name at the same moment
            return settled.file
        raise Conflict("The folder is being changed by many at once.", hint="Try again.")
