"""Who is let in: by cookie from this site only, by bearer token from anywhere, until it is revoked."""

import pytest

from core.model.identity import SESSION_COOKIE
from tests.web_api.conftest import HOME, PASSWORD

HERE = [
    {"Origin": HOME},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": HOME, "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://localhost:8501"},  # the configured address of the site
    {"Origin": "https://testserver"},  # TLS ends before us
]
ELSEWHERE = [
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver@evil.example"},
    {"Origin": "http://testserver:81"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://["},
    {"Referer": HOME},
]


@pytest.mark.parametrize("headers", HERE)
def test_a_change_by_cookie_from_this_site_is_made(browser, headers):
    answer = browser.patch("/api/users/me", json={"full_name": "Ada"}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_change_by_cookie_from_elsewhere_is_refused(browser, headers):
    answer = browser.patch("/api/users/me", json={"full_name": "Eve"}, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.json()["detail"]
    assert browser.get("/api/users/me").json()["full_name"] != "Eve"


def test_reading_by_cookie_needs_no_origin(browser):
    answer = browser.get("/api/users/me", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


def test_a_bearer_token_needs_no_origin(bearer):
    client = bearer("owner")
    headers = {"Origin": "https://script.example"}
    answer = client.patch("/api/users/me", json={"gender": "x"}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer not.a.token"},
        {"Authorization": "Basic b3duZXI6eA=="},
        {"Cookie": f"{SESSION_COOKIE}=made-up"},
    ],
)
def test_anything_else_is_not_signed_in(visitor, headers):
    answer = visitor.get("/api/users/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_wrong_token_is_not_saved_by_a_right_cookie(browser):
    answer = browser.get("/api/users/me", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


def test_logging_out_ends_the_token(bearer):
    client = bearer("owner")
    assert client.post("/api/auth/logout").status_code == 204
    assert client.get("/api/users/me").status_code == 401


def test_registering_signing_in_and_being_locked_out(visitor, dashboard):
    account = {"email": "new@example.com", "password": PASSWORD, "username": "New"}
    made = visitor.post("/api/auth/register", json=account)
    assert made.status_code == 201
    assert made.json()["role"] == "member"
    assert visitor.post("/api/auth/register", json=account).status_code == 409
    right = {"email": "New@Example.com", "password": PASSWORD}
    answer = visitor.post("/api/auth/login", json=right).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 604800)
    assert answer["account"]["id"] == made.json()["id"]
    assert SESSION_COOKIE not in visitor.cookies
    wrong = right | {"password": "not-this-password"}
    for _ in range(dashboard.settings.failed_sign_ins_per_account):
        assert visitor.post("/api/auth/login", json=wrong).status_code == 401
    locked = visitor.post("/api/auth/login", json=right)
    assert locked.status_code == 429
    rest = dashboard.settings.lockout_minutes * 60 - int(locked.headers["retry-after"])
    assert 0 <= rest < 60


def test_no_answer_holds_a_password_or_a_hash(visitor, bearer):
    texts = [bearer("admin").get("/api/users").text, bearer("owner").get("/api/users/me").text]
    for text in texts:
        assert PASSWORD not in text
        assert "hash" not in text
        assert "argon2" not in text
