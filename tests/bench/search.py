"""Finding in 1,000,000 files by REST: every kind of question, first page and page 10,000 alike.

`--files N` for another size, `--keep FOLDER` to make the library once and use it again,
`--repeats N` of the whole mix. Times are of the whole request over loopback, one after the other.
"""

import argparse
import itertools
import json
import os
import random
import resource
import statistics
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from core.accounts.service import AccountsService
from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.library.service import LibraryService
from core.model.media import FileKind, FileQuery, FileSort, FileState
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.web.api.app import build_api
from tests.bench import _library as made
from tests.bench.first_page import EMAIL, PASSWORD, served

BAR_MS = 100
DEEP = 10_000


def questions(pick):
    """class → parameters of requests, as people and programs send them."""
    word, other = pick.choice(made.WORDS), pick.choice(made.WORDS)
    folder = f"Trips/{pick.randrange(2018, 2027)}"
    return {
        "no filter": [{}],
        "each order": [{"sort": sort.value} for sort in FileSort],
        "type": [{"type": kind.value} for kind in FileKind],
        "state": [{"state": state.value} for state in FileState],
        "private and shared": [{"private": True}, {"shared": True}, {"private": False}],
        "camera": [{"camera": camera} for camera in pick.sample(made.CAMERAS, 3)],
        "camera, part of its name": [{"query": "camera:canon"}, {"query": "camera:iphone"}],
        "extension": [{"extension": "jpg"}, {"query": "ext:mp4"}],
        "tags": [{"tag": pick.sample(made.TAGS, count)} for count in (1, 1, 2)],
        "album": [{"album": f"album{pick.randrange(made.ALBUMS)}"}],
        "folder": [{"folder": f"{folder}/Oslo"}, {"folder": "/"}, {"folder": "Archive"}],
        "folder and below": [
            {"folder": "Trips", "below": True},
            {"folder": folder, "below": True},
            {"folder": "Clients", "below": True, "sort": "name"},
        ],
        "another owner": [{"owner": made.owner(0)}, {"owner": made.owner(pick.randrange(1, 50))}],
        "shared with": [{"shared_with": made.owner(pick.randrange(50))}],
        "dates": [
            {"taken": f"{pick.randrange(2018, 2026)}-0{pick.randrange(1, 10)}"},
            {"taken": "2019..2022", "sort": "-taken_at"},
            {"uploaded": ">2024-01-01", "sort": "uploaded_at"},
            {"query": "uploaded:2020-03..2020-05"},
        ],
        "sizes": [
            {"size": ">10MB", "sort": "-size"},
            {"size": "1MB..2MB"},
            {"width": ">4000"},
            {"query": "height:<=1080 size:<100kB"},
        ],
        "text of 1 letter": [{"query": letter} for letter in pick.sample("abeimgr", 3)],
        "text of 2 letters": [{"query": word[:2]}, {"query": other[1:3], "sort": "name"}],
        "text of 3 letters": [{"query": word[:3]}, {"query": "jpg"}, {"query": "img"}],
        "text of 8 letters": [{"query": word_of_8} for word_of_8 in pick.sample(_WORDS_OF_8, 3)],
        "text, very common": [
            {"query": pick.choice((".jpg", "img_", "trips", "clients", "canon", "dsc_"))},
            {"query": pick.choice((".jpg", "img_", "trips", "clients")), "sort": "name"},
        ],
        "text, rare": [{"query": pick.choice(("zeppelin", "海辺", "zizkov", "quokka"))}],
        "text, nowhere": [{"query": "xyzzy"}],
        "text, a number": [
            {"query": f"img_{pick.randrange(1000):03d}"},
            {"query": f"{pick.randrange(10**6):06d}"},
        ],
        "two words": [
            {"query": f"{word} {other}"},
            {"query": f"img {word}"},
            {"query": f"{word} -oslo", "sort": "name"},
        ],
        "text by name": [{"query": text, "sort": "name"} for text in (word, "pxl", word[:4])],
        "text and filters": [
            {"query": f"{word} type:image width:>2000 taken:2020..2024"},
            {"query": f"{word} below:Trips is:public", "sort": "-size"},
            {"query": f"{word[:3]} owner:{made.owner(3)} ext:jpg", "sort": "-name"},
            {"query": "canon is:private", "folder": "Clients", "below": True},
        ],
        "trash": [{"trashed": True}, {"trashed": True, "query": word}],
    }


_WORDS_OF_8 = [word[:8] for word in made.WORDS if len(word) >= 7] + ["canon eos", "mountain."]


@contextmanager
def site(folder, count):
    """The API as the app mounts it, an admin's token, and the index; memory is filled."""
    store, index, built = made.library(folder, count)
    settings, audit = load_settings(data_dir=folder), AuditLog(store, utc_now)
    accounts = AccountsService(store, audit, settings, utc_now, "k" * 40)
    if not accounts.has_admin():
        accounts.create_admin(EMAIL, PASSWORD)
    bucket = MediaBucket(AwsClients("us-east-1", None, "bench", "bench").s3, "media")
    edge = Edge("/emulator/cdn/media")
    library = LibraryService(store, index, bucket, edge, audit, settings, utc_now)
    dashboard = SimpleNamespace(settings=settings, accounts=accounts, library=library)
    token = accounts.access_token(accounts.sign_in(EMAIL, PASSWORD).session)
    began, cpu = time.monotonic(), time.process_time()
    index.facets(FileQuery())  # waits until memory is filled
    built["memory_seconds"] = round(time.monotonic() - began, 1)
    built["memory_cpu_seconds"] = round(time.process_time() - cpu, 1)
    yield Starlette(routes=[Mount("/api", build_api(lambda: dashboard))]), token, built
    edge.close()
    index.close()
    store.close()


@contextmanager
def client_of(app):
    with served(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def utc_now():
    return datetime.now(UTC)


class Asking:
    def __init__(self, client, token):
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}
        self.times = {}

    def __call__(self, name, path="/api/files", **params):
        began, cpu = time.perf_counter(), time.process_time()
        answer = self._client.get(path, params=params, headers=self._headers)
        took = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, answer.text
        self.times.setdefault(name, []).append((took, (time.process_time() - cpu) * 1000))
        return answer.json()

    def mix(self, pick):
        for name, requests in questions(pick).items():
            for params in requests:
                total = self(name, **params)["total"]
                deep = self(f"{name}; page {DEEP:,}", **params, page=DEEP)
                assert deep["total"] == total
                assert len(deep["items"]) == max(0, min(60, total - 60 * (DEEP - 1)))

    def onwards(self, sort):
        """Page 10,000 again, by the cursor of the page before, and some after it."""
        cursor = self(f"page {DEEP - 1:,}", sort=sort, page=DEEP - 1)["next_cursor"]
        for _ in range(3):
            if cursor:
                cursor = self(f"page {DEEP:,} by cursor", sort=sort, cursor=cursor)["next_cursor"]

    def counts(self, pick):
        word = pick.choice(made.WORDS)
        for params in ({}, {"query": word}, {"owner": "owner0"}, {"type": "image"}):
            self("facets", "/api/files/facets", **params)
            self("timeline", "/api/files/timeline", **params)


def measure(folder, count, repeats):
    with site(folder, count) as (app, token, built), client_of(app) as client:
        asking, pick = Asking(client, token), random.Random(11)
        for _ in range(repeats):
            asking.mix(pick)
            for sort in FileSort:
                asking.onwards(sort.value)
        counts = Asking(client, token)
        for _ in range(repeats):
            counts.counts(pick)
    every = list(itertools.chain.from_iterable(asking.times.values()))
    overall = summary(every)
    return {
        "bench": "search",
        "files": count,
        "requests": len(every),
        "load": [round(value, 1) for value in os.getloadavg()],
        "bar_p95_ms": BAR_MS,
        "all": overall,
        "met": overall["p95_ms"] <= BAR_MS,
        "counts": {name: summary(times) for name, times in counts.times.items()},
        "classes": {name: summary(times) for name, times in asking.times.items()},
        "index": built,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def summary(times):
    took, cpu = sorted(wall for wall, _ in times), sorted(used for _, used in times)
    return {
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(took[max(0, int(len(took) * 0.95) - 1)], 1),
        "max_ms": round(took[-1], 1),
        "cpu_p50_ms": round(statistics.median(cpu), 1),
        "cpu_p95_ms": round(cpu[max(0, int(len(cpu) * 0.95) - 1)], 1),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=1_000_000)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    if given.keep:
        print(json.dumps(measure(given.keep, given.files, given.repeats)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        print(json.dumps(measure(Path(folder), given.files, given.repeats)))


if __name__ == "__main__":
    main()
