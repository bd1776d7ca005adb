"""A repair as a page shows it: what is written where, who allowed it, what a request said. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from core.model.repair import Action, ActionKind, Outcome, Repair, RepairState
from core.ui import formats, parts
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Tone

_STATES = {
    RepairState.PROPOSED: (Tone.UNKNOWN, "waits for approval"),
    RepairState.APPROVED: (Tone.WARN, "approved"),
    RepairState.APPLYING: (Tone.WARN, "being applied"),
    RepairState.APPLIED: (Tone.WARN, "applied, not shown yet"),
    RepairState.VERIFIED: (Tone.OK, "works"),
    RepairState.UNVERIFIED: (Tone.FAIL, "applied, still fails"),
    RepairState.FAILED: (Tone.FAIL, "not applied"),
    RepairState.ROLLING_BACK: (Tone.WARN, "being put back"),
    RepairState.ROLLED_BACK: (Tone.NEUTRAL, "put back"),
    RepairState.WITHDRAWN: (Tone.NEUTRAL, "withdrawn"),
}
_KINDS = {
    ActionKind.DISTRIBUTION: "Distribution",
    ActionKind.ACCESS_CONTROL: "Origin access control",
    ActionKind.NEW_ACCESS_CONTROL: "New origin access control",
    ActionKind.BUCKET_POLICY: "Policy of bucket",
    ActionKind.BUCKET_CORS: "CORS rules of bucket",
    ActionKind.OBJECT_OWNERSHIP: "Object ownership of bucket",
    ActionKind.REQUEST_PAYER: "Who pays for bucket",
    ActionKind.PUBLIC_ACCESS_BLOCK: "Public access block of bucket",
    ActionKind.KEY_POLICY: "Policy of KMS key",
    ActionKind.KEY_STATE: "State of KMS key",
    ActionKind.FUNCTION: "Function",
    ActionKind.RECORD: "Row of table",
    ActionKind.COPY: "New object",
    ActionKind.OBJECT_HEADERS: "Headers of object",
    ActionKind.DELETE_MARKER: "Delete marker of object",
    ActionKind.ARCHIVED_OBJECT: "Archived object",
    ActionKind.INVALIDATION: "Invalidation on distribution",
}
_OUTCOMES = {
    Outcome.PENDING: (Tone.NEUTRAL, "not yet"),
    Outcome.DONE: (Tone.OK, "written"),
    Outcome.FAILED: (Tone.FAIL, "not written"),
    Outcome.UNDONE: (Tone.NEUTRAL, "put back"),
}
_SHOWN = 5  # writes of a group that are shown in full


def report(repair: Repair, now: datetime, names: Mapping[str, str]) -> Markup:
    """State and sentence first, then each write, then who did what when. `names` by account id."""
    head = tag(
        "div",
        tag("b", repair.title),
        " ",
        parts.badge(*_STATES[repair.state]),
    )
    return tag(
        "section",
        head,
        _result(repair),
        _notes(repair),
        _writes(repair),
        _history(repair, now, names),
        class_="ui-repair",
    )


def _result(repair: Repair) -> Markup | None:
    if repair.problem is not None:
        tone = Tone.FAIL if repair.state is RepairState.FAILED else Tone.WARN
        return parts.note(f"{repair.problem.detail} {repair.problem.hint}".strip(), tone)
    said = repair.verification
    if said is None or repair.state in {RepairState.ROLLED_BACK, RepairState.WITHDRAWN}:
        return None
    return parts.note(said.sentence, _STATES[repair.state][0])


def _notes(repair: Repair) -> Markup:
    steps = tag("ol", *(tag("li", step) for step in repair.steps)) if repair.steps else None
    return join(*(parts.note(note, Tone.WARN) for note in repair.notes), steps)


def _writes(repair: Repair) -> Markup | None:
    if not repair.actions:
        return None
    shown = repair.actions[:_SHOWN]
    more = len(repair.actions) - len(shown)
    rest = tag("p", f"and {formats.counted(more, 'more row')}", class_="ui-muted") if more else None
    return tag("div", *(_write(action) for action in shown), rest)


def _write(action: Action) -> Markup:
    row = " / ".join(action.place[name] for name in ("pk", "sk") if name in action.place)
    head = tag(
        "p",
        parts.badge(*_OUTCOMES[action.outcome]),
        " ",
        f"{_KINDS[action.kind]} ",
        parts.mono(f"{action.target} {row}".strip(), 90),
    )
    problem = parts.note(action.problem, Tone.FAIL) if action.problem else None
    return join(head, parts.diff("\n".join(_lines(action))), problem)


def _lines(action: Action) -> list[str]:
    lines: list[str] = []
    for edit in action.edits:
        before, after = _pretty(edit.before), _pretty(edit.after)
        changed = islice(difflib.unified_diff(before, after, n=1, lineterm=""), 2, None)
        lines.append(f"@ {edit.name}")
        lines += [f"{line[0]} {line[1:]}" for line in changed if not line.startswith("@@")]
    return lines


def _pretty(value: Any) -> list[str]:
    if value is None or value in ({}, []):
        return []
    if isinstance(value, str):
        return value.splitlines() or ["(empty)"]
    return json.dumps(value, indent=1, ensure_ascii=False, default=str).splitlines()


def _history(repair: Repair, now: datetime, names: Mapping[str, str]) -> Markup:
    steps = (
        ("Proposed", repair.proposed_by, repair.proposed_at),
        ("Approved", repair.approved_by, repair.approved_at),
        ("Applied", repair.applied_by, repair.applied_at),
        ("Put back", repair.rolled_back_by, repair.rolled_back_at),
        ("Withdrawn", repair.withdrawn_by, repair.withdrawn_at),
    )
    rows: list[tuple[str, Child]] = [
        (word, join(names.get(who) or parts.mono(who, 28), " ", parts.when(at, now)))
        for word, who, at in steps
        if at
    ]
    said = repair.verification
    if said is not None and said.url:
        asked = join(parts.mono(f"{said.method} {said.url}", 80), " ", parts.when(said.at, now))
        rows.append(("Asked", asked))
    if repair.new_url:
        rows.append(("URL to use", parts.mono(repair.new_url)))
        rows.append(("It ends", parts.when(repair.new_url_ends_at, now)))
    way_back = "" if repair.reversible else "There is no way back by itself."
    rows += [("Needs", parts.mono(", ".join(repair.fix.needs)) if repair.fix.needs else None),
             ("Way back", way_back if repair.actions else repair.fix.rollback),
             ("Cost", repair.fix.cost_note)]  # fmt: skip
    return parts.facts(rows)
