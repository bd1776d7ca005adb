"""The column names of an uploaded table, so that a person can choose instead of type. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from core.errors import InvalidInput

_HEAD = 65_536
_NAMES = {
    "url": ("url", "uri", "link", "href", "image_url", "cdn_url"),
    "id": ("id", "key", "pk", "uuid", "name"),
    "hits": ("hits", "requests", "count", "views"),
}


def columns(name: str, content: bytes) -> list[str]:
    """The header of a CSV or Parquet file; `InvalidInput` where there is none."""
    found = _parquet(name, content) if content[:4] == b"PAR1" else _csv(content)
    if not any(found):
        raise InvalidInput(
            f"{name} has no header.", hint="Its first line names the columns, such as id,url."
        )
    return found


def _csv(content: bytes) -> list[str]:
    head = content[:_HEAD].decode("utf-8-sig", errors="replace")
    return [column.strip() for column in next(csv.reader(io.StringIO(head)), [])]


def _parquet(name: str, content: bytes) -> list[str]:
    import pyarrow as pa  # noqa: PLC0415  # most files are CSV
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return list(pq.ParquetFile(io.BytesIO(content)).schema_arrow.names)
    except pa.ArrowException as error:
        raise InvalidInput(
            f"{name} can't be read as Parquet: {str(error)[:120]}", hint="Export it again."
        ) from error


def likely(names: Sequence[str], meaning: str) -> int:
    """The place of the column that probably holds a URL, an id or hits; else the first."""
    wanted = _NAMES[meaning]
    lowered = [name.lower() for name in names]
    exact = next((lowered.index(one) for one in wanted if one in lowered), None)
    if exact is not None:
        return exact
    parts = (at for at, name in enumerate(lowered) if any(name.endswith(one) for one in wanted))
    return next(parts, 0)
