"""Links under the real routes and middleware: what visitors see, fetch and send."""

import io
import zipfile
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from moto import mock_aws

from core import hashing
from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs
from core.errors import InvalidInput
from core.library.service import LibraryService
from core.model.identity import Actor, Role
from core.model.media import FileKind, FileState, MediaFile, Rendition
from core.model.sharing import DropLimits, ShareKind, SharePolicy, ShareTarget, TargetKind
from core.settings import Settings
from core.shares.records import ShareRequest
from core.shares.service import SharesService
from core.stores.audit_log import AuditLog
from core.stores.files import file_records
from core.stores.jobs import JobQueue
from core.upload.service import UploadService
from tests.web.conftest import OWN, PASSWORD, open_browser, utc_now

SECRET = "harbour lantern 7"
NASTY = "<script>alert(1)</script> \u05e9\u05dc\u05d5\u05dd $title.jpg"
FOREIGN = {"Origin": "https://elsewhere.example"}


@pytest.fixture(scope="module")
def bucket():
    """Slow to make; the ids of files keep the tests apart."""
    with mock_aws():
        clients = AwsClients("us-east-1", None, "AKIATEST", "secret")
        clients.s3.create_bucket(Bucket="media")
        yield lambda: MediaBucket(clients.s3, "media")


@pytest.fixture
def site(tmp_path, stores, monkeypatch, bucket):
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(1, 8, 1))
    store, index = stores
    bucket = bucket()
    with closing(Edge("https://cdn.example")) as edge:
        settings = Settings(data_dir=tmp_path)
        audit, jobs = AuditLog(store, utc_now), JobQueue(store, utc_now)
        built = SimpleNamespace(
            settings=settings,
            store=store,
            audit=audit,
            bucket=bucket,
            emulator=None,
            shares=SharesService(store, index, bucket, audit, settings, utc_now, "k" * 40),
            library=LibraryService(store, index, bucket, edge, audit, settings, utc_now),
            uploads=UploadService(store, bucket, edge, jobs, audit, settings, utc_now),
            files=file_records(store),
            ada=_person(store),
        )
        yield built


def _person(store):
    from core.accounts.service import AccountsService  # noqa: PLC0415

    accounts = AccountsService(store, AuditLog(store, utc_now), Settings(), utc_now, "k" * 40)
    account = accounts.register("ada@example.com", PASSWORD, "Ada <b>")
    return Actor(account_id=account.id, role=Role.MEMBER)


@pytest.fixture
def visitor(site):
    with open_browser(site) as client:
        yield client


@pytest.fixture
def add(site):
    def file(id, name="beach.jpg", *, picture=True, content=b"bytes", **more):
        key = f"media/{id}/beach.jpg"
        site.bucket.put(key, content, ServedAs("image/jpeg"))
        small = Rendition(
            name="thumbnail", key=f"media/{id}/thumbnail.webp", width=4, height=3, size=2
        )
        fields = {
            "size": len(content),
            "content_type": "image/jpeg",
            "kind": FileKind.IMAGE,
            "state": FileState.DELIVERED,
            "renditions": (small,) if picture else (),
        }
        return site.files.add(
            MediaFile(
                id=id, owner_id=site.ada.account_id, name=name, uploaded_at=utc_now(),
                bucket="media", key=key, **(fields | more),
            )
        )  # fmt: skip

    return file


@pytest.fixture
def link(site):
    def make(*ids, kind=ShareKind.VIEW, target=None, **more):
        target = target or ShareTarget(kind=TargetKind.FILES, file_ids=ids)
        request = ShareRequest(kind=kind, target=target, expires_in=timedelta(days=3), **more)
        return site.shares.create(site.ada, request)

    return make


def count(site, own):
    found = site.shares.get(site.ada, own.link.id).link
    return found.views, found.downloads


def actions(site):
    found = site.audit.page(f"{utc_now():%Y-%m}", limit=500).items
    return [event.action for event in found if event.action.startswith("share.")]


def test_the_page_shows_pictures_from_the_cdn_and_other_files_as_a_list(visitor, add, link):
    add("one", NASTY)
    add("two", "notes.txt", picture=False)
    page = visitor.get(link("one", "two", max_downloads=4).path)
    assert page.status_code == 200
    assert 'src="https://cdn.example/media/one/thumbnail.webp"' in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \u05e9\u05dc\u05d5\u05dd $title.jpg" in page.text
    assert "<script" not in page.text
    assert "Ada &lt;b&gt;" in page.text
    assert "notes.txt" in page.text
    assert "Ends in 2 days" in page.text
    assert "4 of 4 downloads left" in page.text


def test_the_page_may_not_be_kept_framed_indexed_or_passed_on(visitor, add, link):
    add("one")
    headers = visitor.get(link("one").path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
    assert "set-cookie" not in headers


def test_unknown_revoked_and_ended_links_get_the_same_answer(site, visitor, add, link):
    add("one")
    own = link("one")
    site.shares.revoke(site.ada, own.link.id)
    answers = [visitor.get(path) for path in (own.path, "/s/nothing", f"/s/{'0' * 24}.{'x' * 43}")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    dates = {"date", "content-length"}
    heads = [{k: v for k, v in a.headers.items() if k not in dates} for a in answers]
    assert heads[0] == heads[1] == heads[2]
    for way in ("/v/one", "/d/one", "/zip"):
        assert visitor.get(own.path + way).status_code == 404
    assert visitor.post(own.path, data={"password": "x"}).status_code == 404


def test_a_password_is_asked_for_everything_and_opens_until_it_is_changed(site, visitor, add, link):
    add("one", "secret name.jpg")
    own = link("one", password=SECRET, title="Secret title")
    for way in ("", "/v/one", "/d/one", "/zip"):
        locked = visitor.get(own.path + way)
        assert locked.status_code == 401
        assert "ecret" not in locked.text.replace(own.path, "")
    wrong = visitor.post(own.path, data={"password": "no"}, headers=OWN)
    assert "not the password" in wrong.text
    right = visitor.post(own.path, data={"password": SECRET}, headers=OWN)
    assert right.status_code == 303
    cookie = right.headers["set-cookie"]
    assert f"Path={own.path}" in cookie
    assert "HttpOnly" in cookie
    assert "secret name.jpg" in visitor.get(own.path).text
    assert visitor.get(own.path + "/d/one").status_code == 307
    from core.shares.records import LinkChanges  # noqa: PLC0415

    site.shares.change(site.ada, own.link.id, LinkChanges(password="another one 8"))
    assert visitor.get(own.path).status_code == 401


def test_after_five_wrong_passwords_even_the_right_one_waits(site, visitor, add, link):
    add("one")
    own, other = link("one", password=SECRET), link("one", password=SECRET)
    for _ in range(5):
        assert visitor.post(own.path, data={"password": "no"}).status_code == 400
    closed = visitor.post(own.path, data={"password": SECRET})
    assert closed.status_code == 429
    assert 0 < int(closed.headers["retry-after"]) <= 901
    assert visitor.post(other.path, data={"password": SECRET}).status_code == 303
    assert actions(site).count("share.password_wrong") == 5


def test_another_sites_form_can_not_type_passwords(visitor, add, link):
    add("one")
    own = link("one", password=SECRET)
    refused = visitor.post(own.path, data={"password": SECRET}, headers=FOREIGN)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers


def test_downloads_are_counted_and_the_last_one_is_the_last(site, visitor, add, link):
    add("one", "am Strand.jpg")
    own = link("one", max_downloads=2)
    for _ in range(2):
        fetched = visitor.get(own.path + "/d/one")
        assert fetched.status_code == 307
        assert "X-Amz-Expires=300" in fetched.headers["location"]
        assert "am%2520Strand.jpg" in fetched.headers["location"]
    refused = visitor.get(own.path + "/d/one")
    assert refused.status_code == 409
    assert "No downloads are left" in refused.text
    page = visitor.get(own.path).text
    assert "/d/one" not in page
    assert "No downloads left" in page
    assert count(site, own) == (1, 2)
    assert actions(site).count("share.downloaded") == 2


ROBOTS = [
    {"User-Agent": "Slackbot-LinkExpanding 1.0"},
    {"User-Agent": "WhatsApp/2.23"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "preview"},
]


@pytest.mark.parametrize("headers", ROBOTS)
def test_robots_see_the_page_get_no_bytes_and_are_not_counted(site, visitor, add, link, headers):
    add("one")
    own = link("one", max_downloads=1)
    assert visitor.get(own.path, headers=headers).status_code == 200
    for way in ("/d/one", "/zip"):
        assert visitor.get(own.path + way, headers=headers).status_code == 403
    assert count(site, own) == (0, 0)
    assert actions(site).count("share.shown_to_robot") == 1
    assert site.shares.get(site.ada, own.link.id).link.last_used_at is None


def test_every_access_is_an_audit_event_and_the_page_alone_counts_as_opened(
    site, visitor, add, link
):
    add("one")
    own = link("one")
    assert visitor.get(own.path + "/v/one").status_code == 200
    assert actions(site).count("share.looked") == 1
    assert site.shares.get(site.ada, own.link.id).link.last_used_at is not None
    assert count(site, own) == (0, 0)
    assert visitor.get(own.path + "?page=2").status_code == 200
    assert visitor.get(own.path).status_code == 200
    assert actions(site).count("share.looked") == 2
    assert (actions(site).count("share.opened"), count(site, own)) == (1, (1, 0))
    assert visitor.get(own.path + "/v/two").status_code == 404
    assert actions(site).count("share.looked") == 2


def test_a_head_request_counts_nothing(site, visitor, add, link):
    add("one")
    own = link("one", max_downloads=1)
    assert visitor.head(own.path).status_code == 200
    fetched = visitor.head(own.path + "/d/one")
    assert "location" not in fetched.headers
    assert count(site, own) == (0, 0)


def test_the_viewer_leads_to_the_neighbours(visitor, add, link):
    for file_id in ("one", "two", "three"):
        add(file_id, f"{file_id}.jpg")
    own = link("one", "two", "three")
    page = visitor.get(own.path + "/v/two?page=1").text
    assert f'href="{own.path}/v/one?page=1" rel="prev"' in page
    assert f'href="{own.path}/v/three?page=1" rel="next"' in page
    assert visitor.get(own.path + "/v/four").status_code == 404


def test_all_files_come_as_one_zip_and_each_counts(site, visitor, add, link):
    add("one", "a.jpg", content=b"1" * 3_000_000)
    add("two", "a.jpg", content=b"2")
    add("three", "../\u0444\u043e\u0442\u043e.jpg", content=b"3")
    own = link("one", "two", "three", max_downloads=5, title="Trip")
    answer = visitor.get(own.path + "/zip")
    assert answer.headers["content-disposition"].startswith('attachment; filename="Trip.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.jpg", "a (2).jpg", ".._\u0444\u043e\u0442\u043e.jpg"]
        assert archive.read("a.jpg") == b"1" * 3_000_000
    assert count(site, own) == (0, 3)
    assert visitor.get(own.path + "/zip").status_code == 409
    assert count(site, own) == (0, 3)


def test_a_link_revoked_while_a_zip_is_read_cuts_it_off(site, visitor, add, link):
    for file_id in ("one", "two"):
        add(file_id, f"{file_id}.jpg", content=file_id.encode() * 10)
    own = link("one", "two")
    read, find = [], site.files.find

    open_stream = site.bucket.open_stream

    def revoking(ref):
        read.append(ref.key)
        if len(read) == 1:
            site.shares.revoke(site.ada, own.link.id)
        return open_stream(ref)

    site.bucket.open_stream = revoking
    assert find("one")
    answer = visitor.get(own.path + "/zip")
    assert b"one" * 10 in answer.content
    assert b"two" * 10 not in answer.content
    assert not zipfile.is_zipfile(io.BytesIO(answer.content))
    assert "share.archive_stopped" in actions(site)


def test_trashed_files_vanish_from_the_page_and_the_zip(site, visitor, add, link):
    add("one", "stays.jpg")
    add("two", "goes.jpg")
    own = link("one", "two")
    site.library.trash(site.ada, ["two"])
    assert "goes.jpg" not in visitor.get(own.path).text
    assert visitor.get(own.path + "/d/two").status_code == 404
    with zipfile.ZipFile(io.BytesIO(visitor.get(own.path + "/zip").content)) as archive:
        assert archive.namelist() == ["stays.jpg"]


def test_a_link_whose_files_are_gone_says_so(site, visitor, add, link):
    add("one")
    own = link("one")
    site.library.trash(site.ada, ["one"])
    assert "No files are here now" in visitor.get(own.path).text
    assert visitor.get(own.path + "/zip").status_code == 404


# Drop boxes

BOX = DropLimits(max_files=2, max_file_bytes=50, max_total_bytes=80, kinds=())


@pytest.fixture
def box(link):
    def make(limits=BOX, **more):
        target = ShareTarget(kind=TargetKind.FOLDER, folder="in/box")
        return link(kind=ShareKind.DROP, target=target, drop=limits, **more)

    return make


def begin(visitor, own, **fields):
    form = {"name": "note.txt", "size": "5", "type": "text/plain", "sender": "", **fields}
    return visitor.post(own.path + "/files", data=form, headers=OWN)


def deliver(site, visitor, own, content=b"hello", **fields):
    begun = begin(visitor, own, size=str(len(content)), **fields)
    assert begun.status_code == 200, begun.text
    told = begun.json()
    site.bucket.put(told["fields"]["key"], content, ServedAs("text/plain"))
    return visitor.post(f"{own.path}/files/{told['id']}", headers=OWN), told["id"]


def test_the_box_shows_its_limits_and_no_files(visitor, add, box):
    add("one", "private.jpg", folder="in/box")
    page = visitor.get(box().path)
    assert "private.jpg" not in page.text
    assert "50 B for one file at most" in page.text
    assert "2 files more and 80 B" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_who_sends_hears_what_is_left_and_a_full_box_shows_no_form(site, visitor, box):
    own = box()
    first, second = (deliver(site, visitor, own)[0].json()["limits"] for _ in range(2))
    assert "1 file more and 75 B" in first
    assert second == "The box is full. Ask whoever sent you the link."
    page = visitor.get(own.path)
    assert "It takes no more files." in page.text
    assert 'id="drop"' not in page.text
    assert "script-src" not in page.headers["content-security-policy"]


def test_a_dropped_file_becomes_the_owners_tagged_with_its_sender(site, visitor, box):
    own = box()
    done, file_id = deliver(site, visitor, own, sender="Zo\u00eb <b>")
    assert done.status_code == 200
    file = site.files.get(file_id)
    assert (file.owner_id, file.folder) == (site.ada.account_id, "in/box")
    assert file.tags == ("drop box", "from zo\u00eb <b>")
    again = visitor.post(f"{own.path}/files/{file_id}", headers=OWN)
    assert again.status_code == 200
    received = site.shares.get(site.ada, own.link.id).link
    assert (received.received_files, received.received_bytes) == (1, 5)
    assert actions(site).count("share.dropped") == 1


def test_a_box_takes_no_more_than_its_limits(site, visitor, box):
    own = box()
    assert begin(visitor, own, size="51").status_code == 413
    assert begin(visitor, own, size="0").status_code == 400
    assert begin(visitor, own, size="many").status_code == 400
    deliver(site, visitor, own, b"x" * 45)
    assert begin(visitor, own, size="40").status_code == 413
    assert begin(visitor, own, size="30").status_code == 200  # not sent yet, and its place is kept
    full = begin(visitor, own, size="1")
    assert full.status_code == 409
    assert full.headers["content-type"] == "application/problem+json"
    assert "The box is full" in visitor.get(own.path).text


def test_the_ticket_takes_exactly_the_announced_bytes_in_one_post(visitor, box):
    limits = DropLimits(max_files=1, max_file_bytes=2**33, max_total_bytes=2**33)
    told = begin(visitor, box(limits), size=str(200 * 2**20)).json()
    assert told["fields"]["key"] == f"incoming/{told['id']}"
    assert "policy" in told["fields"]


def test_only_wanted_kinds_come_in_whatever_the_browser_calls_them(site, visitor, box):
    own = box(BOX.model_copy(update={"kinds": (FileKind.IMAGE,)}))
    assert begin(visitor, own).status_code == 415
    done, file_id = deliver(site, visitor, own, type="", name="photo")
    assert done.status_code == 415
    assert site.files.find(file_id) is None
    assert site.bucket.find(f"incoming/{file_id}") is None
    assert "share.drop_refused" in actions(site)
    assert begin(visitor, own, type="image/png", name="a.png").status_code == 200


def test_a_file_belongs_to_the_box_through_which_it_was_begun(site, visitor, box):
    first, second = box(), box()
    _, file_id = deliver(site, visitor, first)
    assert visitor.post(f"{second.path}/files/{file_id}", headers=OWN).status_code == 404
    assert visitor.post(f"{first.path}/files/nothing", headers=OWN).status_code == 404


def test_a_revoked_box_takes_nothing_and_finishes_nothing(site, visitor, box):
    own = box()
    file_id = begin(visitor, own).json()["id"]
    site.bucket.put(f"incoming/{file_id}", b"hello", ServedAs("text/plain"))
    site.shares.revoke(site.ada, own.link.id)
    assert begin(visitor, own).status_code == 404
    assert visitor.post(f"{own.path}/files/{file_id}", headers=OWN).status_code == 404
    assert site.files.find(file_id) is None


def test_bytes_that_have_not_come_can_be_announced_again(site, visitor, box):
    own = box()
    file_id = begin(visitor, own).json()["id"]
    assert visitor.post(f"{own.path}/files/{file_id}", headers=OWN).status_code == 409
    site.bucket.put(f"incoming/{file_id}", b"hello", ServedAs("text/plain"))
    assert visitor.post(f"{own.path}/files/{file_id}", headers=OWN).status_code == 200


def test_boxes_that_the_policy_switched_off_take_nothing(site, visitor, box):
    own = box()
    root = Actor(account_id="root", role=Role.ADMIN)
    site.shares.set_policy(root, SharePolicy(drop_boxes=False))
    assert visitor.get(own.path).status_code == 404
    assert begin(visitor, own).status_code == 404


def test_a_box_shows_no_files_and_a_view_takes_none(visitor, add, link, box):
    add("one")
    assert begin(visitor, link("one")).status_code == 404
    own = box()
    assert visitor.get(own.path + "/zip").status_code == 404
    assert visitor.get(own.path + "/d/one").status_code == 404


def test_other_sites_can_not_make_a_browser_send_files(visitor, box):
    refused = visitor.post(box().path + "/files", data={"name": "x", "size": "1"}, headers=FOREIGN)
    assert refused.status_code == 403


def test_a_name_that_grows_in_lower_case_is_counted_like_any_other(site, visitor, box):
    own = box()
    done, file_id = deliver(site, visitor, own, sender="\u0390" * 40)  # three letters each
    assert done.status_code == 200, done.text
    assert site.shares.get(site.ada, own.link.id).link.received_files == 1
    assert any(tag.startswith("from ") for tag in site.files.get(file_id).tags)


def test_a_file_that_can_not_be_tagged_is_counted_all_the_same(site, visitor, box, monkeypatch):
    def refuses(*_):
        raise InvalidInput("These are too many tags.")

    own = box()
    monkeypatch.setattr(site.library, "change", refuses)
    deliver(site, visitor, own)
    assert site.shares.get(site.ada, own.link.id).link.received_files == 1


def test_whoever_sent_a_file_does_not_learn_its_later_name(site, visitor, box):
    own = box()
    done, file_id = deliver(site, visitor, own)
    assert done.json()["name"] == "note.txt"
    site.files.update(file_id, lambda file: file.model_copy(update={"name": "secret.txt"}))
    assert "secret" not in visitor.post(f"{own.path}/files/{file_id}", headers=OWN).text


def test_a_name_of_a_sent_file_is_told_without_direction_marks(site, visitor, box):
    own = box()
    done, _ = deliver(site, visitor, own, name="in\u202egpj.exe")
    assert done.json()["name"] == "ingpj.exe"
    begun = next(e for e in site.audit.page(f"{utc_now():%Y-%m}").items
                 if e.action == "share.drop_begun" and e.address)  # fmt: skip
    assert begun.details["name"] == "ingpj.exe"
