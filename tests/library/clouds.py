"""A CDN in front of moto's bucket, and what a process that is killed leaves for the next one."""

from datetime import timedelta
from urllib.parse import unquote

from core.aws.edge import EdgeAnswer
from core.library.service import LibraryService
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.stores.jobs import JobQueue


class Front:
    """Answers what the bucket holds; `private/` to signed addresses only."""

    signer = True
    base_url = "https://cdn.example"

    def __init__(self, bucket):
        self._bucket, self.down = bucket, False

    def url(self, key, until=None):
        return f"{self.base_url}/{key}" + ("?signed" if key.startswith("private/") else "")

    def plain_url(self, key):
        return f"{self.base_url}/{key}"

    def head(self, url):
        key, _, signed = unquote(url.removeprefix(f"{self.base_url}/")).partition("?")
        refused = key.startswith("private/") and not signed
        if self.down or refused or self._bucket.find(key) is None:
            return EdgeAnswer(403)
        return EdgeAnswer(200)


class Forgetful:
    """CloudFront's side of invalidations."""

    def __init__(self):
        self.paths = []

    def create(self, paths, reference):
        self.paths += paths
        return reference

    def completed(self, id):
        return True


def service(room, *, bucket=None, store=None, edge=None, **settings):
    store, bucket = store or room.store, bucket or room.bucket
    made = LibraryService(
        store,
        room.index,
        bucket,
        edge or Front(room.bucket),
        AuditLog(store, room.clock),
        load_settings(trash_days=30, **settings),
        room.clock,
        JobQueue(store, room.clock),
        cdn=Forgetful(),
    )
    made.invalidations._shelf.jobs.attempt = lambda job, handler: job  # by another worker
    return made


def objects(room):
    """Every version of every object, also hidden ones, by key."""
    pages = room.client.get_paginator("list_object_versions").paginate(Bucket="media")
    return {
        found["Key"]
        for page in pages
        for found in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    }


def visible(room):
    return {found.ref.key for found in room.bucket.list("")}


def later(room, library, **span):
    """Housekeeping once nobody can be at it any more."""
    room.clock.now += timedelta(**(span or {"hours": 2}))
    return library.leftovers.finish()
