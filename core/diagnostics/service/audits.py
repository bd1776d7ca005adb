"""Audits of many URLs: started by a person, done by a durable job, kept as files, shown in groups.

Results are shared by everybody who may diagnose; the newest audits are kept.
"""

from __future__ import annotations

import json
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Literal

from core.aws.dynamodb_tables import TableReader
from core.diagnostics.groups import Known
from core.diagnostics.service import audits_files, audits_work
from core.diagnostics.service.audits_export import as_csv, as_json, encoded
from core.diagnostics.service.audits_files import Upload
from core.diagnostics.service.audits_results import ASKED, Results
from core.diagnostics.service.audits_sources import Reach
from core.diagnostics.service.audits_tables import choice_of
from core.diagnostics.urls import parse_url
from core.errors import AwsUnavailable, Conflict, DashboardError, InvalidInput, NotFound
from core.model.diagnosis import FixType
from core.model.identity import Actor, Permission
from core.model.media import Job, JobState
from core.model.repair import RecordChange, Repair
from core.model.url_audit import (
    AuditGroup,
    AuditRowPage,
    AuditSource,
    AuditSummary,
    CaseSource,
    CsvSource,
    DynamoSource,
    GroupRepair,
    LibrarySource,
    TableChoice,
    UrlAudit,
)
from core.stores.audit_log import AuditLog
from core.stores.collection import Collection
from core.stores.jobs import JobQueue, problem_of
from core.stores.records import RecordStore

JOB = "url_audit"
KEPT = 30  # audits; older ones are forgotten
PAGE = 200
_BATCH = 200  # records in one proposal
_LISTED_TABLES = 100
_TELL_SECONDS = 0.5
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"

ProposeRecords = Callable[[Actor, Sequence[RecordChange], str], Repair]


class _CancelledError(Exception):
    """Somebody asked the work to end."""


class AuditsService:
    """`propose` hands the records of a group to the repairs; `own_table` is never read."""

    def __init__(
        self,
        store: RecordStore,
        jobs: JobQueue,
        audit_log: AuditLog,
        reach: Reach,
        clock: Callable[[], datetime],
        folder: Path,
        *,
        own_table: str = "",
        propose: ProposeRecords | None = None,
    ) -> None:
        self._store, self._jobs, self._log, self._reach = store, jobs, audit_log, reach
        self._clock, self._root, self._own_table = clock, folder, own_table
        self._propose = propose
        self._simulating = threading.Lock()  # one large simulation at a time
        self._audits = Collection(
            store, JOB, UrlAudit, key=lambda audit: audit.id,
            sort=lambda audit: audit.created_at.strftime(_MOMENT),
        )  # fmt: skip

    # --- starting and following -------------------------------------------------------------

    def start(
        self,
        actor: Actor,
        source: AuditSource,
        uploads: Sequence[Upload] | Mapping[str, bytes] = (),
    ) -> UrlAudit:
        """Write down what is to be audited; a worker does it. Raises `InvalidInput`.

        A mapping holds files by the names that the source gives them.
        """
        actor.require(Permission.URL_DIAGNOSE)
        self._check(actor, source)
        sent = audits_files.checked(source, uploads)
        name = secrets.token_hex(8)
        folder = self._root / name
        folder.mkdir(mode=0o700, parents=True)
        try:
            return self._queued(
                actor, name, audits_files.keep(folder, self._with_host(source), sent)
            )
        except DashboardError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _check(self, actor: Actor, source: AuditSource) -> None:
        if isinstance(source, LibrarySource):
            actor.require(Permission.MEDIA_READ_ALL)
        if isinstance(source, DynamoSource) and source.table == self._own_table:
            raise InvalidInput(
                "The dashboard's own table holds no URLs.", hint="Choose another table."
            )

    def _with_host(self, source: AuditSource) -> AuditSource:
        """Keys without a host are those of the library's own CDN."""
        if isinstance(source, DynamoSource | CsvSource) and not source.host:
            host = parse_url(self._reach.address("x")).host
            return source.model_copy(update={"host": host})
        return source

    def _queued(self, actor: Actor, id: str, source: AuditSource) -> UrlAudit:
        job, put = self._jobs.put(JOB, id, actor.account_id)
        audit = UrlAudit(
            id=id, source=source, title=title_of(source), created_by=actor.account_id,
            created_at=self._clock(), job_id=job.id,
        )  # fmt: skip
        event = self._log.event(
            "url_audit.started", actor=actor, subject=f"url_audit/{id}",
            details={"source": audit.title[:200]},
        )  # fmt: skip
        self._store.transact([self._audits.put(audit), put, self._log.put(event)])
        self._jobs.announce()
        return audit

    def get(self, actor: Actor, id: str) -> UrlAudit:
        actor.require(Permission.URL_DIAGNOSE)
        return self._now(self._known(id))

    def list(self, actor: Actor, *, limit: int = KEPT) -> tuple[UrlAudit, ...]:
        """The newest first."""
        actor.require(Permission.URL_DIAGNOSE)
        found = self._audits.page(limit=limit, descending=True).items
        return tuple(self._now(audit) for audit in found)

    def _known(self, id: str) -> UrlAudit:
        stored = self._audits.find(id)
        if stored is None:
            raise NotFound("There is no such audit.", hint="It may be too old; start it again.")
        return stored.value

    def _now(self, audit: UrlAudit) -> UrlAudit:
        """With what its job says, until it has ended."""
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

    def cancel(self, actor: Actor, id: str) -> UrlAudit:
        """End the work soon; what was found by then is not kept."""
        actor.require(Permission.URL_DIAGNOSE)
        audit = self.get(actor, id)
        if audit.state not in {JobState.QUEUED, JobState.RUNNING}:
            raise Conflict("This audit has ended.", hint="Remove it, or start another one.")
        self._audits.update(id, lambda one: one.model_copy(update={"cancelled": True}))
        return self.get(actor, id)

    def remove(self, actor: Actor, id: str) -> None:
        """Cancel what still runs; forget what has ended, with its files."""
        actor.require(Permission.URL_DIAGNOSE)
        audit = self.get(actor, id)
        if audit.state in {JobState.QUEUED, JobState.RUNNING} and not audit.cancelled:
            self.cancel(actor, id)
        elif audit.state not in {JobState.QUEUED, JobState.RUNNING}:
            self._forget(id)

    # --- results ----------------------------------------------------------------------------

    def groups(self, actor: Actor, id: str) -> tuple[AuditGroup, ...]:
        """Failing groups first, the most asked before the others."""
        actor.require(Permission.URL_DIAGNOSE)
        return self._results(id).groups()

    def rows(
        self, actor: Actor, id: str, group: str, *, after: str | None = None, limit: int = 100
    ) -> AuditRowPage:  # fmt: skip
        """The URLs of one group, the most asked first."""
        actor.require(Permission.URL_DIAGNOSE)
        results = self._results(id)
        results.place(group)
        return results.page(group, after=after, limit=max(1, min(limit, PAGE)))

    def export(
        self, actor: Actor, id: str, form: Literal["csv", "json"]
    ) -> Iterator[bytes]:  # fmt: skip
        """Everything that needs attention, written while it is read."""
        actor.require(Permission.URL_DIAGNOSE)
        results = self._results(id)
        groups = results.groups()
        if form == "csv":
            return encoded(as_csv(groups, results.broken()))
        return encoded(as_json(self.get(actor, id), groups, results.broken()))

    def _results(self, id: str) -> Results:
        audit = self._now(self._known(id))
        results = Results(self._root / id)
        if audit.state is not JobState.DONE or not results.exist:
            raise NotFound(
                "This audit has no results.", hint="Wait until it has ended, or start it again."
            )
        return results

    # --- repairs ----------------------------------------------------------------------------

    def repair(
        self, actor: Actor, id: str, group: str, fix: FixType | None = None
    ) -> GroupRepair:  # fmt: skip
        """The dry run of the group's preferred repair (or of `fix`) over all URLs; kept."""
        actor.require(Permission.URL_DIAGNOSE)
        self._results(id).place(group)
        with self._simulating:
            return audits_work.simulated(self._root / id, group, fix)

    def propose(self, actor: Actor, id: str, group: str) -> tuple[Repair, ...]:
        """Propose the records that the dry run fixes, some hundred at a time."""
        actor.require(Permission.URL_DIAGNOSE)
        source = self._known(id).source
        changes = self._results(id).changes(group)
        if not isinstance(source, DynamoSource) or self._propose is None:
            raise InvalidInput(
                "Only records of a table can be written from here.",
                hint="Export the group and correct the URLs at their source.",
            )
        if not changes:
            raise Conflict(
                "No dry run has shown records that can be fixed.", hint="Make the dry run first."
            )
        pattern = self._results(id).place(group).pattern
        rows = [_change(source, known, value, url) for known, value, url in changes]
        batches = [rows[i : i + _BATCH] for i in range(0, len(rows), _BATCH)]
        return tuple(self._propose(actor, batch, pattern) for batch in batches)

    # --- what can be chosen -----------------------------------------------------------------

    def tables(self, actor: Actor) -> tuple[TableChoice, ...]:
        """The account's tables with their keys, and attributes seen in a sample of each."""
        actor.require(Permission.URL_DIAGNOSE)
        reader = TableReader(self._reach.clients.dynamodb)
        names = [name for name in reader.names() if name != self._own_table][:_LISTED_TABLES]
        with ThreadPoolExecutor(8) as pool:
            return tuple(pool.map(lambda name: choice_of(reader, name), names))

    # --- the job ----------------------------------------------------------------------------

    def work(self, job: Job) -> None:
        """Do a queued audit. What AWS can't answer now is tried again by the queue."""
        stored = self._audits.find(job.subject_id)
        if stored is None:
            return
        audit, folder = stored.value, self._root / job.subject_id
        try:
            tell = self._teller(job)
            tell(0, 0, "Starting")
            self._check_files(audit, folder)
            summary = audits_work.work(folder, audit.source, self._reach, self._clock, tell)
        except _CancelledError:
            self._end(audit.id, state=JobState.DONE, cancelled=True)
            shutil.rmtree(folder, ignore_errors=True)
        except AwsUnavailable:
            raise
        except DashboardError as error:
            self._end(audit.id, state=JobState.FAILED, problem=problem_of(error))
            shutil.rmtree(folder, ignore_errors=True)
            raise
        else:
            self._end(audit.id, state=JobState.DONE, summary=summary)
            (folder / ASKED).unlink(missing_ok=True)
            audits_files.forget_uploads(folder)
        self._prune()

    @staticmethod
    def _check_files(audit: UrlAudit, folder: Path) -> None:
        """Another process may have taken the job: what was uploaded is where it was sent."""
        file = getattr(audit.source, "file", "") or isinstance(audit.source, CaseSource)
        if file and not folder.exists():
            raise InvalidInput(
                "The uploaded files are not on this machine.", hint="Start the audit again."
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _teller(self, job: Job) -> Callable[[int, int, str], None]:
        told, told_step = 0.0, ""

        def tell(done: int, total: int, step: str) -> None:
            nonlocal told, told_step
            now = time.monotonic()
            if step == told_step and now - told < _TELL_SECONDS:
                return
            told, told_step = now, step
            audit = self._audits.find(job.subject_id)
            if audit is None or audit.value.cancelled:
                raise _CancelledError
            self._jobs.progress(job.id, done, total, step)

        return tell

    def _end(self, id: str, **update: object) -> None:
        if self._audits.find(id) is None:
            return
        summary = update.get("summary")
        urls = summary.urls if isinstance(summary, AuditSummary) else 0
        changes = {"finished_at": self._clock(), "step": "", "done": urls, "total": urls, **update}
        self._audits.update(id, lambda audit: audit.model_copy(update=changes))

    def _prune(self) -> None:
        """Forget the oldest audits beyond what is kept, and folders that nobody knows."""
        known = list(self._audits.all())
        ended = [audit for audit in known if audit.finished_at is not None]
        for audit in ended[: max(0, len(known) - KEPT)]:
            self._forget(audit.id)

    def _forget(self, id: str) -> None:
        self._audits.remove(id)
        shutil.rmtree(self._root / id, ignore_errors=True)


def title_of(source: AuditSource) -> str:
    """How a list names the audit."""
    if isinstance(source, DynamoSource):
        return f"{source.attribute} of {source.table}"
    if isinstance(source, CaseSource):
        return source.urls or "Case"
    if isinstance(source, LibrarySource):
        return "Library"
    named = getattr(source, "file", "")
    bucket = getattr(source, "bucket", "")
    return named or f"Access logs of {bucket}/{getattr(source, 'prefix', '')}"


def _change(source: DynamoSource, known: Known, value: str, url: str) -> RecordChange:
    keys = [str(part) for part in json.loads(known.row_key).values()]
    return RecordChange(
        table=source.table, pk=keys[0], sk=keys[1] if len(keys) > 1 else "",
        attribute=source.attribute, old=known.old or known.url, new=value, url=url,
    )  # fmt: skip
