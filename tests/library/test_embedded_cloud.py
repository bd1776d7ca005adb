"""Replacing, copying and forgetting against the embedded cloud, whose edge really caches."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pytest
from PIL import Image

from core.aws.cloudfront_invalidations import Invalidations
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs
from core.library.service import LibraryService, Outside
from core.library.service.bulk.service import JOB as BULK
from core.model.changes import BulkChange, BulkKind, InvalidationState, Selection
from core.model.identity import Actor, Role
from core.model.media import FileState
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.stores.invalidations import JOB as INVALIDATE
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from core.upload.service import PROCESS_UPLOAD, UploadRequest, UploadService
from tests.emulator.conftest import site  # noqa: F401  # a fixture

pytestmark = pytest.mark.emulator
ANN = Actor(account_id="ann", role=Role.MEMBER)


def clock():
    return datetime.now(UTC)


@pytest.fixture
def cloud(emulator, tmp_path, request):
    web = request.getfixturevalue("site")
    index = SearchIndex(tmp_path / "db.sqlite3")
    store = SqliteRecordStore(tmp_path / "db.sqlite3", [index])
    clients = emulator.clients()
    bucket = MediaBucket(clients.s3, emulator.stack.media_bucket)
    edge = Edge(web.cdn, connect_base=web.base)
    jobs, audit = JobQueue(store, clock), AuditLog(store, clock)
    settings = load_settings(data_dir=tmp_path)
    uploads = UploadService(store, bucket, edge, jobs, audit, settings, clock)
    library = LibraryService(
        *(store, index, bucket, edge, audit, settings, clock, jobs),
        outside=Outside(check_delivery=uploads.check_delivery),
        cdn=Invalidations(clients.cloudfront, emulator.stack.distribution_id),
    )
    handlers = {
        PROCESS_UPLOAD: uploads.process,
        BULK: library.bulks.run,
        INVALIDATE: library.invalidations.run,
    }
    yield SimpleNamespace(
        bucket=bucket,
        uploads=uploads,
        library=library,
        work=JobRunner(jobs, handlers, 1).run_until_idle,
        seen=lambda url: httpx.get(web.base + url if url.startswith("/") else url, trust_env=False),
    )
    edge.close()
    index.close()
    store.close()


def picture(shade):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).point(lambda v: v * shade // 10).save(out, "JPEG")
    return out.getvalue()


def sent(cloud, ticket, content):
    cloud.bucket.put(f"incoming/{ticket.upload_id}", content, ServedAs("image/jpeg"))
    cloud.uploads.complete(ANN, ticket.upload_id)
    cloud.work()
    return ticket.upload_id


def asked(content):
    return UploadRequest(name="a.jpg", size=len(content), content_type="image/jpeg")


def until_forgotten(cloud, file_id):
    """The job asks CloudFront again after a rest; the edges need a moment, too."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        (one,) = cloud.library.invalidations.of_file(ANN, file_id)
        if one.state is InvalidationState.COMPLETED:
            return
        cloud.work()
        time.sleep(0.1)
    raise AssertionError("the CDN has not forgotten it")


def test_the_same_address_shows_the_new_bytes_once_the_cdn_has_forgotten_the_old(cloud):
    used = cloud.library.invalidations.free_paths(ANN).used  # of the whole account
    first, second = picture(10), picture(3)
    id_ = sent(cloud, cloud.uploads.open(ANN, asked(first)), first)
    url = cloud.library.url(cloud.library.get(ANN, id_))
    old = cloud.seen(url)
    assert cloud.seen(url).headers["x-cache"] == "Hit from cloudfront"
    ticket = cloud.uploads.open_replacement(ANN, id_, asked(second), same_key=True)
    sent(cloud, ticket, second)
    until_forgotten(cloud, id_)
    file = cloud.library.get(ANN, id_)
    assert cloud.library.url(file) == url
    new = cloud.seen(url)
    assert new.content != old.content
    assert len(new.content) == file.size
    assert file.state is FileState.DELIVERED
    free = cloud.library.invalidations.free_paths(ANN)
    assert (free.used - used, free.at_least) == (3, False)
    _, before = cloud.library.versions(ANN, id_)
    assert cloud.seen(before.url).content == old.content  # signed, straight from S3
    restored = cloud.library.restore_version(ANN, id_, 1)
    assert cloud.seen(cloud.library.url(restored)).content == old.content
    assert restored.state is FileState.DELIVERED


def test_a_copy_is_delivered_and_deleting_one_leaves_the_other(cloud):
    content = picture(7)
    id_ = sent(cloud, cloud.uploads.open(ANN, asked(content)), content)
    copied = cloud.library.copy(ANN, id_)
    assert (copied.state, copied.name) == (FileState.DELIVERED, "a (2).jpg")
    cloud.library.trash(ANN, [id_])
    bulk = cloud.library.bulks.start(ANN, Selection(ids=(id_,)), BulkChange(kind=BulkKind.DELETE))
    assert bulk.changed == 1
    kept = {ref.ref.key for ref in cloud.bucket.list("media/")}
    assert not [key for key in kept if id_ in key]
    assert cloud.seen(cloud.library.url(copied)).status_code == 200
