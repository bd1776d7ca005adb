"""Repairs of configuration and policies: each one a minimal change that can be re-traced."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.access import find_key
from core.diagnostics.causes.layout import _personal as names_a_person
from core.diagnostics.causes.registry import Case, catalogue
from core.diagnostics.changes import (
    BACK,
    UPDATE,
    Change,
    edit_behavior,
    edit_bucket,
    edit_config,
    edit_origin,
    exempt_cloudfront,
    kms_change,
    policy_change,
    rename_identity,
    service_statement,
    set_condition,
    with_changed,
    with_statement,
)
from core.diagnostics.edge_policies import CACHING_OPTIMIZED, CORS_S3_ORIGIN
from core.diagnostics.policy import MatchedRule, Mismatch, principal_names
from core.diagnostics.repairs import Builder, Draft, meant
from core.diagnostics.urls import key_of
from core.model.delivery import (
    BucketPolicy,
    CustomOriginConfig,
    FunctionAssociation,
    MethodSet,
    S3OriginConfig,
    Statement,
)
from core.model.diagnosis import FixType


def _config(title: str, change: Change | None, *, first: bool = False) -> Iterator[Draft]:
    if change is not None:
        yield Draft(FixType.CONFIG_CHANGE, title, change, first=first)


def told(cause: str) -> Builder:
    """A change of configuration that people make elsewhere (DNS, certificate, load balancer)."""

    def build(case: Case) -> Iterator[Draft]:
        del case
        yield Draft(FixType.CONFIG_CHANGE, catalogue()[cause].repair, rollback=BACK)

    return build


# --- origin and behaviour -------------------------------------------------------------------


def origin_path(case: Case) -> Iterator[Draft]:
    """The origin path under which the object really lies."""
    visit, best = case.journey.visit, meant(case)
    if visit is None or visit.key is None or best is None:
        return
    lead = key_of(visit.origin.origin_path).strip("/")
    path = visit.key[len(lead) :].lstrip("/") if lead else visit.key
    wanted = None
    if best.key == path or best.key.endswith("/" + path):
        wanted = best.key[: len(best.key) - len(path)].rstrip("/")
    elif best.transform == "drop_origin_path":
        wanted = ""
    if wanted is None or names_a_person(wanted):
        return
    text = f"/{wanted}" if wanted else ""
    title = f"Set the origin path to “{text}”" if text else "Clear the origin path"
    first = "drop_origin_path" not in best.transform
    affected = sum(k.startswith(lead + "/") for k in _keys(case)) if lead else len(_keys(case))
    for draft in _config(title, edit_origin(case.journey, origin_path=text), first=first):
        yield Draft(draft.type, draft.title, draft.change, first=first, others=affected)


def _keys(case: Case) -> list[str]:
    visit = case.journey.visit
    return list(case.indexes.of(visit.bucket)) if visit and visit.bucket else []


def no_trailing_slash(case: Case) -> Iterator[Draft]:
    visit = case.journey.visit
    if visit is not None:
        bare = visit.origin.origin_path.rstrip("/")
        yield from _config("Remove the origin path's last slash",
                           edit_origin(case.journey, origin_path=bare), first=True)  # fmt: skip


def origin_domain(case: Case) -> Iterator[Draft]:
    """The regional name of the bucket that has the object."""
    visit, best = case.journey.visit, case.best
    if visit is None:
        return
    name = visit.bucket_name
    if best is not None and best.bucket != name and visit.item is None:
        name = best.bucket
    bucket = case.snapshot.bucket(name)
    region = bucket.region if bucket else ""
    domain = f"{name}.s3.{region}.amazonaws.com" if region else ""
    if domain and domain != visit.origin.domain_name:
        change = edit_origin(case.journey, domain_name=domain, custom_origin_config=None)
        yield from _config(f"Set the origin to {domain}", change, first=True)
    else:
        yield Draft(FixType.CONFIG_CHANGE, "Point the origin at a bucket that exists",
                    needs=UPDATE, rollback=BACK)  # fmt: skip


def point_at_bucket(case: Case) -> Iterator[Draft]:
    """Instead of another distribution: the bucket behind it."""
    visit, owner = case.journey.visit, case.journey.distribution
    inner = next((d for d in case.snapshot.distributions
                  if visit and d.domain_name == visit.origin.domain_name), None)  # fmt: skip
    bucket = None
    if inner is not None and inner.config.origins:
        bucket = inner.config.origins[0]
    if visit is None or owner is None or bucket is None:
        yield Draft(FixType.CONFIG_CHANGE, "Point the origin at the bucket", needs=UPDATE)
        return
    change = edit_origin(
        case.journey, domain_name=bucket.domain_name, custom_origin_config=None,
        origin_access_control_id=bucket.origin_access_control_id,
        s3_origin_config=bucket.s3_origin_config or S3OriginConfig(),
    )  # fmt: skip
    yield from _config("Point the origin at the bucket itself", change, first=True)


def behavior_target(case: Case) -> Iterator[Draft]:
    """Another target, another order or another pattern; shown is the target."""
    best, owner = case.best, case.journey.distribution
    origins = [o for o in (owner.config.origins if owner else ())
               if best and o.domain_name.startswith(best.bucket + ".")]  # fmt: skip
    if not origins or case.journey.behavior is None:
        return
    name = case.journey.behavior.name
    yield from _config(
        f"Send {name} to {origins[0].id}",
        edit_behavior(case.journey, target_origin_id=origins[0].id), first=True,
    )  # fmt: skip


def behavior_order(case: Case) -> Iterator[Draft]:
    """The more specific pattern first."""
    taken, best = case.journey.behavior, case.best
    if taken is None or best is None or not taken.path_pattern:
        return

    def reordered(owner: object) -> dict[str, object]:
        config = owner.config  # type: ignore[attr-defined]
        kept = [b for b in config.cache_behaviors if b is not taken]
        return {"cache_behaviors": (*kept, taken)}

    yield from _config(f"Put {taken.name} behind the more specific patterns",
                       edit_config(case.journey, reordered), first=True)  # fmt: skip


def behavior_pattern(case: Case) -> Iterator[Draft]:
    """A behaviour for this folder, sent to the origin that has the object."""
    owner, best, taken = case.journey.distribution, case.best, case.journey.behavior
    if owner is None or best is None or taken is None:
        return
    origins = [o for o in owner.config.origins if o.domain_name.startswith(best.bucket + ".")]
    if not origins:
        return
    folder = case.journey.url.match_path.rpartition("/")[0]
    pattern = f"{folder}/*" if folder else case.journey.url.match_path
    added = taken.replace(path_pattern=pattern, target_origin_id=origins[0].id)
    change = edit_config(
        case.journey, lambda d: {"cache_behaviors": (added, *d.config.cache_behaviors)}
    )
    yield from _config(f"Add a behaviour {pattern} for {origins[0].id}", change)


def default_root(case: Case) -> Iterator[Draft]:
    change = edit_config(case.journey, lambda _: {"default_root_object": "index.html"})
    yield from _config("Set the default root object to index.html", change, first=True)


def enable(case: Case) -> Iterator[Draft]:
    change = edit_config(case.journey, lambda _: {"enabled": True})
    yield from _config("Enable the distribution and wait until it is deployed", change, first=True)


def redirect_http(case: Case) -> Iterator[Draft]:
    change = edit_behavior(case.journey, viewer_protocol_policy="redirect-to-https")
    yield from _config("Redirect HTTP to HTTPS", change)


def allow_method(case: Case) -> Iterator[Draft]:
    """CloudFront knows three sets of methods only."""
    reading = ("GET", "HEAD", "OPTIONS")
    every = (*reading, "PUT", "POST", "PATCH", "DELETE")
    items = reading if case.journey.method in reading else every
    change = edit_behavior(case.journey, allowed_methods=MethodSet(items=items))
    yield from _config(f"Allow {', '.join(items)}", change, first=True)


def allow_country(case: Case) -> Iterator[Draft]:
    country = case.snapshot.request.viewer.country or ""

    def edit(owner: object) -> dict[str, object]:
        rules = owner.config.restrictions  # type: ignore[attr-defined]
        geo = rules.geo_restriction
        listed = geo.restriction_type == "whitelist"
        items = (*geo.items, country) if listed else tuple(c for c in geo.items if c != country)
        return {"restrictions": rules.replace(geo_restriction=geo.replace(items=items))}

    yield from _config(f"Let viewers in {country} in", edit_config(case.journey, edit), first=True)


def http_to_website(case: Case) -> Iterator[Draft]:
    config = CustomOriginConfig(origin_protocol_policy="http-only")
    change = edit_origin(case.journey, custom_origin_config=config)
    yield from _config("Reach the website endpoint by HTTP only", change, first=True)


def keep_host(case: Case) -> Iterator[Draft]:
    change = edit_behavior(case.journey, origin_request_policy_id=CORS_S3_ORIGIN,
                           forwarded_values=None, cache_policy_id=CACHING_OPTIMIZED)  # fmt: skip
    yield from _config(
        "Forward the CORS headers only (CORS-S3Origin), not Host", change, first=True
    )


def forward_origin(case: Case) -> Iterator[Draft]:
    change = edit_behavior(case.journey, origin_request_policy_id=CORS_S3_ORIGIN)
    yield from _config("Attach the origin request policy CORS-S3Origin", change, first=True)


def allow_origin(case: Case) -> Iterator[Draft]:
    """One more rule in the bucket's CORS configuration."""
    visit, origin = case.journey.final, case.snapshot.request.header("origin")
    if visit is None or visit.bucket is None:
        return
    old = visit.bucket.cors
    rules = list(old.get("CORSRules") or []) if isinstance(old, dict) else list(old or [])
    rules.append({"AllowedOrigins": [origin], "AllowedMethods": ["GET", "HEAD"],
                  "AllowedHeaders": ["*"]})  # fmt: skip
    change = edit_bucket(case.journey, ("s3:GetBucketCORS", "s3:PutBucketCORS"), cors=rules)
    yield from _config(f"Allow {origin} in the bucket's CORS rules", change, first=True)


def compress(case: Case) -> Iterator[Draft]:
    change = edit_behavior(case.journey, compress=True, cache_policy_id=CACHING_OPTIMIZED)
    yield from _config("Compress, with the cache policy CachingOptimized", change, first=True)


def cache_more(case: Case) -> Iterator[Draft]:
    change = edit_behavior(case.journey, cache_policy_id=CACHING_OPTIMIZED, forwarded_values=None)
    yield from _config("Use the cache policy CachingOptimized", change, first=True)


def detach_function(case: Case) -> Iterator[Draft]:
    change = edit_behavior(case.journey, function_associations=())
    yield from _config("Remove the function from this behaviour", change)


def attach_function(case: Case) -> Iterator[Draft]:
    for function in case.snapshot.functions:
        attached = FunctionAssociation(
            function_arn=function.function_arn, event_type="viewer-request"
        )
        change = edit_behavior(case.journey, function_associations=(attached,))
        yield from _config(f"Attach the function {function.name}", change, first=True)


def farther(case: Case) -> Iterator[Draft]:
    change = edit_config(case.journey, lambda _: {"price_class": "PriceClass_All"})
    yield from _config("Use every edge (PriceClass_All)", change, first=True)


def owner_enforced(case: Case) -> Iterator[Draft]:
    change = edit_bucket(case.journey, ("s3:PutBucketOwnershipControls",),
                         object_ownership="BucketOwnerEnforced")  # fmt: skip
    yield from _config("Enforce the bucket owner (BucketOwnerEnforced)", change, first=True)


def owner_pays(case: Case) -> Iterator[Draft]:
    change = edit_bucket(case.journey, ("s3:PutBucketRequestPayment",), request_payer="BucketOwner")
    yield from _config("Let the bucket owner pay", change, first=True)


def enable_key(case: Case) -> Iterator[Draft]:
    visit = case.journey.visit
    key_id = visit.item.ssekms_key_id if visit and visit.item else None
    key = find_key(case.snapshot, key_id) if key_id else None
    if key is None:
        return
    kept = tuple(k.replace(key_state="Enabled") if k is key else k for k in case.snapshot.kms_keys)
    change = Change(case.snapshot.replace(kms_keys=kept), {"KeyState": key.key_state},
                    {"KeyState": "Enabled"}, ("kms:EnableKey", "kms:CancelKeyDeletion"),
                    "Disable the key again.")  # fmt: skip
    yield from _config("Enable the KMS key", change, first=True)


def sign_always(case: Case) -> Iterator[Draft]:
    visit = case.journey.visit
    controls = case.snapshot.origin_access_controls
    wanted = visit.origin.origin_access_control_id if visit else ""
    fixed = tuple(
        c.replace(origin_access_control_config=c.origin_access_control_config.replace(
            signing_behavior="always")) if c.id == wanted else c
        for c in controls
    )  # fmt: skip
    change = Change(
        case.snapshot.replace(origin_access_controls=fixed), {"SigningBehavior": "not always"},
        {"SigningBehavior": "always"}, ("cloudfront:UpdateOriginAccessControl",), BACK,
    )  # fmt: skip
    yield from _config("Sign every request to the origin (always)", change, first=True)


def attach_oac(case: Case) -> Iterator[Draft]:
    """Origin access control on the REST endpoint, and the statement that belongs to it."""
    visit, owner = case.journey.visit, case.journey.distribution
    controls = case.snapshot.origin_access_controls
    if visit is None or owner is None or visit.bucket is None:
        return
    control = controls[0].id if controls else "a new origin access control"
    domain = f"{visit.bucket_name}.s3.{visit.bucket.region}.amazonaws.com"
    first = edit_origin(
        case.journey, domain_name=domain, origin_access_control_id=control,
        s3_origin_config=S3OriginConfig(), custom_origin_config=None,
    )  # fmt: skip
    if first is None:
        return
    snapshot = first.snapshot
    if not _allows_service(visit.bucket.policy, owner.arn):
        policy = with_statement(visit.bucket.policy, service_statement(visit.bucket, owner))
        snapshot = snapshot.with_bucket(visit.bucket.replace(policy=policy))
    change = Change(snapshot, first.before, first.after, (*UPDATE, "s3:PutBucketPolicy"), BACK)
    yield from _config("Use origin access control and let only it read", change, first=True)


def _allows_service(policy: BucketPolicy | None, arn: str) -> bool:
    return any(
        s.effect == "Allow"
        and "cloudfront.amazonaws.com" in str(s.principal)
        and arn in str(s.condition)
        for s in (policy.statement if policy else ())
    )


# --- bucket and key policies ----------------------------------------------------------------


def patch_policy(case: Case) -> Iterator[Draft]:
    """A minimal change of one statement (or one added statement), Sids kept."""
    visit = case.journey.visit
    if visit is None or visit.bucket is None or visit.access is None:
        return
    decision = visit.access.policy
    policy = visit.bucket.policy
    if decision.explicit and decision.decisive and policy:
        index = decision.decisive.index
        identity = visit.caller.principal.label if visit.signing == "oai" and visit.caller else ""
        changed = exempt_cloudfront(decision.decisive.statement, identity)
        yield from _patch(case, with_changed(policy, index, changed), index,
                          f"Exempt CloudFront from {decision.decisive.sid}")  # fmt: skip
        return
    close = _closest(case)
    if close is not None and policy:
        statement = close.statement
        for mismatch in close.mismatches:
            statement = _mended(case, statement, mismatch)
        yield from _patch(case, with_changed(policy, close.index, statement), close.index,
                          f"Correct {close.sid}")  # fmt: skip
        return
    yield from _new_statement(case)


def _patch(case: Case, policy: BucketPolicy, index: int | None, title: str) -> Iterator[Draft]:
    change = policy_change(case.journey, policy, index)
    if change is not None:
        yield Draft(FixType.POLICY_PATCH, title, change, first=True)


def _closest(case: Case) -> MatchedRule | None:
    visit = case.journey.visit
    rules = visit.access.policy.matched_rules if visit and visit.access else ()
    named = [
        r for r in rules
        if r.effect == "Allow" and r.applies == "no"
        and not any(m.element == "Principal" for m in r.mismatches)
        and all("/" in x.split(":::")[-1] or "getobject" in str(r.statement.action).lower()
                or "s3:*" in r.statement.action for x in r.statement.resource)
    ]  # fmt: skip
    return min(named, key=lambda r: len(r.mismatches)) if named else None


def _mended(case: Case, statement: Statement, mismatch: Mismatch) -> Statement:
    visit, owner = case.journey.visit, case.journey.distribution
    if visit is None or owner is None or visit.bucket is None:
        return statement
    if mismatch.element == "Action":
        return statement.replace(action=(*statement.action, mismatch.actual))
    if mismatch.element == "Resource":
        return statement.replace(resource=_wider(visit.bucket_name, visit.key or "", mismatch))
    name = mismatch.key.lower()
    if name == "aws:sourcearn":
        alive = tuple(
            w for w in mismatch.wanted if any(d.arn == w for d in case.snapshot.distributions)
        )
        return set_condition(statement, mismatch.key, (*alive, owner.arn))
    if name == "aws:sourceaccount":
        return set_condition(statement, mismatch.key, (owner.account_id,))
    return statement


def _wider(bucket: str, key: str, mismatch: Mismatch) -> tuple[str, ...]:
    """Objects instead of the bucket itself; or one more folder, not everything."""
    own = [r for r in mismatch.wanted if r.split(":::")[-1].partition("/")[0] == bucket]
    if not any("/" in r.split(":::")[-1] for r in own):
        return (f"arn:aws:s3:::{bucket}/*",)
    folder = key.partition("/")[0] if "/" in key else ""
    added = f"arn:aws:s3:::{bucket}/{folder}/*" if folder else f"arn:aws:s3:::{bucket}/{key}"
    return (*mismatch.wanted, added)


def _new_statement(case: Case) -> Iterator[Draft]:
    visit, owner = case.journey.visit, case.journey.distribution
    if visit is None or owner is None or visit.bucket is None:
        return
    policy = visit.bucket.policy
    if visit.signing == "oai" and visit.caller:
        for index, statement in enumerate(policy.statement if policy else ()):
            for kind, value in principal_names(statement.principal):
                if kind in {"AWS", "CanonicalUser"} and value != "*" and policy:
                    changed = rename_identity(statement, value, visit.caller.principal.label)
                    yield from _patch(case, with_changed(policy, index, changed), index,
                                      "Name this origin's identity")  # fmt: skip
                    return
        return
    statement = service_statement(visit.bucket, owner)
    yield from _patch(case, with_statement(policy, statement), None,
                      "Let this distribution read by origin access control")  # fmt: skip


def patch_key(case: Case) -> Iterator[Draft]:
    visit, owner = case.journey.visit, case.journey.distribution
    key_id = visit.item.ssekms_key_id if visit and visit.item else None
    key = find_key(case.snapshot, key_id) if key_id else None
    if key is not None and owner is not None:
        yield Draft(FixType.KMS_POLICY_PATCH, "Let CloudFront decrypt for this distribution",
                    kms_change(case.journey, key, owner), first=True)  # fmt: skip
