"""Signed addresses: the documented form, real signatures, and one address within a window."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from core.aws.cdn_signing import CdnSigner, new_private_key, public_half
from core.aws.edge import Edge
from core.aws.secrets_manager import read_secret
from core.errors import Configuration, NotFound
from core.model import signed_access
from tests.effort import examples

NOW = datetime(2026, 11, 20, 12, 3, 20, tzinfo=UTC)
SITE = "https://d111.cloudfront.net"
PEM = new_private_key()


def at(now=NOW):
    return CdnSigner("K1", PEM, SITE, lambda: now)


def judged(path, query):
    """As a viewer's request is judged: the policy that the parameters state, and its signature."""
    values = signed_access.from_query(query)
    policy = signed_access.policy_of(values, SITE + path)
    signature = signed_access.decode(values["Signature"])
    return policy, signed_access.verify(public_half(PEM), signature, policy.text)


def test_an_address_states_expiry_key_and_a_real_signature():
    query = at().query("/private/a/b.jpg")

    policy, wrong = judged("/private/a/b.jpg", query)

    assert set(parse_qs(query)) == {"Expires", "Signature", "Key-Pair-Id"}
    assert wrong is None
    assert policy.expires == datetime(2026, 11, 20, 12, 20, tzinfo=UTC)


@settings(max_examples=examples(40))
@given(st.text("abcXYZ019-._~%/", min_size=1, max_size=60), st.integers(0, 255))
def test_one_changed_byte_of_a_signature_is_noticed(path, at_byte):
    query = at().query(f"/private/{path}")
    values = signed_access.from_query(query)
    policy = signed_access.policy_of(values, f"{SITE}/private/{path}")
    signature = bytearray(signed_access.decode(values["Signature"]))
    signature[at_byte] ^= 1

    found = signed_access.verify(public_half(PEM), bytes(signature), policy.text)

    assert found == "bad-signature"


def test_within_a_window_the_address_stays_the_same():
    early, late = at(NOW - timedelta(seconds=100)), at(NOW + timedelta(seconds=90))

    assert early.query("/private/a") == late.query("/private/a")
    assert at(NOW + timedelta(minutes=5)).query("/private/a") != late.query("/private/a")


@pytest.mark.parametrize("second", range(0, 300, 37))
def test_an_address_lives_fifteen_to_twenty_minutes(second):
    now = NOW.replace(minute=0, second=0) + timedelta(seconds=second)

    assert timedelta(minutes=15) < at(now).ends() - now <= timedelta(minutes=20)


def test_only_private_keys_are_signed():
    edge = Edge("/emulator/cdn/d111", signer=at())

    assert edge.url("media/a.jpg") == "/emulator/cdn/d111/media/a.jpg"
    path, _, query = edge.url("private/ü b.jpg").partition("?")
    assert path == "/emulator/cdn/d111/private/%C3%BC%20b.jpg"
    assert judged("/private/%C3%BC%20b.jpg", query)[1] is None


def test_an_address_may_end_at_a_given_moment():
    edge = Edge(SITE, signer=at())

    query = edge.url("private/a", until=NOW + timedelta(seconds=30)).partition("?")[2]

    assert judged("/private/a", query)[0].expires == NOW + timedelta(seconds=30)


def test_no_moment_makes_an_address_live_longer():
    edge = Edge(SITE, signer=at())

    assert edge.url("private/a", until=NOW + timedelta(days=9)) == edge.url("private/a")


@pytest.mark.parametrize("pem", ["", "no key", PEM[:200]])
def test_a_key_that_is_none_is_named_without_being_shown(pem):
    with pytest.raises(Configuration) as refused:
        CdnSigner("K1", pem, SITE, lambda: NOW)

    assert pem not in str(refused.value) or not pem


@mock_aws
def test_the_private_key_is_read_from_secrets_manager():
    client = boto3.client("secretsmanager", region_name="us-east-1")
    client.create_secret(Name="cdn-key", SecretString=PEM)
    client.create_secret(Name="bytes", SecretBinary=b"x")

    assert read_secret(client, "cdn-key") == PEM
    with pytest.raises(Configuration, match="holds no text"):
        read_secret(client, "bytes")
    with pytest.raises(NotFound):
        read_secret(client, "other")


@pytest.mark.parametrize(
    "text",
    [
        b'{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":1e999}}}]}',
        b'{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":-1e30}}}]}',
        b'{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":NaN}}}]}',
        b"[" * 100_000,
    ],
)
def test_a_policy_of_absurd_numbers_or_depth_is_malformed(text):
    assert signed_access.policy_of({"Policy": signed_access.encode(text)}, SITE) is None
