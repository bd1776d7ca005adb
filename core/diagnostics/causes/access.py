"""Why S3 or KMS refuses: the statement, the element and the two values that differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.diagnostics.access import AccessOutcome, caller_of, evaluate
from core.diagnostics.causes.registry import ACCESS, KMS, Case, Found, rule, rule_at
from core.diagnostics.causes.statements import NETWORK_KEYS, not_allowed, policy_evidence, unsigned
from core.diagnostics.conditions import Comparison
from core.diagnostics.journey import Visit, evidence
from core.diagnostics.objects import is_archived
from core.diagnostics.origins import REGIONS_WITHOUT_OAI
from core.diagnostics.policy import MatchedRule, denials
from core.model.delivery import S3Object
from core.model.diagnosis import ObjectState


@rule
def reading(case: Case) -> Iterator[Found]:
    """For the object that was asked for, or for the one that is meant."""
    visit = case.journey.visit
    if visit is None or visit.bucket is None or visit.access is None or case.journey.direct:
        return
    if any(map(case.journey.stopped, ("viewer-authorization", "two-signatures", "method"))):
        return
    if case.journey.method not in _READS and any(s.step == "viewer" for s in case.journey.stops):
        return  # what a write may do is no question as long as it doesn't get there
    read = meant_read(case, visit) or _read_of_nothing(case, visit)
    if read is not None and read[0].effect == "deny":
        outcome, item = read
        yield from refusals(case, visit, outcome, item, item.key)


_READS = {"GET", "HEAD", "OPTIONS"}


def _read_of_nothing(case: Case, visit: Visit) -> tuple[AccessOutcome, S3Object] | None:
    """The decision for a key that nothing resembles: putting an object there may not do."""
    if case.best is not None or visit.state is not ObjectState.MISSING or not visit.key:
        return None
    return None if visit.access is None else (visit.access, S3Object(key=visit.key))


@rule
def meant_is_archived(case: Case) -> Iterator[Found]:
    """The object that is meant can't be read either: fixing the key alone gives another 403."""
    visit = case.journey.visit
    read = None if visit is None or visit.item is not None else meant_read(case, visit)
    if read is not None and is_archived(read[1], case.snapshot.now):
        yield Found(
            "object-archived", ACCESS,
            f"{read[1].key} is archived ({read[1].storage_class}) and not restored.",
            evidence("s3:HeadObject", "StorageClass", read[1].storage_class),
        )  # fmt: skip


def meant_read(case: Case, visit: Visit) -> tuple[AccessOutcome, S3Object] | None:
    """The decision for the object, or for the candidate: fixing the key alone may not do."""
    if visit.item is not None:
        return None if visit.access is None else (visit.access, visit.item)
    best = case.best
    if best is None or not best.sure or visit.bucket is None or visit.caller is None:
        return None
    if best.bucket != visit.bucket_name:
        return None
    item = case.indexes.of(visit.bucket).get(best.key)
    if item is None:
        return None
    return case.indexes.read(case.snapshot, visit.bucket, visit.caller, item), item


def refusals(
    case: Case, visit: Visit, outcome: AccessOutcome, item: S3Object, key: str
) -> Iterator[Found]:
    """Every reason that stands alone: policy or what overrides it, then KMS."""
    if outcome.grant == "none":
        yield from _policy_side(case, visit, outcome, item, key)
    if outcome.kms == "anonymous" and outcome.grant != "none":
        if visit.endpoint.kind == "website":
            yield _website("are encrypted with KMS")
        else:
            yield from unsigned(case, visit, outcome, "the object is encrypted with KMS")
    yield from _kms_side(outcome, item)
    if visit.signing == "none" and visit.endpoint.kind == "rest":
        yield from _once_signed(case, visit, item)


_AFTERWARDS = 0.5  # behind every other cause of the same stage


def _once_signed(case: Case, visit: Visit, item: S3Object) -> Iterator[Found]:
    """What refuses a signed request too: making the origin sign is only the first repair."""
    owner = case.journey.distribution
    if owner is None or visit.bucket is None:
        return
    scheme = case.journey.url.scheme
    caller = caller_of(case.snapshot, owner, visit.origin, "oac", scheme, None)
    outcome = evaluate(case.snapshot, visit.bucket, caller, item.key, item)
    never = bool(visit.origin.origin_access_control_id)  # else the policy comes with the control
    if never and outcome.grant == "none" and not denials(outcome.policy):
        for found in not_allowed(case, replace(visit, signing="oac"), outcome, item.key):
            yield replace(found, rank=found.rank + _AFTERWARDS)
    yield from _kms_side(outcome, item)


def _policy_side(
    case: Case, visit: Visit, outcome: AccessOutcome, item: S3Object, key: str
) -> Iterator[Found]:
    refused = denials(outcome.policy)
    for place, rule_ in enumerate(refused):
        yield denied(rule_, place)
    rules = outcome.policy.matched_rules
    allowed = any(r.effect == "Allow" and r.applies == "yes" for r in rules)
    if visit.endpoint.kind == "website" and not (allowed and outcome.policy.explicit):
        yield _website("are not public")
    elif visit.signing == "none" and visit.origin.origin_access_control_id and not refused:
        yield from unsigned(case, visit, outcome, "the bucket is private")
    elif outcome.blocked_by:
        yield _blocked(outcome.blocked_by, "RestrictPublicBuckets")
    elif outcome.ignored_acl:
        yield _acl(outcome, visit)
    elif not allowed:
        yield from not_allowed(case, visit, outcome, key)
    if outcome.foreign_owner:
        yield _foreign(visit, item)


def _website(state: str) -> Found:
    return Found(
        "origin-website-endpoint-private", ACCESS,
        "The origin is the website endpoint, which reads without a signature, and the objects "
        f"{state}.", policy_evidence("no public grant"),
    )  # fmt: skip


def _foreign(visit: Visit, item: S3Object) -> Found:
    return Found(
        "object-owned-by-other-account", ACCESS,
        f"{item.key} belongs to account {item.owner_account_id}; the bucket's policy does not "
        "cover it.",
        evidence("s3:GetBucketOwnershipControls", "OwnershipControls.Rules[0].ObjectOwnership",
                 visit.bucket.object_ownership if visit.bucket else None),
    )  # fmt: skip


def _blocked(place: str, flag: str) -> Found:
    if place == "account":
        return Found(
            "account-bpa-overrides-bucket", ACCESS,
            f"{flag} is on for the whole account and overrules the bucket's public grant.",
            evidence("s3control:GetPublicAccessBlock", f"PublicAccessBlockConfiguration.{flag}",
                     value=True),
        )  # fmt: skip
    return Found(
        "bpa-blocks-public-policy", ACCESS,
        f"The object is readable by a public grant only, and {flag} is on for the bucket.",
        evidence("s3:GetPublicAccessBlock", f"PublicAccessBlockConfiguration.{flag}", value=True),
    )  # fmt: skip


def _acl(outcome: AccessOutcome, visit: Visit) -> Found:
    if outcome.ignored_acl != "ownership":
        return _blocked(outcome.ignored_acl, "IgnorePublicAcls")
    return Found(
        "acl-disabled-public-read-lost", ACCESS,
        "The object was public by its ACL; ACLs are disabled now (BucketOwnerEnforced).",
        evidence("s3:GetBucketOwnershipControls", "OwnershipControls.Rules[0].ObjectOwnership",
                 visit.bucket.object_ownership if visit.bucket else None),
    )  # fmt: skip


# --- explicit deny --------------------------------------------------------------------------


def denied(decisive: MatchedRule, place: int) -> Found:
    """Several Denies keep the policy's order: `place` is this one's among them."""
    keys = {line.key.lower() for line in decisive.comparisons}
    detail = "; ".join(map(_compared, decisive.comparisons))
    cause, why = "explicit-deny", "A Deny statement matches"
    if "aws:securetransport" in keys:
        cause, why = "explicit-deny-secure-transport", "A Deny refuses HTTP, and this came by HTTP"
    elif keys & NETWORK_KEYS:
        cause, why = "explicit-deny-vpce-or-ip", "A Deny refuses everybody outside a network"
    elif "aws:referer" in keys:
        cause, why = "explicit-deny-referer", "A Deny looks at Referer, which CloudFront removes"
    sentence = f"{why} ({decisive.sid}{': ' + detail if detail else ''})."
    shown = {"Sid": decisive.sid, "Effect": "Deny", "Condition": decisive.statement.condition}
    found = evidence("s3:GetBucketPolicy", f"Policy.Statement[{decisive.index}]", shown)
    return Found(cause, ACCESS + place / 100, sentence, found)


def _compared(line: Comparison) -> str:
    """Operator, key and value of the policy, and what this request has in its place."""
    has = ", ".join(line.actual) if line.actual else "no such value"
    if line.key.lower() == "aws:sourceip" and not line.actual:
        has = "one of CloudFront's addresses"
    return f"{line.operator} {line.key} {', '.join(line.wanted)}; this request has {has}"


# --- identity and encryption ----------------------------------------------------------------


@rule
def identity_in_new_region(case: Case) -> Iterator[Found]:
    visit = case.journey.visit
    if visit and visit.signing == "oai" and visit.bucket:
        region = visit.bucket.region
        if region in REGIONS_WITHOUT_OAI:
            yield Found(
                "oai-new-region", ACCESS,
                f"Origin access identities don't work in {region}; use origin access control.",
                evidence("s3:GetBucketLocation", "LocationConstraint", region),
            )  # fmt: skip


@rule_at("requester-pays")
def requester_pays(case: Case) -> Iterator[Found]:
    if case.journey.stopped("requester-pays"):
        yield Found(
            "requester-pays", ACCESS,
            "The bucket makes the requester pay; CloudFront's requests don't say that they will.",
            evidence("s3:GetBucketRequestPayment", "Payer", "Requester"),
        )  # fmt: skip


@rule_at("sse-c")
def customer_key(case: Case) -> Iterator[Found]:
    if case.journey.stopped("sse-c"):
        yield Found(
            "sse-c-object", KMS,
            "The object is encrypted with a key that only the uploader has (SSE-C).",
            evidence("s3:HeadObject", "SSECustomerAlgorithm", "AES256"),
        )  # fmt: skip


_KMS = {
    "oai": ("kms-with-oai", "An origin access identity can't read objects encrypted with KMS."),
    "aws-managed": (
        "kms-aws-managed-key",
        "The object is encrypted with aws/s3, whose policy can't name CloudFront.",
    ),
    "disabled": ("kms-key-disabled", "The KMS key of the object is not enabled."),
    "denied": (
        "kms-key-policy-missing-cloudfront",
        "The key policy does not let CloudFront use kms:Decrypt.",
    ),
}


def _kms_side(outcome: AccessOutcome, item: S3Object) -> Iterator[Found]:
    if outcome.kms in _KMS:
        cause, sentence = _KMS[outcome.kms]
        if outcome.kms_policy:
            why = outcome.kms_policy.summary
            sentence = f"{sentence} {why}." if why != "No statement allows it" else sentence
            shown = evidence("kms:GetKeyPolicy", "Policy.Statement", why)
        else:
            shown = evidence("s3:HeadObject", "SSEKMSKeyId", item.ssekms_key_id)
        yield Found(cause, KMS, sentence, shown)
