"""A page that asks AWS many things waits for a hanging call once, not for each."""

from datetime import UTC, datetime, timedelta

import pytest

from core.dashboard.outage import Outage
from core.errors import AwsDenied, AwsUnavailable

START = datetime(2026, 11, 20, tzinfo=UTC)


class Calls:
    def __init__(self):
        self.made, self.error = 0, None

    def __call__(self):
        self.made += 1
        if self.error:
            raise self.error
        return "answer"


@pytest.fixture
def clock():
    return [START]


def test_after_a_call_without_an_answer_the_next_are_not_made_for_a_while(clock):
    outage, call = Outage(lambda: clock[0]), Calls()
    assert outage.ask(call) == "answer"
    call.error = AwsUnavailable("hangs")
    for _ in range(3):
        with pytest.raises(AwsUnavailable):
            outage.ask(call)
    assert call.made == 2
    clock[0] += timedelta(seconds=31)
    call.error = None
    assert [outage.ask(call), outage.ask(call)] == ["answer", "answer"]


def test_a_refusal_is_an_answer_and_a_clock_that_jumped_back_ends_the_pause(clock):
    outage, call = Outage(lambda: clock[0]), Calls()
    call.error = AwsDenied("no")
    for _ in range(2):
        with pytest.raises(AwsDenied):
            outage.ask(call)
    call.error = AwsUnavailable("hangs")
    with pytest.raises(AwsUnavailable):
        outage.ask(call)
    call.error = None
    clock[0] -= timedelta(days=1)
    assert outage.ask(call) == "answer"
