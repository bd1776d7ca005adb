"""Changes of many files at once: what is asked, what would happen, what has happened."""

from __future__ import annotations

from enum import StrEnum

from core.model.base import Noun, UtcTime
from core.model.identity import Role
from core.model.media import FileQuery, JobState, Problem


class BulkKind(StrEnum):
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    SET_TAGS = "set_tags"  # without tags: clear them
    MOVE = "move"  # to `folder`; '' is the top
    RENAME = "rename"  # by `pattern`
    COPY = "copy"  # into `folder`, or beside the original
    TRASH = "trash"
    RESTORE = "restore"
    DELETE = "delete"  # for good
    ADD_TO_ALBUM = "add_to_album"
    REMOVE_FROM_ALBUM = "remove_from_album"
    MAKE_PRIVATE = "make_private"
    MAKE_PUBLIC = "make_public"
    UNDO = "undo"  # what another bulk did; started by `undo` only


class OnConflict(StrEnum):
    """What to do where the folder has a live file of this owner and name already."""

    ALLOW = "allow"  # two files of one name, as cameras make them
    KEEP_BOTH = "keep_both"  # the newcomer becomes `name (2)`
    REPLACE = "replace"  # the older one goes to the trash
    REFUSE = "refuse"


class BulkChange(Noun):
    """One change for many files. Fields that a kind does not use stay as they are."""

    kind: BulkKind
    tags: tuple[str, ...] = ()
    folder: str | None = None
    within: str = ""  # for MOVE: only this beginning of a file's folder becomes `folder`
    album: str = ""  # id
    pattern: str = ""  # `{name}-{n}`; {name}, {n}, {date}; the extension is kept
    on_conflict: OnConflict = OnConflict.ALLOW


class Selection(Noun):
    """These files, or (where `query` is given) all that a search finds when the bulk starts."""

    ids: tuple[str, ...] = ()
    query: FileQuery | None = None


class Refusal(Noun):
    """One file that was left as it is, and why. `name` is '' where the person may not see it."""

    file_id: str
    name: str
    reason: str


class Example(Noun):
    """What becomes of one file: the field that changes, as people read it."""

    file_id: str
    name: str
    before: str
    after: str


class BulkPreview(Noun):
    """`refusals` are some of the `refused`, a hundred at most; `examples` ten of `changing`.

    The counts are of the first `examined` of `total` files: of all, where that is the same.
    """

    total: int
    examined: int
    changing: int
    unchanged: int
    refused: int
    refusals: tuple[Refusal, ...]
    examples: tuple[Example, ...]


class Bulk(Noun):
    """A change of many files on its way or done; its numbers are exact after every crash."""

    id: str
    owner_id: str
    role: Role  # of the owner at the start
    change: BulkChange
    query: FileQuery | None = None  # None where ids were given
    created_at: UtcTime
    state: JobState = JobState.QUEUED
    job_id: str = ""
    collected: bool = False  # the files are written down: what matches later is not touched
    total: int = 0
    done: int = 0  # how many were looked at
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()  # the first hundred
    cancelled: bool = False
    ended_at: UtcTime | None = None
    problem: Problem | None = None
    undo_of: str = ""
    undone_by: str = ""

    @property
    def undoable(self) -> bool:
        return (
            self.ended_at is not None
            and self.changed > 0
            and not self.undone_by
            and self.change.kind in UNDOABLE
        )


UNDOABLE = frozenset(
    {
        BulkKind.ADD_TAGS,
        BulkKind.REMOVE_TAGS,
        BulkKind.SET_TAGS,
        BulkKind.MOVE,
        BulkKind.RENAME,
        BulkKind.TRASH,
        BulkKind.RESTORE,
        BulkKind.ADD_TO_ALBUM,
        BulkKind.REMOVE_FROM_ALBUM,
    }
)


class InvalidationState(StrEnum):
    REQUESTED = "requested"  # written down; CloudFront has not taken it yet
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


class Invalidation(Noun):
    """CloudFront is told to forget exactly these viewer paths."""

    id: str
    file_id: str
    owner_id: str  # of the file
    paths: tuple[str, ...]  # percent-encoded, as CloudFront takes them
    by: str  # account id
    created_at: UtcTime
    month: str  # `2026-11`: which month's free paths it uses
    state: InvalidationState = InvalidationState.REQUESTED
    cloudfront_id: str = ""
    job_id: str = ""
    ended_at: UtcTime | None = None
    problem: Problem | None = None


class FreePaths(Noun):
    """Invalidation paths of one month and account: the first thousand are free."""

    month: str
    used: int
    at_least: bool  # other invalidations of the account could not be counted
    free: int = 1000

    @property
    def left(self) -> int:
        return max(0, self.free - self.used)


class Difference(Noun):
    """One thing in which two versions or two files differ, as people read it."""

    what: str
    first: str
    second: str
