"""Changes of a snapshot, as a repair would make them: pure, small, with before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from core.diagnostics.journey import Journey, Visit
from core.diagnostics.origins import partition
from core.diagnostics.policy import CLOUDFRONT_SERVICE, MatchedRule, principal_names
from core.model.delivery import (
    AccountSnapshot,
    Bucket,
    BucketPolicy,
    CacheBehavior,
    Distribution,
    KmsKey,
    Origin,
    Statement,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What would be different: the whole snapshot after it, and the part that people read."""

    snapshot: AccountSnapshot
    before: Any
    after: Any
    needs: tuple[str, ...]
    rollback: str
    url: str | None = None  # where the URL itself changes
    bucket: str = ""  # whose anonymous access is compared


UPDATE = ("cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution")
BACK = "Put the earlier value back (the ETag of the change guards against later ones)."


@dataclass(frozen=True, slots=True)
class Door:
    """The way that a request took to S3: the distribution, its behaviour, the origin it asked."""

    snapshot: AccountSnapshot
    owner: Distribution
    behavior: CacheBehavior
    visit: Visit

    @property
    def origin(self) -> Origin:
        return self.visit.origin


def door_of(journey: Journey) -> Door | None:
    """None where no distribution took the request, or none of its origins was asked."""
    owner, behavior, visit = journey.distribution, journey.behavior, journey.visit
    if owner is None or behavior is None or visit is None:
        return None
    return Door(journey.snapshot, owner, behavior, visit)


def edit_config(door: Door, **changes: Any) -> Change:
    """A change of the distribution's own settings."""
    owner = door.owner
    config = owner.config.replace(**changes)
    before = {name: _plain(getattr(owner.config, name)) for name in changes}
    after = {name: _plain(getattr(config, name)) for name in changes}
    changed = owner.replace(distribution_config=config)
    return Change(door.snapshot.with_distribution(changed), before, after, UPDATE, BACK)


def edit_behavior(door: Door, **changes: Any) -> Change:
    """A change of the behaviour that took the request."""
    behavior = door.behavior
    edited = behavior.replace(**changes)
    before = {name: _plain(getattr(behavior, name)) for name in changes}
    after = {name: _plain(getattr(edited, name)) for name in changes}
    snapshot = _with_behavior(door.snapshot, door.owner, behavior, edited)
    return Change(snapshot, {behavior.name: before}, {behavior.name: after}, UPDATE, BACK)


def _with_behavior(
    snapshot: AccountSnapshot, owner: Distribution, old: CacheBehavior, new: CacheBehavior
) -> AccountSnapshot:
    config = owner.config
    if old.path_pattern:
        kept = tuple(new if b is old else b for b in config.cache_behaviors)
        config = config.replace(cache_behaviors=kept)
    else:
        config = config.replace(default_cache_behavior=new)
    return snapshot.with_distribution(owner.replace(distribution_config=config))


def edit_origin(door: Door, **changes: Any) -> Change:
    """A change of the origin that was asked."""
    origin = door.origin
    edited = origin.replace(**changes)
    before = {name: _plain(getattr(origin, name)) for name in changes}
    after = {name: _plain(getattr(edited, name)) for name in changes}
    snapshot = _with_origin(door.snapshot, door.owner, origin, edited)
    return Change(snapshot, {origin.id: before}, {origin.id: after}, UPDATE, BACK)


def _with_origin(
    snapshot: AccountSnapshot, owner: Distribution, old: Origin, new: Origin
) -> AccountSnapshot:
    origins = tuple(new if o.id == old.id else o for o in owner.config.origins)
    config = owner.config.replace(origins=origins)
    return snapshot.with_distribution(owner.replace(distribution_config=config))


def edit_bucket(
    snapshot: AccountSnapshot, bucket: Bucket, needs: tuple[str, ...], **changes: Any
) -> Change:
    edited = bucket.replace(**changes)
    before = {name: _plain(getattr(bucket, name)) for name in changes}
    after = {name: _plain(getattr(edited, name)) for name in changes}
    return Change(snapshot.with_bucket(edited), before, after, needs, BACK)


# --- policies -------------------------------------------------------------------------------

POLICY_NEEDS = ("s3:GetBucketPolicy", "s3:PutBucketPolicy")


def service_statement(bucket: Bucket, owner: Distribution) -> Statement:
    """The statement that AWS documents for origin access control."""
    return Statement(
        sid="AllowCloudFrontServicePrincipal", effect="Allow",
        principal={"Service": CLOUDFRONT_SERVICE}, action=("s3:GetObject",),
        resource=(f"arn:{partition(bucket.region)}:s3:::{bucket.name}/*",),
        condition={"StringEquals": {"AWS:SourceArn": owner.arn}},
    )  # fmt: skip


def identity_statement(bucket: Bucket, identity: str) -> Statement:
    """The same for an origin access identity, which is a principal of its own."""
    return Statement(
        sid="AllowOriginAccessIdentity", effect="Allow", principal={"AWS": identity},
        action=("s3:GetObject",),
        resource=(f"arn:{partition(bucket.region)}:s3:::{bucket.name}/*",),
    )  # fmt: skip


def with_statement(policy: BucketPolicy | None, statement: Statement) -> BucketPolicy:
    old = policy or BucketPolicy(version="2012-10-17", statement=())
    sids = {s.sid for s in old.statement}
    named = statement if statement.sid not in sids else statement.replace(sid=statement.sid + "2")
    return old.replace(statement=(*old.statement, named))


def with_changed(policy: BucketPolicy, index: int, statement: Statement) -> BucketPolicy:
    statements = list(policy.statement)
    statements[index] = statement
    return policy.replace(statement=tuple(statements))


def policy_change(
    snapshot: AccountSnapshot, bucket: Bucket, policy: BucketPolicy, index: int | None
) -> Change:
    """Exchange the bucket policy; shown is only the statement that changes."""
    old = bucket.policy.statement if bucket.policy else ()
    before = _plain(old[index]) if index is not None and index < len(old) else None
    after = _plain(policy.statement[len(old) if index is None else index])
    changed = snapshot.with_bucket(bucket.replace(policy=policy))
    back = "Put the earlier statement back." if before else "Remove the added statement."
    return Change(changed, before, after, POLICY_NEEDS, back, bucket=bucket.name)


def set_condition(statement: Statement, key: str, values: tuple[str, ...]) -> Statement:
    """The same statement with other values for one condition key, its spelling kept."""
    changed: dict[str, dict[str, Any]] = {}
    for operator, keys in statement.condition.items():
        changed[operator] = {
            name: (values[0] if len(values) == 1 else list(values))
            if name.lower() == key.lower()
            else old
            for name, old in keys.items()
        }
    return statement.replace(condition=changed)


def exempt_cloudfront(statement: Statement, identity: str) -> Statement:
    """A Deny that no longer concerns CloudFront: one more condition."""
    condition = {operator: dict(keys) for operator, keys in statement.condition.items()}
    if identity:
        condition.setdefault("ArnNotEqualsIfExists", {})["aws:PrincipalArn"] = identity
    else:
        condition.setdefault("BoolIfExists", {})["aws:PrincipalIsAWSService"] = "false"
    return statement.replace(condition=condition)


def rename_identity(statement: Statement, old: str, new: str) -> Statement:
    """`new` is an ARN, so it stands under AWS even where `old` was a canonical user."""
    names = [
        ("AWS", new) if value == old else (kind, value)
        for kind, value in principal_names(statement.principal)
    ]
    kinds = dict.fromkeys(kind for kind, _ in names)
    grouped = {kind: [value for other, value in names if other == kind] for kind in kinds}
    return statement.replace(principal={k: v[0] if len(v) == 1 else v for k, v in grouped.items()})


def kms_change(snapshot: AccountSnapshot, key: KmsKey, owner: Distribution) -> Change:
    """Let CloudFront decrypt with this key, for this distribution only."""
    statement = Statement(
        sid="AllowCloudFrontServicePrincipalSSE-KMS", effect="Allow",
        principal={"Service": CLOUDFRONT_SERVICE}, action=("kms:Decrypt",), resource=("*",),
        condition={"StringEquals": {"AWS:SourceArn": owner.arn}},
    )  # fmt: skip
    edited = key.replace(policy=with_statement(key.policy, statement))
    kept = tuple(edited if k is key else k for k in snapshot.kms_keys)
    return Change(
        snapshot.replace(kms_keys=kept), None, _plain(statement),
        ("kms:GetKeyPolicy", "kms:PutKeyPolicy"), "Remove the added statement.",
    )  # fmt: skip


def kms_exempt(
    snapshot: AccountSnapshot, key: KmsKey, policy: BucketPolicy, rule: MatchedRule
) -> Change:
    """A Deny of the key policy that no longer concerns CloudFront."""
    changed = exempt_cloudfront(rule.statement, "")
    edited = key.replace(policy=with_changed(policy, rule.index, changed))
    kept = tuple(edited if k is key else k for k in snapshot.kms_keys)
    return Change(
        snapshot.replace(kms_keys=kept), _plain(rule.statement), _plain(changed),
        ("kms:GetKeyPolicy", "kms:PutKeyPolicy"), "Put the earlier statement back.",
    )  # fmt: skip


# --- text -----------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """JSON-ready, in AWS's own words."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def diff_of(before: Any, after: Any) -> str:
    """Two values as removed and added lines."""
    old, new = _lines(before), _lines(after)
    kept = set(old) & set(new)
    gone = [f"- {line}" for line in old if line not in kept]
    return "\n".join(gone + [f"+ {line}" for line in new if line not in kept])


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True).splitlines()
