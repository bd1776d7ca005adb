"""The routes behind the viewer: windows of a query, text, PDF, and what the CDN serves."""

import json

import pytest

from core.aws.s3 import ServedAs
from core.model.media import FileKind


@pytest.fixture
def put(dashboard, add_file):
    """A stored file with these bytes and this type."""

    def store(id, body, content_type, kind=FileKind.DOCUMENT, **more):
        file = add_file(id, **more)
        ref = dashboard.bucket.put(file.key, body, ServedAs(content_type))
        changes = {
            "content_type": content_type, "kind": kind, "size": len(body), "renditions": (),
            "etag": ref.etag, "version_id": ref.version_id,
        }  # fmt: skip
        files = dashboard.library._finding._shelf.files
        return files.update(id, lambda stored: stored.model_copy(update=changes))

    return store


def test_a_window_is_a_part_of_the_query_with_its_place(browser, add_file, dashboard):
    for number in range(5):
        add_file(f"window{number}", name=f"windowed {number}.jpg")
    dashboard.library._finding._shelf.refresh()
    query = json.dumps({"text": "windowed", "sort": "name"})
    answer = browser.get("/api/viewer", params={"filter": query, "offset": 2, "limit": 2}).json()
    assert (answer["offset"], answer["total"]) == (2, 5)
    assert [item["name"] for item in answer["items"]] == ["windowed 2.jpg", "windowed 3.jpg"]
    assert answer["items"][0]["shown_as"] == "picture"
    assert answer["items"][0]["thumbnail_url"].endswith("/media/window2/thumbnail.webp")


@pytest.mark.parametrize("filter", ["no json", "[]", '{"nonsense": 1}', '{"sort": "sideways"}'])
def test_a_filter_that_is_no_query_is_refused(browser, filter):
    answer = browser.get("/api/viewer", params={"filter": filter})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The filter is no query."


def test_a_filter_cannot_reach_other_peoples_files(bearer, add_file, people, dashboard):
    add_file("private-window", owner="owner")
    dashboard.library._finding._shelf.refresh()
    query = json.dumps({"owner_id": people["owner"].id})
    answer = bearer("other").get("/api/viewer", params={"filter": query}).json()
    assert (answer["items"], answer["total"]) == ([], 0)


def test_the_beginning_of_a_text_comes_with_its_encoding(browser, put):
    put("text1", "größe,ü\n".encode() * 20_000, "text/csv")
    answer = browser.get("/api/files/text1/text").json()
    assert answer["encoding"] == "UTF-8"
    assert answer["certain"] is True
    assert (answer["shown_bytes"], answer["total_bytes"]) == (65536, 220_000)
    assert answer["text"].startswith("größe,ü\n")


def test_markup_in_a_text_stays_text(browser, put):
    put("text2", b"<script>alert(1)</script>", "text/html")
    answer = browser.get("/api/files/text2/text")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["text"] == "<script>alert(1)</script>"


@pytest.mark.parametrize("way", ["text", "pdf", "delivery"])
def test_another_members_file_is_not_found(bearer, put, way):
    put(f"other-{way}", b"words", "text/plain")
    assert bearer("other").get(f"/api/files/other-{way}/{way}").status_code == 404


def test_a_picture_is_no_text_and_no_pdf(browser, add_file):
    add_file("picture1")
    assert browser.get("/api/files/picture1/text").status_code == 415
    assert browser.get("/api/files/picture1/pdf").status_code == 415


def test_a_text_whose_bytes_are_gone_says_so(browser, add_file):
    add_file("gone1", stored=False, name="a.txt").model_copy()
    answer = browser.get("/api/files/gone1/text")
    assert answer.status_code == 409
    assert "not in the bucket" in answer.json()["detail"]


def test_a_pdf_may_be_framed_by_our_own_pages_only(browser, put):
    body = b"%PDF-1.7\n" + b"x" * 5000
    put("pdf1", body, "application/pdf", name="plan ü.pdf")
    answer = browser.get("/api/files/pdf1/pdf")
    assert answer.content == body
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline; ")
    assert answer.headers["cache-control"] == "private, no-store"


def test_what_only_calls_itself_a_pdf_is_not_served_from_our_origin(browser, put):
    put("pdf2", b"<html><script>alert(1)</script>", "application/pdf")
    answer = browser.get("/api/files/pdf2/pdf")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_edge_is_compared_with_the_bucket(browser, put):
    put("edge1", b"words", "text/plain")
    answer = browser.get("/api/files/edge1/delivery").json()
    assert answer["state"] == "unknown"  # the stand-in CDN tells no ETag
    assert answer["status"] == 200
    assert answer["stored_etag"]
    assert answer["url"].startswith("http://testserver/emulator/cdn/media/")


def test_a_file_that_the_cdn_does_not_have_is_broken(browser, put, dashboard):
    file = put("edge2", b"words", "text/plain")
    dashboard.bucket.erase(file.key)
    answer = browser.get("/api/files/edge2/delivery").json()
    assert (answer["state"], answer["status"]) == ("broken", 404)
