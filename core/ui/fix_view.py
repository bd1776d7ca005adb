"""A repair as a page shows it: what to change, what that does, what it takes. Pure."""

from __future__ import annotations

import json
from typing import Any

from core.model.diagnosis import Fix
from core.ui import formats, parts
from core.ui.markup import Child, Markup, tag
from core.ui.parts import Tone


def fix(item: Fix) -> Markup:
    """What to change, what that does, what it takes, and the way back."""
    status = item.dry_run.retrace_status
    head = tag(
        "summary",
        tag("b", item.title),
        parts.badge(Tone.OK, "preferred") if item.preferred else None,
        parts.badge(*_retraced(status)) if status is not None else None,
    )
    return tag("details", head, tag("div", _change(item), _terms(item)), open=item.preferred)


def _retraced(status: int) -> tuple[Tone, str]:
    return (Tone.OK if status < 400 else Tone.FAIL), f"then HTTP {status}"


def _change(item: Fix) -> Markup | None:
    dry = item.dry_run
    if dry.diff:
        return parts.diff(dry.diff)
    if dry.before in (None, {}, "") and dry.after in (None, {}, ""):
        return None
    before, after = _pretty(dry.before), _pretty(dry.after)
    lines = [f"-{line}" for line in before] + [f"+{line}" for line in after]
    return parts.diff("\n".join(lines))


def _pretty(value: Any) -> list[str]:
    if value in (None, {}, ""):
        return []
    if isinstance(value, str):
        return value.splitlines()
    return json.dumps(value, indent=2, ensure_ascii=False, default=str).splitlines()


def _terms(item: Fix) -> Markup:
    reach = item.blast_radius
    rows: list[tuple[str, Child]] = [
        ("Who reads", "; ".join(f"{who}: {what}" for who, what in item.dry_run.decisions.items()))
    ]
    if reach.records_same_pattern is not None:
        rows.append(("Also helps", formats.counted(reach.records_same_pattern, "record")))
    if reach.other_urls_changed is not None:
        rows.append(("Also changes", formats.counted(reach.other_urls_changed, "other URL")))
    rows += [
        ("Until then", item.dry_run.after_cache),
        ("Needs", parts.mono(", ".join(item.needs)) if item.needs else None),
        ("Way back", item.rollback),
        ("Cost", item.cost_note),
    ]
    return parts.facts(rows)
