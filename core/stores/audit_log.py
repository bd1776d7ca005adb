"""The append-only record of who did what. Filed by month, so that a page of events is one query."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from core.model.identity import Actor, AuditEvent
from core.stores.collection import Collection, Listing
from core.stores.records import Put, RecordStore

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class AuditLog:
    def __init__(self, store: RecordStore, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._events = Collection(
            store,
            "audit_event",
            AuditEvent,
            key=lambda event: event.id,
            parent=lambda event: f"{event.at:%Y-%m}",
            sort=lambda event: event.at.strftime(_MOMENT),
        )

    def event(
        self,
        action: str,
        *,
        actor: Actor | None = None,
        subject: str = "",
        address: str = "",
        details: Mapping[str, str] | None = None,
    ) -> AuditEvent:
        return AuditEvent(
            id=secrets.token_hex(10),
            at=self._clock(),
            action=action,
            actor_id=actor.account_id if actor else "",
            subject=subject,
            address=address,
            details=dict(details or {}),
        )

    def put(self, event: AuditEvent) -> Put:
        """The operation for `transact`, where an event must not be lost when its cause is kept."""
        return self._events.put(event)

    def record(
        self,
        action: str,
        *,
        actor: Actor | None = None,
        subject: str = "",
        address: str = "",
        details: Mapping[str, str] | None = None,
    ) -> None:
        self._events.add(
            self.event(action, actor=actor, subject=subject, address=address, details=details)
        )

    def page(
        self, month: str, *, after: str | None = None, limit: int = 100
    ) -> Listing[AuditEvent]:
        """Newest first; `month` as `2026-11`."""
        return self._events.page(month, after=after, limit=limit, descending=True)
