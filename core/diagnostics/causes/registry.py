"""The catalogue of causes, what a rule gets to see, and the list of all rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from core.diagnostics.guess import Guess
from core.diagnostics.journey import Journey
from core.diagnostics.trace import travel
from core.diagnostics.visit import Indexes
from core.model.delivery import AccountSnapshot
from core.model.diagnosis import Confidence, Evidence, Finding, Step

_STEP_OF_STAGE = {
    "db": "db", "url": "key", "dns": "dns", "tls": "tls", "distribution": "distribution",
    "viewer": "viewer", "signed": "signed", "behavior": "behavior", "function": "function",
    "origin": "origin", "object": "object", "access": "access", "presigned": "access",
    "cache": "cache", "cors": "response", "response": "response", "slow": "response",
    "client": "response", "none": "response",
}  # fmt: skip

# Where in the way of a request a cause acts: the first one is the one that the viewer sees.
DB, DNS, TLS, DISTRIBUTION, VIEWER, SIGNED, FUNCTION = 0, 10, 12, 14, 20, 30, 35
CACHE, MASK, ORIGIN, OBJECT, MASKED, ACCESS, KMS = 40, 49, 50, 60, 69, 70, 80
RESPONSE, SLOW, NOTE = 90, 95, 99


@dataclass(frozen=True, slots=True)
class Cause:
    id: str
    stage: str
    doc: str
    means: str
    repair: str
    place: int

    @property
    def step(self) -> Step:
        return cast(Step, _STEP_OF_STAGE[self.stage])


@cache
def catalogue() -> dict[str, Cause]:
    """Every cause by its id, in the catalogue's order."""
    rows = json.loads(Path(__file__).with_name("catalog.json").read_text(encoding="utf-8"))
    return {row["id"]: Cause(**row, place=i) for i, row in enumerate(rows)}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with its rank; ranks of one place follow the catalogue's order."""

    cause: str
    rank: float
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence = Confidence.CERTAIN

    @property
    def order(self) -> float:
        return self.rank + catalogue()[self.cause].place / 1000

    def finding(self) -> Finding:
        cause = catalogue()[self.cause]
        return Finding(
            cause=self.cause, step=cause.step, sentence=self.sentence, evidence=self.evidence,
            doc=cause.doc, confidence=self.confidence,
        )  # fmt: skip


@dataclass(slots=True)
class Case:
    """One diagnosis in progress: the way of the request and the objects that may be meant."""

    journey: Journey
    guesses: list[Guess]
    indexes: Indexes
    retraced: dict[str, Journey] = field(default_factory=dict)

    @property
    def snapshot(self) -> AccountSnapshot:
        return self.journey.snapshot

    @property
    def best(self) -> Guess | None:
        """The most likely object, where something is known about it at all."""
        return self.guesses[0] if self.guesses else None

    def retrace(self, url: str) -> Journey:
        """The same viewer asking for another URL."""
        if url not in self.retraced:
            request = self.snapshot.request.replace(url=url)
            changed = self.snapshot.replace(request=request, edge_cache=())
            self.retraced[url] = travel(changed, self.indexes)
        return self.retraced[url]


Rule = Callable[[Case], Iterator[Found]]
_ANY = frozenset[str]()
_RULES: list[tuple[Rule, frozenset[str] | None]] = []


def rule(function: Rule) -> Rule:
    """Register a rule; the order of the findings comes from their ranks."""
    _RULES.append((function, _ANY))
    return function


def rule_at(*tags: str) -> Callable[[Rule], Rule]:
    """A rule that has something to say only where the request stopped at one of these places."""

    def register(function: Rule) -> Rule:
        _RULES.append((function, frozenset(tags)))
        return function

    return register


def rule_unstopped(function: Rule) -> Rule:
    """A rule that has something to say only where nothing stopped the request."""
    _RULES.append((function, None))
    return function


def all_rules() -> tuple[Rule, ...]:
    return tuple(function for function, _ in _RULES)


@lru_cache(maxsize=256)
def rules_for(stops: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that may have something to say of a request that stopped at these places."""
    return tuple(
        function for function, tags in _RULES
        if (not stops if tags is None else not tags or not tags.isdisjoint(stops))
    )  # fmt: skip
