from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TooManyAttempts
from core.model import lockout
from core.model.credentials import Attempts
from core.model.lockout import Limit

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIMIT = Limit(5, timedelta(minutes=15))


def tried(times: int, now: datetime = NOW) -> Attempts | None:
    attempts = None
    for _ in range(times):
        attempts = lockout.count(attempts, "account-x", now, LIMIT)
    return attempts


def test_the_fifth_try_is_looked_at_and_the_sixth_is_refused_with_the_time_it_ends():
    attempts = tried(5)
    with pytest.raises(TooManyAttempts, match="09:15 UTC"):
        lockout.count(attempts, "account-x", NOW + timedelta(minutes=14), LIMIT)


@pytest.mark.parametrize(
    ("waited", "said", "seconds"),
    [
        ({"minutes": 0}, "closed for 15 minutes, until 09:15 UTC", 900),
        ({"minutes": 13, "seconds": 30}, "closed for 2 minutes, until 09:15 UTC", 90),
        ({"minutes": 14, "seconds": 59.5}, "closed for 1 minute, until 09:15 UTC", 1),
        ({"seconds": -1}, "closed for 16 minutes, until 09:15 UTC", 901),
    ],
)
def test_a_closed_door_says_how_long_and_never_too_short(waited, said, seconds):
    with pytest.raises(TooManyAttempts, match=said) as closed:
        lockout.count(tried(5), "account-x", NOW + timedelta(**waited), LIMIT, "The link")
    assert closed.value.message.startswith("Too many wrong passwords. The link is closed")
    assert closed.value.seconds == seconds


def test_a_door_that_opens_within_a_minute_names_the_next_one():
    attempts = tried(5, NOW + timedelta(seconds=7))
    with pytest.raises(TooManyAttempts, match="until 09:16 UTC"):
        lockout.count(attempts, "account-x", NOW + timedelta(minutes=3), LIMIT)


def test_waiting_opens_the_door_and_the_count_starts_anew():
    again = lockout.count(tried(5), "account-x", NOW + timedelta(minutes=15), LIMIT)
    assert (again.count, again.locked_until) == (1, None)


def test_tries_that_lie_far_apart_never_lock():
    attempts, now = None, NOW
    for _ in range(20):
        attempts, now = (
            lockout.count(attempts, "account-x", now, LIMIT),
            now + timedelta(minutes=15),
        )
        assert lockout.locked_until(attempts, now) is None


def test_a_right_try_gives_back_its_count_and_the_lock_it_set():
    given_back = lockout.take_back(tried(5))
    assert (given_back.count, given_back.locked_until) == (4, None)


@given(st.lists(st.tuples(st.integers(0, 600), st.booleans()), max_size=60))
def test_no_more_wrong_tries_than_the_limit_pass_within_a_window(steps):
    attempts, now, wrong = None, NOW, []
    for seconds, right in steps:
        now += timedelta(seconds=seconds)
        try:
            attempts = lockout.count(attempts, "account-x", now, LIMIT)
        except TooManyAttempts:
            continue
        if right:
            attempts = lockout.take_back(attempts)
        else:
            wrong.append(now)
    for start in wrong:
        burst = [moment for moment in wrong if start <= moment < start + LIMIT.window]
        # a window that began before `start` may still have had room: never twice the limit
        assert len(burst) < 2 * LIMIT.tries


def test_counters_are_filed_under_hashes_of_one_length():
    ids = {
        lockout.counter_id("account", "a@example.com"),
        lockout.counter_id("account", "x" * 100_000),
        lockout.counter_id("address", "a@example.com"),
    }
    assert len(ids) == 3
    assert {len(counter) for counter in ids} == {len("account-") + 64}


def test_a_counter_is_stale_when_neither_its_window_nor_its_lock_runs():
    window = LIMIT.window
    assert not lockout.is_stale(tried(1), NOW + timedelta(minutes=14), window)
    assert lockout.is_stale(tried(1), NOW + timedelta(minutes=15), window)
    late = lockout.count(tried(4), "account-x", NOW + timedelta(minutes=14), LIMIT)
    assert not lockout.is_stale(late, NOW + timedelta(minutes=20), window)
