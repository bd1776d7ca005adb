"""Bulk changes as people ask for them: looked at before, started, watched, stopped, undone."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from itertools import islice

from core.errors import Conflict
from core.library import bulk as rules
from core.library.bulk import Place
from core.library.service.bulk.counting import BulkCounting
from core.library.service.bulk.records import FIRST_REFUSALS, BulkRecords
from core.library.service.bulk.run import REFUSALS, BulkRun
from core.library.service.bulk.selecting import Selecting
from core.library.service.bulk.steps import Steps, Task
from core.library.service.shelf import Shelf
from core.model.changes import (
    Bulk,
    BulkChange,
    BulkKind,
    BulkPreview,
    Example,
    Refusal,
    Selection,
)
from core.model.identity import Actor
from core.model.media import JobState, MediaFile
from core.model.visibility import visible
from core.stores.records import Put

JOB = "bulk_change"
_EXAMINED = 10_000  # files in a preview; a person waits for it
_GLANCE = 1_000  # of those that the index counts, for examples and names
_EXAMPLES = 10
_AT_ONCE = 30  # so few are done right away, while the person waits


class BulkDesk:
    def __init__(
        self, shelf: Shelf, records: BulkRecords, selecting: Selecting, steps: Steps, run: BulkRun
    ) -> None:
        self._shelf, self._records, self._selecting = shelf, records, selecting
        self._steps, self._run = steps, run
        self._counting = BulkCounting(shelf)

    def preview(self, actor: Actor, selection: Selection, change: BulkChange) -> BulkPreview:
        self._selecting.check(selection)
        task = Task(actor, self._steps.check(actor, change), "preview", {})
        ids = tuple(dict.fromkeys(selection.ids))
        total = len(ids)
        if selection.query is not None:
            total = self._selecting.count(actor, selection.query)
        if selection.query is None:
            return self._looked_at(task, ids, total)
        files = self._selecting.files(actor, selection.query)
        if total <= _EXAMINED:
            return self._looked_at(task, files, total)
        exact = self._counting.counts(actor, selection.query, task.change, total)
        seen = self._looked_at(task, islice(files, _GLANCE if exact else _EXAMINED), total)
        return seen.model_copy(update={**exact._asdict(), "examined": total}) if exact else seen

    def _looked_at(self, task: Task, files: Iterable[MediaFile | str], total: int) -> BulkPreview:
        examples: list[Example] = []
        refusals: list[Refusal] = []
        examined = changing = refused = 0
        now, days = self._shelf.clock(), self._shelf.settings.trash_days
        for examined, one in enumerate(files, start=1):
            name = ""
            try:
                file = self._shelf.stored(one).value if isinstance(one, str) else one
                name = visible(task.actor, file).name
                after = self._steps.preview(task, file, Place(examined, total, now, days))
            except REFUSALS as error:
                refused += 1
                if len(refusals) < FIRST_REFUSALS:
                    id_ = one if isinstance(one, str) else one.id
                    refusals.append(Refusal(file_id=id_, name=name, reason=error.message))
                continue
            if after is not None:
                changing += 1
                if len(examples) < _EXAMPLES:
                    examples.append(rules.example(task.change, file, after))
        return BulkPreview(
            total=total,
            examined=examined,
            changing=changing,
            unchanged=examined - changing - refused,
            refused=refused,
            refusals=tuple(refusals),
            examples=tuple(examples),
        )

    def start(self, actor: Actor, selection: Selection, change: BulkChange) -> Bulk:
        self._selecting.check(selection)
        self._steps.check(actor, change)
        ids = tuple(dict.fromkeys(selection.ids))
        bulk = self._new(actor, change).model_copy(
            update={"query": selection.query, "total": len(ids), "collected": not selection.query}
        )
        parts = list(self._records.parts_of(bulk.id, ids))
        quick = rules.in_record(change.kind) or change.kind is BulkKind.DELETE
        small = bulk.collected and bulk.total <= _AT_ONCE and quick
        return self._begin(actor, bulk, parts, at_once=small)

    def delete(self, actor: Actor, id: str) -> Bulk:
        """One file of the trash; raises why it can't be, instead of naming it as refused."""
        change, file = BulkChange(kind=BulkKind.DELETE), self._shelf.stored(id).value
        place = Place(1, 1, self._shelf.clock(), self._shelf.settings.trash_days)
        self._steps.preview(Task(actor, change, "", {}), file, place)
        return self.start(actor, Selection(ids=(id,)), change)

    def undo(self, actor: Actor, id: str) -> Bulk:
        stored = self._records.own(actor, id)
        done = stored.value
        if not done.undoable:
            raise Conflict(
                "This can't be undone." if done.undone_by == "" else "It was undone already.",
                hint="Only ended changes of names, folders, tags, albums and the trash can be.",
            )
        undoing = self._new(actor, BulkChange(kind=BulkKind.UNDO)).model_copy(
            update={"undo_of": done.id, "total": done.changed, "collected": True}
        )
        marked = done.model_copy(update={"undone_by": undoing.id})
        puts = self._records.undo_parts(undoing.id, done.id)
        if sum(len(put.record.data["ids"]) for put in puts) != done.changed:
            raise Conflict("Its last changes can't be read yet.", hint="Undo it in a few seconds.")
        for put in puts:
            self._shelf.store.transact([put])
        mark = self._records.bulks.put(marked, stored.version)
        small = undoing.total <= _AT_ONCE
        return self._begin(actor, undoing, [mark], at_once=small)

    def cancel(self, actor: Actor, id: str) -> Bulk:
        """What is done stays done; the rest is left as it is."""
        self._records.own(actor, id)
        bulk = self._records.bulks.update(
            id, lambda bulk: bulk if bulk.ended_at else bulk.model_copy(update={"cancelled": True})
        )
        return self._as_now(bulk)

    def get(self, actor: Actor, id: str) -> Bulk:
        return self._as_now(self._records.own(actor, id).value)

    def recent(self, actor: Actor, limit: int) -> tuple[Bulk, ...]:
        found = self._records.bulks.page(actor.account_id, limit=limit, descending=True).items
        return tuple(self._as_now(bulk) for bulk in found)

    def refusals(self, actor: Actor, id: str, offset: int, limit: int) -> tuple[Refusal, ...]:
        self._records.own(actor, id)
        return tuple(islice(self._records.refusals(id), offset, offset + limit))

    def _new(self, actor: Actor, change: BulkChange) -> Bulk:
        return Bulk(
            id=secrets.token_hex(16),
            owner_id=actor.account_id,
            role=actor.role,
            change=change,
            created_at=self._shelf.clock(),
        )

    def _begin(self, actor: Actor, bulk: Bulk, besides: list[Put], *, at_once: bool) -> Bulk:
        job, put_job = self._shelf.jobs.put(JOB, bulk.id, bulk.owner_id, started=at_once)
        bulk = bulk.model_copy(update={"job_id": job.id})
        event = self._shelf.audit.event(
            "bulk.started",
            actor=actor,
            subject=f"bulk/{bulk.id}",
            details=rules.told(bulk.change) | {"files": str(bulk.total or "all of a search")},
        )
        put = self._records.bulks.put(bulk)
        self._shelf.store.transact([*besides, put, put_job, self._shelf.audit.put(event)])
        if at_once:
            self._shelf.jobs.attempt(job, self._run.run)
        self._shelf.jobs.announce()
        return self._as_now(self._records.bulks.get(bulk.id))

    def _as_now(self, bulk: Bulk) -> Bulk:
        """With the state of its job, which knows of failures and waits."""
        stored = self._shelf.jobs.find(bulk.job_id) if bulk.ended_at is None else None
        if stored is None:
            return bulk
        job = stored.value
        state = JobState.RUNNING if job.state is JobState.DONE else job.state
        return bulk.model_copy(update={"state": state, "problem": job.problem})
