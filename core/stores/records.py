"""The seam behind which the product's memory lives: versioned records, two real implementations.

A record is one JSON object with a kind, an id, and optionally a parent under which it is listed.
`stores/sqlite.py` and `stores/dynamodb.py` pass the same contract test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.model.base import Noun, UtcTime


class Record(Noun):
    """`version` is 0 before the first write; `sort` orders within a parent."""

    kind: str
    id: str
    parent: str = ""
    sort: str = ""
    data: dict[str, Any]
    version: int = 0
    changed_at: UtcTime | None = None  # set by the store


class RecordPage(Noun):
    items: tuple[Record, ...]
    next: str | None = None  # pass as `after`; opaque


class Change(Noun):
    """A record as it is now, or the fact that it is gone (`record` is None)."""

    kind: str
    id: str
    record: Record | None


class ChangePage(Noun):
    items: tuple[Change, ...]
    cursor: str  # pass as `since`; opaque, also when nothing changed


@dataclass(frozen=True)
class Snapshot:
    """All records of a kind, in no order; what happened since is told by `changes(cursor)`."""

    cursor: str
    pages: Iterator[Sequence[Record]]


class Put(Noun):
    """Write `record` if the stored version still equals `record.version` (0: must not exist)."""

    record: Record


class Delete(Noun):
    """Remove a record; with `version`, only if it still has that version."""

    kind: str
    id: str
    version: int | None = None


Operation = Put | Delete


class RecordStore(Protocol):
    def get(self, kind: str, id: str) -> Record | None:
        """Read one record, strongly consistent."""

    def put(self, record: Record) -> Record:
        """Write; return the record with its new version. Raises `Conflict` on another version."""

    def delete(self, kind: str, id: str, version: int | None = None) -> None:
        """Remove; silent if it is not there and no version was given. Raises `Conflict`."""

    def query(
        self,
        kind: str,
        parent: str = "",
        *,
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> RecordPage:
        """List a parent's records by (sort, id). A kind without parents has the parent ''."""

    def changes(self, since: str = "", *, limit: int = 1000) -> ChangePage:
        """What was written or deleted after the cursor `since`, oldest first; '' is the start."""

    def snapshot(self, kind: str) -> Snapshot:
        """Read all of a kind as fast as the store can; some may be newer than the cursor."""

    def count(self, kind: str) -> int | None:
        """How many records of a kind there are; None where that takes reading them all."""

    def transact(self, operations: Sequence[Operation]) -> tuple[Record, ...]:
        """All or nothing (at most 100). Returns the records of the puts. Raises `Conflict`."""

    def close(self) -> None:
        """Release files and connections."""
