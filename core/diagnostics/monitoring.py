"""The rules of a monitor: what a check says, which state follows, and when the next one is due.

A check that could not be made never changes what was last certain: no read that AWS refuses, and
no answer that nobody understands, turns a working URL into a relapsed one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from core.diagnostics.urls import REDACTED, parse_url, redact
from core.model.diagnosis import Confidence, UrlDiagnosis
from core.model.saved_case import CaseSummary, Check, CheckStatus, Interval, Monitor, WatchState

_SURE = {Confidence.CERTAIN, Confidence.LIKELY}
_FINE = "none-ok"
_FAULTS = {WatchState.BROKEN, WatchState.RELAPSED}


def can_watch(url: str) -> bool:
    """A signature is never kept, so a signed URL can't be asked again."""
    return parse_url(url).is_absolute_http and REDACTED not in redact(url)


def summary_of(diagnosis: UrlDiagnosis) -> CaseSummary:
    verdict = diagnosis.verdict
    return CaseSummary(
        primary_cause=verdict.primary_cause,
        sentence=verdict.sentence,
        confidence=verdict.confidence,
        predicted_status=verdict.predicted_status,
        observed_status=verdict.observed_status,
    )


def known_from(summary: CaseSummary) -> WatchState | None:
    """What a case that was captured here says about its URL; None where that is not certain."""
    if summary.confidence not in _SURE:
        return None
    return WatchState.WORKS if summary.primary_cause == _FINE else WatchState.BROKEN


def begin(
    interval: Interval, now: datetime, *, known: WatchState | None, known_since: datetime | None
) -> Monitor:
    """A new monitor. It is due at once; its place in the day begins with the second check."""
    return Monitor(
        interval_seconds=interval.seconds,
        next_at=now,
        since=now,
        known=known,
        known_since=known_since if known is not None else None,
    )


def next_due(case_id: str, interval_seconds: int, now: datetime) -> datetime:
    """The next slot after `now`. Each case has its own place in the interval, by its id."""
    place = int.from_bytes(sha256(case_id.encode()).digest()[:8]) % interval_seconds
    passed = (int(now.timestamp()) - place) // interval_seconds
    return datetime.fromtimestamp(place + (passed + 1) * interval_seconds, UTC)


def check_of(diagnosis: UrlDiagnosis, at: datetime, known: WatchState | None) -> Check:
    """What a diagnosis with a live answer says. `known` is None for a URL never judged here."""
    verdict = diagnosis.verdict
    status = _foreign(diagnosis, known) or _judged(diagnosis)
    cause = "" if verdict.primary_cause == _FINE else verdict.primary_cause
    return Check(
        at=at,
        status=status,
        cause=cause,
        sentence=verdict.sentence,
        observed_status=verdict.observed_status,
    )


def _foreign(diagnosis: UrlDiagnosis, known: WatchState | None) -> CheckStatus | None:
    """A case from elsewhere names a host that this account does not serve: nothing is known."""
    resolved, verdict = diagnosis.resolved, diagnosis.verdict
    here = resolved.distribution_id or resolved.bucket or verdict.observed_status is not None
    return None if here or known is not None else CheckStatus.UNCHECKED


def _judged(diagnosis: UrlDiagnosis) -> CheckStatus:
    """Viewer's answer first. A failure that nobody can explain may be AWS's own for a moment."""
    verdict = diagnosis.verdict
    observed, sure = verdict.observed_status, verdict.confidence in _SURE
    if observed is not None and observed >= 400 and verdict.agrees is not True:
        passing = observed >= 500 or observed == 429
        return CheckStatus.UNCHECKED if passing else CheckStatus.BROKEN
    if not sure or verdict.agrees is False:
        return CheckStatus.UNCHECKED
    return CheckStatus.WORKS if verdict.primary_cause == _FINE else CheckStatus.BROKEN


def unchecked(at: datetime, sentence: str) -> Check:
    return Check(at=at, status=CheckStatus.UNCHECKED, sentence=sentence)


def after(monitor: Monitor, check: Check, next_at: datetime) -> Monitor:
    """The monitor once `check` is in."""
    state, since = _next_state(monitor, check)
    update: dict[str, object] = {
        "state": state,
        "since": since,
        "last": check,
        "next_at": next_at,
        "checks": monitor.checks + 1,
        "taken_until": None,
    }
    if state is not WatchState.UNKNOWN:
        update |= {"known": state, "known_since": since}
    return monitor.model_copy(update=update)


def _next_state(monitor: Monitor, check: Check) -> tuple[WatchState, datetime]:
    """The state, and since when: a state that goes on keeps its beginning."""
    if check.status is CheckStatus.UNCHECKED:
        goes_on = monitor.state is WatchState.UNKNOWN and monitor.last is not None
        return WatchState.UNKNOWN, monitor.since if goes_on else check.at
    if check.status is CheckStatus.WORKS:
        state = WatchState.WORKS
    elif monitor.known is WatchState.WORKS:
        state = WatchState.RELAPSED
    else:
        state = monitor.known if monitor.known in _FAULTS else WatchState.BROKEN
    kept = monitor.known_since if monitor.known is state else None
    return state, kept or check.at


def lease_until(now: datetime) -> datetime:
    """While one process checks, no other one takes the case; after that it is due again."""
    return now + timedelta(minutes=10)
