"""The first page of a library of 100,000 files by REST: in the process, and through a real server.

`--files N` for another size, `--keep FOLDER` to make the database once and use it again.
"""

import argparse
import json
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.accounts.service import AccountsService
from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.library.service import LibraryService
from core.model.media import FileQuery
from core.settings import load_settings
from core.stores.audit_log import AuditLog
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from core.web.api.app import build_api
from tests.bench.store_first_page import fill, timed

BAR_MS = 60
EMAIL, PASSWORD = "bench@example.com", "granite-lantern-meadow-73"
QUESTIONS = {
    "first_page": {},
    "of_one_person": {"owner": "owner3"},
    "by_name": {"sort": "name"},
    "search": {"query": "beach"},
    "page_of_200": {"limit": 200},
}


def utc_now():
    return datetime.now(UTC)


@contextmanager
def site(folder, count):
    """The API on a filled store, as the real app mounts it, and a bearer token of an admin."""
    index = SearchIndex(folder / "dashboard.sqlite3")
    store = SqliteRecordStore(folder / "dashboard.sqlite3", [index])
    if index.search(FileQuery(), limit=1).total == 0:
        fill(store, count)
    settings, audit = load_settings(data_dir=folder), AuditLog(store, utc_now)
    accounts = AccountsService(store, audit, settings, utc_now, "k" * 40)
    if not accounts.has_admin():
        accounts.create_admin(EMAIL, PASSWORD)
    bucket = MediaBucket(AwsClients("us-east-1", None, "bench", "bench").s3, "media")
    edge = Edge("/emulator/cdn/media")
    library = LibraryService(store, index, bucket, edge, audit, settings, utc_now)
    dashboard = SimpleNamespace(settings=settings, accounts=accounts, library=library)
    token = accounts.access_token(accounts.sign_in(EMAIL, PASSWORD).session)
    yield Starlette(routes=[Mount("/api", build_api(lambda: dashboard))]), token
    edge.close()
    index.close()
    store.close()


@contextmanager
def served(app):
    """The app behind uvicorn on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def ask(client, token, params):
    answer = client.get("/api/files", params=params, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["items"]) == params.get("limit", 60)


def measure(folder, count, repeats):
    with site(folder, count) as (app, token):
        with TestClient(app) as client:
            ask(client, token, {})
            inside = {
                name: timed(lambda params=params: ask(client, token, params), repeats)
                for name, params in QUESTIONS.items()
            }
        with served(app) as url, httpx.Client(base_url=url) as client:
            ask(client, token, {})
            over_http = timed(lambda: ask(client, token, {}), repeats)
    return {
        "bench": "first_page",
        "files": count,
        "bar_p95_ms": BAR_MS,
        "over_http": over_http,
        "in_process": inside,
        "met": over_http["p95_ms"] <= BAR_MS and inside["first_page"]["p95_ms"] <= BAR_MS,
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=100_000)
    options.add_argument("--repeats", type=int, default=60)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        print(json.dumps(measure(given.keep, given.files, given.repeats)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        print(json.dumps(measure(Path(folder), given.files, given.repeats)))


if __name__ == "__main__":
    main()
