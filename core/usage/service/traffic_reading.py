"""One place of log files: what is new there, fetched in batches and given to the store."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.aws.s3 import MediaBucket, StoredObject
from core.errors import Conflict, NotFound
from core.model.traffic import LogPlace, LogsRead
from core.stores.log_batch import Delivery
from core.stores.log_store import LogStore

_FILES_AT_ONCE = 100
_READERS = 8
_BYTES_AT_ONCE = 128 * 1024 * 1024


def new_files(bucket: MediaBucket, place: LogPlace, logs: LogStore) -> list[StoredObject]:
    """What is listed there and was not read yet, in the order of the names."""
    listed = {
        one.ref.key: one
        for one in bucket.list(place.prefix)
        if one.ref.size and not one.ref.key.endswith("/")
    }
    stamps = {name: (one.ref.etag, one.ref.size) for name, one in listed.items()}
    return [listed[name] for name in logs.wanted(place.bucket, stamps)]


def batches(files: Sequence[StoredObject]) -> Iterator[list[StoredObject]]:
    """Few enough to be fetched whole: a batch is what a crash can cost."""
    batch: list[StoredObject] = []
    size = 0
    for file in files:
        if batch and (len(batch) >= _FILES_AT_ONCE or size + file.ref.size > _BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.ref.size
    if batch:
        yield batch


def read_batch(
    bucket: MediaBucket, files: Sequence[StoredObject], logs: LogStore
) -> tuple[LogsRead, int]:
    """What the files told, and how many changed or went away before they were fetched."""
    with tempfile.TemporaryDirectory(prefix="logs-fetched-") as folder:
        paths = [Path(folder) / str(number) for number in range(len(files))]
        with ThreadPoolExecutor(_READERS) as pool:
            fetched = list(pool.map(lambda one, path: _fetched(bucket, one, path), files, paths))
        there = [one for one in fetched if one is not None]
        return logs.add(bucket.name, there), len(files) - len(there)


def _fetched(bucket: MediaBucket, file: StoredObject, path: Path) -> Delivery | None:
    """The very bytes that were listed; None where they are no longer there."""
    try:
        with path.open("wb") as target:
            target.writelines(bucket.open_stream(file.ref))
    except (Conflict, NotFound):
        return None
    return Delivery(path, file.ref.key, file.ref.etag, file.ref.size)


def logs_of(
    places: Sequence[LogPlace], bucket_of: Callable[[str], MediaBucket], logs: LogStore
) -> Iterator[tuple[MediaBucket, list[StoredObject]]]:
    """The new files of every place."""
    for place in places:
        bucket = bucket_of(place.bucket)
        yield bucket, new_files(bucket, place, logs)
