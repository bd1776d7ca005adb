"""Rows of the audit's two lists, from CSV or Parquet; each row that can't be used is counted."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import InvalidInput

INVENTORY = ("bucket", "key", "size", "last_modified", "storage_class")
URLS = ("id", "url")
MAX_FIELD = 1 << 20  # characters; a quote that is never closed ends here
_SHOWN = 5  # examples per reason


@dataclass(slots=True)
class Skipped:
    """Rows that were left out, by reason, with the first places of each."""

    counts: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, place: str) -> None:
        self.counts[reason] += 1
        shown = self.places.setdefault(reason, [])
        if len(shown) < _SHOWN:
            shown.append(place)

    def take(self, other: Skipped) -> None:
        """Count what was left out elsewhere as well."""
        for reason, places in other.places.items():
            self.counts[reason] += other.counts[reason]
            shown = self.places.setdefault(reason, [])
            shown += places[: _SHOWN - len(shown)]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def report(self) -> dict[str, Any]:
        """The counts and examples for the summary."""
        reasons = [
            {"reason": reason, "count": count, "first": self.places[reason]}
            for reason, count in self.counts.most_common()
        ]
        return {"count": self.total, "reasons": reasons}


def csv_rows(
    lines: Iterable[str], columns: Sequence[str], name: str, skipped: Skipped, *,
    clean: bool = False,
) -> Iterator[list[str]]:  # fmt: skip
    """The wanted columns of every usable row, in the order of `columns`.

    `lines` are decoded with `surrogateescape`, so that bytes which are no UTF-8 are seen here;
    `clean` says that there are none.
    """
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(lines, strict=True)
    width, places = _header(reader, columns, name)
    straight = places == list(range(width))
    while True:
        begun = reader.line_num + 1
        try:
            for row in reader:
                if len(row) != width:
                    if row:
                        skipped.add(f"not {width} fields", f"{name} line {reader.line_num}")
                elif not clean and not _is_text(row):
                    skipped.add("not UTF-8", f"{name} line {reader.line_num}")
                else:
                    yield row if straight else [row[i] for i in places]
                begun = reader.line_num + 1
        except csv.Error as error:
            end = reader.line_num
            span = f"line {end}" if begun >= end else f"lines {begun} to {end}"
            skipped.add(f"not CSV: {error}", f"{name} {span}")
        else:
            return


def _header(
    reader: Iterator[list[str]], columns: Sequence[str], name: str
) -> tuple[int, list[int]]:
    hint = f"The first line has to be {','.join(columns)}."
    try:
        head = [column.strip().lower() for column in next(reader)]
    except StopIteration:
        raise InvalidInput(f"{name} is empty.", hint=hint) from None
    except csv.Error as error:
        raise InvalidInput(f"{name} line 1 is no CSV: {error}.", hint=hint) from error
    require_columns(head, columns, name)
    return len(head), [head.index(column) for column in columns]


def require_columns(head: Sequence[str], columns: Sequence[str], name: str) -> None:
    absent = [column for column in columns if column not in head]
    if absent:
        raise InvalidInput(
            f"{name} has no column {', '.join(absent)}.",
            hint=f"It needs the columns {', '.join(columns)}.",
        )


def _is_text(row: list[str]) -> bool:
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return False
    return True
