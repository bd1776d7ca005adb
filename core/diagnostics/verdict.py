"""The verdict: status, primary cause, one sentence, and how sure all of it is."""

from __future__ import annotations

from core.diagnostics.causes.registry import Case, Found
from core.diagnostics.edge.cache import error_seconds_left, is_error
from core.diagnostics.journey import Journey
from core.diagnostics.urls import redact
from core.model.diagnosis import Confidence, Fix, UnknownFact, Verdict

_LITTLE_WORDS = {"The", "What", "Whether", "Where", "It", "Its", "They", "A", "An", "One", "No"}
_SHOWN = 2  # gaps that a sentence names
_ORDER = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE, Confidence.UNKNOWN)


def short_of(case: Case, found: list[Found]) -> tuple[int | None, str, Confidence]:
    """Status, primary cause and confidence as `verdict_of` has them, without the words."""
    _, agrees = _observed(case.journey)
    confidence, _ = _confidence(case, found, agrees=agrees)
    return case.journey.status, found[0].cause if found else "none-ok", confidence


def _observed(journey: Journey) -> tuple[int | None, bool | None]:
    """What the live answer was, and whether it is the predicted one."""
    observed = observed_status(journey)
    told = observed is not None and journey.status is not None
    return observed, observed == journey.status if told else None


def verdict_of(case: Case, found: list[Found], repairs: tuple[Fix, ...]) -> Verdict:
    journey = case.journey
    observed, agrees = _observed(journey)
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
    entry, owner = journey.edge, journey.distribution
    if entry is None or owner is None:
        return None
    left = error_seconds_left(entry, owner.config) if is_error(entry) else None
    return None if left is not None and left <= 0 else entry.status  # an error that has ended


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
    gaps = _unknowns(journey)
    if gaps and level is not Confidence.UNKNOWN:
        level = _weaker(level, Confidence.LIKELY)
        why.append(f"Not known: {gaps[0].what}")
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
        return " ".join([*parts, _nothing_found(journey, agrees=agrees)])
    parts.append(found[0].sentence)
    preferred = next((fix for fix in repairs if fix.preferred), None)
    if len(found) > 1 and preferred is not None:
        status = preferred.dry_run.retrace_status
        if status is not None and status >= 400:
            parts.append(f"Fixing only this still gives {status}.")
    return " ".join(parts)


def _nothing_found(journey: Journey, *, agrees: bool | None) -> str:
    """What could not be read comes first: nobody may take "nothing found" for "all is well"."""
    gaps, status = _gaps(journey), journey.status
    if agrees is False:
        return f"{gaps} Nothing that was read explains it.".lstrip()
    if status is None:
        return f"{gaps} Nothing wrong was found in the rest, so the answer stays unknown.".lstrip()
    if gaps:
        return f"{gaps} By all that was read, the URL answers {status}."
    return f"Nothing is wrong: the URL answers {status}."


def _unknowns(journey: Journey) -> list[UnknownFact]:
    return journey.log.unknowns + (journey.visit.log.unknowns if journey.visit else [])


def _gaps(journey: Journey) -> str:
    """The reads that failed, else the facts that no read told; only where a step needs them."""
    unknown = _unknowns(journey)
    undecided = any(stop.undecided for stop in journey.stops)
    if not unknown and not undecided:
        return ""
    refused = [(u.what, u.because) for u in journey.snapshot.unread]
    named = dict(refused or [(u.what, u.because) for u in unknown])
    shown = [
        f"{_inside(what)} ({_inside(why).rstrip('.')})" if why else _inside(what)
        for what, why in named.items()
    ]
    if not shown:
        return "A step could not be decided."
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"{'Not read' if refused else 'Not known'}: {'; '.join(shown[:_SHOWN])}{more}."


def _inside(text: str) -> str:
    """The words of a sentence in the middle of another one."""
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first in _LITTLE_WORDS else text
