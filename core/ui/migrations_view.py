"""Old layouts on the audit's page: found and counted, planned, moved, and how many are left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.errors import AwsDenied
from core.model.identity import Actor, Permission
from core.model.migration import (
    LayoutReport,
    Mapping,
    Migration,
    MigrationState,
    RecordSource,
    StepState,
    Wish,
)
from core.ui import formats, parts, session
from core.ui.frame import guarded, show
from core.ui.migration_marks import dry_run, headline, layout_table, problems, progress

REPORT = "layout_report"  # what was found last, of this tab
_LISTED = 20
_EVERY = "3s"
_BUSY = {MigrationState.MOVING, MigrationState.DELETING}
_PROBLEMS = 50
_RECORDS = {"none": "No records", "table": "A DynamoDB table", "library": "This library's files"}


@st.fragment
@guarded
def layouts(actor: Actor) -> None:
    """Ask for a bucket, show its layouts, and plan the move of an old one."""
    show(
        parts.headline(
            "Old layouts of keys, until none is left",
            "Layouts are learned from what is stored. An old one is copied, verified, its records "
            "are switched, and its objects go later, after a waiting time.",
        )
    )
    with (
        st.form("layouts", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.selectbox(
            "Bucket", _buckets(actor), key="layout_bucket", index=None, accept_new_options=True,
            placeholder="Choose or type one",
        )  # fmt: skip
        prefix = st.text_input("Keys that begin with", key="layout_prefix")
        table = st.text_input("Table with rows of these objects", key="layout_table")
        if st.form_submit_button("Find layouts", type="primary") and name:
            with st.spinner("Reading the bucket's listing", show_time=True):
                records = RecordSource(kind="table", table=table) if table else None
                found = session.services().migrations.layouts(actor, name, prefix, records)
            st.session_state[REPORT] = found
    report = st.session_state.get(REPORT)
    if isinstance(report, LayoutReport) and report.bucket == name:
        _found(actor, report, table)


def _buckets(actor: Actor) -> tuple[str, ...]:
    """What can be chosen; where AWS does not tell, a name can still be typed."""
    try:
        return session.services().migrations.buckets(actor)
    except AwsDenied as error:
        show(parts.note(error.message, parts.Tone.UNKNOWN))
        return ()


def _found(actor: Actor, report: LayoutReport, table: str) -> None:
    show(headline(report), layout_table(report))
    if report.layouts:
        _plan_form(actor, report, table)


def _plan_form(actor: Actor, report: LayoutReport, table: str) -> None:
    """The old layout and its target; what pairs have proven is chosen, the rest is a choice."""
    show(parts.title("Plan a migration", "a dry run: nothing changes"))
    mapped = {mapping.legacy: mapping for mapping in report.mappings}
    patterns = sorted((one.pattern for one in report.layouts), key=lambda p: p not in mapped)
    legacy = st.selectbox("Old layout", patterns, key="migration_legacy")
    target = _target(mapped.get(legacy), legacy)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            "Records that name the objects", list(_RECORDS), key="migration_records",
            index=1 if table else 0, format_func=lambda one: _RECORDS[one],
        )  # fmt: skip
        rows, attribute = "", ""
        if kind == "table":
            rows = st.text_input("Table", value=table, key="migration_table")
            attribute = st.text_input("Attribute with the key or URL", key="migration_attribute")
        days = st.number_input("Days until old objects may go", 0, 365, 7, key="migration_days")
    records = RecordSource(kind=kind, table=rows, attribute=attribute)
    ready = bool(target) and (kind != "table" or bool(rows and attribute))
    if st.button("Dry run", type="primary", key="migration_plan", disabled=not ready):
        with st.spinner("Comparing keys and records", show_time=True):
            session.services().migrations.plan(
                actor, report.bucket, legacy, target, records, wait_days=int(days)
            )
        st.rerun()


def _target(mapping: Mapping | None, legacy: str) -> str:
    offered = [mapping.target, *mapping.choices] if mapping is not None else []
    if mapping is not None and mapping.proven:
        words = formats.counted(mapping.pairs, "pair")
        show(parts.note(f"Proven by {words} of the same object.", parts.Tone.OK))
    elif offered:
        show(parts.note("No pair proves where these belong: choose.", parts.Tone.UNKNOWN))
    chosen = st.selectbox(
        "New layout", offered, key=f"migration_target_{legacy}", accept_new_options=True,
        index=0 if mapping is not None and mapping.proven else None,
        placeholder="photos/{user}-{file}",
    )  # fmt: skip
    return chosen or ""


def migrations() -> None:
    """Every migration with its progress, what is left, and what can be done next.

    Only while one runs it is looked at again and again.
    """
    found = session.services().migrations.migrations(session.current_actor(), limit=_LISTED).items
    busy = any(one.state in _BUSY for one in found)
    st.fragment(_migrations, run_every=_EVERY if busy else None)(looking=busy)


@guarded
def _migrations(actor: Actor, *, looking: bool) -> None:
    found = session.services().migrations.migrations(actor, limit=_LISTED).items
    if looking and not any(one.state in _BUSY for one in found):
        st.rerun()
    if not found:
        return
    show(parts.title("Migrations", formats.counted(len(found), "migration")))
    for migration in found:
        _migration(actor, migration)


def _migration(actor: Actor, migration: Migration) -> None:
    show(progress(migration, session.now()))
    if migration.state is MigrationState.PLANNED:
        show(dry_run(migration))
    with st.container(horizontal=True):
        for label, act in _actions(actor, migration):
            if st.button(label, key=f"{act}_{migration.id}", type=_weight(act)):
                _do(actor, act, migration.id)
    with st.expander("Keys that need a decision") if _troubled(migration) else st.empty():
        if _troubled(migration):
            show(problems(_stuck(actor, migration.id)))


def _troubled(migration: Migration) -> bool:
    return migration.counts.conflict + migration.counts.failed > 0


def _stuck(actor: Actor, id: str) -> list[tuple[str, str, str]]:
    service = session.services().migrations
    pages = [
        service.steps(actor, id, state, limit=_PROBLEMS).items
        for state in (StepState.CONFLICT, StepState.FAILED)
    ]
    return [(step.source, step.target, step.problem) for page in pages for step in page]


def _actions(actor: Actor, migration: Migration) -> Sequence[tuple[str, str]]:
    """What this person can do next, the likely one first."""
    counts, repair = migration.counts, actor.may(Permission.URL_REPAIR)
    approves = actor.may(Permission.URL_APPROVE)
    busy = migration.state in _BUSY
    found: list[tuple[str, str]] = []
    if migration.wish is not Wish.NOTHING and approves:
        verb = "moving" if migration.wish is Wish.MOVE else "deleting"
        found.append((f"Approve {verb}", "approve"))
    elif repair and not busy and migration.wish is Wish.NOTHING:
        if counts.planned + counts.failed:
            found.append(("Move" if approves else "Ask to move", "start"))
        if counts.moved:
            found.append(("Delete old objects" if approves else "Ask to delete", "delete"))
        if counts.deleted and migration.versioned:
            found.append(("Bring old objects back", "restore"))
    if not busy:
        found.append(("Plan again", "plan"))
    if repair and (busy or migration.wish is not Wish.NOTHING):
        found.append(("Stop" if busy else "Take back", "stop"))
    return found


def _weight(act: str) -> Literal["primary", "secondary"]:
    return "primary" if act in {"start", "approve"} else "secondary"


def _do(actor: Actor, act: str, id: str) -> None:
    service = session.services().migrations
    acts = {
        "start": service.start,
        "approve": service.approve,
        "delete": service.delete_legacy,
        "restore": service.restore_deleted,
        "plan": service.plan_again,
        "stop": service.cancel,
    }
    acts[act](actor, id)
    st.rerun()
