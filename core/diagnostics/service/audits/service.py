"""Audits of many URLs: started by a person, done by a durable job, kept as files, shown in groups.

Results are shared by everybody who may diagnose; the newest audits are kept.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Literal

from core.aws.dynamodb_tables import TableReader
from core.diagnostics.audits.groups import Known
from core.diagnostics.service.audits import files as audits_files
from core.diagnostics.service.audits import work as audits_work
from core.diagnostics.service.audits.export import as_csv, as_json, encoded
from core.diagnostics.service.audits.files import Upload
from core.diagnostics.service.audits.results import ASKED
from core.diagnostics.service.audits.shelf import GOING, KEPT, KIND, Shelf, title_of
from core.diagnostics.service.audits.sources import Reach
from core.diagnostics.service.audits_tables import choice_of
from core.diagnostics.urls import parse_url
from core.errors import AwsUnavailable, Conflict, DashboardError, InvalidInput
from core.model.diagnosis import FixType
from core.model.identity import Actor, Permission
from core.model.media import Job, JobState
from core.model.repair import RecordChange, Repair
from core.model.url_audit import (
    AuditGroup,
    AuditRowPage,
    AuditSource,
    CaseSource,
    CsvSource,
    DynamoSource,
    GroupRepair,
    LibrarySource,
    TableChoice,
    UrlAudit,
)
from core.stores.audit_log import AuditLog
from core.stores.jobs import JobQueue, problem_of
from core.stores.records import RecordStore

JOB = KIND  # of the jobs that `work` does
PAGE = 200
_BATCH = 200  # records in one proposal
_LISTED_TABLES = 100
_TELL_SECONDS = 0.5

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
        self._clock, self._own_table, self._propose = clock, own_table, propose
        self._shelf = Shelf(store, jobs, clock, folder)
        self._simulating = threading.Lock()  # one large simulation at a time

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
        folder = self._shelf.folder(name)
        folder.mkdir(mode=0o700, parents=True)
        try:
            return self._queued(
                actor, name, audits_files.keep(folder, self._with_host(source), sent)
            )
        except DashboardError:
            self._shelf.drop_files(name)
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
        self._store.transact([self._shelf.put(audit), put, self._log.put(event)])
        self._jobs.announce()
        return audit

    def get(self, actor: Actor, id: str) -> UrlAudit:
        actor.require(Permission.URL_DIAGNOSE)
        return self._shelf.get(id)

    def list(self, actor: Actor, *, limit: int = KEPT) -> tuple[UrlAudit, ...]:
        """The newest first."""
        actor.require(Permission.URL_DIAGNOSE)
        return self._shelf.newest(limit)

    def cancel(self, actor: Actor, id: str) -> UrlAudit:
        """End the work soon; what was found by then is not kept."""
        actor.require(Permission.URL_DIAGNOSE)
        if self._shelf.get(id).state not in GOING:
            raise Conflict("This audit has ended.", hint="Remove it, or start another one.")
        self._shelf.cancel(id)
        return self._shelf.get(id)

    def remove(self, actor: Actor, id: str) -> None:
        """Cancel what still runs; forget what has ended, with its files."""
        actor.require(Permission.URL_DIAGNOSE)
        if self._shelf.get(id).state in GOING:
            self._shelf.cancel(id)
        else:
            self._shelf.forget(id)

    # --- results ----------------------------------------------------------------------------

    def groups(self, actor: Actor, id: str) -> tuple[AuditGroup, ...]:
        """Failing groups first, the most asked before the others."""
        actor.require(Permission.URL_DIAGNOSE)
        return self._shelf.results(id).groups()

    def rows(
        self, actor: Actor, id: str, group: str, *, after: str | None = None, limit: int = 100
    ) -> AuditRowPage:  # fmt: skip
        """The URLs of one group, the most asked first."""
        actor.require(Permission.URL_DIAGNOSE)
        results = self._shelf.results(id)
        results.place(group)
        return results.page(group, after=after, limit=max(1, min(limit, PAGE)))

    def export(
        self, actor: Actor, id: str, form: Literal["csv", "json"]
    ) -> Iterator[bytes]:  # fmt: skip
        """Everything that needs attention, written while it is read."""
        actor.require(Permission.URL_DIAGNOSE)
        results = self._shelf.results(id)
        groups = results.groups()
        if form == "csv":
            return encoded(as_csv(groups, results.broken()))
        return encoded(as_json(self.get(actor, id), groups, results.broken()))

    # --- repairs ----------------------------------------------------------------------------

    def repair(
        self, actor: Actor, id: str, group: str, fix: FixType | None = None
    ) -> GroupRepair:  # fmt: skip
        """The dry run of the group's preferred repair (or of `fix`) over all URLs; kept."""
        actor.require(Permission.URL_DIAGNOSE)
        self._shelf.results(id).place(group)
        with self._simulating:
            return audits_work.simulated(self._shelf.folder(id), group, fix)

    def propose(self, actor: Actor, id: str, group: str) -> tuple[Repair, ...]:
        """Propose the records that the dry run fixes, some hundred at a time."""
        actor.require(Permission.URL_DIAGNOSE)
        source = self._shelf.get(id).source
        changes = self._shelf.results(id).changes(group)
        if not isinstance(source, DynamoSource) or self._propose is None:
            raise InvalidInput(
                "Only records of a table can be written from here.",
                hint="Export the group and correct the URLs at their source.",
            )
        if not changes:
            raise Conflict(
                "No dry run has shown records that can be fixed.", hint="Make the dry run first."
            )
        pattern = self._shelf.results(id).place(group).pattern
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
        audit, folder = self._shelf.find(job.subject_id), self._shelf.folder(job.subject_id)
        if audit is None:
            return
        try:
            tell = self._teller(job)
            tell(0, 0, "Starting")
            self._check_files(audit, folder)
            summary = audits_work.work(folder, audit.source, self._reach, self._clock, tell)
        except _CancelledError:
            self._shelf.end(audit.id, JobState.DONE, cancelled=True)
            self._shelf.drop_files(audit.id)
        except AwsUnavailable:
            raise
        except DashboardError as error:
            self._shelf.end(audit.id, JobState.FAILED, problem=problem_of(error))
            self._shelf.drop_files(audit.id)
            raise
        else:
            self._shelf.end(audit.id, JobState.DONE, summary=summary)
            (folder / ASKED).unlink(missing_ok=True)
            audits_files.forget_uploads(folder)
        self._shelf.prune()

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
            audit = self._shelf.find(job.subject_id)
            if audit is None or audit.cancelled:
                raise _CancelledError
            self._jobs.progress(job.id, done, total, step)

        return tell


def _change(source: DynamoSource, known: Known, value: str, url: str) -> RecordChange:
    keys = [str(part) for part in json.loads(known.row_key).values()]
    return RecordChange(
        table=source.table, pk=keys[0], sk=keys[1] if len(keys) > 1 else "",
        attribute=source.attribute, old=known.old or known.url, new=value, url=url,
    )  # fmt: skip
