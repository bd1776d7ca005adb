"""Access logs that were read once: rows as Parquet by day (UTC), with sums beside them.

Writers take turns by a lock file, in this process and in others; a crash at any moment leaves
either all of a batch or nothing of it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from core.errors import DashboardError
from core.model.traffic import BadLine, Delivered, LogProblem, LogsRead
from core.stores.duckdb_engine import DuckDbEngine, open_duckdb
from core.stores.log_batch import Batch, Delivery
from core.stores.log_ledger import FileEntry, Ledger, moment_text
from core.stores.log_rollups import KINDS, ROWS, kind_for, relation_of
from core.stores.queries import FOLDER, SHALLOW, Query, Value

if TYPE_CHECKING:
    from core.stores.log_reader import ColumnsOf, ShapeOf

_FILTERS = ("site", "distribution", "edge", "country", "result")


_SPILL = "spill-"
_MOST_KEPT = 10_000  # rows of an answer
_ROWS = TypeAdapter(tuple[Delivered, ...])


class LogStore:
    """Also the `QueryEngine` over what was read."""

    name = "duckdb"

    def __init__(
        self,
        folder: Path,
        shape_of: ShapeOf,
        columns_of: ColumnsOf,
        clock: Callable[[], datetime],
    ) -> None:
        self._folder, self._shape_of, self._columns_of = folder, shape_of, columns_of
        self._clock = clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._ledger = Ledger(folder / "ledger.sqlite3")
        self._opening = threading.Lock()
        self._opened: Any = None

    def close(self) -> None:
        with self._opening:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
        self._ledger.close()

    def _cursor(self) -> Any:
        """Its own for each question: a connection is not for two threads."""
        with self._opening:
            if self._opened is None:
                self._opened = open_duckdb(self._folder / "spill")
            return self._opened.cursor()

    def wanted(self, source: str, listed: Mapping[str, tuple[str, int]]) -> list[str]:
        """The names that were not read yet, or that changed since."""
        known = self._ledger.known(source)
        return sorted(name for name, found in listed.items() if known.get(name) != found)

    def add(self, source: str, deliveries: Sequence[Delivery]) -> LogsRead:
        """Read files and keep what they tell. What another scan has read meanwhile is left out."""
        from core.stores.log_reader import LogReader  # noqa: PLC0415  # and with it DuckDB

        with self._turn(), tempfile.TemporaryDirectory(prefix=_SPILL, dir=self._folder) as spill:
            known = self._ledger.known(source)
            fresh = [d for d in deliveries if known.get(d.name) != (d.etag, d.size)]
            fresh = self._without_copies(source, fresh, set(known.values()))
            if not fresh:
                return LogsRead()
            self._sweep()
            connection = open_duckdb(Path(spill))
            try:
                return Batch(self._folder, self._ledger, connection, source).keep(
                    fresh, LogReader(connection, self._shape_of, self._columns_of), self._clock()
                )
            finally:
                connection.close()

    def _without_copies(
        self, source: str, deliveries: Sequence[Delivery], known: set[tuple[str, int]]
    ) -> list[Delivery]:
        """A file under another name with the ETag and size of one that was read tells nothing new.

        Lines of old logs have no id by which a second delivery could be known.
        """
        copies = [one for one in deliveries if one.etag and (one.etag, one.size) in known]
        replaced = self._ledger.ids(source, (one.name for one in copies))
        copies = [one for one in copies if one.name not in replaced]
        first, at = self._ledger.next_id(), moment_text(self._clock())
        entries = [
            FileEntry(
                first + place, source, one.name, one.etag, one.size, "read", 0, 0, 0, 0, 0,
                "It has the content of another file, which is counted.", at,
            )
            for place, one in enumerate(copies)
        ]  # fmt: skip
        if entries:
            self._ledger.commit(entries, (), ())
        return [one for one in deliveries if one not in copies]

    def scan_bytes(self) -> int:
        return 0

    def ask(self, query: Query, parameters: Mapping[str, Value], top: int) -> tuple[Delivered, ...]:
        version = self._ledger.version()
        asked = self._within(parameters)
        question = _fingerprint(query, asked, top)
        known = self._ledger.answer(question, version)
        if known is not None:
            return _ROWS.validate_json(known)
        rows = self._asked_twice(query, asked, top)
        if len(rows) <= _MOST_KEPT:
            self._ledger.keep_answer(question, version, _ROWS.dump_json(rows).decode())
        return rows

    def _within(self, parameters: Mapping[str, Value]) -> dict[str, Value]:
        """The days of which there is something: beyond them another range asks the same."""
        first, last = self._ledger.bounds() or ("", "")
        if not first:
            return dict(parameters)
        return {
            **parameters,
            "first_day": max(str(parameters["first_day"]), first),
            "last_day": min(str(parameters["last_day"]), last),
        }

    def _asked_twice(
        self, query: Query, parameters: Mapping[str, Value], top: int
    ) -> tuple[Delivered, ...]:
        import duckdb  # noqa: PLC0415

        try:
            return self._asked(query, parameters, top)
        except DashboardError as error:
            if not isinstance(error.__cause__, duckdb.IOException):
                raise
            return self._asked(query, parameters, top)  # parts were just made one: look again

    def _asked(
        self, query: Query, parameters: Mapping[str, Value], top: int
    ) -> tuple[Delivered, ...]:
        used = {name for name in _FILTERS if parameters[name]}
        used |= {"status"} if parameters["status"] != -1 else set()
        deep = FOLDER in query.needs and parameters["folder"] not in SHALLOW
        used |= {"path"} if parameters["prefix"] or deep else set()
        kind = kind_for(query.needs | used)
        first, last = (date.fromisoformat(str(parameters[n])) for n in ("first_day", "last_day"))
        parts = self._ledger.parts(kind, first, last)
        relation = relation_of(kind, (part.path(self._folder) for part in parts))
        cursor = self._cursor()
        try:
            return DuckDbEngine(cursor, relation).ask(query, parameters, top)
        finally:
            cursor.close()

    def days_read(self) -> tuple[date, ...]:
        """The days of the requests that were read."""
        return tuple(map(date.fromisoformat, self._ledger.parts_days(ROWS)))

    def files_read(self) -> list[tuple[str, str]]:
        """Name and state of every file; `read` is the good one."""
        return self._ledger.names()

    def read_so_far(self) -> tuple[LogsRead, datetime | None]:
        """The ledger's sums, what is wrong with files, and when something was last read."""
        files = self._ledger.files()
        problems = [
            LogProblem(file=one.name, problem=one.state, detail=one.detail)
            for one in files
            if one.state != "read"
        ]
        told = LogsRead(
            files=len(files),
            rows=sum(one.rows for one in files),
            duplicates=sum(one.duplicates for one in files),
            without_id=sum(one.without_id for one in files),
            without_bytes=sum(one.without_bytes for one in files),
            bad_lines=sum(one.bad_lines for one in files),
            first_bad=tuple(
                BadLine(file=one.name, reason=one.detail) for one in files if one.bad_lines
            )[:20],
            problems=tuple(problems[:100]),
        )
        newest = max((one.read_at for one in files), default=None)
        return told, datetime.fromisoformat(newest) if newest else None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer at a time; the system lets go of the lock of a process that dies."""
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for left_behind in self._folder.glob(f"{_SPILL}*"):
                shutil.rmtree(left_behind, ignore_errors=True)
            yield

    def _sweep(self) -> None:
        """Delete what a crash or a rewriting left behind."""
        kept = {part.path(self._folder) for part in self._ledger.all_parts()}
        for kind in KINDS:
            for path in (self._folder / kind).glob("day=*/*.parquet*"):
                if path not in kept:
                    path.unlink(missing_ok=True)


def _fingerprint(query: Query, parameters: Mapping[str, Value], top: int) -> str:
    asked = json.dumps([query.text, sorted(parameters.items()), top])
    return hashlib.sha256(asked.encode()).hexdigest()
