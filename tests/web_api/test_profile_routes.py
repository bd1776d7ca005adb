"""Avatars, preferences and progress photos by REST, as a program and as a page use them."""

import base64
import io
import re

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from tests.web_api.conftest import HOME

ORIGIN = {"Origin": HOME}


def picture(size=(640, 480), name="PNG"):
    out = io.BytesIO()
    Image.effect_noise(size, 80).save(out, name)
    return out.getvalue()


@pytest.fixture
def owner(bearer):
    return bearer("owner")


def send(client, content, **fields):
    return client.post("/api/users/me/avatar", files={"file": ("me.png", content)}, data=fields)


def test_an_avatar_is_answered_with_its_address_and_stands_in_the_profile(owner, dashboard, people):
    answer = send(owner, picture(), crop="0.1,0,0.5")
    assert answer.status_code == 200, answer.text
    url = answer.json()["avatar_url"]
    key = url.removeprefix(f"{HOME}/emulator/cdn/media/")
    account = people["owner"].id
    assert re.fullmatch(rf"avatars/avatar_{account}_\d+_[0-9a-f-]{{36}}\.jpg", key)
    assert dashboard.bucket.head(key).cache_control == "public, max-age=31536000, immutable"
    profile = owner.get("/api/users/me").json()
    assert profile["avatar_url"] == url
    assert profile["avatar_small_url"] == answer.json()["avatar_small_url"]
    assert profile["avatar_note"] == ""
    assert owner.delete("/api/users/me/avatar").status_code == 204
    gone = owner.get("/api/users/me").json()
    assert (gone["avatar_url"], gone["avatar_note"]) == (None, "no picture was chosen")
    assert dashboard.bucket.find(key) is None


@pytest.mark.parametrize(
    ("content", "fields", "status"),
    [
        (b"%PDF-1.7", {}, 415),
        (b"<script>alert(1)</script>", {}, 415),
        (b"\xff\xd8\xff\xe0 damaged", {}, 422),
        (b"", {}, 400),
        (picture(), {"crop": "0,0"}, 400),
        (picture(), {"crop": "0.9,0.9,1"}, 400),
        (b"\x89PNG\r\n\x1a\n" + b"0" * (10 * 1024**2), {}, 413),
        (b"0" * (17 * 1024**2), {}, 413),
    ],
)
def test_a_wrong_picture_has_a_status_and_a_hint(owner, content, fields, status):
    answer = send(owner, content, **fields)
    assert answer.status_code == status, answer.text
    assert answer.json()["hint"]
    assert owner.get("/api/users/me").json()["avatar_url"] is None


def test_a_form_without_a_file_is_told(owner):
    answer = owner.post("/api/users/me/avatar", data={"crop": "0,0,1"})
    assert answer.status_code == 400
    assert "no file" in answer.json()["detail"]


def test_an_avatar_by_cookie_needs_this_site(browser):
    assert send(browser, picture()).status_code == 403
    foreign = browser.post(
        "/api/users/me/avatar",
        files={"file": picture()},
        headers={"Origin": "https://evil.example"},
    )
    assert foreign.status_code == 403
    ours = browser.post("/api/users/me/avatar", files={"file": picture()}, headers=ORIGIN)
    assert ours.status_code == 200
    browser.delete("/api/users/me/avatar", headers=ORIGIN)


@pytest.mark.parametrize("field", ["avatar_url", "avatar_key", "profileImageUrl"])
def test_no_address_is_written_into_a_profile_not_even_an_empty_one(owner, field):
    send(owner, picture())
    before = owner.get("/api/users/me").json()
    for value in ("", "avatars/somebody-elses.jpg"):
        assert owner.patch("/api/users/me", json={field: value}).status_code == 400
    assert owner.get("/api/users/me").json() == before
    owner.delete("/api/users/me/avatar")


def test_the_list_of_people_shows_pictures(owner, bearer, people):
    url = send(owner, picture()).json()["avatar_url"]
    listed = bearer("admin").get("/api/users?query=owner@").json()["items"]
    assert [one["avatar_url"] for one in listed if one["id"] == people["owner"].id] == [url]
    owner.delete("/api/users/me/avatar")


def test_preferences_are_changed_one_by_one(owner):
    wanted = {"theme": "dark", "time_zone": "Europe/Berlin"}
    changed = owner.patch("/api/users/me", json={"preferences": wanted}).json()["preferences"]
    assert changed == {**wanted, "page_size": 60, "start_page": "home"}
    changed = owner.patch("/api/users/me", json={"preferences": {"page_size": 120}}).json()
    assert changed["preferences"] == {**wanted, "page_size": 120, "start_page": "home"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"page_size": 61},
        {"time_zone": "Mars"},
        {"start_page": "costs"},
        {"x": 1},
    ],
)
def test_preferences_that_there_are_not_are_refused(owner, wrong):
    answer = owner.patch("/api/users/me", json={"full_name": "Nobody", "preferences": wrong})
    assert answer.status_code == 400
    assert owner.get("/api/users/me").json()["full_name"] != "Nobody"


def test_all_other_sessions_end_and_this_one_stays(owner, bearer):
    other = bearer("owner")
    assert owner.delete("/api/users/me/sessions").status_code == 204
    assert other.get("/api/users/me").status_code == 401
    assert owner.get("/api/users/me").status_code == 200


# Progress photos


def test_a_photo_goes_in_as_json_and_out_as_a_signed_address(owner):
    data = base64.b64encode(picture()).decode()
    body = {
        "image_data": f"data:image/png;base64,{data}",
        "taken_on": "2026-03-04",
        "note": "front",
    }
    photo = owner.post("/api/progress-photos", json=body).json()
    assert photo["taken_on"] == "2026-03-04"
    assert f"/progress-photos/{photo['id']}?" in photo["url"]
    assert "X-Amz-Signature" in photo["url"]
    assert photo["legacy"] is False
    listed = owner.get("/api/progress-photos").json()["items"]
    assert photo["id"] in {one["id"] for one in listed}
    look = owner.get(f"/api/progress-photos/{photo['id']}/picture?small=true&redirect=true")
    assert look.status_code == 307
    assert f"{photo['id']}-400?" in look.headers["location"]
    assert look.headers["cache-control"] == "private, no-store"


def test_the_path_of_older_apps_takes_the_session_s_person_only(owner, people, bearer):
    data = base64.b64encode(picture()).decode()
    path = "/api/analytics/progress-photos/upload"
    own = owner.post(path, json={"imageData": data, "userId": people["owner"].id})
    assert own.status_code == 201
    foreign = bearer("other").post(path, json={"imageData": data, "userId": people["owner"].id})
    assert foreign.status_code == 403
    assert bearer("other").get("/api/progress-photos").json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"image_data": "***"}, 400),
        ({"image_data": ""}, 400),
        ({"image_data": base64.b64encode(b"text").decode()}, 415),
        ({"image_data": base64.b64encode(b"0" * (6 * 1024**2 + 1)).decode()}, 413),
        ({"imageData": base64.b64encode(picture()).decode(), "taken_on": "1800-01-01"}, 400),
        ({}, 400),
    ],
)
def test_a_wrong_photo_has_a_status_and_a_hint(owner, body, status):
    answer = owner.post("/api/progress-photos", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["hint"]


def test_a_photo_by_ticket_is_deleted_and_had_back(owner, dashboard):
    content = picture(name="JPEG")
    asked = {"size": len(content), "content_type": "image/jpeg", "taken_on": "2026-05-06"}
    ticket = owner.post("/api/progress-photos/tickets", json=asked).json()
    assert ticket["method"] == "post"
    assert ticket["url"].startswith("http")  # programs know no page that it could be relative to
    dashboard.bucket.put(ticket["fields"]["key"], content, ServedAs("image/jpeg"))
    photo = owner.post(f"/api/progress-photos/tickets/{ticket['upload_id']}/complete").json()
    assert (photo["taken_on"], photo["content_type"]) == ("2026-05-06", "image/jpeg")
    path = f"/api/progress-photos/{photo['id']}"
    assert owner.delete(path).json()["deleted_at"]
    gone = owner.get("/api/progress-photos?deleted=true").json()["items"]
    assert photo["id"] in {one["id"] for one in gone}
    assert owner.post(f"{path}/restore").json()["deleted_at"] is None
