"""The search index built from 1,000,000 items of DynamoDB, and how soon a change is seen after.

The real store and boto3 scan a stand-in over loopback in a process of its own, which answers pages
of 1 MB as DynamoDB does, each after `--latency` milliseconds. `--files N` for another size.
"""

import argparse
import functools
import itertools
import json
import multiprocessing
import os
import random
import resource
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from core.aws.clients import AwsClients
from core.model.media import FileQuery
from core.stores import dynamodb_items as items
from core.stores.dynamodb import DynamoRecordStore
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from tests.bench._library import START, make_file

PAGE_BYTES = 1_000_000
VISIBLE_BAR_S = 5
LOOKS_EVERY_S = 2.0  # core/dashboard/assembly.py
_PAGES = 40  # different ones; the ids in each answer are its own
_HOLE = "@@@@@@@@"


class Pages:
    """Scan pages for `count` items, spread over the segments that a scan asks for."""

    def __init__(self, count):
        pick, number = random.Random(3), itertools.count(1)
        self._pages = [self._page(pick, number) for _ in range(_PAGES)]
        self.size = len(json.loads(self._pages[0])["Items"])
        self.last = count // self.size

    def _page(self, pick, number):
        found, size = [], 0
        while size < PAGE_BYTES:
            file = make_file(next(number), pick)
            file = file.model_copy(update={"id": _HOLE + file.id[8:]})
            found.append(item_of(file))
            size += len(json.dumps(found[-1]))
        return json.dumps({"Items": found, "Count": len(found), "ScannedCount": len(found)})

    def answer(self, segment, segments, start):
        """Pages `segment`, `segment + segments` … are the segment's."""
        page = segment if start is None else int(start)
        if page >= self.last:
            return '{"Items": [], "Count": 0, "ScannedCount": 0}'
        text = self._pages[page % _PAGES].replace(_HOLE, f"{page:08x}")
        following = json.dumps({"PK": {"S": str(page + segments)}, "SK": {"S": "record"}})
        return text[:-1] + f', "LastEvaluatedKey": {following}}}'


def item_of(file, stamp=START):
    record = file_records(None).put(file).record
    data = json.dumps(record.data, ensure_ascii=False, separators=(",", ":"))
    return items.write_record(record, data, None, stamp).item


def serve(count, latency, port, changed):
    pages, one = Pages(count), make_file(77, random.Random(5))

    @functools.cache
    def late():
        return item_of(one, datetime.now(UTC))

    class Table(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(latency / 1000)
            if self.headers["X-Amz-Target"].endswith(".Scan"):
                start = asked.get("ExclusiveStartKey")
                text = pages.answer(
                    asked["Segment"], asked["TotalSegments"], start and start["PK"]["S"]
                )
            else:
                values = asked["ExpressionAttributeValues"]
                fresh = [late()] if changed.is_set() else []
                fresh = [
                    item
                    for item in fresh
                    if item["GSI2PK"] == values[":shard"]
                    and item["GSI2SK"]["S"] > values[":settled"]["S"]
                ]
                text = json.dumps({"Items": fresh, "Count": len(fresh)})
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Table)
    port.put((server.server_port, pages.last * pages.size))
    server.serve_forever()


@contextmanager
def table(count, latency):
    """(client, items in the table, an event that makes one more appear)."""
    context = multiprocessing.get_context("spawn")
    port, changed = context.Queue(), context.Event()
    process = context.Process(target=serve, args=(count, latency, port, changed), daemon=True)
    process.start()
    number, there = port.get(timeout=120)
    clients = AwsClients("us-east-1", f"http://127.0.0.1:{number}", "bench", "bench")
    yield clients.dynamodb, there, changed
    process.terminate()
    process.join()


def measure(folder, count, latency):
    with table(count, latency) as (client, there, changed):
        index, store = SearchIndex(folder / "search.sqlite3"), DynamoRecordStore(client, "records")
        asked, done = [], threading.Event()
        watching = threading.Thread(target=watch, args=(index, asked, done))
        began, cpu = time.monotonic(), time.process_time()
        watching.start()
        index.build(store)
        took, used = time.monotonic() - began, time.process_time() - cpu
        done.set()
        watching.join()
        found = index.search(FileQuery(), limit=1).total
        began = time.monotonic()
        changed.set()
        index.refresh(store)
        seen = time.monotonic() - began
        index.close()
    return {
        "bench": "index_build",
        "items": there,
        "page_latency_ms": latency,
        "load": [round(value, 1) for value in os.getloadavg()],
        "seconds": round(took, 1),
        "cpu_seconds": round(used, 1),
        "items_per_second": round(there / took),
        "items_per_cpu_second": round(there / used),
        "searchable": found,
        "search_while_building_max_ms": round(max(asked, default=0) * 1000),
        "change_seen_after_s": round(seen + LOOKS_EVERY_S, 2),
        "visible_bar_s": VISIBLE_BAR_S,
        "met": seen + LOOKS_EVERY_S <= VISIBLE_BAR_S,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def watch(index, asked, done):
    """Somebody who searches while it is built."""
    while not done.wait(5):
        began = time.monotonic()
        index.search(FileQuery(text="beach"))
        asked.append(time.monotonic() - began)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=1_000_000)
    options.add_argument("--latency", type=float, default=60.0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        print(json.dumps(measure(Path(folder), given.files, given.latency)))


if __name__ == "__main__":
    main()
