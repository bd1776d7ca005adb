"""Finds the claims about prices in a document or in JSON, each with its line and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from core.costs.meaning import read_claim
from core.costs.money_text import (
    SCALE,
    Money,
    Per,
    find_money,
    find_per,
    number,
    read_unit,
    scale_of,
)
from core.costs.table_cells import Cell, cell_of
from core.costs.words import (
    DOCUMENT_HTTPS,
    EDGE_GROUPS,
    PROTOCOLS,
    SERVICES,
    document_region,
    first,
    names_no_unit,
    region_in,
)
from core.model.pricing import ClaimScope, PriceClaim

_BOX = re.compile(r"[\u2500-\u257f]")
_RULE = re.compile(r"^[\s|:\-=+*_#]*$")
_TOTAL = re.compile(
    r"\btotal\b|estimat|monthly|/\s?mo(?:nth)?\b|(?:per|a|each) month|\bbill\b|typical|in all\b",
    re.IGNORECASE,
)
_BELOW = re.compile(r"(?:<|≤|under|below|less than|up to|at most|max\w*)\s*$", re.IGNORECASE)
_ABOUT = re.compile(r"(?:~|≈|about|around|approx\w*\.?|roughly|ca\.?|circa)\s*$", re.IGNORECASE)
_LABEL = re.compile(r"[:|=]\s*$")
_FACTOR = re.compile(
    rf"(?P<number>[\d][\d,.]*)\s*(?P<scale>{SCALE})?\s*(?P<unit>[A-Za-z][\w /-]{{0,30}}?)?"
    r"\s*(?:\u00d7|x|\*|@|at)\s*$",
    re.IGNORECASE,
)
_EQUALS = re.compile(r"[^=]{0,20}=\s*$")
_OF_PEOPLE = re.compile(
    r"\b(?:views?|viewers?|visits?|visitors?|users?|sessions?|impressions?|customers?)\b",
    re.IGNORECASE,
)  # what AWS has no price for: a view is bytes and requests
_CONTEXT_LINES = 8
_NEAR = 80  # characters within which a factor stands before its price
_LONGEST = 4000  # what is longer was written by a machine


@dataclass(frozen=True)
class Line:
    """One line of a document: its number, its text without box drawing, what stands above it."""

    number: int
    text: str
    above: tuple[str, ...]  # nearest first: the block's lines, then headings
    header: str  # the header row of the table that it stands in

    @cached_property
    def speaks_of_total(self) -> bool:
        return _TOTAL.search(self.text) is not None


def document_claims(text: str) -> tuple[PriceClaim, ...]:
    """Every claim of a text, in order. Its region and protocol hold where a line has none."""
    scope = ClaimScope(
        region=document_region(text), protocol="https" if DOCUMENT_HTTPS.search(text) else ""
    )
    return tuple(claim for line in read_lines(text) for claim in line_claims(line, scope))


def read_lines(text: str) -> Iterator[Line]:
    block: list[str] = []
    headings: list[str] = []
    header = ""
    for index, raw in enumerate(text.splitlines(), start=1):
        line = _BOX.sub(" ", raw[:_LONGEST]).strip()
        if not line or _RULE.match(line):
            header = block[-1] if "|" in line and block else header if line else ""
            block = block if line else []
            continue
        if raw.lstrip().startswith("#"):
            headings, block, header = [line, *headings][:3], [], ""
        above = (*reversed(block[-_CONTEXT_LINES:]), *headings)
        yield Line(index, line, above, header if "|" in line else "")
        block.append(line)


def line_claims(line: Line, document: ClaimScope) -> Iterator[PriceClaim]:
    found = list(find_money(line.text))
    for index, money in enumerate(found):
        begin = _end(found[index - 1]) if index else 0
        stop = found[index + 1].start if index + 1 < len(found) else len(line.text)
        before = line.text[begin : money.start]
        alone = len(found) == 1
        after = line.text[_end(money) : stop] if alone else ""
        claim = _product(line, found[index - 1 : index + 1], before) if index else None
        cell = cell_of(line.text, line.header, money, found)
        claim = claim or (
            _claim(line, money, before, after, document)
            if cell is None
            else _cell_claim(line, money, cell, document)
        )
        if claim is not None:
            yield claim


def _end(money: Money) -> int:
    return money.per.end if money.per else money.end


def _claim(
    line: Line, money: Money, before: str, after: str, document: ClaimScope
) -> PriceClaim | None:
    per = money.per or _factor(before) or _stated_before(line, before)
    own = per.words if per else ""
    hints = (own, before, f"{own}{after}", line.text, *_cells(line), *line.above)
    unit = _unit(per, before, after) if per else ""
    claim = _stated(line, money, per, unit, hints, document)
    if per is not None and per.unit != "month":
        return claim
    return _without_unit(claim, line, before)


def _cell_claim(line: Line, money: Money, cell: Cell, document: ClaimScope) -> PriceClaim | None:
    """An amount whose column and row name no unit is a sum of the table's author, no price."""
    per = money.per or cell.per
    if per is None:
        return None
    own = money.per.words if money.per else ""
    hints = (own, f"{cell.label} {cell.before}", f"{cell.head} {cell.after}", "", *line.above)
    unit = _unit(per, f"{cell.before} {cell.head}", cell.label)
    return _stated(line, money, per, unit, hints, document)


def _stated(
    line: Line,
    money: Money,
    per: Per | None,
    unit: str,
    hints: tuple[str, ...],
    document: ClaimScope,
) -> PriceClaim:
    return PriceClaim(
        text=line.text,
        value=money.value,
        upper=money.upper,
        currency=money.currency,
        per=per.size if per else Decimal(1),
        unit=unit,
        per_is_given=per is not None,
        number=line.number,
        scope=_scope(hints[:3], document),
        hints=hints,
    )


def _without_unit(claim: PriceClaim, line: Line, before: str) -> PriceClaim | None:
    """A plan or key per month, else a total, else a price whose unit is missing, else no claim."""
    means = read_claim(claim).lines
    if claim.unit == "month" and means:
        return claim
    foreign = first(SERVICES, claim.hints[:3]) == "other"
    if line.speaks_of_total and not foreign:
        bound = "below" if _BELOW.search(before) else "about" if _ABOUT.search(before) else ""
        return claim.model_copy(update={"is_total": True, "bound": bound})
    labelled = bool(_LABEL.search(before)) or "|" in line.text
    return claim if labelled and (means or (foreign and claim.unit)) else None


def _product(line: Line, pair: Sequence[Money], before: str) -> PriceClaim | None:
    """`100 GB x $0.023 = $2.30`: the last amount is what the factors give, or it is wrong."""
    factor = _FACTOR.search(line.text[max(0, pair[0].start - _NEAR) : pair[0].start])
    if factor is None or not _EQUALS.match(before) or pair[0].currency != pair[1].currency:
        return None
    count = number(factor["number"])
    if count is None or pair[0].per is not None:
        return None
    return PriceClaim(
        text=line.text,
        value=pair[1].value,
        currency=pair[1].currency,
        per=Decimal(1),
        number=line.number,
        is_total=True,
        product_usd=count * scale_of(factor["scale"]) * pair[0].value,
        hints=(before, line.text),
    )


def _factor(before: str) -> Per | None:
    """`100 GB x $0.023`: the price is per GB."""
    match = _FACTOR.search(before[-_NEAR:])
    if match is None or not match["unit"] or number(match["number"]) is None:
        return None
    unit, size, words = read_unit(match["unit"])
    return Per(size, unit, words, match.start(), match.end()) if unit else None


def _stated_before(line: Line, before: str) -> Per | None:
    """`PUT requests (per 1,000): $0.005`, also in another cell or the heading of the table."""
    for text in (before, line.text if "|" in line.text else "", line.header):
        found = find_per(text)
        if found is not None:
            return found
    return None


def _unit(per: Per, before: str, after: str) -> str:
    """`per 1,000` alone is per 1,000 of what the label names; `per 1,000 users` is no usage."""
    if per.unit or not names_no_unit(per.words):
        return per.unit or "other"
    named = next((unit for unit in (read_unit(t)[0] for t in (before, after)) if unit), "")
    return named or ("other" if _OF_PEOPLE.search(f"{before} {after}") else "request")


def _cells(line: Line) -> tuple[str, ...]:
    return (line.header,) if line.header else ()


def _scope(near: Sequence[str], document: ClaimScope) -> ClaimScope:
    named = first(PROTOCOLS, near)
    return ClaimScope(
        region=region_in(near) or document.region,
        edge_group=first(EDGE_GROUPS, near),
        protocol="https" if named == "https" else "http" if named else document.protocol,
    )
