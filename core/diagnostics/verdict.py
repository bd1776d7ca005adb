"""The verdict: status, primary cause, one sentence, and how sure all of it is."""

from __future__ import annotations

from core.diagnostics.causes.registry import Case, Found
from core.diagnostics.journey import Journey
from core.diagnostics.urls import redact
from core.model.diagnosis import Confidence, Fix, Verdict

_ORDER = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE, Confidence.UNKNOWN)


def verdict_of(case: Case, found: list[Found], repairs: tuple[Fix, ...]) -> Verdict:
    journey = case.journey
    observed = observed_status(journey)
    agrees = None if observed is None or journey.status is None else observed == journey.status
    confidence, why = _confidence(case, found, agrees=agrees)
    causes = [f.cause for f in found] or ["none-ok"]
    return Verdict(
        predicted_status=journey.status,
        observed_status=observed,
        agrees=agrees,
        primary_cause=causes[0],
        also=tuple(causes[1:]),
        sentence=redact(_sentence(journey, found, repairs, observed, agrees=agrees)),
        confidence=confidence,
        why_this_confidence=tuple(why),
    )


def observed_status(journey: Journey) -> int | None:
    """What a live HEAD (or the saved one) showed for this very URL."""
    probe = (journey.snapshot.probe or {}).get("cdn") or {}
    status = probe.get("Status") if isinstance(probe, dict) else None
    if isinstance(status, int):
        return status
    return journey.edge.status if journey.edge is not None else None


def _confidence(
    case: Case, found: list[Found], *, agrees: bool | None
) -> tuple[Confidence, list[str]]:
    """The weakest link decides."""
    journey, why = case.journey, []
    level = found[0].confidence if found else Confidence.CERTAIN
    first = journey.first
    if first is not None and first.undecided:
        level = Confidence.UNKNOWN
        why.append("A step before the answer could not be decided from what was read")
    elif any(stop.undecided for stop in journey.stops):
        level = _weaker(level, Confidence.LIKELY)
        why.append("A later step could not be decided from what was read")
    if journey.log.unknowns and level is not Confidence.UNKNOWN:
        level = _weaker(level, Confidence.LIKELY)
        why.append(f"Not known: {journey.log.unknowns[0].what}")
    if agrees is False:
        level = _weaker(level, Confidence.POSSIBLE)
        why.append("The live answer has another status than the predicted one")
    if len(case.guesses) > 1 and not case.guesses[0].sure and journey.missing:
        level = _weaker(level, Confidence.POSSIBLE)
        why.append("Several objects fit equally well")
    if not why:
        why.append(_because(level, found))
    return level, why


def _because(level: Confidence, found: list[Found]) -> str:
    if level is Confidence.CERTAIN:
        return "Every step up to the fault was read from data"
    return f"One step is inferred: {found[0].sentence}" if found else "One step is inferred"


def _weaker(one: Confidence, other: Confidence) -> Confidence:
    return max(one, other, key=_ORDER.index)


def _sentence(
    journey: Journey, found: list[Found], repairs: tuple[Fix, ...], observed: int | None,
    *, agrees: bool | None,
) -> str:  # fmt: skip
    parts = []
    if agrees is False:
        parts.append(f"The live answer is {observed}, not the predicted {journey.status}.")
    if not found:
        undecided = journey.first is not None and journey.first.undecided
        parts.append(
            "Nothing wrong was found in what could be read, but a step stays unknown."
            if undecided or journey.status is None
            else f"Nothing is wrong: the URL answers {journey.status}."
        )
        return " ".join(parts)
    parts.append(found[0].sentence)
    preferred = next((fix for fix in repairs if fix.preferred), None)
    if len(found) > 1 and preferred is not None:
        status = preferred.dry_run.retrace_status
        if status is not None and status >= 400:
            parts.append(f"Fixing only this still gives {status}.")
    return " ".join(parts)
