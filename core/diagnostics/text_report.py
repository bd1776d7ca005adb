"""A diagnosis as text for a terminal or a ticket."""

from __future__ import annotations

from collections.abc import Iterator

from core.model.diagnosis import UrlDiagnosis

_MARKS = {"ok": "ok  ", "changed": "->  ", "fail": "FAIL", "unknown": "?   ", "skipped": "-   "}


def text_report(report: UrlDiagnosis) -> str:
    """Verdict first, then the way of the request, the candidates and the repairs."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: UrlDiagnosis) -> Iterator[str]:
    verdict, resolved = report.verdict, report.resolved
    yield report.input.url
    status = "no HTTP answer" if verdict.predicted_status is None else verdict.predicted_status
    yield f"{status} · {verdict.primary_cause} · {verdict.confidence.value}"
    yield verdict.sentence
    if verdict.also:
        yield "Also: " + ", ".join(verdict.also)
    yield ""
    if resolved.bucket:
        yield f"Object   s3://{resolved.bucket}/{resolved.key}  ({resolved.object_state.value})"
    yield from _trace(report)
    yield from _candidates(report)
    yield from _fixes(report)
    for unknown in report.unknowns:
        yield f"Unknown  {unknown.what}: {unknown.because.rstrip('.')}. {unknown.effect}".rstrip()


def _trace(report: UrlDiagnosis) -> Iterator[str]:
    yield ""
    for step in report.trace:
        yield f"{_MARKS[step.outcome]} {step.step:<13}{step.because}"
        if step.before or step.after:
            arrow = f"{step.before} -> {step.after}" if step.after else step.before
            yield f"{'':18}{arrow}"


def _candidates(report: UrlDiagnosis) -> Iterator[str]:
    if report.candidates:
        yield ""
    for candidate in report.candidates:
        where = f"s3://{candidate.bucket}/{candidate.key}"
        yield f"Maybe    {where}  {candidate.confidence.value} ({candidate.score:.2f})"
        if candidate.reachable_url:
            yield f"         {candidate.reachable_url} -> {candidate.retrace_status}"


def _fixes(report: UrlDiagnosis) -> Iterator[str]:
    if report.fixes:
        yield ""
    for fix in report.fixes:
        mark = "*" if fix.preferred else " "
        after = fix.dry_run.retrace_status
        effect = f"  (then {after})" if after is not None else ""
        yield f"Fix {mark}    {fix.title}{effect}"
        if fix.preferred and fix.dry_run.after_cache:
            yield f"           {fix.dry_run.after_cache}"
        if fix.preferred and fix.dry_run.diff:
            yield from (f"           {line}" for line in fix.dry_run.diff.splitlines())
