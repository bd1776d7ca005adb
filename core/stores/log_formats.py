"""Log files of each kind, delimited text, v2's JSON lines and Parquet, read into `requests`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.model.traffic import BadLine, LogKind, LogShape
from core.stores.log_columns import (
    json_columns,
    json_names,
    literal,
    quoted,
    read_as,
    selected,
)
from core.stores.log_scans import (
    TOLD,
    any_refused,
    csv_scan,
    forget_refused,
    other_headers,
    refused_lines,
)
from core.stores.log_source import LogFile

Bad = tuple[int, list[BadLine]]  # how many lines, and the first of them
_COMPLETE = "day IS NOT NULL AND status IS NOT NULL"
_NO_JSON = "it is no JSON object with date, time and sc-status"


def insert(sql: Any, select: str, scan: str, where: str = "") -> None:
    sql.execute(f"INSERT INTO requests SELECT * FROM (SELECT {select} FROM {scan}) {where}")  # noqa: S608


def insert_lines(
    sql: Any, files: Sequence[LogFile], columns: Sequence[str], source: int, names: Sequence[str]
) -> tuple[Bad, set[str]]:
    """Files of one shape; also those in which a header comes again that says otherwise."""
    shape = files[0].shape
    if shape.kind is LogKind.JSON:
        found = [insert_json(sql, one, source, names) for one in files]
        return (sum(bad for bad, _ in found), [line for _, lines in found for line in lines]), set()
    scan = csv_scan(files, {name: read_as(name) for name in columns}, shape)
    insert(sql, selected(columns, typed=True, source=source, names=names), scan)
    refused = any_refused(sql)  # of most files none, and asking for them takes long
    mixed = other_headers(sql, shape.fields) if refused else set()
    bad = refused_lines(sql, files) if refused else (0, [])
    forget_refused(sql)
    return bad, mixed


def insert_json(sql: Any, file: LogFile, source: int, names: Sequence[str]) -> Bad:
    """Each line is read as text first, so that a broken one is known by its number."""
    shape = LogShape(kind=LogKind.JSON, delimiter="\x01", skip=file.shape.skip)
    sql.execute("SET preserve_insertion_order = true")  # for the lines' numbers
    sql.execute(
        "CREATE OR REPLACE TEMP TABLE staged AS SELECT row_number() OVER () AS number, line "  # noqa: S608
        f"FROM {csv_scan([file], {'line': 'VARCHAR'}, shape)}"
    )
    sql.execute("SET preserve_insertion_order = false")
    refused, lines = refused_lines(sql, [file])
    forget_refused(sql)
    fields = f"SELECT number, {json_columns('line')} FROM staged WHERE json_valid(line)"  # noqa: S608
    select = selected(json_names(), typed=False, source=source, names=names)
    rows = f"SELECT number, {select} FROM ({fields})"  # noqa: S608
    sql.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT * FROM ({rows}) WHERE {_COMPLETE}"  # noqa: S608
    )
    sql.execute("INSERT INTO requests SELECT * EXCLUDE (number) FROM found")
    bad = sql.execute(
        "SELECT number FROM staged ANTI JOIN found USING (number) "
        "WHERE NOT starts_with(line, '#') ORDER BY number"
    ).fetchall()
    places = [number + file.shape.skip + file.offset for (number,) in bad[:TOLD]]
    lines += [BadLine(file=file.name, line=line, reason=_NO_JSON) for line in places]
    return refused + len(bad), lines


def insert_parquet(
    sql: Any,
    file: LogFile,
    columns_of: Callable[[LogShape], tuple[str, ...]],
    source: int,
    names: Sequence[str],
) -> Bad:
    scan = f"read_parquet({literal(str(file.path))})"
    described = sql.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()  # noqa: S608
    fields = tuple(row[0] for row in described)
    columns = columns_of(LogShape(kind=LogKind.PARQUET, fields=fields))
    pairs = zip(fields, columns, strict=True)
    renamed = ", ".join(f"{quoted(field)} AS {quoted(name)}" for field, name in pairs)
    held, before = _count(sql, scan), _count(sql, "requests")
    insert(
        sql,
        selected(columns, typed=False, source=source, names=names),
        f"(SELECT {renamed} FROM {scan})",  # noqa: S608
        f"WHERE {_COMPLETE}",
    )
    bad = held - (_count(sql, "requests") - before)
    reason = f"{bad} rows without date, time or sc-status"
    return bad, [BadLine(file=file.name, reason=reason)] if bad else []


def _count(sql: Any, relation: str) -> int:
    return int(sql.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])  # noqa: S608
