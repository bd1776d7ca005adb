"""Repairs of access: policies, origin access control, keys, ownership, CORS rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.diagnostics.access import find_key
from core.diagnostics.causes.access import meant_read
from core.diagnostics.causes.registry import Case
from core.diagnostics.edge.cors import cors_rules
from core.diagnostics.policy import (
    MatchedRule,
    Mismatch,
    closest_allow,
    is_identity,
    principal_names,
)
from core.diagnostics.repairs.changes import (
    BACK,
    UPDATE,
    Change,
    Door,
    edit_bucket,
    edit_origin,
    exempt_cloudfront,
    identity_statement,
    kms_change,
    kms_exempt,
    policy_change,
    rename_identity,
    service_statement,
    set_condition,
    with_changed,
    with_statement,
)
from core.diagnostics.repairs.draft import Draft, at_bucket, at_door, configure
from core.model.delivery import Bucket, BucketPolicy, KmsKey, S3OriginConfig, Statement
from core.model.diagnosis import FixType

_READING = frozenset({"GET", "HEAD", "OPTIONS"})

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
    read = meant_read(case, door.visit)
    key_id = read[1].ssekms_key_id if read else None
    return find_key(case.snapshot, key_id) if key_id else None


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
    key, read = _key(case, door), meant_read(case, door.visit)
    if key is None:
        return
    rules = read[0].kms_policy.matched_rules if read and read[0].kms_policy else ()
    if not any(r.effect == "Allow" and r.applies == "yes" for r in rules):
        yield Draft(FixType.KMS_POLICY_PATCH, "Let CloudFront decrypt for this distribution",
                    kms_change(case.snapshot, key, door.owner), first=True)  # fmt: skip
    for rule in (r for r in rules if r.effect == "Deny" and r.applies == "yes"):
        if key.policy is not None:
            yield Draft(FixType.KMS_POLICY_PATCH, f"Exempt CloudFront from {rule.sid} of the key",
                        kms_exempt(case.snapshot, key, key.policy, rule), first=True)  # fmt: skip


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
    signing = next((c.id for c in controls if c.signing != "never"), "")
    control = signing or "a new origin access control"
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
    """A minimal change of one statement (or one added statement), Sids kept.

    Never for a request that writes: whoever reaches the CDN could write to the bucket then.
    """
    if case.journey.method not in _READING:
        title = "Send uploads to S3 by presigned URLs, not through the CDN"
        yield Draft(FixType.CLIENT_CHANGE, title, first=True)
        return
    visit, policy = door.visit, bucket.policy
    rules, read = _rules(case, door), meant_read(case, visit)
    if any(rule.effect == "Allow" and rule.applies == "yes" for rule in rules):
        return
    close = closest_allow(rules)
    changed = _corrected(case, door, close, read[1].key if read else visit.key or "")
    if policy and close and changed:
        yield _patch(case, bucket, with_changed(policy, close.index, changed), close.index,
                     f"Correct {close.sid}")  # fmt: skip
    elif visit.signing == "oai":
        yield from _named_identity(case, door, bucket)
    else:
        statement = service_statement(bucket, door.owner)
        patch = _patch(case, bucket, with_statement(policy, statement), None,
                       "Let this distribution read by origin access control")  # fmt: skip
        yield replace(patch, first=visit.signing != "none")  # alone it lets no anonymous reader in


@at_bucket
def exempt(case: Case, door: Door, bucket: Bucket) -> Iterator[Draft]:
    """Every Deny that applies, one by one: a condition that leaves CloudFront out of it."""
    refused = [r for r in _rules(case, door) if r.effect == "Deny" and r.applies == "yes"]
    if bucket.policy:
        yield from (_exempt(case, door, bucket, bucket.policy, rule) for rule in refused)


def _rules(case: Case, door: Door) -> tuple[MatchedRule, ...]:
    """The statements as decided for the object, or for the one that is meant."""
    read = meant_read(case, door.visit)
    outcome = read[0] if read else door.visit.access
    return outcome.policy.matched_rules if outcome else ()


def _exempt(
    case: Case, door: Door, bucket: Bucket, policy: BucketPolicy, rule: MatchedRule
) -> Draft:
    caller = door.visit.caller
    identity = caller.principal.label if door.visit.signing == "oai" and caller else ""
    changed = exempt_cloudfront(rule.statement, identity)
    return _patch(case, bucket, with_changed(policy, rule.index, changed), rule.index,
                  f"Exempt CloudFront from {rule.sid}")  # fmt: skip


def _corrected(case: Case, door: Door, close: MatchedRule | None, key: str) -> Statement | None:
    """The statement with every difference mended; None where one of them can't be."""
    statement = close.statement if close else None
    for mismatch in close.mismatches if close else ():
        if statement is None or mismatch.element == "Principal":
            return None
        mended = _mended(case, door, statement, mismatch, key)
        statement = None if mended == statement else mended
    return statement


def _patch(
    case: Case, bucket: Bucket, policy: BucketPolicy, index: int | None, title: str
) -> Draft:
    change = policy_change(case.snapshot, bucket, policy, index)
    return Draft(FixType.POLICY_PATCH, title, change, first=True)


def _mended(
    case: Case, door: Door, statement: Statement, mismatch: Mismatch, key: str
) -> Statement:
    owner = door.owner
    if mismatch.element == "Action":
        return statement.replace(action=(*statement.action, mismatch.actual))
    if mismatch.element == "Resource":
        return statement.replace(resource=_wider(door.visit.bucket_name, key, mismatch))
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
    """The origin's identity in the place of another one, or in a statement of its own."""
    caller, policy = door.visit.caller, bucket.policy
    if caller is None:
        return
    for index, statement in enumerate(policy.statement if policy else ()):
        named = [value for kind, value in principal_names(statement.principal)
                 if is_identity(kind, value)]  # fmt: skip
        if policy and named and statement.effect == "Allow":
            changed = rename_identity(statement, named[0], caller.principal.label)
            yield _patch(case, bucket, with_changed(policy, index, changed), index,
                         "Name this origin's identity")  # fmt: skip
            return
    added = identity_statement(bucket, caller.principal.label)
    patch = _patch(case, bucket, with_statement(policy, added), None,
                   "Let this origin's access identity read")  # fmt: skip
    yield replace(patch, first=False)
