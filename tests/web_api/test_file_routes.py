"""Files by REST: listed, found, changed, trashed, downloaded; with addresses and without secrets."""

from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model.media import FileSort, FileState
from tests.web_api.conftest import HOME


def test_a_file_has_absolute_addresses_and_no_insides_of_the_bucket(bearer, add_file):
    add_file("shape1")
    answer = bearer("owner").get("/api/files/shape1")
    file = answer.json()
    assert file["url"] == f"{HOME}/emulator/cdn/media/media/shape1/beach.jpg"
    assert file["thumbnail_url"] == f"{HOME}/emulator/cdn/media/media/shape1/thumbnail.webp"
    assert file["preview_url"] == ""
    assert (file["type"], file["state"], file["has_pristine"]) == ("image", "delivered", True)
    assert "originals/" not in answer.text
    assert not {"bucket", "key", "version_id", "etag", "pristine"} & file.keys()


def test_removed_places_are_the_owners(bearer, add_file):
    add_file("places1")
    removed = {
        role: bearer(role).get("/api/files/places1").json()["removed"]
        for role in ("owner", "support", "admin")
    }
    assert removed["owner"][0]["value"] == "52.5"
    for role in ("support", "admin"):
        assert removed[role] == [{"group": "GPS", "name": "GPSLatitude", "value": ""}]


def test_lists_are_searched_filtered_and_sorted(bearer, add_file):
    add_file("find1", name="zebra one.jpg", stored=False)
    add_file("find2", name="zebra two.jpg", stored=False, folder="a/b")
    add_file("find3", name="zebra three.jpg", stored=False, state=FileState.UNDELIVERED)
    add_file("find4", name="zebra four.jpg", stored=False, owner="other")
    client = bearer("owner")

    def ids(**params):
        return [file["id"] for file in client.get("/api/files", params=params).json()["items"]]

    assert ids(query="zebra", sort="name") == ["find1", "find3", "find2"]
    assert ids(query="zebra type:image state:undelivered") == ["find3"]
    assert ids(query="zebra", folder="a/b") == ["find2"]
    assert ids(query="zebra", type="video") == []
    assert ids(query="zebra", owner="me", sort="name") == ["find1", "find3", "find2"]
    assert ids(query="zebra", trashed="true") == []
    everyone = bearer("support").get("/api/files", params={"query": "zebra"}).json()
    assert everyone["total"] == 4


@pytest.mark.parametrize(
    "params",
    [
        {"type": "cat"},
        {"sort": "colour"},
        {"query": "type:cat"},
        {"query": "x" * 500},
        {"trashed": "?"},
    ],
)
def test_a_filter_that_is_none_is_a_400(bearer, params):
    answer = bearer("owner").get("/api/files", params=params)
    assert answer.status_code == 400
    assert answer.json()["hint"]


def test_a_cursor_of_another_search_is_a_400(bearer, add_file):
    for number in range(3):
        add_file(f"cursor{number}", name="cursor.jpg", stored=False)
    client = bearer("owner")
    params = {"query": "cursor", "limit": 1}
    params["cursor"] = client.get("/api/files", params=params).json()["next_cursor"]
    assert client.get("/api/files", params=params).status_code == 200
    assert client.get("/api/files", params=params | {"sort": "name"}).status_code == 400


def test_walking_the_pages_meets_every_file_exactly_once(bearer, add_file):
    for number in range(17):
        add_file(f"walk{number}", name=f"walk {number % 3}.jpg", stored=False)
    client = bearer("owner")

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(limit=st.integers(1, 20), sort=st.sampled_from(FileSort))
    def walk(limit, sort):
        seen, params = [], {"query": "walk", "limit": limit, "sort": sort.value}
        while True:
            page = client.get("/api/files", params=params).json()
            seen += [file["id"] for file in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert sorted(seen) == sorted(f"walk{number}" for number in range(17))

    walk()


def test_a_file_is_renamed_moved_and_tagged(bearer, add_file):
    add_file("change1")
    client = bearer("owner")
    before = client.get("/api/files/change1").json()
    body = {"name": "sea\u202e.jpg", "folder": "/trips//2026/", "tags": ["Blue", "blue"]}
    after = client.patch("/api/files/change1", json=body).json()
    assert (after["name"], after["folder"], after["tags"]) == ("sea.jpg", "trips/2026", ["blue"])
    assert after["url"] == before["url"]
    assert client.patch("/api/files/change1", json={"owner_id": "me"}).status_code == 400
    assert client.patch("/api/files/change1", json={"name": " "}).status_code == 400
    assert client.patch("/api/files/change1", json={"name": "../a.jpg"}).status_code == 400


def test_deleting_moves_to_the_trash_and_restoring_undoes_it(bearer, add_file):
    add_file("trash1")
    client = bearer("owner")
    assert client.delete("/api/files/trash1").json()["trashed_at"]
    listed = client.get("/api/files", params={"trashed": "true"}).json()
    assert "trash1" in [file["id"] for file in listed["items"]]
    assert client.post("/api/files/trash1/restore").json()["trashed_at"] is None


def test_a_download_is_a_link_or_a_redirect_to_it(bearer, add_file):
    add_file("load1")
    client = bearer("owner")
    link = client.get("/api/files/load1/download").json()
    assert link["url"].startswith(f"{HOME}/emulator/s3/media/media/load1/beach.jpg?")
    assert link["expires_at"].endswith("Z")
    answer = client.get("/api/files/load1/download", params={"redirect": "true"})
    assert answer.status_code == 307
    assert urlsplit(answer.headers["location"]).path == "/emulator/s3/media/media/load1/beach.jpg"


def test_the_exact_upload_is_for_its_owner(bearer, add_file):
    add_file("exact1")
    params = {"pristine": "true"}
    link = bearer("owner").get("/api/files/exact1/download", params=params).json()
    assert "/originals/exact1/beach.jpg?" in link["url"]
    assert bearer("admin").get("/api/files/exact1/download", params=params).status_code == 403
    assert bearer("other").get("/api/files/exact1/download", params=params).status_code == 404


def test_the_summary_counts_by_type_and_day(bearer, add_file):
    add_file("count1")
    summary = bearer("owner").get("/api/summary").json()
    assert summary["count"] >= 1
    assert summary["by_type"][0]["type"] == "image"
    assert summary["by_day"][0]["count"] >= 1


def test_behind_tls_addresses_are_what_the_browser_sees(browser, add_file):
    add_file("tls1")
    headers = {"Origin": "https://testserver"}
    file = browser.patch("/api/files/tls1", json={"tags": []}, headers=headers).json()
    assert file["url"].startswith("https://testserver/emulator/cdn/")


def test_private_media_without_a_key_group_is_refused_with_what_to_do(bearer, add_file):
    add_file("secret1")
    answer = bearer("owner").put("/api/files/secret1/private", json={"private": True})
    assert answer.status_code == 409
    assert "DASHBOARD_CDN_KEY_ID" in answer.json()["hint"]
    file = bearer("owner").get("/api/files/secret1").json()
    assert (file["private"], file["addresses_end"]) == (False, None)
