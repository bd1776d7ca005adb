"""Uploads of a month are counted once each, also while new ones come in."""

from datetime import UTC, datetime, timedelta

import pytest

from core.measures import uploads
from core.measures.uploads import UploadCounter
from core.stores.audit_log import AuditLog
from core.stores.sqlite import SqliteRecordStore


class World:
    def __init__(self, folder):
        self.now = datetime(2026, 11, 2, tzinfo=UTC)
        self.store = SqliteRecordStore(folder / "records.sqlite3", [])
        self.audit = AuditLog(self.store, lambda: self.now)
        self.pages = 0
        self.counter = UploadCounter(self.page, lambda: self.now)

    def page(self, month, after):
        self.pages += 1
        return self.audit.page(month, after=after, limit=4)

    def uploaded(self, count, action="file.uploaded"):
        for _ in range(count):
            self.now += timedelta(seconds=1)
            self.audit.record(action)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.store.close()


def test_only_uploads_of_the_month_count(world):
    world.uploaded(6)
    world.uploaded(3, "file.trashed")
    assert world.counter.count("2026-11") == 6
    assert world.counter.count("2026-10") == 0


def test_what_was_counted_is_not_read_again(world):
    world.uploaded(9)
    world.now += timedelta(hours=1)
    assert world.counter.count("2026-11") == 9
    world.uploaded(2)
    before = world.pages
    assert world.counter.count("2026-11") == 11
    assert world.pages == before + 1
    assert world.counter.count("2026-11") == 11


def test_an_event_that_another_process_files_late_is_counted(world):
    world.uploaded(2)
    late = world.audit.event("file.uploaded")
    world.uploaded(2)
    assert world.counter.count("2026-11") == 4
    world.store.transact([world.audit.put(late)])
    assert world.counter.count("2026-11") == 5


def test_too_many_events_to_count_are_unknown(world, monkeypatch):
    monkeypatch.setattr(uploads, "_MOST_PAGES", 1)
    world.uploaded(9)
    assert world.counter.count("2026-11") is None
