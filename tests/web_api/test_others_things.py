"""What belongs to another member is answered word for word like what never was."""

import itertools

import pytest

FILE = [
    ("GET", ""),
    ("PATCH", "", {"name": "x"}),
    ("PUT", "/private", {"private": True}),
    ("DELETE", ""),
    ("POST", "/restore"),
    ("POST", "/recheck"),
    ("GET", "/download"),
    ("POST", "/copy", {}),
    ("POST", "/replacements", {"name": "a.jpg", "size": 3}),
    ("GET", "/versions"),
    ("GET", "/versions/differences?first=1&second=1"),
    ("POST", "/versions/1/restore"),
    ("POST", "/invalidate"),
    ("GET", "/invalidations"),
    ("POST", "/shares", {"expires_in": 3600}),
    ("GET", "/people"),
    ("POST", "/people", {"emails": ["other@example.com"]}),
    ("DELETE", "/people/{me}"),
    ("GET", "/text"),
    ("GET", "/pdf"),
    ("GET", "/delivery"),
    ("GET", "/advice"),
    ("POST", "/advice/name"),
    ("GET", "/cost"),
]
LINK = [
    ("GET", ""),
    ("PATCH", "", {"title": "x"}),
    ("PATCH", "", {"revoked": False}),
    ("DELETE", ""),
]
BULK = [("GET", ""), ("GET", "/refused"), ("POST", "/cancel"), ("POST", "/undo")]
ALBUM = [("GET", ""), ("PATCH", "", {"name": "x"}), ("DELETE", "")]
SEARCH = [("PATCH", "", {"name": "x"}), ("DELETE", "")]
UPLOAD = [("GET", ""), ("POST", "/complete"), ("GET", "/parts"), ("DELETE", "")]
ROUTES = {"files": FILE, "shares": LINK, "bulk-changes": BULK, "albums": ALBUM,
          "saved-searches": SEARCH, "uploads": UPLOAD, "trash": [("DELETE", "")]}  # fmt: skip

_numbers = itertools.count()


@pytest.fixture
def things(bearer, add_file):
    """One of each kind, the owner's: the first part of its path → its id."""
    name = f"theirs{next(_numbers)}"
    add_file(name)
    owner = bearer("owner")

    def made(path, body):
        answer = owner.post(f"/api/{path}", json=body)
        assert answer.status_code in {201, 202}, answer.text
        told = answer.json()
        return told.get("upload_id") or told["id"]

    shown = {"kind": "files", "file_ids": [name]}
    change = {"kind": "add_tags", "tags": ["q"]}
    return {
        "files": name,
        "trash": name,
        "shares": made("shares", {"target": shown, "expires_in": 3600}),
        "bulk-changes": made("bulk-changes", {"change": change, "ids": [name]}),
        "albums": made("albums", {"name": name}),
        "saved-searches": made("saved-searches", {"name": name, "query": "a"}),
        "uploads": made("uploads", {"name": "a.txt", "size": 3}),
    }


def test_another_members_thing_is_answered_like_what_never_was(bearer, things, people):
    other = bearer("other")
    for kind, routes in ROUTES.items():
        for method, rest, *body in routes:
            path = f"/api/{kind}/{{}}{rest.replace('{me}', people['other'].id)}"
            theirs, never = (
                other.request(method, path.format(id_), json=body[0] if body else None)
                for id_ in (things[kind], "never")
            )
            assert theirs.status_code == 404, f"{method} {path}: {theirs.text}"
            assert theirs.text.replace(things[kind], "never") == never.text


@pytest.mark.parametrize("query", ["owner:owner@example.com", "with:me", ""])
def test_a_bulk_by_search_finds_no_file_of_others(bearer, things, query):
    change = {"kind": "trash"}
    seen = bearer("other").post(
        "/api/bulk-changes/preview", json={"change": change, "query": query}
    )
    assert (seen.status_code, seen.json()["total"]) == (200, 0)


def test_others_files_named_in_a_body_are_refused_without_their_name(bearer, things):
    other = bearer("other")
    named = {"change": {"kind": "trash"}, "ids": [things["files"]]}
    (refused,) = other.post("/api/bulk-changes/preview", json=named).json()["refusals"]
    assert refused["name"] == ""
    people = {"file_ids": [things["files"]], "emails": ["other@example.com"]}
    assert other.post("/api/shares/people", json=people).status_code == 404
    mine = other.post("/api/albums", json={"name": "Own"}).json()["id"]
    for album, status in ((things["albums"], 404), ("never", 404), (mine, 200)):
        change = {"kind": "add_to_album", "album": album}
        body = {"change": change, "ids": [things["files"]]}
        assert other.post("/api/bulk-changes/preview", json=body).status_code == status
    target = {"kind": "album", "album_id": things["albums"]}
    link = {"target": target, "expires_in": 3600}
    assert other.post("/api/shares", json=link).status_code == 404
