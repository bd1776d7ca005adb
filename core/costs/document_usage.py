"""The usage that a document states: `500 GB stored`, `2 million views a month`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.costs.claims import Line, read_lines
from core.costs.meaning import read_claim
from core.costs.money_text import SCALE, find_money, number, read_unit, scale_of
from core.costs.words import EDGE_GROUPS, first, region_in
from core.model.estimates import UsageLine
from core.model.pricing import ClaimScope, PriceClaim

_UNIT_WORDS = (
    r"[KMGT]i?Bs?|gigabytes?|terabytes?|megabytes?|requests?|PUTs?|GETs?|LISTs?|uploads?"
    r"|downloads?|views?|page ?views?|hits|invalidations?|invocations?"
)
_QUANTITY = re.compile(
    rf"(?<![\w$€£.,])(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<scale>{SCALE})?\s*"
    rf"(?:[A-Za-z0-9]+\s+){{0,2}}?(?P<unit>{_UNIT_WORDS})\b(?!\w*\s*(?:free|each|limit))",
    re.IGNORECASE,
)
_BREAK = re.compile(r",(?!\d{3})|[;|]|\.\s|\band\b|\bplus\b", re.IGNORECASE)
_LIMITS = re.compile(r"\bfree\b|\btiers?\b|limit|maxim|allowance|=\s*[\d.,]+ ?[GT]B", re.IGNORECASE)
_NOT_USAGE = re.compile(
    r"(?:\bper|/|first|next|after|over|beyond|up to|max\w*|limit\w*|[<>≤≥])\s*$", re.IGNORECASE
)
_REQUEST_WORDS = ("PUT", "GET", "LIST", "UPLOAD", "DOWNLOAD", "VIEW", "PAGE", "HIT")
_DEFAULT_REGION = "us-east-1"
_SHOWN = 60
_SEGMENT = 200  # characters of a line that can belong to one quantity


def section_of(text: str, number: int | None) -> str:
    """What stands under the same heading as a line; everything where no line is given."""
    if number is None:
        return text
    lines = text.splitlines()
    heads = [index for index, line in enumerate(lines) if line.lstrip().startswith("#")]
    begin = max((index for index in heads if index < number), default=0)
    end = min((index for index in heads if index >= number), default=len(lines))
    return "\n".join(lines[begin:end])


@dataclass(frozen=True)
class Overlooked:
    """A quantity of a document that names no line of the sheet, or may mean several."""

    text: str


def document_usage(text: str, scope: ClaimScope) -> Iterator[UsageLine | Overlooked]:
    """The quantities of a document, as lines of the sheet where they name one."""
    for line in read_lines(text):
        if _LIMITS.search(line.text):
            continue
        prices = [(m.start, m.per.end if m.per else m.end) for m in find_money(line.text)]
        for match in _QUANTITY.finditer(line.text):
            inside = any(start <= match.start() < end for start, end in prices)
            if inside or _NOT_USAGE.search(_before(line.text, match, 20)):
                continue
            yield _usage_line(line, match, scope) or Overlooked(_named(line.text, match))


def _named(text: str, match: re.Match[str]) -> str:
    """The quantity with what follows it: `100 GB delivered to viewers`."""
    return _segment(text, match)[0].strip()[:_SHOWN]


def _usage_line(line: Line, match: re.Match[str], scope: ClaimScope) -> UsageLine | None:
    count = number(match["number"])
    if count is None:
        return None
    word = match["unit"]
    plain_request = word.upper().startswith(_REQUEST_WORDS)
    unit, size, _ = ("request", Decimal(1), "") if plain_request else read_unit(word)
    near = _segment(line.text, match)
    meant = PriceClaim(
        text=line.text, value=Decimal(0), per=Decimal(1), unit=unit, scope=scope,
        hints=(*near, line.text, *line.above),
    )  # fmt: skip
    lines = _lines(word, meant)
    if len(lines) != 1:
        return None
    regional = lines[0].startswith("s3.")
    place = region_in(near) or scope.region or _DEFAULT_REGION
    edge = first(EDGE_GROUPS, near)
    return UsageLine(
        line=lines[0],
        region=place if regional else edge,
        quantity=count * scale_of(match["scale"]) * size,
    )


def _lines(word: str, meant: PriceClaim) -> tuple[str, ...]:
    """Views and hits are requests at the CDN; everything else is what its words say."""
    if re.match(r"(?:page ?)?views?$|hits$", word, re.IGNORECASE):
        return (f"cf.{meant.scope.protocol or 'https'}",)
    found = read_claim(meant).lines
    if set(found) == {"cf.https", "cf.http"}:
        return ("cf.https",)  # browsers come with HTTPS unless the document says otherwise
    return found


def _before(text: str, match: re.Match[str], most: int) -> str:
    return text[max(0, match.start() - most) : match.start()]


def _segment(text: str, match: re.Match[str]) -> tuple[str, str, str]:
    """The quantity with what follows it, and what stands before it, up to the next comma."""
    after = _BREAK.split(text[match.end() : match.end() + _SEGMENT], maxsplit=1)[0]
    before = _BREAK.split(_before(text, match, _SEGMENT))[-1]
    return match.group() + after, before, ""
