"""A bucket of camera originals, told by S3 Inventory reports: terabytes that no disk has to hold.

The reports are what S3 would have written week by week; the app reads them as it reads real ones.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import quote

from core.dashboard import Dashboard
from core.demo.traffic import files_of, finish
from core.demo.visits import SEED
from core.emulator.service import Emulator
from core.model.identity import Actor
from core.model.media import JobState
from core.model.usage import StorageSource

BUCKET, REPORTS = "demo-archive", "demo-inventory"
WEEKS = 17
_MIB = 1024**2
_PLACES = ("harbour", "ridge", "valley", "lake", "coast", "meadow", "summit", "dunes")
_SCHEMA = (
    "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, "
    "EncryptionStatus"
)


class Stored(NamedTuple):
    key: str
    size: int
    at: datetime
    etag: str
    storage_class: str = "STANDARD"
    replaced_at: datetime | None = None  # since when it is an old version


class Shelf(NamedTuple):
    """One kind of file of a shoot: how many, how large, in which class."""

    folder: str
    suffix: str
    files: tuple[int, int]
    size: tuple[int, int]
    storage_class: str = "STANDARD"
    copied: float = 0.0  # to where an editor works
    replaced: float = 0.0  # edited again: the old bytes stay


_SHELVES = (
    Shelf("raw", "CR3", (110, 190), (22 * _MIB, 34 * _MIB), copied=0.03),
    Shelf("masters", "tif", (14, 34), (96 * _MIB, 260 * _MIB), replaced=0.3),
    Shelf("film", "mov", (2, 7), (900 * _MIB, 5200 * _MIB), copied=0.11),
    Shelf("contact-sheets", "jpg", (12, 20), (38 * 1024, 118 * 1024), "STANDARD_IA"),
)


def shoots(today: date) -> tuple[Stored, ...]:
    """Two years of shoots, one in nine days. The same day, the same objects."""
    chance = random.Random(SEED)
    found: list[Stored] = []
    for number, days in zip(count(1), range(720, 0, -9), strict=False):
        place = chance.choice(_PLACES)
        at = datetime.combine(today - timedelta(days=days), time(17), UTC)
        for shelf in _SHELVES:
            found += _of_shelf(
                chance, shelf, f"{shelf.folder}/{at:%Y}/{number:03}-{place}", place, at
            )
    return tuple(sorted(found))


def _of_shelf(
    chance: random.Random, shelf: Shelf, folder: str, place: str, at: datetime
) -> Iterator[Stored]:
    for number in range(chance.randint(*shelf.files)):
        size, etag = chance.randint(*shelf.size), f"{chance.getrandbits(128):032x}"
        key = f"{folder}/{place}-{number:04}.{shelf.suffix}"
        one = Stored(key, size, at + timedelta(seconds=20 * number), etag, shelf.storage_class)
        luck = chance.random()
        if luck < shelf.replaced:
            later = one.at + timedelta(days=chance.randint(2, 12))
            yield one._replace(replaced_at=later)
            yield one._replace(at=later, etag=f"{chance.getrandbits(128):032x}")
            continue
        yield one
        if luck < shelf.copied:
            yield one._replace(key=f"selects/{key.split('/', 2)[2]}")


def keep_archive(dashboard: Dashboard, emulator: Emulator, admin: Actor, now: datetime) -> None:
    """The reports one after the other, each read by the app: so the trend has its weeks."""
    place = _Reports(emulator)
    for bucket in (BUCKET, REPORTS):
        with suppress(emulator.root_clients().s3.exceptions.BucketAlreadyOwnedByYou):
            emulator.root_clients().s3.create_bucket(Bucket=bucket)
        emulator.let_diagnose(bucket)
    everything, media = shoots(now.date()), _media(dashboard, admin)
    home = emulator.stack.media_bucket
    for weeks in range(WEEKS - 1, -1, -1):
        at = now - timedelta(weeks=weeks, hours=9)
        for bucket, objects in ((BUCKET, everything), (home, media)):
            if place.write(bucket, [one for one in objects if one.at <= at], at):
                _read(dashboard, admin, bucket, StorageSource.INVENTORY)


def read_media(dashboard: Dashboard, emulator: Emulator, admin: Actor) -> None:
    """What lies in the media bucket now, with its old versions."""
    bucket = emulator.stack.media_bucket
    _read(dashboard, admin, bucket, StorageSource.LISTING, versions=True)


def _read(
    dashboard: Dashboard, admin: Actor, bucket: str, source: StorageSource, **more: bool
) -> None:
    storage = dashboard.storage
    scan = storage.scan(admin, bucket, source, **more)

    def is_done() -> bool:
        found = next(one for one in storage.scans(admin, bucket) if one.id == scan.id)
        return found.state in (JobState.DONE, JobState.FAILED)

    finish(dashboard, is_done)


def _media(dashboard: Dashboard, admin: Actor) -> tuple[Stored, ...]:
    """The library's objects as they came; S3 has them all since the demo began."""
    found = []
    for file in files_of(dashboard, admin):
        of_file = ((file.key, file.size), *((one.key, one.size) for one in file.renditions))
        if file.pristine is not None:
            of_file = (*of_file, (file.pristine.key, file.pristine.size))
        for key, size in of_file:
            etag = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
            found.append(Stored(key, size, file.uploaded_at, etag))
    return tuple(found)


class _Reports:
    def __init__(self, emulator: Emulator) -> None:
        self._s3 = emulator.root_clients().s3

    def write(self, bucket: str, objects: Sequence[Stored], at: datetime) -> bool:
        """A CSV report with its manifest; false where there is nothing to report."""
        if not objects:
            return False
        self._configure(bucket)
        content = gzip.compress(_table(bucket, objects, at), compresslevel=1, mtime=0)
        start = f"{bucket}/weekly"
        name = f"{start}/data/{hashlib.sha256(content).hexdigest()[:16]}.csv.gz"
        self._s3.put_object(Bucket=REPORTS, Key=name, Body=content)
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        manifest = {
            "sourceBucket": bucket,
            "destinationBucket": f"arn:aws:s3:::{REPORTS}",
            "version": "2016-11-30",
            "creationTimestamp": str(int(at.timestamp() * 1000)),
            "fileFormat": "CSV",
            "fileSchema": _SCHEMA,
            "files": [{"key": name, "size": len(content), "MD5checksum": md5}],
        }
        key = f"{start}/{at:%Y-%m-%dT%H-%MZ}/manifest.json"
        self._s3.put_object(Bucket=REPORTS, Key=key, Body=json.dumps(manifest).encode())
        return True

    def _configure(self, bucket: str) -> None:
        place: Any = {"Bucket": f"arn:aws:s3:::{REPORTS}", "Format": "CSV"}
        self._s3.put_bucket_inventory_configuration(
            Bucket=bucket,
            Id="weekly",
            InventoryConfiguration={
                "Id": "weekly",
                "IsEnabled": True,
                "IncludedObjectVersions": "All",
                "Schedule": {"Frequency": "Weekly"},
                "Destination": {"S3BucketDestination": place},
            },
        )


def _table(bucket: str, objects: Sequence[Stored], at: datetime) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for one in objects:
        latest = one.replaced_at is None or one.replaced_at > at
        version = hashlib.md5(one.etag.encode(), usedforsecurity=False).hexdigest()
        rows.writerow((
            bucket, quote(one.key), version, str(latest).lower(), "false", one.size,
            f"{one.at:%Y-%m-%dT%H:%M:%S}.000Z", one.etag, one.storage_class, "SSE-S3",
        ))  # fmt: skip
    return out.getvalue().encode()
