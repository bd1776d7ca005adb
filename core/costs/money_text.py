"""Finds amounts of money and what they are per, in one line of text.

`$0.0004 per 1,000 PUT requests` is 0.0004 for 1000 of the unit `request`, with the words that
tell which request. Sizes become GB of 2^30 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from core.costs.tiers import EXACT

_NUMBER = r"\d[\d,_]*(?:\.\d+)?|\.\d+"
_MONEY = re.compile(
    rf"(?P<sign>US\$|\$|€|£|¢|USD\s|EUR\s|GBP\s)\s?(?P<ahead>{_NUMBER})(?!\w*\()"
    rf"|(?<![\w.,$])(?P<behind>{_NUMBER})\s?(?P<word>USD|US\$|\$|EUR|€|GBP|£|¢|cents?|dollars?)(?![\w$])",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"\s*(?:-|\u2013|to)\s*(?:US\$|\$|€|£)?\s?(?P<upper>{_NUMBER})(?![\w-])")
_CURRENCIES = {"€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP"}
_CENTS = ("¢", "cent", "cents")
_SCALES = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "million": 10**6,
    "millions": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9, "hundred": 100,
}  # fmt: skip
SCALE = r"(?:thousand|millions?|billion|hundred|mn|mm|bn|[kKmMbB])(?![A-Za-z])"
_PER = re.compile(
    rf"\s*(?:USD|US\$)?\s*(?P<open>\()?(?:/|per\b|for\s+(?:every|each)\b|each\b|a\b(?=\s+(?:GB|TB|month)))"
    rf"\s*(?P<number>{_NUMBER})?\s*(?:(?:one|an?)\s+(?={SCALE}))?(?P<scale>{SCALE})?\s*"
    r"(?P<tail>[A-Za-z][^|;,.()$€=]*)?",
    re.IGNORECASE,
)
_UNITS: tuple[tuple[str, str, Decimal], ...] = (
    (r"(?:GB|GiB)[- ]?(?:seconds?|s)\b", "GB-second", Decimal(1)),
    (r"TiB?\b|TBs?\b|terabytes?\b", "GB", Decimal(1024)),
    (r"MiB?\b|MBs?\b|megabytes?\b", "GB", Decimal(1) / 1024),
    (r"GiB?\b|GBs?\b|gigabytes?\b|gig\b", "GB", Decimal(1)),
    (r"(?:API\s+)?(?:requests?|calls?|operations?|ops|reqs?)\b", "request", Decimal(1)),
    (r"(?:PUT|GET|POST|COPY|LIST|HEAD|SELECT|DELETE)s?\b", "request", Decimal(1)),
    (r"(?:write|read)\s+request\s+units?\b|[WR]RUs?\b|(?:writes|reads)\b", "request", Decimal(1)),
    (r"transitions?\b", "request", Decimal(1)),
    (r"(?:monitored\s+)?objects?\b", "object", Decimal(1)),
    (r"(?:invalidation\s+)?paths?\b|invalidations?\b", "path", Decimal(1)),
    (r"(?:function\s+)?invocations?\b|executions?\b", "invocation", Decimal(1)),
    (r"(?:log\s+)?lines?\b", "log line", Decimal(1)),
    (r"(?:customer\s+|KMS\s+)?keys?\b", "key", Decimal(1)),
    (r"(?:custom\s+)?metrics?\b", "metric", Decimal(1)),
    (r"alarms?\b", "alarm", Decimal(1)),
    (r"dashboards?\b", "dashboard", Decimal(1)),
    (r"certificates?\b|certs?\b", "certificate", Decimal(1)),
    (r"tags?\b", "tag", Decimal(1)),
    (r"jobs?\b", "job", Decimal(1)),
    (r"hours?\b|hrs?\b", "hour", Decimal(1)),
    (r"mo(?:nths?)?\b", "month", Decimal(1)),
    (r"(?:days?|years?)\b", "other", Decimal(1)),
)
_COMPILED = tuple((re.compile(p, re.IGNORECASE), unit, size) for p, unit, size in _UNITS)
_NEXT = re.compile(r"(?:^|\s)(?:and|plus|versus|vs|but|while|then)\b", re.IGNORECASE)
_MONTH_PER = re.compile(r"^\s*mo(?:nth)?\s*(?:per\b|/)", re.IGNORECASE)  # `1/month per key`
_MONTHLY = re.compile(r"[-\s/]*(?:per\s+|a\s+|/\s*)?(?:mo(?:nths?|nthly)?|Mo)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Per:
    """`size` base units of `unit`; `words` follow it in the text."""

    size: Decimal
    unit: str
    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Money:
    """`upper` is the other end of a range; `end` is where the amount ends in the line."""

    value: Decimal
    upper: Decimal | None
    currency: str
    start: int
    end: int
    per: Per | None


def number(text: str) -> Decimal | None:
    """`1,000` and `0.0004`; a leading `0,023` is a decimal comma."""
    plain = text.strip().replace("_", "")
    plain = plain.replace(",", ".") if re.fullmatch(r"0,\d+", plain) else plain.replace(",", "")
    try:
        return Decimal(plain.rstrip("."))
    except InvalidOperation:
        return None


def scale_of(word: str | None) -> Decimal:
    return Decimal(_SCALES.get((word or "").lower(), 1))


def find_money(line: str) -> Iterator[Money]:
    begin = 0
    while match := _MONEY.search(line, begin):
        begin = match.end()
        value = number(match["ahead"] or match["behind"])
        sign = (match["sign"] or match["word"]).strip().lower()
        if value is None:
            continue
        if sign in _CENTS:
            value = EXACT.divide(value, Decimal(100))
        until = _RANGE.match(line, match.end())
        begin = end = until.end() if until else match.end()
        yield Money(
            value=value,
            upper=number(until["upper"]) if until else None,
            currency=_CURRENCIES.get(sign, "USD"),
            start=match.start(),
            end=end,
            per=per_at(line, end),
        )


def per_at(line: str, position: int) -> Per | None:
    """The `per …` that begins here."""
    match = _PER.match(line, position)
    if match is None:
        return None
    tail = _NEXT.split(match["tail"] or "", maxsplit=1)[0]
    count = number(match["number"]) if match["number"] else Decimal(1)
    if count is None or count == 0 or not (match["number"] or match["scale"] or tail):
        return None
    unit, size, words = read_unit(tail)
    if not unit and not (match["number"] or match["scale"]):
        return None
    whole = EXACT.multiply(EXACT.multiply(count, scale_of(match["scale"])), size)
    end = match.end() - len(match["tail"] or "") + len(tail)
    return Per(whole, unit, words, match.start(), end)


@lru_cache(maxsize=1024)
def find_per(line: str) -> Per | None:
    """The first `per …` anywhere, for a price whose unit stands before it or in a heading."""
    for match in re.finditer(r"\bper\b|/", line, re.IGNORECASE):
        found = per_at(line, match.start())
        if found is not None and found.unit != "month":
            return found
    return None


def read_unit(tail: str) -> tuple[str, Decimal, str]:
    """Unit, how many base units one is, and the words that go with it.

    A size with a month is storage: `GB-month`, `GB/month`, `GB per month`.
    """
    tail = _MONTH_PER.sub("", tail)
    best: tuple[int, int, str, Decimal] | None = None
    for pattern, unit, size in _COMPILED:
        match = pattern.search(tail)
        if match and (best is None or match.start() < best[0]):
            best = (match.start(), match.end(), unit, size)
    if best is None:
        return "", Decimal(1), tail
    _, end, unit, size = best
    monthly = unit == "GB" and _MONTHLY.match(tail, end)
    return ("GB-month" if monthly else unit), size, tail
