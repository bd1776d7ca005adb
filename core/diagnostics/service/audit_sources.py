"""Reads the files of an audit; what their rows mean is told in `diagnostics/audit_files.py`."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.diagnostics.audit_files import Skipped, require_columns
from core.errors import InvalidInput


def is_utf8(path: Path) -> bool:
    """Whether a whole file is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def parquet_rows(
    path: Path, columns: Sequence[str], name: str, skipped: Skipped
) -> Iterator[list[str]]:
    """The same rows from a Parquet file; other types become text."""
    import pyarrow as pa  # noqa: PLC0415 most audits read CSV
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(path)
        require_columns(file.schema_arrow.names, columns, name)
        at = 0
        for batch in file.iter_batches(batch_size=65536, columns=list(columns)):
            for values in zip(*(batch.column(c).to_pylist() for c in columns), strict=True):
                at += 1
                row = [_text(value) for value in values]
                if values[1] is None:
                    skipped.add(f"no {columns[1]}", f"{name} row {at}")
                else:
                    yield row
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{name} can't be read as Parquet: {str(error)[:200]}",
            hint="Give a CSV file, or a Parquet file that ends in .parquet.",
        ) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
