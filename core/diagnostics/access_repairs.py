"""Repairs of access: policies, origin access control, keys, ownership, CORS rules."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.access import find_key
from core.diagnostics.causes.registry import Case
from core.diagnostics.changes import (
    BACK,
    UPDATE,
    Change,
    Door,
    edit_bucket,
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
from core.diagnostics.cors import cors_rules
from core.diagnostics.draft import Draft, at_bucket, at_door, configure
from core.diagnostics.policy import MatchedRule, Mismatch, principal_names
from core.model.delivery import Bucket, BucketPolicy, KmsKey, S3OriginConfig, Statement
from core.model.diagnosis import FixType

# --- bucket ---------------------------------------------------------------------------------


@at_bucket
def allow_origin(case: Case, _: Door, bucket: Bucket) -> Iterator[Draft]:
    """One more rule in the bucket's CORS configuration."""
    origin = case.snapshot.request.header("origin")
    added = {"AllowedOrigins": [origin], "AllowedMethods": ["GET", "HEAD"], "AllowedHeaders": ["*"]}
    change = edit_bucket(
        case.snapshot, bucket, ("s3:GetBucketCORS", "s3:PutBucketCORS"),
        cors=[*cors_rules(bucket.cors), added],
    )  # fmt: skip
    yield from configure(f"Allow {origin} in the bucket's CORS rules", change, first=True)


@at_bucket
def owner_enforced(case: Case, _: Door, bucket: Bucket) -> Iterator[Draft]:
    change = edit_bucket(case.snapshot, bucket, ("s3:PutBucketOwnershipControls",),
                         object_ownership="BucketOwnerEnforced")  # fmt: skip
    yield from configure("Enforce the bucket owner (BucketOwnerEnforced)", change, first=True)


@at_bucket
def owner_pays(case: Case, _: Door, bucket: Bucket) -> Iterator[Draft]:
    change = edit_bucket(case.snapshot, bucket, ("s3:PutBucketRequestPayment",),
                         request_payer="BucketOwner")  # fmt: skip
    yield from configure("Let the bucket owner pay", change, first=True)


# --- keys -----------------------------------------------------------------------------------


def _key(case: Case, door: Door) -> KmsKey | None:
    item = door.visit.item
    return find_key(case.snapshot, item.ssekms_key_id) if item and item.ssekms_key_id else None


@at_door
def enable_key(case: Case, door: Door) -> Iterator[Draft]:
    key = _key(case, door)
    if key is None:
        return
    kept = tuple(k.replace(key_state="Enabled") if k is key else k for k in case.snapshot.kms_keys)
    change = Change(case.snapshot.replace(kms_keys=kept), {"KeyState": key.key_state},
                    {"KeyState": "Enabled"}, ("kms:EnableKey", "kms:CancelKeyDeletion"),
                    "Disable the key again.")  # fmt: skip
    yield from configure("Enable the KMS key", change, first=True)


@at_door
def patch_key(case: Case, door: Door) -> Iterator[Draft]:
    key = _key(case, door)
    if key is not None:
        yield Draft(FixType.KMS_POLICY_PATCH, "Let CloudFront decrypt for this distribution",
                    kms_change(case.snapshot, key, door.owner), first=True)  # fmt: skip


# --- origin access control ------------------------------------------------------------------


@at_door
def sign_always(case: Case, door: Door) -> Iterator[Draft]:
    wanted = door.origin.origin_access_control_id
    fixed = tuple(
        c.replace(origin_access_control_config=c.origin_access_control_config.replace(
            signing_behavior="always")) if c.id == wanted else c
        for c in case.snapshot.origin_access_controls
    )  # fmt: skip
    change = Change(
        case.snapshot.replace(origin_access_controls=fixed), {"SigningBehavior": "not always"},
        {"SigningBehavior": "always"}, ("cloudfront:UpdateOriginAccessControl",), BACK,
    )  # fmt: skip
    yield from configure("Sign every request to the origin (always)", change, first=True)


@at_bucket
def attach_oac(case: Case, door: Door, bucket: Bucket) -> Iterator[Draft]:
    """Origin access control on the REST endpoint, and the statement that belongs to it."""
    controls = case.snapshot.origin_access_controls
    control = controls[0].id if controls else "a new origin access control"
    first = edit_origin(
        door, domain_name=f"{bucket.name}.s3.{bucket.region}.amazonaws.com",
        origin_access_control_id=control, s3_origin_config=S3OriginConfig(),
        custom_origin_config=None,
    )  # fmt: skip
    snapshot = first.snapshot
    if not _allows_service(bucket.policy, door.owner.arn):
        policy = with_statement(bucket.policy, service_statement(bucket, door.owner))
        snapshot = snapshot.with_bucket(bucket.replace(policy=policy))
    change = Change(snapshot, first.before, first.after, (*UPDATE, "s3:PutBucketPolicy"), BACK)
    yield from configure("Use origin access control and let only it read", change, first=True)


def _allows_service(policy: BucketPolicy | None, arn: str) -> bool:
    return any(
        s.effect == "Allow"
        and "cloudfront.amazonaws.com" in str(s.principal)
        and arn in str(s.condition)
        for s in (policy.statement if policy else ())
    )


# --- bucket policy --------------------------------------------------------------------------


@at_bucket
def patch_policy(case: Case, door: Door, bucket: Bucket) -> Iterator[Draft]:
    """A minimal change of one statement (or one added statement), Sids kept."""
    visit, policy = door.visit, bucket.policy
    decisive = visit.access.policy.decisive if visit.access else None
    close = _closest(door)
    if policy and decisive and decisive.effect == "Deny":
        identity = visit.caller.principal.label if visit.signing == "oai" and visit.caller else ""
        changed = exempt_cloudfront(decisive.statement, identity)
        yield _patch(case, bucket, with_changed(policy, decisive.index, changed), decisive.index,
                     f"Exempt CloudFront from {decisive.sid}")  # fmt: skip
    elif policy and close:
        statement = close.statement
        for mismatch in close.mismatches:
            statement = _mended(case, door, statement, mismatch)
        yield _patch(case, bucket, with_changed(policy, close.index, statement), close.index,
                     f"Correct {close.sid}")  # fmt: skip
    elif visit.signing == "oai":
        yield from _named_identity(case, door, bucket)
    else:
        statement = service_statement(bucket, door.owner)
        yield _patch(case, bucket, with_statement(policy, statement), None,
                     "Let this distribution read by origin access control")  # fmt: skip


def _patch(
    case: Case, bucket: Bucket, policy: BucketPolicy, index: int | None, title: str
) -> Draft:
    change = policy_change(case.snapshot, bucket, policy, index)
    return Draft(FixType.POLICY_PATCH, title, change, first=True)


def _closest(door: Door) -> MatchedRule | None:
    """The Allow statement for this very caller that fails in the fewest elements."""
    rules = door.visit.access.policy.matched_rules if door.visit.access else ()
    named = [
        r for r in rules
        if r.effect == "Allow" and r.applies == "no"
        and not any(m.element == "Principal" for m in r.mismatches)
        and all("/" in x.split(":::")[-1] or "getobject" in str(r.statement.action).lower()
                or "s3:*" in r.statement.action for x in r.statement.resource)
    ]  # fmt: skip
    return min(named, key=lambda r: len(r.mismatches)) if named else None


def _mended(case: Case, door: Door, statement: Statement, mismatch: Mismatch) -> Statement:
    owner = door.owner
    if mismatch.element == "Action":
        return statement.replace(action=(*statement.action, mismatch.actual))
    if mismatch.element == "Resource":
        visit = door.visit
        return statement.replace(resource=_wider(visit.bucket_name, visit.key or "", mismatch))
    name = mismatch.key.lower()
    if name == "aws:sourcearn":
        known = {d.arn for d in case.snapshot.distributions}
        alive = tuple(wanted for wanted in mismatch.wanted if wanted in known)
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


def _named_identity(case: Case, door: Door, bucket: Bucket) -> Iterator[Draft]:
    """The identity of this origin in the place of the one that the policy names."""
    caller, policy = door.visit.caller, bucket.policy
    for index, statement in enumerate(policy.statement if policy else ()):
        for kind, value in principal_names(statement.principal):
            if kind in {"AWS", "CanonicalUser"} and value != "*" and policy and caller:
                changed = rename_identity(statement, value, caller.principal.label)
                yield _patch(case, bucket, with_changed(policy, index, changed), index,
                             "Name this origin's identity")  # fmt: skip
                return
