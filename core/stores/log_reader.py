"""Reads access logs of any format into the table `requests` of a DuckDB connection.

A line that can't be read is counted with its file and its number; nothing is dropped in silence.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import DashboardError, UnreadableContent
from core.model.traffic import BadLine, LogKind, LogProblem, LogShape, LogsRead
from core.stores.log_columns import NAMES, REQUESTS
from core.stores.log_formats import Bad, insert_lines, insert_parquet
from core.stores.log_scans import TOLD
from core.stores.log_source import (
    LogFile,
    contents,
    head_of,
    is_whole,
    salvage,
    split_by_header,
    stamp,
)
from core.stores.log_unpack import DAMAGED, unpacked

ShapeOf = Callable[[bytes, str], LogShape | None]
ColumnsOf = Callable[[LogShape], tuple[str, ...]]
# What no log file can bring about: mistakes in our SQL, and too little memory.
_OUR_OWN = ("Binder", "Catalog", "Internal", "OutOfMemory", "Parser")
_ID = "x_edge_request_id"
_Inserted = tuple[Bad, set[str]]  # and the files in which headers differ


class FileNote(NamedTuple):
    """`state` is read, truncated, changed or unreadable."""

    state: str
    detail: str
    bad_lines: int


class LogReader:
    """`shape_of` and `columns_of` are the room's rules of the formats."""

    def __init__(
        self,
        connection: Any,
        shape_of: ShapeOf,
        columns_of: ColumnsOf,
        names: Sequence[str] = NAMES,
    ) -> None:
        self._sql, self._shape_of, self._columns_of = connection, shape_of, columns_of
        self._names = names
        self._bad = self._files = 0
        self._first: list[BadLine] = []
        self._problems: list[LogProblem] = []
        self._seen: dict[bytes, str] = {}  # contents without request ids
        columns = ", ".join(f"{name} {kind}" for name, kind in REQUESTS if name in names)
        self._sql.execute(f"CREATE TEMP TABLE requests ({columns}, source INTEGER)")

    def read_one(self, path: Path, name: str, source: int) -> FileNote:
        """Read one file, known by `name`, and say what it was worth."""
        bad, problems = self._bad, len(self._problems)
        self.read([path], source, name)
        met = self._problems[problems:]
        faults = [one for one in met if one.problem != "same"]
        return FileNote(
            faults[0].problem if faults else "read",
            " ".join(one.detail for one in met),
            self._bad - bad,
        )

    def read(self, paths: Iterable[Path], source: int = 0, name: str = "") -> None:
        """Read files, those of one shape in one go. What goes wrong with one is told later."""
        before = {path: stamp(path) for path in dict.fromkeys(paths)}
        opened = [one for path in before for one in self._opened(path, name or str(path))]
        self._files += len(before)
        with tempfile.TemporaryDirectory(prefix="logs-") as folder:
            for _, group in groupby(sorted(opened, key=_likeness), key=_likeness):
                self._together(list(group), source, Path(folder))
        for path, was in before.items():
            if stamp(path) != was:
                self._tell(name or str(path), "changed", "It was written to while it was read.")

    def told(self) -> LogsRead:
        """What was met so far; a request that came twice is taken out and counted here."""
        first = sorted(self._first, key=lambda one: (one.file, one.line or 0))[:TOLD]
        rows, ids, hashes, sized = self._sql.execute(
            "SELECT count(*), count(request_id), count(DISTINCT hash(request_id)) "
            "FILTER (WHERE request_id IS NOT NULL), count(bytes) FROM requests"
        ).fetchall()[0]
        distinct = ids
        if hashes < ids:  # else no two are the same; comparing the ids themselves takes longer
            distinct, sized = self._without_repeats()
        left = rows - (ids - distinct)
        return LogsRead(
            files=self._files, rows=left, duplicates=ids - distinct, without_id=rows - ids,
            without_bytes=left - sized, bad_lines=self._bad, first_bad=tuple(first),
            problems=tuple(self._problems),
        )  # fmt: skip

    def _without_repeats(self) -> tuple[int, int]:
        """What is left once every id is there once: rows with an id, rows with bytes."""
        self._sql.execute(
            "DELETE FROM requests WHERE rowid IN (SELECT place FROM (SELECT rowid AS place, "
            "row_number() OVER (PARTITION BY request_id ORDER BY rowid) AS turn "
            "FROM requests WHERE request_id IS NOT NULL) WHERE turn > 1)"
        )
        ids, sized = self._sql.execute(
            "SELECT count(request_id), count(bytes) FROM requests"
        ).fetchall()[0]
        return int(ids), int(sized)

    def _opened(self, path: Path, name: str) -> list[LogFile]:
        head, compressed = head_of(path)
        try:
            shape = self._shape_of(head, name)
        except UnreadableContent as error:
            self._tell(name, "unreadable", error.message)
            return []
        if shape is None:
            if compressed and not is_whole(path):
                self._tell(name, "truncated", "Nothing of it can be decompressed.")
            return []
        file = LogFile(path, name, shape, compressed)
        return [] if self._is_repeated(file) else [file]

    def _is_repeated(self, file: LogFile) -> bool:
        """Lines of old logs have no id: a file that is delivered again is known by its content."""
        if file.shape.kind is not LogKind.DELIMITED or _ID in self._columns_of(file.shape):
            return False
        digest = hashlib.sha256()
        for chunk in contents(file.path, file.compressed):
            digest.update(chunk)
        first = self._seen.setdefault(digest.digest(), file.name)
        if first != file.name:
            self._tell(file.name, "same", f"It has the content of {first}, which is counted.")
        return first != file.name

    def _together(self, group: list[LogFile], source: int, folder: Path) -> None:
        import duckdb  # noqa: PLC0415  # 30 MiB that most runs do not need

        read = self._parquet if group[0].shape.kind is LogKind.PARQUET else self._lines
        batches = [group] if group[0].shape.kind is LogKind.DELIMITED else [[one] for one in group]
        for batch in batches:
            try:
                read(batch, source, folder)
            except duckdb.Error as error:
                if type(error).__name__.removesuffix("Exception") in _OUR_OWN:
                    raise
                self._apart(batch, source, folder, str(error))
            except DAMAGED as error:
                self._apart(batch, source, folder, str(error))
            except OSError as error:
                raise DashboardError(
                    f"{batch[0].name} can't be unpacked: {error.strerror}.",
                    hint="The folder for temporary files (TMPDIR) needs room for 200 MB.",
                ) from error

    def _apart(self, batch: list[LogFile], source: int, folder: Path, reason: str) -> None:
        """One of these is damaged: read each by itself, and of that one what is whole."""
        if len(batch) > 1:
            for one in batch:
                self._together([one], source, folder)
            return
        one, target = batch[0], folder / f"whole-{len(self._problems)}"
        if not one.compressed or not salvage(one.path, target):
            self._tell(one.name, "unreadable", reason.splitlines()[0])
            return
        self._tell(
            one.name,
            "truncated",
            "It ends early or is damaged: only its readable lines are counted.",
        )
        self._together([LogFile(target, one.name, one.shape, offset=one.offset)], source, folder)

    def _lines(self, group: list[LogFile], source: int, folder: Path) -> None:
        bad, mixed = self._unpacked(group, source, folder)
        if mixed:
            self._in_parts(group, mixed, source, folder)
        else:
            self._count_bad(*bad)

    def _unpacked(self, group: list[LogFile], source: int, folder: Path) -> _Inserted:
        if group[0].compressed:
            with (
                tempfile.TemporaryDirectory(dir=folder) as place,
                closing(unpacked(group, Path(place))) as parts,
            ):
                bad, mixed = self._inserted(parts, source)
            if not mixed:
                return bad, mixed
        return self._inserted([group], source)

    def _inserted(self, groups: Iterable[list[LogFile]], source: int) -> _Inserted:
        """All of it or nothing: nothing where headers differ."""
        count, lines, mixed = 0, list[BadLine](), set[str]()
        self._sql.execute("BEGIN")
        try:
            for group in groups:
                columns = self._columns_of(group[0].shape)
                bad, mixed = insert_lines(self._sql, group, columns, source, self._names)
                if mixed:
                    break
                count, lines = count + bad[0], lines + bad[1]
        except Exception:
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("ROLLBACK" if mixed else "COMMIT")
        return (count, lines), mixed

    def _in_parts(self, group: list[LogFile], mixed: set[str], source: int, folder: Path) -> None:
        rest = [one for one in group if str(one.path) not in mixed]
        if rest:
            self._together(rest, source, folder)
        for one in group:
            if str(one.path) in mixed:
                with tempfile.TemporaryDirectory(dir=folder) as parts:
                    self._parts(one, source, Path(parts))

    def _parts(self, whole: LogFile, source: int, folder: Path) -> None:
        for path, offset in split_by_header(whole.path, whole.compressed, folder):
            try:
                shape = self._shape_of(head_of(path)[0], whole.name)
            except UnreadableContent as error:
                self._tell(whole.name, "unreadable", error.message)
                continue
            if shape is not None:
                part = LogFile(path, whole.name, shape, offset=whole.offset + offset)
                self._together([part], source, folder)

    def _parquet(self, group: list[LogFile], source: int, folder: Path) -> None:
        del folder
        bad = insert_parquet(self._sql, group[0], self._columns_of, source, self._names)
        self._count_bad(*bad)

    def _count_bad(self, count: int, lines: Sequence[BadLine]) -> None:
        self._bad += count
        self._first += lines

    def _tell(self, name: str, problem: str, detail: str) -> None:
        self._problems.append(LogProblem(file=name, problem=problem, detail=detail))


def _likeness(file: LogFile) -> tuple[str, ...]:
    """Files with the same likeness are read in one go."""
    shape = file.shape
    return (
        shape.kind.value, shape.delimiter, str(shape.skip), str(file.compressed), *shape.fields
    )  # fmt: skip
