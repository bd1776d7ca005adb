"""A library on a real SQLite store and a versioned bucket of moto."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs
from core.library.service import LibraryService
from core.model.identity import Actor, Role
from core.model.media import FileKind, FileState, MediaFile, ObjectRef, RemovedField, Rendition
from core.model.versions import version_of, with_bytes
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def people():
    return SimpleNamespace(
        owner=Actor(account_id="owner", role=Role.MEMBER),
        other=Actor(account_id="other", role=Role.MEMBER),
        support=Actor(account_id="support", role=Role.SUPPORT),
        admin=Actor(account_id="admin", role=Role.ADMIN),
    )


@pytest.fixture
def room(tmp_path):
    with mock_aws():
        client = AwsClients("us-east-1", None, "AKIATEST", "secret").s3
        client.create_bucket(Bucket="media")
        client.put_bucket_versioning(Bucket="media", VersioningConfiguration={"Status": "Enabled"})
        index = SearchIndex(tmp_path / "db.sqlite3")
        store = SqliteRecordStore(tmp_path / "db.sqlite3", [index])
        clock, bucket = Clock(), MediaBucket(client, "media")
        edge = Edge("https://cdn.example")
        audit = AuditLog(store, clock)
        settings = load_settings(data_dir=tmp_path, trash_days=30)
        library = LibraryService(store, index, bucket, edge, audit, settings, clock)
        yield SimpleNamespace(
            library=library,
            store=store,
            index=index,
            bucket=bucket,
            edge=edge,
            client=client,
            audit=audit,
            clock=clock,
            files=file_records(store),
        )
        edge.close()
        index.close()
        store.close()


@pytest.fixture
def add(room):
    def add_file(id="f1", *, owner="owner", name="beach.jpg", objects=True, **more):
        key, thumbnail = f"media/{id}/beach.jpg", f"media/{id}/thumbnail.webp"
        pristine = f"originals/{id}/beach.jpg"
        version = None
        if objects:
            for object_key in (thumbnail, pristine, key):
                ref = room.bucket.put(
                    object_key, b"bytes of " + id.encode(), ServedAs("image/jpeg")
                )
            version = ref.version_id
        fields = {
            "size": 10,
            "content_type": "image/jpeg",
            "kind": FileKind.IMAGE,
            "state": FileState.DELIVERED,
            "uploaded_at": room.clock.now,
            "bucket": "media",
            "key": key,
            "version_id": version,
            "pristine": ObjectRef(bucket="media", key=pristine),
            "renditions": (
                Rendition(name="thumbnail", key=thumbnail, width=400, height=300, size=5),
            ),
            "removed": (RemovedField(group="GPS", name="GPSLatitude", value="52.5"),),
        }
        file = MediaFile(id=id, owner_id=owner, name=name, **(fields | more))
        return room.files.add(file)

    return add_file


@pytest.fixture
def replaced(room, add):
    """f1 with an earlier version: under another key, or (`same_key`) under the same."""

    def make(*, same_key=False, id="f1", **more):
        before = add(id, checksum="one", **more)
        pins = {
            ref: room.bucket.head(ref).ref.version_id
            for ref in (before.key, before.renditions[0].key)
        }
        before = before.model_copy(
            update={
                "version_id": pins[before.key],
                "renditions": (
                    before.renditions[0].model_copy(
                        update={"version_id": pins[before.renditions[0].key]}
                    ),
                ),
            }
        )
        folder = f"media/{id}" if same_key else f"media/{id}/r2-x"
        served = room.bucket.put(f"{folder}/beach.jpg", b"new bytes", ServedAs("image/jpeg"))
        small = room.bucket.put(f"{folder}/thumbnail.webp", b"new small", ServedAs("image/webp"))
        fresh = version_of(before).model_copy(
            update={
                "key": served.key,
                "version_id": served.version_id,
                "etag": served.etag,
                "size": 9,
                "checksum": "two",
                "renditions": (
                    Rendition(
                        name="thumbnail",
                        key=small.key,
                        width=1,
                        height=1,
                        size=9,
                        version_id=small.version_id,
                    ),
                ),
                "pristine": None,
            }
        )
        after = with_bytes(before, fresh, "other", room.clock.now)
        return room.files.save(after, room.files.find(id).version)

    return make
