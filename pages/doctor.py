"""Doctor: why a URL does not work, with the proof, what was meant, and what repairs it."""

import json
from collections.abc import Callable

import streamlit as st

from core.model.diagnosis import UrlDiagnosis
from core.model.identity import Actor, Permission
from core.ui import case_file, diagnosis_view, parts
from core.ui.copy_button import copy_button
from core.ui.frame import open_page, show
from core.ui.session import actor_later, services

LONGEST_URL = 8192


def main(actor: Actor) -> None:
    url, probe, saved = question()
    if saved is not None:
        report(services().diagnostics.diagnose_snapshot(actor, saved), "")
    elif url:
        report(services().diagnostics.diagnose_url(actor, url, probe=probe), url)
    else:
        show(
            parts.empty_state(
                "Paste a URL that does not work",
                "The doctor follows the request from the URL to the object, names the step that "
                "breaks with its proof, and proposes a repair. Nothing is changed.",
            )
        )


def question() -> tuple[str, bool, dict[str, object] | None]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        url = st.text_input(
            "URL",
            key="url",
            bind="query-params",
            max_chars=LONGEST_URL,
            placeholder="https://media.example.com/avatars/avatar_42.jpg",
            label_visibility="collapsed",
        )
        st.button("Diagnose", type="primary")
        with st.popover("Options", icon=":material/tune:"):
            probe = st.toggle(
                "Compare with a real request (HEAD, no bytes)", key="probe", bind="query-params"
            )
            upload = st.file_uploader("Or diagnose a saved case (JSON, no AWS)", type="json")
    return (url or "").strip(), probe, case_file.read(upload.getvalue()) if upload else None


def report(diagnosis: UrlDiagnosis, url: str) -> None:
    show(diagnosis_view.verdict(diagnosis))
    with st.container(horizontal=True):
        copy_button("Copy the sentence", diagnosis.verdict.sentence, key="copy_verdict")
        copy_button("Copy the report", json.dumps(diagnosis.report(), indent=2), key="copy_report")
        if url:
            st.download_button(
                "Save the case",
                case_of(url),
                file_name="case.json",
                mime="application/json",
                on_click="ignore",
            )
    show(diagnosis_view.way(diagnosis))
    proof, repair = st.columns([1, 1], gap="large")
    with proof:
        show(diagnosis_view.proof(diagnosis))
    with repair:
        show(diagnosis_view.repair(diagnosis))


def case_of(url: str) -> Callable[[], str]:
    """Captured on the click, by whoever is signed in then."""
    actor = actor_later()
    return lambda: json.dumps(services().diagnostics.bundle(actor(), url), indent=2)


main(open_page(Permission.URL_DIAGNOSE))
