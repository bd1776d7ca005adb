"""Every route for every role: nobody, a file's owner, another member, support, an admin."""

import base64
import io
import itertools
from datetime import timedelta

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.repair import RecordChange
from core.model.sharing import ShareTarget, TargetKind
from core.model.url_audit import LibrarySource
from core.shares.records import ShareRequest
from core.upload.service.progress import NewPhoto
from tests.web_api.conftest import PASSWORD

_DOT = io.BytesIO()
Image.new("RGB", (8, 8), "red").save(_DOT, "PNG")
PNG = _DOT.getvalue()
PICTURE = base64.b64encode(PNG).decode()
FOLDER_LINK = {"target": {"kind": "folder", "folder": "trip"}, "expires_in": 3600}
TAG_ALL = {"query": "type:audio", "change": {"kind": "add_tags", "tags": ["x"]}}
ROLES = ("anonymous", "owner", "other", "support", "admin")
# What stands in a path or body as {file}, {upload} or {session} belongs to the owner, made anew.
# `json`, or `files`, is sent. The statuses are in the order of ROLES.
TABLE = [
    ("POST", "/auth/register", {"json": "{new account}"}, (201, 201, 201, 201, 201)),
    ("POST", "/auth/login", {"json": "{right password}"}, (200, 200, 200, 200, 200)),
    ("POST", "/auth/logout", {}, (401, 204, 204, 204, 204)),
    ("GET", "/users/me", {}, (401, 200, 200, 200, 200)),
    ("PATCH", "/users/me", {"json": {"full_name": "X"}}, (401, 200, 200, 200, 200)),
    (
        "PUT",
        "/users/me/password",
        {"json": {"current": PASSWORD, "new": "weak"}},
        (401, 400, 400, 400, 400),
    ),
    ("GET", "/users/me/sessions", {}, (401, 200, 200, 200, 200)),
    ("DELETE", "/users/me/sessions", {}, (401, 204, 204, 204, 204)),
    ("POST", "/users/me/avatar", {"files": {"file": ("me.png", PNG)}}, (401, 200, 200, 200, 200)),
    ("DELETE", "/users/me/avatar", {}, (401, 204, 204, 204, 204)),
    ("GET", "/progress-photos", {}, (401, 200, 200, 200, 200)),
    ("POST", "/progress-photos", {"json": {"image_data": PICTURE}}, (401, 201, 201, 201, 201)),
    (
        "POST",
        "/analytics/progress-photos/upload",
        {"json": {"imageData": PICTURE, "userId": "somebody"}},
        (401, 403, 403, 403, 403),
    ),
    ("POST", "/progress-photos/tickets", {"json": {"size": 9}}, (401, 201, 201, 201, 201)),
    ("POST", "/progress-photos/tickets/{ticket}/complete", {}, (401, 409, 404, 404, 404)),
    ("GET", "/progress-photos/{photo}/picture", {}, (401, 200, 404, 404, 404)),
    ("GET", "/progress-photos/{photo}/picture?redirect=true", {}, (401, 307, 404, 404, 404)),
    ("DELETE", "/progress-photos/{photo}", {}, (401, 200, 404, 404, 404)),
    ("POST", "/progress-photos/{photo}/restore", {}, (401, 200, 404, 404, 404)),
    ("DELETE", "/users/me/sessions/{session}", {}, (401, 204, 404, 404, 404)),
    ("GET", "/users", {}, (401, 403, 403, 403, 200)),
    ("PATCH", "/users/{person}", {"json": {"role": "support"}}, (401, 403, 403, 403, 200)),
    ("PATCH", "/users/nobody", {"json": {"disabled": True}}, (401, 403, 403, 403, 404)),
    ("POST", "/users", {"json": "{new person}"}, (401, 403, 403, 403, 201)),
    ("POST", "/users/{person}/password-link", {}, (401, 403, 403, 403, 201)),
    ("POST", "/users/nobody/password-link", {}, (401, 403, 403, 403, 404)),
    ("GET", "/audit-events", {}, (401, 403, 403, 403, 200)),
    ("POST", "/uploads", {"json": {"name": "a.bin", "size": 3}}, (401, 201, 201, 201, 201)),
    ("GET", "/uploads/{upload}", {}, (401, 200, 404, 404, 404)),
    ("DELETE", "/uploads/{upload}", {}, (401, 204, 404, 404, 404)),
    ("GET", "/uploads/{parts}/parts", {}, (401, 200, 404, 404, 404)),
    ("POST", "/uploads/{parts}/parts", {"json": {"part_numbers": [1]}}, (401, 200, 404, 404, 404)),
    ("DELETE", "/uploads/{parts}/parts", {}, (401, 204, 404, 404, 404)),
    ("POST", "/uploads/{upload}/complete", {}, (401, 202, 404, 404, 404)),
    (
        "POST",
        "/files",
        {"files": {"file": ("a.txt", b"abc", "text/plain")}},
        (401, 201, 201, 201, 201),
    ),
    ("GET", "/files", {}, (401, 200, 200, 200, 200)),
    ("POST", "/files/zip", {"data": {"filter": "{}"}}, (401, 200, 200, 200, 200)),
    ("GET", "/files/facets", {}, (401, 200, 200, 200, 200)),
    ("GET", "/files/timeline", {}, (401, 200, 200, 200, 200)),
    ("GET", "/folders", {}, (401, 200, 200, 200, 200)),
    ("POST", "/folders", {"json": {"path": "A"}}, (401, 201, 201, 201, 201)),
    (
        "PATCH",
        "/folders",
        {"json": {"path": "none", "new_path": "B"}},
        (401, 404, 404, 404, 404),
    ),
    ("DELETE", "/folders?path=none", {}, (401, 404, 404, 404, 404)),
    ("GET", "/albums", {}, (401, 200, 200, 200, 200)),
    ("POST", "/albums", {"json": {"name": "A"}}, (401, 201, 201, 201, 201)),
    ("GET", "/albums/{album}", {}, (401, 200, 404, 404, 404)),
    ("PATCH", "/albums/{album}", {"json": {"cover_id": ""}}, (401, 200, 404, 404, 404)),
    ("DELETE", "/albums/{album}", {}, (401, 204, 404, 404, 404)),
    ("GET", "/saved-searches", {}, (401, 200, 200, 200, 200)),
    (
        "POST",
        "/saved-searches",
        {"json": {"name": "A", "query": "sea"}},
        (401, 201, 201, 201, 201),
    ),
    ("PATCH", "/saved-searches/{search}", {"json": {"name": "B"}}, (401, 200, 404, 404, 404)),
    ("DELETE", "/saved-searches/{search}", {}, (401, 204, 404, 404, 404)),
    ("GET", "/files/{file}", {}, (401, 200, 404, 200, 200)),
    ("PATCH", "/files/{file}", {"json": {"name": "b.jpg"}}, (401, 200, 404, 403, 200)),
    ("DELETE", "/files/{file}", {}, (401, 200, 404, 403, 200)),
    ("POST", "/files/{file}/restore", {}, (401, 200, 404, 403, 200)),
    ("PUT", "/files/{file}/private", {"json": {"private": False}}, (401, 200, 404, 403, 200)),
    ("POST", "/files/{file}/recheck", {}, (401, 200, 404, 200, 200)),
    ("GET", "/files/{file}/download", {}, (401, 200, 404, 200, 200)),
    ("GET", "/files/{file}/download?redirect=true", {}, (401, 307, 404, 307, 307)),
    ("GET", "/files/{file}/download?pristine=true", {}, (401, 200, 404, 403, 403)),
    ("POST", "/files/{file}/shares", {"json": {"expires_in": 3600}}, (401, 201, 404, 403, 201)),
    ("GET", "/files/{file}/people", {}, (401, 200, 404, 403, 200)),
    (
        "POST",
        "/files/{file}/people",
        {"json": {"emails": ["support@example.com"]}},
        (401, 200, 404, 403, 200),
    ),
    ("DELETE", "/files/{file}/people/{person}", {}, (401, 204, 404, 403, 204)),
    ("POST", "/shares", {"json": FOLDER_LINK}, (401, 201, 201, 201, 201)),
    ("GET", "/shares", {}, (401, 200, 200, 200, 200)),
    ("GET", "/shares?all=true", {}, (401, 403, 403, 403, 200)),
    (
        "POST",
        "/shares/people",
        {"json": {"file_ids": ["nothing"], "emails": ["support@example.com"]}},
        (401, 404, 404, 404, 404),
    ),
    (
        "POST",
        "/shares/people/undo",
        {"json": {"file_ids": ["nothing"]}},
        (401, 409, 409, 409, 409),
    ),
    ("GET", "/shares/{share}", {}, (401, 200, 404, 404, 200)),
    ("PATCH", "/shares/{share}", {"json": {"title": "b"}}, (401, 200, 404, 404, 200)),
    ("DELETE", "/shares/{share}", {}, (401, 204, 404, 404, 204)),
    ("GET", "/share-policy", {}, (401, 200, 200, 200, 200)),
    ("PUT", "/share-policy", {"json": {}}, (401, 403, 403, 403, 200)),
    ("POST", "/files/{whole}/copy", {"json": {}}, (401, 201, 404, 201, 201)),
    (
        "POST",
        "/files/{file}/replacements",
        {"json": {"name": "a.jpg", "size": 3}},
        (401, 201, 404, 403, 201),
    ),
    ("GET", "/files/{file}/versions", {}, (401, 200, 404, 200, 200)),
    (
        "GET",
        "/files/{file}/versions/differences?first=1&second=1",
        {},
        (401, 200, 404, 200, 200),
    ),
    ("POST", "/files/{whole}/versions/{number}/restore", {}, (401, 409, 404, 403, 409)),
    ("POST", "/files/{file}/invalidate", {}, (401, 202, 404, 403, 202)),
    ("GET", "/files/{file}/invalidations", {}, (401, 200, 404, 200, 200)),
    ("GET", "/invalidations/free-paths", {}, (401, 200, 200, 200, 200)),
    ("GET", "/invalidations/{invalidation}", {}, (401, 200, 404, 200, 200)),
    ("POST", "/bulk-changes/preview", {"json": TAG_ALL}, (401, 200, 200, 200, 200)),
    ("POST", "/bulk-changes", {"json": TAG_ALL}, (401, 202, 202, 202, 202)),
    ("GET", "/bulk-changes", {}, (401, 200, 200, 200, 200)),
    ("GET", "/bulk-changes/{bulk}", {}, (401, 200, 404, 404, 200)),
    ("GET", "/bulk-changes/{bulk}/refused", {}, (401, 200, 404, 404, 200)),
    ("POST", "/bulk-changes/{bulk}/cancel", {}, (401, 200, 404, 404, 200)),
    ("POST", "/bulk-changes/{bulk}/undo", {}, (401, 409, 404, 404, 409)),
    ("GET", "/duplicates", {}, (401, 200, 200, 200, 200)),
    ("GET", "/duplicates?kind=similar&everybody=true", {}, (401, 403, 403, 200, 200)),
    ("POST", "/duplicates/kept", {"json": "{two files}"}, (401, 201, 404, 201, 201)),
    ("DELETE", "/duplicates/kept/{kept}", {}, (401, 204, 404, 404, 404)),
    ("POST", "/duplicates/fingerprints", {}, (401, 202, 202, 202, 202)),
    ("DELETE", "/trash", {}, (401, 202, 202, 202, 202)),
    ("DELETE", "/trash/{file}", {}, (401, 409, 404, 403, 409)),
    ("GET", "/viewer", {}, (401, 200, 200, 200, 200)),
    ("GET", "/files/{file}/text", {}, (401, 415, 404, 415, 415)),
    ("GET", "/files/{file}/pdf", {}, (401, 415, 404, 415, 415)),
    ("GET", "/files/{file}/delivery", {}, (401, 200, 404, 200, 200)),
    ("GET", "/files/{file}/advice", {}, (401, 200, 404, 200, 200)),
    ("POST", "/files/{file}/advice/{rule}", {}, (401, 404, 404, 403, 404)),
    ("GET", "/files/{file}/cost", {}, (401, 200, 404, 200, 200)),
    ("GET", "/summary", {}, (401, 200, 200, 200, 200)),
    ("POST", "/costs/estimate", {"json": {"lines": []}}, (401, 403, 403, 403, 200)),
    ("GET", "/costs?month=2026-10", {}, (401, 403, 403, 403, 200)),
    ("GET", "/usage", {}, (401, 403, 403, 403, 200)),
    ("GET", "/usage/storage?bucket=media", {}, (401, 403, 403, 403, 404)),
    ("GET", "/usage/storage/history?bucket=media", {}, (401, 403, 403, 403, 200)),
    ("POST", "/usage/storage/scans", {"json": {"bucket": "media"}}, (401, 403, 403, 403, 202)),
    ("GET", "/usage/storage/scans", {}, (401, 403, 403, 403, 200)),
    ("DELETE", "/usage/storage/scans/{file}", {}, (401, 403, 403, 403, 404)),
    ("GET", "/diagnoses?url=https://x.example/a.jpg", {}, (401, 403, 403, 200, 200)),
    ("POST", "/diagnoses", {"json": {"snapshot": {}}}, (401, 403, 403, 400, 400)),
    ("GET", "/audits", {}, (401, 403, 403, 200, 200)),
    ("POST", "/audits", {"json": {"source": {"kind": "library"}}}, (401, 403, 403, 201, 201)),
    ("GET", "/audits/{audit}", {}, (401, 403, 403, 200, 200)),
    ("DELETE", "/audits/{audit}", {}, (401, 403, 403, 204, 204)),
    ("GET", "/audits/{audit}/groups", {}, (401, 403, 403, 404, 404)),
    ("GET", "/audits/{audit}/rows?group=x", {}, (401, 403, 403, 404, 404)),
    ("GET", "/audits/{audit}/export", {}, (401, 403, 403, 404, 404)),
    ("POST", "/audits/{audit}/groups/{group}/dry-run", {}, (401, 403, 403, 404, 404)),
    ("GET", "/cases", {}, (401, 403, 403, 200, 200)),
    ("POST", "/cases", {"json": {"url": "https://x.example/a"}}, (401, 403, 403, 201, 201)),
    ("GET", "/cases/{case}", {}, (401, 403, 403, 200, 200)),
    ("DELETE", "/cases/{case}", {}, (401, 403, 403, 204, 204)),
    ("GET", "/cases/{case}/export", {}, (401, 403, 403, 200, 200)),
    ("PUT", "/cases/{case}/monitor", {"json": {"interval": "hour"}}, (401, 403, 403, 200, 200)),
    ("DELETE", "/cases/{case}/monitor", {}, (401, 403, 403, 200, 200)),
    ("POST", "/cases/{watched}/check", {}, (401, 403, 403, 200, 200)),
    ("GET", "/layouts?bucket=media", {}, (401, 403, 403, 200, 200)),
    ("GET", "/migrations", {}, (401, 403, 403, 200, 200)),
    ("POST", "/migrations", {"json": "{new migration}"}, (401, 403, 403, 201, 201)),
    ("GET", "/migrations/{migration}", {}, (401, 403, 403, 200, 200)),
    ("GET", "/migrations/{migration}/steps?state=planned", {}, (401, 403, 403, 200, 200)),
    ("POST", "/migrations/{migration}/plan", {}, (401, 403, 403, 200, 200)),
    ("POST", "/migrations/{migration}/start", {}, (401, 403, 403, 200, 200)),
    ("POST", "/migrations/{migration}/delete-old", {}, (401, 403, 403, 409, 409)),
    ("POST", "/migrations/{wished}/approve", {}, (401, 403, 403, 403, 200)),
    ("POST", "/migrations/{migration}/stop", {}, (401, 403, 403, 200, 200)),
    ("POST", "/migrations/{migration}/restore", {}, (401, 403, 403, 200, 200)),
    (
        "POST",
        "/migrations/{migration}/objects/delete",
        {"json": {"key": "legacy/u1/a1.jpg"}},
        (401, 403, 403, 403, 200),
    ),
    ("POST", "/lint", {"json": {"text": "nothing wrong"}}, (401, 403, 403, 200, 200)),
    (
        "POST",
        "/fixes",
        {"json": {"url": "https://x.example/a.jpg", "fix_id": "f9"}},
        (401, 403, 403, 409, 409),
    ),
    ("GET", "/fixes", {}, (401, 403, 403, 200, 200)),
    ("GET", "/fixes/{repair}", {}, (401, 403, 403, 200, 200)),
    ("POST", "/fixes/{repair}/approve", {}, (401, 403, 403, 403, 200)),
    ("POST", "/fixes/{repair}/apply", {}, (401, 403, 403, 403, 200)),
    ("POST", "/fixes/{repair}/verify", {}, (401, 403, 403, 409, 409)),
    ("POST", "/fixes/{repair}/rollback", {}, (401, 403, 403, 409, 409)),
    ("POST", "/fixes/{repair}/withdraw", {}, (401, 403, 403, 200, 200)),
    ("GET", "/openapi.json", {}, (200, 200, 200, 200, 200)),
    ("GET", "/docs", {}, (200, 200, 200, 200, 200)),
    ("GET", "/nothing", {}, (404, 404, 404, 404, 404)),
]
CASES = [
    pytest.param(method, path, sent, role, status, id=f"{role} {method} {path}")
    for method, path, sent, statuses in TABLE
    for role, status in zip(ROLES, statuses, strict=True)
]
_LAYOUTS = ("legacy/{user}/{file}", "current/{user}-{file}")
_numbers = itertools.count()


@pytest.fixture
def things(dashboard, people, add_file):
    """name → a function that makes one of the owner's things, and its id."""

    def owner():
        signed_in = dashboard.accounts.sign_in("owner@example.com", PASSWORD)
        return dashboard.accounts.actor_for_cookie(signed_in.token)

    def upload(size):
        from core.upload.service import UploadRequest  # noqa: PLC0415

        opened = dashboard.uploads.open(owner(), UploadRequest(name="a.bin", size=size))
        dashboard.bucket.put(f"incoming/{opened.upload_id}", b"abc", ServedAs("image/jpeg"))
        return opened.upload_id

    def case(*, watched=False):
        signed_in = dashboard.accounts.sign_in("support@example.com", PASSWORD)
        helper = dashboard.accounts.actor_for_cookie(signed_in.token)
        kept = dashboard.cases.save(helper, url="https://x.example/a.jpg")
        return dashboard.cases.watch(helper, kept.id).id if watched else kept.id

    def repair():
        signed_in = dashboard.accounts.sign_in("support@example.com", PASSWORD)
        helper = dashboard.accounts.actor_for_cookie(signed_in.token)
        row = RecordChange(table="gone", pk="u1", attribute="avatarUrl", old="a", new="b")
        return dashboard.repairs.propose_records(helper, [row], "avatars").id

    def migration(*, wished=False):
        signed_in = dashboard.accounts.sign_in("support@example.com", PASSWORD)
        helper = dashboard.accounts.actor_for_cookie(signed_in.token)
        key = f"legacy/u{next(_numbers)}/a1.jpg"
        dashboard.bucket.put(key, b"abc", ServedAs("image/jpeg"))
        planned = dashboard.migrations.plan(helper, "media", *_LAYOUTS)
        return (dashboard.migrations.start(helper, planned.id) if wished else planned).id

    def audit():
        signed_in = dashboard.accounts.sign_in("support@example.com", PASSWORD)
        helper = dashboard.accounts.actor_for_cookie(signed_in.token)
        return dashboard.audits.start(helper, LibrarySource()).id

    def share():
        target = ShareTarget(kind=TargetKind.FOLDER, folder="trip")
        wanted = ShareRequest(target=target, expires_in=timedelta(days=1))
        return dashboard.shares.create(owner(), wanted).link.id

    def photo():
        return dashboard.progress.add(owner(), io.BytesIO(PNG), NewPhoto()).id

    def ticket():
        return dashboard.progress.open(owner(), 9, "image/png", NewPhoto()).upload_id

    def whole():
        file = add_file(f"role{next(_numbers)}", version_id=None, etag="")
        for key in (file.renditions[0].key, file.pristine.key):
            dashboard.bucket.put(key, b"bytes", ServedAs("image/jpeg"))
        return file.id

    def invalidation():
        file = add_file(f"role{next(_numbers)}", etag="x")
        return dashboard.library.invalidations.start(owner(), file.id).id

    def bulk():
        change = BulkChange(kind=BulkKind.ADD_TAGS, tags=("x",))
        return dashboard.library.bulks.start(owner(), Selection(ids=("gone",)), change).id

    def two_files():
        return {"ids": [add_file(f"role{next(_numbers)}", stored=False).id for _ in range(2)]}

    def album():
        return dashboard.library.albums.create(owner(), f"album {next(_numbers)}").id

    def search():
        name = f"search {next(_numbers)}"
        return dashboard.library.searches.create(owner(), name, "sea").id

    def new_email():
        return f"role{next(_numbers)}@example.com"

    def person():
        return dashboard.accounts.register(new_email(), PASSWORD, "somebody").id

    return {
        "{session}": lambda: owner().session_id,
        "{file}": lambda: add_file(f"role{next(_numbers)}", version_id=None, etag="x").id,
        "{album}": album,
        "{search}": search,
        "{audit}": audit,
        "{whole}": whole,
        "{two files}": two_files,
        "{kept}": lambda: dashboard.library.duplicates.keep_all(owner(), two_files()["ids"]).id,
        "{number}": lambda: "1",
        "{rule}": lambda: "unheard_of",
        "{invalidation}": invalidation,
        "{bulk}": bulk,
        "{photo}": photo,
        "{share}": share,
        "{ticket}": ticket,
        "{upload}": lambda: upload(3),
        "{parts}": lambda: upload(20 * 1024 * 1024),
        "{person}": person,
        "{case}": case,
        "{repair}": repair,
        "{migration}": migration,
        "{wished}": lambda: migration(wished=True),
        "{new migration}": lambda: dict(
            zip(("bucket", "legacy", "target"), ("media", *_LAYOUTS), strict=True)
        ),
        "{watched}": lambda: case(watched=True),
        "{new account}": lambda: {"email": new_email(), "password": PASSWORD, "username": "New"},
        "{new person}": lambda: {"email": new_email(), "username": "New", "role": "support"},
        "{right password}": lambda: {"email": "other@example.com", "password": PASSWORD},
    }


@pytest.mark.parametrize(("method", "path", "sent", "role", "status"), CASES)
def test_each_route_answers_each_role_as_the_table_says(
    visitor, bearer, things, method, path, sent, role, status
):
    client = visitor if role == "anonymous" else bearer(role)
    for name, make in things.items():
        if name in path:
            path = path.replace(name, make())
        if sent.get("json") == name:
            sent = {"json": make()}
    answer = client.request(method, f"/api{path}", **sent)
    assert answer.status_code == status, answer.text
    if status >= 400:
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["status"] == status
        assert problem["hint"]


def test_the_table_knows_every_route(visitor):
    document = visitor.get("/api/openapi.json").json()
    described = {
        (method.upper(), shape(path))
        for path, methods in document["paths"].items()
        for method in methods
    }
    tested = {(method, shape(path.partition("?")[0])) for method, path, *_ in TABLE}
    assert described <= tested


def shape(path):
    return "/".join("{id}" if step.startswith("{") else step for step in path.split("/"))
