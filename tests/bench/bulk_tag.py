"""Tags 10,000 of 20,000 files through the running app while somebody pages through the library.

Printed: seconds until the bulk is done, and the times of `GET /api/files` meanwhile and before.
"""

import argparse
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from tests.bench._app import EMAIL, PASSWORD, admin_client, report
from tests.bench.store_first_page import make_file
from tests.browser.running import RunningApp

BAR_SECONDS, BAR_PAGE_MS = 10.0, 300.0


def fill(folder, count, tagged):
    """`tagged` of the files are in one folder, which the bulk names by its search."""
    path = folder / "dashboard.sqlite3"
    index = SearchIndex(path)
    store, pick = SqliteRecordStore(path, [index]), random.Random(7)
    files = file_records(store)
    for first in range(0, count, 100):
        made = (make_file(number, pick) for number in range(first, min(first + 100, count)))
        place = {"folder": "Bulk" if first < tagged else "Rest", "trashed_at": None}
        store.transact([files.put(one.model_copy(update=place)) for one in made])
    index.close()
    store.close()


class Reader:
    """Asks for a page, waits a little as a person does, asks for the next one."""

    def __init__(self, client):
        self._client, self._stop, self.times = client, threading.Event(), []
        self._thread = threading.Thread(target=self._read)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _read(self):
        while not self._stop.wait(0.05):
            begun = time.perf_counter()
            answer = self._client.get("/api/files", params={"limit": 60})
            assert answer.status_code == 200, answer.text
            self.times.append((time.perf_counter() - begun) * 1000)


def p95(times):
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def bulk(client):
    wanted = {"query": "folder:Bulk", "change": {"kind": "add_tags", "tags": ["bench"]}}
    begun = time.perf_counter()
    answer = client.post("/api/bulk-changes", json=wanted)
    assert answer.status_code == 202, answer.text
    path = f"/api/bulk-changes/{answer.json()['id']}"
    while (seen := client.get(path).json())["state"] in {"queued", "running"}:
        time.sleep(0.2)
    return time.perf_counter() - begun, seen


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--tagged", type=int, default=10_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = RunningApp(Path(folder))
        fill(Path(folder), wanted.files, wanted.tagged)
        app.start()
        try:
            client, other = admin_client(app), admin_client_again(app)
            with Reader(other) as before:
                time.sleep(3)
            used = cpu_seconds(app.process.pid)
            with Reader(other) as during:
                seconds, seen = bulk(client)
            used = cpu_seconds(app.process.pid) - used
        finally:
            app.stop()
    page = p95(during.times)
    report(
        "bulk_tag",
        files=wanted.files,
        changed=seen["changed"],
        state=seen["state"],
        seconds=round(seconds, 1),
        app_cpu_seconds=round(used, 1),
        pages_meanwhile=len(during.times),
        page_p95_ms=round(page),
        page_p95_ms_before=round(p95(before.times)),
    )
    fine = seen["changed"] == wanted.tagged and seconds <= BAR_SECONDS and page <= BAR_PAGE_MS
    sys.exit(0 if fine else 1)


def admin_client_again(app):
    """The same person in another browser."""
    client = httpx.Client(base_url=app.url, timeout=120)
    answer = client.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


if __name__ == "__main__":
    main()
