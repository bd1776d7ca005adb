"""Ways that many URLs share: one scheme, host and cache behaviour that leads to one listed bucket.

Nothing on such a way looks at the URL except for its behaviour, its key and the names of its query
parameters. So what the engine finds for one URL holds for the others of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from core.diagnostics.access import object_arn
from core.diagnostics.edge.signed import needs_signature
from core.diagnostics.journey import Journey
from core.diagnostics.origins import endpoint_of, is_s3
from core.diagnostics.routing import match_host, pattern_matches
from core.diagnostics.urls import key_of
from core.model.delivery import AccountSnapshot, Bucket, CacheBehavior, Distribution
from core.model.wildcards import has_wildcard, literal_prefix, matches

if TYPE_CHECKING:
    from core.diagnostics.listing_index import CompactIndex

# Query parameters that mean something to CloudFront or S3.
_SPECIAL = frozenset(
    {"versionid", "expires", "policy", "signature", "key-pair-id", "hash-algorithm",
     "awsaccesskeyid"}
)  # fmt: skip
_KEPT_QUERIES = 4096  # texts of queries whose names are remembered

Kind = tuple[object, ...]
Test = Callable[[str], bool]


class Line(NamedTuple):
    """What an audit says of one URL."""

    status: int | None
    cause: str
    bucket: str | None
    key: str | None
    candidate: str | None
    confidence: str


@dataclass(slots=True)
class Lane:
    """One behaviour of one site. `present` and `absent` keep what the engine found per kind."""

    bucket: Bucket
    index: CompactIndex
    lead: str  # what the origin path puts in front of a key
    origin_path: str
    telling: tuple[Test, ...]  # resource patterns that hold for some keys of the bucket only
    present: dict[Kind, Line | None] = field(default_factory=dict)
    absent: dict[Kind, Journey | None] = field(default_factory=dict)

    def reach(self, key: str) -> tuple[bool, ...]:
        """Which statements of the bucket's policy name this key."""
        return tuple([test(key) for test in self.telling]) if self.telling else ()


LaneOf = Callable[[CacheBehavior], Lane | None]


class Site:
    """One scheme and host: its behaviours in order, each a lane where it can be one."""

    def __init__(self, distribution: Distribution, lane_of: LaneOf) -> None:
        config = distribution.config
        self._patterns = [(_path_test(b.path_pattern), lane_of(b)) for b in config.cache_behaviors]
        self._default = lane_of(config.default_cache_behavior)

    def lane(self, match_path: str) -> Lane | None:
        for test, lane in self._patterns:
            if test(match_path):
                return lane
        return self._default


class Lanes:
    """Every site of a snapshot, made when it is first asked for."""

    def __init__(
        self, snapshot: AccountSnapshot, index_of: Callable[[Bucket], CompactIndex | None]
    ) -> None:
        self._snapshot, self._index_of = snapshot, index_of
        self._open = _is_uniform(snapshot)
        self._sites: dict[str, Site | None] = {}
        self._queries: dict[str, tuple[str, ...] | None] = {}

    def site(self, front: str) -> Site | None:
        """`front` is what stands before the path: `https://host`."""
        if front not in self._sites:
            self._sites[front] = self._make(front.partition("://")[2])
        return self._sites[front]

    def _make(self, host: str) -> Site | None:
        if not self._open or is_s3(host):
            return None
        owner = match_host(self._snapshot, host).owner
        if owner is None or owner.config.web_acl_id:
            return None  # a firewall may look at anything
        return Site(owner, lambda behavior: self._lane(owner, behavior))

    def _lane(self, owner: Distribution, behavior: CacheBehavior) -> Lane | None:
        coded = behavior.function_associations or behavior.lambda_function_associations
        if coded or needs_signature(behavior) or owner.config.group(behavior.target_origin_id):
            return None
        origin = owner.config.origin(behavior.target_origin_id)
        endpoint = endpoint_of(origin.domain_name) if origin else None
        if origin is None or endpoint is None or endpoint.kind != "rest":
            return None
        bucket = self._snapshot.bucket(endpoint.bucket)
        index = self._index_of(bucket) if bucket is not None else None
        if bucket is None or index is None:
            return None
        path = origin.origin_path
        return Lane(bucket, index, key_of(path + "/"), path, telling(bucket))

    def query_names(self, query: str) -> tuple[str, ...] | None:
        """The names of a query's parameters; None where one of them means something."""
        if query not in self._queries:
            if len(self._queries) > _KEPT_QUERIES:
                self._queries.clear()
            names = tuple(part.partition("=")[0] for part in query.split("&"))
            special = any(n.lower() in _SPECIAL or n.lower().startswith("x-amz") for n in names)
            self._queries[query] = None if special else names
        return self._queries[query]


def _is_uniform(snapshot: AccountSnapshot) -> bool:
    """Whether nothing that was saved is about single paths."""
    single = snapshot.edge_cache or snapshot.db_record or snapshot.probe
    return not single and snapshot.request.method.upper() in {"GET", "HEAD"}


def _path_test(pattern: str) -> Test:
    """`pattern_matches` for one pattern; the usual form, `/folder/*`, costs next to nothing."""
    lead = pattern[:-1]
    if pattern.startswith("/") and pattern.endswith("*") and not has_wildcard(lead):
        return lambda path: path.startswith(lead)
    return lambda path: pattern_matches(pattern, path)


def telling(bucket: Bucket) -> tuple[Test, ...]:
    """One test for each resource of the bucket's policy that is some of its keys only."""
    statements = bucket.policy.statement if bucket.policy else ()
    named = {p for s in statements for p in (*s.resource, *s.not_resource) if "${" not in p}
    base = object_arn(bucket, "")
    return tuple(_key_test(p, base) for p in sorted(named) if not _same_for_all(p, base))


def _key_test(pattern: str, base: str) -> Test:
    lead = pattern[:-1]
    if pattern.endswith("*") and not has_wildcard(lead) and lead.startswith(base):
        below = lead[len(base) :]
        return lambda key: key.startswith(below)
    return lambda key: matches(pattern, base + key)


def _same_for_all(pattern: str, base: str) -> bool:
    """Whether a resource pattern holds for every key of the bucket, or for none."""
    lead = literal_prefix(pattern)
    if not has_wildcard(pattern):
        return not pattern.startswith(base)
    if not (base.startswith(lead) or lead.startswith(base)):
        return True
    return pattern == lead + "*" and base.startswith(lead)
