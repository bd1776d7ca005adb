"""A diagnosis as a page shows it: verdict, the request's way, trace, candidates, fixes. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from core.model.diagnosis import (
    Candidate,
    Confidence,
    Evidence,
    Fix,
    ObjectState,
    Outcome,
    TraceStep,
    UnknownFact,
    UrlDiagnosis,
)
from core.model.diagnosis import Step as TraceName
from core.ui import formats, parts
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Tone

Address = Callable[[str | None], str]  # where the browser gets a picture; '' for nowhere

_FINE = "none-ok"
_PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
_OUTCOMES: dict[Outcome, tuple[Tone, str]] = {
    "ok": (Tone.OK, "ok"),
    "changed": (Tone.WARN, "changed"),
    "fail": (Tone.FAIL, "breaks"),
    "unknown": (Tone.UNKNOWN, "unknown"),
    "skipped": (Tone.NEUTRAL, "not used"),
}
_WORST: tuple[Outcome, ...] = ("fail", "unknown", "changed", "ok", "skipped")
_CONFIDENCE = {
    Confidence.CERTAIN: (Tone.OK, "certain"),
    Confidence.LIKELY: (Tone.WARN, "likely"),
    Confidence.POSSIBLE: (Tone.WARN, "possible"),
    Confidence.UNKNOWN: (Tone.UNKNOWN, "unknown"),
}
_STATIONS: tuple[tuple[str, tuple[TraceName, ...]], ...] = (
    ("URL", ("db", "dns", "tls")),
    ("Distribution", ("distribution", "viewer")),
    ("Behaviour", ("behavior", "signed", "cache")),
    ("Function", ("function",)),
    ("Origin", ("origin",)),
    ("Key", ("key",)),
    ("Object", ("object",)),
    ("Access", ("access", "kms", "response")),
)
_OBJECTS = {
    ObjectState.PRESENT: (Tone.OK, "exists"),
    ObjectState.MISSING: (Tone.FAIL, "missing"),
    ObjectState.DELETE_MARKER: (Tone.FAIL, "deleted"),
    ObjectState.ARCHIVED: (Tone.WARN, "archived"),
    ObjectState.UNKNOWN: (Tone.UNKNOWN, "not read"),
    ObjectState.NOT_APPLICABLE: (Tone.NEUTRAL, "not asked"),
}


@dataclass(frozen=True)
class Station:
    """One stop on the request's way, with the worst outcome of the steps that belong to it."""

    name: str
    outcome: Outcome
    value: str
    because: str


def stations(diagnosis: UrlDiagnosis) -> tuple[Station, ...]:
    values, steps = _values(diagnosis), marked(diagnosis)
    return tuple(
        _station(name, values.get(name, ""), [s for s in steps if s.step in names])
        for name, names in _STATIONS
    )


def marked(diagnosis: UrlDiagnosis) -> tuple[TraceStep, ...]:
    """The steps; where each did its work and the answer is wrong still, the cause's own breaks."""
    trace, first = diagnosis.trace, next(iter(diagnosis.findings), None)
    if first is None or any(step.outcome == "fail" for step in trace):
        return trace
    return tuple(
        step.model_copy(update={"outcome": "fail"}) if step.step == first.step else step
        for step in trace
    )


def _station(name: str, value: str, steps: Sequence[TraceStep]) -> Station:
    worst = min(steps, key=lambda step: _WORST.index(step.outcome), default=None)
    if worst is None:
        return Station(name, "skipped", value, "")
    return Station(name, worst.outcome, value, worst.because)


def _values(diagnosis: UrlDiagnosis) -> dict[str, str]:
    found = diagnosis.resolved
    return {
        "URL": diagnosis.input.parsed.host,
        "Distribution": found.distribution_id or "",
        "Behaviour": found.behavior_pattern or "",
        "Origin": found.origin_id or "",
        "Key": found.key or "",
        "Object": _OBJECTS[found.object_state][1],
        "Access": found.error_code or "",
    }


def way(diagnosis: UrlDiagnosis) -> Markup:
    """The strip from URL to access; the first stop that fails is the break, the rest is dimmed."""
    stops = stations(diagnosis)
    broken_at = next((at for at, stop in enumerate(stops) if stop.outcome == "fail"), len(stops))
    items = (_stop(stop, at, broken_at) for at, stop in enumerate(stops))
    return tag("ol", *items, class_="ui-way", aria_label="The way of the request")


def _stop(stop: Station, at: int, broken_at: int) -> Markup:
    tone, word = _OUTCOMES[stop.outcome]
    if at == 0 and stop.outcome == "skipped":
        word = "as given"
    place = "ui-break-here" if at == broken_at else "ui-after" if at > broken_at else ""
    return tag(
        "li",
        tag("span", parts.icon(tone), class_="ui-dot"),
        tag("b", stop.name),
        parts.mono(stop.value, 26) if stop.value else tag("span", "\u2013", class_="ui-muted"),
        tag("small", word),
        class_=f"ui-{tone} ui-o-{stop.outcome} {place}",
        title=stop.because or None,
    )


def verdict(diagnosis: UrlDiagnosis) -> Markup:
    """The sentence that can be pasted into a ticket, how sure it is, and what a viewer gets."""
    ruling = diagnosis.verdict
    tone = _verdict_tone(diagnosis)
    detail = tag(
        "div",
        parts.badge(*_status(ruling.predicted_status)),
        parts.badge(*_CONFIDENCE[ruling.confidence]),
        parts.mono(ruling.primary_cause),
        class_="ui-tags",
    )
    heading = tag("div", tag("h1", ruling.sentence), detail, _observed(diagnosis))
    mark = tag("span", parts.icon(tone), class_=f"ui-mark ui-{tone}")
    return tag("header", mark, heading, class_="ui-headline")


def _verdict_tone(diagnosis: UrlDiagnosis) -> Tone:
    if diagnosis.verdict.confidence is Confidence.UNKNOWN:
        return Tone.UNKNOWN
    return Tone.OK if diagnosis.verdict.primary_cause == _FINE else Tone.FAIL


def _status(status: int | None) -> tuple[Tone, str]:
    if status is None:
        return Tone.UNKNOWN, "no HTTP answer"
    return (Tone.OK if status < 400 else Tone.FAIL), f"HTTP {status}"


def _observed(diagnosis: UrlDiagnosis) -> Markup | None:
    ruling = diagnosis.verdict
    if ruling.observed_status is None:
        return None
    if ruling.agrees:
        return parts.note(f"A real request answered {ruling.observed_status} as well.", Tone.OK)
    return parts.note(
        f"A real request answered {ruling.observed_status}, not what the configuration says.",
        Tone.WARN,
    )


def faults(diagnosis: UrlDiagnosis) -> Markup | None:
    """Every fault in pipeline order, where there is more than the one in the verdict."""
    if len(diagnosis.findings) < 2:
        return None
    rows = (
        tag("li", tag("span", finding.sentence), parts.mono(finding.cause))
        for finding in diagnosis.findings
    )
    title = parts.title("All faults on the way", _after_the_first(diagnosis.fixes))
    return tag("section", title, tag("ol", *rows, class_="ui-faults"))


def _after_the_first(fixes: Iterable[Fix]) -> str:
    """What the dry run of the preferred repair says of the other faults."""
    preferred = next((item for item in fixes if item.preferred), None)
    status = preferred.dry_run.retrace_status if preferred else None
    if status is None:
        return "each of these is on the way"
    if status < 400:
        return "the preferred repair is enough"
    return "repairing only the first is not enough"


def trace(steps: Iterable[TraceStep]) -> Markup:
    """One line a step; its evidence unfolds. Failing steps are open from the start."""
    return tag("div", *(_trace_step(step) for step in steps), class_="ui-trace")


def _trace_step(step: TraceStep) -> Markup:
    summary = tag(
        "summary",
        parts.badge(*_OUTCOMES[step.outcome]),
        tag("b", step.step),
        tag("span", step.because),
    )
    return tag(
        "details",
        summary,
        tag("div", _changed(step), evidence(step.evidence), documentation(step.doc)),
        open=step.outcome == "fail",
    )


def _changed(step: TraceStep) -> Markup | None:
    if not step.before and not step.after:
        return None
    rows = (("in", step.before), ("out", step.after))
    return parts.facts((name, parts.mono(value)) for name, value in rows if value)


def evidence(facts: Sequence[Evidence]) -> Markup | None:
    """The AWS calls that prove it: call, place in the answer, value."""
    if not facts:
        return None
    rows = ((parts.mono(f.api), parts.mono(f.path), parts.mono(_value(f.value))) for f in facts)
    return parts.table(("AWS call", "Where in the answer", "Value"), rows)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def documentation(link: str) -> Markup | None:
    return tag("a", "AWS documentation", href=link) if link else None


def candidate(item: Candidate, address: Address) -> Markup:
    """An object that may have been meant, with its picture where this site may show it."""
    return tag(
        "div",
        tag("span", _picture(item, address) or _kind(item), class_="ui-thumb"),
        tag(
            "div",
            parts.mono(f"{item.bucket}/{item.key}"),
            tag(
                "div",
                parts.badge(*_CONFIDENCE[item.confidence]),
                parts.badge(*_OBJECTS[item.state]),
                tag("span", f"score {item.score:.2f}", class_="ui-muted ui-small ui-num"),
                class_="ui-tags",
            ),
            tag("ul", *(tag("li", reason) for reason in item.reasons), class_="ui-muted"),
        ),
        class_="ui-row ui-candidate",
    )


def _picture(item: Candidate, address: Address) -> Markup | None:
    """Only of what is served as a picture; S3's lists name no types, so the key may tell it."""
    if item.retrace_status not in (None, 200):
        return None
    named = PurePosixPath(item.key).suffix.lower() in _PICTURES
    typed = (item.content_type or "").startswith("image/")
    source = address(item.reachable_url) if typed or (named and not item.content_type) else ""
    return parts.picture(source, _kind(item)) if source else None


def _kind(item: Candidate) -> str:
    suffix = PurePosixPath(item.key).suffix.lstrip(".")
    return (suffix or (item.content_type or "file").rpartition("/")[2]).upper()[:5]


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


def unknowns(items: Sequence[UnknownFact]) -> Markup | None:
    """What could not be read, and the permission or input that would settle it."""
    if not items:
        return None
    rows = (
        tag(
            "li",
            parts.badge(Tone.UNKNOWN, "unknown"),
            tag("span", tag("b", item.what), " ", item.effect),
            tag("span", item.because, class_="ui-muted"),
        )
        for item in items
    )
    return tag("ul", *rows, class_="ui-unknowns")


def proof(diagnosis: UrlDiagnosis) -> Markup:
    """The left side: every step with its evidence, and how sure the verdict is."""
    sure = diagnosis.verdict.confidence.value
    return join(
        faults(diagnosis),
        parts.title("Step by step", "unfold a step for its evidence"),
        trace(marked(diagnosis)),
        _section("What could not be read", unknowns(diagnosis.unknowns)),
        _section(f"Why \u201c{sure}\u201d", confidence_reasons(diagnosis)),
    )


def meant(diagnosis: UrlDiagnosis, address: Address) -> Markup:
    """What was meant, and what else shares the fault."""
    found = (candidate(item, address) for item in diagnosis.candidates)
    return join(_section("Objects that may be meant", *found), siblings(diagnosis))


def dry_runs(diagnosis: UrlDiagnosis) -> Markup:
    """The repairs of a case that can't be applied from here."""
    fixes = tag("div", *(fix(item) for item in diagnosis.fixes), class_="ui-trace ui-fixes")
    return join(_section("Repairs, dry run", fixes) if diagnosis.fixes else None)


def siblings(diagnosis: UrlDiagnosis) -> Markup | None:
    same = diagnosis.siblings
    if not same.count:
        return None
    return _section(
        f"{formats.counted(same.count, 'object')} in the same folder",
        parts.note("Stored URLs of the others are likely wrong in the same way: audit them."),
        tag("ul", *(tag("li", parts.mono(url)) for url in same.sample[:5])),
    )


def _section(words: str, *content: Child) -> Markup | None:
    if not any(content):
        return None
    return tag("section", parts.title(words), *content)


def confidence_reasons(diagnosis: UrlDiagnosis) -> Markup | None:
    reasons = diagnosis.verdict.why_this_confidence
    return (
        tag("ul", *(tag("li", reason) for reason in reasons), class_="ui-muted")
        if reasons
        else None
    )
