"""Reads a usage file (contract: lines, or objects and deliveries) into usage that can be priced.

Numbers are exact decimals; what is unknown is told as a warning, what is nonsense is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.costs.deliveries import Delivery, delivery_lines
from core.costs.objects import ObjectGroup, object_lines
from core.costs.quantities import Positive, Quantity
from core.errors import InvalidInput
from core.model.estimates import Allowances, FreeMode, Usage, UsageLine
from core.model.pricing import PriceSheet

_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


class _LineIn(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    line: str = Field(min_length=1, max_length=200)
    region: str = Field("", max_length=100)
    quantity: Quantity
    free_quantity: Quantity = Decimal(0)
    free_mode: FreeMode | None = None
    unit_price_override: Quantity | None = None
    override_per: Positive | None = None


class _FileIn(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    id: str = ""
    period: str = ""
    currency: str = "USD"
    region: str = Field("", max_length=100)  # of objects that name none
    allowances: Allowances = "none"
    free_mode: FreeMode = "before_tiers"
    lines: tuple[_LineIn, ...] = ()
    objects: tuple[ObjectGroup, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


def read_usage(text: str | bytes, sheet: PriceSheet, default_period: str) -> Usage:
    """Usage from a file's JSON. Raises `InvalidInput` that names the wrong field."""
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise InvalidInput(
            f"The usage is not JSON: {error}", hint="Give a JSON object with `period` and `lines`."
        ) from error
    return parse_usage(data, sheet, default_period)


def parse_usage(data: object, sheet: PriceSheet, default_period: str) -> Usage:
    """`data` is the JSON of a usage file; an absent `period` becomes `default_period`."""
    if not isinstance(data, Mapping):
        raise InvalidInput("The usage is not a JSON object.", hint="Give `period` and `lines`.")
    given = _validated(data)
    period = given.period or default_period
    if not _PERIOD.fullmatch(period):
        raise InvalidInput(f"{period!r} is not a month.", hint="Write period as 2026-10.")
    if given.currency != sheet.currency:
        raise InvalidInput(
            f"The usage asks for {given.currency}, the prices are in {sheet.currency}.",
            hint=f"Leave out `currency`: amounts are {sheet.currency}, nothing is converted.",
        )
    objects, notes = object_lines(given.objects, sheet.rules, period, given.region)
    lines = (*map(_line, given.lines), *objects, *delivery_lines(given.deliveries, given.region))
    if not lines and not (given.lines or given.objects or given.deliveries):
        notes = (*notes, "the file holds no usage: there is nothing to price")
    return Usage(
        period=period,
        allowances=given.allowances,
        free_mode=given.free_mode,
        lines=lines,
        warnings=(*_unknown_fields(given), *notes),
    )


def _validated(data: Mapping[str, Any]) -> _FileIn:
    try:
        return _FileIn.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"{place}: {first['msg']}.", hint="contracts/costs.md describes usage files."
        ) from error


def _line(given: _LineIn) -> UsageLine:
    return UsageLine.model_validate(given.model_dump(include=set(_LineIn.model_fields)))


def _unknown_fields(given: _FileIn) -> tuple[str, ...]:
    """A misspelt field would otherwise be a number that is silently missing."""
    found = list(given.model_extra or {})
    for kind in (given.lines, given.objects, given.deliveries):
        found += [name for entry in kind for name in entry.model_extra or {}]
    return tuple(
        f"the field {name!r} is not known and was not used" for name in dict.fromkeys(found)
    )


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")
