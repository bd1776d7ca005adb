"""The writes that turn one snapshot's configuration into another's: compared, never guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from core.diagnostics.edge.cors import cors_rules
from core.diagnostics.policy import is_public
from core.diagnostics.repairs.edits import differences
from core.diagnostics.repairs.shapes import config_shape, policy_shape, reshaped
from core.model.delivery import AccountSnapshot, Bucket, BucketPolicy
from core.model.repair import Action, ActionKind, Edit

Raw = Mapping[str, Any]
NEW_CONTROL = "a new origin access control"  # the id that stands for one that does not exist yet
NEEDS: dict[ActionKind, tuple[str, ...]] = {
    ActionKind.DISTRIBUTION: ("cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"),
    ActionKind.ACCESS_CONTROL: (
        "cloudfront:GetOriginAccessControl", "cloudfront:UpdateOriginAccessControl",
    ),
    ActionKind.NEW_ACCESS_CONTROL: (
        "cloudfront:CreateOriginAccessControl", "cloudfront:ListOriginAccessControls",
    ),
    ActionKind.BUCKET_POLICY: ("s3:GetBucketPolicy", "s3:PutBucketPolicy"),
    ActionKind.BUCKET_CORS: ("s3:GetBucketCORS", "s3:PutBucketCORS"),
    ActionKind.OBJECT_OWNERSHIP: (
        "s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls",
    ),
    ActionKind.REQUEST_PAYER: ("s3:GetBucketRequestPayment", "s3:PutBucketRequestPayment"),
    ActionKind.PUBLIC_ACCESS_BLOCK: (
        "s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock",
    ),
    ActionKind.KEY_POLICY: ("kms:GetKeyPolicy", "kms:PutKeyPolicy"),
    ActionKind.KEY_STATE: ("kms:DescribeKey", "kms:EnableKey"),
    ActionKind.FUNCTION: (
        "cloudfront:DescribeFunction", "cloudfront:GetFunction", "cloudfront:UpdateFunction",
        "cloudfront:PublishFunction",
    ),
    ActionKind.RECORD: ("dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:UpdateItem"),
    ActionKind.COPY: ("s3:GetObject", "s3:PutObject"),
    ActionKind.OBJECT_HEADERS: ("s3:GetObject", "s3:PutObject"),
    ActionKind.DELETE_MARKER: ("s3:ListBucketVersions", "s3:DeleteObjectVersion"),
    ActionKind.ARCHIVED_OBJECT: ("s3:GetObject", "s3:RestoreObject"),
    ActionKind.INVALIDATION: ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"),
}  # fmt: skip
_COMPARED = {"distributions", "buckets", "origin_access_controls", "kms_keys"}
_BUCKET_COMPARED = {"policy", "cors", "object_ownership", "request_payer", "public_access_block"}


def config_actions(
    before: AccountSnapshot, after: AccountSnapshot, raw: Raw, name: str
) -> tuple[Action, ...] | None:
    """Grants before their use. None: something differs that is no configuration of these kinds.

    `raw` is the captured document of `before`; `name` is given to what has to be created.
    """
    for field in AccountSnapshot.model_fields:
        if field not in _COMPARED and getattr(before, field) != getattr(after, field):
            return None
    found: list[Action] = []
    for bucket in after.buckets:
        old = before.bucket(bucket.name)
        if old is None or not _same_but(old, bucket, _BUCKET_COMPARED):
            return None
        found += _bucket(old, bucket, _named(raw, "buckets", "Name", bucket.name))
    found += _keys(before, after, raw)
    found += _controls(before, after, raw)
    found += _distributions(before, after, raw, name)
    return tuple(found)


def act(kind: ActionKind, target: str, edits: list[Edit], **more: Any) -> Action:
    return Action(kind=kind, target=target, edits=tuple(edits), needs=NEEDS[kind], **more)


def _same_but(old: Bucket, new: Bucket, fields: set[str]) -> bool:
    return all(getattr(old, f) == getattr(new, f) for f in Bucket.model_fields if f not in fields)


def _named(raw: Raw, section: str, field: str, value: str) -> dict[str, Any]:
    found = (one for one in raw.get(section) or () if one.get(field) == value)
    return dict(next(found, {}))


# --- buckets --------------------------------------------------------------------------------


def _bucket(old: Bucket, new: Bucket, raw: dict[str, Any]) -> Iterator[Action]:
    if old.policy != new.policy and new.policy is not None:
        held = document(raw.get("Policy"))
        edits = differences(held or {}, policy_shape(held, old.policy, new.policy))
        yield act(ActionKind.BUCKET_POLICY, new.name, edits)
    if old.cors != new.cors:
        rules = [{"CORSRules": cors_rules(b.cors)} for b in (old, new)]
        yield act(ActionKind.BUCKET_CORS, new.name, differences(rules[0], rules[1]))
    for kind, field, name in (
        (ActionKind.OBJECT_OWNERSHIP, "object_ownership", "ObjectOwnership"),
        (ActionKind.REQUEST_PAYER, "request_payer", "Payer"),
    ):
        one, other = getattr(old, field), getattr(new, field)
        if one != other:
            yield act(kind, new.name, [Edit(path=(name,), before=one, after=other)])
    if old.public_access_block != new.public_access_block and new.public_access_block:
        flags = [b.model_dump(by_alias=True) if b else {}
                 for b in (old.public_access_block, new.public_access_block)]  # fmt: skip
        yield act(ActionKind.PUBLIC_ACCESS_BLOCK, new.name, differences(flags[0], flags[1]))


def document(policy: Any) -> dict[str, Any] | None:
    """A policy as an object, in whichever form AWS answered it."""
    found = json.loads(policy) if isinstance(policy, str) and policy.strip() else policy
    return found if isinstance(found, dict) and found else None


# --- keys, origin access controls, distributions --------------------------------------------


def _keys(before: AccountSnapshot, after: AccountSnapshot, raw: Raw) -> Iterator[Action]:
    for old, new in zip(before.kms_keys, after.kms_keys, strict=True):
        target = new.arn or new.key_id
        if old.policy != new.policy and new.policy is not None:
            held = document(_named(raw, "kms_keys", "KeyId", new.key_id).get("Policy"))
            edits = differences(held or {}, policy_shape(held, old.policy, new.policy))
            yield act(ActionKind.KEY_POLICY, target, edits)
        if old.key_state != new.key_state:
            edit = Edit(path=("KeyState",), before=old.key_state, after=new.key_state)
            back = old.key_state == "Disabled"
            yield act(ActionKind.KEY_STATE, target, [edit], reversible=back)


def _controls(before: AccountSnapshot, after: AccountSnapshot, raw: Raw) -> Iterator[Action]:
    pairs = zip(before.origin_access_controls, after.origin_access_controls, strict=True)
    for old, new in pairs:
        if old != new:
            shown = _named(raw, "origin_access_controls", "Id", new.id)
            held = shown.get("OriginAccessControlConfig") or {}
            one, other = old.origin_access_control_config, new.origin_access_control_config
            yield act(
                ActionKind.ACCESS_CONTROL, new.id, differences(held, reshaped(held, one, other))
            )


def _distributions(
    before: AccountSnapshot, after: AccountSnapshot, raw: Raw, name: str
) -> Iterator[Action]:
    for new in after.distributions:
        old = before.distribution(new.id)
        if old is None or old == new:
            continue
        held = _named(raw, "distributions", "Id", new.id).get("DistributionConfig") or {}
        edits = differences(held, config_shape(held, old.config, new.config))
        if any(edit.after == NEW_CONTROL for edit in edits):
            yield _new_control(name)
        yield act(ActionKind.DISTRIBUTION, new.id, edits)


def _new_control(name: str) -> Action:
    wanted = {"Name": name, "OriginAccessControlOriginType": "s3", "SigningBehavior": "always",
              "SigningProtocol": "sigv4"}  # fmt: skip
    return act(ActionKind.NEW_ACCESS_CONTROL, name, differences({}, wanted))


# --- what may never be written --------------------------------------------------------------

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def opens(kind: ActionKind, before: Any, after: Any) -> bool:
    """Whether this document would let strangers do what the one before it does not."""
    one, other = before or {}, after or {}
    if kind in {ActionKind.BUCKET_POLICY, ActionKind.KEY_POLICY}:
        return _public(other) and not _public(one)
    if kind is ActionKind.PUBLIC_ACCESS_BLOCK:
        return any(one.get(flag) and not other.get(flag) for flag in _BLOCKS)
    if kind is ActionKind.OBJECT_OWNERSHIP:  # with ACLs back on, an old ACL counts again
        enforced = "BucketOwnerEnforced"
        return bool(one.get("ObjectOwnership") == enforced != other.get("ObjectOwnership"))
    return False


def _public(policy: Any) -> bool:
    return bool(policy) and is_public(BucketPolicy.model_validate(policy))
