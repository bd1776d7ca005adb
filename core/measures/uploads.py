"""How many files were uploaded in a month, from the audit log, which is never shortened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from core.model.identity import AuditEvent
from core.stores.collection import Listing

UPLOADED = "file.uploaded"
_MOST_PAGES = 200
_SETTLED = timedelta(minutes=5)  # another process may still file an event of this moment


@dataclass(frozen=True)
class _Known:
    """Uploads up to and with one event."""

    event: str = ""
    uploads: int = 0


class UploadCounter:
    """`page` answers the events of a month, the newest first; what was counted is kept."""

    def __init__(
        self,
        page: Callable[[str, str | None], Listing[AuditEvent]],
        clock: Callable[[], datetime],
    ) -> None:
        self._page, self._clock, self._lock = page, clock, Lock()
        self._known: dict[str, _Known] = {}

    def count(self, month: str) -> int | None:
        """None where there are too many events to be counted now."""
        with self._lock:
            known = self._known.get(month, _Known())
            events = self._since(month, known.event)
            if events is None:
                return None
            total = known.uploads + sum(map(_is_upload, events))
            self._keep(month, events, known.uploads)
            return total

    def _since(self, month: str, last: str) -> list[AuditEvent] | None:
        found: list[AuditEvent] = []
        after: str | None = None
        for _ in range(_MOST_PAGES):
            listing = self._page(month, after)
            for event in listing.items:
                if event.id == last:
                    return found
                found.append(event)
            if listing.next is None:
                return found
            after = listing.next
        return None

    def _keep(self, month: str, events: list[AuditEvent], before: int) -> None:
        settled = [one for one in events if one.at < self._clock() - _SETTLED]
        if settled:
            uploads = before + sum(map(_is_upload, settled))
            self._known[month] = _Known(settled[0].id, uploads)


def _is_upload(event: AuditEvent) -> bool:
    return event.action == UPLOADED
