"""Layouts and migrations as sentences, numbers and tables. Pure: `now` is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.model.migration import Layout, LayoutReport, Mapping, Migration, MigrationState, Wish
from core.ui import formats, parts
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Stat, Step, Tone

_STATES = {
    MigrationState.PLANNED: (Tone.NEUTRAL, "planned"),
    MigrationState.MOVING: (Tone.WARN, "moving"),
    MigrationState.STOPPED: (Tone.WARN, "stopped"),
    MigrationState.MOVED: (Tone.OK, "moved"),
    MigrationState.DELETING: (Tone.WARN, "deleting old objects"),
    MigrationState.DONE: (Tone.OK, "none is left"),
}


def headline(report: LayoutReport) -> Markup:
    """How many objects lie in a layout that another one has replaced."""
    keys = formats.counted(report.keys, "key")
    read = keys if report.complete else f"the first {keys}"
    words = f"{formats.counted(len(report.layouts), 'layout')} in {read}"
    if not report.mappings:
        return parts.note(f"{words}; none looks like an older form of another one.", Tone.OK)
    proven = [mapping.legacy for mapping in report.mappings if mapping.proven]
    offered = [mapping.legacy for mapping in report.mappings if not mapping.proven]
    said = [words]
    if proven:
        said.append(f"{_objects(report, proven)} in an older form")
    if offered:
        said.append(f"{_objects(report, offered)} may be in one: choose below")
    return parts.note("; ".join(said) + ".", Tone.WARN)


def _objects(report: LayoutReport, patterns: list[str]) -> str:
    found = sum(layout.count for layout in report.layouts if layout.pattern in patterns)
    return formats.counted(found, "object")


def layout_table(report: LayoutReport) -> Markup:
    mapped = {mapping.legacy: mapping for mapping in report.mappings}
    return parts.table(
        ("Layout", "Objects", "Stored", "For example", "Belongs to"),
        [_layout_row(layout, mapped.get(layout.pattern)) for layout in report.layouts],
        right=(1, 2),
    )


def _layout_row(layout: Layout, mapping: Mapping | None) -> tuple[Child, ...]:
    name: Child = parts.mono(layout.pattern, 72)
    if layout.personal:
        name = join(name, " ", parts.badge(Tone.WARN, "e-mail addresses"))
    sample = parts.mono(layout.sample[0], 56) if layout.sample else ""
    return name, f"{layout.count:,}", formats.size(layout.size), sample, _belongs(mapping)


def _belongs(mapping: Mapping | None) -> Markup | str:
    if mapping is None:
        return ""
    if mapping.proven:
        words = f"proven by {formats.counted(mapping.pairs, 'pair')}"
        return join(parts.mono(mapping.target, 56), " ", parts.badge(Tone.OK, words))
    words = f"{mapping.against:,} against" if mapping.against else "to be chosen"
    return join(parts.mono(mapping.target, 56), " ", parts.badge(Tone.UNKNOWN, words))


def progress(migration: Migration, now: datetime) -> Markup:
    """Where it stands, in objects, and how many of the old layout are left."""
    tone, word = _STATES[migration.state]
    counts = migration.counts
    way = join(parts.mono(migration.legacy, 64), " → ", parts.mono(migration.target, 64))
    stats = [
        Stat("Left", f"{counts.left:,}", "of the old layout"),
        Stat("To move", f"{counts.planned:,}"),
        Stat("Moved", f"{counts.moved:,}", _waiting(migration, now)),
        Stat("Deleted", f"{counts.deleted:,}"),
        Stat("To decide", f"{counts.conflict + counts.failed:,}",
             tone=Tone.WARN if counts.conflict + counts.failed else Tone.NEUTRAL),
    ]  # fmt: skip
    said = [parts.note(migration.problem.detail, Tone.FAIL)] if migration.problem else []
    if migration.wish is not Wish.NOTHING:
        verb = "moving" if migration.wish is Wish.MOVE else "deleting the old objects"
        said.append(parts.note(f"Waits until somebody approves {verb}.", Tone.WARN))
    line = tag("div", tag("b", migration.bucket), " ", parts.badge(tone, word))
    return join(line, tag("div", way), parts.stat_row(stats), *said)


def _waiting(migration: Migration, now: datetime) -> str:
    if migration.moved_at is None or not migration.counts.moved:
        return ""
    until = migration.moved_at + timedelta(days=migration.wait_days)
    return "old ones may go" if until <= now else f"old ones may go {formats.ago(until, now)}"


def dry_run(migration: Migration) -> Markup:
    """What a start would do, before anything is done."""
    run = migration.dry_run
    served = migration.served_by or "no distribution serves it: copies are verified in S3 alone"
    undo = "old objects can be brought back" if migration.versioned else "deleting is for good"
    missing = run.rows_without_object
    return join(
        parts.steps([
            Step(f"{formats.counted(run.keys, 'object')} to move, {run.already_there:,} of them "
                 f"copied already, {formats.size(run.bytes_copied)} to copy", Tone.NEUTRAL, "copy"),
            Step(f"Through {served}", Tone.NEUTRAL, "verify"),
            Step(f"{formats.counted(run.rows, 'record')} to switch"
                 + (f"; {missing:,} name an object that is not there" if missing else ""),
                 Tone.NEUTRAL, "switch"),
            Step(f"After {migration.wait_days} days; {undo}", Tone.NEUTRAL, "delete"),
        ]),
        parts.note(f"{run.collisions:,} can't be moved without a decision.", Tone.WARN)
        if run.collisions else None,
        parts.note(f"{run.personal:,} keys hold an e-mail address.", Tone.WARN)
        if run.personal else None,
        parts.note(run.cost_note),
    )  # fmt: skip


def problems(rows: Iterable[tuple[str, str, str]]) -> Markup:
    return parts.table(
        ("Old key", "New key", "Why"),
        [(parts.mono(old, 56), parts.mono(new, 56), why) for old, new, why in rows],
    )
