"""The audits that are kept: their records, what their jobs say, and their folders of files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from core.diagnostics.service.audits.results import Results
from core.errors import NotFound
from core.model.media import JobState
from core.model.url_audit import (
    AuditSource,
    AuditSummary,
    CaseSource,
    DynamoSource,
    LibrarySource,
    LogSource,
    UrlAudit,
)
from core.stores.collection import Collection
from core.stores.jobs import JobQueue
from core.stores.records import Put, RecordStore

KIND = "url_audit"
KEPT = 30  # audits; older ones are forgotten
GOING = frozenset({JobState.QUEUED, JobState.RUNNING})
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Shelf:
    def __init__(
        self, store: RecordStore, jobs: JobQueue, clock: Callable[[], datetime], root: Path
    ) -> None:
        self._jobs, self._clock, self._root = jobs, clock, root
        self._audits = Collection(
            store, KIND, UrlAudit, key=lambda audit: audit.id,
            sort=lambda audit: audit.created_at.strftime(_MOMENT),
        )  # fmt: skip

    def folder(self, id: str) -> Path:
        return self._root / id

    def put(self, audit: UrlAudit) -> Put:
        """The operation for `transact` that files a new audit."""
        return self._audits.put(audit)

    def find(self, id: str) -> UrlAudit | None:
        """The record alone, as it was last written."""
        stored = self._audits.find(id)
        return stored.value if stored else None

    def get(self, id: str) -> UrlAudit:
        """With what its job says. Raises `NotFound`."""
        audit = self.find(id)
        if audit is None:
            raise NotFound("There is no such audit.", hint="It may be too old; start it again.")
        return self._now(audit)

    def newest(self, limit: int) -> tuple[UrlAudit, ...]:
        found = self._audits.page(limit=limit, descending=True).items
        return tuple(self._now(audit) for audit in found)

    def _now(self, audit: UrlAudit) -> UrlAudit:
        if audit.finished_at is not None:
            return audit
        stored = self._jobs.find(audit.job_id)
        if stored is None:
            return audit.model_copy(update={"state": JobState.FAILED})
        job = stored.value
        return audit.model_copy(update={
            "state": job.state, "done": job.done, "total": job.total, "step": job.step,
            "problem": job.problem,
        })  # fmt: skip

    def results(self, id: str) -> Results:
        """Raises `NotFound` where there are none, or none yet."""
        audit, results = self.get(id), Results(self.folder(id))
        if audit.state is not JobState.DONE or not results.exist:
            raise NotFound(
                "This audit has no results.", hint="Wait until it has ended, or start it again."
            )
        return results

    def cancel(self, id: str) -> None:
        self._audits.update(id, lambda one: one.model_copy(update={"cancelled": True}))

    def end(self, id: str, state: JobState, **update: object) -> None:
        """Write down how an audit ended; one that was removed meanwhile stays removed."""
        if self.find(id) is None:
            return
        summary = update.get("summary")
        urls = summary.urls if isinstance(summary, AuditSummary) else 0
        changes = {"finished_at": self._clock(), "state": state, "done": urls, "total": urls}
        self._audits.update(id, lambda audit: audit.model_copy(update={**changes, **update}))

    def prune(self) -> None:
        """Forget the oldest audits beyond what is kept."""
        known = list(self._audits.all())
        ended = [audit for audit in known if audit.finished_at is not None]
        for audit in ended[: max(0, len(known) - KEPT)]:
            self.forget(audit.id)

    def forget(self, id: str) -> None:
        self._audits.remove(id)
        self.drop_files(id)

    def drop_files(self, id: str) -> None:
        shutil.rmtree(self.folder(id), ignore_errors=True)


def title_of(source: AuditSource) -> str:
    """How a list names the audit."""
    if isinstance(source, DynamoSource):
        return f"{source.attribute} of {source.table}"
    if isinstance(source, CaseSource):
        return source.urls or "Case"
    if isinstance(source, LibrarySource):
        return "Library"
    if isinstance(source, LogSource) and source.bucket:
        return f"Access logs of {source.bucket}/{source.prefix}"
    return source.file or "List of URLs"
