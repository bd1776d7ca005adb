"""The app exactly as `streamlit_app.py` launches it: Streamlit, gate, routes and embedded cloud."""

import re

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import streamlit_app
from core import dashboard
from core.model.identity import SESSION_COOKIE

pytestmark = pytest.mark.emulator

SITE = "http://localhost:8501"
PASSWORD = "walnut-harbour-cedar-52"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_DATA_DIR", str(tmp_path_factory.mktemp("launched")))
        with TestClient(streamlit_app.app, base_url=SITE, follow_redirects=False) as client:
            yield client


@pytest.fixture
def visitor(site):
    site.cookies.clear()
    return site


@pytest.fixture
def member(visitor):
    accounts = dashboard.current().accounts
    if not any(True for _ in accounts.people(admin()).items if _.email == "m@example.com"):
        accounts.register("m@example.com", PASSWORD, "M")
    visitor.cookies.set(SESSION_COOKIE, accounts.sign_in("m@example.com", PASSWORD).token)
    return visitor


def admin():
    accounts = dashboard.current().accounts
    if not accounts.has_admin():
        accounts.create_admin("a@example.com", PASSWORD)
    return accounts.actor_for_cookie(accounts.sign_in("a@example.com", PASSWORD).token)


def test_it_is_ready_with_every_dependency_named(visitor):
    answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == {"records", "search index", "media bucket"}


@pytest.mark.parametrize("path", ["/", "/library", "/people", "/doctor?url=x", "/nothing-here"])
def test_a_stranger_is_sent_to_sign_in_and_back(visitor, path):
    answer = visitor.get(path, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/session/sign-in")
    assert path == "/" or "?next=%2F" in answer.headers["location"]


@pytest.mark.parametrize(
    "path", ["/_stcore/host-config", "/media/x.png", "/component/x", "/upload"]
)
def test_a_strange_program_gets_401_as_a_problem(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_strangers_websocket_is_refused_before_streamlit_sees_it(visitor):
    with (
        pytest.raises(WebSocketDisconnect),
        visitor.websocket_connect("/_stcore/stream", headers={"Origin": SITE}),
    ):
        pass


def test_a_member_gets_streamlits_page_under_our_headers(member):
    answer = member.get("/library", headers=HTML)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_members_cookie_opens_the_api_and_a_foreign_origin_changes_nothing(member):
    assert member.get("/api/users/me").json()["email"] == "m@example.com"
    refused = member.patch(
        "/api/users/me", json={"full_name": "X"}, headers={"Origin": "https://evil.example"}
    )
    assert refused.status_code == 403


def test_spoofed_identity_headers_make_nobody_an_admin(member):
    answer = member.get("/api/users", headers={"X-Dash-Role": "admin"})
    assert answer.status_code == 403


def test_an_upload_goes_through_the_embedded_s3_route_with_a_checked_signature(member):
    origin = {"Origin": SITE}
    request = {"name": "note.txt", "size": 5, "content_type": "text/plain"}
    ticket = member.post("/api/uploads", json=request, headers=origin).json()
    sent = member.post(ticket["url"], data=ticket["fields"], files={"file": b"hello"})
    assert sent.status_code in {200, 201, 204}
    tampered = ticket["fields"] | {"key": "media/else.txt"}
    assert member.post(ticket["url"], data=tampered, files={"file": b"hello"}).status_code == 403
    done = member.post(f"/api/uploads/{ticket['upload_id']}/complete", headers=origin)
    assert done.status_code == 202
    assert done.json()["file"]["name"] == "note.txt"


def test_the_emulator_is_not_a_way_around_the_gate(visitor):
    assert visitor.get("/emulator/s3/anything/key").status_code in {401, 403, 404}
    assert visitor.post("/emulator/s3/_ministack/reset").status_code in {401, 403, 404, 405}
    assert visitor.get("/readyz").status_code == 200


def test_no_page_of_the_door_runs_inline_script(visitor):
    page = visitor.get("/session/sign-in", headers=HTML).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
