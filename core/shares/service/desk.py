"""What every part of sharing works with: records, files, people, audit log, clock and key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from core.aws.s3 import MediaBucket
from core.errors import Conflict, NotFound
from core.model.finding import Album
from core.model.identity import Account, Actor, AuditEvent
from core.model.media import MediaFile
from core.model.sharing import ShareLink, SharePolicy
from core.settings import Settings
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.collection import Collection
from core.stores.files import album_records, file_records
from core.stores.records import Operation, RecordStore
from core.stores.search_index import SearchIndex
from core.stores.share_records import ShareRecords

_ATTEMPTS = 12
_ADDRESS_LIMIT = 64

Change = Callable[[ShareLink], ShareLink]


@dataclass(frozen=True)
class Desk:
    store: RecordStore
    index: SearchIndex
    bucket: MediaBucket
    audit: AuditLog
    settings: Settings
    clock: Callable[[], datetime]
    key: str = field(repr=False)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def records(self) -> ShareRecords:
        return ShareRecords(self.store)

    @property
    def files(self) -> Collection[MediaFile]:
        return file_records(self.store)

    @property
    def albums(self) -> Collection[Album]:
        return album_records(self.store)

    @property
    def people(self) -> AccountRecords:
        return AccountRecords(self.store)

    def policy(self) -> SharePolicy:
        return self.records.policy()[0]

    def account(self, id: str) -> Account | None:
        found = self.people.accounts.find(id)
        return found.value if found else None

    def event(
        self,
        action: str,
        link: ShareLink,
        details: Mapping[str, str] = MappingProxyType({}),
        *,
        actor: Actor | None = None,
        address: str = "",
    ) -> AuditEvent:
        """Tells whose link it is as well: visitors have no account that could."""
        return self.audit.event(
            action,
            actor=actor,
            subject=f"share/{link.id}",
            address=address[:_ADDRESS_LIMIT],
            details={"owner": link.owner_id, "title": link.title, **details},
        )

    def record(self, event: AuditEvent) -> None:
        self.store.transact([self.audit.put(event)])

    def change(
        self,
        link_id: str,
        change: Change,
        event_of: Callable[[ShareLink], AuditEvent],
        also: Callable[[], Sequence[Operation]] = tuple,
    ) -> ShareLink:
        """Read, change and tell in one transaction; again if another visitor was faster.

        What `change` raises comes through: so the last download is handed out once.
        """
        with self._counting:  # within this process nobody has to try twice
            for _ in range(_ATTEMPTS):
                stored = self.records.links.find(link_id)
                if stored is None:
                    raise gone()
                after = change(stored.value)
                put = self.records.links.put(after, stored.version)
                try:
                    self.store.transact([put, self.audit.put(event_of(after)), *also()])
                except Conflict:
                    continue
                return after
        raise Conflict("This link is being used by many at once.", hint="Try again in a moment.")


def changed(link: ShareLink, **update: Any) -> ShareLink:
    return link.model_copy(update=update)


def gone() -> NotFound:
    """The same for a link that never was, has ended, or was revoked: nothing is told of it."""
    return NotFound(
        "There is nothing under this link.",
        hint="It may have ended or been mistyped. Ask the person who sent it.",
    )


def no_such_link(id: str) -> NotFound:
    return NotFound(f"There is no link {id[:80]!r}.", hint="It may have been deleted.")
