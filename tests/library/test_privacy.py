"""Files become private and public again: nothing is lost, and nothing stays readable."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from core.aws.cdn_signing import CdnSigner
from core.aws.cloudfront_writer import CloudFrontWriter
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs
from core.errors import AwsUnavailable, Conflict, NotAllowed, NotFound
from core.library import leftovers
from core.library import privacy as rules
from core.library.service.leftovers import Leftovers
from core.library.service.privacy import Privacy
from core.library.service.shelf import Shelf
from core.model.identity import Actor, Role
from core.model.media import (
    FileKind,
    FileState,
    FileVersion,
    Grant,
    MediaFile,
    ObjectRef,
    Rendition,
    Right,
)
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from tests.emulator.conftest import site  # noqa: F401  # a fixture

ANN = Actor(account_id="ann", role=Role.MEMBER)
BOB = Actor(account_id="bob", role=Role.MEMBER)
FOREVER = "public, max-age=31536000, immutable"


def clock():
    return datetime.now(UTC)


@pytest.fixture
def cloud(emulator, tmp_path, request):
    web = request.getfixturevalue("site")
    index = SearchIndex(tmp_path / "records.sqlite3")
    store = SqliteRecordStore(tmp_path / "records.sqlite3", projections=[index])
    bucket = MediaBucket(emulator.clients().s3, emulator.stack.media_bucket)
    cdn = f"https://{emulator.stack.distribution_domain}"
    signer = CdnSigner(emulator.stack.cdn_key_id, emulator.cdn_private_key, cdn, clock)
    edge = Edge(web.cdn, connect_base=web.base, signer=signer)
    writer = CloudFrontWriter(emulator.clients().cloudfront)

    def forget(_, keys, by):
        assert by == ANN
        paths = ["/" + quote(key, safe="/~") for key in keys]
        writer.invalidate(emulator.stack.distribution_id, paths, secrets.token_hex(8))

    settings = load_settings(data_dir=tmp_path)
    shelf = Shelf(store, index, bucket, edge, AuditLog(store, clock), settings, clock)
    left = Leftovers(shelf, forget)
    yield SimpleNamespace(
        shelf=shelf, bucket=bucket, edge=edge, browser=web.browser, forget=forget, left=left,
        privacy=Privacy(shelf, left),
    )  # fmt: skip
    edge.close()
    store.close()


def filed(cloud, **changes):
    """A delivered picture with a thumbnail and an earlier version under the same key."""
    file_id = secrets.token_hex(16)
    key, small = f"media/{file_id}/beach.jpg", f"media/{file_id}/thumbnail.webp"
    served = ServedAs("image/jpeg", FOREVER, "inline")
    old = cloud.bucket.put(key, b"older", served)
    new = cloud.bucket.put(key, b"newest", served)
    thumb = cloud.bucket.put(small, b"small", ServedAs("image/webp", FOREVER))
    rendition = Rendition(name="thumbnail", key=small, width=4, height=3, size=5,
                          version_id=thumb.version_id)  # fmt: skip
    file = MediaFile(
        id=file_id, owner_id="ann", name="beach.jpg", size=6, content_type="image/jpeg",
        kind=FileKind.IMAGE, state=FileState.DELIVERED, uploaded_at=clock(),
        bucket=cloud.bucket.name, key=key, version_id=new.version_id, etag=new.etag,
        renditions=(rendition,),
        versions=(FileVersion(number=1, name="beach.jpg", bucket=cloud.bucket.name, key=key,
                              version_id=old.version_id, etag=old.etag, size=5,
                              content_type="image/jpeg", stored_at=clock(), stored_by="ann"),),
    ).model_copy(update=changes)  # fmt: skip
    cloud.shelf.files.add(file)
    return file


def eventually(check, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def status(cloud, url):
    return cloud.browser.get(url).status_code


@pytest.mark.emulator
def test_a_private_file_leaves_nothing_readable_behind(cloud):
    file = filed(cloud)
    before = [cloud.edge.url(key) for key in (file.key, file.renditions[0].key)]
    assert [status(cloud, url) for url in before] == [200, 200]  # and cached at the CDN

    after = cloud.privacy.apply(ANN, file.id, True)

    assert after.private
    assert cloud.browser.get(cloud.edge.url(after.key)).content == b"newest"
    assert status(cloud, cloud.edge.url(after.renditions[0].key)) == 200
    assert status(cloud, cloud.edge.plain_url(after.key)) == 403
    assert cloud.bucket.find(file.key) is None
    for url in before:
        eventually(lambda url=url: status(cloud, url) == 403)


@pytest.mark.emulator
def test_versions_move_along_with_their_own_bytes(cloud):
    after = cloud.privacy.apply(ANN, filed(cloud).id, True)
    (old,) = after.versions

    assert old.key.startswith(f"private/{after.id}/")
    assert cloud.bucket.read_range(old.key, 0, 10, old.version_id) == b"older"
    assert cloud.bucket.read_range(after.key, 0, 10) == b"newest"


@pytest.mark.emulator
def test_there_and_back_again_is_as_before(cloud):
    file = filed(cloud)

    cloud.privacy.apply(ANN, file.id, True)
    after = cloud.privacy.apply(ANN, file.id, False)

    assert (after.key, after.private) == (file.key, False)
    assert cloud.bucket.find(f"private/{file.id}/beach.jpg") is None
    answer = cloud.browser.get(cloud.edge.url(after.key))
    eventually(lambda: cloud.browser.get(cloud.edge.url(after.key)).content == b"newest")
    assert answer.headers["cache-control"] == FOREVER


@pytest.mark.emulator
def test_a_crash_before_the_old_objects_go_is_made_good_later(cloud):
    file = filed(cloud)

    def dies(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Privacy(cloud.shelf, Leftovers(cloud.shelf, dies)).apply(ANN, file.id, True)

    assert cloud.shelf.files.get(file.id).private
    assert cloud.left.finish() == 1
    assert cloud.left.finish() == 0
    assert cloud.bucket.find(file.key) is None


@pytest.mark.emulator
def test_a_cdn_that_does_not_answer_leaves_the_file_as_it_was(cloud, monkeypatch):
    file = filed(cloud)
    monkeypatch.setattr(cloud.edge, "head", lambda _: SimpleNamespace(status=0, error="no answer"))

    with pytest.raises(AwsUnavailable, match="does not serve"):
        cloud.privacy.apply(ANN, file.id, True)

    assert cloud.shelf.files.get(file.id) == file
    assert cloud.bucket.find(file.key) is not None


@pytest.mark.emulator
def test_a_cdn_that_asks_for_no_signature_keeps_the_file_public(cloud, monkeypatch):
    file = filed(cloud)
    monkeypatch.setattr(cloud.edge, "plain_url", cloud.edge.url)

    with pytest.raises(AwsUnavailable, match="without a signature"):
        cloud.privacy.apply(ANN, file.id, True)

    assert cloud.shelf.files.get(file.id) == file


@pytest.mark.emulator
def test_somebody_renames_the_file_while_it_moves(cloud, monkeypatch):
    file = filed(cloud)
    see, renamed = Privacy._see, []

    def rename(privacy, after):
        see(privacy, after)
        if not renamed:
            change = {"name": "renamed.jpg"}
            cloud.shelf.files.update(file.id, lambda f: f.model_copy(update=change))
            renamed.append(True)

    monkeypatch.setattr(Privacy, "_see", rename)

    after = cloud.privacy.apply(ANN, file.id, True)

    assert (after.name, after.private) == ("renamed.jpg", True)


@pytest.mark.emulator
def test_only_the_owner_decides_who_needs_a_signature(cloud):
    grant = Grant(account_id="bob", right=Right.EDIT)
    with pytest.raises(NotFound):
        cloud.privacy.apply(BOB, filed(cloud).id, True)
    with pytest.raises(NotAllowed):
        cloud.privacy.apply(BOB, filed(cloud, grants=(grant,)).id, private=True)


@pytest.mark.emulator
def test_without_a_key_group_nothing_becomes_private(cloud):
    file = filed(cloud)
    cloud.edge.signer = None

    with pytest.raises(Conflict, match="Private media is off"):
        cloud.privacy.apply(ANN, file.id, True)


def of(**changes):
    return MediaFile(
        id="f1", owner_id="ann", name="a.jpg", size=1, content_type="image/jpeg",
        kind=FileKind.IMAGE, state=FileState.DELIVERED, uploaded_at=clock(), bucket="b",
        key="media/f1/a.jpg", pristine=ObjectRef(bucket="b", key="originals/f1/a.jpg"), **changes,
    )  # fmt: skip


def test_the_exact_upload_stays_where_no_viewer_reaches():
    assert [ref.key for ref in rules.to_move(of())] == ["media/f1/a.jpg"]


@pytest.mark.parametrize(
    ("key", "private", "moved"),
    [
        ("media/f1/a.jpg", True, "private/f1/a.jpg"),
        ("private/f1/r2/a.jpg", False, "media/f1/r2/a.jpg"),
        ("users/7/progress-photos/a.jpg", True, "private/f1/a.jpg"),
    ],
)
def test_keys_keep_their_place_under_the_other_prefix(key, private, moved):
    assert rules.new_key("f1", key, private=private) == moved


def test_what_moved_back_in_between_is_not_deleted():
    left = rules.left_behind(of(), ANN)

    assert leftovers.still_left(left, of()) == ()
    assert leftovers.still_left(left, None) == ("media/f1/a.jpg",)


def test_a_file_that_is_processed_waits():
    with pytest.raises(Conflict, match="still being processed"):
        rules.check_movable(of().model_copy(update={"state": FileState.PROCESSING}))


@pytest.mark.emulator
def test_no_copy_of_a_private_file_stays_public_where_the_cdn_fails(cloud, monkeypatch):
    private = cloud.privacy.apply(ANN, filed(cloud).id, True)
    head = cloud.edge.head
    monkeypatch.setattr(cloud.edge, "head", lambda _: SimpleNamespace(status=0, error="no answer"))
    with pytest.raises(AwsUnavailable, match="does not serve"):
        cloud.privacy.apply(ANN, private.id, False)
    monkeypatch.setattr(cloud.edge, "head", head)

    assert cloud.shelf.files.get(private.id) == private
    assert cloud.bucket.find(f"media/{private.id}/beach.jpg") is None
    assert cloud.bucket.find(f"media/{private.id}/thumbnail.webp") is None
    assert cloud.bucket.find(private.key) is not None
    assert not cloud.privacy.apply(ANN, private.id, False).private


@pytest.mark.emulator
def test_copies_of_a_move_that_died_are_deleted_once_it_is_surely_dead(cloud, monkeypatch):
    private = cloud.privacy.apply(ANN, filed(cloud).id, True)

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Privacy, "_see", dies)
        with pytest.raises(KeyboardInterrupt):
            cloud.privacy.apply(ANN, private.id, False)
    public = f"media/{private.id}/beach.jpg"
    assert cloud.bucket.find(public) is not None
    assert cloud.left.finish() == 0  # it might still be under way

    monkeypatch.setattr(cloud.shelf, "clock", lambda: clock() + timedelta(hours=2))
    assert cloud.left.finish() == 1
    assert cloud.bucket.find(public) is None
    assert cloud.bucket.find(private.key) is not None


@pytest.mark.emulator
def test_of_two_that_move_a_file_at_once_none_deletes_the_others_copies(cloud, monkeypatch):
    file = filed(cloud)
    see, raced = Privacy._see, []

    def meanwhile(privacy, after):
        see(privacy, after)
        if not raced:
            raced.append(True)
            cloud.privacy.apply(ANN, file.id, True)

    monkeypatch.setattr(Privacy, "_see", meanwhile)

    after = cloud.privacy.apply(ANN, file.id, True)

    assert after.private
    assert cloud.bucket.read_range(after.key, 0, 10) == b"newest"
    assert cloud.bucket.find(after.renditions[0].key) is not None
    assert cloud.bucket.find(file.key) is None
