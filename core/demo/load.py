"""Fills an empty dashboard through its own services, so that demo files are as real as any.

Runs once per data folder, in the background, after the web server answers: each file is only
*delivered* when it was fetched through the site's own CDN route.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from core.dashboard import Dashboard, utc_now
from core.demo.faults import plant_faults
from core.demo.people import PEOPLE, demo_password, hire
from core.demo.pictures import landscape, logo
from core.model.identity import Actor
from core.stores.audit_log import AuditLog
from core.stores.records import Record
from core.upload.service import UploadRequest, UploadService

PICTURES = 240
LOGOS = 12
DAYS = 120

_PHOTOS = Path(__file__).resolve().parents[2] / "tests" / "photos"
_PLACES = ("harbour", "ridge", "valley", "lake", "coast", "meadow", "summit", "dunes")
_FOLDERS = ("", "Campaigns/Autumn", "Campaigns/Spring", "Locations", "Press")
_MARKER = Record(kind="demo", id="loaded", data={})


class Item(NamedTuple):
    name: str
    folder: str
    content_type: str
    email: str
    at: datetime
    content: bytes


def load_demo(dashboard: Dashboard) -> int:
    """Return how many files were loaded; 0 where the content is there already."""
    if dashboard.store.get("demo", "loaded") is not None:
        return 0
    actors = hire(dashboard.accounts, demo_password(dashboard.settings.data_dir))
    with ThreadPoolExecutor(dashboard.settings.workers) as pool:
        jobs = [
            pool.submit(_receive, dashboard, actors[item.email], item) for item in _items(utc_now())
        ]
        count = sum(job.result() for job in jobs)
    plant_faults(dashboard, actors)
    dashboard.store.put(_MARKER)
    return count


def _receive(dashboard: Dashboard, actor: Actor, item: Item) -> int:
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
        size=len(item.content),
        content_type=item.content_type,
        folder=item.folder,
    )
    uploads.receive(actor, request, io.BytesIO(item.content))
    return 1


def _items(now: datetime) -> Iterator[Item]:
    chance = random.Random(2026)
    for number in range(PICTURES):
        at = _moment(chance, now)
        name = f"{chance.choice(_PLACES)}-{number:03}.jpg"
        content = landscape(number, at - timedelta(days=chance.randint(0, 30)))
        yield _item(chance, name, "image/jpeg", at, content)
    for number in range(LOGOS):
        yield _item(
            chance, f"logo-{number:02}.png", "image/png", _moment(chance, now), logo(number)
        )
    for photo in sorted(p for p in _PHOTOS.rglob("*") if p.suffix.lower() in {".jpg", ".heic"}):
        if photo.parent.name != "broken":
            kind = "image/heic" if photo.suffix.lower() == ".heic" else "image/jpeg"
            yield _item(chance, photo.name, kind, _moment(chance, now), photo.read_bytes())
    notes = "Shot list for the autumn campaign\n\n1. Harbour at dawn\n2. Ridge, first snow\n"
    yield _item(chance, "shot-list.txt", "text/plain", _moment(chance, now), notes.encode())


def _item(
    chance: random.Random, name: str, content_type: str, at: datetime, content: bytes
) -> Item:
    (person,) = chance.choices(PEOPLE, weights=[p.share for p in PEOPLE])
    return Item(name, chance.choice(_FOLDERS), content_type, person.email, at, content)


def _moment(chance: random.Random, now: datetime) -> datetime:
    """More of it recently than long ago, on the minute."""
    days = DAYS * (1 - chance.random() ** 0.5)
    return (now - timedelta(days=days)).replace(second=0, microsecond=0)
