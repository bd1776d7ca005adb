"""The doctor's question and its answer: a URL or a saved case in, a diagnosis out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import streamlit as st

from core.model.diagnosis import ReportedUrl, UrlDiagnosis
from core.model.identity import Actor
from core.model.media import FileQuery, FileState
from core.ui import (
    case_file,
    cases_view,
    diagnosis_view,
    diagnosis_way,
    formats,
    parts,
    pictures,
    repairs_view,
    session,
    steps,
)
from core.ui.copy_button import copy_button
from core.ui.frame import show
from core.ui.markup import Markup, tag

LONGEST_URL = 8192
OFFERED = 6
REPORTED = 12
REPORT = "report"  # in the page's address, for a report whose URL is empty


class Question(NamedTuple):
    url: str
    report_id: str
    probe: bool
    case: Mapping[str, Any] | None


def question() -> Question:
    """The URL stands in the page's own address, so that a diagnosis can be sent as a link."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        url = steps.text(
            "URL", key="url", placeholder="https://media.example.com/avatars/avatar_42.jpg"
        )
        st.button("Diagnose", type="primary")
        with st.popover("Options", icon=":material/tune:"):
            probe = st.toggle(
                "Compare with a real request (HEAD, no bytes)",
                value=True,
                key="probe",
                bind="query-params",
            )
            upload = st.file_uploader("Or diagnose a saved case (JSON, no AWS)", type="json")
    case = case_file.read(upload.getvalue()) if upload else None
    asked = url.strip()[:LONGEST_URL]
    report_id = "" if asked else st.query_params.get(REPORT, "")
    return Question(asked, report_id, probe, case)


def asking() -> AbstractContextManager[None]:
    """While AWS is read: a cloud that does not answer takes minutes to be given up."""
    return st.spinner("Reading what CloudFront and S3 say of this URL", show_time=True)


def start(actor: Actor) -> None:
    """What the doctor does, and the files that need it."""
    show(
        parts.empty_state(
            "Paste a URL that does not work",
            "The doctor follows the request from the URL to the object, names the step that "
            "breaks with its proof, and proposes a repair. Nothing is changed.",
        )
    )
    cases_view.relapses(actor)
    _reported(actor)
    _undelivered(actor)
    repairs_view.history(session.services().repairs.list(actor, limit=OFFERED).items)
    cases_view.saved_cases()


def _undelivered(actor: Actor) -> None:
    library = session.services().library
    broken = library.page(actor, FileQuery(state=FileState.UNDELIVERED), limit=OFFERED).items
    if not broken:
        return
    show(parts.title("Files that are not delivered", "the latest"))
    for file in broken:
        with st.container(horizontal=True, vertical_alignment="center"):
            show(pictures.row(file, library.thumbnail_url))
            url = session.absolute(library.url(file))
            st.button("Diagnose", key=f"diagnose_{file.id}", on_click=_ask, args=(url,))


def _reported(actor: Actor) -> None:
    """What people said does not work; a row without a URL is explained by its id."""
    reports = session.services().diagnostics.reports(actor)[:REPORTED]
    if not reports:
        return
    show(parts.title("Reported", formats.counted(len(reports), "URL")))
    for report in reports:
        with st.container(horizontal=True, vertical_alignment="center"):
            show(_report_line(report))
            st.button(
                "Diagnose", key=f"report_{report.id}", on_click=_ask, args=(report.url, report.id)
            )


def _report_line(report: ReportedUrl) -> Markup:
    when = parts.when(report.reported_at, session.now())
    url = parts.mono(report.url, 96) if report.url else tag("span", "no URL", class_="ui-muted")
    note = tag("b", report.note or "Does not work")
    return tag("div", note, tag("div", url, " ", tag("span", when, class_="ui-muted")))


def _ask(url: str, report_id: str = "") -> None:
    """Fill the field, and by it the page's address; without a URL the report's id stands there."""
    if url:
        steps.go("url", url)
    elif report_id:
        st.query_params[REPORT] = report_id


def report(
    actor: Actor, diagnosis: UrlDiagnosis, asked: Question, case: Mapping[str, Any] | None
) -> None:
    """The answer; repairs can be applied only to what was read from the account just now."""
    show(diagnosis_view.verdict(diagnosis))
    if case is not None:
        show(parts.note("From the saved case alone: no AWS account was asked."))
    _take_along(actor, diagnosis, asked.url, case)
    show(diagnosis_way.way(diagnosis))
    right = bool(diagnosis.candidates or diagnosis.fixes or diagnosis.siblings.count)
    sides = st.columns(2 if right else 1, gap="large")
    with sides[0]:
        show(diagnosis_view.proof(diagnosis))
    if right:
        with sides[1]:
            show(diagnosis_view.meant(diagnosis, session.services().diagnostics.picture_url))
            _repairs(actor, diagnosis, asked, live=case is None)


def _take_along(
    actor: Actor, diagnosis: UrlDiagnosis, url: str, case: Mapping[str, Any] | None
) -> None:
    """The sentence for the ticket, the report, and the case for later."""
    with st.container(horizontal=True, vertical_alignment="center"):
        copy_button("Copy the sentence", diagnosis.verdict.sentence, key="copy_verdict")
        copy_button("Copy the report", json.dumps(diagnosis.report(), indent=2), key="copy_report")
        if url or case is not None:
            cases_view.save_form(actor, url, case)
        if url and case is None:
            st.download_button(
                "Export the case",
                _case_of(url),
                file_name="case.json",
                mime="application/json",
                on_click="ignore",
            )


def _repairs(actor: Actor, diagnosis: UrlDiagnosis, asked: Question, *, live: bool) -> None:
    if not live:
        show(diagnosis_view.dry_runs(diagnosis))
        return
    if diagnosis.fixes:
        show(parts.title("Repairs", "a dry run each; nothing is changed before it is applied"))
    for fix in diagnosis.fixes:
        repairs_view.offer(actor, asked.url, fix, report_id=asked.report_id)


def _case_of(url: str) -> Callable[[], str]:
    """Captured on the click, by whoever is signed in then."""
    actor = session.actor_later()
    return lambda: json.dumps(session.services().diagnostics.bundle(actor(), url), indent=2)
