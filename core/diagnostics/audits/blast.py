"""The blast radius of a group's repair: what it does to every URL that the audit knows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from core.diagnostics.audit_lanes import Line
from core.diagnostics.audits.group_plans import After, Plan, World, choices, plan_of
from core.diagnostics.audits.groups import FINE, Known, fails, is_unknown
from core.diagnostics.repairs.changes import diff_of
from core.diagnostics.repairs.draft import Draft
from core.diagnostics.urls import redact, redact_deep
from core.errors import NotFound
from core.model.diagnosis import FixType
from core.model.url_audit import GroupRepair, RepairSample

_SHOWN = 10
_SHOWN_BROKEN = 50
_TRIED = 20  # URLs of a group among which one is looked for whose repair is known
_TABLE_NEEDS = ("dynamodb:UpdateItem",)

Keep = Callable[[Known, After], None]
Rows = Callable[[str | None], Iterator[Known]]  # of one group, or all


class Effect(StrEnum):
    FIXED = "fixed"
    BROKEN = "broken"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


def effect(before: Line, after: Line) -> Effect:
    """What became of one URL. A good answer with another object than before is no good answer."""
    if is_unknown(before) or is_unknown(after):
        return Effect.UNKNOWN
    if fails(after):
        return Effect.UNCHANGED if fails(before) else Effect.BROKEN
    if fails(before):
        other = before.candidate is not None and after.key not in {before.candidate, before.key}
        return Effect.UNKNOWN if other else Effect.FIXED
    if before.key is not None and (before.bucket, before.key) != (after.bucket, after.key):
        return Effect.BROKEN
    return Effect.FIXED if before.cause != FINE and after.cause == FINE else Effect.UNCHANGED


@dataclass(slots=True)
class _Radius:
    counts: Counter[Effect] = field(default_factory=Counter)
    fixed_here: int = 0
    changed: int = 0
    seen: int = 0
    sample: list[RepairSample] = field(default_factory=list)
    broken: list[RepairSample] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)

    def add(self, known: Known, after: After | None, group: str) -> Effect:
        self.seen += 1
        found = self._effect(known, after)
        self.counts[found] += 1
        self.fixed_here += found is Effect.FIXED and known.group == group
        if after is not None:
            self._show(known, after, found, here=known.group == group)
        return found

    def _show(self, known: Known, after: After, found: Effect, *, here: bool) -> None:
        if after.url != known.url:
            self.changed += 1
            if len(self.values) < _SHOWN:
                self.values.append((known.old or known.url, after.value))
        if found is Effect.BROKEN and len(self.broken) < _SHOWN_BROKEN:
            self.broken.append(_shown(known, after))
        elif here and found is Effect.FIXED and len(self.sample) < _SHOWN:
            self.sample.append(_shown(known, after))

    @staticmethod
    def _effect(known: Known, after: After | None) -> Effect:
        if after is None:
            return Effect.UNCHANGED
        return Effect.UNKNOWN if known.secret else effect(known.line, after.line)


def _shown(known: Known, after: After) -> RepairSample:
    return RepairSample(
        id=known.id, before=redact(known.old or known.url), after=redact(after.value or after.url),
        status_before=known.line.status, status_after=after.line.status,
    )  # fmt: skip


def dry_run(
    world: World, rows: Rows, group: str, total: int, *, in_table: bool,
    wanted: FixType | None = None, keep: Keep | None = None,
) -> GroupRepair:  # fmt: skip
    """The preferred repair of a group (or the `wanted` one), simulated over all `total` URLs.

    `keep` is told each URL that a change of its record fixes. The dry run may put objects
    into the world's listings: make a new world for another one.
    """
    possible = _possible(world, rows(group), in_table=in_table)
    kind = wanted or next(iter(possible), None)
    if kind is None or kind not in possible:
        name = f"{kind.value.replace('_', ' ')} for this group" if kind else "known repair"
        raise NotFound(f"There is no {name}.", hint="Open one of its URLs in the doctor.")
    plan = plan_of(world, kind, possible[kind], lambda: rows(group))
    radius = _simulate(plan, rows, group, total, keep if plan.records else None)
    others = tuple(one for one in possible if one is not kind)
    return _repair(plan, radius, others, in_table=in_table)


def _possible(world: World, group: Iterator[Known], *, in_table: bool) -> dict[FixType, Draft]:
    """The repairs of a URL that stands for the group: one whose meant object is known, if any."""
    tried = list(islice(group, _TRIED))
    if not tried:
        raise NotFound("This group has no URLs.", hint="Choose a group from the audit's list.")
    known = next((one for one in tried if one.line.candidate is not None), tried[0])
    return choices(world.drafts(known.url), in_table=in_table)


def _simulate(plan: Plan, rows: Rows, group: str, total: int, keep: Keep | None) -> _Radius:
    radius = _Radius()
    if plan.after is None:
        members = sum(1 for _ in rows(group))
        radius.counts = Counter({Effect.UNKNOWN: members, Effect.UNCHANGED: total - members})
        return radius
    for known in rows(None if plan.whole else group):
        after = plan.after(known)
        if radius.add(known, after, group) is Effect.FIXED and keep is not None and after:
            keep(known, after)
    radius.counts[Effect.UNCHANGED] += total - radius.seen
    return radius


def _repair(
    plan: Plan, radius: _Radius, others: tuple[FixType, ...], *, in_table: bool
) -> GroupRepair:
    change, counts = plan.draft.change, radius.counts
    needs = plan.draft.needs or (change.needs if change else ())
    before, after = (change.before, change.after) if change else (None, None)
    diff = diff_of(before, after)
    if plan.records:
        needs = _TABLE_NEEDS if in_table else ()
        before, after = None, None
        diff = "\n".join(f"- {old}\n+ {new}" for old, new in radius.values)
    return GroupRepair(
        type=plan.type, title=redact(plan.title), records_changed=radius.changed,
        fixed=counts[Effect.FIXED], broken=counts[Effect.BROKEN],
        unchanged=counts[Effect.UNCHANGED], unknown=counts[Effect.UNKNOWN],
        fixed_here=radius.fixed_here, sample=tuple(radius.sample),
        broken_urls=tuple(radius.broken), alternatives=others, needs=needs, diff=redact(diff),
        before=redact_deep(before), after=redact_deep(after),
        rollback=plan.draft.rollback or (change.rollback if change else ""), note=plan.note,
    )  # fmt: skip
