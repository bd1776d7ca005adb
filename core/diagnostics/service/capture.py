"""Fills a snapshot from an account: in parallel, and only what one URL needs.

A read that is refused is no failure: it is written down with the permission that would settle it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

from core.aws.account import AccountReader
from core.aws.clients import AwsClients
from core.aws.cloudfront import CloudFrontReader
from core.aws.s3_config import BucketReader
from core.diagnostics.candidates import originals_folder
from core.diagnostics.edge.policies import (
    MANAGED_CACHE,
    MANAGED_CORS_RESPONSE,
    MANAGED_REQUEST,
)
from core.diagnostics.engine import parse_snapshot
from core.diagnostics.origins import endpoint_of, is_s3
from core.diagnostics.structure import shapes
from core.diagnostics.trace import travel
from core.diagnostics.urls import parse_url
from core.errors import DashboardError

Shape = dict[str, Any]
LISTED = 1000  # keys per listing
SEARCHED = 40  # distributions whose objects are looked through where no URL names one
FOLDERS = 6  # listings of neighbouring folders where a bucket has more keys than that
_FUNCTIONS = 8


class Capture:
    """One capture; make a new one per URL."""

    def __init__(self, clients: AwsClients, now: datetime, workers: int = 12) -> None:
        self._cloudfront = CloudFrontReader(clients.cloudfront)
        self._buckets = BucketReader(clients.s3)
        self._account = AccountReader(clients)
        self._now, self._workers = now, workers
        self._lock = threading.Lock()
        self._unread: list[Shape] = []

    def snapshot(self, url: str, method: str = "GET") -> Shape:
        """The snapshot for this URL; `unread` lists what could not be read."""
        found: Shape = {
            "id": "captured", "account_id": "", "now": self._now.isoformat(),
            "request": {"Method": method, "Url": url, "Headers": {}, "Viewer": {}},
            "origin_access_controls": [], "functions": [], "cache_policies": [], "public_keys": [],
            "key_groups": [], "origin_request_policies": [], "response_headers_policies": [],
            "kms_keys": [], "web_acls": [], "invalidations": [], "edge_cache": [], "buckets": [],
        }  # fmt: skip
        listed = self._try("The distributions", self._cloudfront.distributions)
        if listed is not None:
            found["distributions"] = listed
        owner = self._owner(found, parse_url(url).host)
        with ThreadPoolExecutor(self._workers) as pool:
            self._read_owner(found, owner, pool)
            self._read_buckets(found, owner, pool)
        if not owner and not found["buckets"] and not is_s3(parse_url(url).host):
            del found["buckets"]  # nothing led to a bucket: none was read
        found["unread"] = sorted(self._unread, key=lambda u: str(u["what"]))
        return found

    def _try(self, what: str, read: Callable[[], Any]) -> Any:
        """The answer, or None with a note that says which permission is missing."""
        try:
            return read()
        except DashboardError as error:
            note = {"what": what, "because": error.message, "permission": error.hint}
            with self._lock:
                self._unread.append(note)
            return None

    # --- the distribution and what it names -------------------------------------------------

    def _owner(self, found: Shape, host: str) -> Shape | None:
        """The full answer for the distribution of this host takes its summary's place."""
        for place, summary in enumerate(found.get("distributions") or []):
            aliases = (summary["DistributionConfig"].get("Aliases") or {}).get("Items") or []
            if host in {summary["DomainName"].lower(), *(a.lower() for a in aliases)} or any(
                a.startswith("*.") and host.partition(".")[2] == a[2:].lower() for a in aliases
            ):
                name = f"The distribution {summary['Id']}"
                full = self._try(name, partial(self._cloudfront.distribution, summary["Id"]))
                found["account_id"] = summary["ARN"].split(":")[4]
                if full is not None:
                    found["distributions"][place] = full
                return dict(full or summary)
        return None

    def _read_owner(self, found: Shape, owner: Shape | None, pool: ThreadPoolExecutor) -> None:
        if owner is None:
            return
        config = owner["DistributionConfig"]
        behaviors = [config["DefaultCacheBehavior"], *_items(config.get("CacheBehaviors"))]
        read = self._cloudfront
        reads = _origin_reads(read, _items(config.get("Origins")))
        reads += _policy_reads(read, behaviors) + _key_reads(read, behaviors)
        if config.get("WebACLId"):
            reads.append(("web_acls", "The web ACL",
                          lambda: self._account.web_acl(config["WebACLId"])))  # fmt: skip
        futures = [(key, pool.submit(self._try, what, run)) for key, what, run in _once(reads)]
        functions = pool.submit(self._functions, behaviors)
        invalidations = pool.submit(
            self._try, "The invalidations", lambda: read.invalidations(owner["Id"])
        )
        for key, future in futures:
            answer = future.result()
            if answer is not None:
                found.setdefault(key, []).append(answer)
        found["functions"] = functions.result()
        found["invalidations"] = invalidations.result() or []
        self._public_keys(found, pool)

    def _functions(self, behaviors: list[Shape]) -> list[Shape]:
        """The functions that are attached; where none is, those that could be."""
        attached = [
            str(a["FunctionARN"]).rsplit("/", 1)[-1]
            for b in behaviors
            for a in _items(b.get("FunctionAssociations"))
        ]
        names = attached or self._try("The functions", self._cloudfront.function_names) or []
        found = [
            self._try(f"The function {name}", partial(self._cloudfront.function, name))
            for name in sorted(set(names))[:_FUNCTIONS]
        ]
        return [one for one in found if one is not None]

    def _public_keys(self, found: Shape, pool: ThreadPoolExecutor) -> None:
        wanted = sorted({key for group in found["key_groups"] for key in group["Items"]})
        futures = [
            pool.submit(self._try, f"The public key {k}", partial(self._cloudfront.public_key, k))
            for k in wanted
        ]
        found["public_keys"] = [key for f in futures if (key := f.result()) is not None]

    # --- buckets and objects ----------------------------------------------------------------

    def _read_buckets(self, found: Shape, owner: Shape | None, pool: ThreadPoolExecutor) -> None:
        """The bucket that is asked in full; the distribution's other buckets by their listing."""
        first = travel(parse_snapshot({**found, "buckets": []}))
        visit = first.visit
        asked = visit.bucket_name if visit else ""
        searched = [owner] if owner else []
        if first.stopped("url-empty") or first.stopped("url-not-http"):
            searched = (found.get("distributions") or [])[:SEARCHED]
        names = {
            endpoint_of(origin["DomainName"]).bucket
            for one in searched
            for origin in _items(one["DistributionConfig"].get("Origins"))
        }
        page = first.error_page.bucket_name if first.error_page else ""
        others = sorted((names | {page}) - {"", asked})
        key = (visit.key if visit else None) or ""
        folders = sorted({s.key.rpartition("/")[0] + "/" for s in shapes(first)})[:FOLDERS]
        folders += [folder for folder in [originals_folder(key)] if folder]
        lists = [pool.submit(self._other_bucket, name, folders) for name in others]
        if asked:
            found["buckets"].append(self._asked_bucket(asked, key, folders, pool))
        found["buckets"] += [one for f in lists if (one := f.result()) is not None]
        found["buckets"] = [one for one in found["buckets"] if one is not None]
        self._keys_of(found, asked)
        self._block_of_account(found, first)

    def _asked_bucket(
        self, name: str, key: str, folders: list[str], pool: ThreadPoolExecutor
    ) -> Shape | None:
        held = pool.submit(self._objects, name, key, folders)
        bucket: Shape = {"Name": name, "OwnerAccountId": ""} | self._settings(name, pool)
        bucket.update(held.result())
        return bucket

    def _settings(self, name: str, pool: ThreadPoolExecutor) -> Shape:
        """What the bucket is set to, as far as it may be read."""
        read = self._buckets
        parts: dict[str, Callable[[], Any]] = {
            "Region": lambda: read.region(name), "Policy": lambda: read.policy(name),
            "PublicAccessBlock": lambda: read.public_access_block(name),
            "ObjectOwnership": lambda: read.ownership(name),
            "Versioning": lambda: read.versioning(name), "Website": lambda: read.website(name),
            "RequestPayer": lambda: read.request_payer(name), "Cors": lambda: read.cors(name),
            "Lifecycle": lambda: read.lifecycle(name),
        }  # fmt: skip
        futures = {field: pool.submit(self._noted, f"{name}: {field}", run)
                   for field, run in parts.items()}  # fmt: skip
        found = {field: future.result() for field, future in futures.items()}
        return {field: answer for field, (read_ok, answer) in found.items() if read_ok}

    def _noted(self, what: str, read: Callable[[], Any]) -> tuple[bool, Any]:
        """(True, None) means "not configured"; (False, None) means "not read"."""
        before = len(self._unread)
        answer = self._try(what, read)
        refused = answer is None and any(u["what"] == what for u in self._unread[before:])
        return not refused, answer

    def _objects(self, name: str, key: str, folders: list[str]) -> Shape:
        """The object itself, and the listing in which its likes are looked for."""
        read = self._buckets
        shape: Shape = {}
        listed, complete = self._listing(name, folders)
        if listed is not None:
            shape = {"Objects": listed, "listing_complete": complete}
        if not key:
            return shape
        known, item = self._noted(f"{name}/{key}", lambda: read.head(name, key))
        if item is not None:
            kept = [o for o in listed or [] if o["Key"] != key]
            return {"Objects": [*kept, item], "listing_complete": complete}
        if known:
            shape["missing_keys"] = [key]
            versions = self._try(f"{name}: versions", lambda: read.versions(name, key)) or []
            shape["Objects"] = [*shape.get("Objects", []), *versions]
            shape["MultipartUploads"] = (
                self._try(f"{name}: uploads", lambda: read.uploads(name, key)) or []
            )
        return shape

    def _listing(self, name: str, folders: list[str]) -> tuple[list[Shape] | None, bool]:
        """The whole bucket where it fits one listing, else the folders that matter."""
        answer = self._try(f"{name}: objects", lambda: self._buckets.keys(name, limit=LISTED))
        if answer is None:
            return None, False
        listed, complete = answer
        if complete:
            return listed, True
        for folder in folders:
            more = self._try(
                f"{name}/{folder}", partial(self._buckets.keys, name, folder, limit=LISTED)
            )
            listed += more[0] if more else []
        return list({o["Key"]: o for o in listed}.values()), False

    def _other_bucket(self, name: str, folders: list[str]) -> Shape | None:
        listed, complete = self._listing(name, folders)
        if listed is None:
            return None
        policy_read, policy = self._noted(f"{name}: Policy", lambda: self._buckets.policy(name))
        bucket: Shape = {"Name": name, "Objects": listed, "listing_complete": complete}
        return {**bucket, "Policy": policy} if policy_read else bucket

    def _keys_of(self, found: Shape, asked: str) -> None:
        """KMS keys of the object that was asked for."""
        for bucket in found["buckets"]:
            for item in bucket.get("Objects", []) if bucket["Name"] == asked else []:
                key_id = item.get("SSEKMSKeyId")
                if key_id:
                    key = self._try("The KMS key", partial(self._account.kms_key, key_id))
                    found["kms_keys"] += [key] if key else []

    def _block_of_account(self, found: Shape, first: Any) -> None:
        """Matters only where somebody reads without an origin access control."""
        visit = first.visit
        if visit is None or visit.signing == "oac" or not found["account_id"]:
            return
        read, block = self._noted(
            "The account's public access block",
            lambda: self._account.public_access_block(found["account_id"]),
        )
        if read:
            found["account_public_access_block"] = block or {}


def _items(value: Any) -> list[Any]:
    return list((value or {}).get("Items") or []) if isinstance(value, dict) else list(value or [])


Read = tuple[str, str, Callable[[], Any]]


def _once(reads: list[Read]) -> list[Read]:
    return list({(key, what): (key, what, run) for key, what, run in reads}.values())


def _origin_reads(read: CloudFrontReader, origins: list[Shape]) -> list[Read]:
    """Who CloudFront is for each origin."""
    reads: list[Read] = []
    for origin in origins:
        control = origin.get("OriginAccessControlId")
        if control:
            reads.append(("origin_access_controls", f"The origin access control {control}",
                          partial(read.origin_access_control, control)))  # fmt: skip
        identity = (origin.get("S3OriginConfig") or {}).get("OriginAccessIdentity") or ""
        if identity:
            short = identity.rsplit("/", 1)[-1]
            reads.append(("origin_access_identities", f"The identity {short}",
                          partial(read.origin_access_identity, short)))  # fmt: skip
    return reads


def _policy_reads(read: CloudFrontReader, behaviors: list[Shape]) -> list[Read]:
    """Policies that AWS does not manage."""
    kinds: tuple[tuple[str, str, Any, Callable[[str], Any]], ...] = (
        ("CachePolicyId", "cache_policies", MANAGED_CACHE, read.cache_policy),
        ("OriginRequestPolicyId", "origin_request_policies", MANAGED_REQUEST,
         read.origin_request_policy),
        ("ResponseHeadersPolicyId", "response_headers_policies", MANAGED_CORS_RESPONSE,
         read.response_headers_policy),
    )  # fmt: skip
    return [
        (key, f"The policy {policy}", partial(run, policy))
        for behavior in behaviors
        for field, key, managed, run in kinds
        if (policy := behavior.get(field)) and policy not in managed
    ]


def _key_reads(read: CloudFrontReader, behaviors: list[Shape]) -> list[Read]:
    groups = {g for b in behaviors for g in _items(b.get("TrustedKeyGroups"))}
    return [
        ("key_groups", f"The key group {group}", partial(read.key_group, group))
        for group in sorted(groups)
    ]
