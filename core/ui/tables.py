"""Tables of numbers: sorted by a click, units in the header, exported as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import streamlit as st

from core.model.identity import Permission
from core.ui import formats, session
from core.ui.table_files import Cell, Row, as_csv, as_parquet

_UNITS = ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))
_TALLEST = 420
_MOST_UNITS = 1_000_000
_FINE, _FINEST = 3, 6  # decimals of sizes, and of money and shares
_WHOLE = 10  # rows up to which a table shows all of them


class Kind(StrEnum):
    TEXT = "text"
    KEY = "key"  # shortened in the middle
    NUMBER = "number"
    BYTES = "bytes"
    USD = "usd"
    PERCENT = "percent"


_RAW_UNITS = {Kind.BYTES: " (bytes)", Kind.USD: " (USD)", Kind.PERCENT: " (%)"}  # of exports


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """`name` is that of the exported file; exports hold what the table was made from, in full."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    permission: Permission


def shown(table: Table, alt: str, *, pick: bool = False) -> int | None:
    """Draw it with its exports; the picked row's number where rows can be picked."""
    heads = [_head(column, table, at) for at, column in enumerate(table.columns)]
    rows = [
        {head: show(cell) for (head, _, show), cell in zip(heads, row, strict=True)}
        for row in table.rows
    ]
    more: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-row"} if pick else {}
    event: Any = st.dataframe(
        rows,
        hide_index=True,
        key=f"table_{table.name}",
        height="content" if len(rows) <= _WHOLE else _TALLEST,
        column_config={head: config for head, config, _ in heads},
        placeholder="\u2013",
        alt=alt,
        **more,
    )
    _exports(table)
    chosen = [at for at in event.selection.rows if at < len(rows)] if pick else []
    return chosen[0] if chosen else None


def _exports(table: Table) -> None:
    names = [f"{column.name}{_RAW_UNITS.get(column.kind, '')}" for column in table.columns]
    with st.container(horizontal=True, gap="small"):
        for form, write in (("CSV", as_csv), ("Parquet", as_parquet)):
            st.download_button(
                form,
                _written(table, names, write),
                file_name=f"{table.name}.{form.lower()}",
                mime="text/csv" if form == "CSV" else "application/vnd.apache.parquet",
                key=f"{table.name}_{form}",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
            )


def _written(
    table: Table, names: Sequence[str], write: Callable[[Sequence[str], Sequence[Row]], bytes]
) -> Callable[[], bytes]:
    """Written on the click, for whoever is signed in then and may still see it."""
    actor = session.actor_later()

    def run() -> bytes:
        actor().require(table.permission)
        return write(names, table.rows)

    return run


def _head(column: Column, table: Table, at: int) -> tuple[str, Any, Callable[[Cell], Any]]:
    """The header with its unit, how the column looks, and a cell's value in that unit."""
    cells = [row[at] for row in table.rows]
    if column.kind is Kind.BYTES:
        size, unit, digits = _unit(cells)
        form = st.column_config.NumberColumn(format=f"%,.{digits}f" if digits else "%,d")
        return f"{column.name} ({unit})", form, lambda cell: _scaled(cell, size)
    if column.kind is Kind.USD:
        digits = _digits(cells, 2 if _largest(cells) >= 1 else _FINEST, _FINEST)
        form = st.column_config.NumberColumn(format=f"%,.{digits}f")
        return f"{column.name} (USD)", form, _number
    if column.kind is Kind.PERCENT:
        form = st.column_config.NumberColumn(format=f"%.{_digits(cells, 1, _FINEST)}f")
        return f"{column.name} (%)", form, _percent
    if column.kind is Kind.NUMBER:
        whole = all(cell is None or isinstance(cell, int) for cell in cells)
        form = st.column_config.NumberColumn(format="%,d" if whole else "localized")
        return column.name, form, _number
    wide = st.column_config.TextColumn(width="large" if column.kind is Kind.KEY else None)
    if column.kind is Kind.KEY:
        return column.name, wide, lambda cell: formats.shorten(str(cell or ""), 96)
    return column.name, wide, lambda cell: "" if cell is None else str(cell)


def _unit(cells: Sequence[Cell]) -> tuple[int, str, int]:
    """A size with its name, and how many decimals make something else than 0 of the smallest.

    That of the middle one, for the largest would make little of most others; a larger one where
    the largest would have too many digits to be read, but not at the price of the smallest.
    """
    sizes = sorted(int(cell) for cell in cells if isinstance(cell, int | float) and cell)
    if not sizes:
        return 1, "B", 0
    most = _usual(sizes)
    fitting = (one for one in _UNITS if one[0] <= most and round(sizes[0] / one[0], _FINE))
    size, unit = next(fitting, (1, "B"))
    return size, unit, _digits([sizes[0] / size], 1, _FINE) if size > 1 else 0


def _usual(sizes: Sequence[int]) -> int:
    middle, largest = sizes[len(sizes) // 2], sizes[-1]
    usual = next((size for size, _ in _UNITS if middle >= size), 1)
    larger = (size for size, _ in reversed(_UNITS) if size > usual)
    while largest >= usual * _MOST_UNITS and (more := next(larger, None)):
        usual = more
    return usual


def _digits(cells: Sequence[Cell], least: int, most: int) -> int:
    """Decimals with which the smallest does not read as nothing."""
    values = (abs(float(one)) for one in cells if isinstance(one, int | float | Decimal))
    smallest = min((one for one in values if one), default=1.0)
    return next((n for n in range(least, most) if round(smallest, n)), most)


def _largest(cells: Sequence[Cell]) -> float:
    return max((abs(float(cell)) for cell in cells if isinstance(cell, int | float | Decimal)),
               default=0.0)  # fmt: skip


def _number(cell: Cell) -> float | int | None:
    if isinstance(cell, Decimal):
        return float(cell)
    return cell if isinstance(cell, int | float) else None


def _percent(cell: Cell) -> float | int | None:
    """What is less than the column can show reads as the least that it can."""
    value = _number(cell)
    return 10**-_FINEST if value is not None and 0 < value < 10**-_FINEST else value


def _scaled(cell: Cell, size: int) -> float | None:
    return cell / size if isinstance(cell, int | float) else None
