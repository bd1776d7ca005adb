"""What the linter needs of an account, and nothing else: one list where a list is enough.

A read that is refused takes the rules that need it out of the report, with the permission named.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

from core.aws.clients import AwsClients
from core.aws.iam import IdentityReader
from core.aws.lambda_urls import FunctionUrlReader
from core.diagnostics.engine import parse_snapshot
from core.diagnostics.lint.registry import unchecked
from core.diagnostics.origins import endpoint_of
from core.diagnostics.policy import is_public
from core.diagnostics.service.capture import Capture, Shape
from core.model.lint import NotChecked

_LAMBDA_URL = re.compile(r"\.lambda-url\.(?P<region>[\w-]+)\.on\.aws$", re.IGNORECASE)
_LISTING = ("X1", "X7", "X12", "X21", "X23", "X25")
_SETTINGS = {  # field: the rules that can't judge without it
    "Policy": ("X6", "X14", "X19"), "PublicAccessBlock": ("X19",), "Lifecycle": ("X12",),
    "Notifications": ("X11",), "Versioning": ("X32",),
}  # fmt: skip
_HEADS = 20  # exchanged keys whose caching is asked for, per bucket


class LintCapture(Capture):
    """One capture of one account; make a new one per run."""

    def __init__(self, clients: AwsClients, now: datetime, workers: int = 12) -> None:
        super().__init__(clients, now, workers)
        self._clients = clients
        self._identities = IdentityReader(clients.iam)
        self._needed_by: dict[str, tuple[str, ...]] = {}

    def account(self) -> Shape:
        found: Shape = {"id": "account", "now": self._now.isoformat(), "request": {}, "buckets": []}
        listed = self._asked("The distributions", ("X1", "X6", "X7", "X14", "X16", "X17"),
                             self._cloudfront.distributions)  # fmt: skip
        if listed is not None:
            found["distributions"] = listed
        domains = [str(o["DomainName"]) for d in listed or [] for o in _origins(d)]
        names = sorted({endpoint_of(domain).bucket for domain in domains} - {""})
        regions = sorted({m["region"] for d in domains if (m := _LAMBDA_URL.search(d))})
        found["account_id"] = next((str(d["ARN"]).split(":")[4] for d in listed or []), "")
        with ThreadPoolExecutor(self._workers) as pool:
            buckets = [pool.submit(self._bucket, name) for name in names]
            rest = pool.submit(self._beside_buckets, regions)
            found["buckets"] = [future.result() for future in buckets]
            found.update(rest.result())
        self._account_block(found)
        found["unread"] = sorted(self._unread, key=lambda note: str(note["what"]))
        return found

    def refused(self) -> tuple[NotChecked, ...]:
        """The rules that could not judge, each with what is missing."""
        return tuple(
            unchecked(rule, f"{note['what']}: {note['because']} {note['permission']}".strip())
            for note in self._unread
            for rule in self._needed_by.get(str(note["what"]), ())
        )

    def _asked(self, what: str, rules: tuple[str, ...], read: Callable[[], Any]) -> Any:
        self._needed_by[what] = rules
        return self._try(what, read)

    def _beside_buckets(self, regions: list[str]) -> Shape:
        """Identities and function URLs."""
        iam = self._identities
        reads: list[tuple[str, str, tuple[str, ...], Callable[[], Any]]] = [
            ("iam_policies", "The policies of identities", ("X5",), iam.policies),
            ("access_keys", "The access keys", ("X5",), iam.access_keys),
        ]
        found: Shape = {}
        for field, what, rules, read in reads:
            answer = self._asked(what, rules, read)
            if answer is not None:
                found[field] = answer
        urls = [self._function_urls(region) for region in regions]
        if any(answer is not None for answer in urls):
            found["lambda_urls"] = [url for answer in urls for url in answer or []]
        return found

    def _account_block(self, found: Shape) -> None:
        """Matters only where a bucket's own policy is public."""
        owner = found["account_id"]
        if not owner or not any(is_public(b.policy) for b in parse_snapshot(found).buckets):
            return
        read = partial(self._account.public_access_block, owner)
        what = "The account's public access block"
        known, block = self._noted(what, read)
        self._needed_by[what] = ("X19",)
        if known:
            found["account_public_access_block"] = block or {}

    def _function_urls(self, region: str) -> list[Shape] | None:
        reader = FunctionUrlReader(self._clients.functions(region))
        answer: list[Shape] | None = self._asked(
            f"The function URLs in {region}", ("X17",), reader.urls
        )
        return answer

    # --- buckets ----------------------------------------------------------------------------

    def _bucket(self, name: str) -> Shape:
        read = self._buckets
        reads: dict[str, Callable[[], Any]] = {
            "Policy": partial(read.policy, name),
            "PublicAccessBlock": partial(read.public_access_block, name),
            "Lifecycle": partial(read.lifecycle, name),
            "Versioning": partial(read.versioning, name),
            "Notifications": partial(read.notifications, name),
        }  # fmt: skip
        bucket: Shape = {"Name": name}
        for field, run in reads.items():
            what = f"{name}: {field}"
            self._needed_by[what] = _SETTINGS[field]
            known, answer = self._noted(what, run)
            if known:
                bucket[field] = answer
        self._needed_by[f"{name}: objects"] = _LISTING
        listed, complete = self._listing(name, [])
        if listed is not None:
            bucket |= {"Objects": listed, "listing_complete": complete}
        if bucket.get("Versioning"):
            self._exchanged(bucket)
        return bucket

    def _exchanged(self, bucket: Shape) -> None:
        """Keys whose content changed get all their versions and the latest one's own headers."""
        name = bucket["Name"]
        rows = self._asked(f"{name}: versions", ("X32",), partial(self._buckets.all_versions, name))
        by_key: dict[str, list[Shape]] = defaultdict(list)
        for row in rows or []:
            if not row["DeleteMarker"]:
                by_key[row["Key"]].append(row)
        changed = [k for k, held in by_key.items() if len({r["ETag"] for r in held}) > 1][:_HEADS]
        kept = [o for o in bucket.get("Objects", []) if o["Key"] not in changed]
        for key in changed:
            head = self._asked(f"{name}/{key}", ("X32",), partial(self._buckets.head, name, key))
            kept += [{**row, "CacheControl": (head or {}).get("CacheControl")}
                     if head and row["IsLatest"] else row for row in by_key[key]]  # fmt: skip
        bucket["Objects"] = kept


def _origins(distribution: Shape) -> list[Shape]:
    return list((distribution["DistributionConfig"].get("Origins") or {}).get("Items") or [])
