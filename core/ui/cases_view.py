"""Saved cases on the doctor's page: keep one, open it again, watch its URL, see what relapsed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.model.identity import Actor, Permission
from core.model.saved_case import Check, Interval, SavedCase
from core.ui import formats, navigation, parts, session, steps
from core.ui.case_marks import case_line, check_rows, watch_mark
from core.ui.frame import guarded, show

CASE = "case"  # in the page's address: the saved case that is open
SHOWN = 50
_RELAPSES = 6
_NOT_WATCHED = "not watched"


def opened(actor: Actor) -> dict[str, Any] | None:
    """The snapshot of the case that the page's address names."""
    case_id = st.query_params.get(CASE, "")
    return session.services().cases.open(actor, case_id) if case_id else None


def close() -> None:
    """Leave the open case: for the question above it."""
    st.query_params.pop(CASE, None)


def save_form(actor: Actor, url: str = "", snapshot: Mapping[str, Any] | None = None) -> None:
    """A small form that keeps what is on the page, and watches its URL where that is wanted."""
    with st.popover("Keep this case", icon=":material/bookmark:"):
        name = st.text_input("Name", key="case_name", placeholder=url or "What is broken")
        note = st.text_area("Note", key="case_note", placeholder="Ticket, who said it, since when")
        watched = st.selectbox(
            "Check its URL", [_NOT_WATCHED, *Interval], key="case_interval", format_func=_interval
        )
        if st.button("Keep", type="primary", key="case_save"):
            cases = session.services().cases
            kept = cases.save(
                actor, url="" if snapshot else url, snapshot=snapshot, name=name, note=note
            )
            if watched != _NOT_WATCHED and kept.watchable:
                cases.watch(actor, kept.id, Interval(watched))
            session.announce(f"“{kept.name}” is kept.")
            st.rerun()


def _interval(choice: str) -> str:
    return "Not on a schedule" if choice == _NOT_WATCHED else f"Every {choice}"


def relapses(actor: Actor) -> None:
    """What worked and broke again, for the start of the page; nothing where nothing did."""
    found = session.services().cases.relapsed(actor)
    if not found:
        return
    show(parts.title("Broken again", formats.counted(len(found), "URL")))
    for case in found[:_RELAPSES]:
        with st.container(horizontal=True, vertical_alignment="center"):
            show(case_line(case, session.now()))
            st.button("Diagnose", key=f"relapse_{case.id}", on_click=_ask, args=(case.url,))


def relapse_line(actor: Actor) -> None:
    """One line for other pages, with the way to the doctor; nothing where nothing relapsed."""
    count = relapse_count(actor)
    if count:
        words = f"{formats.counted(count, 'URL')} worked and broke again."
        with st.container(horizontal=True, vertical_alignment="center"):
            show(parts.note(words, parts.Tone.FAIL))
            navigation.link(actor, "doctor", "Open the doctor")


def relapse_count(actor: Actor) -> int:
    """For a badge; 0 for who may not diagnose."""
    cases = session.services().cases
    return cases.relapses(actor) if actor.may(Permission.URL_DIAGNOSE) else 0


@st.fragment
@guarded
def saved_cases(actor: Actor) -> None:
    """All saved cases, with their states, and what can be done with the one that is picked."""
    cases = session.services().cases
    listing = cases.cases(actor, limit=SHOWN)
    show(parts.title("Saved cases", formats.counted(len(listing.items), "case")))
    _import(actor)
    if not listing.items:
        words = "A diagnosis can be kept with its proof, opened without AWS, and its URL watched."
        show(parts.note(words))
        return
    picked = _pick(listing.items)
    if picked is None:
        show(parts.note("Select a case to open, watch, export or delete it."))
    else:
        _detail(actor, cases.get(actor, picked.id))


def _import(actor: Actor) -> None:
    with st.popover("Import a case", icon=":material/upload_file:"):
        file = st.file_uploader("A case (JSON)", type="json", key="case_import")
        if file is not None and st.button("Import", key="case_import_now", type="primary"):
            kept = session.services().cases.import_case(actor, file.getvalue())
            session.announce(f"“{kept.name}” is imported.")
            st.rerun()


def _pick(found: Sequence[SavedCase]) -> SavedCase | None:
    now = session.now()
    rows = [
        {
            "State": watch_mark(case.monitor, now)[1],
            "Name": case.name,
            "URL": case.url,
            "Cause": case.summary.primary_cause,
            "Saved (UTC)": case.saved_at,
        }
        for case in found
    ]
    event = st.dataframe(
        rows, hide_index=True, on_select="rerun", selection_mode="single-row", key="saved_cases",
        column_config={
            "Saved (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
        },
        alt="Saved cases with the state of their monitors, newest first",
    )  # fmt: skip
    chosen = [at for at in event.selection.rows if at < len(found)]
    return found[chosen[0]] if chosen else None


def _detail(actor: Actor, case: SavedCase) -> None:
    show(case_line(case, session.now()), parts.note(case.summary.sentence))
    if case.note:
        show(parts.note(case.note))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(
            "Open", key=f"open_{case.id}", on_click=_open, args=(case.id,), type="primary"
        ):
            st.rerun()  # the whole page: this part alone does not show the case
        st.download_button(
            "Export", _export(case.id), file_name=f"case-{case.id}.json", mime="application/json",
            on_click="ignore", key=f"export_{case.id}",
        )  # fmt: skip
        _watching(actor, case)
        if st.button("Delete", key=f"delete_{case.id}", icon=":material/delete:"):
            session.services().cases.delete(actor, case.id)
            _done(f"“{case.name}” is deleted.")
    _history(session.services().cases.history(actor, case.id, limit=SHOWN).checks)


def _watching(actor: Actor, case: SavedCase) -> None:
    """The monitor's controls; a URL that can't be asked again has none."""
    cases, monitor = session.services().cases, case.monitor
    if not case.watchable:
        show(parts.note("It can't be watched: its URL is missing or was signed."))
        return
    now = next((i for i in Interval if monitor and i.seconds == monitor.interval_seconds), None)
    chosen = st.selectbox(
        "Check its URL", [_NOT_WATCHED, *Interval], key=f"interval_{case.id}", width=200,
        index=0 if now is None else 1 + list(Interval).index(now), format_func=_interval,
    )  # fmt: skip
    if chosen != (now or _NOT_WATCHED) and st.button("Apply", key=f"watch_{case.id}"):
        if chosen == _NOT_WATCHED:
            cases.unwatch(actor, case.id)
        else:
            cases.watch(actor, case.id, Interval(chosen))
        _done(f"“{case.name}”: {_interval(chosen).lower()}.")
    if monitor is not None and st.button("Check now", key=f"check_{case.id}"):
        with st.spinner("Reading what AWS says of this URL now", show_time=True):
            checked = cases.check_now(actor, case.id)
        _done(f"“{case.name}”: {watch_mark(checked.monitor, session.now())[1]}.")


def _history(checks: Sequence[Check]) -> None:
    if checks:
        show(parts.title("Checks", "newest first"), check_rows(checks, session.now()))


def _open(case_id: str) -> None:
    steps.go("url", "")
    st.query_params[CASE] = case_id


def _ask(url: str) -> None:
    close()
    steps.go("url", url)


def _export(case_id: str) -> Callable[[], str]:
    """Written on the click, for whoever is signed in then."""
    actor = session.actor_later()
    return lambda: json.dumps(session.services().cases.export(actor(), case_id), indent=1)


def _done(sentence: str) -> None:
    session.announce(sentence)
    st.rerun()


def watch_repaired(actor: Actor, url: str, name: str) -> None:
    """After a repair that a request verified: keep its case and watch the URL, on a click."""
    cases = session.services().cases
    if not cases.can_watch(url):
        return
    if cases.watched(actor, url) is not None:
        show(parts.note("This URL is watched.", parts.Tone.OK))
    elif st.button("Watch this URL", key=f"watch_repaired_{name}", icon=":material/visibility:"):
        cases.keep_repaired(actor, url, note="Kept after a repair that was verified")
        session.announce("The URL is checked every day from now on.")
        st.rerun()
