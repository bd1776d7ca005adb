"""Price claims as JSON: one object, a list, `{"claims": […]}`, or one object per line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.costs.claims import document_claims
from core.costs.money_text import read_unit
from core.costs.quantities import Positive, Quantity
from core.costs.words import EDGE_GROUPS, PROTOCOLS, first, region_in
from core.errors import InvalidInput
from core.model.pricing import ClaimScope, PriceClaim, PriceSheet

_HINT = "Each claim needs `value` and `per`, and `line` or `text`."


class _ClaimIn(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    line: str = Field("", max_length=200)
    text: str = Field("", max_length=4000)
    value: Quantity | None = None
    per: Positive | None = None
    unit: str = Field("", max_length=100)
    region: str = Field("", max_length=100)
    protocol: Literal["", "http", "https"] = ""
    currency: str = "USD"


def json_claims(text: str, sheet: PriceSheet) -> tuple[PriceClaim, ...] | None:
    """The claims of a JSON text; None where the text is no JSON and so a document.

    Raises `InvalidInput` where it is JSON, but of something else.
    """
    found = _parsed(text)
    if found is None:
        return None
    return tuple(
        claim
        for index, entry in enumerate(found, start=1)
        for claim in _claims(entry, index, sheet)
    )


def _parsed(text: str) -> Sequence[Any] | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        whole = _loads(text)
    except (ValueError, RecursionError, ArithmeticError):
        return _json_lines(text)
    if isinstance(whole, dict):
        entries = whole.get("claims", whole.get("lines", [whole]))
        return entries if isinstance(entries, list) else [whole]
    return whole if isinstance(whole, list) else None


def _json_lines(text: str) -> Sequence[Any] | None:
    try:
        return [_loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError, ArithmeticError):
        return None


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _claims(entry: Any, index: int, sheet: PriceSheet) -> Sequence[PriceClaim]:
    try:
        given = _ClaimIn.model_validate(entry)
    except ValidationError as error:
        first_error = error.errors()[0]
        place = ".".join(map(str, (f"claim {index}", *first_error["loc"])))
        raise InvalidInput(f"{place}: {first_error['msg']}.", hint=_HINT) from error
    if given.value is None:
        return _from_text(given, index, sheet)
    stated = next(iter(document_claims(given.text)), None)
    unit = read_unit(given.unit)[0] or (stated.unit if stated else "") or _unit_in(given.text)
    scope = _scope(given, sheet, (given.text,))
    text = given.text or f"{given.line} {given.region}".strip()
    hints = stated.hints if stated else (given.unit, given.text)
    return [
        PriceClaim(
            text=text,
            value=given.value,
            per=given.per or Decimal(1),
            per_is_given=given.per is not None,
            unit=unit,
            line=given.line,
            currency=given.currency,
            scope=scope,
            number=index,
            hints=hints,
        )
    ]


def _from_text(given: _ClaimIn, index: int, sheet: PriceSheet) -> Sequence[PriceClaim]:
    """A claim that only a sentence states, as in a document."""
    found = document_claims(given.text)
    if not found:
        raise InvalidInput(f"claim {index} states no price: {given.text[:80]!r}.", hint=_HINT)
    scope = _scope(given, sheet, (given.text,))
    return [
        claim.model_copy(update={"line": given.line, "scope": scope, "number": index})
        for claim in found
    ]


def _unit_in(text: str) -> str:
    return read_unit(text)[0]


def _scope(given: _ClaimIn, sheet: PriceSheet, texts: Sequence[str]) -> ClaimScope:
    at_edge = given.region in sheet.edge_groups
    named = first(PROTOCOLS, texts)
    protocol = given.protocol or ("https" if named == "https" else "http" if named else "")
    return ClaimScope(
        region="" if at_edge else given.region or region_in(texts),
        edge_group=given.region if at_edge else first(EDGE_GROUPS, texts),
        protocol=protocol,
    )
