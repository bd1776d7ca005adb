"""URLs that name S3 itself: presigned ones that no longer hold, and blocked plain ones."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.access import AccessOutcome
from core.diagnostics.causes.access import denied
from core.diagnostics.causes.registry import ACCESS, ORIGIN, Case, Found, rule_at
from core.diagnostics.journey import Visit, evidence
from core.diagnostics.policy import denials
from core.model.diagnosis import Evidence

_PRESIGNED = {
    "presigned-expired": "presigned-expired",
    "presigned-token": "presigned-token-expired",
    "presigned-method": "presigned-wrong-method",
    "presigned-region": "presigned-wrong-region",
}


@rule_at(*_PRESIGNED)
def presigned(case: Case) -> Iterator[Found]:
    """The step of the trace says which moment, method or Region does not fit."""
    visit = case.journey.visit
    for tag, cause in _PRESIGNED.items():
        if visit is not None and case.journey.stopped(tag):
            because, shown = _step(visit, tag)
            yield Found(cause, ACCESS, f"{because}.", shown)


def _step(visit: Visit, tag: str) -> tuple[str, tuple[Evidence, ...]]:
    failed = [step for step in visit.log.steps if step.outcome in {"fail", "unknown"}]
    place = next(i for i, stop in enumerate(visit.log.stops) if stop.tag == tag)
    return failed[place].because, failed[place].evidence


@rule_at("denied", "kms-anonymous")
def direct(case: Case) -> Iterator[Found]:
    """An S3 URL to a bucket that only CloudFront may read."""
    journey, visit = case.journey, case.journey.visit
    stopped = journey.stopped("denied") or journey.stopped("kms-anonymous")
    if not journey.direct or visit is None or visit.access is None or not stopped:
        return
    signer = visit.caller is not None and visit.caller.principal.kind == "signer"
    if signer or _public_but_denied(visit.access):
        yield from _refused(visit.access)
        return
    yield Found(
        "direct-s3-url-blocked", ACCESS if visit.item else ORIGIN,
        f"The URL names S3 itself, and {visit.bucket_name} is not public: it is read through the "
        "CDN.", evidence("s3:GetBucketPolicy", "Policy.Statement", "no public grant"),
    )  # fmt: skip


def _public_but_denied(access: AccessOutcome) -> bool:
    rules = access.policy.matched_rules
    allowed = any(r.effect == "Allow" and r.applies == "yes" for r in rules)
    return access.policy.explicit and allowed


def _refused(access: AccessOutcome) -> Iterator[Found]:
    """A Deny that holds for everybody, the signer included."""
    for place, one in enumerate(denials(access.policy)):
        yield denied(one, place)
