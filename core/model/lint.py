"""What the linter says: findings with their proof, and what it could not check and why."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from core.model.base import Noun
from core.model.pricing import PriceVerdict


class Severity(StrEnum):
    """`error` breaks something or opens it; `warning` will; `advice` is money or clarity."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class LintEvidence(Noun):
    """`where` is `file:line`, or the AWS call and the place in its answer."""

    where: str
    value: str = ""


class LintFinding(Noun):
    """One mistake. `snippet` is a policy or setting to copy, where one can be written."""

    rule: str  # X1 to X32
    title: str
    severity: Severity
    sentence: str
    evidence: tuple[LintEvidence, ...] = ()
    repair: str = ""
    snippet: str = ""
    doc: str = ""


class NotChecked(Noun):
    rule: str
    title: str
    why: str


class LintReport(Noun):
    """Findings by severity, then by rule, then in the order of the input."""

    inputs: tuple[str, ...] = ()
    findings: tuple[LintFinding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()

    @property
    def failed(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def of(self, severity: Severity) -> tuple[LintFinding, ...]:
        return tuple(f for f in self.findings if f.severity is severity)

    def report(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


# What the price sheet says to each price that a text states, with the number of its line.
PriceCheck = Callable[[str], tuple[PriceVerdict, ...]]
