"""Where a logged path leads: its behaviour, bucket and key, and how long edges keep the answer.

Source: CloudFront Developer Guide, "Manage how long content stays in the cache (expiration)".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from core.diagnostics.edge.policies import forwarding
from core.diagnostics.origins import endpoint_of
from core.diagnostics.routing import pick_behavior
from core.model.caching import told_seconds
from core.model.delivery import AccountSnapshot, CacheBehavior, Distribution, Origin
from core.model.wildcards import literal_prefix

_BEFORE_ORIGIN = ("viewer-request", "origin-request")


@dataclass(frozen=True)
class Target:
    bucket: str
    key: str


@dataclass(frozen=True)
class EdgeMap:
    """`snapshot` holds one distribution, and the cache policies that its behaviours name."""

    snapshot: AccountSnapshot

    @property
    def distribution(self) -> Distribution:
        return self.snapshot.distributions[0]

    def target(self, logged: str) -> Target | None:
        """None where a function may rewrite the path, or where the origin is no bucket."""
        path = _path(logged)
        behavior = pick_behavior(self.distribution.config, path)
        if _rewrites(behavior):
            return None
        name = path.removeprefix("/") or self.distribution.config.default_root_object
        place = self._places.get(behavior.target_origin_id)
        if place is None or not name:
            return None
        folder = place.key
        return Target(place.bucket, f"{folder}/{name}" if folder else name)

    @cached_property
    def _places(self) -> dict[str, Target]:
        """Bucket and folder of each origin or group that is one: found once, asked for often."""
        config = self.distribution.config
        found = {}
        for behavior in (*config.cache_behaviors, config.default_cache_behavior):
            origin = self._bucket_origin(behavior)
            if origin is not None:
                bucket = endpoint_of(origin.domain_name).bucket
                found[behavior.target_origin_id] = Target(bucket, origin.origin_path.strip("/"))
        return found

    def keys(self, logged: Iterable[str]) -> dict[str, frozenset[str]]:
        """The keys that these paths lead to, by bucket."""
        found: dict[str, set[str]] = {}
        for path in logged:
            target = self.target(path)
            if target is not None:
                found.setdefault(target.bucket, set()).add(target.key)
        return {bucket: frozenset(keys) for bucket, keys in found.items()}

    def bucket_below(self, folder: str) -> str | None:
        """The bucket of everything below a logged folder; None where that is not one bucket."""
        place = _path(folder)
        found = {self._bucket(behavior) for behavior in self._possible(place)}
        return found.pop() if len(found) == 1 else None

    def seconds(self, logged: str, cache_control: str | None) -> int | None:
        """How long an edge keeps an answer with this header; None where that is not known."""
        behavior = pick_behavior(self.distribution.config, _path(logged))
        plain = behavior.model_copy(update={"origin_request_policy_id": ""})
        rules = forwarding(self.snapshot, plain)
        if cache_control is None or not rules.known:
            return None
        told = told_seconds(cache_control)
        wanted = rules.key.default_ttl if told is None else told
        return min(max(wanted, rules.key.min_ttl), rules.key.max_ttl)

    def rewrites_media(self) -> bool:
        """Whether some path may lead to another key than the one it names."""
        return any(map(_rewrites, self._behaviors()))

    def _behaviors(self) -> tuple[CacheBehavior, ...]:
        config = self.distribution.config
        return (*config.cache_behaviors, config.default_cache_behavior)

    def _possible(self, folder: str) -> Iterator[CacheBehavior]:
        """Every behaviour that something below the folder may meet."""
        for behavior in self._behaviors():
            pattern = behavior.path_pattern
            start = pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
            start = literal_prefix(start)
            if start.startswith(folder) or folder.startswith(start):
                yield behavior
            if pattern.endswith("*") and pattern.count("*") == 1 and folder.startswith(start):
                return  # it takes all that is below the folder
        # The default behaviour has no pattern, so it is always among them.

    def _bucket(self, behavior: CacheBehavior) -> str | None:
        if _rewrites(behavior):  # to another origin, perhaps
            return None
        place = self._places.get(behavior.target_origin_id)
        return place.bucket if place is not None else None

    def _bucket_origin(self, behavior: CacheBehavior) -> Origin | None:
        """Of a group, the first: the others are asked only when it fails."""
        config = self.distribution.config
        group = config.group(behavior.target_origin_id)
        names = group.member_ids[:1] if group else (behavior.target_origin_id,)
        found = next(filter(None, map(config.origin, names)), None)
        return found if found is not None and endpoint_of(found.domain_name).bucket else None


def _path(logged: str) -> str:
    """CloudFront encodes what it logs once more than the viewer did."""
    return unquote(unquote(logged))


def _rewrites(behavior: CacheBehavior) -> bool:
    events = [one.event_type for one in behavior.function_associations]
    events += [one.event_type for one in behavior.lambda_function_associations]
    return any(event in _BEFORE_ORIGIN for event in events)
