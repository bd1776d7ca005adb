"""Old layouts of keys: learned, mapped, and moved to the layout of today until none is left.

Support plans and asks; whoever may approve lets it start. Old objects go last, and only those
whose copies were verified and whose records name the new key.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime

from core.aws.buckets import ObjectMover
from core.aws.clients import AwsClients
from core.aws.dynamodb_rows import TableRows
from core.aws.edge import Edge
from core.diagnostics.layouts.layouts import KeyMap, parse_template
from core.diagnostics.layouts.learning import learn
from core.diagnostics.layouts.mapping import LayoutIndex, mappings, same_content
from core.diagnostics.layouts.migration import deletable_at
from core.diagnostics.service.doctor import DiagnosticsService
from core.diagnostics.service.migrations.book import MigrationBook
from core.diagnostics.service.migrations.moves import Moves
from core.diagnostics.service.migrations.planning import Planner
from core.diagnostics.service.migrations.removal import Removal
from core.diagnostics.service.migrations.sources import Sources
from core.diagnostics.service.migrations.work import MigrationWork
from core.errors import Conflict, InvalidInput
from core.model.identity import Actor, Permission
from core.model.media import Job, JobState
from core.model.migration import (
    LayoutReport,
    Migration,
    MigrationPage,
    MigrationState,
    RecordSource,
    StepPage,
    StepState,
    Wish,
)
from core.stores.audit_log import AuditLog
from core.stores.jobs import JobQueue
from core.stores.records import RecordStore

JOB = "migration"
_NAME = re.compile(r"[A-Za-z0-9._-]{3,255}")
LEARNED_FROM = 200_000  # keys
LARGEST_PLAN = 1_000_000  # keys
LONGEST_WAIT = 365  # days
_RESTORED_AT_ONCE = 1000


class MigrationsService:
    """`cdn_prefix` is where this site itself serves distributions, '' on AWS."""

    def __init__(
        self,
        store: RecordStore,
        clients: AwsClients,
        diagnostics: DiagnosticsService,
        jobs: JobQueue,
        audit: AuditLog,
        clock: Callable[[], datetime],
        *,
        edge: Edge | None = None,
        cdn_prefix: str = "",
    ) -> None:
        self._store, self._clients, self._jobs = store, clients, jobs
        self._audit, self._clock, self._edge, self._cdn_prefix = audit, clock, edge, cdn_prefix
        self._book = MigrationBook(store)
        self._sources = Sources(clients, store, diagnostics)
        self._planner = Planner(clients, self._sources, self._book)
        self._removal = Removal(clients, self._book, clock)
        self._work = MigrationWork(self._book, jobs, clock, self._moves)

    # --- looking ----------------------------------------------------------------------------

    def buckets(self, actor: Actor) -> tuple[str, ...]:
        """The buckets that distributions of this account serve."""
        actor.require(Permission.URL_DIAGNOSE)
        return self._sources.buckets()

    def layouts(
        self,
        actor: Actor,
        bucket: str,
        prefix: str = "",
        records: RecordSource | None = None,
    ) -> LayoutReport:
        """The layouts of a bucket's keys, and which one of today each old one maps to."""
        actor.require(Permission.URL_DIAGNOSE)
        _check_names(bucket, records)
        entries = self._sources.entries(bucket, prefix, LEARNED_FROM + 1)
        complete = len(entries) <= LEARNED_FROM
        known = entries[:LEARNED_FROM]
        index = LayoutIndex(learn(known))
        pairs, naming = self._sources.pairs(records or RecordSource(), index)
        return LayoutReport(
            bucket=bucket,
            prefix=prefix,
            layouts=tuple(index.layouts.values()),
            mappings=mappings(index, [*pairs, *same_content(known)]),
            keys=len(known),
            complete=complete,
            records=naming,
        )

    def migrations(
        self, actor: Actor, *, after: str | None = None, limit: int = 50
    ) -> MigrationPage:
        """The newest first."""
        actor.require(Permission.URL_DIAGNOSE)
        found = self._book.page(after, limit)
        return MigrationPage(items=found.items, next=found.next)

    def get(self, actor: Actor, id: str) -> Migration:
        actor.require(Permission.URL_DIAGNOSE)
        return self._book.get(id)

    def steps(
        self,
        actor: Actor,
        id: str,
        state: StepState,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> StepPage:
        """The keys in one state: what is a conflict, what failed, what is left."""
        actor.require(Permission.URL_DIAGNOSE)
        self._book.get(id)
        found = self._book.step_page(id, state, after, limit)
        return StepPage(items=found.items, next=found.next)

    # --- planning ---------------------------------------------------------------------------

    def plan(
        self,
        actor: Actor,
        bucket: str,
        legacy: str,
        target: str,
        records: RecordSource | None = None,
        *,
        wait_days: int = 7,
    ) -> Migration:
        """A dry run: every key with its new one, what stands in the way, what it would cost.

        `wait_days` is how long old objects stay after their move.
        """
        actor.require(Permission.URL_DIAGNOSE)
        if not 0 <= wait_days <= LONGEST_WAIT:
            raise InvalidInput(
                f"Old objects can't wait {wait_days} days.", hint=f"Choose 0 to {LONGEST_WAIT}."
            )
        _check_names(bucket, records)
        if records is not None and records.kind == "table" and not records.attribute:
            raise InvalidInput(
                "No attribute of the table is named.", hint="Name the one with the key or URL."
            )
        KeyMap(parse_template(legacy), parse_template(target))
        migration = Migration(
            id=secrets.token_hex(8),
            bucket=bucket,
            legacy=legacy,
            target=target,
            records=records or RecordSource(),
            wait_days=wait_days,
            planned_by=actor.account_id,
            planned_at=self._clock(),
        )
        planned = self._planner.plan(actor, migration)
        self._book.add(planned)
        self._record("migration.planned", actor, planned)
        return planned

    def plan_again(self, actor: Actor, id: str) -> Migration:
        """Look for old keys that came since; what was moved stays moved."""
        actor.require(Permission.URL_DIAGNOSE)
        migration = self._book.get(id)
        self._check_idle(migration)
        fresh = self._planner.plan(actor, migration)

        def renew(stored: Migration) -> Migration:
            self._check_idle(stored)
            return fresh.model_copy(update={"state": MigrationState.PLANNED, "ended_at": None})

        return self._book.change(id, renew)

    # --- moving and deleting ----------------------------------------------------------------

    def start(self, actor: Actor, id: str) -> Migration:
        """Copy, verify and switch; what failed before is tried again. Without the right to approve
        it only asks.
        """
        actor.require(Permission.URL_REPAIR)
        migration = self._book.get(id)
        self._check_idle(migration)
        if migration.counts.planned + migration.counts.failed == 0:
            raise Conflict(
                "Nothing is left to be moved.", hint="Plan it again to look for new old keys."
            )
        return self._wish(actor, migration, Wish.MOVE)

    def delete_legacy(self, actor: Actor, id: str) -> Migration:
        """Delete old objects that were moved and have waited. Raises `Conflict` before that."""
        actor.require(Permission.URL_REPAIR)
        migration = self._book.get(id)
        self._check_idle(migration)
        due = [
            at
            for step in self._book.steps(id, StepState.MOVED)
            if (at := deletable_at(step, migration)) is not None
        ]
        if not due:
            raise Conflict("No old object may be deleted.", hint="Move them first.")
        if min(due) > self._clock():
            raise Conflict(
                f"The old objects stay until {min(due):%Y-%m-%d %H:%M} UTC.",
                hint=f"They wait {migration.wait_days} days after their move.",
            )
        return self._wish(actor, migration, Wish.DELETE)

    def approve(self, actor: Actor, id: str) -> Migration:
        """Let begin what somebody asked for."""
        actor.require(Permission.URL_APPROVE)
        migration = self._book.get(id)
        if migration.wish is Wish.NOTHING:
            raise Conflict("Nothing waits for an approval.", hint="Load the page again.")
        self._check_idle(migration)
        return self._begin(actor, migration, migration.wish)

    def cancel(self, actor: Actor, id: str) -> Migration:
        """Stop after the keys that are being done, or take a request back."""
        actor.require(Permission.URL_REPAIR)

        def stop(migration: Migration) -> Migration:
            busy = migration.state in {MigrationState.MOVING, MigrationState.DELETING}
            state = MigrationState.STOPPED if busy else migration.state
            return migration.model_copy(update={"state": state, "wish": Wish.NOTHING})

        stopped = self._book.change(id, stop)
        self._record("migration.stopped", actor, stopped)
        return stopped

    def restore_deleted(self, actor: Actor, id: str) -> int:
        """Bring old objects back where the bucket keeps versions. Returns how many; call again
        until it is 0.
        """
        actor.require(Permission.URL_REPAIR)
        migration = self._book.get(id)
        self._check_idle(migration)
        back = self._removal.restore(migration)
        self._record("migration.restored", actor, migration, keys=str(back))
        return back

    def delete_object(self, actor: Actor, id: str, key: str) -> tuple[str, ...]:
        """Delete what a record's key names, in whichever layout it lies: both where both exist.

        Returns the keys that were there.
        """
        actor.require(Permission.URL_REPAIR)
        actor.require(Permission.URL_APPROVE)
        migration = self._book.get(id)
        removed = self._removal.delete(migration, key)
        self._record("migration.object_deleted", actor, migration, keys=", ".join(removed))
        return removed

    # --- the job ----------------------------------------------------------------------------

    def run(self, job: Job) -> None:
        """What the workers do with a job of this kind."""
        self._work.run(job)

    def _wish(self, actor: Actor, migration: Migration, wish: Wish) -> Migration:
        if actor.may(Permission.URL_APPROVE):
            return self._begin(actor, migration, wish)
        update = {"wish": wish, "wished_by": actor.account_id}
        asked = self._book.change(migration.id, lambda m: m.model_copy(update=update))
        self._record(f"migration.{wish}_requested", actor, asked)
        return asked

    def _begin(self, actor: Actor, migration: Migration, wish: Wish) -> Migration:
        if wish is Wish.MOVE:
            self._retry(migration.id)
        moving = wish is Wish.MOVE
        job, put = self._jobs.put(JOB, migration.id, actor.account_id)
        update = {
            "state": MigrationState.MOVING if moving else MigrationState.DELETING,
            "wish": Wish.NOTHING,
            "approved_by": actor.account_id,
            "started_at": migration.started_at or self._clock(),
            "job_id": job.id,
            "counts": self._book.counts(migration.id),
            "problem": None,
        }
        begun = self._book.get(migration.id).model_copy(update=update)
        self._book.transact([self._book.put(begun), put])
        self._jobs.announce()
        self._record(f"migration.{wish}_started", actor, begun)
        return begun

    def _retry(self, id: str) -> None:
        failed = list(self._book.steps(id, StepState.FAILED))
        self._book.add_steps(
            step.model_copy(update={"state": StepState.PLANNED}) for step in failed
        )

    def _moves(self, migration: Migration) -> Moves:
        return Moves(
            migration,
            ObjectMover(self._clients.s3, migration.bucket),
            TableRows(self._clients.dynamodb),
            self._store,
            self._book,
            self._edge,
            self._address,
            self._clock,
        )

    def _address(self, domain: str, path: str) -> str:
        if not self._cdn_prefix:
            return f"https://{domain}{path}"
        return f"{self._cdn_prefix}{domain.partition('.')[0]}{path}"

    def _check_idle(self, migration: Migration) -> None:
        """Raise `Conflict` while its job runs; one that failed for good may be started again."""
        job = self._jobs.find(migration.job_id) if migration.job_id else None
        if job is None or job.value.state not in {JobState.QUEUED, JobState.RUNNING}:
            return
        if migration.state in {MigrationState.MOVING, MigrationState.DELETING}:
            raise Conflict("This migration is running.", hint="Stop it first.")
        raise Conflict("The keys that were begun are being ended.", hint="Try again in a moment.")

    def _record(self, action: str, actor: Actor, migration: Migration, **more: str) -> None:
        details = {"bucket": migration.bucket, "from": migration.legacy, "to": migration.target}
        self._audit.record(
            action, actor=actor, subject=f"migration/{migration.id}", details=details | more
        )


def _check_names(bucket: str, records: RecordSource | None) -> None:
    """What AWS would take for another thing than a name is refused here."""
    if not _NAME.fullmatch(bucket):
        raise InvalidInput(f"{bucket!r} is no bucket's name.", hint="Write the name alone.")
    if records is not None and records.kind == "table" and not _NAME.fullmatch(records.table):
        raise InvalidInput(f"{records.table!r} is no table's name.", hint="Write the name alone.")
