"""One origin asked for one path: endpoint, bucket, key, object, access, KMS, in S3's order."""

from __future__ import annotations

from core.diagnostics import facts, told
from core.diagnostics.access import AccessOutcome, Caller, caller_of, evaluate, signing_of
from core.diagnostics.answer import ACTIONS, MISSING_DOC, OriginRequest, decide_answer
from core.diagnostics.edge.cors import asked_headers
from core.diagnostics.journey import CLOUDFRONT_DOCS, S3_DOCS, Log, Stop, Visit, evidence
from core.diagnostics.objects import KeyIndex, state_of, state_of_version
from core.diagnostics.origins import endpoint_of
from core.diagnostics.urls import key_of, parse_url
from core.diagnostics.website import enter_website, leave_website, redirect_to_folder, website_key
from core.model.delivery import AccountSnapshot, Bucket, Distribution, Origin, S3Object
from core.model.diagnosis import Evidence, ObjectState, ServedBy


class Indexes:
    """Key indexes of the buckets of one snapshot, built once each."""

    def __init__(self) -> None:
        self._built: dict[int, KeyIndex] = {}

    def of(self, bucket: Bucket) -> KeyIndex:
        found = self._built.get(id(bucket))
        if found is None or found.bucket is not bucket:
            found = self._built[id(bucket)] = KeyIndex(bucket)
        return found

    def read(
        self, snapshot: AccountSnapshot, bucket: Bucket, caller: Caller, item: S3Object
    ) -> AccessOutcome:
        """Whether an object of the index may be read."""
        return evaluate(snapshot, bucket, caller, item.key, item)


def visit_origin(
    snapshot: AccountSnapshot, distribution: Distribution, origin: Origin,
    request: OriginRequest, indexes: Indexes,
) -> Visit:  # fmt: skip
    """Follow one request to one origin; every failure is logged, the first one is the answer."""
    visit = Visit(origin, endpoint_of(origin.domain_name), request.uri, Log())
    ids = [one.id for one in distribution.config.origins]
    visit.place = ids.index(origin.id) if origin.id in ids else 0
    if _is_distribution(snapshot, visit):
        return visit
    if visit.endpoint.kind == "custom":
        _custom(snapshot, visit)
        return visit
    auth = snapshot.request.header("authorization") is not None
    visit.signing = signing_of(
        snapshot, origin, viewer_auth=auth and request.forwards("authorization")
    )
    unread = not snapshot.read("origin_access_controls")
    if visit.signing == "unknown" or (visit.signing == "oac" and unread):
        visit.log.unknown(
            f"How {origin.origin_access_control_id} signs", "It is not in the snapshot",
            "cloudfront:GetOriginAccessControl would settle it",
        )  # fmt: skip
    _find_bucket(visit, snapshot)
    asked = _key(visit)
    _protocol(visit, request)
    _host_header(visit, request, parse_url(snapshot.request.url or "").host)
    if visit.bucket is None:
        _no_bucket(snapshot, visit)
        return visit
    _region(snapshot, visit, visit.bucket)
    _two_signatures(visit, request)
    _slow_down(snapshot, visit)
    website = visit.endpoint.kind == "website"
    if website and enter_website(visit, visit.bucket, asked, "http"):
        visit.state = ObjectState.NOT_APPLICABLE
        return visit
    _object(snapshot, visit, visit.bucket, indexes, request)
    _access(snapshot, distribution, visit, visit.bucket, request)
    if website:
        leave_website(visit, visit.bucket, asked, "http")
    return visit


def _origin_evidence(visit: Visit, field: str, value: object) -> tuple[Evidence, ...]:
    path = f"DistributionConfig.Origins.Items[{visit.place}].{field}"
    return evidence("cloudfront:GetDistribution", path, value)


def _is_distribution(snapshot: AccountSnapshot, visit: Visit) -> bool:
    domain = visit.origin.domain_name.lower()
    names = {d.domain_name.lower() for d in snapshot.distributions}
    names |= {a.lower() for d in snapshot.distributions for a in d.config.aliases}
    if visit.endpoint.kind != "cloudfront" and domain not in names:
        return False
    visit.log.stop(
        Stop("origin", "stacked", 403, ServedBy.CLOUDFRONT),
        "The origin is itself a CloudFront distribution; chained distributions answer 403",
        evidence=_origin_evidence(visit, "DomainName", visit.origin.domain_name),
        doc=CLOUDFRONT_DOCS + "http-403-permission-denied.html#stacked-distributions-403",
    )
    return True


_NO_ANSWER = {502: "http-502-bad-gateway.html", 504: "http-504-gateway-timeout.html"}


def _custom(snapshot: AccountSnapshot, visit: Visit) -> None:
    visit.state = ObjectState.NOT_APPLICABLE
    shown = _origin_evidence(visit, "DomainName", visit.origin.domain_name)
    config = visit.origin.custom_origin_config
    failure = told.origin_failure(snapshot, config.origin_read_timeout if config else 30)
    if failure is not None:
        status, detail = failure
        visit.log.stop(
            Stop("origin", "unreachable", status, ServedBy.CLOUDFRONT, detail=detail),
            f"{visit.origin.domain_name} does not answer: {detail}",
            evidence=shown,
            doc=f"{CLOUDFRONT_DOCS}{_NO_ANSWER.get(status, _NO_ANSWER[504])}",
        )
        return
    visit.log.stop(
        Stop("origin", "custom", None, ServedBy.UNKNOWN, undecided=True),
        f"{visit.origin.domain_name} is no S3 bucket; what it answers is not in the snapshot",
        evidence=shown,
    )
    visit.log.unknown(
        f"The answer of {visit.origin.domain_name}", "It is a custom origin",
        "A live request would show it",
    )  # fmt: skip


def _find_bucket(visit: Visit, snapshot: AccountSnapshot) -> None:
    endpoint = visit.endpoint
    visit.bucket_name = endpoint.bucket
    if endpoint.kind == "path-style":
        visit.bucket_name = (visit.origin.origin_path + visit.uri).lstrip("/").split("/", 1)[0]
    visit.bucket = snapshot.bucket(visit.bucket_name)


def _key(visit: Visit) -> str:
    """The key as the path has it: a website reads the index document of a folder instead.

    OriginPath is always put in front; nothing of the behaviour's pattern is ever taken away.
    """
    path = visit.origin.origin_path + visit.uri
    if visit.endpoint.kind == "path-style":
        path = "/" + path.lstrip("/").partition("/")[2]
    key = asked = key_of(path)
    if visit.endpoint.kind == "website":
        key = website_key(visit.bucket, key)
    visit.key = key
    changed = bool(visit.origin.origin_path)
    visit.log.step(
        "origin", "changed" if changed else "ok",
        "OriginPath is put in front of the path" if changed else "The path goes to S3 as it is",
        before=visit.uri, after=path,
        evidence=_origin_evidence(visit, "OriginPath", visit.origin.origin_path),
        doc=CLOUDFRONT_DOCS + "DownloadDistValuesOrigin.html#DownloadDistValuesOriginPath",
    )  # fmt: skip
    decoded = key != path.removeprefix("/")
    visit.log.step(
        "key",
        "changed" if decoded else "ok",
        "S3 decodes the path once" if decoded else "The key is the path without its first slash",
        before=path,
        after=f"{visit.bucket_name}/{key}",
        evidence=evidence("request", "the path that S3 gets", path),
        doc=S3_DOCS + "userguide/object-keys.html",
    )
    return asked


def _protocol(visit: Visit, request: OriginRequest) -> None:
    config = visit.origin.custom_origin_config
    if visit.endpoint.kind != "website" or config is None:
        return
    policy = config.origin_protocol_policy
    if policy == "https-only" or (policy == "match-viewer" and request.scheme == "https"):
        visit.log.stop(
            Stop("origin", "website-https", 504, ServedBy.CLOUDFRONT),
            "S3 website endpoints don't speak HTTPS, but the origin is reached by HTTPS",
            evidence=_origin_evidence(visit, "CustomOriginConfig.OriginProtocolPolicy", policy),
            doc=CLOUDFRONT_DOCS + "using-https-cloudfront-to-s3-origin.html",
        )


def _host_header(visit: Visit, request: OriginRequest, host: str) -> None:
    """S3 takes the bucket from Host: right only where the bucket has the viewer's own host name."""
    signed = visit.signing in {"oac", "oai"} and visit.endpoint.kind != "website"
    if not request.forwards("host") or (not signed and host == visit.bucket_name):
        return
    stop = Stop("origin", "host-forwarded", 403, ServedBy.S3, "SignatureDoesNotMatch")
    if not signed:
        stop = Stop("origin", "host-forwarded", 404, ServedBy.S3, "NoSuchBucket")
    visit.log.stop(
        stop,
        "The viewer's Host header reaches S3, which then looks for a bucket of that name",
        evidence=evidence(
            "cloudfront:GetOriginRequestPolicy", "HeadersConfig", "Host is forwarded"
        ),
        doc=CLOUDFRONT_DOCS + "http-403-permission-denied.html#s3-origin-403-error",
    )


def _no_bucket(snapshot: AccountSnapshot, visit: Visit) -> None:
    listed = snapshot.read("buckets") and not any(
        visit.bucket_name in u.what for u in snapshot.unread
    )
    doc = S3_DOCS + "API/ErrorResponses.html"
    if listed:
        visit.state = ObjectState.NOT_APPLICABLE
        visit.log.stop(
            Stop("origin", "no-bucket", 404, ServedBy.S3, "NoSuchBucket"),
            f"No bucket {visit.bucket_name} was found",
            evidence=_origin_evidence(visit, "DomainName", visit.origin.domain_name),
            doc=doc,
        )
        return
    visit.log.stop(
        Stop("origin", "bucket-unread", None, ServedBy.UNKNOWN, undecided=True),
        f"The bucket {visit.bucket_name} was not read",
        doc=doc,
    )
    visit.log.unknown(
        f"The bucket {visit.bucket_name}", "It is not in the snapshot",
        "s3:ListBucket and s3:GetBucketPolicy on it would settle it",
    )  # fmt: skip


def _region(snapshot: AccountSnapshot, visit: Visit, bucket: Bucket) -> None:
    named = visit.endpoint.region
    if not bucket.region:
        visit.log.unknown(f"The Region of {bucket.name}", "It is not in the snapshot",
                          "s3:GetBucketLocation would settle it")  # fmt: skip
        return
    shown = _origin_evidence(visit, "DomainName", visit.origin.domain_name)
    if named and named != bucket.region:
        signed = visit.signing in {"oac", "oai"}
        code = "AuthorizationHeaderMalformed" if signed else "PermanentRedirect"
        visit.log.stop(
            Stop("origin", "wrong-region", 400 if signed else 301, ServedBy.S3, code),
            f"The origin names {named}, the bucket is in {bucket.region}",
            evidence=(
                *shown,
                *evidence("s3:GetBucketLocation", "LocationConstraint", bucket.region),
            ),
            doc=CLOUDFRONT_DOCS + "http-400-bad-request.html#s3-origin-400-error",
        )
    if visit.endpoint.is_young(bucket.region, bucket.creation_date, snapshot.now):
        visit.log.stop(
            Stop("origin", "new-bucket", 307, ServedBy.S3, "TemporaryRedirect"),
            "The bucket is younger than a day; its global name still redirects",
            evidence=(
                *shown,
                *evidence("s3:ListBuckets", "CreationDate", str(bucket.creation_date)),
            ),
            doc=CLOUDFRONT_DOCS + "DownloadDistValuesOrigin.html#DownloadDistValuesDomainName",
        )
    elif visit.endpoint.is_late(bucket.region):
        visit.log.stop(
            Stop("origin", "wrong-region", 400, ServedBy.S3, "IllegalLocationConstraintException"),
            f"The global S3 name does not lead to buckets in {bucket.region}",
            evidence=(
                *shown,
                *evidence("s3:GetBucketLocation", "LocationConstraint", bucket.region),
            ),
            doc=S3_DOCS + "userguide/VirtualHosting.html",
        )


def _two_signatures(visit: Visit, request: OriginRequest) -> None:
    older = request.parameter("AWSAccessKeyId") is not None and visit.signing in {"oac", "oai"}
    if request.parameter("X-Amz-Signature") is None and not older:
        return
    if visit.signing in {"oac", "oai"}:
        visit.log.stop(
            Stop("origin", "two-signatures", 400, ServedBy.S3, "InvalidArgument"),
            "CloudFront signs the request and the URL carries an S3 signature: only one is allowed",
            evidence=evidence("request", "X-Amz-Signature", "passed on to S3"),
            doc=S3_DOCS + "userguide/using-presigned-url.html",
        )
    else:
        visit.log.stop(
            Stop("origin", "presigned-host", 403, ServedBy.S3, "SignatureDoesNotMatch"),
            "The S3 signature was made for another host name",
            evidence=evidence("request", "X-Amz-Signature", "passed on to S3"),
            doc=S3_DOCS + "userguide/using-presigned-url.html",
        )


def _slow_down(snapshot: AccountSnapshot, visit: Visit) -> None:
    said = facts.says(snapshot, r"slow.?down|reduce your request rate")
    said = said or facts.says(snapshot, r"(?=.*s3)(?:.*5xx|.*503)")
    digits = "".join(c if c.isdigit() else " " for c in said.rpartition(":")[2]).split()
    if "slow" in said or "reduce" in said or any(number.strip("0") for number in digits):
        visit.log.stop(
            Stop("origin", "slow-down", 503, ServedBy.S3, "SlowDown", detail=said),
            f"S3 answers 503 Slow Down: {said}",
            evidence=evidence("cloudwatch:GetMetricData", "5xxErrors", said),
            doc=S3_DOCS + "userguide/optimizing-performance.html",
        )


def _object(
    snapshot: AccountSnapshot, visit: Visit, bucket: Bucket, indexes: Indexes,
    request: OriginRequest,
) -> None:  # fmt: skip
    key = visit.key or ""
    if key == "":
        visit.state = ObjectState.NOT_APPLICABLE
        return
    index = indexes.of(bucket)
    version = request.parameter("versionId")
    if version:
        visit.state, visit.item = state_of_version(index, key, version, snapshot.now)
    else:
        visit.state, visit.item = state_of(index, key, snapshot.now)
    if visit.endpoint.kind == "website":
        redirect_to_folder(visit, index, bucket)
    if visit.item is not None:
        visit.log.step(
            "object",
            "ok",
            f"The object is {visit.state.value}",
            before=f"{bucket.name}/{key}",
            evidence=evidence("s3:HeadObject", f"{bucket.name}/{key}", visit.state.value),
            doc=MISSING_DOC,
        )
    if visit.state is ObjectState.UNKNOWN:
        visit.log.unknown(
            f"Whether {bucket.name} holds {key}", "The listing does not reach it",
            "s3:ListBucket on the bucket would settle it",
        )  # fmt: skip


def _access(
    snapshot: AccountSnapshot, distribution: Distribution, visit: Visit, bucket: Bucket,
    request: OriginRequest,
) -> None:  # fmt: skip
    if request.forwards("origin"):
        asked = snapshot.request.header("access-control-request-method") or ""
        request.preflight = (snapshot.request.header("origin") or "", asked.upper())
    if request.forwards("access-control-request-headers"):
        named = snapshot.request.header("access-control-request-headers")
        request.asked_headers = asked_headers(named)
    referer = snapshot.request.header("referer") if request.forwards("referer") else None
    caller = caller_of(snapshot, distribution, visit.origin, visit.signing, request.scheme, referer)
    if visit.endpoint.kind == "website":
        caller = caller_of(snapshot, distribution, visit.origin, "none", "http", referer)
    visit.caller = caller
    action = ACTIONS.get(request.method, "s3:GetObject")
    if request.parameter("versionId") and action == "s3:GetObject":
        action = "s3:GetObjectVersion"
    access = evaluate(snapshot, bucket, caller, visit.key or "", visit.item, action)
    visit.access = access
    decide_answer(visit, bucket, access, request)
