import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from core.accounts import sessions, tokens

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KEY = "a key of at least thirty-two characters"
SESSION = sessions.begin("t", "a1", NOW, timedelta(hours=12), device="", address="")


def claims_of(token: str) -> dict:
    body = token.split(".")[1]
    return json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_token_names_account_and_session_for_seven_days():
    claims = claims_of(tokens.issue(SESSION, NOW, KEY))
    assert claims == {
        "sub": "a1",
        "sid": SESSION.id,
        "iss": tokens.ISSUER,
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 604_800,
    }


def test_a_token_is_read_until_it_ends():
    token = tokens.issue(SESSION, NOW, KEY)
    end = NOW + timedelta(seconds=604_800)
    assert tokens.read(token, end - timedelta(seconds=1), KEY) == ("a1", SESSION.id)
    assert tokens.read(token, end, KEY) is None


def test_another_key_reads_nothing():
    assert (
        tokens.read(tokens.issue(SESSION, NOW, "another key of thirty-two characters"), NOW, KEY)
        is None
    )


def test_a_token_without_signature_is_worth_nothing():
    claims = claims_of(tokens.issue(SESSION, NOW, KEY))
    unsigned = jwt.encode(claims, None, algorithm="none")
    assert tokens.read(unsigned, NOW, KEY) is None


def test_changed_claims_break_the_signature():
    head, body, signature = tokens.issue(SESSION, NOW, KEY).split(".")
    claims = claims_of(f"{head}.{body}.{signature}") | {"sub": "admin"}
    forged = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert tokens.read(f"{head}.{forged}.{signature}", NOW, KEY) is None


@pytest.mark.parametrize("missing", ["sub", "sid", "iat", "exp", "iss"])
def test_each_claim_is_needed(missing):
    claims = claims_of(tokens.issue(SESSION, NOW, KEY))
    del claims[missing]
    assert tokens.read(jwt.encode(claims, KEY, algorithm="HS256"), NOW, KEY) is None


@pytest.mark.parametrize("change", [{"iss": "another"}, {"sid": 7}, {"exp": "soon"}, {"exp": None}])
def test_claims_of_the_wrong_kind_are_refused(change):
    claims = claims_of(tokens.issue(SESSION, NOW, KEY)) | change
    assert tokens.read(jwt.encode(claims, KEY, algorithm="HS256"), NOW, KEY) is None


@pytest.mark.parametrize("text", ["", "a.b.c", "Bearer x", "é", "." * 1000])
def test_nonsense_is_refused_without_an_error(text):
    assert tokens.read(text, NOW, KEY) is None
