"""Drop boxes: whether somebody may send one more file, and what became of it.

The upload itself is the upload room's; it runs in the name of the link's owner, with no more
rights than a member has.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from core.errors import NotFound
from core.model.identity import Actor, Role
from core.model.media import FileKind, MediaFile
from core.model.sharing import DropLimits, DroppedFile, DropState, ShareLink
from core.shares import drops
from core.shares.records import Admitted, Arriving, DropRequest, Visit
from core.shares.service.desk import Desk, changed
from core.stores.collection import Stored

RESERVED = timedelta(hours=2)  # the form counts for one hour, and a form sent in time may be slow


class _CountedAlready(Exception):
    """The browser said twice that a file is there."""


class Dropping:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def room(self, visit: Visit) -> tuple[DropLimits, drops.Room]:
        """What the box takes, cut to the policy, and what is left of it."""
        return self._limits(visit.link), self._room(visit.link, self._desk.clock())

    def admit(self, visit: Visit, request: DropRequest) -> Admitted:
        """Raises what is wrong with the file for this box. Reserves nothing yet."""
        limits, room = self.room(visit)
        drops.check(request, limits, room)
        return Admitted(_in_the_name_of(visit.link), visit.link.target.folder, visit.link)

    def reserve(
        self, visit: Visit, upload_id: str, request: DropRequest, name: str, address: str
    ) -> None:
        """Raises `Conflict` where others were faster and nothing is left for this file."""
        now = self._desk.clock()
        drop = DroppedFile(
            id=upload_id,
            share_id=visit.link.id,
            name=name,
            size=request.size,
            sender=drops.sender(request.sender),
            at=now,
            reserved_until=now + RESERVED,
        )

        def check(link: ShareLink) -> ShareLink:
            drops.check(request, self._limits(link), self._room(link, now))
            return changed(link, last_used_at=now)

        self._desk.change(
            visit.link.id,
            check,
            lambda link: self._desk.event(
                "share.drop_begun", link, {"name": name, "file": upload_id}, address=address
            ),
            also=lambda: [self._desk.records.drops.put(drop)],
        )

    def arriving(self, link: ShareLink, upload_id: str) -> Arriving:
        """A file of this very box. Raises `NotFound`."""
        drop = self._stored(upload_id).value
        if drop.share_id != link.id:
            raise NotFound("This file was not begun here.", hint="Send it again.")
        return Arriving(_in_the_name_of(link), link, drop)

    def kinds(self, link: ShareLink) -> frozenset[FileKind]:
        return frozenset(link.drop.kinds) if link.drop else frozenset()

    def received(self, arriving: Arriving, file: MediaFile, address: str) -> None:
        """Counted once, however often the browser says so."""
        drop, now = arriving.drop, self._desk.clock()
        done = drop.model_copy(update={"state": DropState.RECEIVED})
        told = {"name": file.name, "file": file.id, "sender": drop.sender}

        def count(link: ShareLink) -> ShareLink:
            if self._stored(drop.id).value.state is DropState.RECEIVED:
                raise _CountedAlready
            return changed(
                link,
                received_files=link.received_files + 1,
                received_bytes=link.received_bytes + drop.size,
                last_used_at=now,
            )

        with suppress(_CountedAlready):
            self._desk.change(
                drop.share_id,
                count,
                lambda link: self._desk.event("share.dropped", link, told, address=address),
                also=lambda: [self._desk.records.drops.put(done, self._stored(drop.id).version)],
            )

    def refused(self, arriving: Arriving, reason: str, address: str) -> None:
        """Its place in the box is free again."""
        refused = arriving.drop.model_copy(update={"state": DropState.REFUSED})
        told = {"name": arriving.drop.name, "reason": reason}
        event = self._desk.event("share.drop_refused", arriving.link, told, address=address)
        put = self._desk.records.drops.put(refused, self._stored(refused.id).version)
        self._desk.store.transact([put, self._desk.audit.put(event)])

    def _stored(self, drop_id: str) -> Stored[DroppedFile]:
        stored = self._desk.records.drops.find(drop_id)
        if stored is None:
            raise NotFound("This file was not begun here.", hint="Send it again.")
        return stored

    def _limits(self, link: ShareLink) -> DropLimits:
        if link.drop is None:
            raise NotFound("This link takes no files.", hint="")
        return drops.within(link.drop, self._desk.policy())

    def _room(self, link: ShareLink, now: datetime) -> drops.Room:
        return drops.room(self._limits(link), self._desk.records.drops.all(link.id), now)


def _in_the_name_of(link: ShareLink) -> Actor:
    """The owner, marked: no session has such an id."""
    return Actor(account_id=link.owner_id, role=Role.MEMBER, session_id=f"share:{link.id}")
