"""Prices that a document claims: per unit, and whole months."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from core.diagnostics.lint.document import Document, Line, Spot
from core.model.pricing import ClaimScope, PriceClaim

_UNIT = (
    r"GBs?|GiB|TBs?|TiB|gigabytes?|terabytes?|(?:[A-Z]+\s+)?(?:requests?|calls?|invocations?|"
    r"PUTs?|GETs?|LISTs?|reads?|writes?|paths?|objects?|files?|hours?|months?)"
)
_PRICE = re.compile(
    r"(?:US)?\$\s?(?P<value>\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?:USD)?\s*(?:/|per|for|an?\b|each)+\s*"
    rf"(?P<count>\d[\d,.]*)?\s*(?P<scale>k|thousand|m|mn|million)?\b\s*(?P<unit>{_UNIT})?",
    re.IGNORECASE,
)
_PERIODS = re.compile(r"^(?:months?|mo|hours?)$", re.IGNORECASE)
_SCALES = {"k": 1000, "thousand": 1000, "m": 10**6, "mn": 10**6, "million": 10**6}
_HTTPS_ENFORCED = (
    r"redirect\w*\W+(?:http\W+)?(?:to\W+)?https|https\W+only|enforc\w+ https|https\W+enforced"
)


def price_claims(document: Document) -> Iterator[tuple[Spot, PriceClaim]]:
    https = document.first(_HTTPS_ENFORCED) is not None
    for line in document.lines:
        for match in _PRICE.finditer(line.text):
            claim = _claim(line, match, https=https)
            if claim is not None:
                yield document.spot(line), claim


def _claim(line: Line, match: re.Match[str], *, https: bool) -> PriceClaim | None:
    unit = (match["unit"] or "").strip()
    if not unit and not match["count"]:
        return None
    if _PERIODS.match(unit) and not match["count"]:
        return None  # a monthly total, not a unit price
    named = re.search(r"\bhttps?\b", line.text, re.IGNORECASE)
    said = named.group(0).lower() if named else "https" if https else ""
    scope = ClaimScope(protocol="https" if said == "https" else "http" if said else "")
    value = Decimal(match["value"].replace(",", ""))
    return PriceClaim(
        text=line.text, value=value, per=_count(match), unit=unit, scope=scope, number=line.number
    )


def _count(match: re.Match[str]) -> Decimal:
    count = Decimal((match["count"] or "1").replace(",", "").rstrip("."))
    return max(Decimal(1), count * _SCALES.get((match["scale"] or "").lower(), 1))
