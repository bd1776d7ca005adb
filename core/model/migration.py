"""Layouts of keys, and moving every object of an old one to the layout of today."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from core.model.base import Noun, UtcTime
from core.model.media import Problem


class SegmentKind(StrEnum):
    """What the values of a variable look like."""

    UUID = "uuid"
    NUMBER = "number"
    DATE = "date"
    EMAIL = "e-mail"
    HASH = "hash"
    ID = "id"  # a token with digits in it
    NAME = "name"


class LayoutVariable(Noun):
    name: str
    kinds: tuple[SegmentKind, ...] = ()  # empty: anything


class Layout(Noun):
    """Keys of one form: literal segments, and variables written as `{user}`. Sizes are bytes."""

    pattern: str
    variables: tuple[LayoutVariable, ...] = ()
    count: int = 0
    size: int = 0
    sample: tuple[str, ...] = ()
    newest: UtcTime | None = None
    personal: bool = False  # e-mail addresses stand in its keys


class Mapping(Noun):
    """Where the objects of `legacy` belong. `target` uses the variables of `legacy`.

    Proven by pairs: each is one object, or one record, that is known in both forms. `against`
    counts pairs that contradict it.
    """

    legacy: str
    target: str
    pairs: int = 0
    against: int = 0
    sample: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()  # further targets that fit: then a person decides

    @property
    def proven(self) -> bool:
        return self.pairs > 0 and self.against == 0 and not self.choices


class LayoutReport(Noun):
    """What a bucket's keys look like; `complete` is False where only the first ones were read."""

    bucket: str
    prefix: str = ""
    layouts: tuple[Layout, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    keys: int = 0
    complete: bool = True
    records: int = 0  # rows that name an object


class RecordSource(Noun):
    """The rows that hold keys or URLs: an attribute of a DynamoDB table, or the library's files."""

    kind: Literal["none", "table", "library"] = "none"
    table: str = ""
    attribute: str = ""


class StepState(StrEnum):
    PLANNED = "planned"
    MOVED = "moved"  # copied, verified, and every record names the new key
    DELETED = "deleted"  # the old object is gone; in a versioned bucket it can be brought back
    CONFLICT = "conflict"  # can't be moved without a decision
    FAILED = "failed"  # tried; the next start tries again


class StepRow(Noun):
    """A record that names the old key. Of a library file `pk` is its id, and `sk` is `file`,
    `pristine` or a rendition's name.
    """

    pk: str
    sk: str = ""
    before: str
    after: str


class MigrationStep(Noun):
    """One key on its way."""

    migration_id: str
    source: str
    target: str
    size: int = 0
    etag: str = ""
    copied_etag: str = ""  # of our copy, where it can't be compared with the source's
    rows: tuple[StepRow, ...] = ()
    state: StepState = StepState.PLANNED
    problem: str = ""
    personal: bool = False
    moved_at: UtcTime | None = None
    deleted_at: UtcTime | None = None


class MigrationState(StrEnum):
    PLANNED = "planned"
    MOVING = "moving"
    STOPPED = "stopped"  # by a person, or by too many failures: see `problem`
    MOVED = "moved"  # nothing is left to be moved, except what is listed as a problem
    DELETING = "deleting"
    DONE = "done"  # no object of the old layout is left


class StepCounts(Noun):
    planned: int = 0
    moved: int = 0
    deleted: int = 0
    conflict: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.planned + self.moved + self.deleted + self.conflict + self.failed

    @property
    def left(self) -> int:
        """Objects of the old layout that still exist."""
        return self.total - self.deleted


class DryRun(Noun):
    """What a start would do. `bytes_copied` are stored twice until the old objects are deleted."""

    keys: int = 0
    bytes_copied: int = 0
    already_there: int = 0  # the same content lies under the new key
    rows: int = 0
    rows_without_object: int = 0
    collisions: int = 0
    personal: int = 0
    cost_note: str = ""


class Wish(StrEnum):
    """What waits for somebody who may approve it."""

    NOTHING = ""
    MOVE = "move"
    DELETE = "delete"


class Migration(Noun):
    id: str
    bucket: str
    legacy: str
    target: str
    records: RecordSource = RecordSource()
    served_by: str = ""  # the distribution's domain through which copies are verified; '' for none
    origin_path: str = ""  # of that distribution, which stands before every path
    versioned: bool = False  # what is deleted can be brought back
    state: MigrationState = MigrationState.PLANNED
    wish: Wish = Wish.NOTHING
    wished_by: str = ""
    dry_run: DryRun = DryRun()
    counts: StepCounts = StepCounts()
    wait_days: int = 7
    planned_by: str
    planned_at: UtcTime
    approved_by: str = ""
    started_at: UtcTime | None = None
    moved_at: UtcTime | None = None
    ended_at: UtcTime | None = None
    job_id: str = ""
    problem: Problem | None = None


class MigrationPage(Noun):
    """The newest first."""

    items: tuple[Migration, ...]
    next: str | None = None


class StepPage(Noun):
    items: tuple[MigrationStep, ...]
    next: str | None = None
