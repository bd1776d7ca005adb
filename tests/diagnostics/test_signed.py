"""Signed URLs and cookies, made here with a fresh key and judged by the doctor."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from signing import (
    CURVE,
    EARLIER,
    LATER,
    OBJECT,
    canned,
    custom,
    safe,
    sign,
    signed_case,
    with_policy,
)
from worlds import HOST, behavior, case, distribution, facts

from core.diagnostics.engine import diagnose


def judged(url, **parts):
    return diagnose(signed_case(url, **parts))


def causes(report):
    return [report.verdict.primary_cause, *report.verdict.also]


def test_a_canned_policy_verifies():
    text = canned(OBJECT, LATER)
    url = f"{OBJECT}?Expires={LATER}&Signature={sign(text)}&Key-Pair-Id=K1"
    assert causes(judged(url)) == ["none-ok"]
    assert judged(url).verdict.predicted_status == 200


def test_a_canned_policy_by_sha256_verifies():
    text = canned(OBJECT, LATER)
    signature = sign(text, digest=hashes.SHA256())
    url = f"{OBJECT}?Expires={LATER}&Signature={signature}&Key-Pair-Id=K1"
    assert causes(judged(url + "&Hash-Algorithm=SHA256")) == ["none-ok"]
    assert causes(judged(url)) == ["signed-url-bad-signature"]


def test_an_elliptic_key_verifies():
    assert causes(judged(with_policy(custom("*", LATER), CURVE), key=CURVE)) == ["none-ok"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (custom(f"https://{HOST}/avatars/*", LATER), "none-ok"),
        (custom(f"http*://{HOST}/*", LATER), "none-ok"),
        (custom(f"https://{HOST}/other/*", LATER), "signed-url-bad-signature"),
        (custom("*", EARLIER), "signed-url-expired"),
        (custom("*", LATER, DateGreaterThan={"AWS:EpochTime": LATER - 60}),
         "signed-url-not-yet-valid"),
        (custom("*", LATER, IpAddress={"AWS:SourceIp": "203.0.113.0/24"}),
         "signed-url-ip-restricted"),
        (custom("*", LATER, IpAddress={"AWS:SourceIp": "198.51.100.0/24"}), "none-ok"),
        (custom("*", LATER, IpAddress={"AWS:SourceIp": "0.0.0.0/0"}), "none-ok"),
        (custom("*", LATER, IpAddress={"AWS:SourceIp": "nowhere"}), "signed-url-ip-restricted"),
        (b"no json", "signed-url-bad-signature"),
        (b'{"Statement":[]}', "signed-url-bad-signature"),
    ],
)  # fmt: skip
def test_a_custom_policy_is_held_against_url_time_and_address(text, cause):
    assert causes(judged(with_policy(text))) == [cause]


def test_cookies_are_judged_like_parameters():
    text = custom(f"https://{HOST}/*", LATER)
    cookie = (f"CloudFront-Policy={safe(text)}; CloudFront-Signature={sign(text)}; "
              "CloudFront-Key-Pair-Id=K1; theme=dark")  # fmt: skip
    assert causes(judged(OBJECT, headers={"Cookie": cookie})) == ["none-ok"]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (
            {"set_cookie": "CloudFront-Policy=x; Domain=app.acme.com; Path=/"},
            "signed-cookie-domain-or-path",
        ),
        (
            {"cookie_domain": ".cloudfront.net", "cookie_path": "/private/"},
            "signed-cookie-domain-or-path",
        ),
        ({"cookie_domain": ".cloudfront.net", "cookie_path": "/"}, "signed-url-missing"),
        ({"colour": "blue"}, "signed-url-missing"),
    ],
)
def test_cookies_that_never_reach_the_cdn_are_named(told, cause):
    assert causes(judged(OBJECT, db_record=facts(**told))) == [cause]


def test_a_key_outside_the_groups_is_unknown_and_an_unread_group_undecided():
    url = with_policy(custom("*", LATER))
    assert causes(judged(url, known="K2")) == ["signed-url-unknown-key"]
    unread = judged(url, groups=False)
    assert unread.verdict.predicted_status is None
    assert unread.verdict.confidence == "unknown"


@pytest.mark.parametrize(
    "query",
    ["Expires=soon&Signature=x&Key-Pair-Id=K1", f"Expires={LATER}&Key-Pair-Id=K1",
     "Policy=%%%&Signature=x&Key-Pair-Id=K1"],
)  # fmt: skip
def test_parts_that_make_no_sense_are_a_bad_signature(query):
    assert causes(judged(f"{OBJECT}?{query}")) == ["signed-url-bad-signature"]


def test_a_signature_without_a_key_id_is_missing_its_key():
    report = judged(f"{OBJECT}?Expires={LATER}&Signature=x")
    assert causes(report) == ["signed-url-missing"]
    assert report.resolved.error_code == "MissingKey"


def test_signature_characters_that_are_no_base64_do_not_verify():
    assert causes(judged(f"{OBJECT}?Expires={LATER}&Signature=!&Key-Pair-Id=K1")) == [
        "signed-url-bad-signature"
    ]


def test_a_redacted_signature_is_undecided_and_never_called_bad():
    url = f"{OBJECT}?Expires={LATER}&Signature=REDACTED&Key-Pair-Id=REDACTED"
    report = judged(url)
    assert "signed-url-bad-signature" not in causes(report)
    assert report.verdict.confidence == "unknown"


def test_a_public_key_that_can_not_be_read_is_undecided():
    trusted = {"Enabled": True, "Quantity": 1, "Items": ["kg-1"]}
    for keys in ([], [{"Id": "K1", "EncodedKey": "no pem"}]):
        report = diagnose(case(
            url=with_policy(custom("*", LATER)), public_keys=keys,
            key_groups=[{"Id": "kg-1", "Items": ["K1"]}],
            distributions=[distribution(default=behavior(TrustedKeyGroups=trusted))],
        ))  # fmt: skip
        assert report.verdict.predicted_status is None


def test_an_earlier_pattern_that_wants_a_signature_shadows_a_public_one():
    trusted = {"Enabled": True, "Quantity": 1, "Items": ["kg-1"]}
    behaviors = [behavior("*.jpg", TrustedKeyGroups=trusted), behavior("/avatars/*")]
    report = diagnose(case(distributions=[distribution(behaviors=behaviors)]))
    assert causes(report) == ["behavior-precedence-shadowed", "signed-url-missing"]


def test_the_clock_is_the_snapshots():
    assert datetime.fromtimestamp(LATER, tz=UTC).year == 2026
