"""What the people of the demo have made of their files: albums, links, searches, budgets, plans."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from PIL import Image, ImageDraw, ImageFilter

from core.dashboard import Dashboard
from core.demo.archive import BUCKET
from core.demo.once import once
from core.demo.people import demo_password
from core.demo.pictures import landscape
from core.errors import AwsUnavailable
from core.model.budgets import Budget
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.identity import Actor
from core.model.media import FileKind, FileQuery, Right
from core.model.scenarios import ClassChange, HitRatioChange, ImageChange, Scenario
from core.model.sharing import DropLimits, ShareKind, ShareTarget, TargetKind
from core.shares.service import ShareRequest
from core.upload.service.progress import NewPhoto

_MIB = 1024**2
_WEEKS = 8  # of progress photos
_FACES = ("ada@demo.example", "mia@demo.example", "yuki@demo.example")
_ALBUMS = (("Harbour at dawn", "harbour"), ("First snow", "ridge"), ("Lakes", "lake"))
_SEARCHES = (
    ("Large originals", "size:>2MB"), ("Harbour without logos", "harbour -logo"),
    ("Canon", "camera:Canon*"), ("Not delivered", "state:undelivered"),
)  # fmt: skip

Actors = Mapping[str, Actor]


def furnish(dashboard: Dashboard, actors: Actors, now: datetime) -> None:
    """Each part once; what an earlier start left out is made now."""
    parts: dict[str, Callable[[], object]] = {
        "albums": lambda: _albums(dashboard, actors),
        "tags": lambda: _tags(dashboard, actors),
        "searches": lambda: _searches(dashboard, actors),
        "links": lambda: _links(dashboard, actors),
        "people": lambda: _people(dashboard, actors),
        "budget": lambda: _budget(dashboard, actors),
        "what-if": lambda: _what_if(dashboard, actors),
        "progress": lambda: _progress(dashboard, actors, now),
        **{f"face-{email}": partial(_face, dashboard, actors[email]) for email in _FACES},
    }
    for name, work in parts.items():
        with suppress(AwsUnavailable):  # no avatar until the CDN delivers it: the next start asks
            once(dashboard.store, name, work)


def _own(dashboard: Dashboard, actor: Actor, text: str, most: int) -> tuple[str, ...]:
    query = FileQuery(text=text, owner_id=actor.account_id)
    found = dashboard.library.page(actor, query, limit=most)
    return tuple(file.id for file in found.items)


def _albums(dashboard: Dashboard, actors: Actors) -> None:
    mia = actors["mia@demo.example"]
    for name, text in _ALBUMS:
        album = dashboard.library.albums.create(mia, name)
        _change(dashboard, mia, text, BulkChange(kind=BulkKind.ADD_TO_ALBUM, album=album.id))


def _tags(dashboard: Dashboard, actors: Actors) -> None:
    for email, text, tag in (
        ("mia@demo.example", "harbour", "sea"), ("tomas@demo.example", "coast", "sea"),
        ("tomas@demo.example", "summit", "mountains"), ("yuki@demo.example", "ridge", "mountains"),
    ):  # fmt: skip
        change = BulkChange(kind=BulkKind.ADD_TAGS, tags=(tag, "autumn"))
        _change(dashboard, actors[email], text, change)


def _change(dashboard: Dashboard, actor: Actor, text: str, change: BulkChange) -> None:
    ids = _own(dashboard, actor, text, 24)
    if ids:
        dashboard.library.bulks.start(actor, Selection(ids=ids), change)


def _searches(dashboard: Dashboard, actors: Actors) -> None:
    for email in ("ada@demo.example", "mia@demo.example"):
        for name, query in _SEARCHES:
            dashboard.library.searches.create(actors[email], name, query)


def _links(dashboard: Dashboard, actors: Actors) -> None:
    mia, tomas = actors["mia@demo.example"], actors["tomas@demo.example"]
    album = dashboard.library.albums.listed(mia)[0].album
    picked = _own(dashboard, tomas, "coast", 6) or _own(dashboard, tomas, "", 6)
    wanted = (
        (mia, ShareRequest(
            target=ShareTarget(kind=TargetKind.ALBUM, album_id=album.id),
            expires_in=timedelta(days=14), title="Harbour at dawn, for the magazine",
            max_downloads=40,
        )),
        (mia, ShareRequest(
            target=ShareTarget(kind=TargetKind.FOLDER, folder="Press"),
            expires_in=timedelta(days=30), title="Press",
            password=demo_password(dashboard.settings.data_dir),
        )),
        (tomas, ShareRequest(
            target=ShareTarget(kind=TargetKind.FILES, file_ids=picked),
            expires_in=timedelta(days=7), title="Coast, first choice",
        )),
        (tomas, ShareRequest(
            kind=ShareKind.DROP, target=ShareTarget(kind=TargetKind.FOLDER, folder="Campaigns"),
            expires_in=timedelta(days=10), title="Send us your shots of the campaign",
            drop=DropLimits(max_files=200, max_file_bytes=40 * _MIB, max_total_bytes=2048 * _MIB,
                            kinds=(FileKind.IMAGE,)),
        )),
    )  # fmt: skip
    for actor, request in wanted:
        if request.target.kind is not TargetKind.FILES or picked:
            dashboard.shares.create(actor, request)


def _people(dashboard: Dashboard, actors: Actors) -> None:
    for email, text, other, right in (
        ("mia@demo.example", "lake", "yuki@demo.example", Right.EDIT),
        ("tomas@demo.example", "dunes", "mia@demo.example", Right.VIEW),
        ("yuki@demo.example", "valley", "ada@demo.example", Right.VIEW),
    ):
        ids = _own(dashboard, actors[email], text, 5)
        if ids:
            dashboard.shares.share_with(actors[email], ids, [other], right)


def _budget(dashboard: Dashboard, actors: Actors) -> None:
    ada = actors["ada@demo.example"]
    for name, limit in (("Media on AWS", 125), ("Ceiling with the campaigns", 180)):
        dashboard.costs.save_budget(ada, Budget(name=name, limit=Decimal(limit)))


def _what_if(dashboard: Dashboard, actors: Actors) -> None:
    ada = actors["ada@demo.example"]
    changes = {
        "Archive to Glacier Instant Retrieval": ClassChange(
            bucket=BUCKET, to_class="GLACIER_IR", after_days=90, reads=Decimal("0.02")
        ),
        "Better caching": HitRatioChange(target=Decimal("0.99")),
        "Previews as AVIF": ImageChange(
            role="rendition", bytes_left=Decimal("0.7"), share_of_delivery=Decimal("0.05")
        ),
    }
    for name, change in changes.items():
        dashboard.costs.save_scenario(ada, Scenario(name=name, change=change))


def _progress(dashboard: Dashboard, actors: Actors, now: datetime) -> None:
    """Only their owner sees them, so that two people have a set."""
    for week, picture in enumerate(_poses()):
        day = (now - timedelta(weeks=_WEEKS - 1 - week)).date()
        note = {0: "Start", _WEEKS // 2: "Half-way", _WEEKS - 1: "Eight weeks"}.get(week, "")
        for email in _FACES[::2]:
            wanted = NewPhoto(taken_on=day, note=note)
            dashboard.progress.add(actors[email], io.BytesIO(picture), wanted)


def _poses() -> Iterator[bytes]:
    """A drawn figure that changes a little each week."""
    for week in range(_WEEKS):
        waist = 150 - 5 * week
        picture = Image.new("RGB", (600, 900), (226 - 2 * week, 224, 219))
        draw = ImageDraw.Draw(picture)
        draw.ellipse((245, 70, 355, 200), fill=(176, 132, 108))
        draw.polygon(
            [(180, 230), (420, 230), (300 + waist // 2, 470), (410, 600), (390, 850), (310, 850),
             (300, 640), (290, 850), (210, 850), (190, 600), (300 - waist // 2, 470)],
            fill=(62, 84, 104),
        )  # fmt: skip
        out = io.BytesIO()
        picture.filter(ImageFilter.GaussianBlur(2)).save(out, "JPEG", quality=86)
        yield out.getvalue()


def _face(dashboard: Dashboard, actor: Actor) -> None:
    """A view that somebody likes, as many have it."""
    seed = random.Random(actor.email).randrange(10_000)
    picture = landscape(seed, datetime.fromisoformat("2026-05-01T12:00:00+00:00"))
    dashboard.avatars.change(actor, io.BytesIO(picture), "me.jpg")
