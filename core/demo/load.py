"""Fills an empty dashboard through its own services, so that demo files are as real as any.

Runs in the background, after the web server answers: each file is only
*delivered* when it was fetched through the site's own CDN route.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from core.dashboard import Dashboard, utc_now
from core.demo.archive import keep_archive, read_media
from core.demo.bills import write_bills
from core.demo.desk import furnish
from core.demo.faults import plant_faults
from core.demo.once import once
from core.demo.people import PEOPLE, demo_password, hire
from core.demo.pictures import landscape, logo, press_kit
from core.demo.traffic import read_logs, write_logs
from core.model.identity import Actor
from core.stores.audit_log import AuditLog
from core.upload.service import UploadRequest, UploadService

PICTURES = 240
LOGOS = 12
DAYS = 120
KITS = ("press-kit-autumn", "press-kit-spring", "lookbook-2026")

_PHOTOS = Path(__file__).resolve().parents[2] / "tests" / "photos"
_PLACES = ("harbour", "ridge", "valley", "lake", "coast", "meadow", "summit", "dunes")
_CAMERA_TYPES = {".jpg": "image/jpeg", ".heic": "image/heic"}
_SHOT_LIST = "Shot list for autumn\n\n1. Harbour at dawn\n2. Ridge, first snow\n"
_FOLDERS = ("", "Campaigns/Autumn", "Campaigns/Spring", "Locations", "Press")


class Item(NamedTuple):
    """One demo file; its bytes are made when it is its turn."""

    name: str
    folder: str
    content_type: str
    email: str
    at: datetime
    content: Callable[[], bytes]


def load_demo(dashboard: Dashboard) -> int:
    """Return how many files were loaded now; goes on where an earlier start was interrupted."""
    password = demo_password(dashboard.settings.data_dir)
    actors = hire(dashboard.accounts, dashboard.store, password)
    with ThreadPoolExecutor(dashboard.settings.workers) as pool:
        jobs = [
            pool.submit(once, dashboard.store, f"file-{number:03}", _receiver(dashboard, actors, i))
            for number, i in enumerate(_items(utc_now()))
        ]
        count = sum(job.result() for job in jobs)
    plant_faults(dashboard, actors)
    furnish(dashboard, actors, utc_now())
    measure(dashboard, actors)
    return count


def measure(dashboard: Dashboard, actors: Mapping[str, Actor]) -> None:
    """Months of traffic, storage and bills, each read as the app reads real ones."""
    emulator = dashboard.emulator
    if emulator is None:
        return
    admin, now = actors[PEOPLE[0].email], utc_now()
    parts: dict[str, Callable[[], object]] = {
        "logs": lambda: write_logs(dashboard, emulator, admin, now),
        "logs-read": lambda: read_logs(dashboard, admin),
        "archive": lambda: keep_archive(dashboard, emulator, admin, now),
        "listing": lambda: read_media(dashboard, emulator, admin),
        "bills": lambda: write_bills(dashboard, emulator, admin, now),
        "alerts": dashboard.costs.check_budgets,
    }
    for name, work in parts.items():
        once(dashboard.store, name, work)


def _receiver(dashboard: Dashboard, actors: Mapping[str, Actor], item: Item) -> Callable[[], None]:
    return lambda: _receive(dashboard, actors[item.email], item)


def _receive(dashboard: Dashboard, actor: Actor, item: Item) -> None:
    content = item.content()

    def clock() -> datetime:
        return item.at

    uploads = UploadService(
        dashboard.store,
        dashboard.cloud.bucket,
        dashboard.cloud.edge,
        dashboard.jobs,
        AuditLog(dashboard.store, clock),
        dashboard.settings,
        clock,
    )
    request = UploadRequest(
        name=item.name,
        size=len(content),
        content_type=item.content_type,
        folder=item.folder,
    )
    uploads.receive(actor, request, io.BytesIO(content))


def _items(now: datetime) -> Iterator[Item]:
    chance = random.Random(2026)
    for number in range(PICTURES):
        at = _moment(chance, now)
        taken_at = at - timedelta(days=chance.randint(0, 30))
        name = f"{chance.choice(_PLACES)}-{number:03}.jpg"
        yield _item(chance, name, "image/jpeg", at, partial(landscape, number, taken_at))
    for number in range(LOGOS):
        name = f"logo-{number:02}.png"
        yield _item(chance, name, "image/png", _moment(chance, now), partial(logo, number))
    for photo in sorted(p for p in _PHOTOS.rglob("*") if p.suffix.lower() in _CAMERA_TYPES):
        kind = _CAMERA_TYPES[photo.suffix.lower()]
        yield _item(chance, photo.name, kind, _moment(chance, now), photo.read_bytes)
    for number, kit in enumerate(KITS):  # there from the start: most of the traffic is theirs
        at = (now - timedelta(days=DAYS)).replace(second=0, microsecond=0)
        make = partial(press_kit, number)
        yield Item(f"{kit}.zip", "Press", "application/zip", PEOPLE[2].email, at, make)
    yield _item(chance, "shot-list.txt", "text/plain", _moment(chance, now), _SHOT_LIST.encode)


def _item(
    chance: random.Random,
    name: str,
    content_type: str,
    at: datetime,
    content: Callable[[], bytes],
) -> Item:
    (person,) = chance.choices(PEOPLE, weights=[p.share for p in PEOPLE])
    return Item(name, chance.choice(_FOLDERS), content_type, person.email, at, content)


def _moment(chance: random.Random, now: datetime) -> datetime:
    """More of it recently than long ago, on the minute."""
    days = DAYS * (1 - chance.random() ** 0.5)
    return (now - timedelta(days=days)).replace(second=0, microsecond=0)
