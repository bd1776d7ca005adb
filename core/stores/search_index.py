"""The library's read model: every list, search, total and summary of files is read from here.

Beside SQLite records it is written in their transaction; beside DynamoDB it is a file of its own
that `refresh` brings up to date.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.errors import DashboardError, InvalidInput
from core.model.finding import Facets, IndexStatus, Timeline
from core.model.media import (
    DayTotal,
    FileKind,
    FilePage,
    FileQuery,
    FileState,
    KindTotal,
    LibrarySummary,
    MediaFile,
)
from core.stores import search_prints, search_query, search_tables
from core.stores.database import Database
from core.stores.records import Change, RecordStore
from core.stores.search_feed import SearchFeed
from core.stores.search_memory import SearchMemory
from core.stores.search_prints import Candidates
from core.stores.search_query import Position
from core.stores.search_rows import same_camera

if TYPE_CHECKING:
    from core.stores.search_facets import Counting, TagCounts

MAX_LIMIT = 1000
T = TypeVar("T")
_ATTEMPTS = 3


class SearchIndex:
    """Every typed word must occur in name, folder, tags or camera, in any place, case and accents
    aside.

    Equal keys are ordered by id, in the same direction. A folder is exact, '' is the top.
    """

    name = "library"
    version = 3

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._memory = SearchMemory(self._database)
        self._feed = SearchFeed(self._database, self.version)

    def search(
        self, query: FileQuery, *, limit: int = 60, cursor: str | None = None, offset: int = 0
    ) -> FilePage:
        """One page; `offset` counts from the cursor, or from the start. Raises `InvalidInput`."""
        if not 1 <= limit <= MAX_LIMIT or not 0 <= offset < 2**62:
            raise InvalidInput(
                "There is no such page.", hint=f"Ask for 1 to {MAX_LIMIT} files from 0 on."
            )
        after = search_query.open_cursor(query, cursor) if cursor else None
        with self._database.read() as connection:
            # One more than asked for tells whether there is a next page.
            total, rows = self._rows(connection, query, limit + 1, offset, after)
            files = _files(connection, rows[:limit])
            more = None
            if len(rows) > limit:
                more = search_query.next_cursor(query, *_place(connection, query, rows[limit - 1]))
        return FilePage(items=files, next_cursor=more, total=total)

    def _rows(
        self,
        connection: sqlite3.Connection,
        query: FileQuery,
        limit: int,
        offset: int,
        after: Position | None,
    ) -> tuple[int, list[int]]:
        with self._memory.lock:
            memory = self._memory.current(connection, fill=not self._feed.building)
            if memory is not None:
                return memory.page(query, limit, offset, after, connection)
        connection.create_function("same_camera", 2, same_camera, deterministic=True)
        count, page = search_query.total(query), search_query.page(query, limit, offset, after)
        (total,) = connection.execute(count.sql, count.values).fetchone()
        return total, [row for (row,) in connection.execute(page.sql, page.values)]

    def facets(self, query: FileQuery, *, owners: bool = False) -> Facets:
        """Counts within the query; `owners`: of whom the files are, too."""
        return self._counted(query, lambda counting: counting.facets(owners=owners))

    def timeline(self, query: FileQuery, *, by: str = "taken", days: bool = False) -> Timeline:
        """Files per month or day in which they were `taken` or `uploaded`."""
        return self._counted(query, lambda counting: counting.timeline(by, "D" if days else "M"))

    def tagging(self, query: FileQuery, given: Iterable[str], most: int) -> TagCounts:
        """What giving or taking these tags would find; `most` is how many a file may have."""
        return self._counted(query, lambda counting: counting.tagging(given, most))

    def folders(self, query: FileQuery) -> dict[str, int]:
        """Folder → files of the query in it, deeper ones aside."""
        return self._counted(query, lambda counting: counting.folders())

    def albums(self, owner_id: str) -> dict[str, tuple[int, str]]:
        """Album → (live files of this person on it, the newest one's id)."""
        found = self._counted(FileQuery(owner_id=owner_id), lambda counting: counting.albums())
        with self._database.read() as connection:
            ids = _ids(connection, [row for _, row in found.values()])
        return {album: (count, ids.get(row, "")) for album, (count, row) in found.items()}

    def _counted(self, query: FileQuery, count: Callable[[Counting], T]) -> T:
        from core.stores.search_facets import Counting  # noqa: PLC0415  # NumPy takes 11 MiB

        for _ in range(_ATTEMPTS):
            with self._database.read() as connection, self._memory.lock:
                memory = self._memory.current(connection)
                if memory is not None:
                    return count(Counting(memory.columns, memory.grams, query))
            self._memory.wait()
        raise DashboardError(
            "The search index is still being read.", hint="Try again in a few seconds."
        )

    def summary(self, owner_id: str | None = None) -> LibrarySummary:
        """What one person, or (None) everybody, has stored."""
        owner = search_tables.ANY if owner_id is None else search_tables.only(owner_id)
        with self._database.read() as connection:
            totals = connection.execute(
                "SELECT trashed, kind, state, count, size FROM library_total "
                "WHERE owner = ? AND count > 0",
                (owner,),
            ).fetchall()
            days = connection.execute(
                "SELECT day, count, size FROM library_day WHERE owner = ? AND count > 0 "
                "ORDER BY day",
                (owner,),
            ).fetchall()
        return _summary(totals, days)

    def same_checksum(self, owner_id: str | None) -> Candidates:
        """Live files whose bytes another one has too."""
        with self._database.read() as connection:
            return search_prints.same_checksum(connection, owner_id)

    def fingerprinted(self, owner_id: str | None) -> Candidates:
        """Live pictures with a fingerprint."""
        with self._database.read() as connection:
            return search_prints.fingerprinted(connection, owner_id)

    def without_fingerprint(self, owner_id: str | None) -> list[str]:
        """Ids of live pictures that have none yet."""
        with self._database.read() as connection:
            return search_prints.without_fingerprint(connection, owner_id)

    def rows_of(self, ids: Collection[str]) -> dict[str, int]:
        """Where such candidates stand; those that are gone are left out."""
        with self._database.read() as connection:
            return search_prints.rows_of(connection, ids)

    def files_at(self, rows: Sequence[int]) -> tuple[MediaFile, ...]:
        """Whole files of such candidates; those that are gone meanwhile are left out."""
        with self._database.read() as connection:
            known = [row for row in rows if search_prints.exists(connection, row)]
            return _files(connection, known)

    def named_below(self, prefix: str) -> dict[str, set[str]]:
        """Key → ids of files that name it, for keys outside those files' own folders."""
        found: dict[str, set[str]] = {}
        with self._database.read() as connection:
            for key, id_ in search_tables.named_below(connection, prefix):
                found.setdefault(key, set()).add(id_)
        return found

    def reset(self, connection: sqlite3.Connection) -> None:
        self._feed.reset(connection)

    def attach(self, step: Callable[[], int]) -> None:
        self._feed.attach(step)

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        self._feed.apply(connection, change)

    def refresh(self, store: RecordStore) -> int:
        """Take in what changed since the last time; 0 where the store itself keeps the index.

        While all is being built nobody waits for that: 0 as well.
        """
        return self._feed.refresh(store)

    def caught_up(self, store: RecordStore) -> bool:
        """Whether all that was written before is in by now; a little that is missing is taken in.

        Before it is asked what *no* file has: an index that is behind would say too much.
        """
        return self._feed.caught_up(store)

    def build(self, store: RecordStore) -> int:
        """Take in all that is missing, however long it takes; and fill the memory."""
        taken = self._feed.build(store)
        with self._database.read() as connection, self._memory.lock:
            self._memory.prepare(connection)
        return taken

    def status(self, store: RecordStore) -> IndexStatus:
        """Whether searches see all files yet."""
        return self._feed.status(store)

    def close(self) -> None:
        self._feed.close()
        self._memory.close()
        self._database.close()


def _files(connection: sqlite3.Connection, rows: Sequence[int]) -> tuple[MediaFile, ...]:
    places = ", ".join("?" * len(rows))
    found = dict(
        connection.execute(
            f"SELECT row, json FROM library_body WHERE row IN ({places})",  # noqa: S608
            rows,
        ).fetchall()
    )
    return tuple(MediaFile.model_validate_json(found[row]) for row in rows)


def _ids(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(rows), MAX_LIMIT):
        some = rows[start : start + MAX_LIMIT]
        places = ", ".join("?" * len(some))
        found |= connection.execute(
            f"SELECT row, id FROM library_file WHERE row IN ({places})",  # noqa: S608
            some,
        ).fetchall()
    return found


def _place(connection: sqlite3.Connection, query: FileQuery, row: int) -> tuple[str | int, str]:
    found: tuple[str | int, str] = connection.execute(
        f"SELECT {search_query.ORDERS[query.sort].key}, f.id "  # noqa: S608
        "FROM library_file f WHERE f.row = ?",
        (row,),
    ).fetchone()
    return found


def _summary(
    totals: list[tuple[int, str, str, int, int]], days: list[tuple[str, int, int]]
) -> LibrarySummary:
    live = [row[1:] for row in totals if not row[0]]
    return LibrarySummary(
        count=sum(count for _, _, count, _ in live),
        size=sum(size for _, _, _, size in live),
        by_kind=tuple(
            KindTotal(
                kind=kind,
                count=sum(count for name, _, count, _ in live if name == kind),
                size=sum(size for name, _, _, size in live if name == kind),
            )
            for kind in FileKind
            if any(name == kind for name, *_ in live)
        ),
        by_day=tuple(
            DayTotal(day=date.fromisoformat(day), count=count, size=size)
            for day, count, size in days
        ),
        processing=sum(count for _, state, count, _ in live if state == FileState.PROCESSING),
        undelivered=sum(count for _, state, count, _ in live if state == FileState.UNDELIVERED),
        trashed=sum(count for trashed, _, _, count, _ in totals if trashed),
    )
