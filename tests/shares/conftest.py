"""Sharing on SQLite and a bucket of moto, with people of each role and a clock to turn."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from moto import mock_aws

from core import hashing
from core.aws.clients import AwsClients
from core.aws.s3 import MediaBucket, ServedAs
from core.model.identity import Account, Actor, Role
from core.model.media import FileKind, FileState, MediaFile
from core.model.sharing import ShareKind, ShareTarget, TargetKind
from core.settings import load_settings
from core.shares.records import ShareRequest
from core.shares.service import SharesService
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_numbers = itertools.count()
PASSWORD = "harbour lantern 7"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def turn(self, **by):
        self.now += timedelta(**by)


class House:
    """The service, what it stands on, and shorthands for what tests do again and again."""

    def __init__(self, folder, clients, store=None):
        bucket = f"media-{next(_numbers)}"
        clients.s3.create_bucket(Bucket=bucket)
        self.clock = Clock()
        self.index = SearchIndex(folder / "db.sqlite3")
        self.store = store or SqliteRecordStore(folder / "db.sqlite3", [self.index])
        self.bucket = MediaBucket(clients.s3, bucket)
        self.audit = AuditLog(self.store, self.clock)
        self.files, self.accounts = file_records(self.store), AccountRecords(self.store)
        self.shares = SharesService(
            self.store, self.index, self.bucket, self.audit, load_settings(data_dir=folder),
            self.clock, "k" * 40,
        )  # fmt: skip
        self.ada, self.bob = self.person("ada"), self.person("bob")
        self.root = self.person("root", Role.ADMIN)
        self.sue = self.person("sue", Role.SUPPORT)

    def person(self, name, role=Role.MEMBER, domain="example.com"):
        email = f"{name}@{domain}"
        account = Account(id=name, email=email, username=name, role=role, created_at=NOW)
        self.store.transact(self.accounts.new_account(account))
        return Actor(account_id=name, role=role, email=email)

    def set_account(self, name, **changes):
        self.accounts.accounts.update(name, lambda a: a.model_copy(update=changes))

    def file(self, id, owner="ada", content=b"bytes", **more):
        key = f"media/{id}/{id}.jpg"
        self.bucket.put(key, content, ServedAs("image/jpeg"))
        fields = {
            "name": f"{id}.jpg",
            "size": len(content),
            "content_type": "image/jpeg",
            "kind": FileKind.IMAGE,
            "state": FileState.DELIVERED,
            "uploaded_at": NOW,
            "bucket": self.bucket.name,
            "key": key,
        }
        return self.files.add(MediaFile(id=id, owner_id=owner, **(fields | more)))

    def trash(self, id):
        self.files.update(id, lambda f: f.model_copy(update={"trashed_at": self.clock()}))

    def link(self, *ids, by=None, kind=ShareKind.VIEW, target=None, days=7, **more):
        target = target or ShareTarget(kind=TargetKind.FILES, file_ids=ids)
        request = ShareRequest(kind=kind, target=target, expires_in=timedelta(days=days), **more)
        return self.shares.create(by or self.ada, request)

    def token(self, own):
        return own.path.removeprefix("/s/")

    def enter(self, own, proof=""):
        return self.shares.enter(self.token(own), proof)

    def current(self, own):
        return self.shares.get(self.ada, own.link.id)

    def events(self, action):
        found = self.audit.page("2026-11", limit=500).items
        return [event for event in found if event.action == action]


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch):
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(1, 8, 1))


@pytest.fixture(scope="module")
def clients():
    """Slow to make, so each file has one; each test has a bucket of its own."""
    with mock_aws():
        yield AwsClients("us-east-1", None, "AKIATEST", "secret")


@pytest.fixture
def house(tmp_path, clients):
    built = House(tmp_path, clients)
    yield built
    built.index.close()
    built.store.close()


@pytest.fixture
def folder_of():
    def target(path):
        return ShareTarget(kind=TargetKind.FOLDER, folder=path)

    return target
