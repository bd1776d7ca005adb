"""URLs of an audit that share a cause and a pattern: counted, with a sample of each group. Pure.

Two passes: the first learns the patterns of each cause and host, the second counts.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from core.diagnostics.audit_lanes import Line
from core.diagnostics.audits.patterns import PatternTree, host_and_path
from core.diagnostics.causes.registry import catalogue
from core.model.diagnosis import Confidence
from core.model.url_audit import AuditGroup, AuditRow

FINE = "none-ok"
SAMPLE = 5
# Causes that hide a failure behind a good status.
_MASKED = frozenset({"custom-error-masks-as-200"})
_UNDECIDED = (
    "A step before the answer could not be decided from what was read, so the answer stays unknown."
)


class Known(NamedTuple):
    """One URL of an audit with its answer. `secret`: parts of the URL were blanked since."""

    n: int
    id: str
    url: str
    hits: int
    line: Line
    old: str = ""
    row_key: str = ""  # JSON of a table row's key attributes
    secret: bool = False
    group: str = ""


class Place(NamedTuple):
    """The group that a URL belongs to."""

    id: str
    cause: str
    host: str
    pattern: str


def needs_attention(line: Line) -> bool:
    """Whether a URL belongs to a group: something is wrong, or nobody can say."""
    return line.cause != FINE or line.status is None


def fails(line: Line) -> bool:
    """Whether viewers surely get no good answer."""
    if line.cause in _MASKED:
        return True
    if line.status is None:
        return line.confidence != Confidence.UNKNOWN
    return line.status >= 400


def is_unknown(line: Line) -> bool:
    return line.status is None and line.confidence == Confidence.UNKNOWN


class Grouper:
    """`learn` from every URL that needs attention, then ask `place` for each of them."""

    def __init__(self) -> None:
        self._trees: dict[tuple[str, str], PatternTree] = {}

    def learn(self, url: str, cause: str) -> None:
        host, path = host_and_path(url)
        self._trees.setdefault((cause, host), PatternTree()).add(path)

    def place(self, url: str, cause: str) -> Place:
        host, path = host_and_path(url)
        pattern = self._trees[cause, host].pattern(path)
        name = sha256(f"{cause}\n{host}\n{pattern}".encode("utf-8", "replace"))
        return Place(name.hexdigest()[:16], cause, host, pattern)


@dataclass(slots=True)
class _Count:
    urls: int = 0
    hits: int = 0
    failing: int = 0
    with_candidate: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    # (hits, minus the place): the most asked first, then the source's order
    sample: list[tuple[int, int, AuditRow]] = field(default_factory=list)


class Tally:
    """Counts of every group."""

    def __init__(self) -> None:
        self._counts: dict[Place, _Count] = {}

    def add(self, place: Place, known: Known) -> None:
        count = self._counts.setdefault(place, _Count())
        count.urls += 1
        count.hits += known.hits
        count.failing += fails(known.line)
        count.with_candidate += known.line.candidate is not None
        count.statuses[status_name(known.line.status)] += 1
        order = (known.hits, -known.n)
        if len(count.sample) < SAMPLE:
            heapq.heappush(count.sample, (*order, row_of(known, place.id)))
        elif order > count.sample[0][:2]:
            heapq.heapreplace(count.sample, (*order, row_of(known, place.id)))

    def groups(self) -> tuple[AuditGroup, ...]:
        """Failing ones first, the most asked before the others."""
        made = [_group(place, count) for place, count in self._counts.items()]
        order = sorted(made, key=lambda g: (not g.failing, -g.hits, -g.urls, g.pattern, g.id))
        return tuple(order)


def _group(place: Place, count: _Count) -> AuditGroup:
    return AuditGroup(
        id=place.id, cause=place.cause, sentence=sentence_of(place.cause), host=place.host,
        pattern=place.pattern, failing=count.failing > 0, urls=count.urls, hits=count.hits,
        statuses=dict(count.statuses.most_common()), with_candidate=count.with_candidate,
        sample=tuple(row for _, _, row in sorted(count.sample, key=lambda s: (-s[0], -s[1]))),
    )  # fmt: skip


def sentence_of(cause: str) -> str:
    """What a cause means for whoever looks, without any single URL."""
    known = catalogue().get(cause)
    if cause == FINE or known is None:
        return _UNDECIDED
    return f"{cause.replace('-', ' ').capitalize()}: {known.means}"


def status_name(status: int | None) -> str:
    return "null" if status is None else str(status)


def row_of(known: Known, group: str) -> AuditRow:
    line = known.line
    return AuditRow(
        id=known.id, url=known.url, hits=known.hits, predicted_status=line.status,
        cause=line.cause, bucket=line.bucket, key=line.key, candidate_key=line.candidate,
        confidence=Confidence(line.confidence), group=group, old=known.old,
        row_key=json.loads(known.row_key) if known.row_key else {},
    )  # fmt: skip
