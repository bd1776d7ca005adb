"""A made-up library as large as asked for, always the same one: records, and the index over them."""

import datetime as dt
import json
import random
import sqlite3
import time

from core.model.media import FileKind, FileState, Grant, MediaFile, Rendition, Right
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

START = dt.datetime(2018, 1, 1, tzinfo=dt.UTC)
OWNERS, ALBUMS = 50, 200
WORDS = (
    *("beach", "mountain", "harbour", "wedding", "invoice", "report", "drone", "city", "forest"),
    *("birthday", "train", "snow", "lake", "family", "summer", "winter", "garden", "bridge"),
    *("sunset", "market", "museum", "concert", "street", "portrait", "office"),
)
RARE = ("aurora", "zeppelin", "海辺の写真", "Žižkov", "quokka")
CAMERAS = (
    "Canon EOS R5",
    "Canon EOS R6",
    "NIKON Z 8",
    "SONY ILCE-7M4",
    "iPhone 14",
    "iPhone 14 Pro",
    "Pixel 8",
    "DJI FC3582",
)
PLACES = ("Berlin", "Lisboa", "Kyōto", "Praha", "Oslo", "Quito", "Accra", "Perth")
TAGS = tuple(f"{word}-{number}" for number in range(12) for word in WORDS)
_EXTENSIONS = {
    FileKind.IMAGE: ("jpg", "jpg", "jpg", "png", "heic", "webp"),
    FileKind.VIDEO: ("mp4", "mov"),
    FileKind.AUDIO: ("mp3",),
    FileKind.DOCUMENT: ("pdf",),
    FileKind.OTHER: ("zip",),
}
_FOLDERS = (
    "",
    *(f"Trips/{year}/{place}" for year in range(2018, 2027) for place in PLACES),
    *(f"Clients/{place} {word}/{year}" for word in WORDS for place in PLACES for year in (1, 2)),
    "Archive",
)


def make_file(number, pick):
    kind = FileKind.IMAGE if pick.random() < 0.85 else pick.choice(list(FileKind))
    image = kind is FileKind.IMAGE
    word = pick.choice(RARE) if number % 5000 == 1 else pick.choice(WORDS)
    extension = pick.choice(_EXTENSIONS[kind])
    name = f"{pick.choice(('IMG', 'DSC', 'PXL'))}_{pick.randrange(10**6):06d} {word}.{extension}"
    uploaded = START + dt.timedelta(seconds=number * 250)
    width = pick.choice((1080, 1920, 3024, 4032, 6000)) if image else None
    return MediaFile(
        id=f"{pick.getrandbits(128):032x}",
        owner_id=owner(min(int(pick.paretovariate(0.6)) - 1, OWNERS - 1)),  # a few own most
        name=name,
        size=int(pick.paretovariate(0.7) * 40_000) % 4_000_000_000,
        content_type="image/jpeg",
        kind=kind,
        state=FileState.UNDELIVERED if number % 997 == 0 else FileState.DELIVERED,
        uploaded_at=uploaded,
        bucket="media",
        key=f"media/{number}/{name}",
        folder=pick.choice(_FOLDERS),
        tags=tuple(pick.sample(TAGS, pick.choice((0, 0, 1, 1, 2, 3)))),
        width=width,
        height=width * 3 // 4 if width else None,
        camera=pick.choice(CAMERAS) if image and pick.random() < 0.9 else "",
        taken_at=uploaded - dt.timedelta(seconds=pick.randrange(40_000_000))
        if image and pick.random() < 0.9
        else None,
        renditions=_renditions(number) if image else (),
        private=number % 33 == 0,
        grants=(Grant(account_id=owner(pick.randrange(OWNERS)), right=Right.VIEW),)
        if number % 50 == 0
        else (),
        albums=(f"album{pick.randrange(ALBUMS)}",) if number % 20 == 0 else (),
        trashed_at=START if number % 200 == 0 else None,
    )


def owner(number):
    return f"owner{number}"


def _renditions(number):
    return tuple(
        Rendition(name=name, key=f"media/{number}/{name}.webp", width=w, height=w, size=w * 90)
        for name, w in (("thumbnail", 400), ("preview", 1600))
    )


def library(folder, count):
    """(store, index, how it was built): made once in a folder, opened afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "dashboard.sqlite3"
    if not path.exists():
        _write_records(path, count)
    index = SearchIndex(path)
    store = SqliteRecordStore(path, [index])
    began, cpu = time.monotonic(), time.process_time()
    taken = index.build(store)
    built = {"files": taken, "seconds": round(time.monotonic() - began, 1)}
    built["cpu_seconds"] = round(time.process_time() - cpu, 1)
    return store, index, built


def _write_records(path, count):
    """Past the store, a hundred times faster: it would sync the disk for every hundred."""
    store = SqliteRecordStore(path)
    files, pick = file_records(store), random.Random(7)
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO record (kind, id, parent, sort, version, changed_at, sequence, data) "
            "VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
            (
                _row(files.put(make_file(number, pick)).record, number + 1)
                for number in range(count)
            ),
        )
    connection.close()
    store.close()


def _row(record, sequence):
    data = json.dumps(record.data, ensure_ascii=False, separators=(",", ":"))
    moment = START.isoformat(timespec="microseconds")
    return record.kind, record.id, record.parent, record.sort, moment, sequence, data
