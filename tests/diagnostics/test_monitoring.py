"""What a check says, which state follows from it, and when the next one is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics import monitoring
from core.model.diagnosis import Confidence, ReportInput, Resolved, UrlDiagnosis, Verdict
from core.model.saved_case import Check, CheckStatus, Interval, WatchState

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WORKS, BROKEN, UNCHECKED = CheckStatus.WORKS, CheckStatus.BROKEN, CheckStatus.UNCHECKED


def diagnosis(
    cause="none-ok", confidence="certain", predicted=200, observed=None, *, distribution="E1"
):
    agrees = None if observed is None or predicted is None else observed == predicted
    return UrlDiagnosis(
        input=ReportInput(url="https://d1.cloudfront.net/a.jpg"),
        verdict=Verdict(
            primary_cause=cause, confidence=Confidence(confidence), sentence="It is so.",
            predicted_status=predicted, observed_status=observed, agrees=agrees,
        ),
        resolved=Resolved(distribution_id=distribution),
    )  # fmt: skip


def told(known=WatchState.WORKS, **shape):
    return monitoring.check_of(diagnosis(**shape), NOW, known).status


def through(*statuses, known=None):
    """The monitor after these checks, one per hour."""
    monitor = monitoring.begin(Interval.HOUR, NOW, known=known, known_since=NOW)
    for hour, status in enumerate(statuses, start=1):
        at = NOW + timedelta(hours=hour)
        check = Check(at=at, status=status)
        monitor = monitoring.after(monitor, check, at + timedelta(hours=1))
    return monitor


def hour(number):
    return NOW + timedelta(hours=number)


def test_a_certain_verdict_without_a_fault_works():
    assert told() is WORKS
    assert told(observed=200) is WORKS
    assert told(confidence="likely") is WORKS


def test_a_certain_fault_is_broken_and_names_its_cause():
    check = monitoring.check_of(diagnosis("missing-key", predicted=403), NOW, WatchState.WORKS)
    assert (check.status, check.cause) == (BROKEN, "missing-key")
    assert told(cause="wrong-content-type", predicted=200, observed=200) is BROKEN


@pytest.mark.parametrize("confidence", ["possible", "unknown"])
@pytest.mark.parametrize("cause", ["none-ok", "missing-key"])
def test_an_uncertain_verdict_is_no_check(confidence, cause):
    assert told(cause=cause, confidence=confidence, predicted=None) is UNCHECKED


def test_what_the_viewer_gets_counts_more_than_what_was_predicted():
    assert told(observed=403, confidence="possible") is BROKEN
    assert told(cause="missing-key", predicted=403, observed=200, confidence="certain") is UNCHECKED


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_outage_that_nothing_explains_is_no_relapse(status):
    assert told(observed=status, confidence="possible") is UNCHECKED
    explained = {"cause": "origin-timeout", "predicted": status, "observed": status}
    assert told(**explained) is BROKEN


def test_a_case_from_elsewhere_is_not_called_broken_for_being_elsewhere():
    strange = {"cause": "alias-missing", "predicted": None, "distribution": None}
    assert told(known=None, **strange) is UNCHECKED
    assert told(known=WatchState.WORKS, **strange) is BROKEN


def test_a_new_monitor_knows_nothing_until_its_first_check():
    monitor = through()
    assert (monitor.state, monitor.last, monitor.next_at) == (WatchState.UNKNOWN, None, NOW)


def test_broken_stays_broken_since_its_beginning():
    monitor = through(BROKEN, BROKEN, BROKEN)
    assert (monitor.state, monitor.since) == (WatchState.BROKEN, hour(1))
    assert monitor.checks == 3


def test_what_worked_and_breaks_has_relapsed():
    monitor = through(BROKEN, WORKS, BROKEN, BROKEN)
    assert (monitor.state, monitor.since) == (WatchState.RELAPSED, hour(3))


def test_what_works_again_works():
    assert through(WORKS, BROKEN, WORKS).state is WatchState.WORKS


def test_a_repaired_url_relapses_at_its_first_failure():
    assert through(BROKEN, known=WatchState.WORKS).state is WatchState.RELAPSED


def test_a_check_that_failed_keeps_what_was_certain():
    monitor = through(WORKS, UNCHECKED, UNCHECKED)
    assert (monitor.state, monitor.since) == (WatchState.UNKNOWN, hour(2))
    assert (monitor.known, monitor.known_since) == (WatchState.WORKS, hour(1))


def test_a_relapse_after_a_blind_time_is_still_a_relapse():
    assert through(WORKS, UNCHECKED, BROKEN).state is WatchState.RELAPSED
    again = through(WORKS, BROKEN, UNCHECKED, BROKEN)
    assert (again.state, again.since) == (WatchState.RELAPSED, hour(2))


@given(st.lists(st.sampled_from(list(CheckStatus)), max_size=12))
def test_a_relapse_needs_a_time_when_it_worked(statuses):
    monitor = through(*statuses)
    if monitor.known is WatchState.RELAPSED:
        assert WORKS in statuses
        assert statuses[::-1].index(BROKEN) < statuses[::-1].index(WORKS)
    if not set(statuses) - {UNCHECKED}:
        assert monitor.known is None


@given(st.text(min_size=1, max_size=20), st.sampled_from(list(Interval)), st.integers(0, 10**7))
def test_the_next_check_is_one_interval_away_at_most(id, interval, seconds):
    now = NOW + timedelta(seconds=seconds)
    due = monitoring.next_due(id, interval.seconds, now)
    assert now < due <= now + timedelta(seconds=interval.seconds)
    following = monitoring.next_due(id, interval.seconds, due)
    assert following - due == timedelta(seconds=interval.seconds)


def test_many_monitors_are_spread_over_the_interval():
    due = [monitoring.next_due(f"case{n}", 3600, NOW) for n in range(600)]
    per_minute = [sum((at - NOW).seconds // 60 == minute for at in due) for minute in range(60)]
    assert max(per_minute) <= 30


def test_signed_urls_and_no_urls_are_not_watched():
    assert monitoring.can_watch("https://d1.cloudfront.net/a.jpg?v=2")
    assert not monitoring.can_watch("https://d1.cloudfront.net/a.jpg?Signature=abc")
    assert not monitoring.can_watch("https://d1.cloudfront.net/a.jpg?Signature=REDACTED")
    assert not monitoring.can_watch("")
    assert not monitoring.can_watch("s3://bucket/a.jpg")


def test_only_a_certain_summary_is_remembered_as_a_state():
    of = monitoring.summary_of
    assert monitoring.known_from(of(diagnosis())) is WatchState.WORKS
    assert monitoring.known_from(of(diagnosis("missing-key"))) is WatchState.BROKEN
    assert monitoring.known_from(of(diagnosis(confidence="possible"))) is None
