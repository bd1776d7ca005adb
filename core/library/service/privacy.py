"""Making files private and public again: their objects move under another prefix of the CDN.

Copied, seen through the CDN, then switched; only then the old objects and their copies at the CDN
go. What is left to delete is written down in the same transaction, so no crash leaves it readable.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from core.aws.s3 import ServedAs
from core.errors import AwsUnavailable, Conflict, DashboardError
from core.library import privacy as rules
from core.library.changes import stamped
from core.library.privacy import LeftObjects
from core.library.service.shelf import Shelf, named
from core.model.identity import Actor
from core.model.media import MediaFile, ObjectRef
from core.model.visibility import removable, visible
from core.stores.collection import Collection, Stored

_OK = 200
_ATTEMPTS = 3
_LONGEST = timedelta(hours=1)  # after which a move that was begun is taken to have died

Forget = Callable[[MediaFile, tuple[str, ...], Actor], object]  # by the CDN, for somebody


class Privacy:
    def __init__(self, shelf: Shelf, forget: Forget) -> None:
        self._shelf, self._forget = shelf, forget
        self._left = Collection(
            shelf.store, "left_objects", LeftObjects, key=lambda left: left.file_id
        )

    def apply(self, actor: Actor, id: str, private: bool) -> MediaFile:
        """Safe to repeat: a file that is as wanted is only rid of what an earlier try left."""
        stored = self._shelf.stored(id)
        removable(actor, stored.value)
        self._finish_one(id)
        for _ in range(_ATTEMPTS):
            if stored.value.private is private:
                return visible(actor, stored.value)
            rules.check_movable(stored.value)
            self._check_signer(private=private)
            try:
                file = self._switched(actor, stored, private=private)
            except Conflict:  # changed while its objects were copied: the copies are made again
                stored = self._shelf.stored(id)
                continue
            self._finish_one(id)
            return visible(actor, file)
        raise Conflict(f"{stored.value.name} is being changed by others.", hint="Try again.")

    def finish(self) -> int:
        """Delete what moves left behind because something broke off."""
        old = self._shelf.clock() - _LONGEST
        left = [one for one in self._left.all() if one.begun is None or one.begun < old]
        for one in left:
            self._finish_one(one.file_id, also_begun=True)
        return len(left)

    def _check_signer(self, *, private: bool) -> None:
        if private and self._shelf.edge.signer is None:
            raise Conflict(
                "Private media is off: the CDN has no key group.",
                hint="An admin can set CDN_KEY_ID and CDN_PRIVATE_KEY_SECRET; see the README.",
            )

    def _switched(self, actor: Actor, stored: Stored[MediaFile], *, private: bool) -> MediaFile:
        intent = self._intend(actor, stored.value, private=private)
        try:
            return self._moved(actor, stored, intent.version, private=private)
        except DashboardError:
            self._give_up(intent)
            raise

    def _moved(
        self, actor: Actor, stored: Stored[MediaFile], intent: int, *, private: bool
    ) -> MediaFile:
        before = stored.value
        after = rules.moved(before, self._copied(before, private=private), private=private)
        self._see(after)
        after = stamped(before, after, actor.account_id, self._shelf.clock())
        action = "file.made_private" if private else "file.made_public"
        subject = f"file/{before.id}"
        event = self._shelf.audit.event(action, actor=actor, subject=subject, details=named(before))
        left = self._left.put(rules.left_behind(before, actor), intent)
        self._shelf.store.transact(
            [self._shelf.files.put(after, stored.version), left, self._shelf.audit.put(event)]
        )
        self._shelf.refresh()
        return after

    def _intend(self, actor: Actor, file: MediaFile, *, private: bool) -> Stored[LeftObjects]:
        """Written down before the first copy: what breaks off leaves none of them readable.

        Raises `Conflict` where somebody else has just moved the file.
        """
        found = self._left.find(file.id)
        if found is not None and found.value.begun is None:
            raise Conflict(f"{file.name} is being moved by others.", hint="Try again.")
        planned = rules.planned(file, actor, self._shelf.bucket.name, private=private)
        begun = planned.model_copy(update={"begun": self._shelf.clock()})
        version = found.version if found else 0
        (record,) = self._shelf.store.transact([self._left.put(begun, version)])
        return Stored(begun, record.version)

    def _give_up(self, intent: Stored[LeftObjects]) -> None:
        """The copies go, public ones of a private file above all; not where others made them."""
        with suppress(Conflict):
            self._left.save(intent.value.model_copy(update={"begun": None}), intent.version)
            self._finish_one(intent.value.file_id)

    def _copied(self, file: MediaFile, *, private: bool) -> dict[rules.Spot, ObjectRef]:
        made: dict[rules.Spot, ObjectRef] = {}
        source = self._shelf.bucket.beside(file.bucket)
        for ref in rules.to_move(file):
            found = source.head(ref.key, ref.version_id)
            served = ServedAs(
                found.content_type, rules.cache_control(private=private), found.content_disposition
            )
            key = rules.new_key(file.id, ref.key, private=private)
            made[rules.spot(ref)] = self._shelf.bucket.copy(found.ref, key, served)
        return made

    def _see(self, file: MediaFile) -> None:
        """Raise unless the CDN serves the copy, and a private one to signed requests only."""
        edge = self._shelf.edge
        answer = edge.head(edge.url(file.key))
        if answer.status != _OK:
            raise AwsUnavailable(
                f"The CDN does not serve the copy of {file.name}: {answer.error or answer.status}.",
                hint="The file stays as it was; ask the doctor about the new address.",
            )
        if file.private and edge.head(edge.plain_url(file.key)).status == _OK:
            raise AwsUnavailable(
                "The CDN serves private media without a signature.",
                hint="The file stays as it was. The behaviour private/* needs its key group.",
            )

    def _finish_one(self, id: str, *, also_begun: bool = False) -> None:
        left = self._left.find(id)
        if left is None or (left.value.begun is not None and not also_begun):
            return
        file = self._shelf.files.find(id)
        gone = rules.still_left(left.value, file.value if file else None)
        bucket = self._shelf.bucket.beside(left.value.bucket)
        for key in gone:
            bucket.erase(key)
        if gone and file is not None:
            self._forget(file.value, gone, left.value.by)
        with suppress(Conflict):  # somebody moves the file again already
            self._shelf.store.transact([self._left.drop(id, left.version)])
