"""The work of a bulk: step by step, each one transaction with its count, resumed where it was.

A step that meets another writer reads again; AWS that is overloaded is given time; a file that
can't be changed is named with its reason, and the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from core.errors import (
    AwsDenied,
    AwsUnavailable,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooLarge,
)
from core.library.bulk import Place, Undoing
from core.library.service.bulk.records import FIRST_REFUSALS, BulkPart, BulkRecords
from core.library.service.bulk.selecting import Selecting
from core.library.service.bulk.steps import Step, Steps, Task
from core.library.service.shelf import Shelf
from core.model.changes import Bulk, Refusal
from core.model.identity import Actor
from core.model.media import Job, JobState
from core.model.visibility import visible
from core.stores.account_records import AccountRecords
from core.stores.collection import Stored

P = ParamSpec("P")
T = TypeVar("T")

# What is wrong with one file, and says nothing about the next one.
REFUSALS = (InvalidInput, NotAllowed, NotFound, Conflict, TooLarge, AwsDenied)

_ATTEMPTS = 5
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds, when AWS says that it is asked too much


@dataclass
class _Outcome:
    steps: list[Step] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    undo: dict[str, Undoing] = field(default_factory=dict)


class BulkRun:
    def __init__(
        self,
        shelf: Shelf,
        records: BulkRecords,
        selecting: Selecting,
        steps: Steps,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._shelf, self._records, self._selecting = shelf, records, selecting
        self._steps, self._pause = steps, pause
        self._people = AccountRecords(shelf.store)

    def run(self, job: Job) -> None:
        """The job's handler; safe to repeat from anywhere."""
        stored = self._records.bulks.find(job.subject_id)
        if stored is None or stored.value.ended_at is not None:
            return
        actor = self._actor(stored.value)
        self._patiently(self._steps.finish_claimed)
        stored = self._collect(actor, stored)
        for part in self._records.parts(stored.value):
            stored = self._do_part(actor, stored, part, job)
            if stored.value.cancelled:
                break
        self._end(actor, stored)

    def _actor(self, bulk: Bulk) -> Actor:
        return self._people.as_now(Actor(account_id=bulk.owner_id, role=bulk.role))

    def _collect(self, actor: Actor, stored: Stored[Bulk]) -> Stored[Bulk]:
        """Write down which files a search finds, once."""
        bulk = stored.value
        if bulk.collected or bulk.query is None:
            return stored
        total = 0
        ids = (file.id for file in self._selecting.files(actor, bulk.query))
        for put in self._records.parts_of(bulk.id, ids):
            self._shelf.store.transact([put])
            total += len(put.record.data["ids"])
        return self._save(bulk.id, collected=True, total=total)

    def _save(self, id: str, **update: object) -> Stored[Bulk]:
        self._records.bulks.update(id, lambda bulk: bulk.model_copy(update=update))
        return self._found(id)

    def _found(self, id: str) -> Stored[Bulk]:
        stored = self._records.bulks.find(id)
        if stored is None:
            raise NotFound(f"There is no bulk change {id!r}.", hint="Start it again.")
        return stored

    def _do_part(
        self, actor: Actor, stored: Stored[Bulk], part: BulkPart, job: Job
    ) -> Stored[Bulk]:
        change = stored.value.change
        task = Task(actor, change, stored.value.id, part.undo)
        most = self._steps.batch(change, stored.value.total)
        while (at := stored.value.done - part.start) < len(part.ids):
            if stored.value.cancelled:
                break
            stored = self._do_some(task, stored, part.ids[at : at + most])
            self._shelf.jobs.progress(job.id, stored.value.done, stored.value.total, "Changing")
            self._pause(0)  # whoever waits for an answer of this process comes first
        return stored

    def _do_some(self, task: Task, stored: Stored[Bulk], ids: tuple[str, ...]) -> Stored[Bulk]:
        """These files in one transaction; in smaller ones where that is refused."""
        for _ in range(_ATTEMPTS):
            outcome = self._patiently(self._plan, task, stored.value, ids)
            try:
                stored = self._write(task, stored, ids, outcome)
            except TooLarge:
                break
            except Conflict:
                stored = self._found(stored.value.id)
                if stored.value.cancelled:
                    return stored
                continue
            self._patiently(self._steps.finish, tuple(outcome.steps))
            return stored
        if len(ids) == 1:
            why = "It is being changed by others right now, or it is too large."
            only = _Outcome(refusals=[Refusal(file_id=ids[0], name="", reason=why)])
            return self._write(task, self._found(stored.value.id), ids, only)
        for id_ in ids:
            stored = stored if stored.value.cancelled else self._do_some(task, stored, (id_,))
        return stored

    def _plan(self, task: Task, bulk: Bulk, ids: tuple[str, ...]) -> _Outcome:
        outcome = _Outcome()
        now, days = self._shelf.clock(), self._shelf.settings.trash_days
        for number, id_ in enumerate(ids, start=bulk.done + 1):
            name = ""
            try:
                file = self._shelf.stored(id_)
                name = visible(task.actor, file.value).name
                step = self._steps.plan(task, file, Place(number, bulk.total, now, days))
            except REFUSALS as error:
                outcome.refusals.append(Refusal(file_id=id_, name=name, reason=error.message))
                continue
            if step is not None:
                outcome.steps.append(step)
                if step.undo is not None:
                    outcome.undo[id_] = step.undo
        return outcome

    def _write(
        self, task: Task, stored: Stored[Bulk], ids: tuple[str, ...], outcome: _Outcome
    ) -> Stored[Bulk]:
        bulk = stored.value
        counted = bulk.model_copy(
            update={
                "done": bulk.done + len(ids),
                "changed": bulk.changed + len(outcome.steps),
                "refused": bulk.refused + len(outcome.refusals),
                "unchanged": bulk.unchanged
                + len(ids) - len(outcome.steps) - len(outcome.refusals),
                "refusals": (*bulk.refusals, *outcome.refusals)[:FIRST_REFUSALS],
            }
        )  # fmt: skip
        operations = [operation for step in outcome.steps for operation in step.operations]
        kept = self._records.result(bulk.id, bulk.done, outcome.refusals, outcome.undo)
        events = self._steps.events(task, outcome.steps, bulk.total)
        put = self._records.bulks.put(counted, stored.version)
        written = self._shelf.store.transact([put, *kept, *operations, *events])
        return Stored(counted, written[0].version)

    def _end(self, actor: Actor, stored: Stored[Bulk]) -> None:
        for _ in range(_ATTEMPTS):
            bulk = stored.value
            event = self._shelf.audit.event(
                "bulk.ended", actor=actor, subject=f"bulk/{bulk.id}", details=_summary(bulk)
            )
            ended = bulk.model_copy(
                update={"ended_at": self._shelf.clock(), "state": JobState.DONE}
            )
            put = self._records.bulks.put(ended, stored.version)
            try:
                self._shelf.store.transact([put, self._shelf.audit.put(event)])
            except Conflict:  # cancelled at this very moment
                stored = self._found(bulk.id)
                continue
            self._shelf.refresh()
            return
        raise AwsUnavailable("The bulk is being changed by others.", hint="It is tried again.")

    def _patiently(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Again after a while where AWS is overloaded; then the job itself rests longer."""
        for seconds in _PAUSES:
            try:
                return work(*args, **kwargs)
            except AwsUnavailable:
                self._pause(seconds)
        return work(*args, **kwargs)


def _summary(bulk: Bulk) -> dict[str, str]:
    counts = {
        "kind": bulk.change.kind.value,
        "changed": str(bulk.changed),
        "unchanged": str(bulk.unchanged),
        "refused": str(bulk.refused),
    }
    stopped = {"cancelled": f"after {bulk.done} of {bulk.total}"} if bulk.cancelled else {}
    return counts | stopped
