"""Billing exports row by row: CUR 2.0, the older CUR and FOCUS become charges.

Rows that agree in everything but their amounts are added up while they are read, so that an
export of any length fits. What can't be read is counted and told, never taken as 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from core.costs.export_columns import Columns, columns_of, kind_of, normal
from core.costs.tiers import EXACT, ZERO
from core.errors import InvalidInput, TooLarge
from core.model.actuals import Actuals, Charge, ChargeKind

MOST_CHARGES = 500_000  # after rows that agree were added up
_MOST_NAMED = 3
_FREE = "free"

_Key = tuple[date, str, str, str, str, str, ChargeKind, str, str, str, bool, bool]


@dataclass
class _Sums:
    quantity: Decimal = ZERO
    billed: Decimal = ZERO
    listed: Decimal = ZERO


@dataclass
class ExportReader:
    """Takes the rows of all files of one month's export, then gives the charges."""

    period: str
    source: str = ""
    rows: int = 0
    other_months: int = 0
    repeated: int = 0
    broken: int = 0
    examples: list[str] = field(default_factory=list)
    _sums: dict[_Key, _Sums] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def add(self, name: str, header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of one file. Raises `InvalidInput` where it is no export or of another kind."""
        columns = columns_of(header)
        if self.source not in ("", columns.source):
            raise InvalidInput(
                f"{name} is a {columns.source} export, the file before it a {self.source} one.",
                hint="Both bill the same usage: give the files of one export only.",
            )
        self.source = columns.source
        pick = _Pick(columns, header)
        for number, row in enumerate(rows, start=1):
            self.rows += 1
            try:
                self._row(row, pick)
            except (ValueError, InvalidOperation) as error:
                self._broken(f"{name}, row {number}: {error}")

    def actuals(self, as_of: datetime) -> Actuals:
        if self.rows and not self._sums:
            raise InvalidInput(
                f"None of the {self.rows:,} rows is a charge of {self.period}.",
                hint=" ".join(self._warnings()),
            )
        charges = tuple(_charge(key, sums) for key, sums in self._sums.items())
        return Actuals(
            source=self.source,
            period=self.period,
            as_of=as_of,
            charges=charges,
            warnings=self._warnings(),
        )

    def _row(self, row: Mapping[str, Any], pick: _Pick) -> None:
        day, month = pick.day(row)
        if month != self.period:
            self.other_months += 1
            return
        listed, quantity = pick.number(row, "list_cost"), pick.number(row, "quantity") or ZERO
        billed = pick.number(row, "billed")
        if billed is None:
            raise ValueError("no cost is given")
        if self._was_seen(row, pick):
            return
        key = _key(row, pick, day, listed, quantity)
        if key not in self._sums and len(self._sums) >= MOST_CHARGES:
            raise TooLarge(
                f"The export has more than {MOST_CHARGES:,} different charges.",
                hint="Make the export daily or monthly, without resource ids.",
            )
        sums = self._sums.setdefault(key, _Sums())
        sums.quantity = EXACT.add(sums.quantity, quantity)
        sums.billed = EXACT.add(sums.billed, billed)
        sums.listed = EXACT.add(sums.listed, listed or ZERO)

    def _was_seen(self, row: Mapping[str, Any], pick: _Pick) -> bool:
        """The same row of a file that was delivered twice; ids alone repeat between parts."""
        if not pick.identity:
            return False
        mark = hash(repr(tuple(row.values())))
        if mark in self._seen:
            self.repeated += 1
            return True
        self._seen.add(mark)
        return False

    def _broken(self, text: str) -> None:
        self.broken += 1
        if len(self.examples) < _MOST_NAMED:
            self.examples.append(text)

    def _warnings(self) -> tuple[str, ...]:
        told = []
        if self.broken:
            told.append(f"{self.broken:,} rows can't be read: {'; '.join(self.examples)}")
        if self.other_months:
            told.append(f"{self.other_months:,} rows of other months were left out")
        if self.repeated:
            told.append(f"{self.repeated:,} rows came twice and are counted once")
        strange = {key[7] for key in self._sums if key[6] is ChargeKind.OTHER}
        told += [f"the kind of charge {name!r} is not known" for name in sorted(strange)]
        if not self.rows:
            told.append("the export has no rows")
        return tuple(told)


class _Pick:
    """The values of a row, by the names that this file has for them."""

    def __init__(self, columns: Columns, header: Sequence[str]) -> None:
        own = {normal(name): name for name in header}

        def first(choices: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(own[choice] for choice in choices if choice in own)

        self._names = {
            name: first(getattr(columns, name)) for name in Columns.__dataclass_fields__
            if name != "source"
        }  # fmt: skip
        self.identity = len(self._names["identity"]) == len(columns.identity) > 0

    def text(self, row: Mapping[str, Any], field_name: str) -> str:
        """The first of the columns that is not empty."""
        for name in self._names[field_name]:
            value = row.get(name)
            text = "" if value is None else str(value).strip()
            if text:
                return text
        return ""

    def number(self, row: Mapping[str, Any], field_name: str) -> Decimal | None:
        """None: empty, or no such column."""
        text = self.text(row, field_name)
        if not text:
            return None
        value = Decimal(text)
        if not value.is_finite():
            raise ValueError(f"{text} is no amount")
        return value

    def day(self, row: Mapping[str, Any]) -> tuple[date, str]:
        """The UTC day of the charge, and the month on whose bill it is."""
        moment = self._moment(row, "day")
        billed = self._moment(row, "month") if self.text(row, "month") else moment
        return moment.date(), f"{billed:%Y-%m}"

    def _moment(self, row: Mapping[str, Any], field_name: str) -> datetime:
        text = self.text(row, field_name)
        if not text:
            raise ValueError("no date is given")
        return _moment_of(text)


@lru_cache(maxsize=4096)  # an export has as many moments as its month has hours
def _moment_of(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace(" UTC", "").replace("/", "-"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _key(
    row: Mapping[str, Any], pick: _Pick, day: date, listed: Decimal | None, quantity: Decimal
) -> _Key:
    word = pick.text(row, "kind")
    kind = kind_of(word)
    corrects = pick.text(row, "correction").lower() == "correction"
    if kind is ChargeKind.USAGE and corrects:
        kind, word = ChargeKind.REFUND, "Correction"
    told = pick.text(row, "description").lower()
    free = kind is ChargeKind.USAGE and quantity > 0 and not listed and _FREE in told
    return (
        day,
        pick.text(row, "service"),
        pick.text(row, "usage_type"),
        pick.text(row, "operation"),
        pick.text(row, "region"),
        pick.text(row, "resource"),
        kind,
        word,
        pick.text(row, "unit"),
        pick.text(row, "currency") or "USD",
        listed is not None,
        free,
    )


def _charge(key: _Key, sums: _Sums) -> Charge:
    (day, service, usage_type, operation, region, resource, kind, word, unit, currency,
     has_list, free) = key  # fmt: skip
    return Charge(
        day=day,
        service=service,
        usage_type=usage_type,
        operation=operation,
        region=region,
        resource=resource,
        kind=kind,
        kind_name=word,
        quantity=sums.quantity,
        unit=unit,
        list_cost=sums.listed if has_list else None,
        billed=sums.billed,
        currency=currency,
        is_free=free,
    )
