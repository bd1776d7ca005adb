"""Origins and functions: what fails between the edge and the object, whatever the key."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.causes.registry import FUNCTION, OBJECT, ORIGIN, Case, Found, rule, rule_at
from core.diagnostics.journey import Visit, evidence
from core.model.diagnosis import Confidence, Evidence


def _visit_evidence(visit: Visit | None, step: str) -> tuple[Evidence, ...]:
    steps = visit.log.steps if visit else []
    found = [s for s in steps if s.step == step and s.outcome in {"fail", "unknown"}]
    return found[0].evidence if found else ()


_STOPS = {
    "stacked": (
        "stacked-distribution-loop",
        "The origin is another CloudFront distribution, and chained distributions answer 403.",
    ),
    "website-https": (
        "origin-website-endpoint-https",
        "{host} is an S3 website endpoint, which has no TLS, and is asked by HTTPS.",
    ),
    "no-website": (
        "origin-website-endpoint-private",
        "{host} is a website endpoint, and {bucket} is not set up as a website: S3 answers 404.",
    ),
    "host-forwarded": (
        "origin-host-header-forwarded",
        "The viewer's Host header reaches S3: the signature or the bucket name no longer fits.",
    ),
    "no-bucket": (
        "origin-bucket-does-not-exist",
        "There is no bucket {bucket}, which {host} names.",
    ),
    "new-bucket": (
        "origin-new-bucket-307",
        "{bucket} is younger than a day and outside us-east-1: its global name still redirects.",
    ),
    "unreachable": ("origin-timeout-or-unreachable", "{host} does not answer ({detail})."),
    "slow-down": ("origin-s3-slowdown", "S3 asks to slow down ({detail}): too many requests."),
    "two-signatures": (
        "presigned-plus-oac-two-auth",
        "CloudFront signs for S3 and the URL carries an S3 signature too: only one is allowed.",
    ),
    "presigned-host": (
        "presigned-host-changed",
        "The URL was presigned for S3's host name and is used on CloudFront's.",
    ),
}


@rule_at(*_STOPS)
def origin_stops(case: Case) -> Iterator[Found]:
    for tag, (cause, text) in _STOPS.items():
        stop, visit = case.journey.stopped(tag), case.journey.visit
        if stop and visit:
            sentence = text.format(
                bucket=visit.bucket_name, host=visit.origin.domain_name,
                detail=stop.detail or "its failures were reported",
            )  # fmt: skip
            inferred = tag in {"no-bucket", "unreachable"} or visit.log.unknowns
            sure = Confidence.LIKELY if inferred else Confidence.CERTAIN
            shown = _visit_evidence(visit, "origin")
            yield Found(cause, ORIGIN, sentence, shown, sure)


@rule_at("wrong-region")
def wrong_region(case: Case) -> Iterator[Found]:
    stop, visit = case.journey.stopped("wrong-region"), case.journey.visit
    if stop and visit and visit.bucket:
        named = visit.endpoint.region
        says = f"names {named}" if named else "is S3's global name"
        yield Found(
            "origin-region-mismatch", ORIGIN,
            f"The host {visit.origin.domain_name} {says}, the bucket is in {visit.bucket.region}.",
            _visit_evidence(visit, "origin"),
        )  # fmt: skip


@rule_at("denied")
def presigned_without_rights(case: Case) -> Iterator[Found]:
    """The signature of an S3 URL is lost on a CloudFront host: it grants nothing there."""
    journey, visit = case.journey, case.journey.visit
    signed = "x-amz-signature" in {name.lower() for name in journey.url.parameters}
    if journey.direct or not signed or visit is None or not journey.stopped("denied"):
        return
    if journey.stopped("presigned-host") is None and visit.signing == "none":
        yield Found(
            "presigned-host-changed", ORIGIN,
            "The URL was presigned for S3's host name; CloudFront does not pass its signature on.",
            evidence("request", "X-Amz-Signature", "on a CloudFront host"),
        )  # fmt: skip


@rule_at("viewer-authorization")
def viewer_authorization(case: Case) -> Iterator[Found]:
    if case.journey.stopped("viewer-authorization"):
        yield Found(
            "oac-no-override-with-viewer-authorization", ORIGIN,
            "The origin access control does not override the viewer's Authorization header, which "
            "S3 then can't read.",
            evidence("cloudfront:GetOriginAccessControl", "SigningBehavior", "no-override"),
        )  # fmt: skip


@rule_at("answer")
def function_answers(case: Case) -> Iterator[Found]:
    stop = case.journey.stopped("answer")
    if stop:
        yield Found(
            "function-generated-response", FUNCTION,
            f"A function answers itself with {stop.status}.",
            evidence("cloudfront:GetFunction", "statusCode", stop.status),
        )  # fmt: skip


@rule
def function_fails(case: Case) -> Iterator[Found]:
    failed = [run for run in case.journey.runs if run.result.kind == "error"]
    if not failed:
        return
    run = failed[0]
    function = run.function
    if function is not None and not function.live_code:
        yield Found("function-not-published-or-stale-live", FUNCTION,
                    f"{function.name} was never published to LIVE.",
                    evidence("cloudfront:GetFunction", function.name, "no LIVE code"))  # fmt: skip
        return
    name = run.arn.rsplit("/", 1)[-1]
    yield Found("function-runtime-error", FUNCTION, f"{name} fails: {run.result.error}.",
                evidence("cloudfront:GetFunction", name, run.result.error))  # fmt: skip
    if function is not None and function.development_code != function.live_code:
        yield from _draft_works(case, name, function.development_code)


def _draft_works(case: Case, name: str, draft: str | None) -> Iterator[Found]:
    from core.diagnostics.causes.missing import try_code  # noqa: PLC0415 siblings, used once

    if draft and try_code(case.journey, draft).kind != "error":
        yield Found("function-not-published-or-stale-live", FUNCTION,
                    f"The DEVELOPMENT code of {name} runs; LIVE is older.",
                    evidence("cloudfront:GetFunction", name, "LIVE differs"))  # fmt: skip


@rule_at("lambda")
def lambda_fails(case: Case) -> Iterator[Found]:
    stop = case.journey.stopped("lambda")
    if stop:
        yield Found("lambda-edge-error", FUNCTION, f"Lambda@Edge fails: {stop.detail}.",
                    evidence("cloudwatch logs", "Lambda@Edge", stop.detail),
                    Confidence.LIKELY)  # fmt: skip


@rule
def trailing_slash(case: Case) -> Iterator[Found]:
    """CloudFront's API refuses such a path; other tools may not."""
    visit = case.journey.visit
    if visit is None or not case.journey.missing or not visit.origin.origin_path.endswith("/"):
        return
    best = case.best
    if best is None or "slashes" not in best.spelling:
        yield Found(
            "origin-path-trailing-slash", OBJECT,
            f"The origin path “{visit.origin.origin_path}” ends in a slash: the key gets two.",
            evidence("cloudfront:GetDistribution", "OriginPath", visit.origin.origin_path),
        )  # fmt: skip
