"""Fills a snapshot from an account for many URLs: every distribution and bucket that they name.

Buckets are listed whole; what can't be read is written down with the permission that is missing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from core.aws.clients import AwsClients
from core.aws.s3_listing import BucketLister, Entry
from core.diagnostics.audit_files import INVENTORY
from core.diagnostics.origins import endpoint_of
from core.diagnostics.service.capture import SEARCHED, Capture, Shape
from core.diagnostics.urls import key_of, parse_url
from core.errors import AwsUnavailable, DashboardError

LISTED = 3_000_000  # objects of one audit, in all its buckets
_HOSTS = 10_000  # different hosts that are remembered
_MERGED = (
    "origin_access_controls", "origin_access_identities", "functions", "cache_policies",
    "public_keys", "key_groups", "origin_request_policies", "response_headers_policies",
    "web_acls",
)  # fmt: skip
Tell = Callable[[int], None]


@dataclass(slots=True)
class Hosts:
    """What many URLs name: hosts, buckets of S3's own hosts, and whether some name nothing."""

    names: set[str] = field(default_factory=set)
    buckets: set[str] = field(default_factory=set)
    nameless: bool = False

    def see(self, url: str) -> None:
        parsed = parse_url(url)
        if parsed.scheme == "s3" and parsed.host:
            self.buckets.add(parsed.host)
        if not parsed.is_absolute_http:
            self.nameless = True
            return
        if len(self.names) < _HOSTS:
            self.names.add(parsed.host)
        endpoint = endpoint_of(parsed.host)
        if endpoint.bucket:
            self.buckets.add(endpoint.bucket)
        elif endpoint.kind == "path-style":
            self.buckets.add(key_of(parsed.raw_path).partition("/")[0])


@dataclass(slots=True)
class Listed:
    """What the listing of the buckets came to."""

    objects: int = 0
    incomplete: list[str] = field(default_factory=list)


class WideCapture(Capture):
    """One capture for many URLs; make a new one per audit."""

    def __init__(self, clients: AwsClients, now: datetime, workers: int = 12) -> None:
        super().__init__(clients, now, workers)
        self._lister = BucketLister(clients.s3)

    @property
    def unread(self) -> list[str]:
        """What could not be read, with the permission that would settle it."""
        notes = sorted(self._unread, key=lambda note: str(note["what"]))
        return [f"{n['what']}: {n['because']} {n['permission']}".strip() for n in notes]

    def config(self, hosts: Hosts) -> Shape:
        """Distributions with all that they name, and the settings of their origins' buckets."""
        found: Shape = {
            "id": "audit", "account_id": "", "now": self._now.isoformat(), "captured": True,
            "request": {"Method": "GET", "Url": "", "Headers": {}, "Viewer": {}},
            "kms_keys": [], "invalidations": [], "edge_cache": [], "buckets": [],
            **{name: [] for name in _MERGED},
        }  # fmt: skip
        listed = self._try("The distributions", self._cloudfront.distributions)
        if listed is not None:
            found["distributions"] = listed
        with ThreadPoolExecutor(self._workers) as pool:
            owners = [o for o in map(partial(self._owner, found), sorted(hosts.names)) if o]
            owners = list({owner["Id"]: owner for owner in owners}.values())
            for owner in owners:
                self._merge(found, owner, pool)
            self._add_buckets(found, self._wanted(found, owners, hosts), pool)
        if any(not _signed(origin) for owner in owners for origin in _origins(owner)):
            self._account_block(found)
        if not owners and not found["buckets"]:
            del found["buckets"]  # nothing led to a bucket: none was read
        found["unread"] = sorted(self._unread, key=lambda u: str(u["what"]))
        return found

    def _merge(self, found: Shape, owner: Shape, pool: ThreadPoolExecutor) -> None:
        """What this distribution names, beside what others named."""
        own: Shape = {**found, **{name: [] for name in _MERGED}}
        self._read_owner(own, owner, pool)
        for name in _MERGED:
            found[name] = list({_name(one): one for one in [*found[name], *own[name]]}.values())

    def _wanted(self, found: Shape, owners: list[Shape], hosts: Hosts) -> list[str]:
        searched = owners
        if hosts.nameless or not owners:  # what a bare key means may lie behind any of them
            seen = {owner["Id"] for owner in owners}
            others = [d for d in found.get("distributions") or [] if d["Id"] not in seen]
            searched = [*owners, *others][: max(len(owners), SEARCHED)]
        named = {endpoint_of(o["DomainName"]).bucket for one in searched for o in _origins(one)}
        return sorted((named | hosts.buckets) - {""})

    def _add_buckets(self, found: Shape, names: list[str], pool: ThreadPoolExecutor) -> None:
        for name in names:
            shape: Shape = {"Name": name, "OwnerAccountId": ""}
            found["buckets"].append(shape | self._settings(name, pool))

    def _account_block(self, found: Shape) -> None:
        read, block = self._noted(
            "The account's public access block",
            lambda: self._account.public_access_block(found["account_id"]),
        )
        if read and found["account_id"]:
            found["account_public_access_block"] = block or {}

    # --- objects ------------------------------------------------------------------------------

    def list_into(self, path: Path, found: Shape, tell: Tell) -> Listed:
        """Write every bucket's objects as an inventory; a bucket without any is told so."""
        listed = Listed()
        with path.open("w", encoding="utf-8", newline="", errors="replace") as file:
            rows = csv.writer(file)
            rows.writerow(INVENTORY)
            for bucket in found.get("buckets", ()):
                before = listed.objects
                complete = self._list(bucket["Name"], rows.writerows, listed, tell)
                if complete is None:
                    continue  # not read at all
                if not complete:
                    listed.incomplete.append(bucket["Name"])
                if listed.objects == before:
                    bucket |= {"Objects": [], "listing_complete": complete}
        return listed

    def _list(
        self, name: str, write: Callable[[Iterable[tuple[str, ...]]], object], listed: Listed,
        tell: Tell,
    ) -> bool | None:  # fmt: skip
        """Whether all objects were listed; None where none could be."""
        begun = listed.objects
        try:
            for page in self._limited(name, LISTED - listed.objects):
                if page is None:
                    return False
                write((name, *entry) for entry in page)
                listed.objects += len(page)
                tell(listed.objects)
        except AwsUnavailable:
            raise  # the job is tried again
        except DashboardError as error:
            note = {"what": f"{name}: objects", "because": error.message, "permission": error.hint}
            self._unread.append(note)
            return None if listed.objects == begun else False
        return True

    def _limited(self, name: str, most: int) -> Iterator[list[Entry] | None]:
        """Pages of a bucket; None in the place of what would be too much."""
        for page in self._lister.pages(name):
            most -= len(page)
            if most < 0:
                self._unread.append({
                    "what": f"{name}: objects", "permission": "",
                    "because": "The listing is longer than an audit reads.",
                })  # fmt: skip
                yield None
                return
            yield page


def _origins(owner: Shape) -> list[Shape]:
    return list((owner["DistributionConfig"].get("Origins") or {}).get("Items") or [])


def _signed(origin: Shape) -> bool:
    return bool(origin.get("OriginAccessControlId"))


def _name(one: Any) -> str:
    """What tells two parts of a configuration apart."""
    named = (one.get(field) for field in ("Id", "ARN", "FunctionARN", "Name"))
    return next((str(value) for value in named if value), repr(one))
