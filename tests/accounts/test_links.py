from datetime import UTC, datetime, timedelta

import pytest

from core.accounts import links
from core.errors import NotFound

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ACCOUNT = "0123456789abcdef01234567"
TOKEN = links.token(ACCOUNT, "s" * 43)


def test_a_token_names_its_account():
    assert links.account_of(TOKEN) == ACCOUNT


@pytest.mark.parametrize(
    "odd", ["", "guess", ACCOUNT, TOKEN[:-1], TOKEN + "\n", "\ud800", "x" * 9999, f"#{TOKEN[1:]}"]
)
def test_what_can_t_be_a_token_names_nobody(odd):
    assert links.account_of(odd) is None


def test_a_link_counts_until_its_last_second():
    link = links.begin(TOKEN, ACCOUNT, NOW)
    links.check(link, TOKEN, NOW + timedelta(hours=71, minutes=59, seconds=59))
    with pytest.raises(NotFound, match="ended on 23 November 2026 at 09:00 UTC"):
        links.check(link, TOKEN, NOW + timedelta(hours=72))


def test_only_the_right_token_is_told_when_the_link_ended():
    link = links.begin(TOKEN, ACCOUNT, NOW)
    with pytest.raises(NotFound, match="used already"):
        links.check(link, links.token(ACCOUNT, "t" * 43), NOW + timedelta(days=9))


def test_the_row_does_not_hold_the_token():
    assert TOKEN[25:] not in links.begin(TOKEN, ACCOUNT, NOW).model_dump_json()
