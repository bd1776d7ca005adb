"""The linter's question and its answer: findings by severity, plain words first, proof unfolds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import streamlit as st

from core.diagnostics.lint.engine import merge
from core.model.identity import Actor
from core.model.lint import LintEvidence, LintFinding, LintReport, NotChecked, Severity
from core.ui import formats, parts, session
from core.ui.copy_button import copy_button
from core.ui.diagnosis_view import documentation
from core.ui.frame import show
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Tone

_TYPES = ("md", "txt", "json", "yaml", "yml", "tf", "env")
_LARGEST = 500_000  # bytes of one file
_WORDS = {
    Severity.ERROR: (Tone.FAIL, "error", "What breaks, or is open"),
    Severity.WARNING: (Tone.WARN, "warning", "What will break"),
    Severity.ADVICE: (Tone.UNKNOWN, "advice", "What costs money or clarity"),
}


def section(actor: Actor) -> None:
    """Files or the account in, the report out."""
    show(
        parts.headline(
            "Known mistakes in a design or in the account",
            "Thirty-two mistakes of real systems are looked for. Files are read here; AWS is "
            "asked only for the account, and nothing is changed.",
        )
    )
    with st.form("lint", border=False):
        files = st.file_uploader(
            "Documents, policies, configurations or saved cases",
            type=list(_TYPES), accept_multiple_files=True,
        )  # fmt: skip
        with st.container(horizontal=True):
            of_files = st.form_submit_button("Check the files", type="primary")
            of_account = st.form_submit_button("Check the account")
    if of_account:
        with st.spinner("Reading distributions, buckets and policies", show_time=True):
            show_report(session.services().diagnostics.lint(actor))
    elif of_files and files:
        show_report(_checked(actor, [(file.name, file.getvalue()) for file in files]))
    elif of_files:
        show(parts.note("Choose one or more files first.", Tone.UNKNOWN))


def _checked(actor: Actor, files: Sequence[tuple[str, bytes]]) -> LintReport:
    service = session.services().diagnostics
    return merge(
        service.lint_document(actor, name, held[:_LARGEST].decode("utf-8-sig", "replace"))
        for name, held in files
    )


def show_report(report: LintReport) -> None:
    show(headline(report))
    copy_button("Copy the report", json.dumps(report.report(), indent=2), key="copy_lint")
    show(findings(report), unchecked(report.not_checked))


def headline(report: LintReport) -> Markup:
    counts = [(severity, len(report.of(severity))) for severity in Severity]
    told = [formats.counted(n, _counted_word(severity)) for severity, n in counts if n]
    detail = ", ".join(report.inputs)
    if not told:
        rest = "" if not report.not_checked else " Some rules could not be checked."
        tone = Tone.UNKNOWN if report.not_checked else Tone.OK
        return parts.headline(f"No known mistake was found.{rest}", detail, tone)
    tone = _WORDS[report.findings[0].severity][0]
    return parts.headline(f"{_listed(told)} found.", detail, tone)


def _listed(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _counted_word(severity: Severity) -> str:
    return "improvement" if severity is Severity.ADVICE else severity.value


def findings(report: LintReport) -> Markup:
    return join(*(_group(severity, report.of(severity)) for severity in Severity))


def _group(severity: Severity, found: Sequence[LintFinding]) -> Markup | None:
    if not found:
        return None
    rows = tag("div", *(finding(one) for one in found), class_="ui-trace ui-fixes")
    return tag("section", parts.title(_WORDS[severity][2], str(len(found))), rows)


def finding(one: LintFinding) -> Markup:
    """The sentence; unfolded, where it stands, what to do, and a policy to copy."""
    tone, word, _ = _WORDS[one.severity]
    head = tag("summary", parts.badge(tone, word), tag("b", one.sentence))
    rows: list[tuple[str, Child]] = [
        ("What to do", one.repair),
        ("Mistake", tag("span", parts.mono(one.rule), " ", one.title)),
    ]
    copied = parts.diff(one.snippet) if one.snippet else None
    inside = tag("div", evidence(one.evidence), parts.facts(rows), copied, documentation(one.doc))
    return tag("details", head, inside, open=one.severity is Severity.ERROR)


def evidence(proof: Iterable[LintEvidence]) -> Markup | None:
    rows = [(parts.mono(one.where), parts.mono(one.value)) for one in proof]
    return parts.table(("Where", "What stands there"), rows) if rows else None


def unchecked(rows: Sequence[NotChecked]) -> Markup | None:
    """What could not be judged, and why: never a verdict."""
    if not rows:
        return None
    items = (
        tag(
            "li",
            parts.badge(Tone.UNKNOWN, "not checked"),
            tag("span", tag("b", row.title), " ", parts.mono(row.rule)),
            tag("span", row.why, class_="ui-muted"),
        )
        for row in rows
    )
    return tag("section", parts.title("Not checked"), tag("ul", *items, class_="ui-unknowns"))
