"""A report for the terminal: the sentence first, then where it stands and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from core.model.lint import LintFinding, LintReport, Severity

_PLURALS = {
    Severity.ERROR: "errors",
    Severity.WARNING: "warnings",
    Severity.ADVICE: "pieces of advice",
}


def text_report(report: LintReport) -> str:
    return "\n".join(_lines(report))


def _lines(report: LintReport) -> Iterator[str]:
    for finding in report.findings:
        yield from _finding(finding)
        yield ""
    if report.not_checked:
        yield "Not checked:"
        yield from (f"  {one.rule} {one.title}: {one.why}" for one in report.not_checked)
        yield ""
    yield f"{', '.join(report.inputs)}: {summary(report)}"


def _finding(finding: LintFinding) -> Iterator[str]:
    yield f"{finding.severity.upper()} {finding.rule} {finding.title}"
    yield f"  {finding.sentence}"
    yield from (f"    {one.where}  {one.value}".rstrip() for one in finding.evidence)
    yield f"  → {finding.repair}"
    yield from (f"    {line}" for line in finding.snippet.splitlines())


def summary(report: LintReport) -> str:
    """“2 errors, 1 warning”, or that nothing was found."""
    counts = {severity: len(report.of(severity)) for severity in Severity}
    told = [
        f"{n} {_PLURALS[severity] if n > 1 else _one(severity)}"
        for severity, n in counts.items()
        if n
    ]
    return ", ".join(told) if told else "nothing found"


def _one(severity: Severity) -> str:
    return "piece of advice" if severity is Severity.ADVICE else severity.value
