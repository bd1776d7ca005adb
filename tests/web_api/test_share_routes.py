"""Sharing by REST: what is answered, who gets 404, and what the policy refuses."""

import pytest

from core.model.sharing import SharePolicy

WEEK = 7 * 86_400


@pytest.fixture
def owner(bearer, dashboard):
    yield bearer("owner")
    store = dashboard.store
    if store.get("share_policy", "only"):
        store.delete("share_policy", "only")


def make(client, id, **body):
    return client.post(f"/api/files/{id}/shares", json={"expires_in": WEEK, **body})


def test_a_file_is_shared_by_one_call(owner, add_file):
    add_file("s1")
    answer = make(owner, "s1", password="harbour lantern 7", max_downloads=3)
    assert answer.status_code == 201
    made = answer.json()
    assert made["url"].startswith("http://testserver/s/")
    assert {made["has_password"], made["max_downloads"], made["state"]} == {True, 3, "open"}
    assert made["title"] == "beach.jpg"
    assert made["shared_with"] == []
    assert "password" not in str(made).replace("has_password", "")
    assert owner.get(f"/api/shares/{made['id']}").json()["url"] == made["url"]


def test_a_link_with_colleagues_lets_them_see_the_file(owner, bearer, add_file):
    add_file("s2")
    other = bearer("other")
    assert other.get("/api/files/s2").status_code == 404
    made = make(owner, "s2", **{"with": ["OTHER@example.com "]}).json()
    assert made["shared_with"] == ["other@example.com"]
    assert other.get("/api/files/s2").status_code == 200
    people = owner.get("/api/files/s2/people").json()["items"]
    assert [(p["email"], p["right"]) for p in people] == [("other@example.com", "view")]
    gone = owner.delete(f"/api/files/s2/people/{people[0]['account_id']}")
    assert gone.status_code == 204
    assert other.get("/api/files/s2").status_code == 404


def test_with_an_unknown_colleague_nothing_is_made(owner, add_file):
    add_file("s3")
    before = len(owner.get("/api/shares", params={"limit": 200}).json()["items"])
    refused = make(owner, "s3", **{"with": ["other@example.com", "nobody@example.com"]})
    assert refused.status_code == 400
    assert "nobody@example.com" in refused.json()["detail"]
    assert owner.get("/api/files/s3/people").json()["items"] == []
    assert len(owner.get("/api/shares", params={"limit": 200}).json()["items"]) == before


def test_another_members_file_and_link_answer_404(owner, bearer, add_file):
    add_file("s4")
    other = bearer("other")
    assert make(other, "s4").status_code == 404
    share_id = make(owner, "s4").json()["id"]
    for answer in (
        other.get(f"/api/shares/{share_id}"),
        other.patch(f"/api/shares/{share_id}", json={"title": "x"}),
        other.delete(f"/api/shares/{share_id}"),
        other.get("/api/files/s4/people"),
        other.post("/api/files/s4/people", json={"emails": ["other@example.com"]}),
    ):
        assert answer.status_code == 404


def test_revoked_and_taken_back(owner, add_file):
    add_file("s5")
    share_id = make(owner, "s5").json()["id"]
    assert owner.delete(f"/api/shares/{share_id}").status_code == 204
    ended = owner.get(f"/api/shares/{share_id}").json()
    assert (ended["state"], ended["url"]) == ("revoked", "")
    assert owner.patch(f"/api/shares/{share_id}", json={"title": "x"}).status_code == 409
    both = owner.patch(f"/api/shares/{share_id}", json={"revoked": False, "title": "x"})
    assert both.status_code == 400  # nothing of it is done
    assert owner.get(f"/api/shares/{share_id}").json()["state"] == "revoked"
    back = owner.patch(f"/api/shares/{share_id}", json={"revoked": False}).json()
    assert back["state"] == "open"
    assert owner.patch(f"/api/shares/{share_id}", json={}).status_code == 400


def test_several_files_a_folder_and_a_drop_box(owner, add_file):
    add_file("s6", folder="trip/day 1")
    add_file("s7")

    def share(target, **body):
        return owner.post("/api/shares", json={"target": target, "expires_in": WEEK, **body})

    two = share({"kind": "files", "file_ids": ["s6", "s7"]}).json()
    assert (two["title"], two["target"]["file_ids"]) == ("2 files", ["s6", "s7"])
    assert share({"kind": "folder", "folder": "/trip/"}).json()["title"] == "trip"
    assert share({"kind": "folder", "folder": ""}).status_code == 400
    assert share({"kind": "files", "file_ids": []}).status_code == 400
    drop = {"max_files": 3, "max_file_bytes": 10, "max_total_bytes": 20, "kinds": ["image"]}
    box = share({"kind": "folder", "folder": "in"}, kind="drop", drop=drop).json()
    assert box["drop"] == drop | {"received_files": 0, "received_bytes": 0}
    assert share({"kind": "folder", "folder": "in"}, kind="drop").status_code == 400


def test_only_admins_see_all_links_and_set_the_policy(owner, bearer, add_file):
    add_file("s8")
    share_id = make(owner, "s8").json()["id"]
    admin = bearer("admin")
    listed = admin.get("/api/shares", params={"all": "true", "limit": 200}).json()["items"]
    assert {one["url"] for one in listed if one["id"] == share_id} == {""}
    for role in ("owner", "support"):
        client = bearer(role)
        assert client.get("/api/shares", params={"all": "true"}).status_code == 403
        assert client.put("/api/share-policy", json={}).status_code == 403
        assert client.get("/api/share-policy").json() == SharePolicy().model_dump(mode="json") | {
            "domains": []
        }
    assert admin.delete(f"/api/shares/{share_id}").status_code == 204
    assert owner.get(f"/api/shares/{share_id}").json()["state"] == "revoked"


def test_the_policy_cuts_links_and_is_told(owner, bearer, add_file):
    add_file("s9")
    share_id = make(owner, "s9").json()["id"]
    policy = {"longest_days": 2, "domains": ["@Example.com"], "drop_boxes": False}
    saved = bearer("admin").put("/api/share-policy", json=policy).json()
    assert saved["domains"] == ["example.com"]
    cut = owner.get(f"/api/shares/{share_id}").json()
    assert cut["cut_by"] == "policy"
    assert make(owner, "s9").status_code == 400
    outside = owner.post("/api/files/s9/people", json={"emails": ["x@elsewhere.example"]})
    assert outside.status_code == 400
    assert "example.com" in outside.json()["hint"]


def test_files_are_shared_with_people_at_once_or_not_at_all(owner, bearer, add_file, people):
    add_file("s10")
    add_file("s11", owner="other")
    body = {"file_ids": ["s10", "s11"], "emails": ["support@example.com"], "right": "edit"}
    assert owner.post("/api/shares/people", json=body).status_code == 404
    assert owner.get("/api/files/s10/people").json()["items"] == []
    shared = owner.post("/api/shares/people", json=body | {"file_ids": ["s10"]}).json()
    assert shared["items"][0]["right"] == "edit"
    leaving = bearer("support").delete(f"/api/files/s10/people/{people['support'].id}")
    assert leaving.status_code == 204
    assert owner.get("/api/files/s10/people").json()["items"] == []
    undone = bearer("support").post("/api/shares/people/undo", json={"file_ids": ["s10"]})
    assert (undone.status_code, undone.json()) == (200, {"files": 1})
    assert [one["right"] for one in owner.get("/api/files/s10/people").json()["items"]] == ["edit"]
