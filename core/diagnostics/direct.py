"""A URL that names S3 itself: anonymous, or presigned with SigV4."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.diagnostics import told
from core.diagnostics.access import AccessOutcome, Caller, evaluate
from core.diagnostics.answer import OriginRequest, decide_answer
from core.diagnostics.journey import S3_DOCS, Log, Stop, Visit, evidence
from core.diagnostics.objects import state_of
from core.diagnostics.origins import endpoint_of
from core.diagnostics.policy import AccessDecision, Principal
from core.diagnostics.urls import RequestUrl, key_of, whole_number
from core.diagnostics.visit import Indexes
from core.diagnostics.website import enter_website, leave_website, redirect_to_folder, website_key
from core.model.delivery import AccountSnapshot, Bucket, Origin
from core.model.diagnosis import ObjectState, ServedBy

_DOC = S3_DOCS + "userguide/using-presigned-url.html"
_S3 = ServedBy.S3
CLOCK_SKEW = timedelta(minutes=15)  # by which S3 lets a signer's clock run ahead
MAX_SECONDS = 604_800  # a week, the longest that a signature lasts


@dataclass(frozen=True, slots=True)
class Presigned:
    """The parts of a SigV4 query signature."""

    signed_at: datetime | None
    seconds: int
    region: str
    has_token: bool
    operation: str = ""  # the SDK for JavaScript writes it into the URL
    signed_headers: tuple[str, ...] = ()

    @property
    def ends(self) -> datetime | None:
        return self.signed_at + timedelta(seconds=self.seconds) if self.signed_at else None


def presigned_of(url: RequestUrl) -> Presigned | None:
    """SigV4 in the query, or None."""
    values = {name.lower(): value for name, value in url.parameters.items()}
    expires = whole_number(values.get("expires", ""))
    if "awsaccesskeyid" in values and expires is not None:
        end = datetime.fromtimestamp(expires, tz=UTC)
        return Presigned(end, 0, "", "x-amz-security-token" in values)
    if "x-amz-signature" not in values:
        return None
    scope = values.get("x-amz-credential", "").split("/")
    seconds = whole_number(values.get("x-amz-expires", "")) or 0
    return Presigned(
        _compact(values.get("x-amz-date", "")),
        min(seconds, MAX_SECONDS),
        scope[2] if len(scope) > 2 else "",
        "x-amz-security-token" in values,
        values.get("x-id", ""),
        tuple(values.get("x-amz-signedheaders", "").lower().split(";")),
    )


_OPERATIONS = {"PutObject": "PUT", "UploadPart": "PUT", "GetObject": "GET", "HeadObject": "HEAD",
               "DeleteObject": "DELETE"}  # fmt: skip
_OF_UPLOADS = re.compile(
    r"content-(?:type|length|md5|encoding|disposition)|cache-control|x-amz-(?:acl|tagging|meta-.+|"
    r"storage-class|server-side-encryption.*|grant-.+)"
)


def _made_for(snapshot: AccountSnapshot, signed: Presigned) -> tuple[str, str]:
    """The method a URL was signed for and what shows it; both empty where nothing does.

    A header that only uploads carry has to be sent as it was signed, and a plain GET sends none.
    """
    if made := told.signed_method(snapshot):
        return made, "signed method"
    if made := _OPERATIONS.get(signed.operation, ""):
        return made, f"x-id={signed.operation}"
    asked = snapshot.request
    left = [h for h in signed.signed_headers if _OF_UPLOADS.fullmatch(h) and not asked.header(h)]
    return ("PUT", f"X-Amz-SignedHeaders: {left[0]}") if left else ("", "")


def _compact(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def visit_s3(
    snapshot: AccountSnapshot, url: RequestUrl, method: str, log: Log, indexes: Indexes
) -> Visit:
    """Ask S3 without CloudFront."""
    visit = _named(url)
    visit.bucket, key = snapshot.bucket(visit.bucket_name), visit.key or ""
    log.step(
        "key", "changed", "The host names the bucket, the path is the key",
        before=url.text.split("?", 1)[0], after=f"{visit.bucket_name}/{key}",
        evidence=evidence("request", "Url", url.text.split("?", 1)[0]),
        doc=S3_DOCS + "userguide/VirtualHosting.html",
    )  # fmt: skip
    signed = presigned_of(url)
    if visit.bucket is None:
        _unlisted(snapshot, visit)
        return visit
    visit.state, visit.item = ObjectState.NOT_APPLICABLE, None
    website, asked = visit.endpoint.kind == "website", key
    _no_tls(visit, url.scheme)
    if website:
        if enter_website(visit, visit.bucket, asked, url.scheme):
            return visit
        visit.key = key = website_key(visit.bucket, asked)
    if key:
        visit.state, visit.item = state_of(indexes.of(visit.bucket), key, snapshot.now)
    if website:
        redirect_to_folder(visit, indexes.of(visit.bucket), visit.bucket)
    _wrong_region(visit, visit.bucket, signed, snapshot.now)
    if signed:
        _presigned(snapshot, visit, signed, method)
    visit.caller = _anybody(snapshot, url.scheme, signed)
    access = evaluate(snapshot, visit.bucket, visit.caller, key, visit.item)
    visit.access = _as_signer(log, access) if signed else access
    request = OriginRequest(url.raw_path, url.query, method, url.scheme, None)
    decide_answer(visit, visit.bucket, visit.access, request)
    if website:
        leave_website(visit, visit.bucket, asked, url.scheme)
    return visit


def _named(url: RequestUrl) -> Visit:
    endpoint, path = endpoint_of(url.host), url.raw_path
    name = endpoint.bucket
    if endpoint.kind == "path-style":
        name, _, rest = path.lstrip("/").partition("/")
        path = "/" + rest
    visit = Visit(Origin(id="", domain_name=url.host), endpoint, url.raw_path, Log())
    visit.bucket_name, visit.key = name, key_of(path)
    return visit


def _anybody(snapshot: AccountSnapshot, scheme: str, signed: Presigned | None) -> Caller:
    request = snapshot.request
    caller = Caller(Principal("anonymous"), "none", scheme, ip=request.viewer.ip,
                    referer=request.header("referer"), through_edge=False)  # fmt: skip
    if signed is None:
        return caller
    age = snapshot.now - signed.signed_at if signed.signed_at and signed.region else None
    return replace(caller, principal=Principal("signer"), signature_age=age)


def _as_signer(log: Log, access: AccessOutcome) -> AccessOutcome:
    """A presigned request has its signer's rights, which are taken to suffice for reading.

    A Deny that holds for everybody still refuses; one that asks who signed stays open.
    """
    if access.policy.explicit:
        return access
    rules = access.policy.matched_rules
    open_ = next((r for r in rules if r.effect == "Deny" and r.applies == "unknown"), None)
    if open_ is not None:
        log.unknown("Whether a Deny of the bucket policy covers the signer",
                          open_.reason)  # fmt: skip
    signer = AccessDecision(
        "allow", explicit=False, matched_rules=(), summary="The signer may read"
    )
    if access.kms == "disabled":
        return AccessOutcome("deny", signer, "unknown", "policy", kms="disabled")
    return AccessOutcome("allow", signer, "unknown", "policy")


def _unlisted(snapshot: AccountSnapshot, visit: Visit) -> None:
    known = snapshot.read("buckets")
    visit.state = ObjectState.NOT_APPLICABLE if known else ObjectState.UNKNOWN
    stop = Stop("origin", "no-bucket", 404, ServedBy.S3, "NoSuchBucket")
    if not known:
        stop = Stop("origin", "bucket-unread", None, ServedBy.UNKNOWN, undecided=True)
    visit.log.stop(stop, f"No bucket {visit.bucket_name} was found",
                   doc=S3_DOCS + "API/ErrorResponses.html")  # fmt: skip


def _no_tls(visit: Visit, scheme: str) -> None:
    if visit.endpoint.kind == "website" and scheme == "https":
        visit.log.stop(
            Stop("origin", "website-https", None, ServedBy.NONE),
            "S3 website endpoints don't speak HTTPS: nobody answers",
            evidence=evidence("request", "Url", visit.origin.domain_name),
            doc=S3_DOCS + "userguide/WebsiteEndpoints.html",
        )


def _wrong_region(visit: Visit, bucket: Bucket, signed: Presigned | None, now: datetime) -> None:
    if not bucket.region:
        return
    shown = evidence("s3:GetBucketLocation", "LocationConstraint", bucket.region)
    if signed and signed.region and signed.region != bucket.region:
        visit.log.stop(
            Stop("access", "presigned-region", 400, _S3, "AuthorizationQueryParametersError"),
            f"Signed for {signed.region}, the bucket is in {bucket.region}",
            evidence=shown, doc=S3_DOCS + "userguide/RESTRedirect.html",
        )  # fmt: skip
    elif visit.endpoint.is_young(bucket.region, bucket.creation_date, now):
        visit.log.stop(
            Stop("origin", "new-bucket", 307, _S3, "TemporaryRedirect"),
            "The bucket is younger than a day; its global name still redirects",
            evidence=shown, doc=S3_DOCS + "userguide/VirtualHosting.html",
        )  # fmt: skip
    elif visit.endpoint.is_late(bucket.region):
        visit.log.stop(
            Stop("origin", "wrong-region", 400, _S3, "IllegalLocationConstraintException"),
            f"The global host name does not lead to {bucket.region}",
            evidence=shown, doc=S3_DOCS + "userguide/VirtualHosting.html",
        )  # fmt: skip
    elif visit.endpoint.region and visit.endpoint.region != bucket.region:
        visit.log.stop(
            Stop("origin", "wrong-region", 301, ServedBy.S3, "PermanentRedirect"),
            f"The host names {visit.endpoint.region}, the bucket is in {bucket.region}",
            evidence=shown, doc=S3_DOCS + "userguide/RESTRedirect.html",
        )  # fmt: skip


def _presigned(snapshot: AccountSnapshot, visit: Visit, signed: Presigned, method: str) -> None:
    ends = signed.ends
    if signed.signed_at and signed.region and signed.signed_at > snapshot.now + CLOCK_SKEW:
        visit.log.stop(
            Stop("access", "presigned-expired", 403, ServedBy.S3, "AccessDenied"),
            f"The presigned URL is valid only from {signed.signed_at:%Y-%m-%d %H:%M:%S} UTC",
            evidence=evidence("request", "X-Amz-Date", str(signed.signed_at)), doc=_DOC,
        )  # fmt: skip
    if ends and ends < snapshot.now:
        visit.log.stop(
            Stop("access", "presigned-expired", 403, ServedBy.S3, "AccessDenied", detail=str(ends)),
            f"The presigned URL ended at {ends:%Y-%m-%d %H:%M:%S} UTC",
            evidence=evidence("request", "X-Amz-Date + X-Amz-Expires", str(ends)), doc=_DOC,
        )  # fmt: skip
    session = told.session_end(snapshot, signed.signed_at, has_token=signed.has_token)
    over = session is not None and session < snapshot.now
    if session and over and (signed.has_token or not (ends and ends < snapshot.now)):
        visit.log.stop(
            Stop("access", "presigned-token", 400, _S3, "ExpiredToken", detail=str(session)),
            f"The credentials that signed it ended at {session:%Y-%m-%d %H:%M:%S} UTC",
            evidence=evidence("facts", "session expiration", str(session)),
            doc=_DOC + "#who-presigned-url",
        )  # fmt: skip
    made_for, shown = _made_for(snapshot, signed)
    if made_for and made_for != method:  # the method is signed: a GET's URL is none for HEAD
        visit.log.stop(
            Stop("access", "presigned-method", 403, ServedBy.S3, "SignatureDoesNotMatch"),
            f"The URL was signed for {made_for} and is used with {method}",
            evidence=evidence("request", shown, made_for), doc=_DOC,
        )  # fmt: skip
