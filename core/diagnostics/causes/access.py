"""Why S3 or KMS refuses: the statement, the element and the two values that differ."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.access import AccessOutcome, evaluate
from core.diagnostics.causes.registry import ACCESS, KMS, NOTE, Case, Found, rule
from core.diagnostics.journey import Visit, evidence
from core.diagnostics.origins import REGIONS_WITHOUT_OAI
from core.diagnostics.policy import CLOUDFRONT_SERVICE, MatchedRule, Mismatch, principal_names
from core.diagnostics.wildcards import matches
from core.model.delivery import S3Object
from core.model.diagnosis import Confidence, Evidence


@rule
def reading(case: Case) -> Iterator[Found]:
    """For the object that was asked for, or for the one that is meant."""
    visit = case.journey.visit
    if visit is None or visit.bucket is None or visit.access is None or case.journey.direct:
        return
    if any(map(case.journey.stopped, ("viewer-authorization", "two-signatures", "method"))):
        return
    outcome, item, key = visit.access, visit.item, visit.key or ""
    if item is None:
        meant = _meant(case, visit)
        if meant is None:
            return
        outcome, item = meant
        key = item.key
    if outcome.effect == "deny":
        yield from refusals(case, visit, outcome, item, key)


def _meant(case: Case, visit: Visit) -> tuple[AccessOutcome, S3Object] | None:
    """The decision for the candidate in the same bucket: fixing the key alone may not do."""
    best = case.best
    if best is None or not best.sure or visit.bucket is None or visit.caller is None:
        return None
    if best.bucket != visit.bucket_name:
        return None
    item = case.indexes.of(visit.bucket).get(best.key)
    if item is None:
        return None
    return evaluate(case.snapshot, visit.bucket, visit.caller, best.key, item), item


def refusals(
    case: Case, visit: Visit, outcome: AccessOutcome, item: S3Object, key: str
) -> Iterator[Found]:
    """Every reason that stands alone: policy or what overrides it, then KMS."""
    if outcome.grant == "none":
        yield from _policy_side(case, visit, outcome, item, key)
    yield from _kms_side(case, outcome, item)


def _policy_side(
    case: Case, visit: Visit, outcome: AccessOutcome, item: S3Object, key: str
) -> Iterator[Found]:
    if outcome.policy.explicit and outcome.policy.decisive:
        yield _denied(outcome.policy.decisive)
        again = [
            r for r in outcome.policy.matched_rules if r.effect == "Allow" and r.applies == "yes"
        ]
        if again or outcome.policy.effect == "allow":
            return
    if visit.endpoint.kind == "website":
        yield Found(
            "origin-website-endpoint-private", ACCESS,
            "The origin is the website endpoint, which reads without a signature, and the objects "
            "are not public.", _policy_evidence("no public grant"),
        )  # fmt: skip
    elif outcome.foreign_owner and outcome.policy.effect == "allow":
        yield _foreign(visit, item)
    elif outcome.blocked_by:
        yield _blocked(outcome.blocked_by, "RestrictPublicBuckets")
    elif outcome.ignored_acl:
        yield _acl(outcome, visit)
    elif not outcome.policy.explicit:
        yield from _by_signing(case, visit, outcome, item, key)


def _policy_evidence(value: object) -> tuple[Evidence, ...]:
    return evidence("s3:GetBucketPolicy", "Policy.Statement", value)


def _foreign(visit: Visit, item: S3Object) -> Found:
    return Found(
        "object-owned-by-other-account", ACCESS,
        f"{item.key} belongs to account {item.owner_account_id}; the bucket's policy does not "
        "cover it.",
        evidence("s3:GetBucketOwnershipControls", "ObjectOwnership",
                 visit.bucket.object_ownership if visit.bucket else None),
    )  # fmt: skip


def _blocked(place: str, flag: str) -> Found:
    if place == "account":
        return Found(
            "account-bpa-overrides-bucket", ACCESS,
            f"{flag} is on for the whole account and overrules the bucket's public grant.",
            evidence("s3control:GetPublicAccessBlock", flag, value=True),
        )  # fmt: skip
    return Found(
        "bpa-blocks-public-policy", ACCESS,
        f"The object is readable by a public grant only, and {flag} is on for the bucket.",
        evidence("s3:GetPublicAccessBlock", flag, value=True),
    )  # fmt: skip


def _acl(outcome: AccessOutcome, visit: Visit) -> Found:
    if outcome.ignored_acl != "ownership":
        return _blocked(outcome.ignored_acl, "IgnorePublicAcls")
    return Found(
        "acl-disabled-public-read-lost", ACCESS,
        "The object was public by its ACL; ACLs are disabled now (BucketOwnerEnforced).",
        evidence("s3:GetBucketOwnershipControls", "ObjectOwnership",
                 visit.bucket.object_ownership if visit.bucket else None),
    )  # fmt: skip


# --- explicit deny --------------------------------------------------------------------------

_NETWORK_KEYS = {"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"}


def _denied(decisive: MatchedRule) -> Found:
    keys = {line.key.lower() for line in decisive.comparisons}
    detail = "; ".join(
        f"{line.operator} {line.key} {', '.join(line.wanted)}" for line in decisive.comparisons
    )
    cause, why = "explicit-deny", "A Deny statement matches"
    if "aws:securetransport" in keys:
        cause, why = "explicit-deny-secure-transport", "A Deny refuses HTTP, and this came by HTTP"
    elif keys & _NETWORK_KEYS:
        cause, why = "explicit-deny-vpce-or-ip", "A Deny refuses everybody outside a network"
    elif "aws:referer" in keys:
        cause, why = "explicit-deny-referer", "A Deny looks at Referer, which CloudFront removes"
    sentence = f"{why} ({decisive.sid}{': ' + detail if detail else ''})."
    return Found(cause, ACCESS, sentence, _policy_evidence({"Sid": decisive.sid, "Effect": "Deny"}))


# --- no allow -------------------------------------------------------------------------------


def _by_signing(
    case: Case, visit: Visit, outcome: AccessOutcome, item: S3Object, key: str
) -> Iterator[Found]:
    if visit.signing == "none":
        yield from _unsigned(case, visit, outcome)
        return
    if visit.signing == "oai" and visit.bucket and visit.bucket.region in REGIONS_WITHOUT_OAI:
        return
    close = _closest(outcome, visit)
    if close is None:
        yield _nobody_named(visit, outcome)
        return
    for mismatch in close.mismatches:
        yield from _mismatch(close, mismatch, visit, key)
    del item


def _unsigned(case: Case, visit: Visit, outcome: AccessOutcome) -> Iterator[Found]:
    if visit.origin.origin_access_control_id:
        yield Found(
            "oac-signing-never", ACCESS,
            "The origin access control is set to sign never, so S3 sees an anonymous reader.",
            evidence("cloudfront:GetOriginAccessControl", "SigningBehavior", "never"),
        )  # fmt: skip
        return
    referer = [r for r in outcome.policy.matched_rules if r.effect == "Allow" and _only_referer(r)]
    if referer:
        yield Found(
            "explicit-deny-referer", ACCESS,
            f"{referer[0].sid} allows only requests with a Referer, which CloudFront removes.",
            _policy_evidence({"Sid": referer[0].sid}),
        )  # fmt: skip
        return
    if "x-amz-signature" in {name.lower() for name in case.journey.url.parameters}:
        return
    network = [r for r in outcome.policy.matched_rules if r.effect == "Allow" and _only_network(r)]
    why = f" {network[0].reason}." if network else ""
    yield Found(
        "origin-no-oac-oai-private-bucket", ACCESS,
        "The origin has no access control, so S3 sees an anonymous reader of a private bucket."
        + why,
        evidence("cloudfront:GetDistribution", "OriginAccessControlId, OriginAccessIdentity", ""),
    )  # fmt: skip


def _only_referer(found: MatchedRule) -> bool:
    return bool(found.mismatches) and all(m.key.lower() == "aws:referer" for m in found.mismatches)


def _only_network(found: MatchedRule) -> bool:
    return bool(found.mismatches) and all(m.key.lower() in _NETWORK_KEYS for m in found.mismatches)


def _closest(outcome: AccessOutcome, visit: Visit) -> MatchedRule | None:
    """The Allow statement for this very caller that fails in the fewest elements."""
    named = [
        r
        for r in outcome.policy.matched_rules
        if r.effect == "Allow"
        and r.applies == "no"
        and not any(m.element == "Principal" for m in r.mismatches)
        and not _is_listing_only(r)
    ]
    named.sort(key=lambda r: (_distance(r), r.index))
    del visit
    return named[0] if named else None


def _distance(found: MatchedRule) -> float:
    weights = {"Condition": 1.0, "Resource": 1.1, "Action": 1.2, "Principal": 3.0}
    return sum(weights[m.element] for m in found.mismatches)


def _is_listing_only(found: MatchedRule) -> bool:
    """A statement that allows listing says nothing about reading, unless it stands alone."""
    actions = {a.lower() for a in found.statement.action}
    on_bucket = all("/" not in r.split(":::")[-1] for r in found.statement.resource)
    return bool(actions) and actions <= {"s3:listbucket", "s3:getbucketlocation"} and on_bucket


def _nobody_named(visit: Visit, outcome: AccessOutcome) -> Found:
    """No Allow statement names this caller: another kind of CloudFront identity, or none."""
    allows = [r for r in outcome.policy.matched_rules if r.effect == "Allow"]
    services = any(_names_service(r) for r in allows)
    identities = [v for r in allows for v in _identities(r)]
    if visit.signing == "oai":
        if identities:
            return Found(
                "policy-oai-wrong-id", ACCESS,
                f"The policy names {identities[0]}, this origin's identity is "
                f"{visit.origin.identity}.", _policy_evidence(identities[0]),
            )  # fmt: skip
        if services:
            return _mixup("an origin access identity", "the service principal (OAC)")
    elif identities and not services:
        return _mixup("origin access control", "an origin access identity")
    only_lists = [r for r in allows if _names_service(r) and _is_listing_only(r)]
    if only_lists and visit.signing == "oac":
        return Found(
            "policy-action-missing-getobject", ACCESS,
            f"{only_lists[0].sid} allows CloudFront {', '.join(only_lists[0].statement.action)}, "
            "not s3:GetObject.", _policy_evidence(list(only_lists[0].statement.action)),
        )  # fmt: skip
    return Found(
        "policy-no-allow-for-oac", ACCESS,
        "No statement of the bucket policy allows CloudFront to read.",
        _policy_evidence([r.sid for r in allows]),
    )  # fmt: skip


def _mixup(has: str, allowed: str) -> Found:
    return Found(
        "policy-oac-vs-oai-mixup", ACCESS,
        f"The origin uses {has}, but the bucket policy allows {allowed}.",
        _policy_evidence(allowed),
    )  # fmt: skip


def _names_service(found: MatchedRule) -> bool:
    names = principal_names(found.statement.principal)
    return any(kind == "Service" and value == CLOUDFRONT_SERVICE for kind, value in names)


def _identities(found: MatchedRule) -> list[str]:
    """Principals that are, or were, origin access identities."""
    return [
        value
        for kind, value in principal_names(found.statement.principal)
        if (kind == "AWS" and ("Origin Access Identity" in value or value.startswith("AIDA")))
        or kind == "CanonicalUser"
    ]


def _mismatch(close: MatchedRule, mismatch: Mismatch, visit: Visit, key: str) -> Iterator[Found]:
    """One element of the closest statement that differs."""
    wanted = ", ".join(mismatch.wanted)
    shown = _policy_evidence(
        {"Sid": close.sid, "element": mismatch.key or mismatch.element, "policy": wanted,
         "request": mismatch.actual}
    )  # fmt: skip
    if mismatch.element == "Resource":
        yield _resource(close, mismatch, visit, key, shown)
    elif mismatch.element == "Action":
        yield Found(
            "policy-action-missing-getobject", ACCESS,
            f"{close.sid} allows {wanted}, not {mismatch.actual}.", shown,
        ) if not mismatch.actual.endswith("Version") else Found(
            "version-id-not-permitted", ACCESS,
            f"versionId is passed on, and {close.sid} does not allow {mismatch.actual}.", shown,
        )  # fmt: skip
    elif mismatch.element == "Condition":
        yield _condition(close, mismatch, shown)


def _resource(
    close: MatchedRule, mismatch: Mismatch, visit: Visit, key: str, shown: tuple[Evidence, ...]
) -> Found:
    objects = [r for r in mismatch.wanted if "/" in r.split(":::")[-1]]
    name = visit.bucket_name
    other = [r for r in objects if not matches(r.split(":::")[-1].partition("/")[0], name)]
    if not objects or len(other) == len(objects):
        return Found(
            "policy-resource-missing-objects", ACCESS,
            f"{close.sid} names {', '.join(mismatch.wanted)}, which covers no object of {name}.",
            shown,
        )  # fmt: skip
    return Found(
        "policy-resource-prefix-too-narrow", ACCESS,
        f"{close.sid} covers {', '.join(objects)}, not {key}.", shown,
    )  # fmt: skip


def _condition(close: MatchedRule, mismatch: Mismatch, shown: tuple[Evidence, ...]) -> Found:
    name, wanted = mismatch.key.lower(), ", ".join(mismatch.wanted)
    sentence = f"{close.sid}: {mismatch.key} is {wanted}, this request has {mismatch.actual}."
    cause = {
        "aws:sourcearn": "policy-sourcearn-mismatch",
        "aws:sourceaccount": "policy-sourceaccount-mismatch",
        "aws:referer": "explicit-deny-referer",
    }.get(name, "policy-no-allow-for-oac")
    if name in _NETWORK_KEYS:
        cause = "explicit-deny-vpce-or-ip"
    return Found(cause, ACCESS, sentence, shown)


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


@rule
def requester_pays(case: Case) -> Iterator[Found]:
    if case.journey.stopped("requester-pays"):
        yield Found(
            "requester-pays", ACCESS,
            "The bucket makes the requester pay; CloudFront's requests don't say that they will.",
            evidence("s3:GetBucketRequestPayment", "Payer", "Requester"),
        )  # fmt: skip


@rule
def customer_key(case: Case) -> Iterator[Found]:
    if case.journey.stopped("sse-c"):
        yield Found(
            "sse-c-object", KMS,
            "The object is encrypted with a key that only the uploader has (SSE-C).",
            evidence("s3:HeadObject", "SSECustomerAlgorithm", "set"),
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


def _kms_side(case: Case, outcome: AccessOutcome, item: S3Object) -> Iterator[Found]:
    if outcome.kms in _KMS:
        cause, sentence = _KMS[outcome.kms]
        detail = outcome.kms_policy.summary if outcome.kms_policy else item.ssekms_key_id
        shown = evidence("kms:GetKeyPolicy", "Policy", detail)
        yield Found(cause, KMS, sentence, shown)
    del case


@rule
def behind_identity(case: Case) -> Iterator[Found]:
    """KMS and identity problems of a request that is refused earlier still count."""
    visit = case.journey.visit
    if visit is None or visit.item is None or visit.access is None or visit.access.effect != "deny":
        return
    if visit.access.kms == "unknown":
        yield Found(
            "kms-key-policy-missing-cloudfront", NOTE, "The key policy was not read.",
            confidence=Confidence.UNKNOWN,
        )  # fmt: skip
