import re
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest

from core.accounts.service import AccountsService
from core.model.identity import SESSION_COOKIE, Actor, Role
from core.stores.audit_log import AuditLog
from core.web.forms import CSRF_COOKIE
from core.web.session_routes import LINK_COOKIE
from tests.web.conftest import (
    HTML,
    OWN,
    PASSWORD,
    csrf,
    make_parts,
    open_browser,
    send,
    sign_in,
    utc_now,
)

FOREIGN = {"Origin": "https://evil.example"}


def cookie(response, name: str):
    for header in response.headers.get_list("set-cookie"):
        parsed = SimpleCookie(header)
        if name in parsed:
            return parsed[name]
    return None


# Signing in


def test_signing_in_leads_to_the_page_that_was_asked_for(browser, parts):
    got = sign_in(browser, parts, next="/Diagnostics?url=x")
    assert (got.status_code, got.headers["location"]) == (303, "/Diagnostics?url=x")
    assert browser.get("/Diagnostics?url=x").status_code == 200


def test_the_page_keeps_next_through_the_form(browser):
    page = browser.get("/session/sign-in?next=%2FDiagnostics%3Furl%3D%22%3E%3Cscript%3E").text
    assert 'name="next" value="/Diagnostics?url=&quot;&gt;&lt;script&gt;"' in page
    assert "<script" not in page


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_signing_in_never_leads_to_another_site(browser, parts, target):
    assert sign_in(browser, parts, next=target).headers["location"] == "/"
    again = browser.get("/session/sign-in", params={"next": target})
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, parts):
    kept = cookie(sign_in(browser, parts), SESSION_COOKIE)
    assert (kept["httponly"], kept["samesite"].lower(), kept["path"], kept["secure"]) == (
        True,
        "lax",
        "/",
        "",
    )
    assert kept["max-age"] == str(30 * 86_400)


def test_behind_https_the_cookies_are_secure(stores):
    parts = make_parts(*stores, public_url="https://media.example.com")
    with open_browser(parts, "https://media.example.com") as browser:
        parts.accounts.register("ada@example.com", PASSWORD, "Ada")
        form = {"csrf": csrf(browser), "email": "ada@example.com", "password": PASSWORD}
        got = browser.post(
            "/session/sign-in", data=form, headers={"Origin": "https://media.example.com"}
        )
        assert cookie(got, SESSION_COOKIE)["secure"] is True
        assert cookie(browser.get("/session/register"), CSRF_COOKIE)["secure"] is True


def test_every_sign_in_has_a_new_token_and_ends_the_one_before(browser, parts):
    first = cookie(sign_in(browser, parts), SESSION_COOKIE).value
    second = cookie(sign_in_again(browser), SESSION_COOKIE).value
    assert first != second
    assert parts.accounts.actor_for_cookie(first) is None


def sign_in_again(browser):
    kept = browser.cookies.get(SESSION_COOKIE)
    browser.cookies.delete(SESSION_COOKIE)
    token = csrf(browser)
    browser.cookies.set(SESSION_COOKIE, kept)
    form = {"csrf": token, "email": "ada@example.com", "password": PASSWORD}
    return browser.post("/session/sign-in", data=form, headers=OWN)


def test_a_cookie_that_an_attacker_planted_does_not_become_a_session(browser, parts):
    browser.cookies.set(SESSION_COOKIE, "planted")
    sign_in(browser, parts)
    assert parts.accounts.actor_for_cookie("planted") is None


def test_a_wrong_password_shows_the_form_again_without_the_password(browser, parts):
    got = send(
        browser,
        "/session/sign-in",
        email="ada@example.com",
        password="wrong <password>",
        next="/library",
    )
    assert got.status_code == 401
    assert "The email or the password is wrong." in got.text
    assert 'value="ada@example.com"' in got.text
    assert re.search(r'<input id="password"[^>]* autofocus', got.text)
    assert 'value="/library"' in got.text
    assert "wrong &lt;password" not in got.text
    assert cookie(got, SESSION_COOKIE) is None


def test_after_five_wrong_passwords_the_page_says_when_it_opens_again(browser, parts):
    parts.accounts.register("ada@example.com", PASSWORD, "Ada")
    for _ in range(5):
        send(browser, "/session/sign-in", email="ada@example.com", password="wrong")
    got = send(browser, "/session/sign-in", email="ada@example.com", password=PASSWORD)
    assert got.status_code == 429
    assert 840 < int(got.headers["retry-after"]) <= 900
    assert re.search(r"closed for 15 minutes, until \d\d:\d\d UTC", got.text)


def test_the_address_is_the_peers_and_not_what_a_header_claims(browser, parts):
    sign_in(browser, parts)
    parts.accounts.create_admin("root@example.com", PASSWORD)
    root = parts.accounts.actor_for_cookie(
        parts.accounts.sign_in("root@example.com", PASSWORD).token
    )
    token = csrf_after_sign_out(browser)
    form = {"csrf": token, "email": "ada@example.com", "password": "wrong"}
    browser.post("/session/sign-in", data=form, headers=OWN | {"X-Forwarded-For": "203.0.113.66"})
    events = parts.accounts.audit_events(root, f"{utc_now():%Y-%m}").items
    failed = next(event for event in events if event.action == "sign_in.failed")
    assert failed.address == "testclient"


def csrf_after_sign_out(browser) -> str:
    browser.post("/session/sign-out", headers=OWN)
    return csrf(browser)


def test_a_signed_in_person_has_no_business_on_the_sign_in_page(browser, parts):
    sign_in(browser, parts)
    got = browser.get("/session/sign-in?next=/library")
    assert (got.status_code, got.headers["location"]) == (303, "/library")


def test_the_first_start_is_explained_until_there_is_an_admin(browser, parts):
    assert "one-time link" in browser.get("/session/sign-in").text
    parts.accounts.create_admin("root@example.com", PASSWORD)
    assert "one-time link" not in browser.get("/session/sign-in").text


# Forged forms


@pytest.mark.parametrize(
    "path", ["/session/sign-in", "/session/register", "/session/first-admin", "/session/password"]
)
def test_a_form_without_our_proof_is_refused(browser, parts, path):
    token = csrf(browser)
    form = {"email": "ada@example.com", "password": PASSWORD, "username": "Ada"}
    attempts = [
        browser.post(path, data=form | {"csrf": token}, headers=FOREIGN),
        browser.post(path, data=form | {"csrf": token}, headers={"Origin": "null"}),
        browser.post(path, data=form | {"csrf": token}),
        browser.post(path, data=form | {"csrf": token[:-1] + "é"}, headers=OWN),
        browser.post(path, data=form | {"csrf": ""}, headers=OWN),
        browser.post(path, data=form, headers=OWN),
    ]
    browser.cookies.delete(CSRF_COOKIE)
    attempts.append(browser.post(path, data=form | {"csrf": token}, headers=OWN))
    attempts.append(browser.post(path, data=form | {"csrf": ""}, headers=OWN))
    for got in attempts:
        assert got.status_code == 403
        assert "out of date" in got.text
        assert cookie(got, SESSION_COOKIE) is None
    assert parts.accounts._records.by_email("ada@example.com") is None


def test_a_second_tab_does_not_outdate_the_form_of_the_first(browser, parts):
    parts.accounts.register("ada@example.com", PASSWORD, "Ada")
    first = csrf(browser)
    assert csrf(browser, "/session/register") == first


def test_an_enormous_form_is_cut_off(browser):
    got = browser.post("/session/sign-in", content=b"email=" + b"x" * 100_000, headers=OWN)
    assert got.status_code == 413


@pytest.mark.parametrize("body", [b"\xff\xfe=\x80", b"&".join(b"a%d=1" % n for n in range(100))])
def test_a_form_that_is_no_form_is_refused(browser, body):
    assert browser.post("/session/sign-in", content=body, headers=OWN).status_code == 400


# Registering


def test_a_new_person_registers_and_is_signed_in(browser, parts):
    got = send(
        browser,
        "/session/register",
        email="Eve@example.com",
        username="Eve",
        password=PASSWORD,
        next="/upload",
    )
    assert (got.status_code, got.headers["location"]) == (303, "/upload")
    actor = parts.accounts.actor_for_cookie(browser.cookies[SESSION_COOKIE])
    assert (actor.role, actor.email) == (Role.MEMBER, "eve@example.com")


def test_a_weak_password_comes_back_with_advice_and_the_other_fields(browser):
    got = send(
        browser,
        "/session/register",
        email="eve@example.com",
        username="E <b>",
        password="password1234",
    )
    assert got.status_code == 400
    assert "too easy to guess" in got.text
    assert 'value="E &lt;b&gt;"' in got.text
    assert "password1234" not in got.text


def test_a_taken_email_is_said(browser, parts):
    parts.accounts.register("ada@example.com", PASSWORD, "Ada")
    got = send(
        browser, "/session/register", email="ada@example.com", username="Ada", password=PASSWORD
    )
    assert got.status_code == 409
    assert "already has an account" in got.text


def test_where_registration_is_off_there_is_neither_page_nor_link(stores):
    parts = make_parts(*stores, self_registration=False)
    with open_browser(parts) as browser:
        assert browser.get("/session/register").status_code == 403
        assert "/session/register" not in browser.get("/session/sign-in").text
        token = csrf(browser)
        form = {"csrf": token, "email": "ada@example.com", "username": "Ada", "password": PASSWORD}
        assert browser.post("/session/register", data=form, headers=OWN).status_code == 403
    assert parts.accounts._records.by_email("ada@example.com") is None


# The first admin


def test_the_consoles_link_makes_the_first_admin_once(browser, parts):
    token = parts.accounts.first_admin_token()
    path = f"/session/first-admin?token={token}"
    page = browser.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    form = {
        "_page": path,
        "token": token,
        "email": "root@example.com",
        "username": "Root",
        "password": PASSWORD,
    }
    got = send(browser, "/session/first-admin", **form)
    assert (got.status_code, got.headers["location"]) == (303, "/")
    assert parts.accounts.actor_for_cookie(browser.cookies[SESSION_COOKIE]).role is Role.ADMIN
    assert browser.get(path).status_code == 404
    again = {"csrf": browser.cookies[CSRF_COOKIE], **form}
    assert browser.post("/session/first-admin", data=again, headers=OWN).status_code == 404


def test_a_weak_password_for_the_first_admin_keeps_the_link_alive(browser, parts):
    token = parts.accounts.first_admin_token()
    path = f"/session/first-admin?token={token}"
    form = {"_page": path, "token": token, "email": "root@example.com", "username": "Root"}
    assert send(browser, "/session/first-admin", password="password1234", **form).status_code == 400
    assert send(browser, "/session/first-admin", password=PASSWORD, **form).status_code == 303


@pytest.mark.parametrize("query", ["", "?token=", "?token=guess", "?token=%00"])
def test_a_guessed_link_shows_no_form(browser, parts, query):
    parts.accounts.first_admin_token()
    got = browser.get("/session/first-admin" + query)
    assert got.status_code == 404
    assert "<form" not in got.text
    assert "used any more" in got.text


# One-time password links


@pytest.fixture
def root(parts):
    parts.accounts.create_admin("root@example.com", PASSWORD)
    return parts.accounts.actor_for_cookie(
        parts.accounts.sign_in("root@example.com", PASSWORD).token
    )


def test_a_password_link_shows_its_form_at_an_address_without_the_token(browser, parts, root):
    _, link = parts.accounts.invite(root, "eve@example.com", "Eve")
    got = browser.get(link.path)
    assert (got.status_code, got.headers["location"]) == (303, "/session/password")
    assert got.headers["referrer-policy"] == "no-referrer"
    kept = cookie(got, LINK_COOKIE)
    assert (kept["httponly"], kept["samesite"].lower(), kept["path"]) == (
        True,
        "lax",
        "/session/password",
    )
    page = browser.get("/session/password")
    assert page.headers["cache-control"] == "no-store"
    assert "eve@example.com" in page.text
    assert "<script" not in page.text
    assert '<label for="password"' in page.text


def test_a_password_link_sets_the_password_once_and_signs_in(browser, parts, root):
    account, link = parts.accounts.invite(root, "eve@example.com", "Eve")
    browser.get(link.path)
    got = send(browser, "/session/password", token=link.token, password=PASSWORD)
    assert (got.status_code, got.headers["location"]) == (303, "/")
    assert cookie(got, LINK_COOKIE)["max-age"] == "0"
    actor = parts.accounts.actor_for_cookie(browser.cookies[SESSION_COOKIE])
    assert actor.account_id == account.id
    again = browser.get(link.path)
    assert again.status_code == 404
    assert again.headers["referrer-policy"] == "no-referrer"
    assert "used already" in again.text
    assert "ask an admin for a new link" in again.text
    form = {"csrf": browser.cookies[CSRF_COOKIE], "token": link.token, "password": PASSWORD}
    assert browser.post("/session/password", data=form, headers=OWN).status_code == 404


def test_looking_at_a_password_link_does_not_use_it_up(browser, parts, root):
    _, link = parts.accounts.invite(root, "eve@example.com", "Eve")
    for _ in range(3):
        assert browser.get(link.path).status_code == 303
    assert parts.accounts.claim_password_link(link.token, PASSWORD)


def test_a_weak_password_keeps_the_link_and_says_why(browser, parts, root):
    _, link = parts.accounts.invite(root, "eve@example.com", "E <b>")
    browser.get(link.path)
    got = send(browser, "/session/password", token=link.token, password="password1234")
    assert got.status_code == 400
    assert "too easy to guess" in got.text
    assert "password1234" not in got.text
    got = send(browser, "/session/password", token=link.token, password=PASSWORD)
    assert got.status_code == 303


@pytest.mark.parametrize("query", ["", "?token=", "?token=guess", "?token=%00", "?token=%ED%A0%80"])
def test_a_guessed_password_link_shows_no_form_and_keeps_no_cookie(browser, root, query):
    got = browser.get("/session/password" + query)
    assert got.status_code == 404
    assert "<form" not in got.text
    assert "can&#x27;t be used" in got.text
    assert cookie(got, LINK_COOKIE) is None


def test_an_expired_password_link_says_when_it_ended(stores):
    long_ago = utc_now() - timedelta(hours=73)
    parts = make_parts(*stores)
    parts.accounts.create_admin("root@example.com", PASSWORD)
    root = parts.accounts.actor_for_cookie(
        parts.accounts.sign_in("root@example.com", PASSWORD).token
    )
    store, _ = stores
    before = AccountsService(
        store, AuditLog(store, lambda: long_ago), parts.settings, lambda: long_ago, "k" * 40
    )
    _, link = before.invite(root, "eve@example.com", "Eve")
    with open_browser(parts) as browser:
        got = browser.get(link.path)
    assert got.status_code == 404
    assert f"This link ended on {long_ago + timedelta(hours=72):%d %B %Y at %H:%M} UTC." in got.text
    assert "Ask an admin for a new one." in got.text


def test_a_disabled_account_is_told_so_instead_of_a_form(browser, parts, root):
    account, link = parts.accounts.invite(root, "eve@example.com", "Eve")
    parts.accounts._records.accounts.update(
        account.id, lambda a: a.model_copy(update={"disabled": True})
    )
    got = browser.get(link.path)
    assert got.status_code == 403
    assert "This account is disabled." in got.text
    assert "<form" not in got.text


def test_whoever_was_signed_in_before_is_not_after_using_a_link(browser, parts, root):
    before = cookie(sign_in(browser, parts), SESSION_COOKIE).value
    _, link = parts.accounts.invite(root, "eve@example.com", "Eve")
    browser.get(link.path)
    send(browser, "/session/password", token=link.token, password=PASSWORD)
    assert parts.accounts.actor_for_cookie(before) is None


def test_behind_https_the_link_is_kept_in_a_secure_cookie(stores):
    parts = make_parts(*stores, public_url="https://media.example.com")
    root = parts.accounts.create_admin("root@example.com", PASSWORD)
    actor = Actor(account_id=root.id, role=root.role)
    _, link = parts.accounts.invite(actor, "eve@example.com", "Eve")
    with open_browser(parts, "https://media.example.com") as browser:
        assert cookie(browser.get(link.path), LINK_COOKIE)["secure"] is True


# Signing out


def test_signing_out_ends_this_session_here_and_in_every_tab(browser, parts):
    token = cookie(sign_in(browser, parts), SESSION_COOKIE).value
    got = browser.post("/session/sign-out", headers=OWN)
    assert (got.status_code, got.headers["location"]) == (303, "/session/sign-in")
    assert cookie(got, SESSION_COOKIE)["max-age"] == "0"
    other_tab = {"Cookie": f"{SESSION_COOKIE}={token}"}
    assert browser.get("/", headers=other_tab | HTML).headers["location"] == "/session/sign-in"


def test_signing_out_leaves_other_devices_signed_in(browser, parts):
    sign_in(browser, parts)
    phone = parts.accounts.sign_in("ada@example.com", PASSWORD).token
    browser.post("/session/sign-out", headers=OWN)
    assert parts.accounts.actor_for_cookie(phone) is not None


@pytest.mark.parametrize(
    "headers", [FOREIGN, {}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_can_t_sign_anybody_out(browser, parts, headers):
    sign_in(browser, parts)
    assert browser.post("/session/sign-out", headers=headers).status_code == 403
    assert browser.get("/").status_code == 200


def test_opening_the_sign_out_page_signs_nobody_out(browser, parts):
    assert browser.get("/session/sign-out").headers["location"] == "/session/sign-in"
    sign_in(browser, parts)
    page = browser.get("/session/sign-out").text
    assert "ada@example.com" in page
    assert browser.get("/").status_code == 200


def test_signing_out_twice_is_no_error(browser):
    assert browser.post("/session/sign-out", headers=OWN).status_code == 303


# What the pages promise


@pytest.mark.parametrize("path", ["/session/sign-in", "/session/register", "/session/nothing"])
def test_the_pages_need_no_script_and_are_never_kept(browser, path):
    got = browser.get(path)
    assert "<script" not in got.text
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/session/sign-in", "/session/register"])
def test_every_field_has_a_label(browser, path):
    page = browser.get(path).text
    fields = re.findall(r'<input id="([^"]+)"', page)
    assert fields
    assert all(f'<label for="{name}"' in page for name in fields)


def test_everything_a_page_loads_is_there(browser):
    page = browser.get("/session/sign-in").text
    links = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
    assert len(links) >= 3
    for link in links:
        got = browser.get(link)
        assert got.status_code == 200, link
        assert "immutable" in got.headers["cache-control"]


def test_the_emulator_shows_its_banner_before_the_door_and_aws_does_not(stores, browser):
    assert "Embedded emulator" in browser.get("/session/sign-in").text
    on_aws = make_parts(
        *stores, cloud="aws", media_bucket="b", distribution_id="E1", cdn_domain="d1.cloudfront.net"
    )
    with open_browser(on_aws) as client:
        assert "Embedded emulator" not in client.get("/session/sign-in").text
