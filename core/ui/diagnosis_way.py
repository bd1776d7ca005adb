"""The request's way as a strip of stops, from the URL to who may read the object. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.diagnosis import Outcome, TraceStep, UrlDiagnosis
from core.model.diagnosis import Step as TraceName
from core.ui import parts
from core.ui.diagnosis_words import OBJECTS, OUTCOMES
from core.ui.markup import Markup, tag

_WORST: tuple[Outcome, ...] = ("fail", "unknown", "changed", "ok", "skipped")
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
        "Object": OBJECTS[found.object_state][1],
        "Access": found.error_code or "",
    }


def way(diagnosis: UrlDiagnosis) -> Markup:
    """The strip from URL to access; the first stop that fails is the break, the rest is dimmed."""
    stops = stations(diagnosis)
    broken_at = next((at for at, stop in enumerate(stops) if stop.outcome == "fail"), len(stops))
    items = (_stop(stop, at, broken_at) for at, stop in enumerate(stops))
    return tag("ol", *items, class_="ui-way", aria_label="The way of the request")


def _stop(stop: Station, at: int, broken_at: int) -> Markup:
    tone, word = OUTCOMES[stop.outcome]
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
