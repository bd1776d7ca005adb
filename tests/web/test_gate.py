from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Mount, Route, Router
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from core.errors import AwsUnavailable
from core.model.identity import SESSION_COOKIE
from core.web.gate import is_open, route_path, safe_next, sign_in_link
from tests.web.conftest import HTML, OWN, PASSWORD, SITE, open_browser, sign_in

SOCKET = "ws://localhost:8501/_stcore/stream"
FOREIGN = {"Origin": "https://evil.example"}


# Which paths are open


@pytest.mark.parametrize(
    "path",
    [
        "/session/sign-in",
        "/assets/site.css",
        "/static/js/index.js",
        "/healthz",
        "/readyz",
        "/metrics",
        "/s/abc",
        "/emulator/cdn/d1/media/a.jpg",
        "/api/files",
        "/api/",
        "/_stcore/health",
        "/favicon.png",
    ],
)
def test_the_paths_before_the_door_are_open(path):
    assert is_open(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/Diagnostics",
        "/_stcore/stream",
        "/_stcore/host-config",
        "/_stcore/healthy",
        "/media/x.jpg",
        "/session",
        "/sessions/x",
        "/apiary",
        "/assets",
        "/shared",
        "/metrics/x",
        "/healthz/x",
        "/healthz;x=1",
        "/SESSION/x",
        "//session/sign-in",
        "/session//x",
        "/session/../people",
        "/session/./x",
        "/assets/..",
        "/assets/../_stcore/stream",
        "/session/..\\people",
        "/session\\sign-in",
        "/component/x",
        "/_stcore/agent/interact",
    ],
)
def test_everything_else_is_not(path):
    assert not is_open(path)


OPEN_STEPS = [
    "session",
    "assets",
    "static",
    "s",
    "api",
    "emulator",
    "..",
    ".",
    "",
    "_stcore",
    "stream",
    "%2e%2e",
    "x;y",
]


@given(
    st.lists(st.sampled_from(OPEN_STEPS), max_size=6), st.sampled_from(["/", "//", "\\", "/../"])
)
def test_no_open_path_is_routed_to_a_page_behind_the_door(steps, glue):
    """`secret` stands for every route of the app; only the open folders stand before it."""
    reached = []
    folders = ("/session", "/assets", "/static", "/s", "/api", "/emulator")

    async def secret(scope, receive, send):
        reached.append("secret")

    async def public(scope, receive, send):
        reached.append("public")

    router = Router([*(Mount(folder, public) for folder in folders), Mount("/", secret)])
    path = "/" + glue.join(steps)
    if is_open(path):
        coroutine = router(
            {"type": "http", "path": path, "method": "GET", "headers": [], "root_path": ""},
            None,
            None,
        )
        with pytest.raises(StopIteration):
            coroutine.send(None)
        assert reached == ["public"]


def test_the_path_is_the_one_that_starlette_routes_under_a_mount():
    assert route_path({"path": "/tool/session/x", "root_path": "/tool"}) == "/session/x"
    assert route_path({"path": "/session/x", "root_path": ""}) == "/session/x"
    assert route_path({"path": "/toolbox/x", "root_path": "/tool"}) == "/toolbox/x"


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e/people",
        "/session/%2e%2e/people",
        "/session%2f..%2fpeople",
        "//session/x",
        "/%73ession/../x",
    ],
)
def test_encoded_tricks_meet_the_door(browser, path):
    answer = browser.build_request("GET", SITE)
    answer.url = answer.url.copy_with(raw_path=path.encode())
    got = browser.send(answer)
    assert got.status_code in {303, 401, 404}
    assert '"page"' not in got.text


# Anonymous


def test_a_page_asked_for_by_a_stranger_leads_to_sign_in_and_back(browser):
    got = browser.get("/Diagnostics?url=https%3A%2F%2Fx%2Fa+b&x=1", headers=HTML)
    assert got.status_code == 303
    assert got.headers["location"] == (
        "/session/sign-in?next=%2FDiagnostics%3Furl%3Dhttps%253A%252F%252Fx%252Fa%2Bb%26x%3D1"
    )


def test_the_start_page_needs_no_next(browser):
    assert browser.get("/", headers=HTML).headers["location"] == "/session/sign-in"


def test_programs_get_a_problem_with_a_hint(browser):
    got = browser.get("/_stcore/host-config")
    assert (got.status_code, got.headers["content-type"]) == (401, "application/problem+json")
    assert got.json()["hint"]


def test_a_form_sent_by_a_stranger_is_not_redirected(browser):
    assert browser.post("/upload", headers=HTML).status_code == 401


def test_health_needs_no_session(browser):
    assert browser.get("/_stcore/health").status_code == 200


def test_a_stranger_gets_no_websocket(browser):
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        browser.websocket_connect(SOCKET, headers=OWN),
    ):
        pass
    assert caught.value.code == 4401


@pytest.mark.parametrize(
    "path", ["/session/x", "/assets/x", "/api/x", "/_stcore/health", "//_stcore/stream"]
)
def test_open_paths_are_not_open_for_websockets(browser, path):
    with (
        pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)),
        browser.websocket_connect(f"ws://localhost:8501{path}"),
    ):
        pass


@pytest.mark.parametrize("cookie", ["", "guess", "a" * 4000, '"quoted"', "\\xff"])
def test_a_guessed_cookie_opens_nothing(browser, cookie):
    assert browser.get("/", headers={"Cookie": f"{SESSION_COOKIE}={cookie}"}).status_code == 401


def test_what_no_open_route_serves_never_reaches_the_app(browser):
    for path in ("/session/nothing", "/s/abc", "/assets/nothing.js", "/api/nothing"):
        got = browser.get(path)
        assert got.status_code == 404, path


# Signed in


def test_a_signed_in_person_passes(browser, parts):
    sign_in(browser, parts)
    assert browser.get("/Diagnostics").json()["page"] == "/Diagnostics"
    with browser.websocket_connect(SOCKET, headers=OWN) as socket:
        assert socket.receive_text() == "hello"


def test_another_sites_page_gets_no_websocket_with_our_cookie(browser, parts):
    sign_in(browser, parts)
    for origin in (
        "https://evil.example",
        "null",
        "http://localhost:8501.evil.example",
        "http://[broken",
    ):
        with (
            pytest.raises(WebSocketDisconnect) as caught,
            browser.websocket_connect(SOCKET, headers={"Origin": origin}),
        ):
            pass
        assert caught.value.code == 4403


def test_another_sites_page_can_change_nothing_with_our_cookie(browser, parts):
    sign_in(browser, parts)
    assert browser.post("/_stcore/upload_file/x", headers=FOREIGN).status_code == 403
    assert browser.post("/_stcore/upload_file/x", headers=OWN).status_code == 200


def test_a_forwarded_port_is_our_own_origin(parts):
    with open_browser(parts, "http://192.0.2.7:9000") as browser:
        parts.accounts.register("ada@example.com", PASSWORD, "Ada")
        entry = parts.accounts.sign_in("ada@example.com", PASSWORD)
        browser.cookies.set(SESSION_COOKIE, entry.token)
        with browser.websocket_connect(
            "ws://192.0.2.7:9000/_stcore/stream", headers={"Origin": "http://192.0.2.7:9000"}
        ) as socket:
            assert socket.receive_text() == "hello"


@pytest.mark.parametrize(
    "name", ["X-Dash-Role", "x-dash-account", "X_Dash_Role", "X-DASH-ANYTHING"]
)
def test_headers_that_the_door_writes_can_t_be_brought_along(browser, parts, name):
    sign_in(browser, parts)
    seen = browser.get("/", headers={name: "admin"}).json()["headers"]
    assert seen["x-dash-role"] == "member"
    assert set(seen) == {"x-dash-role", "x-dash-account", "x-dash-theme"}


def test_spoofed_headers_are_dropped_on_open_paths_too(browser):
    assert browser.get("/_stcore/health", headers={"X-Dash-Role": "admin"}).json()["headers"] == {}


def test_revoking_a_session_closes_the_door_at_once(browser, parts):
    sign_in(browser, parts)
    actor = parts.accounts.actor_for_cookie(browser.cookies[SESSION_COOKIE])
    parts.accounts.revoke_all(actor, actor.account_id)
    assert browser.get("/").status_code == 401


# When the store fails


def test_a_store_that_can_t_be_reached_is_said_and_lets_nobody_in(browser, parts, monkeypatch):
    def fail(_):
        raise AwsUnavailable("DynamoDB can't be reached.", hint="Try again in a minute.")

    monkeypatch.setattr(parts.accounts, "actor_for_cookie", fail)
    page = browser.get("/", headers=HTML)
    assert page.status_code == 503
    assert "DynamoDB can&#x27;t be reached." in page.text
    assert browser.get("/").json()["status"] == 503
    with pytest.raises(WebSocketDisconnect) as caught, browser.websocket_connect(SOCKET):
        pass
    assert caught.value.code == 1013


# Where to go after signing in


@pytest.mark.parametrize(
    "target", ["/", "/Diagnostics?url=https://x/a", "/library?sort=-size", "/a/b#c", "/?next=//x"]
)
def test_pages_of_this_site_are_kept(target):
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\x00",
        "/session/sign-out",
        "/session/sign-in?next=/",
        "/a\r\nSet-Cookie: x=y",
    ],
)
def test_other_places_are_not(target):
    assert safe_next(target) == "/"


@given(st.text(max_size=30))
def test_a_kept_target_always_stays_on_this_site(text):
    target = safe_next(text)
    stripped = "".join(mark for mark in target if mark not in "\t\r\n").replace("\\", "/")
    assert (
        urlsplit(urljoin("https://site.example/session/sign-in", stripped)).netloc == "site.example"
    )


def test_the_link_to_sign_in_keeps_odd_letters():
    assert sign_in_link("/a b&c", "d=é") == "/session/sign-in?next=%2Fa%2520b%2526c%3Fd%3D%C3%A9"


def test_a_stranger_with_testclient_defaults_is_not_let_in(parts):
    with TestClient(open_browser(parts).app, SITE) as client:
        assert client.get("/", headers={"Accept": "application/json"}).status_code == 401


def test_routes_after_the_door_are_those_of_the_app(browser, parts):
    sign_in(browser, parts)
    assert isinstance(browser.app.routes[-1], Route)
    assert browser.get("/people").status_code == 200
