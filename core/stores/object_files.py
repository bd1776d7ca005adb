"""Files of objects as Parquet, whatever they came as: pages of a listing, CSV, ORC."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.aws.list_pages import Columns
from core.errors import UnreadableContent
from core.stores.duckdb_engine import open_duckdb

LISTED = {"key": "key", "size": "size", "modified": "modified", "etag": "etag", "class": "class"}
LISTED_VERSIONS = {**LISTED, "version": "version", "latest": "latest", "marker": "marker"}
_HINT = "Wait for the next report, or list the bucket."


def write_rows(rows: Columns, target: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415  # takes long to load, and most runs read no objects
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    moments = pc.strptime(
        pa.array([one[:19] for one in rows.modified], pa.string()), "%Y-%m-%dT%H:%M:%S", "s"
    )
    table = pa.table({
        "key": pa.array(rows.keys, pa.string()), "size": pa.array(rows.sizes, pa.int64()),
        "modified": moments, "etag": pa.array(rows.etags, pa.string()),
        "class": pa.array(rows.classes, pa.string()),
        "version": pa.array(rows.versions, pa.string()),
        "latest": pa.array(rows.latest, pa.bool_()), "marker": pa.array(rows.markers, pa.bool_()),
    })  # fmt: skip
    pq.write_table(table, target)


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Raises `UnreadableContent`."""
    import pyarrow as pa  # noqa: PLC0415  # takes long to load, and most runs read no objects
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def orc_to_parquet(path: Path, target: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415  # takes long to load, and most runs read no objects
    import pyarrow.parquet as pq  # noqa: PLC0415
    from pyarrow import orc  # noqa: PLC0415

    try:
        pq.write_table(orc.read_table(path), target)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def csv_to_parquet(path: Path, header: Sequence[str], target: Path, spill: Path) -> None:
    """CSV of an inventory: no header line, URL-encoded keys, empty where there is no value."""
    import duckdb  # noqa: PLC0415  # 30 MiB that most runs do not need

    columns = dict.fromkeys(header, "VARCHAR")
    keys = "url_decode(replace(\"Key\", '+', ' ')) AS \"Key\""
    chosen = f"* REPLACE ({keys})" if "Key" in columns else "*"
    with open_duckdb(spill, threads=2) as connection:
        try:
            connection.execute(
                f"COPY (SELECT {chosen} FROM read_csv($1, columns = {_struct(columns)}, "  # noqa: S608
                "header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
                "auto_detect = false, compression = $2)) TO $3 (FORMAT parquet)",
                [str(path), "gzip" if path.name.endswith(".gz") else "none", str(target)],
            )
        except duckdb.Error as error:
            raise _unreadable(path, error) from error


def _struct(columns: dict[str, str]) -> str:
    """The manifest's names as DuckDB wants them, each a quoted string."""
    pairs = (f"{_quoted(name)}: {_quoted(kind)}" for name, kind in columns.items())
    return "{" + ", ".join(pairs) + "}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unreadable(path: Path, error: Exception) -> UnreadableContent:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UnreadableContent(f"{path.name} of the inventory can't be read: {first}", hint=_HINT)


def write_json(path: Path, value: Any) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".tmp")
    draft.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    draft.replace(path)
