"""What one file's part in a bulk is: the new record, what is written with it, what follows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import Conflict, NotFound
from core.library import bulk as rules
from core.library.bulk import Place, Undoing
from core.library.changes import difference, stamped
from core.library.service.copying import Copying
from core.library.service.outside import Outside
from core.library.service.purging import Purging
from core.library.service.rewriting import Rewriting
from core.library.service.shelf import Shelf, named
from core.model.changes import BulkChange, BulkKind, OnConflict
from core.model.identity import Actor, Permission
from core.model.media import MediaFile
from core.model.visibility import visible
from core.stores.collection import Stored
from core.stores.records import Operation

EVENTS_BELOW = 100  # files in a bulk, up to which each has an audit event of its own
_ACTIONS = {
    BulkKind.TRASH: "file.trashed",
    BulkKind.RESTORE: "file.restored",
    BulkKind.DELETE: "file.purged",
    BulkKind.COPY: "file.copied",
}


@dataclass(frozen=True)
class Task:
    """A bulk as its steps see it: who, what, for which step of which bulk."""

    actor: Actor
    change: BulkChange
    bulk_id: str
    undo: Mapping[str, Undoing]


@dataclass(frozen=True)
class Step:
    """`after` is None where the file goes; `operations` are written at once with the count."""

    before: MediaFile
    after: MediaFile | None
    operations: tuple[Operation, ...] = ()
    undo: Undoing | None = None


class Steps:
    def __init__(
        self,
        shelf: Shelf,
        rewriting: Rewriting,
        purging: Purging,
        copying: Copying,
        outside: Outside,
    ) -> None:
        self._shelf, self._rewriting = shelf, rewriting
        self._purging, self._copying, self._outside = purging, copying, outside

    def check(self, actor: Actor, change: BulkChange) -> BulkChange:
        """Raise what would refuse every single file."""
        rules.check(change)
        if change.kind is BulkKind.ADD_TO_ALBUM and self._outside.check_album:
            self._outside.check_album(actor, change.album)
        if change.kind is BulkKind.COPY:
            actor.require(Permission.MEDIA_UPLOAD)
        if change.kind in {BulkKind.MAKE_PRIVATE, BulkKind.MAKE_PUBLIC}:
            self._switcher()
        return change

    def batch(self, change: BulkChange, total: int) -> int:
        """How many files fit into one transaction beside the bulk, its result and their events."""
        by_name = change.kind in {BulkKind.MOVE, BulkKind.RENAME}
        if by_name and change.on_conflict is not OnConflict.ALLOW:
            return 1  # each looks at the names that the one before has left
        if rules.in_record(change.kind) or change.kind in {BulkKind.DELETE, BulkKind.UNDO}:
            return 30 if total < EVENTS_BELOW or change.kind is BulkKind.DELETE else 90
        return 1

    def events(self, task: Task, steps: Sequence[Step], total: int) -> list[Operation]:
        """One per file of a small bulk; a large one is told by its own event and its results."""
        if total >= EVENTS_BELOW:
            return []
        action = _ACTIONS.get(task.change.kind, "file.changed")
        return [self._event(action, task, step) for step in steps]

    def _event(self, action: str, task: Task, step: Step) -> Operation:
        after = step.after or step.before
        details = named(step.before) | difference(step.before, after) | {"bulk": task.bulk_id}
        audit = self._shelf.audit
        return audit.put(
            audit.event(action, actor=task.actor, subject=f"file/{after.id}", details=details)
        )

    def plan(self, task: Task, stored: Stored[MediaFile], place: Place) -> Step | None:
        """None where the file is already so. Raises why it can't be."""
        file = stored.value
        if task.change.kind is BulkKind.DELETE:
            return self._delete(task, stored)
        if task.change.kind is BulkKind.COPY:
            return self._copy(task, file, place)
        if task.change.kind in {BulkKind.MAKE_PRIVATE, BulkKind.MAKE_PUBLIC}:
            return self._switch(task, file)
        rules.permitted(task.actor, file, task.change)
        if task.change.kind is BulkKind.UNDO:
            after = rules.undone(task.actor, file, task.undo[file.id], place)
        else:
            after = rules.changed(task.change, file, place)
        return self._rewritten(task, stored, after, place)

    def preview(self, task: Task, file: MediaFile, place: Place) -> MediaFile | None:
        """What would become of the file, without doing it; None where nothing would."""
        kind = task.change.kind
        if kind is BulkKind.COPY:
            visible(task.actor, file)
            return self._copying.draft(task.actor, file, task.change.folder, task.bulk_id)
        rules.permitted(task.actor, file, task.change)
        if kind is BulkKind.DELETE:
            return _in_trash(file)
        if kind in {BulkKind.MAKE_PRIVATE, BulkKind.MAKE_PUBLIC}:
            after = file.model_copy(update={"private": kind is BulkKind.MAKE_PRIVATE})
        else:
            after = rules.changed(task.change, file, place)
        return after if after != file else None

    def finish(self, steps: tuple[Step, ...]) -> None:
        """After the transaction: objects of claimed files are deleted, copies are asked for."""
        for step in steps:
            if step.after is None:
                self._purging.erase(step.before)
            elif step.after.id != step.before.id and self._outside.check_delivery:
                self._outside.check_delivery(step.after.id)

    def finish_claimed(self) -> None:
        """What a step that broke off has left claimed."""
        self._purging.finish()

    def _rewritten(
        self, task: Task, stored: Stored[MediaFile], after: MediaFile, place: Place
    ) -> Step | None:
        before = stored.value
        if after == before:
            return None
        more: tuple[Operation, ...] = ()
        if (before.name, before.folder) != (after.name, after.folder):
            clear = self._rewriting.clearing(task.actor)
            settled = self._shelf.names.settle(after, task.change.on_conflict, clear)
            after, more = settled.file, settled.operations
        after = stamped(before, after, task.actor.account_id, place.now)
        put = self._shelf.files.put(after, stored.version)
        return Step(before, after, (put, *more), rules.undoing(before, after))

    def _delete(self, task: Task, stored: Stored[MediaFile]) -> Step:
        file = _in_trash(rules.permitted(task.actor, stored.value, task.change))
        return Step(file, None, self._purging.claim(stored))

    def _copy(self, task: Task, file: MediaFile, place: Place) -> Step | None:
        visible(task.actor, file)
        draft = self._copying.draft(task.actor, file, task.change.folder, task.bulk_id)
        if self._shelf.files.find(draft.id) is not None:
            return None  # copied before something broke off, and counted then
        made = self._copying.objects(task.actor, file, draft, place.now)
        clear = self._rewriting.clearing(task.actor)
        try:
            settled = self._shelf.names.settle(made.file, task.change.on_conflict, clear)
        except (Conflict, NotFound):
            self._copying.discard(made)
            raise
        put, done = self._shelf.files.put(settled.file), self._copying.settled(made)
        return Step(file, settled.file, (put, done, *settled.operations))

    def _switch(self, task: Task, file: MediaFile) -> Step | None:
        private = task.change.kind is BulkKind.MAKE_PRIVATE
        rules.permitted(task.actor, file, task.change)
        if file.private == private:
            return None
        return Step(file, self._switcher()(task.actor, file.id, private))

    def _switcher(self) -> Callable[[Actor, str, bool], MediaFile]:
        if self._outside.switch_privacy is None:
            raise Conflict(
                "This site serves no private media.", hint="An admin sets up its key group first."
            )
        return self._outside.switch_privacy


def _in_trash(file: MediaFile) -> MediaFile:
    if file.trashed_at is None:
        raise Conflict(
            f"{file.name} is not in the trash.", hint="Move it there first; that can be undone."
        )
    return file
