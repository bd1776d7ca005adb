"""One key of a migration: copied, verified, its records switched; later its old object hidden.

Every move can be repeated after a crash: what is done already is recognised, not done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.aws.buckets import ObjectFacts, ObjectMover, same_object
from core.aws.dynamodb_rows import TableRows
from core.aws.edge import Edge
from core.diagnostics.layouts.migration import ARCHIVED
from core.diagnostics.service.migrations.book import MigrationBook
from core.diagnostics.urls import path_of
from core.errors import AwsUnavailable, Conflict, DashboardError
from core.model.media import MediaFile
from core.model.migration import Migration, MigrationStep, StepRow, StepState
from core.stores.files import file_records
from core.stores.records import RecordStore


class _Refused(Exception):  # a decision about one key, not an error of the program
    def __init__(self, reason: str, state: StepState = StepState.FAILED) -> None:
        super().__init__(reason)
        self.reason, self.state = reason, state


class Moves:
    """The moves of one migration. `address` tells where this process asks the CDN for a path."""

    def __init__(
        self,
        migration: Migration,
        mover: ObjectMover,
        rows: TableRows,
        store: RecordStore,
        book: MigrationBook,
        edge: Edge | None,
        address: Callable[[str, str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._migration, self._mover, self._rows = migration, mover, rows
        self._files, self._book, self._clock = file_records(store), book, clock
        self._edge, self._address = edge, address

    def move(self, step: MigrationStep) -> MigrationStep:
        """The step as it is now, written down. Raises `AwsUnavailable`: then it is tried again."""
        return self._outcome(step, self._move)

    def delete(self, step: MigrationStep) -> MigrationStep:
        return self._outcome(step, self._delete)

    def _outcome(
        self, step: MigrationStep, work: Callable[[MigrationStep], MigrationStep]
    ) -> MigrationStep:
        try:
            done = work(step)
        except _Refused as refused:
            done = step.model_copy(update={"state": refused.state, "problem": refused.reason})
        except AwsUnavailable:
            raise
        except DashboardError as error:
            problem = f"{error.message} {error.hint}".strip()
            done = step.model_copy(update={"state": StepState.FAILED, "problem": problem})
        return self._book.save(done)

    # Copy, verify, switch

    def _move(self, step: MigrationStep) -> MigrationStep:
        source, there = self._mover.find(step.source), self._mover.find(step.target)
        if source is None:
            raise _Refused("The old object is gone.")
        if there is None:
            step, there = self._copied(step, source)
        self._compare(step, source, there)
        self._ask_cdn(step, source.size)
        for row in step.rows:
            self._switch(row, there)
        return step.model_copy(
            update={
                "state": StepState.MOVED,
                "problem": "",
                "size": source.size,
                "etag": source.etag,
                "moved_at": self._clock(),
            }
        )

    def _copied(
        self, step: MigrationStep, source: ObjectFacts
    ) -> tuple[MigrationStep, ObjectFacts]:
        if source.storage_class in ARCHIVED:
            raise _Refused(f"It lies in {source.storage_class}: restore it first.")
        try:
            self._mover.copy(source, step.target)
        except Conflict:
            raise _Refused("It was written while it was copied; nothing was overwritten.") from None
        made = self._mover.look(step.target)
        if made.etag != source.etag:  # in parts, or by KMS: remember that this copy is ours
            step = self._book.save(step.model_copy(update={"copied_etag": made.etag}))
        return step, made

    def _compare(self, step: MigrationStep, source: ObjectFacts, copy: ObjectFacts) -> None:
        ours = bool(step.copied_etag) and copy.etag == step.copied_etag
        alike = source.size == copy.size and source.headers == copy.headers
        if not (same_object(source, copy) or (ours and alike)):
            reason = "What lies under the new key differs from the old object."
            raise _Refused(reason, StepState.CONFLICT)

    def _ask_cdn(self, step: MigrationStep, size: int) -> None:
        if not self._migration.served_by or self._edge is None:
            return
        folder = self._migration.origin_path.strip("/")
        path = path_of(step.target.removeprefix(f"{folder}/") if folder else step.target)
        answer = self._edge.head(self._address(self._migration.served_by, path))
        length = answer.headers.get("content-length")
        if answer.status != 200:
            said = answer.error or str(answer.status)
            raise _Refused(f"The CDN does not serve the copy yet: {said}. No record was changed.")
        if length is not None and length != str(size):
            raise _Refused("The CDN serves another object under the new key.")

    # Records

    def _switch(self, row: StepRow, copy: ObjectFacts) -> None:
        if self._migration.records.kind == "library":
            self._files.update(row.pk, lambda file: _switched(file, row, copy))
            return
        table, name = self._migration.records.table, self._migration.records.attribute
        try:
            self._rows.change(table, row.pk, row.sk, {name: row.before}, {name: row.after})
        except Conflict:
            if self._value(row) != row.after:  # else an earlier try wrote it
                reason = f"The record {row.pk} {row.sk}".strip() + " holds another value by now."
                raise _Refused(reason) from None

    def _value(self, row: StepRow) -> object:
        records = self._migration.records
        if records.kind == "library":
            found = self._files.find(row.pk)
            return _key_of(found.value, row.sk) if found is not None else None
        try:
            return self._rows.read(records.table, row.pk, row.sk).get(records.attribute)
        except DashboardError as error:
            if isinstance(error, AwsUnavailable):
                raise
            return None  # the row is gone

    # Delete

    def _delete(self, step: MigrationStep) -> MigrationStep:
        source, copy = self._mover.find(step.source), self._mover.find(step.target)
        if source is not None:
            if copy is None:
                raise _Refused("The new object is missing, so the old one stays.")
            if source.etag != step.etag:
                reason = "The old object was written again after it was moved."
                raise _Refused(reason, StepState.CONFLICT)
            if any(self._value(row) == row.before for row in step.rows):
                raise _Refused("A record names the old key again.")
            self._mover.hide(step.source)
        update = {"state": StepState.DELETED, "problem": "", "deleted_at": self._clock()}
        return step.model_copy(update=update)


def _key_of(file: MediaFile, part: str) -> str | None:
    if part == "file":
        return file.key
    if part == "pristine":
        return file.pristine.key if file.pristine is not None else None
    found = file.rendition(part)
    return found.key if found is not None else None


def _switched(file: MediaFile, row: StepRow, copy: ObjectFacts) -> MediaFile:
    """The file with the part's new key; unchanged where it has it already."""
    held = _key_of(file, row.sk)
    if held == row.after:
        return file
    if held != row.before:
        raise _Refused(f"The file {row.pk} names another object by now.")
    if row.sk == "file":
        update = {"key": row.after, "version_id": copy.version_id, "etag": copy.etag}
        return file.model_copy(update=update)
    if row.sk == "pristine" and file.pristine is not None:
        moved = {"key": row.after, "version_id": copy.version_id, "etag": copy.etag}
        return file.model_copy(update={"pristine": file.pristine.model_copy(update=moved)})
    renditions = tuple(
        one.model_copy(update={"key": row.after}) if one.name == row.sk else one
        for one in file.renditions
    )
    return file.model_copy(update={"renditions": renditions})
