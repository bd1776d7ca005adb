"""The daily scan of what is stored: at its hour, once, and once for what was missed."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from core.model.identity import Actor, Role
from core.model.media import JobState
from core.model.usage import StorageSource
from core.stores.jobs import JobQueue
from core.stores.sqlite import SqliteRecordStore
from core.usage.schedule import slot_before
from core.usage.service.storage import StorageService

ADMIN = Actor(account_id="ada", role=Role.ADMIN)
LISTING = StorageSource.LISTING


@pytest.mark.parametrize(
    ("now", "hour", "slot"),
    [
        ("2026-11-20T02:59:59+00:00", 3, "2026-11-19T03:00:00+00:00"),
        ("2026-11-20T03:00:00+00:00", 3, "2026-11-20T03:00:00+00:00"),
        ("2026-03-01T00:30:00+00:00", 23, "2026-02-28T23:00:00+00:00"),
        ("2026-11-20T00:30:00+02:00", 0, "2026-11-19T00:00:00+00:00"),
    ],
)
def test_the_slot_is_the_last_such_hour_in_utc(now, hour, slot):
    assert slot_before(datetime.fromisoformat(now), hour) == datetime.fromisoformat(slot)


class World:
    def __init__(self, folder):
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        self.folder = folder
        self.store = SqliteRecordStore(folder / "records.sqlite3", [])
        self.service = self.process()

    def process(self):
        clock = lambda: self.now  # noqa: E731
        jobs = JobQueue(self.store, clock)
        return StorageService(self.store, jobs, None, self.folder / "usage", clock)

    def due(self, service=None):
        return (service or self.service).scan_daily("media", LISTING, 3)

    def begun(self):
        return [(one.bucket, one.created_by) for one in self.service.scans(ADMIN)]

    def end_all(self):
        for job in iter(self.service._jobs.claim, None):
            self.service._jobs.finish(job.id)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.store.close()


def test_the_first_scan_comes_at_the_first_such_hour_and_then_every_day(world):
    assert not world.due()
    world.now += timedelta(hours=15)
    assert world.due()
    assert not world.due()
    world.end_all()
    world.now += timedelta(hours=23, minutes=59)
    assert not world.due()
    world.now += timedelta(minutes=1)
    assert world.due()
    assert world.begun() == [("media", "schedule")] * 2


def test_days_that_were_missed_are_one_scan(world):
    world.due()
    world.now += timedelta(days=5)
    assert [world.due() for _ in range(3)] == [True, False, False]
    assert len(world.begun()) == 1


def test_a_clock_that_jumps_back_begins_nothing(world):
    world.due()
    world.now += timedelta(days=1)
    world.due()
    world.now -= timedelta(days=3)
    assert not world.due()


def test_of_two_processes_one_begins_it(world):
    world.due()
    world.now += timedelta(days=1)
    others, ready, found = [world.process() for _ in range(4)], Barrier(4), []

    def run(service):
        ready.wait()
        found.append(world.due(service))

    threads = [Thread(target=run, args=[one]) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, False, True]
    assert len(world.begun()) == 1


def test_buckets_with_a_report_are_read_too_and_what_goes_on_is_not_begun_again(world):
    world.due()
    place = world.folder / "usage" / "other-bucket" / "listing"
    place.mkdir(parents=True)
    (place / "report.json").write_text("{}")
    going = world.service.scan(ADMIN, "media", LISTING)
    world.now += timedelta(days=1)
    assert world.due()
    assert sorted(world.begun()) == [("media", "ada"), ("other-bucket", "schedule")]
    assert world.service.scan(ADMIN, "media", LISTING).id == going.id
    assert all(one.state is JobState.QUEUED for one in world.service.scans(ADMIN))


def test_a_bucket_that_was_only_read_from_another_source_is_read_from_there_again(world):
    world.due()
    told = world.folder / "usage" / "archive" / "inventory"
    told.mkdir(parents=True)
    (told / "report.json").write_text("{}")
    world.now += timedelta(days=1)
    world.due()
    found = {one.bucket: one.source for one in world.service.scans(ADMIN)}
    assert found == {"media": LISTING, "archive": StorageSource.INVENTORY}


def test_the_bucket_of_the_settings_is_read_as_they_say_whatever_was_tried_by_hand(world):
    world.due()
    told = world.folder / "usage" / "media" / "cloudwatch"
    told.mkdir(parents=True)
    (told / "report.json").write_text("{}")
    world.now += timedelta(days=1)
    world.due()
    assert [one.source for one in world.service.scans(ADMIN)] == [LISTING]
