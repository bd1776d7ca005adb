"""Where repairs are kept: every change with its audit event, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from core.diagnostics.urls import redact_deep
from core.errors import NotFound
from core.model.base import UtcTime
from core.model.identity import Actor
from core.model.repair import Action, Repair, RepairPage, RepairState
from core.stores.audit_log import AuditLog
from core.stores.collection import Collection, Stored
from core.stores.records import RecordStore

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Book:
    def __init__(self, store: RecordStore, audit: AuditLog, clock: Callable[[], datetime]) -> None:
        self._store, self._audit, self.clock = store, audit, clock
        self._repairs = Collection(
            store, "repair", Repair, key=lambda r: r.id,
            sort=lambda r: r.proposed_at.strftime(_MOMENT),
        )  # fmt: skip

    def find(self, id: str) -> Stored[Repair]:
        stored = self._repairs.find(id)
        if stored is None:
            raise NotFound("There is no such repair.", hint="Choose one from the list of repairs.")
        return stored

    def save(
        self, repair: Repair, version: int, event: str = "", actor: Actor | None = None
    ) -> Stored[Repair]:
        """Raises `Conflict` where somebody else wrote it since `version`."""
        kept = Repair.model_validate(redact_deep(repair.model_dump(mode="json")))
        operations = [self._repairs.put(kept, version)]
        if event:
            told = {"url": kept.url, "fix": kept.fix.type.value, "title": kept.title,
                    "state": kept.state.value}  # fmt: skip
            subject = f"repair/{kept.id}"
            made = self._audit.event(f"repair.{event}", actor=actor, subject=subject, details=told)
            operations.append(self._audit.put(made))
        return Stored(kept, self._store.transact(operations)[0].version)

    def page(
        self, url: str, state: RepairState | None, after: str | None, limit: int
    ) -> RepairPage:
        """The newest first; those that don't fit `url` and `state` are passed over."""
        found: list[Repair] = []
        while True:
            listed = self._repairs.page(after=after, limit=limit, descending=True)
            after = listed.next
            found += [
                r for r in listed.items
                if (not url or url in {r.url, r.new_url}) and state in {None, r.state}
            ]  # fmt: skip
            if after is None or len(found) >= limit:
                return RepairPage(items=tuple(found), next=after)

    def in_states(self, *states: RepairState) -> Iterator[Stored[Repair]]:
        for listed in self._repairs.all():
            if listed.state in states:
                yield self.find(listed.id)

    def now(self) -> UtcTime:
        return self.clock()


def storable(action: Action) -> Action:
    """What can't be kept can't be put back: said before it is applied."""
    edits = [edit.model_dump(mode="json") for edit in action.edits]
    keeps = redact_deep(edits) == edits
    return action if keeps else action.model_copy(update={"reversible": False})
