"""Keys of avatars, and what an account may say instead of one. Pure: text in, key or reason out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

from core.upload.portraits import SIDES

FOLDER = "avatars/"
_OWN = re.compile(
    r"avatars/avatar_(?P<account>[0-9a-zA-Z-]+)_(?P<time>\d{13})_(?P<uuid>[0-9a-f-]{33})512\.jpg"
)
_SCHEMES = ("http://", "https://")


class Reading(NamedTuple):
    """A key of this bucket, or '' and why there is no picture."""

    key: str
    reason: str = ""


class Places(NamedTuple):
    """Where a stored address may point: sites that serve this bucket, and the bucket by name."""

    sites: Sequence[str]  # `cdn.example.com`, or `/emulator/cdn/media` on this site
    bucket: str


def new_key(account_id: str, now: datetime, random: UUID) -> str:
    """The last three signs of the UUID say the size, so that both keys have the same form."""
    time = int(now.timestamp() * 1000)
    return f"{FOLDER}avatar_{account_id}_{time:013d}_{str(random)[:-3]}{SIDES[0]}.jpg"


def small_key(key: str) -> str:
    """The 128 px picture beside `key`; the same key where there is only one."""
    return f"{key[: -len('512.jpg')]}{SIDES[1]}.jpg" if _OWN.fullmatch(key) else key


def is_own(key: str, account_id: str) -> bool:
    """Whether this product made `key` for this account: only such keys are ever erased."""
    found = _OWN.fullmatch(key)
    return found is not None and found["account"] == account_id


def read(stored: str, places: Places) -> Reading:
    """What an account's picture is stored as: a key, or in old records an address."""
    text = stored.strip()
    if not text:
        return Reading("", "no picture was chosen")
    if text.startswith((*_SCHEMES, "/")):
        return _of_address(text, places)
    return _of_path(text)


def _of_address(text: str, places: Places) -> Reading:
    try:
        split = urlsplit(text)
        host = (split.hostname or "").lower()
    except ValueError:
        return Reading("", "the stored address can't be read")
    path = _path_here(host, split.path, places)
    if path is None:
        return Reading("", f"the picture is kept at {host}, not here")
    return _of_path(unquote(path))


def _path_here(host: str, path: str, places: Places) -> str | None:
    """The path below a site of ours or below the bucket's name; None for everywhere else."""
    for site in places.sites:
        if site.startswith("/") and path.startswith(f"{site}/"):
            return path[len(site) + 1 :]
    # Without a host it is a key that was written with a slash before it.
    if not host or host in {site.lower() for site in places.sites}:
        return path.lstrip("/")
    return _path_in_bucket(host, path, places.bucket)


def _path_in_bucket(host: str, path: str, bucket: str) -> str | None:
    if not bucket or not host.endswith(".amazonaws.com"):
        return None
    if host.startswith((f"{bucket.lower()}.s3.", f"{bucket.lower()}.s3-")):
        return path.lstrip("/")
    by_path = host.startswith("s3") and path.startswith(f"/{bucket}/")
    return path[len(bucket) + 2 :] if by_path else None


def _of_path(path: str) -> Reading:
    """`avatars/avatars/a.jpg` is what an origin path writes twice, `a.jpg` what it leaves out."""
    steps = [step for step in path.split("/") if step]
    if not steps or {".", ".."} & set(steps) or "\\" in path or not path.isprintable():
        return Reading("", "the stored key can't be read")
    name = steps[-1]
    if any(step != FOLDER.rstrip("/") for step in steps[:-1]):
        return Reading("", f"the key {path[:80]} is outside {FOLDER}, which the CDN serves")
    return Reading(f"{FOLDER}{name}")
