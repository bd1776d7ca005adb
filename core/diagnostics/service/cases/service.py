"""Saved cases: kept without secrets, opened without AWS, shared as files, and watched."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core.diagnostics import monitoring
from core.diagnostics.case_json import clean, read_case, url_of, write_case
from core.diagnostics.service.cases.book import CaseBook
from core.diagnostics.service.cases.watch import AT_ONCE, Watcher
from core.diagnostics.service.doctor import DiagnosticsService
from core.errors import Conflict, InvalidInput
from core.model.identity import Actor, Permission
from core.model.saved_case import (
    CaseHistory,
    Interval,
    Monitor,
    SavedCase,
    WatchState,
)
from core.stores.audit_log import AuditLog
from core.stores.collection import Listing
from core.stores.records import RecordStore

LISTED = 500
LONGEST_NAME = 200
LONGEST_NOTE = 4000


class CasesService:
    """`check_due` is called again and again by whoever keeps house; it does what is due."""

    def __init__(
        self,
        store: RecordStore,
        diagnostics: DiagnosticsService,
        audit: AuditLog,
        clock: Callable[[], datetime],
        *,
        at_once: int = AT_ONCE,
    ) -> None:
        self._book, self._diagnostics = CaseBook(store), diagnostics
        self._audit, self._clock = audit, clock
        self._watcher = Watcher(self._book, diagnostics, audit, clock, at_once)

    # --- cases ------------------------------------------------------------------------------

    def save(
        self,
        actor: Actor,
        *,
        url: str = "",
        snapshot: Mapping[str, Any] | None = None,
        name: str = "",
        note: str = "",
    ) -> SavedCase:
        """Keep what AWS says of `url` now, or the snapshot of a case that is at hand."""
        actor.require(Permission.URL_DIAGNOSE)
        if bool(url) == (snapshot is not None):
            raise InvalidInput("It is not clear what to save.", hint="Give `url` or `snapshot`.")
        if snapshot is None:
            captured = clean(self._diagnostics.bundle(actor, url)["snapshot"])
            return self._keep(actor, captured, name, note, own=True)
        inner = snapshot.get("snapshot")
        given = inner if isinstance(inner, Mapping) else snapshot
        return self._keep(actor, clean(given), name, note, own=False)

    def import_case(
        self, actor: Actor, content: bytes, *, name: str = "", note: str = ""
    ) -> SavedCase:
        """Keep a case from a file. Raises `InvalidInput` or `TooLarge`, which say what is wrong."""
        actor.require(Permission.URL_DIAGNOSE)
        file = read_case(content)
        return self._keep(actor, file.snapshot, name or file.name, note or file.note, own=False)

    def cases(
        self, actor: Actor, *, after: str | None = None, limit: int = LISTED
    ) -> Listing[SavedCase]:
        """Newest first, without snapshots."""
        actor.require(Permission.URL_DIAGNOSE)
        return self._book.cases(limit, after)

    def can_watch(self, url: str) -> bool:
        """Whether a URL can be asked again: signatures are not kept."""
        return monitoring.can_watch(url)

    def watched(self, actor: Actor, url: str) -> SavedCase | None:
        """The newest case of this URL that has a monitor."""
        found = self.cases(actor).items
        return next((case for case in found if case.url == url and case.monitor), None)

    def get(self, actor: Actor, id: str) -> SavedCase:
        """With its snapshot."""
        actor.require(Permission.URL_DIAGNOSE)
        case = self._book.case(id)
        return case.model_copy(update={"snapshot": self._book.snapshot(id)})

    def open(self, actor: Actor, id: str) -> dict[str, Any]:
        """The snapshot, to be diagnosed without AWS."""
        actor.require(Permission.URL_DIAGNOSE)
        self._book.case(id)
        return self._book.snapshot(id)

    def export(self, actor: Actor, id: str) -> dict[str, Any]:
        """The contract's JSON, with the report that this version of the doctor gives."""
        actor.require(Permission.URL_DIAGNOSE)
        case = self._book.case(id)
        snapshot = self._book.snapshot(id)
        report = self._diagnostics.diagnose_snapshot(actor, snapshot).report()
        return write_case(id, snapshot, name=case.name, note=case.note, report=report)

    def delete(self, actor: Actor, id: str) -> None:
        """The case, its monitor and its history."""
        actor.require(Permission.URL_DIAGNOSE)
        case = self._book.case(id)
        self._book.remove(id)
        self._record("case.deleted", actor, case)

    def _keep(
        self, actor: Actor, snapshot: dict[str, Any], name: str, note: str, *, own: bool
    ) -> SavedCase:
        url = url_of(snapshot)
        diagnosis = self._diagnostics.diagnose_snapshot(actor, snapshot)
        case = SavedCase(
            id=secrets.token_hex(8),
            name=name.strip()[:LONGEST_NAME] or url[:LONGEST_NAME] or "A case without a URL",
            url=url,
            note=note.strip()[:LONGEST_NOTE],
            saved_by=actor.account_id,
            saved_at=self._clock(),
            summary=monitoring.summary_of(diagnosis),
            watchable=monitoring.can_watch(url),
            own=own,
        )
        self._book.add(case, snapshot)
        self._record("case.saved", actor, case)
        return case

    # --- monitors ---------------------------------------------------------------------------

    def watch(self, actor: Actor, id: str, interval: Interval = Interval.DAY) -> SavedCase:
        """Check the case's URL from now on; a monitor that is there keeps what it knows."""
        actor.require(Permission.URL_DIAGNOSE)
        case = self._watchable(id)
        if case.monitor is None:
            known = monitoring.known_from(case.summary) if case.own else None
            monitor = monitoring.begin(
                interval, self._clock(), known=known, known_since=case.saved_at
            )
        else:
            monitor = case.monitor.model_copy(
                update={
                    "interval_seconds": interval.seconds,
                    "next_at": monitoring.next_due(id, interval.seconds, self._clock()),
                    "taken_until": None,
                }
            )
        return self._watch(actor, case, monitor)

    def watch_repaired(self, actor: Actor, id: str, interval: Interval = Interval.DAY) -> SavedCase:
        """After a repair that a real request verified: what breaks again has relapsed."""
        actor.require(Permission.URL_DIAGNOSE)
        case, now = self._watchable(id), self._clock()
        known = WatchState.WORKS
        monitor = monitoring.begin(interval, now, known=known, known_since=now)
        return self._watch(actor, case, monitor)

    def keep_repaired(
        self, actor: Actor, url: str, interval: Interval = Interval.DAY, *, note: str = ""
    ) -> SavedCase:
        """After a verified repair: save what AWS says now, and watch the URL where it can be."""
        actor.require(Permission.URL_DIAGNOSE)
        case = self.save(actor, url=url, note=note)
        return self.watch_repaired(actor, case.id, interval) if case.watchable else case

    def unwatch(self, actor: Actor, id: str) -> SavedCase:
        """The history stays with the case."""
        actor.require(Permission.URL_DIAGNOSE)
        case = self._book.case(id)
        self._book.unwatch(id)
        self._record("case.unwatched", actor, case)
        return self._book.case(id)

    def check_now(self, actor: Actor, id: str) -> SavedCase:
        """Check a monitor's URL out of turn. Raises `Conflict` where it is being checked."""
        actor.require(Permission.URL_DIAGNOSE)
        self._watchable(id)
        stored = self._book.monitor(id)
        if stored is None:
            raise InvalidInput("Nothing watches this case.", hint="Start its monitor first.")
        if not self._watcher.check(stored):
            raise Conflict("This URL is being checked right now.", hint="Look again in a moment.")
        return self._book.case(id)

    def history(self, actor: Actor, id: str, *, limit: int = 100) -> CaseHistory:
        actor.require(Permission.URL_DIAGNOSE)
        self._book.case(id)
        return CaseHistory(case_id=id, checks=self._book.history(id, limit))

    def relapsed(self, actor: Actor) -> tuple[SavedCase, ...]:
        """Those that worked and broke again, the latest first."""
        actor.require(Permission.URL_DIAGNOSE)
        found = [self._book.case(one.case_id) for one in self._book.listed(WatchState.RELAPSED)]
        return tuple(sorted(found, key=_relapsed_at, reverse=True))

    def relapses(self, actor: Actor) -> int:
        """How many there are, for a badge."""
        actor.require(Permission.URL_DIAGNOSE)
        return sum(1 for _ in self._book.listed(WatchState.RELAPSED))

    def check_due(self) -> int:
        """Check what is due, a few at a time. Returns how many were checked."""
        return self._watcher.check_due()

    def _watchable(self, id: str) -> SavedCase:
        case = self._book.case(id)
        if not case.watchable:
            raise InvalidInput(
                "This case can't be watched: it has no URL that could be asked again.",
                hint="Signatures are never kept. Save a case of a URL without one.",
            )
        return case

    def _watch(self, actor: Actor, case: SavedCase, monitor: Monitor) -> SavedCase:
        self._book.watch(case.id, monitor)
        self._record("case.watched", actor, case)
        return self._book.case(case.id)

    def _record(self, action: str, actor: Actor, case: SavedCase) -> None:
        self._audit.record(
            action, actor=actor, subject=f"case/{case.id}", details={"name": case.name}
        )


def _relapsed_at(case: SavedCase) -> datetime:
    monitor = case.monitor
    return case.saved_at if monitor is None else monitor.known_since or monitor.since
