"""What a behaviour puts into the cache key and sends to the origin, managed policies included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from core.model.delivery import AccountSnapshot, CacheBehavior, mapping
from core.model.wildcards import matches

ALL = frozenset({"*"})
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of header or parameter names (lower case); ALL means every one."""

    names: frozenset[str] = NOTHING
    excluded: frozenset[str] = NOTHING

    def has(self, name: str) -> bool:
        lowered = name.lower()
        return ("*" in self.names or lowered in self.names) and lowered not in self.excluded

    @property
    def everything(self) -> bool:
        return "*" in self.names

    def __bool__(self) -> bool:
        return bool(self.names)


@dataclass(frozen=True, slots=True)
class CacheKey:
    """The part of a cache policy that decides what is cached, for how long and under which key."""

    query: Selection = Selection()
    headers: Selection = Selection()
    min_ttl: int = 0
    default_ttl: int = 86400
    max_ttl: int = 31536000
    gzip: bool = False
    brotli: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """What reaches the origin. `known` is False where a policy was not read."""

    key: CacheKey
    query: Selection
    headers: Selection
    known: bool = True


CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CORS_S3_ORIGIN = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
SIMPLE_CORS = "60669652-455b-4ae9-85a4-c4c02393f86c"

_YEAR, _DAY = 31536000, 86400
_ORIGIN_CONTROLLED = Selection(
    frozenset({
        "host", "origin", "x-http-method-override", "x-http-method", "x-method-override",
    })
)  # fmt: skip
MANAGED_CACHE: dict[str, CacheKey] = {
    CACHING_OPTIMIZED: CacheKey(
        min_ttl=1, default_ttl=_DAY, max_ttl=_YEAR, gzip=True, brotli=True, name="CachingOptimized"
    ),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": CacheKey(
        min_ttl=1, default_ttl=_DAY, name="CachingOptimizedForUncompressedObjects"
    ),
    CACHING_DISABLED: CacheKey(min_ttl=0, default_ttl=0, max_ttl=0, name="CachingDisabled"),
    "08627262-05a9-4f76-9ded-b50ca2e3a84f": CacheKey(
        query=Selection(frozenset({"aws.manifestfilter", "start", "end", "m"})),
        headers=Selection(frozenset({"origin"})), gzip=True, name="Elemental-MediaPackage",
    ),
    "2e54312d-136d-493c-8eb9-b001f22f67d2": CacheKey(
        query=Selection(ALL), headers=Selection(frozenset({"authorization", "host"})),
        min_ttl=2, default_ttl=2, max_ttl=600, gzip=True, brotli=True, name="Amplify",
    ),
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": CacheKey(
        headers=_ORIGIN_CONTROLLED, default_ttl=0, gzip=True, brotli=True,
        name="UseOriginCacheControlHeaders",
    ),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": CacheKey(
        query=Selection(ALL), headers=_ORIGIN_CONTROLLED, default_ttl=0, gzip=True, brotli=True,
        name="UseOriginCacheControlHeaders-QueryStrings",
    ),
}  # fmt: skip
COUNTRY = "cloudfront-viewer-country"  # CloudFront adds it only where a policy names it
EVERY_ADDED = "cloudfront-*"
_CORS_HEADERS = ("origin", "access-control-request-headers", "access-control-request-method")
MANAGED_REQUEST: dict[str, tuple[Selection, Selection]] = {  # (headers, query strings)
    ALL_VIEWER: (Selection(ALL), Selection(ALL)),
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": (
        Selection(ALL | {COUNTRY, EVERY_ADDED}),
        Selection(ALL),
    ),
    ALL_VIEWER_EXCEPT_HOST: (Selection(ALL, frozenset({"host"})), Selection(ALL)),
    CORS_S3_ORIGIN: (Selection(frozenset(_CORS_HEADERS)), Selection()),
    "59781a5b-3903-41f3-afcb-af62929ccde1": (Selection(frozenset({"origin"})), Selection()),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": (
        Selection(frozenset({"user-agent", "referer"})),
        Selection(),
    ),
    "775133bc-15f2-49f9-abea-afb2e0bf67d2": (
        Selection(frozenset({COUNTRY, *_CORS_HEADERS})),
        Selection(ALL),
    ),
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": (Selection(frozenset({"host"})), Selection()),
}
MANAGED_CORS_RESPONSE = frozenset(
    {
        SIMPLE_CORS, "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        "e61eb60c-9c35-4d20-a928-2b84e02af89c", "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
    }
)  # fmt: skip

MANAGED_PLAIN_RESPONSE = frozenset(
    {"67f7725c-6f97-4210-82d7-5512b31e9d03"}
)  # SecurityHeadersPolicy


def forwarding(snapshot: AccountSnapshot, behavior: CacheBehavior) -> Forwarding:
    """Cache key and origin request of one behaviour."""
    if behavior.forwarded_values is not None or not behavior.cache_policy_id:
        return _legacy(behavior)
    key = _cache_key(snapshot, behavior.cache_policy_id)
    known = key is not None
    key = key or CacheKey()
    headers, query = key.headers, key.query
    if behavior.origin_request_policy_id:
        sent = _origin_request(snapshot, behavior.origin_request_policy_id)
        known = known and sent is not None
        if sent:
            headers, query = _union(headers, sent[0]), _union(query, sent[1])
    return Forwarding(key, query, headers, known)


def _legacy(behavior: CacheBehavior) -> Forwarding:
    values = behavior.forwarded_values
    headers = Selection(frozenset(h.lower() for h in values.headers)) if values else Selection()
    query = Selection()
    if values and values.query_string:
        named = frozenset(k.lower() for k in values.query_string_cache_keys)
        query = Selection(named or ALL)
    key = CacheKey(
        query=query, headers=headers,
        min_ttl=behavior.min_ttl or 0,
        default_ttl=_DAY if behavior.default_ttl is None else behavior.default_ttl,
        max_ttl=_YEAR if behavior.max_ttl is None else behavior.max_ttl,
        gzip=True, brotli=False, name="of the behaviour (legacy)",
    )  # fmt: skip
    everything = Selection(ALL) if query else Selection()
    return Forwarding(key, everything, headers)


def _union(one: Selection, other: Selection) -> Selection:
    excluded = (one.excluded | other.excluded) - one.names - other.names
    return Selection(one.names | other.names, excluded)


_WRAPPERS = ("CachePolicy", "OriginRequestPolicy", "ResponseHeadersPolicy")


def _find(policies: tuple[dict[str, Any], ...], policy_id: str, config: str) -> dict[str, Any]:
    for policy in policies:
        wrapped = (policy.get(name) for name in _WRAPPERS)
        inner = next((one for one in wrapped if isinstance(one, dict)), policy)
        if inner.get("Id") == policy_id:
            return mapping(inner.get(config)) or inner
    return {}


def _cache_key(snapshot: AccountSnapshot, policy_id: str) -> CacheKey | None:
    if policy_id in MANAGED_CACHE:
        return MANAGED_CACHE[policy_id]
    config = _find(snapshot.cache_policies, policy_id, "CachePolicyConfig")
    if not config:
        return None
    inner = mapping(config.get("ParametersInCacheKeyAndForwardedToOrigin")) or config
    return CacheKey(
        query=_selected(inner, "QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
        headers=_selected(inner, "HeadersConfig", "HeaderBehavior", "Headers"),
        min_ttl=_number(config.get("MinTTL"), 0),
        default_ttl=_number(config.get("DefaultTTL"), _DAY),
        max_ttl=_number(config.get("MaxTTL"), _YEAR),
        gzip=bool(inner.get("EnableAcceptEncodingGzip")),
        brotli=bool(inner.get("EnableAcceptEncodingBrotli")),
        name=str(config.get("Name") or policy_id),
    )


def _number(value: Any, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) and abs(value) < 1e12 else otherwise


def _origin_request(
    snapshot: AccountSnapshot, policy_id: str
) -> tuple[Selection, Selection] | None:
    if policy_id in MANAGED_REQUEST:
        return MANAGED_REQUEST[policy_id]
    config = _find(snapshot.origin_request_policies, policy_id, "OriginRequestPolicyConfig")
    if not config:
        return None
    headers = _selected(config, "HeadersConfig", "HeaderBehavior", "Headers")
    query = _selected(config, "QueryStringsConfig", "QueryStringBehavior", "QueryStrings")
    return headers, query


def _selected(policy: dict[str, Any], part: str, behavior: str, listed: str) -> Selection:
    """none, whitelist, allExcept, all, allViewer, allViewerAndWhitelistCloudFront.

    Policies that people write down leave out the object around the two fields.
    """
    config = policy.get(part, policy)
    if not isinstance(config, dict):
        return Selection()
    kind = str(config.get(behavior) or "none")
    names = config.get(listed)
    if isinstance(names, dict):
        names = names.get("Items")
    given = names if isinstance(names, list | tuple) else ()
    lowered = frozenset(str(name).lower() for name in given)
    if kind == "none":
        return Selection()
    if kind == "whitelist":
        return Selection(lowered)
    if kind == "allViewerAndWhitelistCloudFront":
        return Selection(ALL | lowered)
    return Selection(ALL, lowered if kind == "allExcept" else NOTHING)


CorsAnswer = Literal["yes", "no", "refuses", "unknown"]


def answers_cors(snapshot: AccountSnapshot, behavior: CacheBehavior, origin: str) -> CorsAnswer:
    """Whether a response headers policy adds the CORS headers for this origin by itself.

    "refuses": it takes the place of what the origin says, and knows other origins only.
    """
    policy_id = behavior.response_headers_policy_id
    if not policy_id or policy_id in MANAGED_PLAIN_RESPONSE:
        return "no"
    if policy_id in MANAGED_CORS_RESPONSE:
        return "yes"
    config = _find(snapshot.response_headers_policies, policy_id, "ResponseHeadersPolicyConfig")
    if not config:
        return "unknown"
    cors = mapping(config.get("CorsConfig"))
    return _own_cors(cors, origin) if cors else "no"


def _own_cors(cors: dict[str, Any], origin: str) -> CorsAnswer:
    """A name may stand with its scheme or without it."""
    named, bare = cors_origins(cors), origin.partition("://")[2]
    if not named:
        return "unknown"
    if any(matches(name, origin) or matches(name, bare) for name in named):
        return "yes"
    return "refuses" if str(cors.get("OriginOverride", True)).lower() == "true" else "no"


def cors_origins(cors: dict[str, Any]) -> list[str]:
    """The origins of a response headers policy."""
    named = cors.get("AccessControlAllowOrigins")
    listed = named.get("Items") if isinstance(named, dict) else named
    return [str(name) for name in listed] if isinstance(listed, list | tuple) else []


def response_cors(snapshot: AccountSnapshot, policy_id: str) -> dict[str, Any]:
    """The CORS part of a response headers policy, empty where there is none."""
    config = _find(snapshot.response_headers_policies, policy_id, "ResponseHeadersPolicyConfig")
    return mapping(config.get("CorsConfig"))
