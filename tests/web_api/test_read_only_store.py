"""A store that can't be written: all is listed, changes are refused clearly, nothing is lost."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import DashboardError
from core.model.identity import SESSION_COOKIE
from tests.web_api.conftest import PASSWORD
from tests.web_api.test_upload_routes import arrive, picture, ticket, work


@contextmanager
def sealed(dashboard):
    """As with a disk that is mounted read-only: connections, old and new, refuse to write."""
    database = dashboard.store._database
    connect = database._connect

    def reading_only():
        connection = connect()
        connection.execute("PRAGMA query_only = ON")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_connect", reading_only)
        database._idle, idle = [], database._idle
        yield
        database._idle, idle = idle, database._idle
    for connection in idle:
        connection.close()


@pytest.fixture
def tab(dashboard, browser):
    """A browser whose session is due to be written on its next request."""
    token = browser.cookies[SESSION_COOKIE]
    session = dashboard.accounts.actor_for_cookie(token).session_id
    earlier = {"last_seen_at": datetime.now(UTC) - timedelta(hours=2)}
    dashboard.accounts._records.sessions.update(session, lambda row: row.model_copy(update=earlier))
    browser.headers["Origin"] = str(browser.base_url)
    return browser


def test_what_is_there_is_listed_and_changes_are_refused_with_the_remedy(dashboard, tab, add_file):
    add_file("sealed-a", name="sealed.jpg")
    with sealed(dashboard):
        found = tab.get("/api/files", params={"query": "sealed"})
        assert [file["id"] for file in found.json()["items"]] == ["sealed-a"]
        assert tab.get("/api/files/sealed-a").status_code == 200
        refused = [
            tab.post("/api/uploads", json={"name": "a.txt", "size": 5, "content_type": ""}),
            tab.patch("/api/files/sealed-a", json={"name": "other.jpg"}),
            tab.delete("/api/files/sealed-a"),
            tab.post("/api/auth/login", json={"email": "owner@example.com", "password": PASSWORD}),
        ]
        for answer in refused:
            problem = answer.json()
            assert (answer.status_code, problem["detail"]) == (
                500,
                "The database can't be written.",
            ), answer.text
            assert "write access" in problem["hint"]
    assert tab.get("/api/files/sealed-a").json()["name"] == "sealed.jpg"


def test_an_upload_that_met_the_sealed_store_ends_well_when_it_opens_again(dashboard, tab):
    content = picture("blue")
    opened = ticket(tab, content, "waits.jpg")
    arrive(dashboard, opened["upload_id"], content)
    path = f"/api/uploads/{opened['upload_id']}"
    with sealed(dashboard):
        assert tab.post(f"{path}/complete").status_code == 500
        assert tab.get(path).json()["state"] == "open"
    assert tab.post(f"{path}/complete").status_code == 202
    with sealed(dashboard):
        with pytest.raises(DashboardError, match="can't be written"):
            work(dashboard)
        assert tab.get(path).json()["file"]["state"] == "processing"
    work(dashboard)
    assert tab.get(path).json()["file"]["state"] == "delivered"
    found = tab.get("/api/files", params={"query": "waits"}).json()["items"]
    assert [file["name"] for file in found] == ["waits.jpg"]
