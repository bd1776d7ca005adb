"""Advice, its repairs and costs of one file, as programs get them."""

import io

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from core.errors import NotFound
from core.model.media import Grant, Right
from tests.web_api.conftest import HOME, actor

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 400
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
def put(dashboard, add_file):
    def store(id, served=None, **more):
        file = add_file(id, **more)
        ref = dashboard.bucket.put(file.key, JPEG, served or ServedAs("text/html"))
        update = {"etag": ref.etag, "version_id": ref.version_id, "size": len(JPEG)}
        shelf = dashboard.library._finding._shelf
        return shelf.files.update(id, lambda stored: stored.model_copy(update=update))

    return store


def rules(client, id):
    return [one["rule"] for one in client.get(f"/api/files/{id}/advice").json()["items"]]


def test_headers_are_put_right_under_the_same_key_and_the_version_before_is_kept(
    browser, put, dashboard
):
    file = put("advice1")
    assert rules(browser, "advice1") == ["wrong_type", "short_cache"]
    answer = browser.post("/api/files/advice1/advice/wrong_type", headers={"origin": HOME})
    assert answer.status_code == 200, answer.text
    now = dashboard.bucket.head(file.key)
    assert (now.content_type, now.cache_control) == ("image/jpeg", FOREVER)
    assert now.content_disposition == "inline"
    assert dashboard.bucket.head(file.key, file.version_id).content_type == "text/html"
    stored = dashboard.library._finding._shelf.files.get("advice1")
    assert (stored.version_id, stored.key) == (now.ref.version_id, file.key)
    assert rules(browser, "advice1") == []


def test_an_object_that_somebody_overwrote_is_not_repaired_over(browser, put, dashboard):
    file = put("advice2")
    dashboard.bucket.put(file.key, JPEG + b"others", ServedAs("text/html"))
    answer = browser.post("/api/files/advice2/advice/wrong_type", headers={"origin": HOME})
    assert answer.status_code == 409
    assert dashboard.bucket.head(file.key).content_type == "text/html"


def test_a_key_with_an_address_in_it_is_left_for_a_clean_one(browser, put, dashboard):
    served = ServedAs("image/jpeg", FOREVER, "inline")
    put("advice3", served)
    shelf = dashboard.library._finding._shelf
    personal = "media/advice3/ada@example.com.jpg"
    ref = dashboard.bucket.put(personal, JPEG, served)
    update = {"key": personal, "version_id": ref.version_id, "etag": ref.etag}
    shelf.files.update("advice3", lambda stored: stored.model_copy(update=update))
    assert rules(browser, "advice3") == ["personal_key"]
    answer = browser.post("/api/files/advice3/advice/personal_key", headers={"origin": HOME})
    assert answer.status_code == 200, answer.text
    assert answer.json()["url"].endswith("/media/advice3/beach-r1.jpg")
    assert dashboard.bucket.find(personal) is None
    assert dashboard.bucket.head(personal, ref.version_id)  # what was deleted by mistake is there
    assert rules(browser, "advice3") == []


def test_a_name_gets_its_extension(browser, put):
    put("advice4", ServedAs("image/jpeg", FOREVER, "inline"), name="beach")
    answer = browser.post("/api/files/advice4/advice/no_extension", headers={"origin": HOME})
    assert answer.json()["name"] == "beach.jpg"


def test_advice_that_does_not_hold_any_more_is_not_applied(browser, put):
    put("advice5", ServedAs("image/jpeg", FOREVER, "inline"))
    answer = browser.post("/api/files/advice5/advice/wrong_type", headers={"origin": HOME})
    assert answer.status_code == 404


def test_who_may_only_look_may_not_repair(bearer, put, people):
    put("advice6", grants=(Grant(account_id=people["other"].id, right=Right.VIEW),))
    assert "wrong_type" in rules(bearer("other"), "advice6")
    assert bearer("other").post("/api/files/advice6/advice/wrong_type").status_code == 403
    put("advice7")
    assert bearer("other").post("/api/files/advice7/advice/wrong_type").status_code == 404
    assert bearer("other").get("/api/files/advice7/advice").status_code == 404


def test_a_file_costs_what_its_objects_and_views_cost(browser, put, bearer):
    put("cost1")
    answer = browser.get("/api/files/cost1/cost", params={"view_of": "thumbnail"}).json()
    assert [part["name"] for part in answer["use"]["parts"]] == [
        "what the CDN serves", "renditions", "the exact upload",
    ]  # fmt: skip
    assert (answer["use"]["view_of"], answer["use"]["view_bytes"]) == ("thumbnail", 2)
    assert answer["usual"]["hit_source"].startswith("assumed")
    assert {line["line"] for line in answer["viewed"]["lines"]} >= {"cf.dto", "cf.https"}
    assert float(answer["stored"]["total"]) > 0
    assert bearer("other").get("/api/files/cost1/cost").status_code == 404


def png(size=(900, 700)):
    out = io.BytesIO()
    channels = [Image.effect_noise(size, 60) for _ in range(3)]
    Image.merge("RGB", channels).save(out, "PNG", compress_level=1)
    return out.getvalue()


@pytest.fixture
def wasteful(dashboard, add_file):
    """A photograph that was saved loss-free."""

    def store(id, body):
        file = add_file(id, name="dune.png")
        ref = dashboard.bucket.put(file.key, body, ServedAs("image/png", FOREVER, "inline"))
        update = {"etag": ref.etag, "version_id": ref.version_id, "size": len(body), "width": 900,
                  "height": 700, "content_type": "image/png"}  # fmt: skip
        shelf = dashboard.library._finding._shelf
        return shelf.files.update(id, lambda stored: stored.model_copy(update=update))

    return store


def test_a_wasteful_picture_is_replaced_by_a_smaller_one_that_arrives_as_an_upload(
    browser, wasteful, dashboard, people
):
    body = png()
    wasteful("advice8", body)
    (found,) = browser.get("/api/files/advice8/advice").json()["items"]
    assert (found["rule"], found["repair"]) == ("wasteful", "smaller")
    answer = browser.post("/api/files/advice8/advice/wasteful", headers={"origin": HOME})
    assert answer.status_code == 200, answer.text
    owner = actor(dashboard, "owner@example.com")
    sent = dashboard.uploads.recent(owner)[0]
    assert (sent.replaces, sent.name, sent.content_type) == ("advice8", "dune.webp", "image/webp")
    assert sent.size < 0.8 * len(body)


def test_trying_changes_nothing_and_says_what_it_gives(wasteful, dashboard, people):
    before = wasteful("advice9", png())
    owner = actor(dashboard, "owner@example.com")
    offer = dashboard.advising.try_smaller(owner, "advice9")
    assert offer.before == before.size
    assert offer.after < 0.8 * before.size
    assert offer.worthwhile
    assert dashboard.library.get(owner, "advice9").revision == 1
    with pytest.raises(NotFound):
        dashboard.advising.try_smaller(actor(dashboard, "other@example.com"), "advice9")
