"""DuckDB's CSV reader on log files: what is scanned, and which lines it refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.model.traffic import BadLine, LogShape
from core.stores.log_columns import literal
from core.stores.log_source import LogFile

TOLD = 20  # bad lines that are shown with their place
_LONGEST_LINE = 2 * 1024 * 1024
_REASON = 200
# One row for each refused line, however many of its values were wrong.
_REFUSED = (
    "SELECT file_path, line, arg_min(csv_line, column_idx) AS text, "
    "arg_min(error_message, column_idx) AS reason FROM refused JOIN refused_scans "
    "USING (scan_id, file_id) GROUP BY file_path, line"
)


def csv_scan(files: Sequence[LogFile], columns: Mapping[str, str], shape: LogShape) -> str:
    """`read_csv` over files of one shape; every column is declared, nothing is guessed."""
    types = ", ".join(f"{literal(name)}: '{kind}'" for name, kind in columns.items())
    paths = ", ".join(literal(_no_pattern(str(one.path))) for one in files)
    packed = "gzip" if files[0].compressed else "none"
    return (
        f"read_csv([{paths}], columns = {{{types}}}, auto_detect = false, header = false, "
        f"delim = {literal(shape.delimiter)}, quote = '', escape = '', comment = '', "
        f"nullstr = '\x02', skip = {shape.skip:d}, compression = '{packed}', "
        f"max_line_size = {_LONGEST_LINE:d}, ignore_errors = true, store_rejects = true, "
        "rejects_table = 'refused', rejects_scan = 'refused_scans')"
    )


def _no_pattern(path: str) -> str:
    """A file's own name: `[`, `*` and `?` in it are no pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def any_refused(sql: Any) -> bool:
    return bool(sql.execute("SELECT count(*) FROM refused").fetchall()[0][0])


def forget_refused(sql: Any) -> None:
    sql.execute("DROP TABLE IF EXISTS refused")
    sql.execute("DROP TABLE IF EXISTS refused_scans")


def other_headers(sql: Any, fields: Sequence[str]) -> set[str]:
    """The files in which a header comes again that says something else."""
    found = sql.execute(
        f"SELECT DISTINCT file_path, text FROM ({_REFUSED}) "  # noqa: S608  # constants
        "WHERE starts_with(ltrim(text), '#Fields:')"
    ).fetchall()
    return {path for path, text in found if tuple(text.strip()[8:].split()) != tuple(fields)}


def refused_lines(sql: Any, files: Sequence[LogFile]) -> tuple[int, list[BadLine]]:
    """How many lines were refused, and the first of them."""
    known = {str(one.path): one for one in files}
    lines = f"FROM ({_REFUSED}) WHERE NOT starts_with(ltrim(text), '#')"
    count = sql.execute(f"SELECT count(*) {lines}").fetchall()[0][0]
    first = sql.execute(
        f"SELECT file_path, line, reason {lines} ORDER BY 1, 2 LIMIT {TOLD}"
    ).fetchall()
    return count, [_bad_line(known[path], line, reason) for path, line, reason in first]


def _bad_line(file: LogFile, line: int, reason: str) -> BadLine:
    return BadLine(
        file=file.name, line=line + file.offset, reason=(reason or "unreadable")[:_REASON].strip()
    )
