"""A library of 100,000 files in SQLite: pages, searches and the summary, as the services ask for them.

`python -m tests.bench.store_first_page`; `--files N` for another size, `--keep FOLDER` to make the
database once and use it again.
"""

import argparse
import datetime as dt
import json
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

from core.model.media import FileKind, FileQuery, FileSort, FileState, MediaFile, Rendition
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

BAR_MS = {100_000: {"page": 60, "summary": 50}, 1_000_000: {"page": 100, "summary": 50}}
WORDS = [
    "beach",
    "mountain",
    "harbour",
    "wedding",
    "invoice",
    "report",
    "drone",
    "city",
    "forest",
    "birthday",
    "train",
    "snow",
]
RARE = ("aurora", "zeppelin", "海辺", "Žižkov")
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
OWNERS = 50


def make_file(number, pick):
    image = pick.random() < 0.8
    kind = FileKind.IMAGE if image else pick.choice(list(FileKind))
    word = pick.choice(RARE) if number % 5000 == 0 else pick.choice(WORDS)
    name = f"{pick.choice(('IMG', 'DSC', 'PXL'))}_{pick.randrange(10_000):04d} {word}.jpg"
    owner = f"owner{min(int(pick.paretovariate(0.6)) - 1, OWNERS - 1)}"  # a few own most
    late = number % 997 == 0
    return MediaFile(
        id=f"{pick.getrandbits(96):024x}",
        owner_id=owner,
        name=name,
        size=pick.randrange(20_000, 9_000_000),
        content_type="image/jpeg",
        kind=kind,
        state=FileState.UNDELIVERED if late else FileState.DELIVERED,
        uploaded_at=START + dt.timedelta(seconds=number * 30),
        bucket="media",
        key=f"media/{number}/{name}",
        folder=pick.choice(("", "Trips/2024", "Trips/2025", "Clients", "Archive")),
        tags=(word,) if number % 7 == 0 else (),
        width=4032,
        height=3024,
        renditions=tuple(
            Rendition(name=n, key=f"media/{number}/{n}.webp", width=w, height=w, size=w * 90)
            for n, w in (("thumbnail", 400), ("preview", 1600))
        )
        if image
        else (),
        trashed_at=START if number % 200 == 0 else None,
    )


def fill(store, count):
    files = file_records(store)
    pick = random.Random(7)
    for first in range(0, count, 100):
        numbers = range(first, min(first + 100, count))
        store.transact([files.put(make_file(number, pick)) for number in numbers])


def timed(work, repeats):
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return {
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(sorted(times)[int(len(times) * 0.95) - 1], 2),
    }


def questions(index, count):
    """name → a call that answers it, the way pages and REST ask."""
    page = index.search
    newest = FileQuery()
    deep = page(newest, offset=count // 2).next_cursor
    return {
        "first_page": lambda: page(newest),
        "first_page_by_name": lambda: page(FileQuery(sort=FileSort.NAME)),
        "first_page_of_member": lambda: page(FileQuery(owner_id="owner3")),
        "first_page_of_kind": lambda: page(FileQuery(kind=FileKind.AUDIO, sort=FileSort.LARGEST)),
        "first_page_undelivered": lambda: page(FileQuery(state=FileState.UNDELIVERED)),
        "first_page_of_folder": lambda: page(FileQuery(folder="Clients")),
        "first_page_of_trash": lambda: page(FileQuery(trashed=True)),
        "middle_page_by_number": lambda: page(newest, offset=count // 2),
        "last_page_by_number": lambda: page(newest, offset=count - 60 - count // 100),
        "deep_page_by_cursor": lambda: page(newest, cursor=deep),
        "text_everywhere": lambda: page(FileQuery(text="jpg")),
        "text_common": lambda: page(FileQuery(text="beach")),
        "text_one_letter": lambda: page(FileQuery(text="b")),
        "text_two_words": lambda: page(FileQuery(text="img beach", sort=FileSort.NAME)),
        "text_all_at_the_end": lambda: page(FileQuery(text="pxl", sort=FileSort.NAME)),
        "text_rare": lambda: page(FileQuery(text="zizkov")),
        "text_chinese": lambda: page(FileQuery(text="辺")),
        "text_of_member": lambda: page(FileQuery(text="dsc", owner_id="owner3")),
        "text_nothing": lambda: page(FileQuery(text="qqqqq")),
        "summary": index.summary,
        "summary_of_member": lambda: index.summary("owner3"),
    }


def measure(folder, count, repeats):
    index = SearchIndex(folder / "dashboard.sqlite3")
    store = SqliteRecordStore(folder / "dashboard.sqlite3", [index])
    began = time.perf_counter()
    if index.search(FileQuery()).total == 0:
        fill(store, count)
    filled = time.perf_counter() - began
    answers = {name: timed(ask, repeats) for name, ask in questions(index, count).items()}
    size = sum(p.stat().st_size for p in folder.iterdir()) / count
    index.close()
    store.close()
    return {
        "bench": "store_first_page",
        "files": count,
        "fill_s": round(filled, 1),
        "bytes_per_file": round(size),
        "bars_ms": BAR_MS.get(count, {}),
        **answers,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=100_000)
    options.add_argument("--repeats", type=int, default=40)
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
