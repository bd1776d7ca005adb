import base64
import hashlib

from core.settings import Settings
from core.web.headers import (
    content_policy,
    inline_hashes,
    media_hosts,
    script_hashes,
    security_headers,
)
from tests.web.conftest import sign_in

ON_AWS = {
    "cloud": "aws",
    "media_bucket": "team-media",
    "distribution_id": "E1",
    "cdn_domain": "cdn.example.com",
    "region": "eu-west-1",
}


def directives(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split("; ")}


def test_the_policy_allows_streamlits_own_inline_script_and_no_other():
    page = "<script>\n  window.x = 1\n</script><script type=module src=/x.js></script>"
    digest = base64.b64encode(hashlib.sha256(b"\n  window.x = 1\n").digest()).decode()
    assert inline_hashes(page) == (f"'sha256-{digest}'",)


def test_the_installed_streamlit_has_an_inline_script_whose_hash_is_allowed():
    assert script_hashes() == ("'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",)


def test_embedded_everything_comes_from_this_site():
    policy = directives(content_policy(Settings(), ("'sha256-x'",)))
    assert policy["connect-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:", "blob:"]
    assert policy["script-src"] == ["'self'", "blob:", "'sha256-x'"]
    assert policy["frame-ancestors"] == policy["object-src"] == ["'none'"]
    assert "'unsafe-eval'" not in str(policy)
    assert "'unsafe-inline'" not in policy["script-src"]


def test_on_aws_pictures_come_from_the_cdn_and_uploads_go_to_the_bucket():
    policy = directives(content_policy(Settings(**ON_AWS), ()))
    hosts = [
        "https://cdn.example.com",
        "https://team-media.s3.eu-west-1.amazonaws.com",
        "https://team-media.s3.amazonaws.com",
    ]
    assert policy["connect-src"] == ["'self'", *hosts]
    assert policy["img-src"] == ["'self'", "data:", "blob:", *hosts]
    assert policy["media-src"] == ["'self'", "blob:", *hosts]
    assert policy["script-src"] == ["'self'", "blob:"]


def test_a_bucket_with_dots_is_addressed_by_path():
    hosts = media_hosts(Settings(**ON_AWS | {"media_bucket": "media.example.com"}))
    assert "https://s3.eu-west-1.amazonaws.com" in hosts


def test_strict_transport_is_asked_for_behind_https_only():
    assert "Strict-Transport-Security" not in security_headers(Settings())
    assert "Strict-Transport-Security" in security_headers(
        Settings(public_url="https://media.example.com")
    )


def test_every_answer_carries_the_headers(browser, parts):
    sign_in(browser, parts)
    for path in (
        "/",
        "/people",
        "/_stcore/health",
        "/healthz",
        "/assets/site.css",
        "/session/sign-out",
    ):
        headers = browser.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_refusals_carry_them_too(browser):
    assert "content-security-policy" in browser.get("/").headers


def test_an_answers_own_policy_is_kept(browser):
    policies = browser.get("/session/sign-in").headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'")
