"""Values that people type after `taken:`, `size:`, `width:` …, as bounds. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from core.errors import InvalidInput

Span = tuple[datetime | None, datetime | None]  # from, to: the first moment after
Bounds = tuple[int | None, int | None]  # both included

_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?i?b?)", re.IGNORECASE | re.ASCII)
_SIDES = re.compile(r"([0-9]{1,7})\s*[xX\u00d7]\s*([0-9]{1,7})")
_COUNT = re.compile(r"\d{1,12}", re.ASCII)
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.*)", re.DOTALL)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_E = TypeVar("_E", bound=StrEnum)


def one_of(values: type[_E], field: str, value: str) -> _E:
    try:
        return values(value.lower())
    except ValueError:
        raise unknown(field, value, f"one of: {', '.join(item.value for item in values)}") from None


def unknown(field: str, value: str, hint: str) -> InvalidInput:
    return InvalidInput(f"{field}:{value[:40]} is not known.", hint=f"Use {hint}.")


def span(field: str, value: str) -> Span:
    """`2024`, `2024-05`, `2024-05-17`, `2024-05..2024-07`, `>2024-05-17`, `<=2024`; or a moment."""
    if ".." in value:
        first, _, last = value.partition("..")
        if not first and not last:
            raise unknown(field, value, _DATES)
        start = _period(field, first)[0] if first else None
        return start, _period(field, last)[1] if last else None
    sign, period = _compared(value)
    start, end = _period(field, period)
    return {
        ">": (end, None),
        ">=": (start, None),
        "<": (None, start),
        "<=": (None, end),
    }.get(sign, (start, end))


def bounds(field: str, value: str, *, size: bool = False) -> Bounds:
    """`2000`, `>2000`, `<=4000`, `1000..2000`; sizes as `10MB` (1,000,000 each) or `10MiB`."""
    if ".." in value:
        low, _, high = value.partition("..")
        if not low and not high:
            raise unknown(field, value, _SIZES if size else _LENGTHS)
        return (
            _number(field, low, size=size) if low else None,
            _number(field, high, size=size) if high else None,
        )
    sign, text = _compared(value)
    number = _number(field, text, size=size)
    return {
        ">": (number + 1, None),
        ">=": (number, None),
        "<": (None, number - 1),
        "<=": (None, number),
    }.get(sign, (number, number))


def sides(field: str, value: str) -> tuple[int, int]:
    """Width and height: `1920x1080`, also as files show it, with \u00d7 and spaces."""
    match = _SIDES.fullmatch(value.strip())
    if match is None:
        raise unknown(field, value, "width and height such as 1920x1080")
    return int(match[1]), int(match[2])


_DATES = "a day, month or year: 2024-05-17, 2024-05, 2024-01..2024-03, >2024"
_SIZES = "a size such as >10MB, <=500kB or 1MB..2MB"
_LENGTHS = "a number of pixels such as >2000 or 1000..2000"


def _compared(value: str) -> tuple[str, str]:
    match = _COMPARED.fullmatch(value)
    return (match[1] or "", match[2]) if match else ("", value)


def _number(field: str, text: str, *, size: bool) -> int:
    match = (_SIZE if size else _COUNT).fullmatch(text.strip())
    if match is None:
        raise unknown(field, text, _SIZES if size else _LENGTHS)
    if not size:
        return int(match[0])
    unit = match[2].lower()
    base = 1024 if "i" in unit else 1000
    return int(Decimal(match[1]) * base ** _POWERS[unit.rstrip("b").rstrip("i")])


def _period(field: str, text: str) -> tuple[datetime, datetime]:
    """The first moment of a year, month or day in UTC, and the first after it."""
    match = _PERIOD.fullmatch(text.strip())
    try:
        if match is None:
            return _moment(text)
        year, month, day = (int(part) if part else None for part in match.groups())
        start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
        if day:
            return start, start + timedelta(days=1)
        months = start.month if month else 12
        return start, datetime(start.year + months // 12, months % 12 + 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise unknown(field, text, _DATES) from None


def _moment(text: str) -> tuple[datetime, datetime]:
    """Without a zone it is UTC."""
    moment = datetime.fromisoformat(text.strip())
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    utc = aware.astimezone(UTC)
    return utc, utc + timedelta(microseconds=1)
