"""X2 to X4: unit prices against the price sheet, and totals that name no assumptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Document, Line, Spot, brief
from core.diagnostics.lint.registry import Outcome, found, rule, unchecked
from core.diagnostics.lint.scene import Scene
from core.model.lint import Severity
from core.model.pricing import PriceVerdict, Verdict, plain

_TOTAL = re.compile(
    r"(?:<|>|~|\u2248|under|about|below|less than|up to|around)?\s*(?:US)?\$\s?\d[\d,.]*"
    r"(?:\s*(?:-|\u2013|to)\s*\$?\d[\d,.]*)?",
    re.IGNORECASE,
)
_MONTH = re.compile(r"month|\bmo\b|/\s?mo\b|bill\b|per year|annual|yearly", re.IGNORECASE)
_EDGE_REQUESTS = re.compile(r"(?=.*\brequests?\b)(?=.*\b(?:cloudfront|cdn|edge)\b)", re.IGNORECASE)
_MONEY = re.compile(r"cost|bill|month|total|estimat|price|budget", re.IGNORECASE)
_PER_UNIT = re.compile(
    r"(?:/|per|each|for)\s*[\d,.]*\s*(?:k|m|thousand|million)?\s*"
    r"(?:[A-Z]+\s+)?(?:GB|TB|GiB|requests?|calls?|PUTs?|GETs?|invocations?|objects?|users?)\b",
    re.IGNORECASE,
)
_ASSUMED = re.compile(
    r"(?<![\d,.])\d[\d,.]{0,15}\s*(?:k|m|thousand|million)?\s*"
    r"(?:GB|TB|GiB|MB|requests?|users?|PUTs?|GETs?|uploads?|views?|photos?|downloads?)\b",
    re.IGNORECASE,
)


@rule("document")
def stated_prices(scene: Scene) -> Iterator[Outcome]:
    """The verdicts are the price sheet's; which mistake it is follows from the line it names."""
    document = scene.document
    if document is None:
        return
    if scene.verdicts is None:
        if _prices_storage(document):
            for mistake in ("X2", "X3"):
                yield unchecked(mistake, "No price sheet was asked.")
        return
    for verdict in scene.verdicts:
        at = (verdict.number or 0) - 1
        line = document.lines[at] if 0 <= at < len(document.lines) else None
        spot = document.spot(line) if line else Spot(scene.name, verdict.claim.text)
        yield from _judged(verdict, spot)


def _judged(verdict: PriceVerdict, spot: Spot) -> Iterator[Outcome]:
    if verdict.claim.is_total:
        if verdict.verdict is Verdict.WRONG:
            why = verdict.likely_cause or "; ".join(verdict.conditions) or "the sum is another one"
            yield found(
                "X4", f"“{brief(spot.value)}” does not hold: {why}.", spot, *_proof(verdict)
            )
        return
    lines = [one.line for one in verdict.evidence]
    edge = lines[0].startswith("cf.http") if lines else _EDGE_REQUESTS.search(spot.value)
    mistake = "X3" if edge else "X2"
    if verdict.verdict is Verdict.WRONG:
        yield found(mistake, _wrong(verdict), spot, *_proof(verdict))
    elif verdict.verdict in {Verdict.AMBIGUOUS, Verdict.UNPRICED, Verdict.STALE}:
        why = verdict.likely_cause or "; ".join(verdict.conditions) or "no price fits it"
        yield unchecked(mistake, f"{spot.where}: {why}.")


def _wrong(verdict: PriceVerdict) -> str:
    claim = verdict.claim
    said = f"${plain(claim.value)} per {_per(claim.per, claim.unit)} is not AWS's price"
    if verdict.expected_usd is not None:
        said += (
            f": it is ${plain(verdict.expected_usd)} per "
            f"{_per(verdict.per or claim.per, claim.unit)}"
        )
    if verdict.ratio and not verdict.likely_cause:
        said += f", so the claim is {_times(verdict)}"
    cause = verdict.likely_cause.rstrip(".")
    return f"{said}. {cause}." if cause else f"{said}."


def _per(count: object, unit: str) -> str:
    if count == 1:
        return unit or "unit"
    plural = "s" if unit and unit[-1] not in "sB" and "-" not in unit else ""
    return f"{count:,.0f} {unit}{plural}".strip()


def _times(verdict: PriceVerdict) -> str:
    ratio = verdict.ratio or 1
    if ratio < 1:
        return f"{1 / ratio:.4g} times too low"
    return f"{ratio:.4g} times too high"


def _proof(verdict: PriceVerdict) -> list[Spot]:
    return [
        Spot(f"price sheet {one.sheet} {one.line} {one.region}".strip(),
             f"{plain(one.price)} per {plain(one.per)} {one.unit}")
        for one in verdict.evidence[:2] if one.price is not None
    ]  # fmt: skip


@rule("document")
def totals(scene: Scene) -> Iterator[Outcome]:
    """“< $5 a month” is true or false only for some gigabytes, requests, region and plan."""
    document = scene.document
    lines = [one for one in document.lines if _is_bare_total(document, one)] if document else []
    if document is None or not lines:
        return
    more = f" ({len(lines)} such totals)" if len(lines) > 1 else ""
    yield found(
        "X4",
        f"“{brief(lines[0].text)}” names no gigabytes, requests, region or plan{more}: the "
        f"same system "
        "costs nothing on a free plan and many times that by list price.",
        *(document.spot(line) for line in lines),
        # Beside unit prices of storage or delivery it is their total; else it may be servers.
        severity=Severity.WARNING if _prices_storage(document) else Severity.ADVICE,
    )  # fmt: skip


def _prices_storage(document: Document) -> bool:
    return any("$" in line.text and _PER_UNIT.search(line.text) for line in document.lines)


def _is_bare_total(document: Document, line: Line) -> bool:
    below = [near.text for near in document.around(line, 0, 1) if "$" not in near.text]
    if any(_ASSUMED.search(text) for text in below):
        return False
    sentences = re.split(r"(?<=[.;!?])\s+", line.text)
    return any(_is_whole_amount(one, line.heading) for one in sentences)


def _is_whole_amount(sentence: str, heading: str) -> bool:
    """An amount for a month that is no price per unit and names no usage."""
    if not _TOTAL.search(sentence) or _PER_UNIT.search(sentence) or _ASSUMED.search(sentence):
        return False
    monthly = _MONTH.search(sentence) or _MONTH.search(heading)
    return bool(monthly and _MONEY.search(sentence))
