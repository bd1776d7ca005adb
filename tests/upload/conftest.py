"""An upload service on real parts: SQLite records, S3 by moto, a CDN that serves the bucket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.edge import EdgeAnswer
from core.aws.s3 import MediaBucket
from core.model.identity import Actor, Role
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.sqlite import SqliteRecordStore
from core.upload.service import PROCESS_UPLOAD, UploadService

PHOTOS = Path(__file__).parents[1] / "photos"


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def advance(self, **time):
        self.now += timedelta(**time)


class BucketEdge:
    """A CDN in front of the bucket, which can be told to answer otherwise."""

    base_url = "https://cdn.test"

    def __init__(self, bucket):
        self._bucket = bucket
        self.spoil = {}
        self.status = 200

    def url(self, key):
        return f"https://cdn.test/{key}"

    def head(self, url):
        found = self._bucket.find(unquote(url.removeprefix("https://cdn.test/")))
        if self.status != 200 or found is None:
            return EdgeAnswer(self.status if self.status != 200 else 403)
        headers = {
            "content-type": found.content_type,
            "content-length": str(found.ref.size),
            "cache-control": found.cache_control,
        }
        return EdgeAnswer(200, headers | self.spoil)


class World:
    """Everything a test of the service looks at."""

    def __init__(self, tmp_path, client):
        self.clock = Clock()
        self.store = SqliteRecordStore(tmp_path / "records.sqlite3")
        self.bucket = MediaBucket(client, "media")
        self.edge = BucketEdge(self.bucket)
        self.jobs = JobQueue(self.store, self.clock)
        self.audit = AuditLog(self.store, self.clock)
        self.settings = load_settings(
            data_dir=tmp_path, single_post_bytes=6 * 1024**2, part_bytes=5 * 1024**2
        )
        self.actor = Actor(account_id="ann", role=Role.MEMBER)
        self.build()

    def build(self, bucket=None):
        bucket = bucket or self.bucket
        self.service = UploadService(
            self.store, bucket, self.edge, self.jobs, self.audit, self.settings, self.clock
        )
        self.runner = JobRunner(self.jobs, {PROCESS_UPLOAD: self.service.process}, 1)

    def keys(self):
        """Every version of every object, so that nothing hides."""
        pages = self.bucket._s3.get_paginator("list_object_versions").paginate(Bucket="media")
        return sorted(
            v["Key"]
            for page in pages
            for v in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        )

    def actions(self):
        month = f"{self.clock.now:%Y-%m}"
        return sorted(event.action for event in self.audit.page(month).items)


@pytest.fixture
def world(tmp_path):
    with mock_aws():
        client = AwsClients("us-east-1", None, "AKIATEST", "secret").s3
        client.create_bucket(Bucket="media")
        client.put_bucket_versioning(Bucket="media", VersioningConfiguration={"Status": "Enabled"})
        made = World(tmp_path, client)
        yield made
        made.store.close()
