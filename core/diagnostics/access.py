"""May this caller read this key? Policy, public access block, owner, ACL, KMS, in S3's order.

The answer keeps every part that decided, because "SourceArn is …E9OLDDIST, this distribution is
…E1MEDIA" is what support needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Literal

from core.diagnostics import facts
from core.diagnostics.conditions import KeyFacts
from core.diagnostics.origins import partition
from core.diagnostics.policy import (
    CLOUDFRONT_SERVICE,
    AccessDecision,
    Effect,
    PolicyRequest,
    Principal,
    decide,
    is_public,
)
from core.model.delivery import (
    AccountSnapshot,
    Bucket,
    Distribution,
    KmsKey,
    Origin,
    PublicAccessBlock,
    S3Object,
)

Signing = Literal["oac", "oai", "none", "viewer", "unknown"]
KmsProblem = Literal["", "oai", "aws-managed", "disabled", "denied", "anonymous", "unknown"]
_NO_GRANT = AccessDecision("deny", explicit=False, matched_rules=(), summary="No policy")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks S3: CloudFront with OAC or OAI, or somebody without a signature."""

    principal: Principal
    signing: Signing
    scheme: str
    account_id: str = ""
    source_arn: str = ""
    ip: str | None = None
    referer: str | None = None
    through_edge: bool = True
    signature_age: timedelta | None = None  # of a presigned URL


@dataclass(frozen=True, slots=True)
class AccessOutcome:
    """`effect` is the whole answer for reading the key; the rest says how it came about."""

    effect: Effect
    policy: AccessDecision
    lists: Effect  # s3:ListBucket: chooses between 404 and 403 for a missing key
    grant: Literal["policy", "acl", "owner", "none"] = "none"
    blocked_by: Literal["", "bucket", "account"] = ""
    ignored_acl: Literal["", "bucket", "account", "ownership"] = ""
    foreign_owner: bool = False
    kms: KmsProblem = ""
    kms_policy: AccessDecision | None = None
    unknown_because: str = ""


def signing_of(snapshot: AccountSnapshot, origin: Origin, *, viewer_auth: bool) -> Signing:
    """How CloudFront authenticates itself at this origin."""
    if origin.origin_access_control_id:
        control = next(
            (c for c in snapshot.origin_access_controls if c.id == origin.origin_access_control_id),
            None,
        )
        if control is None:
            return "oac" if not snapshot.read("origin_access_controls") else "unknown"
        if control.signing == "never":
            return "none"
        return "viewer" if control.signing == "no-override" and viewer_auth else "oac"
    return "oai" if origin.identity else "none"


def caller_of(
    snapshot: AccountSnapshot, distribution: Distribution, origin: Origin, signing: Signing,
    scheme: str, referer: str | None,
) -> Caller:  # fmt: skip
    """The caller that S3 sees for a request through this distribution."""
    principal = Principal("anonymous")
    if signing in {"oac", "unknown"}:
        principal = Principal("oac")
    elif signing == "oai":
        principal = Principal("oai", origin.identity, _canonical(snapshot, origin.identity))
    account = distribution.account_id or snapshot.account_id
    return Caller(principal, signing, scheme, account, distribution.arn, None, referer)


def _canonical(snapshot: AccountSnapshot, identity: str) -> str:
    for row in snapshot.origin_access_identities:
        if row.get("Id") == identity:
            return str(row.get("S3CanonicalUserId") or "")
    return str(facts.raw_fact(snapshot, r"canonical") or "")


_ABSENT_FOR_SERVICE = frozenset(
    {
        "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:principalorgid",
        "aws:principalorgpaths", "aws:principalarn", "aws:principalaccount", "aws:userid",
        "aws:username", "aws:multifactorauthpresent", "aws:multifactorauthage",
        "aws:federatedprovider",
        "aws:tokenissuetime", "aws:referer", "s3:versionid", "s3:prefix", "s3:delimiter",
        "s3:max-keys", "s3:locationconstraint", "aws:sourcearn", "aws:sourceaccount",
        "aws:principalservicename", "aws:principalservicenameslist", "s3:signatureage",
        "s3:signatureversion", "s3:authtype", "s3:accesspointnetworkorigin", "aws:sourceip",
        "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:ec2instancesourcevpc",
        "aws:sourceidentity", "aws:ec2instancesourceprivateipv4", "s3:accessgrantsinstancearn",
    }
)  # fmt: skip


def key_facts(snapshot: AccountSnapshot, bucket: Bucket, caller: Caller) -> KeyFacts:
    """The condition keys of a read by this caller; what is not listed is unknown."""
    present: dict[str, tuple[str, ...]] = {
        "aws:securetransport": ("true" if caller.scheme == "https" else "false",),
        "aws:currenttime": (snapshot.now.astimezone(UTC).isoformat(),),
        "aws:epochtime": (str(int(snapshot.now.timestamp())),),
        "aws:viaawsservice": ("false",),
        "aws:principalisawsservice": ("false",),
    }
    if bucket.owner_account_id:
        present["aws:resourceaccount"] = (bucket.owner_account_id,)
        present["s3:resourceaccount"] = (bucket.owner_account_id,)
    if bucket.region:
        present["aws:requestedregion"] = (bucket.region,)
    if caller.scheme == "https":
        present["s3:tlsversion"] = ("1.3",)
    if caller.ip and not caller.through_edge:
        present["aws:sourceip"] = (caller.ip,)
    if caller.referer is not None:
        present["aws:referer"] = (caller.referer,)
    _identity_facts(present, caller)
    edge = caller.through_edge
    unknown = _unread_source(caller) | ({"aws:sourceip"} if not edge and not caller.ip else set())
    if caller.principal.kind == "signer":
        unknown |= _OF_THE_SIGNER - set(present)
    return KeyFacts(present, unknown, _ABSENT_FOR_SERVICE - set(present), edge_address=edge)


# What S3 learns from a signature that nobody told us.
_OF_THE_SIGNER = frozenset(
    {
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "aws:principalaccount",
        "aws:principaltype", "aws:userid", "aws:username", "aws:multifactorauthpresent",
        "aws:multifactorauthage", "aws:federatedprovider", "aws:tokenissuetime",
        "aws:sourceidentity", "aws:principaltag/", "s3:signatureversion", "s3:signatureage",
        "aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4",
    }
)  # fmt: skip


def _source(caller: Caller) -> dict[str, tuple[str, ...]]:
    """The distribution and its account, as far as they were read."""
    told = {"aws:sourcearn": caller.source_arn, "aws:sourceaccount": caller.account_id}
    return {name: (value,) for name, value in told.items() if value}


def _unread_source(caller: Caller) -> frozenset[str]:
    if caller.principal.kind != "oac":
        return frozenset()
    return frozenset({"aws:sourcearn", "aws:sourceaccount"}) - set(_source(caller))


def _identity_facts(present: dict[str, tuple[str, ...]], caller: Caller) -> None:
    if caller.principal.kind == "oac":
        present["aws:principalisawsservice"] = ("true",)
        present["aws:principalservicename"] = (CLOUDFRONT_SERVICE,)
        present["aws:principalservicenameslist"] = (CLOUDFRONT_SERVICE,)
        present["s3:signatureversion"] = ("AWS4-HMAC-SHA256",)
        present["s3:authtype"] = ("REST-HEADER",)
        present |= _source(caller)
    elif caller.principal.kind == "oai":
        present["aws:principalarn"] = (caller.principal.label,)
        present["aws:principaltype"] = ("User",)
        present["s3:authtype"] = ("REST-HEADER",)
    elif caller.principal.kind == "signer":
        present["s3:authtype"] = ("REST-QUERY-STRING",)
        if caller.signature_age is not None:
            present["s3:signatureversion"] = ("AWS4-HMAC-SHA256",)
            age = int(caller.signature_age.total_seconds() * 1000)
            present["s3:signatureage"] = (str(age),)
    else:
        present["aws:principaltype"] = ("Anonymous",)


def object_arn(bucket: Bucket, key: str) -> str:
    return f"arn:{partition(bucket.region)}:s3:::{bucket.name}/{key}"


def evaluate(
    snapshot: AccountSnapshot, bucket: Bucket, caller: Caller, key: str, item: S3Object | None,
    action: str = "s3:GetObject",
) -> AccessOutcome:  # fmt: skip
    """Everything that decides a read of `key`. Without `item` nothing of the object counts."""
    known = key_facts(snapshot, bucket, caller)
    # Where the object exists, nobody asks whether a missing one would be told.
    lists = _lists(snapshot, bucket, caller, known) if item is None else "unknown"
    if not bucket.read("policy"):
        because = "the bucket policy was not read (s3:GetBucketPolicy)"
        return AccessOutcome("unknown", _NO_GRANT, "unknown", unknown_because=because)
    request = PolicyRequest(caller.principal, action, object_arn(bucket, key), known)
    policy = decide(bucket.policy, request)
    blocked = public_block(snapshot, bucket, caller) if policy.effect == "allow" else ""
    foreign = _foreign(bucket, item)
    effect, grant = _combine(policy, blocked=blocked, foreign=foreign)
    if effect == "allow" and _block_unread(snapshot, bucket, caller):
        because = "the public access block was not read (s3:GetBucketPublicAccessBlock)"
        return AccessOutcome("unknown", policy, "unknown", unknown_because=because)
    if foreign and not bucket.read("object_ownership"):
        because = "the object ownership was not read (s3:GetBucketOwnershipControls)"
        return AccessOutcome("unknown", policy, "unknown", unknown_because=because)
    ignored: Literal["", "bucket", "account", "ownership"] = ""
    if effect == "deny" and not policy.explicit and _public_acl(item):
        ignored = acl_ignored(snapshot, bucket)
        if not ignored and _acl_block_unread(snapshot, bucket):
            because = "the public access block was not read (s3:GetBucketPublicAccessBlock)"
            return AccessOutcome("unknown", policy, "unknown", unknown_because=because)
        if not ignored:
            effect, grant = "allow", "acl"
    kms, kms_policy = _kms(snapshot, caller, item)
    if effect == "allow" and kms:
        effect = "unknown" if kms == "unknown" else "deny"
    because = _why_unknown(policy, kms) if effect == "unknown" else ""
    return AccessOutcome(
        effect, policy, lists, grant, blocked, ignored, foreign, kms, kms_policy, because
    )


def _combine(
    policy: AccessDecision, *, blocked: str, foreign: bool
) -> tuple[Effect, Literal["policy", "acl", "owner", "none"]]:
    if policy.effect != "allow":
        return policy.effect, "none"
    if blocked or foreign:
        return "deny", "none"
    return "allow", "policy"


def _why_unknown(policy: AccessDecision, kms: KmsProblem) -> str:
    if policy.effect == "unknown":
        return policy.summary
    return (
        "the KMS key or its policy was not read (kms:DescribeKey, kms:GetKeyPolicy)" if kms else ""
    )


def _lists(snapshot: AccountSnapshot, bucket: Bucket, caller: Caller, known: KeyFacts) -> Effect:
    if not bucket.read("policy"):
        return "unknown"
    arn = f"arn:{partition(bucket.region)}:s3:::{bucket.name}"
    found = decide(bucket.policy, PolicyRequest(caller.principal, "s3:ListBucket", arn, known))
    if found.effect == "allow" and public_block(snapshot, bucket, caller):
        return "deny"
    return found.effect


def public_block(
    snapshot: AccountSnapshot, bucket: Bucket, caller: Caller
) -> Literal["", "bucket", "account"]:
    """RestrictPublicBuckets: a public policy then serves only AWS services and the own account."""
    if caller.principal.kind == "oac" or not is_public(bucket.policy):
        return ""
    if _flag(bucket.public_access_block, "restrict_public_buckets"):
        return "bucket"
    if _flag(snapshot.account_public_access_block, "restrict_public_buckets"):
        return "account"
    return ""


def _block_unread(snapshot: AccountSnapshot, bucket: Bucket, caller: Caller) -> bool:
    if caller.principal.kind == "oac" or not is_public(bucket.policy):
        return False
    own = bucket.read("public_access_block") and snapshot.read("account_public_access_block")
    return not own


def _flag(block: PublicAccessBlock | None, name: str) -> bool:
    return bool(block and getattr(block, name))


def _foreign(bucket: Bucket, item: S3Object | None) -> bool:
    """A bucket policy does not cover objects that another account owns (ACLs enabled)."""
    if item is None or bucket.object_ownership == "BucketOwnerEnforced":
        return False
    owner = item.owner_account_id
    return bool(owner and bucket.owner_account_id and owner != bucket.owner_account_id)


def _public_acl(item: S3Object | None) -> bool:
    if item is None or not item.acl:
        return False
    if isinstance(item.acl, str):
        return item.acl in {"public-read", "public-read-write"}
    grants = item.acl.get("Grants", item.acl) if isinstance(item.acl, dict) else item.acl
    return isinstance(grants, list) and any(_everybody_reads(grant) for grant in grants)


def _everybody_reads(grant: Any) -> bool:
    if not isinstance(grant, dict):
        return False
    grantee = grant.get("Grantee") or {}
    uri = str(grantee.get("URI", "")) if isinstance(grantee, dict) else str(grantee)
    return uri.endswith("AllUsers") and grant.get("Permission") in {"READ", "FULL_CONTROL"}


def _acl_block_unread(snapshot: AccountSnapshot, bucket: Bucket) -> bool:
    """Whether something that was not read may ignore the ACL."""
    read = bucket.read("public_access_block") and bucket.read("object_ownership")
    return not (read and snapshot.read("account_public_access_block"))


def acl_ignored(
    snapshot: AccountSnapshot, bucket: Bucket
) -> Literal["", "bucket", "account", "ownership"]:
    if bucket.object_ownership == "BucketOwnerEnforced":
        return "ownership"
    if _flag(bucket.public_access_block, "ignore_public_acls"):
        return "bucket"
    if _flag(snapshot.account_public_access_block, "ignore_public_acls"):
        return "account"
    return ""


# --- KMS ------------------------------------------------------------------------------------


def find_key(snapshot: AccountSnapshot, key_id: str) -> KmsKey | None:
    short = key_id.rsplit("/", 1)[-1]
    found = (k for k in snapshot.kms_keys if key_id in {k.arn, k.key_id} or k.key_id == short)
    return next(found, None)


def _kms(
    snapshot: AccountSnapshot, caller: Caller, item: S3Object | None
) -> tuple[KmsProblem, AccessDecision | None]:
    """The key's part: state, manager, then its policy with the same evaluator."""
    if item is None or not str(item.server_side_encryption or "").startswith("aws:kms"):
        return "", None
    key_id = item.ssekms_key_id or ""
    key = find_key(snapshot, key_id) if key_id else None
    default_key = not key_id and item.read("ssekms_key_id")
    problem: KmsProblem = ""
    if key and key.key_state not in {"Enabled", ""}:
        problem = "disabled"
    elif caller.principal.kind == "oai":
        problem = "oai"
    elif (key and key.key_manager == "AWS") or "alias/aws/s3" in key_id or default_key:
        problem = "aws-managed"
    elif caller.principal.kind in {"anonymous", "signer"}:
        problem = "anonymous"
    return (problem, None) if problem else _key_policy(caller, key)


def _key_policy(caller: Caller, key: KmsKey | None) -> tuple[KmsProblem, AccessDecision | None]:
    if key is None or not key.read("policy"):
        return "unknown", None
    present: dict[str, tuple[str, ...]] = {
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": (CLOUDFRONT_SERVICE,),
        "aws:securetransport": ("true",),
        **_source(caller),
    }
    absent = _ABSENT_FOR_SERVICE - set(present)
    known = KeyFacts(present, _unread_source(caller), absent | {"kms:calleraccount"})
    request = PolicyRequest(caller.principal, "kms:Decrypt", key.arn or "*", known)
    decision = decide(key.policy, request)
    if decision.effect == "allow":
        return "", decision
    return ("unknown" if decision.effect == "unknown" else "denied"), decision
