"""The catalogue of mistakes X1 to X32 and the one table of the rules that look for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from core.diagnostics.lint.document import Spot
from core.diagnostics.lint.scene import Scene
from core.model.lint import LintEvidence, LintFinding, NotChecked, Severity


@dataclass(frozen=True, slots=True)
class Mistake:
    id: str
    title: str
    severity: Severity
    repair: str
    doc: str
    place: int


@cache
def catalogue() -> dict[str, Mistake]:
    """Every mistake by its id, in order."""
    rows = json.loads(Path(__file__).with_name("catalog.json").read_text(encoding="utf-8"))
    return {
        row["id"]: Mistake(**{**row, "severity": Severity(row["severity"])}, place=place)
        for place, row in enumerate(rows)
    }


def found(
    rule: str,
    sentence: str,
    *spots: Spot,
    severity: Severity | None = None,
    repair: str = "",
    snippet: str = "",
) -> LintFinding:
    """A finding; what is the same for every finding of a rule comes from the catalogue."""
    mistake = catalogue()[rule]
    return LintFinding(
        rule=rule, title=mistake.title, severity=severity or mistake.severity, sentence=sentence,
        evidence=tuple(LintEvidence(where=s.where, value=s.value[:300]) for s in spots),
        repair=repair or mistake.repair, snippet=snippet, doc=mistake.doc,
    )  # fmt: skip


def unchecked(rule: str, why: str) -> NotChecked:
    return NotChecked(rule=rule, title=catalogue()[rule].title, why=why)


Outcome = LintFinding | NotChecked
Rule = Callable[[Scene], Iterator[Outcome]]
Reads = Literal["anything", "account", "document"]
_RULES: list[tuple[Reads, Rule]] = []


def rule(reads: Reads) -> Callable[[Rule], Rule]:
    """Register a rule for configuration (`account`), prose (`document`) or both (`anything`)."""

    def register(function: Rule) -> Rule:
        _RULES.append((reads, function))
        return function

    return register


def rules_for(scene: Scene) -> Iterator[Rule]:
    """The rules that can read this scene at all."""
    for reads, function in _RULES:
        if (
            reads == "anything"
            or (reads == "account" and scene.snapshot is not None)
            or (reads == "document" and scene.document is not None)
        ):
            yield function
