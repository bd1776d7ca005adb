"""Puts access logs of a few months into the log bucket, and has the app read them."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from core.dashboard import Dashboard
from core.demo import visits
from core.demo.visits import Asked, Catalogue, Place
from core.emulator.edge_log import PREFIX
from core.emulator.service import Emulator
from core.errors import AwsUnavailable
from core.library.service import PAGE_LIMIT
from core.model.identity import Actor
from core.model.media import FileQuery, MediaFile
from core.usage.service.traffic_work import GOING

MONTHS = 3  # whole ones before the running one
SPIKE_DAYS = 4  # ago
V2_DAYS = 60  # since when the logs tell countries
_PUTTERS = 4
_PATIENCE = 300.0  # seconds for a job on a busy machine
_KIT = "application/zip"


def write_logs(dashboard: Dashboard, emulator: Emulator, admin: Actor, now: datetime) -> int:
    """Returns how many log files were put."""
    place = Place(emulator.stack.distribution_id, emulator.stack.distribution_domain)
    catalogue = catalogue_of(files_of(dashboard, admin))
    s3, bucket = emulator.root_clients().s3, emulator.stack.log_bucket

    def put(day: date) -> int:
        countries = day > now.date() - timedelta(days=V2_DAYS)
        spike = now.date() - timedelta(days=SPIKE_DAYS)
        lines = visits.day_lines(day, now.date(), spike, catalogue, place, countries=countries)
        past = [one for one in lines if one[0] < now]
        files = list(visits.files_of_day(past, place, countries=countries))
        for name, content in files:
            body = gzip.compress(content, compresslevel=1, mtime=0)
            s3.put_object(Bucket=bucket, Key=f"{PREFIX}{name}", Body=body)
        return len(files)

    first = first_day(now.date())
    days = [first + timedelta(days=n) for n in range((now.date() - first).days + 1)]
    with ThreadPoolExecutor(_PUTTERS) as pool:
        return sum(pool.map(put, days))


def first_day(today: date) -> date:
    month = today.year * 12 + today.month - 1 - MONTHS
    return date(month // 12, month % 12 + 1, 1)


def read_logs(dashboard: Dashboard, admin: Actor) -> None:
    scan = dashboard.traffic.scan(admin)
    finish(dashboard, lambda: dashboard.traffic.get_scan(admin, scan.id).state not in GOING)


def finish(dashboard: Dashboard, is_done: Callable[[], bool]) -> None:
    """Help with the jobs until this one has ended, whoever does it."""
    deadline = time.monotonic() + _PATIENCE
    while not is_done():
        if time.monotonic() > deadline:
            raise AwsUnavailable("A job of the demo did not end.", hint="Start it again later.")
        if not dashboard.runner.run_until_idle():
            time.sleep(0.1)


def files_of(dashboard: Dashboard, admin: Actor) -> tuple[MediaFile, ...]:
    """By name, so that the same files are as popular at every start."""
    found: list[MediaFile] = []
    while True:
        page = dashboard.library.page(admin, FileQuery(), offset=len(found), limit=PAGE_LIMIT)
        found += page.items
        if not page.items or len(found) >= page.total:
            return tuple(sorted(found, key=lambda file: (file.name, file.uploaded_at)))


def catalogue_of(files: Sequence[MediaFile]) -> Catalogue:
    """Thumbnails are asked for most, originals seldom; of each the first ones far more often."""
    shown = [file for file in files if not file.private and file.renditions]
    kits = [file for file in files if not file.private and file.content_type == _KIT]
    return Catalogue(
        pictures=tuple(one for at, file in enumerate(shown) for one in _pictures(file, at)),
        kits=tuple(
            Asked(f"/{file.key}", file.size, _KIT, file.uploaded_at, 1 / (at + 1))
            for at, file in enumerate(kits)
        ),
    )


def _pictures(file: MediaFile, at: int) -> Iterator[Asked]:
    popular = 1 / (at + 3) ** 0.7
    weights = {"thumbnail": 6.0, "preview": 2.0}
    for one in file.renditions:
        weight = weights.get(one.name, 1.0) * popular
        yield Asked(f"/{one.key}", one.size, one.content_type, file.uploaded_at, weight)
    yield Asked(f"/{file.key}", file.size, file.content_type, file.uploaded_at, 0.6 * popular)
