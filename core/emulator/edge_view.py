"""What the edge knows of the distributions: read from the emulator, at most once a second."""

from __future__ import annotations

import threading
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from core.emulator.clients import EmulatorClients
from core.emulator.edge_rules import Behavior, CacheRules, DistributionView, Invalidation
from core.errors import AwsUnavailable

_FRESH_SECONDS = 1.0
_LONG_AGO = float("-inf")

Sight = tuple[DistributionView, tuple[Invalidation, ...]]


class EdgeView:
    """Answers from memory while fresh. An emulator that is down leaves what was last read."""

    def __init__(self, clients: EmulatorClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._distributions: dict[str, DistributionView] = {}
        self._read_at = _LONG_AGO
        self._invalidations: dict[str, tuple[float, tuple[Invalidation, ...]]] = {}
        self._known: dict[str, Invalidation] = {}
        self._policies: dict[str, CacheRules] = {}
        self._public_keys: dict[str, str] = {}

    def remembered(self, label: str) -> Sight | None:
        """What is known without asking the emulator; None if that is too old or nothing."""
        view = self._distributions.get(label)
        if view is None or not _is_fresh(self._read_at):
            return None
        read_at, invalidations = self._invalidations.get(view.id, (_LONG_AGO, ()))
        return (view, invalidations) if _is_fresh(read_at) else None

    def look(self, label: str) -> Sight | None:
        """The distribution and its invalidations; None where there is no such distribution.

        Raises `AwsUnavailable` where the emulator is down and nothing is known yet.
        """
        with self._lock:
            if not _is_fresh(self._read_at):
                self._read_distributions()
            view = self._distributions.get(label)
            return None if view is None else (view, self._current_invalidations(view.id))

    def _current_invalidations(self, distribution_id: str) -> tuple[Invalidation, ...]:
        read_at, found = self._invalidations.get(distribution_id, (_LONG_AGO, ()))
        if not _is_fresh(read_at):
            found = self._read_invalidations(distribution_id, found)
        return found

    def _read_distributions(self) -> None:
        try:
            pages = self._clients.cloudfront.get_paginator("list_distributions").paginate()
            items = [i for page in pages for i in page["DistributionList"].get("Items", [])]
            self._distributions = {i["DomainName"].split(".")[0]: self._view(i) for i in items}
        except (BotoCoreError, ClientError) as error:
            if not self._distributions:
                raise AwsUnavailable(
                    "The embedded cloud does not answer.",
                    hint="It is restarted by itself; try again in a moment.",
                ) from error
        self._read_at = time.monotonic()

    def _read_invalidations(
        self, distribution_id: str, before: tuple[Invalidation, ...]
    ) -> tuple[Invalidation, ...]:
        found = before
        try:
            listed = self._clients.cloudfront.list_invalidations(DistributionId=distribution_id)
            ids = [item["Id"] for item in listed["InvalidationList"].get("Items", [])]
            found = tuple(self._invalidation(distribution_id, id_) for id_ in ids)
        except (BotoCoreError, ClientError):
            pass
        self._invalidations[distribution_id] = (time.monotonic(), found)
        return found

    def _invalidation(self, distribution_id: str, id_: str) -> Invalidation:
        if id_ not in self._known:
            answer = self._clients.cloudfront.get_invalidation(
                DistributionId=distribution_id, Id=id_
            )["Invalidation"]
            paths = tuple(answer["InvalidationBatch"]["Paths"].get("Items", []))
            self._known[id_] = Invalidation(answer["CreateTime"].timestamp(), paths)
        return self._known[id_]

    def _view(self, item: Any) -> DistributionView:
        ordered = [*item.get("CacheBehaviors", {}).get("Items", []), item["DefaultCacheBehavior"]]
        errors = item.get("CustomErrorResponses", {}).get("Items", [])
        groups = {group for behavior in ordered for group in _key_groups(behavior)}
        return DistributionView(
            id=item["Id"],
            enabled=item["Enabled"],
            behaviors=tuple(
                Behavior(
                    pattern=behavior.get("PathPattern", ""),
                    rules=self._rules(behavior),
                    has_function=bool(behavior.get("FunctionAssociations", {}).get("Items")),
                    key_groups=_key_groups(behavior),
                )
                for behavior in ordered
            ),
            error_seconds={e["ErrorCode"]: int(e.get("ErrorCachingMinTTL", 10)) for e in errors},
            keys={group: self._keys(group) for group in groups},
        )

    def _keys(self, group_id: str) -> dict[str, str]:
        """The public keys of a group; none where it is gone, and then nobody is let in."""
        try:
            group = self._clients.cloudfront.get_key_group(Id=group_id)["KeyGroup"]
        except ClientError:
            return {}
        keys = group["KeyGroupConfig"].get("Items", [])
        return {key: self._public_key(key) for key in keys}

    def _public_key(self, id: str) -> str:
        if id not in self._public_keys:  # a key never changes under its id
            answer = self._clients.cloudfront.get_public_key(Id=id)["PublicKey"]
            self._public_keys[id] = answer["PublicKeyConfig"]["EncodedKey"]
        return self._public_keys[id]

    def _rules(self, behavior: Any) -> CacheRules:
        policy_id = behavior.get("CachePolicyId")
        if not policy_id:
            return _legacy_rules(behavior)
        if policy_id not in self._policies:
            self._policies[policy_id] = self._read_policy(policy_id)
        return self._policies[policy_id]

    def _read_policy(self, policy_id: str) -> CacheRules:
        try:
            answer = self._clients.cloudfront.get_cache_policy(Id=policy_id)
        except ClientError:  # one faulty distribution must not take the others down
            return CacheRules()
        return _policy_rules(answer["CachePolicy"]["CachePolicyConfig"])


def _key_groups(behavior: Any) -> tuple[str, ...]:
    groups = behavior.get("TrustedKeyGroups", {})
    return tuple(groups.get("Items", [])) if groups.get("Enabled") else ()


def _is_fresh(read_at: float) -> bool:
    return time.monotonic() - read_at <= _FRESH_SECONDS


def _policy_rules(config: Any) -> CacheRules:
    keyed = config.get("ParametersInCacheKeyAndForwardedToOrigin", {})
    query = keyed.get("QueryStringsConfig", {})
    return CacheRules(
        minimum=int(config["MinTTL"]),
        default=int(config.get("DefaultTTL", 86_400)),
        maximum=int(config.get("MaxTTL", 31_536_000)),
        query=query.get("QueryStringBehavior", "none"),
        query_names=frozenset(query.get("QueryStrings", {}).get("Items", [])),
    )


def _legacy_rules(behavior: Any) -> CacheRules:
    forwarded = behavior.get("ForwardedValues", {})
    return CacheRules(
        minimum=int(behavior.get("MinTTL", 0)),
        default=int(behavior.get("DefaultTTL", 86_400)),
        maximum=int(behavior.get("MaxTTL", 31_536_000)),
        query="all" if forwarded.get("QueryString") else "none",
    )
