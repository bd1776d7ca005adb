"""The rules of a migration: what is planned per key, what stands in the way, when to delete.

A plan never sends two keys to one, never overwrites other content, and names what it refuses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.diagnostics.layouts.layouts import LONGEST_KEY, KeyMap, is_personal
from core.diagnostics.layouts.learning import Entry
from core.model.migration import (
    DryRun,
    Migration,
    MigrationState,
    MigrationStep,
    StepCounts,
    StepRow,
    StepState,
)

ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
MOST_FAILURES = 25  # in a row: then something is wrong with all of them
_NAMED = 3


@dataclass(frozen=True)
class Found:
    """What was read before a plan: old objects, objects under the new layout, rows by old key."""

    old: Sequence[Entry]
    current: Mapping[str, Entry]
    rows: Mapping[str, Sequence[StepRow]]
    claimed: Mapping[str, str] = field(default_factory=dict)  # target: who was moved there before


def plan_steps(migration_id: str, keys: KeyMap, found: Found) -> Iterator[MigrationStep]:
    """A step for each old object, by key. What can't be moved is a conflict that says why."""
    targets = {entry.key: keys.forward(entry.key) for entry in found.old}
    sharing: dict[str, list[str]] = defaultdict(list)
    for source, target in targets.items():
        if target is not None:
            sharing[target].append(source)
    for entry in sorted(found.old, key=lambda e: e.key):
        target = targets[entry.key]
        if target is None:
            continue  # of another layout
        claimant = found.claimed.get(target, entry.key)
        problem = (
            _unfit(target)
            or _collision(entry.key, [claimant])
            or _collision(entry.key, sharing[target])
            or _chained(target, targets)
            or _taken(entry, found.current.get(target))
        )
        yield MigrationStep(
            migration_id=migration_id,
            source=entry.key,
            target=target,
            size=entry.size,
            etag=entry.etag,
            rows=tuple(found.rows.get(entry.key, ())),
            state=StepState.CONFLICT if problem else StepState.PLANNED,
            problem=problem,
            personal=is_personal(entry.key),
        )


def _unfit(target: str) -> str:
    if len(target.encode("utf-8", "replace")) > LONGEST_KEY:
        return f"The new key would be longer than {LONGEST_KEY:,} bytes."
    if any(part in {".", ".."} for part in target.split("/")):
        return "The new key would hold a dot segment, which clients resolve before they ask."
    return ""


def _collision(source: str, sharing: Sequence[str]) -> str:
    others = [key for key in sharing if key != source]
    if not others:
        return ""
    named = ", ".join(sorted(others)[:_NAMED])
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return f"{named}{more} would get the same new key."


def _chained(target: str, sources: Mapping[str, str | None]) -> str:
    return "The new key is itself a key of the old layout." if target in sources else ""


def _taken(entry: Entry, there: Entry | None) -> str:
    if there is None or is_same(entry, there):
        return ""
    return "Another object already has the new key."


def is_same(one: Entry, other: Entry) -> bool:
    return one.size == other.size and bool(one.etag) and one.etag == other.etag


def dry_run(
    steps: Iterable[MigrationStep], found: Found, *, rows_without_object: int, served: bool
) -> DryRun:
    """What a start would do, counted."""
    planned = collisions = there = size = rows = personal = 0
    for step in steps:
        personal += step.personal
        if step.state is StepState.CONFLICT:
            collisions += 1
            continue
        planned += 1
        rows += len(step.rows)
        if step.target in found.current:
            there += 1
        else:
            size += step.size
    return DryRun(
        keys=planned,
        bytes_copied=size,
        already_there=there,
        rows=rows,
        rows_without_object=rows_without_object,
        collisions=collisions,
        personal=personal,
        cost_note=_cost(planned - there, planned, rows, served=served),
    )


def _cost(copies: int, keys: int, rows: int, *, served: bool) -> str:
    asked = f", {keys:,} HEAD at the CDN" if served else ""
    return (
        f"{copies:,} COPY and about {3 * keys:,} HEAD requests to S3{asked}, {rows:,} writes of"
        " records. Until the old objects are deleted, each copy is stored twice."
    )


def counted(steps: Iterable[MigrationStep]) -> StepCounts:
    found = Counter(step.state.value for step in steps)
    return StepCounts(**found)


def deletable_at(step: MigrationStep, migration: Migration) -> datetime | None:
    """From when on the old object may go; None for one that was not moved."""
    if step.state is not StepState.MOVED or step.moved_at is None:
        return None
    return step.moved_at + timedelta(days=migration.wait_days)


def ended(migration: Migration, counts: StepCounts) -> MigrationState:
    """The state when a job has done what it could."""
    if migration.state is MigrationState.STOPPED:
        return MigrationState.STOPPED
    if counts.total and counts.left == 0:
        return MigrationState.DONE
    return MigrationState.PLANNED if counts.planned else MigrationState.MOVED
