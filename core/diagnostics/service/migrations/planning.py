"""Reads what a plan needs and writes its steps down; nothing in the account changes."""

from __future__ import annotations

from collections.abc import Iterable

from core.aws.buckets import ObjectMover
from core.aws.clients import AwsClients
from core.diagnostics.layouts.layouts import KeyMap, parse_template
from core.diagnostics.layouts.migration import Found, counted, dry_run, plan_steps
from core.diagnostics.service.migrations.book import MigrationBook
from core.diagnostics.service.migrations.sources import Sources
from core.errors import TooLarge
from core.model.identity import Actor
from core.model.migration import Migration, MigrationStep, StepState

LARGEST_PLAN = 1_000_000  # keys


class Planner:
    def __init__(self, clients: AwsClients, sources: Sources, book: MigrationBook) -> None:
        self._clients, self._sources, self._book = clients, sources, book

    def plan(self, actor: Actor, migration: Migration) -> Migration:
        """The migration with its steps written down, and its dry run."""
        keys = KeyMap(parse_template(migration.legacy), parse_template(migration.target))
        bucket = migration.bucket
        old = self._sources.entries(bucket, keys.legacy.prefix, LARGEST_PLAN + 1)
        if len(old) > LARGEST_PLAN:
            raise TooLarge(
                f"More than {LARGEST_PLAN:,} keys begin with {keys.legacy.prefix!r}.",
                hint="Write the first variable as a literal, and migrate part by part.",
            )
        old = [entry for entry in old if keys.legacy.match(entry.key) is not None]
        sample = next((target for e in old if (target := keys.forward(e.key))), "")
        domain, folder = self._sources.served(actor, bucket, sample) if sample else ("", "")
        rows = self._sources.rows(migration.records, keys, folder)
        ended = (StepState.MOVED, StepState.DELETED)
        done = {step.source: step for step in self._book.steps(migration.id, *ended)}
        found = Found(
            old=old,
            current={e.key: e for e in self._sources.entries(bucket, keys.target.prefix)},
            rows=rows,
            claimed={step.target: step.source for step in done.values()},
        )
        steps = [s for s in plan_steps(migration.id, keys, found) if not _stands(s, done)]
        self._replace(migration.id, steps)
        known = {entry.key for entry in old}
        missing = sum(len(named) for key, named in rows.items() if key not in known)
        run = dry_run(steps, found, rows_without_object=missing, served=bool(domain))
        update = {
            "served_by": domain,
            "origin_path": folder,
            "versioned": ObjectMover(self._clients.s3, bucket).keeps_versions(),
            "dry_run": run,
            "counts": counted({**done, **{step.source: step for step in steps}}.values()),
        }
        return migration.model_copy(update=update)

    def _replace(self, id: str, steps: Iterable[MigrationStep]) -> None:
        fresh = {step.source: step for step in steps}
        open_states = (StepState.PLANNED, StepState.CONFLICT, StepState.FAILED)
        for step in list(self._book.steps(id, *open_states)):
            if step.source not in fresh:
                self._book.drop(step)
        self._book.add_steps(fresh.values())


def _stands(step: MigrationStep, done: dict[str, MigrationStep]) -> bool:
    """A key that was moved stays moved; one whose old object came back is planned again."""
    before = done.get(step.source)
    return before is not None and before.state is StepState.MOVED
