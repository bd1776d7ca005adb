from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.accounts import sessions
from core.model.identity import Session

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIFE = timedelta(hours=12)


def begin(now: datetime = NOW, token: str = "token") -> Session:
    return sessions.begin(token, "a1", now, LIFE, device="Firefox", address="192.0.2.1")


def test_the_row_keeps_the_hash_of_the_token_only():
    row = begin(token="secret")
    assert row.id == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    assert "secret" not in row.model_dump_json()


def test_what_a_client_says_of_itself_is_shortened_and_made_harmless():
    row = sessions.begin("t", "a1", NOW, LIFE, device="Fire\x1bfox\n" * 100, address="x" * 500)
    assert row.device.startswith("FirefoxFirefox")
    assert (len(row.device), len(row.address)) == (200, 64)


def test_a_session_ends_at_its_expiry_to_the_second():
    row = begin()
    assert sessions.is_live(row, NOW + LIFE - timedelta(seconds=1))
    assert not sessions.is_live(row, NOW + LIFE)


def test_a_used_session_slides_but_not_on_every_call():
    row = begin()
    assert sessions.slide(row, NOW + timedelta(minutes=35), LIFE) is None
    moved = sessions.slide(row, NOW + timedelta(minutes=36), LIFE)
    assert moved is not None
    assert moved.expires_at == NOW + timedelta(minutes=36) + LIFE
    assert (moved.id, moved.created_at) == (row.id, row.created_at)


@given(st.lists(st.floats(min_value=0.01, max_value=11.9), max_size=200))
def test_no_use_keeps_a_session_alive_for_more_than_thirty_days(hours):
    row, now = begin(), NOW
    for step in hours:
        now += timedelta(hours=step)
        row = sessions.slide(row, now, LIFE) or row
        assert row.expires_at <= NOW + sessions.ABSOLUTE_LIFE
        assert sessions.is_live(row, now) == (now < NOW + sessions.ABSOLUTE_LIFE)


def test_a_row_behind_an_access_token_lives_seven_days():
    assert sessions.for_bearer(begin(), NOW).expires_at == NOW + timedelta(days=7)


def test_ended_rows_and_the_oldest_beyond_the_limit_are_surplus():
    ended = begin(NOW - timedelta(days=2), "ended")
    live = [
        begin(NOW - timedelta(minutes=n), f"t{n}") for n in range(sessions.MOST_PER_ACCOUNT + 2)
    ]
    assert set(sessions.surplus([*live, ended], NOW)) == {ended, live[-1], live[-2]}
