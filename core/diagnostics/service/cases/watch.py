"""Checks the URLs of monitors: what is due, a few at once, each by one process only."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice

from core.diagnostics import monitoring
from core.diagnostics.service.cases.book import CaseBook, Watched
from core.diagnostics.service.doctor import DiagnosticsService
from core.errors import DashboardError
from core.model.identity import Actor, Role
from core.model.saved_case import Check, WatchState
from core.stores.audit_log import AuditLog
from core.stores.collection import Stored

_log = logging.getLogger(__name__)

AT_ONCE = 4  # checks in parallel: each one reads a distribution and its buckets
_PER_ROUND = 60
_WATCHER = Actor(account_id="monitor", role=Role.SUPPORT)


class Watcher:
    def __init__(
        self,
        book: CaseBook,
        diagnostics: DiagnosticsService,
        audit: AuditLog,
        clock: Callable[[], datetime],
        at_once: int,
    ) -> None:
        self._book, self._diagnostics = book, diagnostics
        self._audit, self._clock, self._at_once = audit, clock, at_once

    def check_due(self) -> int:
        """Check what is due, a few at a time. Returns how many were checked."""
        due = list(islice(self._due(), _PER_ROUND))
        if not due:
            return 0
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="monitor") as pool:
            return sum(pool.map(self.check, due))

    def _due(self) -> Iterator[Stored[Watched]]:
        now = self._clock()
        for state in (None, *WatchState):
            for listed in self._book.listed(state):
                if listed.monitor.next_at > now:
                    break  # the rest of this list is due later
                stored = self._book.monitor(listed.case_id)  # a listing may lag behind
                if stored is not None and stored.value.monitor.next_at <= now:
                    yield stored

    def check(self, stored: Stored[Watched]) -> bool:
        """False where somebody else is checking."""
        now, monitor = self._clock(), stored.value.monitor
        if monitor.taken_until is not None and monitor.taken_until > now:
            return False
        until = monitoring.lease_until(now)
        mine = self._book.take(stored, monitor.model_copy(update={"taken_until": until}))
        if mine is None:
            return False
        check = self._look(stored.value.case_id, monitor.known)
        if check is not None:
            self._conclude(mine, check)
        return True

    def _look(self, id: str, known: WatchState | None) -> Check | None:
        """One check; None where the case is gone."""
        at = self._clock()
        try:
            url = self._book.case(id).url
        except DashboardError:
            return None
        try:
            diagnosis = self._diagnostics.diagnose_url(_WATCHER, url, probe=True)
        except DashboardError as error:
            return monitoring.unchecked(at, f"{error.message} {error.hint}".strip())
        except Exception:  # noqa: BLE001  # one case that nobody foresaw must not end all monitors
            _log.exception("The monitor of case %s failed", id)
            return monitoring.unchecked(at, "The check met an error; the server's log has it.")
        return monitoring.check_of(diagnosis, at, known)

    def _conclude(self, mine: Stored[Watched], check: Check) -> None:
        case_id, before = mine.value.case_id, mine.value.monitor
        next_at = monitoring.next_due(case_id, before.interval_seconds, self._clock())
        monitor = monitoring.after(before, check, next_at)
        if self._book.take(mine, monitor) is None:
            return  # it was stopped or changed meanwhile: what the person chose stands
        self._book.keep(case_id, monitor.checks, check)
        relapsed = WatchState.RELAPSED
        if monitor.known is relapsed and before.known is not relapsed:
            self._audit.record(
                "case.relapsed", subject=f"case/{id}", details={"cause": check.cause}
            )
