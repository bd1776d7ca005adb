"""The audit page: start one, watch it work, read its groups, try the repair of a whole group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from core.errors import NotFound
from core.model.diagnosis import FixType
from core.model.identity import Actor
from core.model.media import JobState
from core.model.repair import Repair, RepairState
from core.model.url_audit import AuditGroup, GroupRepair, UrlAudit
from core.ui import audit_report, audit_source, formats, navigation, parts, repairs_view, session
from core.ui.frame import guarded, show
from core.ui.markup import Markup, tag

AUDIT = "audit"  # in the page's address: which report is shown
LISTED = 20
SHOWN = 10  # URLs of a group
FEW = 10  # groups that are shown without scrolling
WAITING = {RepairState.PROPOSED, RepairState.APPROVED, RepairState.APPLYING}
_GOING = {JobState.QUEUED, JobState.RUNNING}


def urls(actor: Actor) -> None:
    """The report that the address names, else the start."""
    chosen = st.query_params.get(AUDIT, "")
    if not chosen:
        start(actor)
        return
    try:
        report(actor, chosen)
    except NotFound as error:
        show(parts.empty_state(error.message, error.hint))
        _new_audit()


# --- starting -------------------------------------------------------------------------------


def start(actor: Actor) -> None:
    show(
        parts.headline(
            "Which of many URLs do not work, and why",
            "Each one is judged as the doctor would. What does not work is grouped by cause, and a "
            "group's repair is tried on all of them before anything is changed.",
        )
    )
    chosen = audit_source.choose(actor)
    if st.button("Audit", type="primary", disabled=chosen is None) and chosen is not None:
        audit = session.services().audits.start(actor, chosen.source, chosen.files)
        _open(audit.id)
        st.rerun()
    _earlier(actor)


def _earlier(actor: Actor) -> None:
    audits = session.services().audits.list(actor, limit=LISTED)
    if not audits:
        return
    show(parts.title("Earlier audits"))
    for audit in audits:
        with st.container(horizontal=True, vertical_alignment="center"):
            show(_line(audit))
            st.button("Open", key=f"open_{audit.id}", on_click=_open, args=(audit.id,))


def _line(audit: UrlAudit) -> Markup:
    found = audit.summary
    if audit.state in _GOING:
        tone, words = parts.Tone.NEUTRAL, "working"
    elif audit.cancelled or audit.state is JobState.FAILED:
        tone, words = parts.Tone.WARN, "cancelled" if audit.cancelled else "did not end"
    else:
        tone = parts.Tone.FAIL if found.broken else parts.Tone.OK
        words = (
            f"{formats.number(found.broken)} of {formats.counted(found.urls, 'URL')} do not work"
        )
    when = parts.when(audit.created_at, session.now())
    return tag("div", tag("b", audit.title), " ", when or "", " ", parts.badge(tone, words))


def _open(audit_id: str) -> None:
    st.query_params[AUDIT] = audit_id


def _leave() -> None:
    st.query_params.pop(AUDIT, None)


# --- the report -----------------------------------------------------------------------------


def report(actor: Actor, audit_id: str) -> None:
    audit = session.services().audits.get(actor, audit_id)
    if audit.state in _GOING and not audit.cancelled:
        progress(audit_id)
        return
    ended = audit_report.stopped(audit)
    groups = () if ended else session.services().audits.groups(actor, audit_id)
    show(ended or audit_report.headline(audit, groups))
    _actions(audit, complete=ended is None)
    if ended is not None:
        return
    show(audit_report.numbers(audit.summary))
    if groups:
        findings(audit_id)
        _repairs(actor, groups)
    show(parts.title("What viewers get"), audit_report.statuses(audit.summary))
    show(audit_report.notes(audit.summary))


@st.fragment(run_every=1.0)
@guarded
def progress(actor: Actor, audit_id: str) -> None:
    """How far it is, in things; it goes on when the page is left."""
    audit = session.services().audits.get(actor, audit_id)
    if audit.state not in _GOING or audit.cancelled:
        st.rerun()
    show(parts.headline(audit.title, "This goes on when you leave the page."))
    share = min(1.0, audit.done / audit.total) if audit.total else 0.0
    count = f"{formats.number(audit.done)} of {formats.number(audit.total)}" if audit.total else ""
    st.progress(share, text=f"{audit.step or 'Waiting for a worker'} {count}")
    if st.button("Cancel"):
        session.services().audits.cancel(actor, audit_id)
        st.rerun()


def _actions(audit: UrlAudit, *, complete: bool) -> None:
    with st.container(horizontal=True):
        _new_audit()
        if complete:
            _export(audit, "csv")
            _export(audit, "json")


def _new_audit() -> None:
    st.button("New audit", icon=":material/arrow_back:", on_click=_leave)


def _export(audit: UrlAudit, form: Literal["csv", "json"]) -> None:
    st.download_button(
        f"Export {form.upper()}",
        _exported(audit.id, form),
        file_name=f"audit-{audit.id[:8]}.{form}",
        mime="text/csv" if form == "csv" else "application/json",
        on_click="ignore",
    )


def _exported(audit_id: str, form: Literal["csv", "json"]) -> Callable[[], bytes]:
    """Read on the click, by whoever is signed in then."""
    actor = session.actor_later()
    return lambda: b"".join(session.services().audits.export(actor(), audit_id, form))


# --- groups ---------------------------------------------------------------------------------


@st.fragment
@guarded
def findings(actor: Actor, audit_id: str) -> None:
    """The table of groups; a picked one unfolds under it."""
    groups = session.services().audits.groups(actor, audit_id)
    show(parts.title("By cause and pattern", "pick a row for its URLs and its repair"))
    picked = _group_table(groups)
    if picked is not None:
        _group(actor, audit_id, picked)


def _group_table(groups: Sequence[AuditGroup]) -> AuditGroup | None:
    requested = any(group.hits > group.urls for group in groups)
    rows = [
        {
            "What is wrong": group.sentence,
            "Pattern": formats.shorten(group.host + group.pattern, 64),
            "URLs": group.urls,
            **({"Requests": group.hits} if requested else {}),
            "Answer": ", ".join(_answer(status) for status in group.statuses),
        }
        for group in groups
    ]
    event = st.dataframe(
        rows,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="groups",
        height="content" if len(rows) <= FEW else 420,
        column_config={
            "What is wrong": st.column_config.TextColumn(width="large"),
            "Pattern": st.column_config.TextColumn(width="medium"),
            "URLs": st.column_config.NumberColumn(format="localized", width="small"),
            "Requests": st.column_config.NumberColumn(format="localized", width="small"),
            "Answer": st.column_config.TextColumn(width="small"),
        },
        alt="Groups of URLs by cause and pattern, the largest first",
    )
    chosen = [at for at in event.selection.rows if at < len(groups)]
    return groups[chosen[0]] if chosen else (groups[0] if len(groups) == 1 else None)


def _answer(status: str) -> str:
    return status if status.isdigit() else "unknown"


def _group(actor: Actor, audit_id: str, group: AuditGroup) -> None:
    show(audit_report.group(group))
    rows = session.services().audits.rows(actor, audit_id, group.id, limit=SHOWN).items
    show(audit_report.rows(rows))
    repair = _tried(actor, audit_id, group)
    if rows:
        navigation.link(
            actor, "doctor", "Open the first URL in the doctor", ":material/stethoscope:",
            url=rows[0].url,
        )  # fmt: skip
    if repair is not None:
        show(audit_report.repair(repair))
        _propose(actor, audit_id, group, repair)


def _tried(actor: Actor, audit_id: str, group: AuditGroup) -> GroupRepair | None:
    """The dry run that was made, or the one that is asked for now."""
    other = group.repair.alternatives if group.repair else ()
    with st.container(horizontal=True, vertical_alignment="center"):
        clicked: list[FixType | None] = []
        weight: Literal["primary", "secondary"] = "secondary" if group.repair else "primary"
        if st.button("Try the repair on all URLs", key=f"try_{group.id}", type=weight):
            clicked.append(None)
        clicked += [
            kind for kind in other
            if st.button(f"Try {_words(kind)}", key=f"try_{group.id}_{kind}")
        ]  # fmt: skip
    if not clicked:
        return group.repair
    with st.spinner("Judging every URL again on the repaired configuration", show_time=True):
        return session.services().audits.repair(actor, audit_id, group.id, clicked[0])


def _words(kind: FixType) -> str:
    return kind.value.replace("_", " ")


def _propose(actor: Actor, audit_id: str, group: AuditGroup, repair: GroupRepair) -> None:
    """Many records at once; other repairs are proposed from one URL, on the doctor's page."""
    if not repair.records_changed:
        return
    if any(one.state in WAITING for one in _proposed(actor, (group,))):
        show(parts.note("This repair is proposed: see below."))
        return
    label = f"Propose for {formats.counted(repair.records_changed, 'record')}"
    if st.button(label, key=f"propose_{group.id}", type="primary", disabled=bool(repair.broken)):
        made = session.services().audits.propose(actor, audit_id, group.id)
        session.announce(f"{formats.counted(len(made), 'repair')} proposed: see below.")
        st.rerun()


def _repairs(actor: Actor, groups: Sequence[AuditGroup]) -> None:
    """What was proposed for these groups, with the buttons of who may apply it."""
    repairs_view.history(_proposed(actor, groups))


def _proposed(actor: Actor, groups: Sequence[AuditGroup]) -> list[Repair]:
    patterns = {group.pattern for group in groups}
    listed = session.services().repairs.list(actor, limit=LISTED).items
    return [repair for repair in listed if repair.group in patterns]
