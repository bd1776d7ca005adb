"""Profile, password, sessions, and the list of people for those who manage them."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import NotFound
from tests.web_api.conftest import HOME, PASSWORD


def test_a_profile_changes_only_where_something_was_sent(bearer):
    client = bearer("other")
    sent = {"username": "Other", "date_of_birth": "1990-02-03", "gender": "none"}
    assert client.patch("/api/users/me", json=sent).status_code == 200
    profile = client.patch("/api/users/me", json={"full_name": "O. Ther"}).json()
    assert profile["full_name"] == "O. Ther"
    assert (profile["username"], profile["date_of_birth"]) == ("Other", "1990-02-03")
    assert (
        client.patch("/api/users/me", json={"date_of_birth": None}).json()["date_of_birth"] is None
    )
    assert client.patch("/api/users/me", json={"role": "admin"}).status_code == 400


def test_a_new_password_ends_the_other_sessions(visitor, bearer, dashboard):
    dashboard.accounts.register("moving@example.com", PASSWORD, "moving")
    here, elsewhere = bearer("moving"), bearer("moving")
    body = {"current": "not-the-password", "new": "copper-window-orchard-19"}
    assert here.put("/api/users/me/password", json=body).status_code == 400
    body["current"] = PASSWORD
    assert here.put("/api/users/me/password", json=body).status_code == 204
    assert here.get("/api/users/me").status_code == 200
    assert elsewhere.get("/api/users/me").status_code == 401


def test_sessions_are_listed_and_one_is_ended(bearer):
    here, elsewhere = bearer("other"), bearer("other")
    mine = [s for s in elsewhere.get("/api/users/me/sessions").json()["items"] if s["current"]]
    assert len(mine) == 1
    assert here.delete(f"/api/users/me/sessions/{mine[0]['id']}").status_code == 204
    assert elsewhere.get("/api/users/me").status_code == 401
    assert here.delete(f"/api/users/me/sessions/{mine[0]['id']}").status_code == 404


def test_another_persons_session_is_not_found(bearer):
    theirs = bearer("other").get("/api/users/me/sessions").json()["items"][0]["id"]
    assert bearer("admin").delete(f"/api/users/me/sessions/{theirs}").status_code == 404


def test_an_admin_pages_through_people(bearer):
    client, seen, cursor = bearer("admin"), [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/users", params=params).json()
        seen += [account["email"] for account in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert {"owner@example.com", "admin@example.com"} <= set(seen)


def test_an_admin_finds_disables_and_enables_somebody(bearer, dashboard):
    dashboard.accounts.register("leaving@example.com", PASSWORD, "leaving")
    person, client = bearer("leaving"), bearer("admin")
    (found,) = client.get("/api/users", params={"query": "leaving"}).json()["items"]
    changed = client.patch(f"/api/users/{found['id']}", json={"role": "support", "disabled": True})
    assert (changed.json()["role"], changed.json()["disabled"]) == ("support", True)
    assert person.get("/api/users/me").status_code == 401
    assert client.patch(f"/api/users/{found['id']}", json={}).status_code == 400


def test_an_admin_adds_a_person_whose_link_sets_the_password(bearer, dashboard):
    client = bearer("admin")
    body = {"email": "Invited@example.com", "username": "Invited", "role": "support"}
    made = client.post("/api/users", json=body)
    assert made.status_code == 201
    account, link = made.json()["account"], made.json()["password_link"]
    assert (account["email"], account["role"], account["invited"]) == (
        "invited@example.com",
        "support",
        True,
    )
    hours = (datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)) / timedelta(hours=1)
    assert 71.9 < hours <= 72
    address, _, token = link["url"].partition("?token=")
    assert address == f"{HOME}/session/password"
    assert client.post("/api/users", json=body).status_code == 409
    dashboard.accounts.claim_password_link(token, PASSWORD)
    (found,) = client.get("/api/users", params={"query": "invited@"}).json()["items"]
    assert not found["invited"]


def test_a_new_password_link_ends_the_one_before(bearer, dashboard):
    person = dashboard.accounts.register("forgetful@example.com", PASSWORD, "forgetful")
    client, path = bearer("admin"), f"/api/users/{person.id}/password-link"
    old, new = (client.post(path).json()["url"].partition("?token=")[2] for _ in range(2))
    with pytest.raises(NotFound):
        dashboard.accounts.password_link_holder(old)
    assert dashboard.accounts.password_link_holder(new) == person
    client.patch(f"/api/users/{person.id}", json={"disabled": True})
    assert client.post(path).status_code == 403


def test_what_was_done_is_in_the_audit_log(bearer):
    page = bearer("admin").get("/api/audit-events", params={"limit": 5}).json()
    assert page["items"][0]["action"] == "session.created"
    assert page["next_cursor"]


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 201}, {"cursor": "made up"}])
@pytest.mark.parametrize("path", ["/api/users", "/api/audit-events", "/api/files"])
def test_an_impossible_page_is_a_400(bearer, path, params):
    assert bearer("admin").get(path, params=params).status_code == 400


def test_a_month_that_is_none_is_a_400(bearer):
    params = {"month": "2026-13"}
    assert bearer("admin").get("/api/audit-events", params=params).status_code == 400
