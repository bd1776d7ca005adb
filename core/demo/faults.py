"""Plants the faults that the doctor explains, each as it happens in real accounts.

Everything here is done with the emulator's root clients, as other teams' deployments would do it.
The reported URLs then wait on the Doctor page.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import httpx

from core.dashboard import Dashboard, utc_now
from core.demo.once import once
from core.demo.pictures import landscape
from core.demo.sites import site, table
from core.emulator.service import Emulator
from core.model.identity import Actor
from core.model.media import FileQuery, MediaFile

USERS = 45
PHOTOS = 40


class Fault(NamedTuple):
    url: str
    note: str
    record: Mapping[str, Any] | None = None


def plant_faults(dashboard: Dashboard, actors: Mapping[str, Actor]) -> None:
    emulator = dashboard.emulator
    if emulator is None:
        return
    support = next(actor for actor in actors.values() if actor.role == "support")
    admin = next(actor for actor in actors.values() if actor.role == "admin")
    faults: dict[str, Callable[[], tuple[Fault, ...]]] = {
        "origin-path": lambda: _repeated_origin_path(emulator),
        "legacy-keys": lambda: _legacy_progress_photos(emulator),
        "source-arn": lambda: _wrong_source_arn(emulator),
        "missing-object": lambda: _missing_object(dashboard, emulator, admin),
        "stale-entry": lambda: _stale_cache_entry(dashboard, emulator, admin),
    }
    for name, plant in faults.items():
        once(dashboard.store, name, partial(_report, dashboard, support, plant))
    emulator.snapshot()


def _report(dashboard: Dashboard, support: Actor, plant: Callable[[], tuple[Fault, ...]]) -> None:
    for fault in plant():
        dashboard.diagnostics.report(support, fault.url, note=fault.note, record=fault.record)


def _repeated_origin_path(emulator: Emulator) -> tuple[Fault, ...]:
    """OriginPath /avatars and stored URLs that begin with /avatars: S3 is asked for both.

    Who changed the picture since then has a right one.
    """
    users = range(1, USERS + 1)
    keys = {n: f"avatars/avatar_u{n}_16900000{n:02}_ab{n:02}.jpg" for n in users}
    domain = site(
        emulator, "demo-avatars", [*keys.values()], origin_path="/avatars", tables=("demo-users",)
    )
    urls = {n: f"https://{domain}/{key}" for n, key in keys.items()}
    urls |= {n: f"https://{domain}/{keys[n].removeprefix('avatars/')}" for n in users[-5:]}
    urls[2] = ""
    rows = [{"userId": f"u{n}", "avatarUrl": url} for n, url in urls.items()]
    table(emulator, "demo-users", ("userId",), rows)
    return (
        Fault(urls[1], "Avatar of u1 is broken since the move", _row("u1", urls[1])),
        Fault("", "Profile of u2 shows an empty frame", _row("u2", "")),
    )


def _row(user: str, value: str) -> dict[str, Any]:
    return {"table": "demo-users", "pk": user, "column": "avatarUrl", "value": value}


def _legacy_progress_photos(emulator: Emulator) -> tuple[Fault, ...]:
    """Objects under users/{id}/progress-photos/, URLs under progress-photos/.

    The move to the flat layout ended after a few: their objects lie in both.
    """
    old = {n: f"users/u{n}/progress-photos/{_shot_on(n)}" for n in range(1, PHOTOS + 1)}
    moved = {n: f"progress-photos/u{n}-{_shot_on(n)}" for n in range(PHOTOS - 7, PHOTOS + 1)}
    keys = [*old.values(), *moved.values()]
    domain = site(emulator, "demo-progress-photos", keys, tables=("demo-photos",))
    wrong = {n: f"progress-photos/{_shot_on(n)}" for n in old}
    rows = [
        {
            "PK": f"USER#u{n}",
            "SK": "PHOTO#1",
            "s3_key": moved.get(n, key),
            "url": f"https://{domain}/{moved.get(n, wrong[n])}",
        }
        for n, key in old.items()
    ]
    table(emulator, "demo-photos", ("PK", "SK"), rows)
    attributes = {name: rows[0][name] for name in ("s3_key", "url")}
    record = {"table": "demo-photos", "pk": "USER#u1", "sk": "PHOTO#1", "attributes": attributes}
    return (Fault(attributes["url"], "Old progress photo of u1 is gone", record),)


def _shot_on(user: int) -> str:
    """A date of its own for each: one that two share could be anybody's."""
    return f"2026-{(user - 1) % 8 + 1:02}-{14 + (user - 1) // 8}-front.jpg"


def _wrong_source_arn(emulator: Emulator) -> tuple[Fault, ...]:
    """The bucket policy still names the distribution that was replaced."""
    bucket, keys = "demo-press", ["press/launch.jpg", "press/team.jpg"]
    domain = site(emulator, bucket, keys, policy_for="E9OLDDISTRIBUTION")
    return (Fault(f"https://{domain}/press/launch.jpg", "Press pictures answer 403 since Monday"),)


def _missing_object(dashboard: Dashboard, emulator: Emulator, admin: Actor) -> tuple[Fault, ...]:
    """Somebody emptied a folder with all its versions; the record still says that it is there."""
    file = _picture(dashboard, admin, "harbour", 0)
    s3 = emulator.root_clients().s3
    prefix = file.key.rpartition("/")[0] + "/"
    found = s3.list_object_versions(Bucket=file.bucket, Prefix=prefix)
    for version in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())):
        s3.delete_object(Bucket=file.bucket, Key=version["Key"], VersionId=version["VersionId"])
    dashboard.uploads.recheck(admin, file.id)
    return (Fault(_public_url(emulator, file.key), f"{file.name} does not load for anybody"),)


def _stale_cache_entry(dashboard: Dashboard, emulator: Emulator, admin: Actor) -> tuple[Fault, ...]:
    """Somebody replaced the object under its own key; the edge keeps the old picture for a year."""
    file = _picture(dashboard, admin, "ridge", 1)
    site = f"http://127.0.0.1:{dashboard.settings.port}"
    httpx.get(site + dashboard.cloud.edge.url(file.key)).raise_for_status()
    emulator.root_clients().s3.put_object(
        Bucket=file.bucket,
        Key=file.key,
        Body=landscape(4711, utc_now()),
        ContentType="image/jpeg",
        CacheControl="public, max-age=31536000, immutable",
    )
    note = f"{file.name} was replaced, but the old one shows"
    return (Fault(_public_url(emulator, file.key), note),)


def _picture(dashboard: Dashboard, admin: Actor, text: str, number: int) -> MediaFile:
    return dashboard.library.page(admin, FileQuery(text=text), limit=number + 1).items[number]


def _public_url(emulator: Emulator, key: str) -> str:
    return f"https://{emulator.stack.distribution_domain}/{urllib.parse.quote(key)}"
