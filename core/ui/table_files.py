"""A table as a file: CSV that no spreadsheet executes, or Parquet with its types. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from core.diagnostics.service.audits.export import safe

Cell = str | int | float | Decimal | date | datetime | None
Row = Sequence[Cell]


def as_csv(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Numbers as they are, texts so that spreadsheets show them and never calculate."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe(name) for name in names])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return safe(cell) if cell is None or isinstance(cell, str) else str(cell)


def as_parquet(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Money keeps all its digits: it is written as text."""
    import pyarrow as pa  # noqa: PLC0415  # takes long to load
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = [[_stored(row[at]) for row in rows] for at in range(len(names))]
    file = io.BytesIO()
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), file)
    return file.getvalue()


def _stored(cell: Cell) -> Cell:
    return format(cell, "f") if isinstance(cell, Decimal) else cell
