"""One diagnosis, top to bottom: trace, candidates, causes, repairs, report. Pure."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from core.diagnostics.candidates import guesses
from core.diagnostics.causes.registry import Case, Found, rules_for
from core.diagnostics.fixes import fixes
from core.diagnostics.guess import Guess
from core.diagnostics.journey import Journey, Visit
from core.diagnostics.objects import state_of
from core.diagnostics.reach import reachable_url
from core.diagnostics.trace import travel
from core.diagnostics.urls import redact
from core.diagnostics.verdict import verdict_of
from core.diagnostics.visit import Indexes
from core.errors import InvalidInput
from core.model.delivery import AccountSnapshot
from core.model.diagnosis import (
    Candidate,
    ObjectState,
    ParsedUrl,
    ReportInput,
    Resolved,
    Siblings,
    TraceStep,
    UnknownFact,
    UrlDiagnosis,
)

_RULE_FILES = ("db", "edge", "origin", "missing", "access", "s3_urls", "cache", "response",
               "cors", "slow")  # fmt: skip
_STEP_ORDER = ("db", "dns", "tls", "distribution", "viewer", "signed", "behavior", "function",
               "cache", "origin", "key", "object", "access", "kms", "response")  # fmt: skip


Search = Callable[[Journey, Indexes], list[Guess]]


@cache
def _load_rules() -> None:
    for name in _RULE_FILES:
        importlib.import_module(f"core.diagnostics.causes.{name}")


def parse_snapshot(snapshot: Mapping[str, Any]) -> AccountSnapshot:
    """Read a snapshot; `InvalidInput` names the first place that can't be read."""
    try:
        json.dumps(snapshot, ensure_ascii=False, default=str).encode()  # half characters can't pass
        return AccountSnapshot.model_validate(dict(snapshot))
    except (ValidationError, TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"The case can't be read: {_first_problem(error, snapshot)}",
            hint="A case has the shapes that the AWS API answers; see the contract of the command.",
        ) from error


def _first_problem(error: Exception, snapshot: Mapping[str, Any]) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if isinstance(error, UnicodeEncodeError):
        return f"{_half_character(snapshot)}: half of a character (a lone surrogate)"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def _half_character(snapshot: Mapping[str, Any]) -> str:
    """The place of the first text that is no Unicode."""
    left: list[tuple[str, Any]] = [("", snapshot)]
    while left:
        place, value = left.pop()
        if isinstance(value, str) and value != value.encode("utf-8", "ignore").decode():
            break
        pairs = list(value.items()) if isinstance(value, Mapping) else []
        pairs = list(enumerate(value)) if isinstance(value, list | tuple) else pairs
        left += [(f"{place}.{key}".lstrip("."), inner) for key, inner in reversed(pairs)]
        left += [(place, key) for key, _ in pairs if isinstance(key, str)]  # a name is seen first
    return place or "a name"


def diagnose(snapshot: Mapping[str, Any]) -> UrlDiagnosis:
    """The report for a snapshot as the contract describes it."""
    return diagnose_parsed(parse_snapshot(snapshot))


def diagnose_parsed(snapshot: AccountSnapshot) -> UrlDiagnosis:
    case, found = examine(snapshot)
    journey = case.journey
    causes = tuple(f.cause for f in found)
    repairs = fixes(case, causes)
    return UrlDiagnosis(
        id=snapshot.id,
        input=_input(journey),
        verdict=verdict_of(case, found, repairs),
        resolved=resolved_of(journey),
        trace=_trace(journey),
        findings=tuple(f.finding() for f in found),
        candidates=tuple(_candidate(case, guess) for guess in case.guesses),
        fixes=repairs,
        unknowns=_unknowns(journey),
        siblings=_siblings(case),
    )


def examine(
    snapshot: AccountSnapshot, indexes: Indexes | None = None, search: Search = guesses
) -> tuple[Case, list[Found]]:
    """Trace, candidates and causes, without repairs: what an audit needs per URL."""
    indexes = indexes or Indexes()
    return judge(travel(snapshot, indexes), indexes, search)


def judge(journey: Journey, indexes: Indexes, search: Search = guesses) -> tuple[Case, list[Found]]:
    """Candidates and causes for a request that was traced; `best_guess` searches no further."""
    _load_rules()
    case = Case(journey, search(journey, indexes) if _asks(journey) else [], indexes)
    found: dict[str, Found] = {}
    for rule in rules_for(frozenset(stop.tag for stop in journey.stops)):
        for one in rule(case):
            kept = found.get(one.cause)
            if kept is None or one.order < kept.order:
                found[one.cause] = one
    return case, sorted(found.values(), key=lambda f: f.order)


_UNSENT = ("url-empty", "host-unknown", "url-not-http", "stacked", "alias-missing", "cname-to-s3")


def _asks(journey: Journey) -> bool:
    """Nothing is guessed for an object that was found, unless no request ever gets to it."""
    visit = journey.visit
    if visit is None:
        return any(journey.stopped(tag) for tag in _UNSENT)
    if visit.state is ObjectState.PRESENT:
        return bool(journey.stopped("certificate") or journey.stopped("disabled"))
    if visit.listing or visit.redirect or visit.key == "":
        return False
    return visit.endpoint.kind != "custom" or journey.stopped("stacked") is not None


def _input(journey: Journey) -> ReportInput:
    url = journey.url
    return ReportInput(
        url=redact(url.text), method=journey.method,
        parsed=ParsedUrl(
            host=url.host, raw_path=url.raw_path, match_path=url.match_path,
            query=redact(url.query), fragment_dropped=url.fragment,
        ),
    )  # fmt: skip


def answering_of(journey: Journey) -> Visit | None:
    """The visit that answers: the second origin's where it does well."""
    second = journey.failover
    return second if second is not None and second.stop is None else journey.visit


def place_of(visit: Visit | None) -> tuple[str | None, str | None]:
    """Bucket and key of a visit, where it came to a key."""
    if visit is None or visit.key is None:
        return None, None
    return visit.bucket_name or None, visit.key


def resolved_of(journey: Journey) -> Resolved:
    answering = answering_of(journey)
    bucket, key = place_of(answering)
    return Resolved(
        distribution_id=journey.distribution.id if journey.distribution else None,
        behavior_pattern=journey.behavior.name if journey.behavior else None,
        origin_id=(answering.origin.id or None) if answering else None,
        bucket=bucket,
        key=key,
        object_state=answering.state if answering else ObjectState.NOT_APPLICABLE,
        served_by=journey.served_by,
        error_code=journey.code,
    )


def _trace(journey: Journey) -> tuple[TraceStep, ...]:
    steps = journey.log.steps + (journey.visit.log.steps if journey.visit else [])
    ordered = sorted(steps, key=lambda s: _STEP_ORDER.index(s.step))
    return tuple(
        s.model_copy(update={"before": redact(s.before), "after": redact(s.after),
                             "because": redact(s.because)})
        for s in ordered
    )  # fmt: skip


def _candidate(case: Case, guess: Guess) -> Candidate:
    bucket = case.snapshot.bucket(guess.bucket)
    item, state = None, ObjectState.UNKNOWN
    if bucket is not None:
        state, item = state_of(case.indexes.of(bucket), guess.key, case.snapshot.now)
    url, status = reachable_url(case, guess.bucket, guess.key)
    return Candidate(
        bucket=guess.bucket, key=guess.key, score=round(max(guess.score, 0.0), 3),
        confidence=guess.confidence, transform=guess.transform, reasons=guess.reasons, state=state,
        content_type=item.content_type if item else None,
        owner_match="same" if guess.same_owner else "unknown",
        reachable_url=url, retrace_status=status,
    )  # fmt: skip


def _unknowns(journey: Journey) -> tuple[UnknownFact, ...]:
    noted = journey.log.unknowns + (journey.visit.log.unknowns if journey.visit else [])
    refused = [
        UnknownFact(what=u.what, because=u.because, effect=u.permission)
        for u in journey.snapshot.unread
    ]
    return tuple(noted + refused)


def _siblings(case: Case) -> Siblings:
    """Objects that share the folder of the one that was meant: likely the same fault."""
    best = case.best
    bucket = case.snapshot.bucket(best.bucket) if best and best.sure else None
    if best is None or bucket is None or case.journey.ok:
        return Siblings()
    folder = best.key.rpartition("/")[0]
    keys = [k for k in case.indexes.of(bucket) if k.rpartition("/")[0] == folder]
    pattern = case.journey.url.raw_path.rpartition("/")[0] + "/*"
    return Siblings(pattern=pattern, count=len(keys), sample=tuple(keys[:5]))
