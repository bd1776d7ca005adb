"""Settings of the account that costs lean on, read from AWS and kept for a while.

What could not be read is unknown for as long, so that a refusal is not asked for on every page.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, TypeVar

from core.aws.buckets import ObjectMover
from core.aws.cloudfront import CloudFrontReader
from core.aws.s3_config import BucketReader
from core.dashboard.cloud import CloudParts
from core.dashboard.outage import Outage
from core.errors import DashboardError
from core.measures.account import Account
from core.measures.edge_map import EdgeMap
from core.model.delivery import AccountSnapshot
from core.model.waste import BucketRules

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_KEPT = timedelta(minutes=10)
_MOST = 2000
_PAGE_SECONDS = 5  # an answer that a page waits for


class Kept(Generic[K, V]):
    """Answers that hold for a while."""

    def __init__(self, ask: Callable[[K], V], clock: Callable[[], datetime]) -> None:
        self._ask, self._clock, self._lock = ask, clock, Lock()
        self._known: dict[K, tuple[datetime, V]] = {}

    def __call__(self, key: K) -> V:
        now = self._clock()
        with self._lock:
            found = self._known.get(key)
        if found is not None and timedelta() <= now - found[0] < _KEPT:
            return found[1]
        answer = self._ask(key)
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = now, answer
        return answer


class AccountFacts:
    def __init__(self, cloud: CloudParts, region: str, clock: Callable[[], datetime]) -> None:
        self._cloud, self._region, self._clock = cloud, region, clock
        clients = cloud.clients.hurried(_PAGE_SECONDS)
        self._s3, self._outage = clients.s3, Outage(clock)
        self._buckets = BucketReader(clients.s3)
        self._edges = CloudFrontReader(clients.cloudfront)
        self._region_of = Kept(self._bucket_region, clock)
        self._edge_of = Kept(self._edge, clock)
        self._headers_of = Kept(self._headers, clock)

    def account(self, buckets: Sequence[str]) -> Account:
        edge, problem = self._edge_of(self._cloud.distribution_id)
        media = self._cloud.bucket.name
        return Account(
            region=self._region,
            media_bucket=media,
            regions={one: self._region_of(one) for one in dict.fromkeys((*buckets, media))},
            edge=edge,
            edge_problem=problem,
        )

    def headers(self, bucket: str, key: str) -> Mapping[str, Any] | None:
        """Headers, class and encryption of an object by the API's names; None where not known."""
        return self._headers_of((bucket, key))

    def lifecycle(self, bucket: str, region: str) -> BucketRules:
        """Rules that can't be read are unknown, not none."""
        try:
            found = self._outage.ask(lambda: self._buckets.lifecycle(bucket))
        except DashboardError:
            return BucketRules(bucket=bucket, region=region)
        return BucketRules(bucket=bucket, region=region, rules=tuple(found or ()))

    def _bucket_region(self, bucket: str) -> str | None:
        try:
            return self._outage.ask(lambda: self._buckets.region(bucket))
        except DashboardError:
            return None

    def _headers(self, place: tuple[str, str]) -> Mapping[str, Any] | None:
        bucket, key = place
        try:
            found = self._outage.ask(lambda: ObjectMover(self._s3, bucket).find(key))
        except DashboardError:
            return None
        return {**found.headers, **found.stored_as} if found is not None else None

    def _edge(self, distribution_id: str) -> tuple[EdgeMap | None, str]:
        if not distribution_id:
            return None, "no distribution is set"
        try:
            shape = self._outage.ask(lambda: self._edges.distribution(distribution_id))
        except DashboardError as error:
            return None, error.message
        config = shape["DistributionConfig"]
        behaviors = [config["DefaultCacheBehavior"]]
        behaviors += (config.get("CacheBehaviors") or {}).get("Items") or []
        ids = dict.fromkeys(str(one.get("CachePolicyId") or "") for one in behaviors)
        snapshot = AccountSnapshot.model_validate({
            "now": self._clock(), "request": {}, "distributions": [shape],
            "cache_policies": [one for name in ids if name and (one := self._policy(name))],
        })  # fmt: skip
        return EdgeMap(snapshot), ""

    def _policy(self, policy_id: str) -> dict[str, Any]:
        """Empty where it can't be read: its limits are unknown then."""
        try:
            return dict(self._outage.ask(lambda: self._edges.cache_policy(policy_id)))
        except DashboardError:
            return {}
