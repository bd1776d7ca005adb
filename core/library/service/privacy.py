"""Making files private and public again: their objects move under another prefix of the CDN.

Copied, seen through the CDN, then switched; only then the old objects and their copies at the CDN
go. What is left to delete is written down in the same transaction, so no crash leaves it readable.
"""

from __future__ import annotations

from dataclasses import replace

from core.aws.s3 import ServedAs
from core.errors import AwsUnavailable, Conflict
from core.library import privacy as rules
from core.library.changes import stamped
from core.library.leftovers import LeftObjects
from core.library.service.leftovers import Leftovers
from core.library.service.shelf import Shelf, named
from core.model.identity import Actor
from core.model.media import MediaFile, ObjectRef
from core.model.object_names import Spot, spot
from core.model.visibility import removable, visible
from core.stores.collection import Stored

_OK = 200
_ATTEMPTS = 3


class Privacy:
    def __init__(self, shelf: Shelf, leftovers: Leftovers) -> None:
        self._shelf, self._leftovers = shelf, leftovers

    def apply(self, actor: Actor, id: str, private: bool) -> MediaFile:
        """Safe to repeat: a file that is as wanted is only rid of what an earlier try left."""
        stored = self._shelf.stored(id)
        removable(actor, stored.value)
        self._leftovers.finish_one(id)
        for _ in range(_ATTEMPTS):
            if stored.value.private is private:
                return visible(actor, stored.value)
            rules.check_movable(stored.value)
            self._check_signer(private=private)
            self._check_alone(stored.value, private=private)
            try:
                file = self._switched(actor, stored, private=private)
            except Conflict:  # changed while its objects were copied: the copies are made again
                stored = self._shelf.stored(id)
                continue
            self._leftovers.finish_one(id)
            return visible(actor, file)
        raise Conflict(f"{stored.value.name} is being changed by others.", hint="Try again.")

    def _check_signer(self, *, private: bool) -> None:
        if private and self._shelf.edge.signer is None:
            raise Conflict(
                "Private media is off: the CDN has no key group.",
                hint="An admin can set DASHBOARD_CDN_KEY_ID and its private key; see the README.",
            )

    def _switched(self, actor: Actor, stored: Stored[MediaFile], *, private: bool) -> MediaFile:
        file = stored.value
        planned = rules.planned(file, actor, self._shelf.bucket.name, private=private)
        with self._leftovers.begun(planned) as intent:
            return self._moved(actor, stored, intent, private=private)

    def _check_alone(self, file: MediaFile, *, private: bool) -> None:
        """An object that another record names would stay, and stay readable."""
        keys = {ref.key for ref in rules.to_move(file)}
        if private and self._shelf.uses.spared(file.bucket, keys, f"file/{file.id}"):
            raise Conflict(
                f"The object of {file.name} is used elsewhere, too, and would stay public.",
                hint="Copy the file, delete this one, and make the copy private.",
            )

    def _moved(
        self, actor: Actor, stored: Stored[MediaFile], intent: Stored[LeftObjects], *, private: bool
    ) -> MediaFile:
        before = stored.value
        after = rules.moved(before, self._copied(before, private=private), private=private)
        self._see(after)
        after = stamped(before, after, actor.account_id, self._shelf.clock())
        action = "file.made_private" if private else "file.made_public"
        subject = f"file/{before.id}"
        event = self._shelf.audit.event(action, actor=actor, subject=subject, details=named(before))
        left = self._leftovers.settled(intent, rules.left_behind(before, actor))
        self._shelf.store.transact(
            [self._shelf.files.put(after, stored.version), left, self._shelf.audit.put(event)]
        )
        self._shelf.refresh()
        return after

    def _copied(self, file: MediaFile, *, private: bool) -> dict[Spot, ObjectRef]:
        def lasting(headers: ServedAs) -> ServedAs:
            return replace(headers, cache_control=rules.cache_control(private=private))

        made: dict[Spot, ObjectRef] = {}
        for ref in rules.to_move(file):  # in this order
            key = rules.new_key(file.id, ref.key, private=private)
            made[spot(ref)] = self._shelf.bucket.carry(ref, key, lasting)
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
