"""S3's answer to one request, from object state, access and encryption, in S3's own order."""

from __future__ import annotations

from core.diagnostics.access import AccessOutcome
from core.diagnostics.edge.cors import allows, cors_rules
from core.diagnostics.edge.policies import Forwarding
from core.diagnostics.journey import CLOUDFRONT_DOCS, S3_DOCS, Stop, Visit, evidence
from core.diagnostics.objects import is_restoring
from core.diagnostics.origins import REGIONS_WITHOUT_OAI
from core.model.delivery import Bucket, S3Object
from core.model.diagnosis import ObjectState, ServedBy

MISSING_DOC = S3_DOCS + "API/API_GetObject.html"
ACTIONS = {"PUT": "s3:PutObject", "DELETE": "s3:DeleteObject", "POST": "s3:PutObject"}


class OriginRequest:
    """What CloudFront sends: path, query, method and the viewer headers that matter."""

    def __init__(
        self, uri: str, query: str, method: str, scheme: str, forwarding: Forwarding | None
    ) -> None:
        self.uri, self.query, self.method, self.scheme = uri, query, method, scheme
        self.forwarding = forwarding
        self.preflight = ("", "")  # Origin and Access-Control-Request-Method, if they arrive
        self.asked_headers: tuple[str, ...] = ()

    def forwards(self, header: str) -> bool:
        return self.forwarding is not None and self.forwarding.headers.has(header)

    def parameter(self, name: str) -> str | None:
        """A query parameter that reaches the origin."""
        if self.forwarding is None or not self.forwarding.query.has(name):
            return None
        for part in self.query.split("&"):
            key, _, value = part.partition("=")
            if key.lower() == name.lower():
                return value
        return None


def decide_answer(
    visit: Visit, bucket: Bucket, access: AccessOutcome, request: OriginRequest
) -> None:
    """Turn object state and access into S3's answer."""
    served = ServedBy.S3_WEBSITE if visit.endpoint.kind == "website" else ServedBy.S3
    if visit.signing == "viewer":
        visit.log.stop(
            Stop("access", "viewer-authorization", 403, served, "AccessDenied"),
            "The origin access control passes the viewer's Authorization header on to S3",
        )
    if visit.signing == "oai" and bucket.region in REGIONS_WITHOUT_OAI:
        visit.log.stop(
            Stop("access", "oai-region", 403, served, "AccessDenied"),
            f"Origin access identities don't work in {bucket.region}",
            evidence=evidence("s3:GetBucketLocation", "LocationConstraint", bucket.region),
            doc=CLOUDFRONT_DOCS + "private-content-restricting-access-to-s3.html",
        )
    if bucket.request_payer == "Requester":
        visit.log.stop(
            Stop("access", "requester-pays", 403, served, "AccessDenied"),
            "The bucket makes the requester pay, and CloudFront does not say that it will",
            evidence=evidence("s3:GetBucketRequestPayment", "Payer", "Requester"),
        )
    if request.method == "OPTIONS":
        _preflight(visit, bucket, request, served)
        return
    if visit.key == "":
        _listing(visit, access, served)
        return
    _reading(visit, access, served, request)


def _preflight(visit: Visit, bucket: Bucket, request: OriginRequest, served: ServedBy) -> None:
    """S3 answers a preflight by its CORS rules alone; no right to read is needed."""
    origin, method = request.preflight
    if not bucket.read("cors") or not origin:
        return
    asked = request.asked_headers
    if any(allows(rule, origin, method, asked) for rule in cors_rules(bucket.cors)):
        return
    visit.log.stop(
        Stop("response", "preflight", 403, served, "AccessForbidden"),
        "No CORS rule of the bucket allows this origin, method and set of headers",
        evidence=evidence("s3:GetBucketCors", "CORSRules", cors_rules(bucket.cors)),
        doc=S3_DOCS + "userguide/cors-troubleshooting.html",
    )


def _listing(visit: Visit, access: AccessOutcome, served: ServedBy) -> None:
    if access.lists == "allow":
        visit.content_type, visit.listing = "application/xml", True
        visit.log.step(
            "access", "ok", "s3:ListBucket is allowed, so S3 answers with the listing",
            evidence=evidence("s3:GetBucketPolicy", "Policy", "s3:ListBucket is allowed"),
            doc=CLOUDFRONT_DOCS + "DefaultRootObject.html",
        )  # fmt: skip
        return
    undecided = access.lists == "unknown"
    visit.log.stop(
        Stop("access", "no-key", None if undecided else 403, served, "AccessDenied", undecided),
        "The path names no key and s3:ListBucket is not allowed",
    )


def _reading(visit: Visit, access: AccessOutcome, served: ServedBy, request: OriginRequest) -> None:
    item = visit.item
    if access.effect == "unknown" and not access.kms:
        visit.log.stop(
            Stop("access", "access-unknown", None, ServedBy.UNKNOWN, undecided=True),
            f"Whether S3 allows the read is unknown: {access.unknown_because}",
        )
        visit.log.unknown("Whether S3 allows the read", access.unknown_because)
        return
    if request.method not in ACTIONS:
        _absent(visit, access, served)
    if access.effect == "deny" and access.grant == "none":
        visit.log.stop(
            Stop("access", "denied", 403, served, "AccessDenied"),
            access.policy.summary,
            evidence=evidence("s3:GetBucketPolicy", "Policy", access.policy.summary),
            doc=S3_DOCS + "userguide/troubleshoot-403-errors.html",
        )
    _encryption(visit, access, served)
    if item is None:
        return
    if (
        visit.state is ObjectState.ARCHIVED and request.method != "HEAD"
    ):  # only bytes need a restore
        _archived(visit, item, served)
    if item.read("content_type"):  # a listing doesn't tell it
        visit.content_type = item.content_type or "binary/octet-stream"
    if not visit.log.stops:
        visit.log.step(
            "access", "ok", access.policy.summary,
            evidence=evidence("s3:GetBucketPolicy", "Policy", access.policy.summary),
            doc=CLOUDFRONT_DOCS + "private-content-restricting-access-to-s3.html",
        )  # fmt: skip


def _archived(visit: Visit, item: S3Object, served: ServedBy) -> None:
    why = "its restore is still running" if is_restoring(item) else "it is not restored"
    visit.log.stop(
        Stop("object", "archived", 403, served, "InvalidObjectState"),
        f"The object is archived and {why}",
        evidence=evidence("s3:HeadObject", "StorageClass", item.storage_class),
        doc=S3_DOCS + "userguide/restoring-objects.html",
    )


def _absent(visit: Visit, access: AccessOutcome, served: ServedBy) -> None:
    if visit.redirect:
        return
    if visit.state is ObjectState.UNKNOWN:
        visit.log.stop(
            Stop("object", "object-unknown", None, ServedBy.UNKNOWN, undecided=True),
            "Whether the object exists is unknown",
        )
    if visit.state is ObjectState.DELETE_MARKER and access.effect == "allow":
        visit.log.stop(
            Stop("object", "delete-marker", 404, served, "NoSuchKey"),
            "The newest version is a delete marker, so S3 answers as if the object were gone",
            doc=S3_DOCS + "userguide/DeleteMarker.html",
        )
    elif visit.state in {ObjectState.MISSING, ObjectState.DELETE_MARKER}:
        _missing(visit, access, served)


def _missing(visit: Visit, access: AccessOutcome, served: ServedBy) -> None:
    tag = "missing" if visit.state is ObjectState.MISSING else "delete-marker"
    if access.effect == "allow" and access.lists == "allow":
        stop = Stop("object", tag, 404, served, "NoSuchKey")
        because = "No such key, and s3:ListBucket is allowed: S3 says 404"
    elif access.effect == "allow" and access.lists == "unknown":
        stop = Stop("object", tag, None, served, undecided=True)
        because = "No such key; whether S3 says 403 or 404 depends on s3:ListBucket"
    else:
        stop = Stop("object", tag, 403, served, "AccessDenied")
        because = "No such key, and without s3:ListBucket S3 says 403 instead of 404"
    shown = evidence("s3:HeadObject", f"{visit.bucket_name}/{visit.key}", visit.state.value)
    visit.log.stop(stop, because, evidence=shown, doc=MISSING_DOC)


def _encryption(visit: Visit, access: AccessOutcome, served: ServedBy) -> None:
    item = visit.item
    if item is None:
        return
    if item.has_customer_key:
        visit.log.stop(
            Stop("kms", "sse-c", 400, served, "InvalidRequest"),
            "The object is encrypted with a customer-provided key, which CloudFront does not have",
            evidence=evidence(
                "s3:HeadObject",
                "SSECustomerAlgorithm",
                item.sse_customer_algorithm or item.server_side_encryption,
            ),
            doc=S3_DOCS + "userguide/ServerSideEncryptionCustomerKeys.html",
        )
    if not access.kms:
        return
    if access.kms == "unknown":
        visit.log.stop(
            Stop("kms", "kms-unknown", None, ServedBy.UNKNOWN, undecided=True),
            f"Whether KMS lets CloudFront decrypt is unknown: {access.unknown_because}",
        )
        visit.log.unknown("The KMS key and its policy", "They are not in the snapshot",
                          "kms:DescribeKey and kms:GetKeyPolicy would settle it")  # fmt: skip
        return
    disabled = access.kms == "disabled"
    code = "KMS.DisabledException" if disabled else "AccessDenied"
    visit.log.stop(
        Stop("kms", f"kms-{access.kms}", 400 if disabled else 403, served, code),
        "KMS does not decrypt the object for this caller",
        evidence=evidence("s3:HeadObject", "SSEKMSKeyId", item.ssekms_key_id),
        doc=CLOUDFRONT_DOCS
        + "private-content-restricting-access-to-s3.html#oac-permissions-sse-kms",
    )
