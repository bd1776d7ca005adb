"""Repairs on a page: propose, apply, see what a real request says, undo. The service decides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.model.diagnosis import Fix, FixType
from core.model.identity import Actor, Permission
from core.model.repair import Outcome, Repair, RepairState
from core.ui import cases_view, fix_view, parts, repair_report, session
from core.ui.copy_button import copy_button
from core.ui.frame import guarded, show
from core.ui.markup import tag

Verb = Callable[[], Repair]
_OPEN = (RepairState.PROPOSED, RepairState.APPROVED)
_APPLIED = (RepairState.APPLIED, RepairState.UNVERIFIED)
_ENDED = (RepairState.ROLLED_BACK, RepairState.WITHDRAWN)
_LOOKED_AT = 20


def offer(actor: Actor, url: str, fix: Fix, *, report_id: str = "") -> None:
    """One fix of a diagnosis with what can be done about it. `report_id`: a row without a URL."""
    actor.require(Permission.URL_DIAGNOSE)
    _offer(url, fix, report_id)


def history(repairs: Sequence[Repair]) -> None:
    """What was proposed and applied before, the newest first, each with its way back."""
    if not repairs:
        return
    show(parts.title("Repairs", "who, when, what was there before"))
    for repair in repairs:
        _entry(repair.id)


@st.fragment
@guarded
def _offer(actor: Actor, url: str, fix: Fix, report_id: str) -> None:
    place = st.empty()
    repair = _known(actor, url, fix)
    verb = _draw(place, actor, repair, _Asked(url, fix, report_id))
    if verb is not None:
        _draw(place, actor, _run(verb), _Asked(url, fix, report_id))


@st.fragment
@guarded
def _entry(actor: Actor, repair_id: str) -> None:
    place = st.empty()
    verb = _draw(place, actor, session.services().repairs.get(actor, repair_id), None)
    if verb is not None:
        _draw(place, actor, _run(verb), None)


class _Asked:
    """The fix that is offered here, and for which URL."""

    def __init__(self, url: str, fix: Fix, report_id: str) -> None:
        self.url, self.fix, self.report_id = url, fix, report_id

    def propose(self, actor: Actor, choice: str) -> Repair:
        return session.services().repairs.propose(
            actor, self.url, self.fix.id, title=self.fix.title, choice=choice,
            report_id=self.report_id,
        )  # fmt: skip


def _known(actor: Actor, url: str, fix: Fix) -> Repair | None:
    """The newest repair of this very fix that is still of interest."""
    if not url:
        return None
    listed = session.services().repairs.list(actor, url=url, limit=_LOOKED_AT).items
    return next((r for r in listed if r.title == fix.title and r.state not in _ENDED), None)


def _run(verb: Verb) -> Repair:
    with st.spinner("Writing, then asking for the URL", show_time=True):
        return verb()


def _draw(
    place: DeltaGenerator, actor: Actor, repair: Repair | None, asked: _Asked | None
) -> Verb | None:
    """Show it and its buttons; what was clicked, if anything."""
    with place.container():
        if repair is None:
            return _first_buttons(actor, asked) if asked else None
        show(repair_report.report(repair, session.now(), _names(actor, repair)))
        if repair.new_url:
            copy_button("Copy the URL", repair.new_url, key=_key("copy", repair))
        with st.container(horizontal=True, vertical_alignment="center"):
            clicked = [
                verb for label, verb in _verbs(actor, repair, asked) if _button(label, repair)
            ]
        if repair.state is RepairState.VERIFIED and repair.verification is not None:
            cases_view.watch_repaired(actor, repair.verification.url, _key("watch", repair))
        return clicked[0] if clicked else None


def _names(actor: Actor, repair: Repair) -> dict[str, str]:
    people = (repair.proposed_by, repair.approved_by, repair.applied_by, repair.rolled_back_by,
              repair.withdrawn_by)  # fmt: skip
    return session.services().accounts.names(actor, people)


def _first_buttons(actor: Actor, asked: _Asked) -> Verb | None:
    """Nothing was proposed yet: the dry run, and the choice where there is one."""
    fix = asked.fix
    show(tag("div", fix_view.fix(fix), class_="ui-trace ui-fixes"))
    name = hashlib.sha256(f"{asked.url}\n{asked.report_id}\n{fix.title}".encode()).hexdigest()[:12]
    choice = ""
    if fix.type is FixType.CHOOSE_CANDIDATE:
        choice = st.selectbox("Which object is meant", fix.dry_run.after or [],
                              index=None, key=f"choice_{name}") or ""  # fmt: skip
    waits = fix.type is FixType.CHOOSE_CANDIDATE and not choice
    with st.container(horizontal=True, vertical_alignment="center"):
        if actor.may(Permission.URL_APPROVE):
            apply = st.button("Apply", key=f"apply_{name}", disabled=waits)
            if apply:
                return lambda: _propose_and_apply(actor, asked, choice)
        if st.button("Propose", key=f"propose_{name}", disabled=waits):
            return lambda: asked.propose(actor, choice)
    return None


def _propose_and_apply(actor: Actor, asked: _Asked, choice: str) -> Repair:
    proposed = asked.propose(actor, choice)
    return session.services().repairs.apply(actor, proposed.id, url=asked.url)


def _verbs(actor: Actor, repair: Repair, asked: _Asked | None) -> list[tuple[str, Verb]]:
    """What this person can do with it now. The service asks again."""
    repairs, name, approves = (
        session.services().repairs,
        repair.id,
        actor.may(Permission.URL_APPROVE),
    )
    url = asked.url if asked else ""
    found: list[tuple[str, Verb]] = []
    if repair.state in _OPEN:
        if approves or repair.state is RepairState.APPROVED:
            found.append(("Apply", lambda: repairs.apply(actor, name, url=url)))
        if approves and repair.state is RepairState.PROPOSED:
            found.append(("Approve", lambda: repairs.approve(actor, name)))
        if approves or repair.proposed_by == actor.account_id:
            found.append(("Withdraw", lambda: repairs.withdraw(actor, name)))
    if repair.state in _APPLIED or (repair.sign and repair.state is RepairState.VERIFIED):
        label = "Sign again" if repair.sign else "Ask again"
        found.append((label, lambda: repairs.verify(actor, name, url=url)))
    if _can_be_undone(actor, repair):
        found.append(("Undo", lambda: repairs.rollback(actor, name)))
    return found


def _can_be_undone(actor: Actor, repair: Repair) -> bool:
    states = (*_APPLIED, RepairState.VERIFIED, RepairState.FAILED)
    done = any(a.outcome is Outcome.DONE and a.reversible for a in repair.actions)
    return done and repair.state in states and actor.may(Permission.URL_REPAIR)


def _button(label: str, repair: Repair) -> bool:
    kind = "primary" if label == "Apply" else "secondary"
    return st.button(label, key=_key(label, repair), type=kind)  # type: ignore[arg-type]


def _key(label: str, repair: Repair) -> str:
    """Another one after each change, so that both drawings of one run have their own."""
    content = repair.model_dump_json(exclude={"new_url", "new_url_ends_at"})
    return f"{label}_{repair.id}_{hashlib.sha256(content.encode()).hexdigest()[:8]}"
