"""Run as a process of its own: writes files without end and says each one after it was kept."""

import datetime as dt
import sys
from pathlib import Path

from core.model.media import FileKind, FileState, MediaFile
from core.stores.files import file_records
from core.stores.records import Put, Record
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore


def media(number):
    return MediaFile(
        id=f"file{number}",
        owner_id="owner",
        name=f"picture {number}.jpg",
        size=number,
        content_type="image/jpeg",
        kind=FileKind.IMAGE,
        state=FileState.DELIVERED,
        uploaded_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC) + dt.timedelta(seconds=number),
        bucket="media",
        key=f"media/{number}/picture.jpg",
    )


def main():
    path, start = Path(sys.argv[1]), int(sys.argv[2])
    store = SqliteRecordStore(path, [SearchIndex(path)])
    files = file_records(store)
    for number in range(start, start + 1_000_000):
        job = Record(kind="job", id=f"job{number}", data={"file": number})
        store.transact([files.put(media(number)), Put(record=job)])
        print(number, flush=True)


if __name__ == "__main__":
    main()
