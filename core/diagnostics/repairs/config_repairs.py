"""Repairs of a distribution: each one a minimal change that can be re-traced."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.causes.layout import names_a_person
from core.diagnostics.causes.registry import Case, catalogue
from core.diagnostics.edge.policies import CACHING_OPTIMIZED, CORS_S3_ORIGIN
from core.diagnostics.repairs.changes import (
    BACK,
    UPDATE,
    Door,
    edit_behavior,
    edit_config,
    edit_origin,
)
from core.diagnostics.repairs.draft import Builder, Draft, at_door, configure
from core.diagnostics.repairs.drafts import meant
from core.diagnostics.urls import key_of
from core.model.delivery import (
    CustomOriginConfig,
    FunctionAssociation,
    Origin,
    S3OriginConfig,
)
from core.model.diagnosis import FixType


def told(cause: str) -> Builder:
    """A change of configuration that people make elsewhere (DNS, certificate, load balancer)."""

    def build(_: Case) -> Iterator[Draft]:
        yield Draft(FixType.CONFIG_CHANGE, catalogue()[cause].repair, rollback=BACK)

    return build


# --- origin ---------------------------------------------------------------------------------


@at_door
def origin_path(case: Case, door: Door) -> Iterator[Draft]:
    """The origin path under which the object really lies."""
    best, lead = meant(case), key_of(door.origin.origin_path).strip("/")
    wanted = _true_lead(door, best.key, lead) if best is not None else None
    if best is None or wanted is None or names_a_person(wanted):
        return
    text = f"/{wanted}" if wanted else ""
    title = f"Set the origin path to “{text}”" if text else "Clear the origin path"
    held = list(case.indexes.of(door.visit.bucket)) if door.visit.bucket else []
    yield Draft(
        FixType.CONFIG_CHANGE, title, edit_origin(door, origin_path=text),
        first="drop_origin_path" not in best.transform,
        others=sum(key.startswith(lead) for key in held),
    )  # fmt: skip


def _true_lead(door: Door, key: str, lead: str) -> str | None:
    """What would have to stand before the viewer's path; None where nothing leads there."""
    asked = door.visit.key or ""
    path = asked[len(lead) :].lstrip("/")
    return key[: len(key) - len(path)].rstrip("/") if f"/{key}".endswith(f"/{path}") else None


@at_door
def no_trailing_slash(_: Case, door: Door) -> Iterator[Draft]:
    change = edit_origin(door, origin_path=door.origin.origin_path.rstrip("/"))
    yield from configure("Remove the origin path's last slash", change, first=True)


@at_door
def origin_domain(case: Case, door: Door) -> Iterator[Draft]:
    """The regional name of the bucket that has the object."""
    best, name = case.best, door.visit.bucket_name
    if best is not None and best.bucket != name and door.visit.item is None:
        name = best.bucket
    bucket = case.snapshot.bucket(name)
    region = bucket.region if bucket else ""
    domain = f"{name}.s3.{region}.amazonaws.com" if region else ""
    if domain and domain != door.origin.domain_name:
        change = edit_origin(door, domain_name=domain, custom_origin_config=None)
        yield from configure(f"Set the origin to {domain}", change, first=True)
    else:
        yield Draft(FixType.CONFIG_CHANGE, "Point the origin at a bucket that exists",
                    needs=UPDATE, rollback=BACK)  # fmt: skip


@at_door
def point_at_bucket(case: Case, door: Door) -> Iterator[Draft]:
    """Instead of another distribution: the bucket behind it."""
    named = door.origin.domain_name.lower()
    inner = [o for d in case.snapshot.distributions if d.domain_name.lower() == named
             for o in d.config.origins]  # fmt: skip
    if not inner:
        yield Draft(FixType.CONFIG_CHANGE, "Point the origin at the bucket", needs=UPDATE)
        return
    behind = inner[0]
    change = edit_origin(
        door, domain_name=behind.domain_name, custom_origin_config=None,
        origin_access_control_id=behind.origin_access_control_id,
        s3_origin_config=behind.s3_origin_config or S3OriginConfig(),
    )  # fmt: skip
    yield from configure("Point the origin at the bucket itself", change, first=True)


@at_door
def http_to_website(_: Case, door: Door) -> Iterator[Draft]:
    held = door.origin.custom_origin_config or CustomOriginConfig()
    config = held.replace(origin_protocol_policy="http-only")
    change = edit_origin(door, custom_origin_config=config)
    yield from configure("Reach the website endpoint by HTTP only", change, first=True)


# --- behaviours -----------------------------------------------------------------------------


def _origin_of(door: Door, bucket: str) -> Origin | None:
    origins = door.owner.config.origins
    return next((o for o in origins if o.domain_name.startswith(bucket + ".")), None)


@at_door
def behavior_target(case: Case, door: Door) -> Iterator[Draft]:
    """Another target, another order or another pattern; shown is the target."""
    origin = _origin_of(door, case.best.bucket) if case.best else None
    if origin is not None:
        change = edit_behavior(door, target_origin_id=origin.id)
        yield from configure(f"Send {door.behavior.name} to {origin.id}", change, first=True)


@at_door
def behavior_order(_: Case, door: Door) -> Iterator[Draft]:
    """The more specific pattern first."""
    taken = door.behavior
    others = tuple(b for b in door.owner.config.cache_behaviors if b is not taken)
    change = edit_config(door, cache_behaviors=(*others, taken))
    yield from configure(f"Put {taken.name} behind the more specific patterns", change, first=True)


@at_door
def behavior_pattern(case: Case, door: Door) -> Iterator[Draft]:
    """A behaviour for this folder, sent to the origin that has the object."""
    origin = _origin_of(door, case.best.bucket) if case.best else None
    if origin is None:
        return
    folder = case.journey.url.match_path.rpartition("/")[0]
    pattern = f"{folder}/*" if folder else case.journey.url.match_path
    added = door.behavior.replace(path_pattern=pattern, target_origin_id=origin.id)
    change = edit_config(door, cache_behaviors=(added, *door.owner.config.cache_behaviors))
    yield from configure(f"Add a behaviour {pattern} for {origin.id}", change)


@at_door
def redirect_http(_: Case, door: Door) -> Iterator[Draft]:
    change = edit_behavior(door, viewer_protocol_policy="redirect-to-https")
    yield from configure("Redirect HTTP to HTTPS", change)


@at_door
def allow_method(case: Case, door: Door) -> Iterator[Draft]:
    """CloudFront knows three sets of methods only."""
    reading = ("GET", "HEAD", "OPTIONS")
    every = (*reading, "PUT", "POST", "PATCH", "DELETE")
    items = reading if case.journey.method in reading else every
    change = edit_behavior(door, allowed_methods=door.behavior.allowed_methods.replace(items=items))
    yield from configure(f"Allow {', '.join(items)}", change, first=True)


@at_door
def keep_host(_: Case, door: Door) -> Iterator[Draft]:
    change = edit_behavior(door, origin_request_policy_id=CORS_S3_ORIGIN,
                           forwarded_values=None, cache_policy_id=CACHING_OPTIMIZED)  # fmt: skip
    title = "Forward the CORS headers only (CORS-S3Origin), not Host"
    yield from configure(title, change, first=True)


@at_door
def forward_origin(_: Case, door: Door) -> Iterator[Draft]:
    change = edit_behavior(door, origin_request_policy_id=CORS_S3_ORIGIN)
    yield from configure("Attach the origin request policy CORS-S3Origin", change, first=True)


@at_door
def compress(case: Case, door: Door) -> Iterator[Draft]:
    """The switch alone where the cache policy lets Accept-Encoding through already."""
    key = case.journey.forwarding.key if case.journey.forwarding else None
    if key is None or not (key.gzip or key.brotli):
        change = edit_behavior(
            door, compress=True, cache_policy_id=CACHING_OPTIMIZED, forwarded_values=None
        )
        yield from configure("Compress, with the cache policy CachingOptimized", change, first=True)
    elif not door.behavior.compress:
        change = edit_behavior(door, compress=True)
        yield from configure("Compress at the edge", change, first=True)
    else:
        title = "Upload it compressed, with its Content-Encoding: it is too large for the edge"
        yield Draft(FixType.REUPLOAD, title)


@at_door
def cache_more(_: Case, door: Door) -> Iterator[Draft]:
    if door.behavior.cache_policy_id == CACHING_OPTIMIZED:
        title = "Use a cache policy whose minimum TTL overrules the object's Cache-Control"
        yield Draft(FixType.CONFIG_CHANGE, title)
        return
    change = edit_behavior(door, cache_policy_id=CACHING_OPTIMIZED, forwarded_values=None)
    yield from configure("Use the cache policy CachingOptimized", change, first=True)


@at_door
def detach_function(_: Case, door: Door) -> Iterator[Draft]:
    change = edit_behavior(door, function_associations=())
    yield from configure("Remove the function from this behaviour", change)


@at_door
def attach_function(case: Case, door: Door) -> Iterator[Draft]:
    for function in case.snapshot.functions:
        attached = FunctionAssociation(
            function_arn=function.function_arn, event_type="viewer-request"
        )
        change = edit_behavior(door, function_associations=(attached,))
        yield from configure(f"Attach the function {function.name}", change, first=True)


# --- the whole distribution -----------------------------------------------------------------


@at_door
def default_root(_: Case, door: Door) -> Iterator[Draft]:
    change = edit_config(door, default_root_object="index.html")
    yield from configure("Set the default root object to index.html", change, first=True)


@at_door
def enable(_: Case, door: Door) -> Iterator[Draft]:
    title = "Enable the distribution and wait until it is deployed"
    yield from configure(title, edit_config(door, enabled=True), first=True)


@at_door
def allow_country(case: Case, door: Door) -> Iterator[Draft]:
    country = (case.snapshot.request.viewer.country or "").upper()
    rules = door.owner.config.restrictions
    geo = rules.geo_restriction
    listed = geo.restriction_type == "whitelist"
    items = (*geo.items, country) if listed else tuple(c for c in geo.items if c.upper() != country)
    kind = geo.restriction_type if items else "none"  # CloudFront takes no empty list
    allowed = rules.replace(geo_restriction=geo.replace(restriction_type=kind, items=items))
    change = edit_config(door, restrictions=allowed)
    yield from configure(f"Let viewers in {country} in", change, first=True)


@at_door
def farther(_: Case, door: Door) -> Iterator[Draft]:
    change = edit_config(door, price_class="PriceClass_All")
    yield from configure("Use every edge (PriceClass_All)", change, first=True)
