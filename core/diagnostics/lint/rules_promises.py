"""X8, X13, X24, X30: what a document promises and nobody measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import inf, nan

from core.diagnostics.lint.document import Line, brief
from core.diagnostics.lint.registry import Outcome, found, rule
from core.diagnostics.lint.scene import Scene
from core.model.lint import LintFinding, Severity

_MEASURED = re.compile(
    r"\b(?:measured|observed|monitored|tested|load[\s-]test\w*|p\d{2}|percentile|median|"
    r"(?:last|past)\s+\d+\s+(?:days|weeks|months)|credits?|target|goal|objective)\b",
    re.IGNORECASE,
)
_SLA = (
    r"\b(?P<share>99(?:\.\d+)?)\s?%.{0,40}\b(?:SLA|uptime|availab\w*)|\b(?:SLA|uptime|"
    r"availab\w*)\b.{0,40}?\b(?P<also>99(?:\.\d+)?)\s?%"
)
_SPEED = (
    r"(?:<|\u2264|\bunder|\bbelow|\bless than|\bsub-?|\bwithin)\s?\d+\s?-?(?:ms|milliseconds?)\b"
)
_PLACES = (
    r"\b\d{2,4}\+?\s+(?:global\s+)?(?:edge(?:\s+(?:locations?|nodes?|servers?))?|"
    r"PoPs?|points?\s+of\s+presence)\b"
)


@rule("document")
def promised(scene: Scene) -> Iterator[Outcome]:
    """One finding for all promises of a document: an availability makes it a warning."""
    document = scene.document
    if document is None:
        return
    fresh = {
        name: [h for h in document.search(pattern) if not _MEASURED.search(h.line.text)]
        for name, pattern in (("sla", _SLA), ("speed", _SPEED), ("places", _PLACES))
    }
    hits = [hit for listed in fresh.values() for hit in listed]
    if not hits:
        return
    words: list[str] = []
    if fresh["sla"]:
        match = fresh["sla"][0].match
        share = Decimal(match["share"] or match["also"])
        both = share * share / 100
        words.append(
            f"{share} % is what AWS credits one service for, not the uptime of the system: "
            f"two such "
            f"services one behind the other promise {both:.2f} %."
        )
    if fresh["speed"]:
        words.append(f"“{fresh['speed'][0].text}” has no measurement behind it.")
    if fresh["places"]:
        words.append(f"“{fresh['places'][0].text}” is a number of the day it was written.")
    lines = {hit.line.number: document.spot(hit.line) for hit in hits}
    yield found(
        "X8", " ".join(words), *(lines[n] for n in sorted(lines)),
        severity=Severity.WARNING if fresh["sla"] else Severity.ADVICE,
    )  # fmt: skip


@rule("document")
def unlimited(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    pattern = (
        r"\b(?:infinite\w*|unlimited|limitless|boundless|endless|unbounded)\b.{0,30}"
        r"\b(?:storage|capacity|space|scal\w*)\b|"
        r"\bunlimited\s+(?:\w+\s+)?(?:files?|photos?|uploads?|objects?|videos?|media)\b|"
        r"\b(?:storage|capacity|space|scal\w*)\b.{0,20}\b(?:infinite\w*|unlimited|limitless|unbounded)\b"
    )
    for hit in document.search(pattern) if document else ():
        if document:
            yield found(
                "X13",
                f"“{brief(hit.line.text)}” is true of S3's capacity only: every gigabyte is "
                f"charged each "
                "month, and one object has a largest size.",
                document.spot(hit.line),
            )  # fmt: skip


# --- X30 ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Users:
    line: Line
    low: float
    high: float


_NUMBER = r"(?<![\d,.])\d[\d,.]{0,15}\s?(?:k|K|M|million|thousand)?"
_RANGE = re.compile(
    (
        rf"(?P<low>{_NUMBER})\s*(?:-|\u2013|\u2014|"
        rf"to)\s*(?P<high>{_NUMBER})\s+(?:\w+\s+)?users\b"
    ),
    re.IGNORECASE,
)
_CROWD = re.compile(
    r"\b(?P<word>hundreds|thousands|tens of thousands|hundreds of thousands|"
    r"millions)\s+of\s+(?:\w+\s+)?users\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?P<bound>up to|at most|max(?:imum)?(?: of)?|over|"
    rf"more than)?\s*(?P<count>{_NUMBER})(?P<plus>\+)?\s+(?:\w+\s+)?users\b",
    re.IGNORECASE,
)
_CROWDS = {"hundreds": 200.0, "thousands": 2000.0, "tens of thousands": 20_000.0,
           "hundreds of thousands": 200_000.0, "millions": 2_000_000.0}  # fmt: skip
_LATER = re.compile(
    (
        r"\b(?:future|phase|tier|option|roadmap|later|after|once|when|if|plan(?:s|ned)?|"
        r"next)\b"
    ),
    re.IGNORECASE,
)


@rule("document")
def user_counts(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None:
        return
    claims = [c for line in document.lines for c in _users(line)]
    for one in claims:
        other = next((c for c in claims if c.low > one.high and c.line is not one.line), None)
        if other is not None:
            yield found(
                "X30",
                f"“{brief(one.line.text)}” and “{brief(other.line.text)}” can't both be "
                f"true of one system.",
                document.spot(one.line), document.spot(other.line),
            )  # fmt: skip
            return


def _users(line: Line) -> Iterator[_Users]:
    if _LATER.search(line.text) or _LATER.search(line.heading):
        return
    if match := _RANGE.search(line.text):
        yield _Users(line, _number(match["low"]), _number(match["high"]))
    elif match := _CROWD.search(line.text):
        yield _Users(line, _CROWDS[match["word"].lower()], inf)
    elif match := _COUNT.search(line.text):
        count, bound = _number(match["count"]), (match["bound"] or "").lower()
        most = bound.startswith(("up", "at", "max"))
        least = bool(match["plus"]) or bound in {"over", "more than"}
        yield _Users(line, 0.0 if most else count, inf if least else count)


def _number(text: str) -> float:
    """The count in `20,000`, `5k` or `1.5 million`; nan for what only looks like one (`0.11.3`)."""
    read = re.fullmatch(
        r"([\d,]*\d(?:\.\d+)?)[.,]?\s?(k|m|million|thousand)?", text.strip(), re.IGNORECASE
    )
    if read is None:
        return nan
    scale = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}.get((read[2] or "").lower(), 1)
    return float(read[1].replace(",", "")) * scale


# --- X24 ------------------------------------------------------------------------------------

_ALL_FIXED = (
    r"\b(?:all|every)\b.{0,30}\b(?:issues?|bugs?|problems?|errors?|faults?|vulnerabilit\w+)\b.{0,25}"
    r"\b(?:fixed|resolved|solved|closed|gone|addressed)\b|"
    r"\bno\s+(?:known|remaining|open|more)\s+(?:issues?|bugs?|problems?)\b|"
    r"\beverything\b.{0,20}\b(?:is|has been|now)\b.{0,12}\b(?:fixed|resolved|works?)\b"
)


def all_fixed(scene: Scene, others: Iterable[LintFinding]) -> Iterator[Outcome]:
    """Only where something else was found: then the document contradicts itself."""
    document = scene.document
    rest = sorted(
        {f.rule for f in others if f.severity is not Severity.ADVICE}, key=lambda r: int(r[1:])
    )
    if document is None or not rest:
        return
    wanted = re.compile(_ALL_FIXED, re.IGNORECASE)
    for line in document.lines:
        if wanted.search(line.text):
            yield found(
                "X24",
                f"“{brief(line.text)}”, but this document itself still shows {', '.join(rest)}.",
                document.spot(line),
            )  # fmt: skip
            return
