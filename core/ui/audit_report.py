"""An audit as a page shows it: its sentence, numbers, groups and their repairs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from core.model.media import JobState
from core.model.url_audit import (
    AuditGroup,
    AuditRow,
    AuditSummary,
    GroupRepair,
    RepairSample,
    UrlAudit,
)
from core.ui import formats, parts
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Stat, Tone

_EFFECTS = (
    ("fixed", Tone.OK, "fixed"),
    ("broken", Tone.FAIL, "broken by it"),
    ("unknown", Tone.UNKNOWN, "not known"),
    ("unchanged", Tone.NEUTRAL, "unchanged"),
)


def headline(audit: UrlAudit, groups: Sequence[AuditGroup]) -> Markup:
    """Why somebody came: how many do not work, and how much one cause explains."""
    found = audit.summary
    if not found.urls:
        return parts.headline("There was no URL to check", audit.title, Tone.UNKNOWN)
    if not found.broken:
        words = "The one URL works" if found.urls == 1 else f"All {found.urls:,} URLs work"
        return parts.headline(words, audit.title, Tone.WARN if found.unread else Tone.OK)
    verb = "does" if found.broken == 1 else "do"
    words = f"{found.broken:,} of {formats.counted(found.urls, 'URL')} {verb} not work"
    return parts.headline(words + _shared(groups), audit.title, Tone.FAIL)


def _shared(groups: Sequence[AuditGroup]) -> str:
    causes: Counter[str] = Counter()
    for one in groups:
        if one.failing:
            causes[one.cause] += one.urls
    most = max(causes.values(), default=0)
    if most < 2:
        return ""
    return "; they share one cause" if len(causes) == 1 else f"; {most:,} share one cause"


def stopped(audit: UrlAudit) -> Markup | None:
    """What to say of an audit that did not come to its end."""
    if audit.cancelled:
        return parts.note("This audit was cancelled; start it again to have its report.", Tone.WARN)
    problem = audit.problem
    if audit.state is JobState.FAILED and problem is not None:
        return parts.problem(problem.detail, problem.hint, audit.id[:8].upper(), problem.title)
    return None


def numbers(found: AuditSummary) -> Markup:
    broken = Tone.FAIL if found.broken else Tone.OK
    stats = [
        Stat("URLs", formats.number(found.urls)),
        Stat("Do not work", formats.number(found.broken), formats.share(found.broken, found.urls),
             broken),
        Stat("Groups", formats.number(found.groups)),
        Stat("Took", f"{found.seconds:,.1f} s"),
    ]  # fmt: skip
    if found.hits > found.urls:
        stats.insert(2, Stat("Requests", formats.number(found.hits), "in the source"))
    return parts.stat_row(stats)


def statuses(found: AuditSummary) -> Markup:
    """What viewers get, by status; no answer is predicted where a step could not be read."""
    rows = sorted(found.by_status.items(), key=lambda item: -item[1])
    shown = (
        (
            parts.badge(*_status(status)),
            formats.number(count),
            formats.share(count, found.urls),
        )
        for status, count in rows
    )
    return parts.table(("A viewer gets", "URLs", "Share"), shown, right=(1, 2))


def _status(status: str) -> tuple[Tone, str]:
    if not status.isdigit():
        return Tone.UNKNOWN, "no answer predicted"
    return (Tone.OK if int(status) < 400 else Tone.FAIL), f"HTTP {status}"


def notes(found: AuditSummary) -> Markup:
    """What the numbers leave out: rows that could not be used, and what AWS refused to tell."""
    lines: list[Child] = [
        parts.note(_skipped(row.count, row.reason, row.first), Tone.WARN) for row in found.skipped
    ]
    lines += [parts.note(warning, Tone.WARN) for warning in found.warnings]
    lines += [parts.note(f"Not read: {what}", Tone.UNKNOWN) for what in found.unread]
    if found.capacity_units:
        lines.append(parts.note(f"Reading the table used {found.capacity_units:,.1f} read units."))
    return tag("section", parts.title("What these numbers leave out"), *lines) if lines else join()


def _skipped(count: int, reason: str, first: Sequence[str]) -> str:
    where = f" First: {', '.join(first[:3])}." if first else ""
    return f"{formats.counted(count, 'row')} left out: {reason}.{where}"


def group(item: AuditGroup) -> Markup:
    """The cause in a sentence, its pattern, and a few of its URLs."""
    tags = [parts.badge(*_status(status)) for status in item.statuses]
    known = formats.counted(item.with_candidate, "URL")
    meant = parts.note(f"For {known} the object that was meant is known.", Tone.OK)
    return join(
        parts.title(item.sentence),
        tag("div", *tags, parts.mono(item.cause), class_="ui-tags"),
        parts.facts((("Pattern", parts.mono(item.host + item.pattern)), ("Size", _size(item)))),
        meant if item.with_candidate else None,
    )


def _size(item: AuditGroup) -> str:
    urls = formats.counted(item.urls, "URL")
    return urls if item.hits <= item.urls else f"{urls}, {formats.counted(item.hits, 'request')}"


def rows(items: Iterable[AuditRow]) -> Markup:
    shown = ((_mono(row.id, 28), _mono(row.url, 72), _mono(row.candidate_key, 56)) for row in items)
    return parts.table(("Row", "URL", "Object that was meant"), shown)


def _mono(value: str | None, width: int) -> Markup:
    return parts.mono(value or "\u2013", width)


def effect(repair: GroupRepair) -> Markup:
    """The dry run over every known URL, as one bar with its numbers."""
    counts = [(getattr(repair, name), tone, word) for name, tone, word in _EFFECTS]
    slices = (
        tag("i", class_=f"ui-{tone}", style=f"flex-grow:{count}")
        for count, tone, _ in counts
        if count
    )
    track = tag("div", *slices, class_="ui-track ui-effect", aria_hidden="true")
    legend = tag(
        "div",
        *(
            parts.badge(tone if count else Tone.NEUTRAL, f"{formats.number(count)} {word}")
            for count, tone, word in counts
        ),
        class_="ui-tags",
    )
    return tag("figure", track, legend)


def repair(item: GroupRepair) -> Markup:
    """What would be changed, what that does to every URL, and the first ones that it breaks."""
    return join(
        parts.title(item.title, "dry run over every URL of this audit"),
        effect(item),
        _broken(item.broken_urls),
        parts.diff(item.diff) if item.diff and not item.records_changed else None,
        samples(item.sample),
        parts.facts(
            (
                ("Changes", formats.counted(item.records_changed, "record")
                 if item.records_changed else ""),
                ("Needs", parts.mono(", ".join(item.needs)) if item.needs else None),
                ("Way back", item.rollback),
                ("Not looked at", item.note),
            )
        ),
    )  # fmt: skip


def _broken(urls: Sequence[RepairSample]) -> Markup | None:
    if not urls:
        return None
    words = "These work now and would not any more:"
    return tag("div", parts.note(words, Tone.FAIL), samples(urls))


def samples(items: Sequence[RepairSample]) -> Markup | None:
    if not items:
        return None
    shown = (
        (
            _mono(one.id, 24),
            tag("span", tag("del", _mono(one.before, 72)), tag("br"), _mono(one.after, 72)),
            tag("span", _code(one.status_before), " \u2192 ", _code(one.status_after)),
        )
        for one in items
    )
    return parts.table(("Row", "Before and after", "Answers"), shown)


def _code(status: int | None) -> str:
    return "unknown" if status is None else str(status)
