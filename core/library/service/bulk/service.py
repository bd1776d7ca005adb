"""Changes of many files at once; reached as `library.bulks`."""

from __future__ import annotations

from core.library.service.bulk.desk import JOB, BulkDesk
from core.library.service.bulk.records import BulkRecords
from core.library.service.bulk.run import BulkRun
from core.library.service.bulk.selecting import Selecting
from core.library.service.bulk.steps import Steps
from core.library.service.copying import Copying
from core.library.service.outside import Outside
from core.library.service.purging import Purging
from core.library.service.rewriting import Rewriting
from core.library.service.shelf import Shelf
from core.model.changes import Bulk, BulkChange, BulkKind, BulkPreview, Refusal, Selection
from core.model.identity import Actor, Permission
from core.model.media import FileQuery, Job

__all__ = ["JOB", "Bulks"]


class Bulks:
    def __init__(
        self, shelf: Shelf, rewriting: Rewriting, purging: Purging, outside: Outside
    ) -> None:
        records, selecting = BulkRecords(shelf.store), Selecting(shelf)
        steps = Steps(shelf, rewriting, purging, Copying(shelf), outside)
        self._run = BulkRun(shelf, records, selecting, steps)
        self._desk = BulkDesk(shelf, records, selecting, steps, self._run)

    def preview(self, actor: Actor, selection: Selection, change: BulkChange) -> BulkPreview:
        """What would happen, with the files that would be refused named; nothing is changed."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.preview(actor, selection, change)

    def start(self, actor: Actor, selection: Selection, change: BulkChange) -> Bulk:
        """Begin, as a durable job; a few files are done before this returns."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.start(actor, selection, change)

    def delete(self, actor: Actor, id: str) -> Bulk:
        """Delete one file of the trash for good. Raises `Conflict` where it is not there."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.delete(actor, id)

    def empty_trash(self, actor: Actor) -> Bulk:
        """Delete for good all that this person has in the trash."""
        actor.require(Permission.MEDIA_READ)
        query = FileQuery(owner_id=actor.account_id, trashed=True)
        return self._desk.start(actor, Selection(query=query), BulkChange(kind=BulkKind.DELETE))

    def get(self, actor: Actor, id: str) -> Bulk:
        """How far it is. Raises `NotFound` for another person's."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.get(actor, id)

    def recent(self, actor: Actor, *, limit: int = 20) -> tuple[Bulk, ...]:
        """The person's own, newest first."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.recent(actor, limit)

    def refusals(
        self, actor: Actor, id: str, *, offset: int = 0, limit: int = 100
    ) -> tuple[Refusal, ...]:
        """Every file that was left as it is, with the reason."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.refusals(actor, id, offset, limit)

    def cancel(self, actor: Actor, id: str) -> Bulk:
        """What is done stays done; the rest is left as it is."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.cancel(actor, id)

    def undo(self, actor: Actor, id: str) -> Bulk:
        """Put back what it changed, but for what was changed again since. Raises `Conflict`."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.undo(actor, id)

    def run(self, job: Job) -> None:
        """The handler of `JOB`."""
        self._run.run(job)
