"""A price in a table of several price columns: what its row and its column say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.costs.money_text import Money, Per, find_per


@dataclass(frozen=True)
class Cell:
    """`head` is the cell above it, `label` the first of its row; `before` and `after` its own."""

    head: str
    label: str
    before: str
    after: str

    @property
    def per(self) -> Per | None:
        """Stated by the column or by the row; another column's unit is not this one's."""
        texts = (f"{self.before} {self.after}", self.head, self.label)
        return next(filter(None, map(find_per, texts)), None)


def cell_of(row: str, header: str, money: Money, found: Sequence[Money]) -> Cell | None:
    """None where the line is no row of a table, or has one price only."""
    places = {_column(row, one.start) for one in found}
    heads, cells = _cells(header), _cells(row)
    if len(places) < 2 or len(heads) != len(cells):
        return None
    column = _column(row, money.start)
    begin = row.rfind("|", 0, money.start) + 1
    stop = row.find("|", money.end)
    after = row[money.end : stop if stop >= 0 else len(row)]
    label = "" if column == _first(row) else cells[_first(row)]
    return Cell(heads[column], label, row[begin : money.start], after)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")]


def _column(row: str, position: int) -> int:
    return row.count("|", 0, position)


def _first(row: str) -> int:
    """A row may begin with its bar, or with its first cell."""
    return 1 if row.lstrip().startswith("|") else 0
