"""No statement allows the read: which one comes nearest, and the element that differs."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.access import AccessOutcome
from core.diagnostics.causes.registry import ACCESS, Case, Found
from core.diagnostics.journey import Visit, evidence
from core.diagnostics.origins import REGIONS_WITHOUT_OAI
from core.diagnostics.policy import (
    CLOUDFRONT_SERVICE,
    MatchedRule,
    Mismatch,
    closest_allow,
    is_identity,
    is_listing_only,
    principal_names,
)
from core.model.diagnosis import Evidence
from core.model.wildcards import matches

NETWORK_KEYS = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})


def policy_evidence(value: object) -> tuple[Evidence, ...]:
    return evidence("s3:GetBucketPolicy", "Policy.Statement", value)


def not_allowed(case: Case, visit: Visit, outcome: AccessOutcome, key: str) -> Iterator[Found]:
    """Why no Allow statement lets this caller read the key."""
    if visit.signing == "none":
        yield from unsigned(case, visit, outcome, "the bucket is private")
        return
    if visit.signing == "oai" and visit.bucket and visit.bucket.region in REGIONS_WITHOUT_OAI:
        return
    close = closest_allow(outcome.policy.matched_rules)
    if close is None:
        yield _nobody_named(visit, outcome)
        return
    for mismatch in close.mismatches:
        yield from _mismatch(close, mismatch, visit, key)


def unsigned(case: Case, visit: Visit, outcome: AccessOutcome, state: str) -> Iterator[Found]:
    """CloudFront reads without a signature; `state` says why that does not do."""
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
            policy_evidence({"Sid": referer[0].sid}),
        )  # fmt: skip
        return
    if "x-amz-signature" in {name.lower() for name in case.journey.url.parameters}:
        return
    network = [r for r in outcome.policy.matched_rules if r.effect == "Allow" and _only_network(r)]
    why = f" {network[0].reason}." if network else ""
    yield Found(
        "origin-no-oac-oai-private-bucket", ACCESS,
        f"The origin has no access control, so S3 sees an anonymous reader, and {state}.{why}",
        evidence(
            "cloudfront:GetDistribution",
            f"DistributionConfig.Origins.Items[{visit.place}].OriginAccessControlId",
            visit.origin.origin_access_control_id,
        ),
    )  # fmt: skip


def _only_referer(found: MatchedRule) -> bool:
    return bool(found.mismatches) and all(m.key.lower() == "aws:referer" for m in found.mismatches)


def _only_network(found: MatchedRule) -> bool:
    return bool(found.mismatches) and all(m.key.lower() in NETWORK_KEYS for m in found.mismatches)


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
                f"{visit.origin.identity}.", policy_evidence(identities[0]),
            )  # fmt: skip
        if services:
            return _mixup("an origin access identity", "the service principal (OAC)")
    elif identities and not services:
        return _mixup("origin access control", "an origin access identity")
    only_lists = [r for r in allows if _names_service(r) and is_listing_only(r)]
    if only_lists and visit.signing == "oac":
        return Found(
            "policy-action-missing-getobject", ACCESS,
            f"{only_lists[0].sid} allows CloudFront {', '.join(only_lists[0].statement.action)}, "
            "not s3:GetObject.", policy_evidence(list(only_lists[0].statement.action)),
        )  # fmt: skip
    return Found(
        "policy-no-allow-for-oac", ACCESS,
        "No statement of the bucket policy allows CloudFront to read.",
        policy_evidence([r.sid for r in allows]),
    )  # fmt: skip


def _mixup(has: str, allowed: str) -> Found:
    return Found(
        "policy-oac-vs-oai-mixup", ACCESS,
        f"The origin uses {has}, but the bucket policy allows {allowed}.",
        policy_evidence(allowed),
    )  # fmt: skip


def _names_service(found: MatchedRule) -> bool:
    names = principal_names(found.statement.principal)
    return any(kind == "Service" and value == CLOUDFRONT_SERVICE for kind, value in names)


def _identities(found: MatchedRule) -> list[str]:
    names = principal_names(found.statement.principal)
    return [value for kind, value in names if is_identity(kind, value)]


def _mismatch(close: MatchedRule, mismatch: Mismatch, visit: Visit, key: str) -> Iterator[Found]:
    """One element of the closest statement that differs."""
    wanted = ", ".join(mismatch.wanted)
    shown = _both_values(close, mismatch)
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
    else:
        yield _condition(close, mismatch, shown)


def _both_values(close: MatchedRule, mismatch: Mismatch) -> tuple[Evidence, ...]:
    """Where the policy says what it wants, and what the request has in its place."""
    within = f".{mismatch.operator}.{mismatch.key}" if mismatch.element == "Condition" else ""
    wanted = mismatch.wanted[0] if len(mismatch.wanted) == 1 else list(mismatch.wanted)
    path = f"Policy.Statement[{close.index}].{mismatch.element}{within}"
    return (
        *evidence("s3:GetBucketPolicy", path, wanted),
        *evidence("request", mismatch.key or mismatch.element, mismatch.actual),
    )


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
    cause = {
        "aws:sourcearn": "policy-sourcearn-mismatch",
        "aws:sourceaccount": "policy-sourceaccount-mismatch",
        "aws:referer": "explicit-deny-referer",
        "aws:securetransport": "explicit-deny-secure-transport",
    }.get(name, "policy-no-allow-for-oac")
    if name in NETWORK_KEYS:
        cause = "explicit-deny-vpce-or-ip"
    sentence = (
        f"{_PLAIN.get(cause, 'A condition of the bucket policy is not met')}: in {close.sid}, "
        f"{mismatch.key} is {wanted}; this request has {mismatch.actual}."
    )
    return Found(cause, ACCESS, sentence, shown)


_PLAIN = {
    "policy-sourcearn-mismatch": "The bucket policy names another distribution",
    "policy-sourceaccount-mismatch": "The bucket policy names another account",
    "explicit-deny-referer": "The bucket policy wants another Referer",
    "explicit-deny-secure-transport": "The bucket policy wants TLS",
    "explicit-deny-vpce-or-ip": "The bucket policy admits another network only",
}
