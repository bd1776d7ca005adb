"""From a repair's draft to the writes that carry it out, or to the exact steps of a person.

What can't be expressed as a write is never guessed: then the repair is made by hand.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.diagnostics import facts
from core.diagnostics.plan import (
    PRIVATE,
    Order,
    Plan,
    by_hand,
    invalidation,
    with_fresh_cache,
)
from core.diagnostics.reach import reachable_url
from core.diagnostics.repairs.config_actions import act, config_actions
from core.diagnostics.repairs.object_actions import copied, restored
from core.diagnostics.trace import travel
from core.diagnostics.urls import redact_deep
from core.errors import InvalidInput
from core.model.delivery import mapping
from core.model.diagnosis import FixType
from core.model.repair import ActionKind, Edit


def plan_of(order: Order) -> Plan:
    """Raises `InvalidInput` where a person has to choose first."""
    return _PLANNERS[order.draft.type](order)


# --- configuration --------------------------------------------------------------------------


def _config(order: Order) -> Plan:
    change = order.draft.change
    if change is None:
        return by_hand(order.draft.title)
    found = config_actions(order.case.snapshot, change.snapshot, order.raw, order.name)
    if not found or not all(action.edits for action in found):
        return by_hand(order.draft.title)
    lasting = [a for a in found if not a.reversible]
    notes = tuple(f"{a.target} can't be put back by this page afterwards." for a in lasting)
    return Plan(actions=found, notes=notes)


def _function(order: Order) -> Plan:
    """Publishing the development code, where the trace shows that it is right."""
    journey = order.case.journey
    names = {run.arn for run in journey.runs}
    for function in journey.snapshot.functions:
        ready = function.development_code
        if function.function_arn not in names or not ready or ready == function.live_code:
            continue
        kept = tuple(
            f.replace(live_code=ready) if f is function else f for f in journey.snapshot.functions
        )
        if travel(journey.snapshot.replace(functions=kept, edge_cache=())).status == 200:
            edit = Edit(path=("LiveCode",), before=function.live_code, after=ready)
            action = act(ActionKind.FUNCTION, function.name, [edit])
            return with_fresh_cache(order, Plan(actions=(action,)))
    return by_hand(
        order.draft.title,
        "Correct the code in its DEVELOPMENT stage and test it there with this URL.",
        "Diagnose the URL again: once the tested code is right, it can be published from here.",
    )


def _invalidate(order: Order) -> Plan:
    owner, change = order.case.journey.distribution, order.draft.change
    if owner is None or change is None:
        return by_hand(order.draft.title)
    action = invalidation(owner.id, list(change.after), reversible=False)
    return Plan(actions=(action,), notes=("An invalidation can't be taken back.",))


# --- the URL and the record -----------------------------------------------------------------


def _correct_url(order: Order) -> Plan:
    change = order.draft.change
    url = (change.url or "") if change else ""
    return _hand_out(order, url) if url else by_hand(order.draft.title)


def _hand_out(order: Order, url: str) -> Plan:
    """The URL itself; and where the record holds the wrong one, the right one in its place."""
    asked, held = order.case.journey.url.text, facts.stored(order.case.snapshot)
    wrong = {s.name: url for s in held if s.kind == "url" and s.value == asked}
    if not wrong:
        return Plan(new_url=url, steps=(f"Use {url} wherever the earlier URL stands.",))
    return replace(_write_record(order, wrong), new_url=url)


def _choose(order: Order) -> Plan:
    likely = {guess.key: guess for guess in order.case.guesses if guess.score >= 0.5}
    chosen = likely.get(order.choice)
    if chosen is None:
        raise InvalidInput(
            f"Which object is meant? {', '.join(sorted(likely)) or 'None is likely enough.'}",
            hint="Choose one of the candidates; nobody else can know which one is meant.",
        )
    url, status = reachable_url(order.case, chosen.bucket, chosen.key)
    if url is None or status != 200:
        return by_hand(f"No URL leads to {chosen.bucket}/{chosen.key} yet: copy it, or route it.")
    return _hand_out(order, url)


def _record(order: Order) -> Plan:
    draft = order.draft
    wanted = mapping(draft.change.after if draft.change else draft.after)
    if not wanted:
        return by_hand(draft.title)
    url = (draft.change.url or "") if draft.change else ""
    return replace(_write_record(order, wanted), new_url=url)


def _write_record(order: Order, wanted: dict[str, Any]) -> Plan:
    record = order.case.snapshot.db_record or {}
    held = facts.attributes(order.case.snapshot)
    nameless = "value" in wanted and "value" not in mapping(record.get("attributes"))
    if not record.get("table") or not record.get("pk") or (nameless and not record.get("column")):
        return by_hand(order.draft.title, "The row's table, key and attribute were not all given.")
    if order.library and (set(wanted) != {"key"} or not all(wanted.values())):
        return by_hand("Move the file to the trash on the Library page, or upload it again.")
    edits = [Edit(path=(name,), before=held.get(name), after=new) for name, new in wanted.items()]
    kept = all(redact_deep(edit.before) == edit.before for edit in edits)
    place = {name: str(record[name]) for name in ("pk", "sk") if record.get(name)}
    if order.library:
        place["store"] = "library"
    action = act(ActionKind.RECORD, str(record["table"]), edits, place=place, reversible=kept)
    lost = "The earlier value holds a signature, which is not kept: it can't be written back."
    return Plan(actions=(action,), notes=() if kept else (lost,))


# --- outside AWS ----------------------------------------------------------------------------


def _sign(order: Order) -> Plan:
    visit = order.case.journey.visit
    if visit is not None and (visit.key or "").startswith(PRIVATE):
        return by_hand(f"{visit.key} is somebody's upload as it came: only its owner gets it.")
    if order.case.journey.direct is not None and visit is not None and visit.key:
        note = "Whoever has the URL can read the object until it ends. It is shown once, not kept."
        return Plan(sign=(visit.bucket_name, visit.key), notes=(note,))
    return by_hand(
        order.draft.title,
        "Signing for CloudFront needs the private key of one of the behaviour's key groups, which "
        "the dashboard does not hold: have the application that holds it make the URL.",
    )


def _reupload(order: Order) -> Plan:
    visit = order.case.journey.visit
    if visit is None or not visit.key:
        return by_hand(order.draft.title)
    target = f"--bucket {shlex.quote(visit.bucket_name)} --key {shlex.quote(visit.key)}"
    return by_hand(order.draft.title, f"aws s3api put-object {target} --body FILE")


def _told(order: Order) -> Plan:
    return by_hand(order.draft.title)


_PLANNERS: dict[FixType, Callable[[Order], Plan]] = {
    FixType.CORRECT_URL: _correct_url,
    FixType.FIX_DB_RECORD: _record,
    FixType.COPY_OBJECT: copied,
    FixType.POLICY_PATCH: _config,
    FixType.KMS_POLICY_PATCH: _config,
    FixType.CONFIG_CHANGE: _config,
    FixType.INVALIDATE: _invalidate,
    FixType.FUNCTION_CHANGE: _function,
    FixType.SIGN_URL: _sign,
    FixType.RESTORE: restored,
    FixType.REUPLOAD: _reupload,
    FixType.CLIENT_CHANGE: _told,
    FixType.CHOOSE_CANDIDATE: _choose,
    FixType.WAIT: _told,
}
