"""A diagnosis as a page shows it: verdict, the request's way, trace, candidates, fixes. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from core.model.diagnosis import (
    Candidate,
    Confidence,
    Evidence,
    Fix,
    TraceStep,
    UnknownFact,
    UrlDiagnosis,
)
from core.ui import formats, parts
from core.ui.diagnosis_way import marked
from core.ui.diagnosis_words import CONFIDENCE, OBJECTS, OUTCOMES
from core.ui.fix_view import fix
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Tone

Address = Callable[[str | None], str]  # where the browser gets a picture; '' for nowhere

_FINE = "none-ok"
_PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})


def verdict(diagnosis: UrlDiagnosis) -> Markup:
    """The sentence that can be pasted into a ticket, how sure it is, and what a viewer gets."""
    ruling = diagnosis.verdict
    tone = _verdict_tone(diagnosis)
    detail = tag(
        "div",
        parts.badge(*_status(ruling.predicted_status)),
        parts.badge(*CONFIDENCE[ruling.confidence]),
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
        parts.badge(*OUTCOMES[step.outcome]),
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
                parts.badge(*CONFIDENCE[item.confidence]),
                parts.badge(*OBJECTS[item.state]),
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
