"""One broken account per cause: what is asked, what a viewer gets, every fault, and the repair."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from worlds import (
    DIST_ARN,
    HOST,
    KEY_ARN,
    attached,
    behavior,
    bucket,
    case,
    custom,
    distribution,
    facts,
    function,
    lists,
    origin,
    policy,
    record,
    statement,
    thing,
)

MASKED = "missing-key-masked-as-403"
OFF = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
)
PUBLIC = statement("acme-media-prod", Principal="*", Condition={})
OAI_ARN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "


class Scenario(NamedTuple):
    name: str
    snapshot: dict[str, Any]
    status: int | None
    causes: tuple[str, ...]
    intended: str | None = None  # the key that has to be the first sure candidate
    fix: str = ""


def dist(*args, **kwargs):
    return [distribution(*args, **kwargs)]


def buckets(*names_and_keys):
    return [bucket(name, *keys) for name, *keys in names_and_keys]


def one_bucket(*keys, **changes):
    return [bucket("acme-media-prod", *(keys or ("avatars/u1.jpg",)), **changes)]


NO_OAC = {"OriginAccessControlId": "", "S3OriginConfig": {"OriginAccessIdentity": ""}}
OAI = {
    "OriginAccessControlId": "",
    "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E2OAI"},
}
NFC = unicodedata.normalize("NFC", "photos/Zürich.jpg")
NFD = unicodedata.normalize("NFD", NFC)
REWRITE = "function handler(e){var r=e.request;r.uri=r.uri.replace('/media/','/');return r;}"
BROKEN = "function handler(e){return undefinedThing.uri;}"
PRESIGNED = (
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20261120%2F{region}%2Fs3"
    "%2Faws4_request&X-Amz-Date={date}&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=00"
)
S3 = "https://acme-media-prod.s3.us-east-1.amazonaws.com/avatars/u1.jpg"
FRESH = PRESIGNED.format(region="us-east-1", date="20261120T114500Z")
CORS = [{"AllowedOrigins": ["https://app.acme.com"], "AllowedMethods": ["GET"]}]
ORIGIN = {"Origin": "https://app.acme.com"}
CORS_S3 = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"
QUERY_ALL = {
    "CachePolicy": {"Id": "cp", "CachePolicyConfig": {
        "Name": "all", "MinTTL": 1, "DefaultTTL": 86400, "MaxTTL": 31536000,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True,
            "QueryStringsConfig": {"QueryStringBehavior": "all"},
            "HeadersConfig": {"HeaderBehavior": "none"}}}},
}  # fmt: skip


def edge(
    path="/avatars/u1.jpg", status=200, age=5400, etag='"old"', x="Hit from cloudfront", **more
):
    return [{"Path": path, "Status": status, "Age": age, "ETag": etag, "XCache": x, **more}]


def invalidated(*paths, status="Completed"):
    return [{"Id": "I1", "Status": status, "CreateTime": "2026-11-20T11:30:00Z",
             "Paths": {"Quantity": len(paths), "Items": list(paths)}}]  # fmt: skip


def key_policy(*statements):
    root = {"Sid": "root", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}  # fmt: skip
    return policy(root, *statements)


def kms(state="Enabled", manager="CUSTOMER", *statements):
    return [{"KeyId": KEY_ARN.rsplit("/", 1)[-1], "Arn": KEY_ARN, "KeyState": state,
             "KeyManager": manager, "Policy": key_policy(*statements)}]  # fmt: skip


ENCRYPTED = thing("avatars/u1.jpg", ServerSideEncryption="aws:kms", SSEKMSKeyId=KEY_ARN)
DECRYPT = {
    "Sid": "cf", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Action": "kms:Decrypt", "Resource": "*",
    "Condition": {"StringEquals": {"AWS:SourceArn": DIST_ARN}},
}  # fmt: skip


def deny(**condition):
    return {"Sid": "Deny", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "arn:aws:s3:::acme-media-prod/*", "Condition": condition}  # fmt: skip


def with_policy(*statements, **changes):
    return one_bucket(Policy=policy(*statements), **changes)


SCENARIOS = (
    # --- stored values and hosts
    Scenario("an empty value", case(url="", db_record=record(avatarUrl="")), None,
             ("url-empty-in-db",), "avatars/u1.jpg", "fix_db_record"),
    Scenario("a bare key", case(url="avatars/u1.jpg"), None, ("url-not-absolute-http",),
             "avatars/u1.jpg", "correct_url"),
    Scenario("an s3 uri", case(url="s3://acme-media-prod/avatars/u1.jpg"), None,
             ("url-not-absolute-http",), "avatars/u1.jpg", "correct_url"),
    Scenario("a blob url", case(url="blob:https://app/1-2-3"), None, ("url-not-absolute-http",)),
    Scenario("a host nobody has", case(url="https://d999old.cloudfront.net/avatars/u1.jpg"), None,
             ("url-host-typo-or-wrong-distribution",), "avatars/u1.jpg", "correct_url"),
    Scenario("an alias that is not attached",
             case(url="https://cdn.acme.com/avatars/u1.jpg",
                  dns=[{"Name": "cdn.acme.com", "Type": "CNAME", "Value": HOST}]), 403,
             ("alias-not-on-distribution",), "avatars/u1.jpg", "config_change"),
    Scenario("an alias without a certificate",
             case(url="https://cdn.acme.com/avatars/u1.jpg",
                  distributions=dist(Aliases={"Quantity": 1, "Items": ["cdn.acme.com"]})), None,
             ("alias-certificate-mismatch",), "avatars/u1.jpg", "config_change"),
    Scenario("a name that points at the bucket",
             case(url="http://cdn.acme.com/avatars/u1.jpg",
                  dns=[{"Name": "cdn.acme.com", "Type": "CNAME",
                        "Value": "acme-media-prod.s3.us-east-1.amazonaws.com"}]), 404,
             ("dns-cname-to-s3-not-cloudfront",), "avatars/u1.jpg", "config_change"),
    Scenario("a disabled distribution", case(distributions=dist(Enabled=False)), 403,
             ("distribution-disabled",), "avatars/u1.jpg", "config_change"),
    Scenario("a deployment under way", case(distributions=dist(Status="InProgress")), 200,
             ("distribution-not-deployed",), fix="wait"),
    # --- viewer
    Scenario("https only", case(url=f"http://{HOST}/avatars/u1.jpg", distributions=dist(
        default=behavior(ViewerProtocolPolicy="https-only"))), 403,
             ("viewer-protocol-https-only",), fix="correct_url"),
    Scenario("redirected to https", case(url=f"http://{HOST}/avatars/u1.jpg"), 301,
             ("viewer-protocol-redirect",), fix="correct_url"),
    Scenario("mixed content", case(url=f"http://{HOST}/avatars/u1.jpg",
                                   headers={"Referer": "https://app.acme.com/"},
                                   distributions=dist(default=behavior(
                                       ViewerProtocolPolicy="allow-all"))), 200,
             ("mixed-content-http-image",), fix="correct_url"),
    Scenario("a method that is not allowed", case(method="PUT"), 403, ("method-not-allowed",),
             fix="config_change"),
    Scenario("too long", case("/" + "a" * 8300), 413, ("url-too-long",),
             fix="client_change"),
    Scenario("a blocked country", case(country="FR", distributions=dist(Restrictions={
        "GeoRestriction": {"RestrictionType": "blacklist", "Quantity": 1, "Items": ["FR"]}})), 403,
             ("geo-restricted",), fix="config_change"),
    # --- spelling
    Scenario("an invisible character", case("/avatars/u1.jpg%E2%80%8B"), 403,
             ("url-whitespace-or-invisible-char", MASKED), "avatars/u1.jpg", "correct_url"),
    Scenario("an html entity", case("/a/Tom%20&amp;%20Jerry.jpg", ("a/Tom & Jerry.jpg",)), 403,
             ("url-html-entity-in-url", MASKED), "a/Tom & Jerry.jpg", "correct_url"),
    Scenario("a key that holds percent signs", case("/a/my%20pic.jpg", ("a/my%20pic.jpg",)), 403,
             ("url-key-literally-percent-encoded", MASKED), "a/my%20pic.jpg", "correct_url"),
    Scenario("a plus that is read as a space", case("/a/one+two.jpg", ("a/one+two.jpg",)), 403,
             ("url-plus-vs-space", MASKED), "a/one+two.jpg", "correct_url"),
    Scenario("a plus from an event", case("/a/one%2Btwo.jpg", ("a/one two.jpg",)), 403,
             ("url-plus-vs-space", MASKED), "a/one two.jpg", "correct_url"),
    Scenario("an unencoded question mark", case("/a/what?.jpg", ("a/what?.jpg",)), 403,
             ("url-unencoded-question-mark", MASKED), "a/what?.jpg", "correct_url"),
    Scenario("an unencoded hash", case("/a/no#1.jpg", ("a/no#1.jpg",)), 403,
             ("url-unencoded-hash", MASKED), "a/no#1.jpg", "correct_url"),
    Scenario("a decomposed name", case("/photos/Z%C3%BCrich.jpg", (NFD,)), 403,
             ("url-unicode-normalization", MASKED), NFD, "correct_url"),
    Scenario("a doubled slash", case("/avatars//u1.jpg"), 403, ("url-double-slash", MASKED),
             "avatars/u1.jpg", "correct_url"),
    Scenario("a key with a leading slash", case(held=("/avatars/u1.jpg",)), 403,
             ("key-leading-slash", MASKED), "/avatars/u1.jpg", "copy_object"),
    Scenario("the bucket's name in the path", case("/acme-media-prod/avatars/u1.jpg"), 403,
             ("url-contains-bucket-or-path-style", MASKED), "avatars/u1.jpg", "correct_url"),
    Scenario("a url in the url", case(f"/https://{HOST}/avatars/u1.jpg"), 403,
             ("url-full-url-nested", MASKED), "avatars/u1.jpg", "correct_url"),
    Scenario("other case", case("/Avatars/U1.JPG"), 403, ("key-case-mismatch", MASKED),
             "avatars/u1.jpg", "correct_url"),
    Scenario("another extension", case("/avatars/u1.jpeg", ("avatars/u1.png",)), 403,
             ("key-extension-mismatch", MASKED), "avatars/u1.png", "correct_url"),
    Scenario("two extensions fit", case("/avatars/u1", ("avatars/u1.png", "avatars/u1.jpg")), 403,
             ("key-extension-mismatch", MASKED), None, "choose_candidate"),
    Scenario("a doubled prefix", case("/media/media/a1.jpg", ("media/a1.jpg",)), 403,
             ("key-prefix-duplicated", MASKED), "media/a1.jpg", "correct_url"),
    Scenario("a slip in a word", case("/avatars/holliday-7.jpg", ("avatars/holiday-7.jpg",)), 403,
             ("key-typo-near-miss", MASKED), "avatars/holiday-7.jpg", "correct_url"),
    Scenario("another number is another thing", case("/a/u12.jpg", ("a/u13.jpg", "a/u2.jpg")), 403,
             ("object-missing", MASKED), None, "reupload"),
    Scenario("another person's folder", case("/users/u1/p.jpg", ("users/u2/p.jpg",)), 403,
             ("object-missing", MASKED), None, "reupload"),
    Scenario("ids that differ in case", case("/p/aBc123Xy.jpg", ("p/AbC123xY.jpg",)), 403,
             ("key-case-mismatch", MASKED), None, "choose_candidate"),
    Scenario("a thumbnail that was never made",
             case("/thumbs/u1.jpg", ("avatars/u9.jpg", "u1.jpg")), 403,
             ("key-variant-not-generated", MASKED), None, "reupload"),
    # --- behaviours
    Scenario("a prefix that is not stripped", case("/media/a1.jpg", ("a1.jpg",), distributions=dist(
        behaviors=[behavior("/media/*")])), 403, ("behavior-prefix-not-stripped", MASKED), "a1.jpg",
             "copy_object"),
    Scenario("a broader pattern first", case(
        "/images/avatars/u1.jpg", buckets=buckets(("web",), ("acme-media-prod", "images/avatars/u1.jpg")),
        distributions=dist([origin("web", "web"), origin()], [
            behavior("/images/*", "web"), behavior("/images/avatars/*")])), 403,
             ("behavior-precedence-shadowed", MASKED), "images/avatars/u1.jpg", "config_change"),
    Scenario("a pattern in another case", case(
        "/Images/u1.jpg", buckets=buckets(("web",), ("acme-media-prod", "Images/u1.jpg")),
        distributions=dist([origin("web", "web"), origin()], [behavior("/images/*")])), 403,
             ("behavior-pattern-case", MASKED), "Images/u1.jpg", "config_change"),
    Scenario("no pattern for it", case(
        "/pics/u1.jpg", buckets=buckets(("web", "index.html"), ("acme-media-prod", "pics/u1.jpg")),
        distributions=dist([origin("web", "web"), origin()], [behavior("/images/*")])), 403,
             ("behavior-pattern-no-match-default", MASKED), "pics/u1.jpg", "config_change"),
    Scenario("a question mark in a pattern", case(
        "/a/u1.jpg", buckets=buckets(("web",), ("acme-media-prod", "a/u1.jpg")),
        distributions=dist([origin("web", "web"), origin()], [behavior("*.jp?g")])), 403,
             ("behavior-pattern-wildcard-misuse", MASKED), "a/u1.jpg", "config_change"),
    Scenario("the wrong target", case(
        "/images/u1.jpg", buckets=buckets(("web",), ("acme-media-prod", "images/u1.jpg")),
        distributions=dist([origin("web", "web"), origin()], [behavior("/images/*", "web")])), 403,
             ("behavior-wrong-origin", MASKED), "images/u1.jpg", "config_change"),
    Scenario("no root object", case("/"), 403, ("default-root-object-missing",),
             fix="config_change"),
    Scenario("a folder", case("/albums/", ("albums/index.html",)), 403,
             ("default-root-object-not-for-subdir", MASKED), "albums/index.html", "function_change"),
    Scenario("a slash before the root object", case("/", ("index.html",), distributions=dist(
        DefaultRootObject="/index.html")), 403, ("default-root-object-leading-slash", MASKED),
             "index.html", "config_change"),
    # --- functions
    Scenario("live is older", case("/media/a1.jpg", ("a1.jpg",), distributions=dist(
        behaviors=[behavior("/media/*", FunctionAssociations=attached("f"))]),
        functions=[function("f", "function handler(e){return e.request}", REWRITE)]), 403,
             ("function-not-published-or-stale-live", MASKED), "a1.jpg", "function_change"),
    Scenario("not attached", case("/media/a1.jpg", ("a1.jpg",), distributions=dist(
        behaviors=[behavior("/media/*")]), functions=[function("f", REWRITE)]), 403,
             ("function-not-associated", MASKED), "a1.jpg", "config_change"),
    Scenario("the function throws", case(distributions=dist(default=behavior(
        FunctionAssociations=attached("f"))), functions=[function("f", BROKEN)]), 503,
             ("function-runtime-error",), fix="function_change"),
    Scenario("const in the first runtime", case(distributions=dist(default=behavior(
        FunctionAssociations=attached("f"))), functions=[
            function("f", "function handler(e){const r=e.request;return r}",
                     runtime="cloudfront-js-1.0")]), 503,
             ("function-runtime-error",), fix="function_change"),
    Scenario("the function answers", case(distributions=dist(default=behavior(
        FunctionAssociations=attached("f"))), functions=[
            function("f", "function handler(e){return {statusCode:401}}")]), 401,
             ("function-generated-response",), fix="function_change"),
    Scenario("a rewrite to another behaviour's prefix", case(
        "/old/u1.jpg", buckets=buckets(("web",), ("acme-media-prod", "images/u1.jpg")),
        distributions=dist([origin("web", "web"), origin()],
                           [behavior("/images/*")],
                           default=behavior(target="web", FunctionAssociations=attached("f"))),
        functions=[function("f", "function handler(e){e.request.uri=e.request.uri.replace("
                                 "'/old/','/images/');return e.request}")]), 403,
             ("function-rewrite-does-not-change-origin", MASKED), "images/u1.jpg", "config_change"),
    Scenario("lambda at the edge fails", case(distributions=dist(default=behavior(
        LambdaFunctionAssociations={"Quantity": 1, "Items": [
            {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:1:function:f:1",
             "EventType": "origin-request"}]})),
        db_record=facts(x_edge_result="LambdaValidationError")), 502, ("lambda-edge-error",),
             fix="function_change"),
    # --- origin
    Scenario("an origin path nobody set", case("/a1.jpg", ("prod/a1.jpg", "prod/b2.jpg")), 403,
             ("origin-path-missing", MASKED), "prod/a1.jpg", "config_change"),
    Scenario("an old origin path", case("/a1.jpg", ("v2/a1.jpg",), distributions=dist(
        [origin(OriginPath="/v1")])), 403, ("origin-path-wrong", MASKED), "v2/a1.jpg",
             "config_change"),
    Scenario("an origin path with a slash", case("/a1.jpg", ("img/a1.jpg",), distributions=dist(
        [origin(OriginPath="/img/")])), 403, ("origin-path-trailing-slash", MASKED), "img/a1.jpg",
             "config_change"),
    Scenario("a bucket that is gone", case(distributions=dist([origin(held="gone")])), 404,
             ("origin-bucket-does-not-exist",), "avatars/u1.jpg", "config_change"),
    Scenario("another environment's bucket", case(
        buckets=buckets(("acme-media-staging", "avatars/u9.jpg"), ("acme-media-prod", "avatars/u1.jpg")),
        distributions=dist([origin(held="acme-media-staging")])), 403,
             ("origin-wrong-bucket", MASKED), "avatars/u1.jpg", "config_change"),
    Scenario("an object in staging", case(
        buckets=buckets(("acme-media-prod", "avatars/u9.jpg"), ("acme-media-staging", "avatars/u1.jpg"))),
             403, ("object-in-other-prefix-env", MASKED), "avatars/u1.jpg", "copy_object"),
    Scenario("a young bucket", case(
        distributions=dist([origin(DomainName="acme-media-prod.s3.amazonaws.com")]),
        buckets=one_bucket(Region="eu-west-1", CreationDate="2026-11-20T06:00:00Z")), 307,
             ("origin-new-bucket-307",), fix="config_change"),
    Scenario("the website knows folders", case("/docs/", ("docs/index.html",), buckets=one_bucket(
        "docs/index.html", Website={"IndexDocument": {"Suffix": "index.html"}})), 403,
             ("origin-website-vs-rest-index", MASKED), "docs/index.html", "function_change"),
    Scenario("host is forwarded", case(distributions=dist(default=behavior(
        OriginRequestPolicyId="216adef6-5c7f-47e4-b989-5492eafa07d3"))), 403,
             ("origin-host-header-forwarded",), fix="config_change"),
    Scenario("no failover for this status", case(
        buckets=buckets(("acme-media-prod",), ("acme-backup", "avatars/u1.jpg")),
        distributions=dist([origin(), origin("second", "acme-backup")], default=behavior(target="g"),
                           OriginGroups={"Quantity": 1, "Items": [{
                               "Id": "g", "FailoverCriteria": {"StatusCodes": {"Items": [500]}},
                               "Members": {"Items": [{"OriginId": "s3-media"},
                                                     {"OriginId": "second"}]}}]})), 403,
             ("origin-group-no-failover-on-status", MASKED), "avatars/u1.jpg", "config_change"),
    Scenario("the second origin answers", case(
        buckets=buckets(("acme-media-prod",), ("acme-backup", "avatars/u1.jpg")),
        distributions=dist([origin(), origin("second", "acme-backup")], default=behavior(target="g"),
                           OriginGroups={"Quantity": 1, "Items": [{
                               "Id": "g", "FailoverCriteria": {"StatusCodes": {"Items": [403]}},
                               "Members": {"Items": [{"OriginId": "s3-media"},
                                                     {"OriginId": "second"}]}}]})), 200,
             ("origin-group-failover-wrong-content",), "avatars/u1.jpg", "reupload"),
    Scenario("the resizer is down", case(
        distributions=dist([origin(DomainName="resizer.acme.com", **custom())]),
        db_record=facts(origin_health="timeout after 30 s")), 504,
             ("origin-timeout-or-unreachable",), fix="config_change"),
    # --- object
    Scenario("deleted", case(buckets=one_bucket(
        thing("avatars/u1.jpg", IsLatest=False, VersionId="1"),
        {"Key": "avatars/u1.jpg", "VersionId": "2", "IsLatest": True, "DeleteMarker": True},
        Versioning="Enabled")), 404, ("object-delete-marker",), "avatars/u1.jpg", "restore"),
    Scenario("expired", case(buckets=one_bucket("x/y.txt", Lifecycle={"Rules": [
        {"ID": "tmp", "Status": "Enabled", "Filter": {"Prefix": "avatars/"},
         "Expiration": {"Days": 30}}]})), 403, ("object-expired-by-lifecycle", MASKED), None,
             "reupload"),
    Scenario("archived", case(buckets=one_bucket(thing("avatars/u1.jpg", StorageClass="GLACIER"))),
             403, ("object-archived",), "avatars/u1.jpg", "restore"),
    Scenario("restored for a while", case(buckets=one_bucket(thing(
        "avatars/u1.jpg", StorageClass="GLACIER",
        Restore='ongoing-request="false", expiry-date="Fri, 18 Dec 2026 00:00:00 GMT"'))), 200, ()),
    Scenario("never completed", case(buckets=one_bucket("b.txt", MultipartUploads=[
        {"Key": "avatars/u1.jpg", "UploadId": "u"}])), 403, ("multipart-not-completed", MASKED),
             None, "reupload"),
    Scenario("no bytes", case(buckets=one_bucket(thing("avatars/u1.jpg", Size=0))), 200,
             ("object-zero-bytes-or-truncated",), fix="reupload"),
    # --- access
    Scenario("no statement", case(buckets=one_bucket(Policy=None)), 403,
             ("policy-no-allow-for-oac",), fix="policy_patch"),
    Scenario("bucket arn only", case(buckets=with_policy(statement(
        "acme-media-prod", Resource="arn:aws:s3:::acme-media-prod"))), 403,
             ("policy-resource-missing-objects",), fix="policy_patch"),
    Scenario("only put", case(buckets=with_policy(statement(
        "acme-media-prod", Action="s3:PutObject"))), 403, ("policy-action-missing-getobject",),
             fix="policy_patch"),
    Scenario("only list", case(buckets=with_policy(lists("acme-media-prod"))), 403,
             ("policy-action-missing-getobject",), fix="policy_patch"),
    Scenario("a wildcard with StringEquals", case(buckets=with_policy(statement(
        "acme-media-prod", Condition={"StringEquals": {
            "AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}))), 403,
             ("policy-sourcearn-mismatch",), fix="policy_patch"),
    Scenario("a wildcard with ArnLike", case(buckets=with_policy(statement(
        "acme-media-prod", Condition={"ArnLike": {
            "AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}))), 200, ()),
    Scenario("another identity", case(distributions=dist([origin(**OAI)]), buckets=with_policy(
        statement("acme-media-prod", Principal={"AWS": OAI_ARN + "E9OLD"}, Condition={}))), 403,
             ("policy-oai-wrong-id",), fix="policy_patch"),
    Scenario("the right identity", case(distributions=dist([origin(**OAI)]), buckets=with_policy(
        statement("acme-media-prod", Principal={"AWS": OAI_ARN + "E2OAI"}, Condition={}))), 200, ()),
    Scenario("control against identity", case(buckets=with_policy(
        statement("acme-media-prod", Principal={"AWS": OAI_ARN + "E2OAI"}, Condition={}))), 403,
             ("policy-oac-vs-oai-mixup",), fix="policy_patch"),
    Scenario("no access control at all", case(distributions=dist([origin(**NO_OAC)])), 403,
             ("origin-no-oac-oai-private-bucket",), fix="config_change"),
    Scenario("sign never", case(origin_access_controls=[{
        "Id": "E3OACMEDIA", "OriginAccessControlConfig": {"SigningBehavior": "never"}}]), 403,
             ("oac-signing-never",), fix="config_change"),
    Scenario("the viewer's authorization", case(
        headers={"Authorization": "Bearer x"},
        origin_access_controls=[{"Id": "E3OACMEDIA", "OriginAccessControlConfig": {
            "SigningBehavior": "no-override"}}],
        cache_policies=[{"Id": "cp", "CachePolicyConfig": {
            "MinTTL": 1, "ParametersInCacheKeyAndForwardedToOrigin": {
                "HeadersConfig": {"HeaderBehavior": "whitelist",
                                  "Headers": {"Items": ["Authorization"]}}}}}],
        distributions=dist(default=behavior(CachePolicyId="cp"))), 403,
             ("oac-no-override-with-viewer-authorization",), fix="config_change"),
    Scenario("an identity in a new region", case(
        distributions=dist([origin(DomainName="acme-media-prod.s3.il-central-1.amazonaws.com", **OAI)]),
        buckets=with_policy(statement("acme-media-prod", Principal={"AWS": OAI_ARN + "E2OAI"},
                                      Condition={}), Region="il-central-1")), 403,
             ("oai-new-region",), fix="config_change"),
    Scenario("deny http", case(
        url=f"http://{HOST}/avatars/u1.jpg",
        distributions=dist(default=behavior(ViewerProtocolPolicy="allow-all")),
        buckets=with_policy(statement("acme-media-prod"), deny(Bool={"aws:SecureTransport": "false"}))),
             403, ("explicit-deny-secure-transport",), fix="correct_url"),
    Scenario("deny http does not concern https", case(buckets=with_policy(
        statement("acme-media-prod"), deny(Bool={"aws:SecureTransport": "false"}))), 200, ()),
    Scenario("deny outside a vpc", case(buckets=with_policy(
        statement("acme-media-prod"), deny(StringNotEquals={"aws:SourceVpce": "vpce-1"}))), 403,
             ("explicit-deny-vpce-or-ip",), fix="policy_patch"),
    Scenario("deny without a referer", case(buckets=with_policy(
        statement("acme-media-prod"), deny(StringNotLike={"aws:Referer": "https://a/*"}))), 403,
             ("explicit-deny-referer",), fix="config_change"),
    Scenario("a deny that spares services", case(buckets=with_policy(
        statement("acme-media-prod"),
        deny(StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-1"},
             BoolIfExists={"aws:PrincipalIsAWSService": "false"}))), 200, ()),
    Scenario("public but restricted", case(distributions=dist([origin(**NO_OAC)]),
                                           buckets=with_policy(PUBLIC)), 403,
             ("bpa-blocks-public-policy",), fix="config_change"),
    Scenario("restricted for the account", case(
        distributions=dist([origin(**NO_OAC)]), buckets=with_policy(PUBLIC, PublicAccessBlock=OFF),
        account_public_access_block={**OFF, "RestrictPublicBuckets": True}), 403,
             ("account-bpa-overrides-bucket",), fix="config_change"),
    Scenario("s3's own url", case(url=S3), 403, ("direct-s3-url-blocked",), fix="correct_url"),
    Scenario("another account's object", case(buckets=one_bucket(
        thing("avatars/u1.jpg", OwnerAccountId="999988887777"), ObjectOwnership="ObjectWriter")),
             403, ("object-owned-by-other-account",), fix="config_change"),
    Scenario("public by acl once", case(
        distributions=dist([origin(**NO_OAC)]), buckets=one_bucket(
            thing("avatars/u1.jpg", Acl="public-read"), Policy=None, PublicAccessBlock=OFF)), 403,
             ("acl-disabled-public-read-lost",), fix="config_change"),
    Scenario("public by acl", case(
        distributions=dist([origin(**NO_OAC)]), buckets=one_bucket(
            thing("avatars/u1.jpg", Acl="public-read"), Policy=None, PublicAccessBlock=OFF,
            ObjectOwnership="ObjectWriter")), 200, ()),
    Scenario("kms allows", case(buckets=one_bucket(ENCRYPTED),
                                kms_keys=kms("Enabled", "CUSTOMER", DECRYPT)), 200, ()),
    Scenario("kms through an identity", case(
        distributions=dist([origin(**OAI)]), kms_keys=kms(), buckets=[bucket(
            "acme-media-prod", ENCRYPTED, Policy=policy(statement(
                "acme-media-prod", Principal={"AWS": OAI_ARN + "E2OAI"}, Condition={})))]), 403,
             ("kms-with-oai",), fix="config_change"),
    Scenario("aws/s3", case(buckets=one_bucket(ENCRYPTED), kms_keys=kms("Enabled", "AWS")), 403,
             ("kms-aws-managed-key",), fix="copy_object"),
    Scenario("a disabled key", case(buckets=one_bucket(ENCRYPTED),
                                    kms_keys=kms("PendingDeletion", "CUSTOMER", DECRYPT)), 400,
             ("kms-key-disabled",), fix="config_change"),
    Scenario("a customer's key", case(buckets=one_bucket(
        thing("avatars/u1.jpg", SSECustomerAlgorithm="AES256", ServerSideEncryption=None))), 400,
             ("sse-c-object",), fix="copy_object"),
    Scenario("requester pays", case(buckets=one_bucket(RequestPayer="Requester")), 403,
             ("requester-pays",), fix="config_change"),
    Scenario("a version nobody allowed", case(
        "/avatars/u1.jpg?versionId=abc", cache_policies=[QUERY_ALL],
        distributions=dist(default=behavior(CachePolicyId="cp"))), 403,
             ("version-id-not-permitted",), fix="policy_patch"),
    # --- presigned
    Scenario("signed for put", case(url=S3 + FRESH, db_record=facts(presigned_for="put_object")),
             403, ("presigned-wrong-method",), fix="sign_url"),
    Scenario("signed for another region", case(
        url=S3 + PRESIGNED.format(region="eu-west-1", date="20261120T114500Z")), 400,
             ("presigned-wrong-region",), fix="sign_url"),
    Scenario("a valid presigned url", case(url=S3 + FRESH), 200, ()),
    Scenario("two signatures", case(
        "/avatars/u1.jpg" + FRESH, cache_policies=[QUERY_ALL],
        distributions=dist(default=behavior(CachePolicyId="cp"))), 400,
             ("presigned-plus-oac-two-auth",), fix="correct_url"),
    Scenario("the host was changed", case(
        "/avatars/u1.jpg" + FRESH, distributions=dist([origin(**NO_OAC)])), 403,
             ("presigned-host-changed",), fix="sign_url"),
    # --- cache
    Scenario("an error that is kept", case(
        edge_cache=edge(status=404, age=3, etag=None, x="Error from cloudfront", ExpiresIn=200)),
             404, ("cached-error-response",), fix="invalidate"),
    Scenario("an old browser copy", case(
        buckets=one_bucket(thing("avatars/u1.jpg", ETag='"new"',
                                 CacheControl="max-age=31536000, immutable")),
        edge_cache=edge(etag='"new"'),
        db_record=facts("client_report", browser_etag='"old"', sees="old picture")), 200,
             ("browser-cache-stale",), fix="correct_url"),
    Scenario("?v= is ignored", case("/avatars/u1.jpg?v=2", edge_cache=edge()), 200,
             ("query-string-not-in-cache-key", "cached-stale-object"), fix="config_change"),
    Scenario("tracking parameters", case(
        "/avatars/u1.jpg?utm_source=a", cache_policies=[QUERY_ALL],
        distributions=dist(default=behavior(CachePolicyId="cp"))), 200,
             ("query-string-fragmenting-cache",), fix="config_change"),
    Scenario("caching disabled", case(distributions=dist(default=behavior(
        CachePolicyId="4135ea2d-6df8-44a3-9df3-4b5a84be39ad"))), 200,
             ("caching-disabled-or-zero-ttl",), fix="config_change"),
    Scenario("invalidated in another case", case(
        edge_cache=edge(), invalidations=invalidated("/Avatars/u1.jpg")), 200,
             ("invalidation-wrong-case", "cached-stale-object"), fix="invalidate"),
    Scenario("a star in the middle", case(
        edge_cache=edge(), invalidations=invalidated("/*/u1.jpg")), 200,
             ("invalidation-wildcard-not-last", "cached-stale-object"), fix="invalidate"),
    Scenario("only one of two uris", case(
        "/media/a1.jpg", ("a1.jpg",), edge_cache=edge("/media/a1.jpg"),
        invalidations=invalidated("/media/a1.jpg"), functions=[function("f", REWRITE)],
        distributions=dist(default=behavior(FunctionAssociations=attached("f")))), 200,
             ("invalidation-rewritten-uri", "cached-stale-object"), fix="invalidate"),
    Scenario("a variant is left", case(
        "/avatars/u1.jpg?w=200", cache_policies=[QUERY_ALL], edge_cache=edge("/avatars/u1.jpg?w=200"),
        invalidations=invalidated("/avatars/u1.jpg"),
        distributions=dist(default=behavior(CachePolicyId="cp"))), 200,
             ("invalidation-query-string-variants", "cached-stale-object"), fix="invalidate"),
    # --- cors and content
    Scenario("no cors rules", case(headers=ORIGIN), 200, ("cors-no-bucket-config",),
             fix="config_change"),
    Scenario("another origin", case(headers={"Origin": "http://app.acme.com"},
                                    buckets=one_bucket(Cors=CORS)), 200,
             ("cors-origin-not-allowed",), fix="config_change"),
    Scenario("cors works", case(headers=ORIGIN, buckets=one_bucket(Cors=CORS), distributions=dist(
        default=behavior(OriginRequestPolicyId=CORS_S3))), 200, ()),
    Scenario("cached without origin", case(
        headers=ORIGIN, buckets=one_bucket(thing("avatars/u1.jpg", ETag='"e"'), Cors=CORS),
        edge_cache=edge(etag='"e"'),
        distributions=dist(default=behavior(OriginRequestPolicyId=CORS_S3))), 200,
             ("cors-cached-without-origin",), fix="config_change"),
    Scenario("the type is generic", case(buckets=one_bucket(
        thing("avatars/u1.jpg", ContentType="binary/octet-stream"))), 200,
             ("content-type-wrong",), fix="copy_object"),
    Scenario("an attachment", case(buckets=one_bucket(
        thing("avatars/u1.jpg", ContentDisposition="attachment; filename=u1.jpg"))), 200,
             ("content-disposition-attachment",), fix="copy_object"),
    Scenario("gzip on a jpeg", case(buckets=one_bucket(
        thing("avatars/u1.jpg", ContentEncoding="gzip"))), 200, ("content-encoding-wrong",),
             fix="copy_object"),
    Scenario("far away", case(country="BR", distributions=dist(PriceClass="PriceClass_100")), 200,
             ("price-class-far-edge",), fix="config_change"),
    Scenario("a heavy picture", case(buckets=one_bucket(
        thing("avatars/u1.jpg", Size=12_000_000))), 200, ("image-too-large-no-variants",)),
    # --- records
    Scenario("url and key disagree", case(
        held=("avatars/u1.jpg", "avatars/u1-new.jpg"),
        db_record=record(url=f"https://{HOST}/avatars/u1.jpg", avatar_key="avatars/u1-new.jpg")), 200,
             ("db-url-key-disagree",), fix="fix_db_record"),
    Scenario("url and key agree", case(
        db_record=record(url=f"https://{HOST}/avatars/u1.jpg", avatar_key="avatars/u1.jpg")), 200, ()),
    # --- several at once
    Scenario("double prefix and wrong arn", case(
        buckets=with_policy(statement("acme-media-prod", arn=DIST_ARN + "X")),
        distributions=dist([origin(OriginPath="/avatars")])), 403,
             ("origin-path-double-prefix", MASKED, "policy-sourcearn-mismatch"), "avatars/u1.jpg",
             "policy_patch"),
    Scenario("blocked and misspelt", case("/Avatars/u1.jpg", country="FR", distributions=dist(
        Restrictions={"GeoRestriction": {"RestrictionType": "blacklist", "Quantity": 1,
                                         "Items": ["FR"]}})), 403,
             ("geo-restricted", "key-case-mismatch", MASKED), "avatars/u1.jpg", "correct_url"),
)  # fmt: skip

TWO = [
    distribution(Aliases={"Quantity": 1, "Items": ["old.acme.com"]}),
    distribution(
        [origin("b", "acme-b")],
        Id="E2",
        ARN=DIST_ARN.replace("E1MEDIA", "E2"),
        DomainName="d2.cloudfront.net",
        ViewerCertificate={"ACMCertificateArn": "arn:acm"},
        Aliases={"Quantity": 1, "Items": ["cdn.acme.com"]},
    ),
]
ACM = {"ACMCertificateArn": "arn:acm", "SSLSupportMethod": "sni-only"}
ALIAS = {"Quantity": 1, "Items": ["*.acme.com"]}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "GET"}
OPTIONS = {"Quantity": 3, "Items": ["GET", "HEAD", "OPTIONS"]}
LEGACY_ALL = {"QueryString": True, "Headers": {"Quantity": 1, "Items": ["*"]}}
SPA = {
    "Quantity": 2,
    "Items": [
        {"ErrorCode": code, "ResponsePagePath": "/index.html", "ResponseCode": "200"}
        for code in (403, 404)
    ],
}

MORE = (
    Scenario("a page's own address for an empty value", case(
        url="https://app.acme.com/profile", db_record=record(avatarUrl=None)), None,
             ("url-empty-in-db",), "avatars/u1.jpg", "fix_db_record"),
    Scenario("a page's own address before a key", case(
        url="https://app.acme.com/avatars/u1.jpg", db_record=record(avatar="avatars/u1.jpg")), None,
             ("url-not-absolute-http",), "avatars/u1.jpg", "fix_db_record"),
    Scenario("two owners of a name", case(
        url="https://cdn.acme.com/avatars/u1.jpg", distributions=TWO,
        dns=[{"name": "cdn.acme.com", "cname": HOST}],
        buckets=[bucket("acme-media-prod", "avatars/u1.jpg"),
                 bucket("acme-b", Policy=policy(statement(
                     "acme-b", arn=DIST_ARN.replace("E1MEDIA", "E2"))))]), 403,
             ("alias-on-other-distribution", MASKED), "avatars/u1.jpg", "config_change"),
    Scenario("a wildcard alias with a certificate", case(
        url="https://cdn.acme.com/avatars/u1.jpg", distributions=dist(
            Aliases=ALIAS, ViewerCertificate=ACM),
        certificates=[{"CertificateArn": "arn:acm", "SubjectAlternativeNames": ["*.acme.com"],
                       "NotAfter": "2027-01-01T00:00:00Z"}]), 200, ()),
    Scenario("a certificate that ended", case(
        url="https://cdn.acme.com/avatars/u1.jpg", distributions=dist(
            Aliases=ALIAS, ViewerCertificate=ACM),
        certificates=[{"CertificateArn": "arn:acm", "SubjectAlternativeNames": ["*.acme.com"],
                       "NotAfter": "2026-01-01T00:00:00Z"}]), None,
             ("alias-certificate-mismatch",), "avatars/u1.jpg", "config_change"),
    Scenario("a certificate for another name", case(
        url="https://cdn.acme.com/avatars/u1.jpg", distributions=dist(
            Aliases=ALIAS, ViewerCertificate=ACM), db_record=facts(sans=["www.acme.com"])), None,
             ("alias-certificate-mismatch",), "avatars/u1.jpg", "config_change"),
    Scenario("an old error while a change is deployed", case(
        edge_cache=edge(status=403, age=3, etag=None, x="Error from cloudfront"),
        distributions=dist(Status="InProgress")), 403,
             ("distribution-not-deployed", "cached-error-response"), fix="wait"),
    Scenario("a preflight without rules", case(
        method="OPTIONS", headers=PREFLIGHT, distributions=dist(default=behavior(
            AllowedMethods=OPTIONS, OriginRequestPolicyId=CORS_S3))), 403,
             ("cors-no-bucket-config",), fix="config_change"),
    Scenario("a preflight that works", case(
        method="OPTIONS", headers=PREFLIGHT, buckets=one_bucket(Cors=CORS), distributions=dist(
            default=behavior(AllowedMethods=OPTIONS, OriginRequestPolicyId=CORS_S3))), 200, ()),
    Scenario("a response headers policy adds cors", case(headers=ORIGIN, distributions=dist(
        default=behavior(ResponseHeadersPolicyId="60669652-455b-4ae9-85a4-c4c02393f86c"))), 200, ()),
    Scenario("all headers by the older settings", case(distributions=dist(
        default={**behavior(), "CachePolicyId": "", "ForwardedValues": LEGACY_ALL})), 403,
             ("origin-host-header-forwarded",), fix="config_change"),
    Scenario("the edge serves what the bucket lost", case(
        held=("x.txt",), edge_cache=edge()), 200, ("object-missing",), fix="reupload"),
    Scenario("a single page app hides a miss", case(
        held=("index.html",), distributions=dist(CustomErrorResponses=SPA)), 200,
             ("custom-error-masks-as-200", "object-missing", MASKED), fix="reupload"),
    Scenario("an accelerated name", case(
        distributions=dist([origin(DomainName="acme-media-prod.s3-accelerate.amazonaws.com")])), 200,
             ()),
    Scenario("path style", case(distributions=dist([origin(
        DomainName="s3.us-east-1.amazonaws.com", OriginPath="/acme-media-prod")])), 200, ()),
    Scenario("a website that knows the folder", case(
        "/docs", buckets=with_policy(PUBLIC, PublicAccessBlock=OFF, Website={
            "IndexDocument": {"Suffix": "index.html"}}, Objects=[thing("docs/index.html",
                                                                     ContentType="text/html")]),
        distributions=dist([origin(
            DomainName="acme-media-prod.s3-website-us-east-1.amazonaws.com", **custom())])), 302, ()),
    Scenario("a wrong region without signing", case(
        distributions=dist([origin(**NO_OAC)]), buckets=with_policy(
            PUBLIC, PublicAccessBlock=OFF, Region="eu-west-1")), 301,
             ("origin-region-mismatch",), fix="config_change"),
    Scenario("s3's own url, other region", case(
        url="https://acme-media-prod.s3.eu-west-1.amazonaws.com/avatars/u1.jpg",
        buckets=with_policy(PUBLIC, PublicAccessBlock=OFF)), 301, ("origin-region-mismatch",)),
    Scenario("s3's own url, public", case(
        url="https://s3.us-east-1.amazonaws.com/acme-media-prod/avatars/u1.jpg",
        buckets=with_policy(PUBLIC, PublicAccessBlock=OFF)), 200, ()),
    Scenario("an older presigned url that ended", case(
        url=S3 + "?AWSAccessKeyId=AKIA&Expires=1700000000&Signature=x"), 403,
             ("presigned-expired",), fix="sign_url"),
    Scenario("a size that is far off", case(db_record=record(
        avatar_key="avatars/u1.jpg", size=480000)), 200, ("object-zero-bytes-or-truncated",)),
    Scenario("a variant that is left at the edge", case(
        buckets=one_bucket(thing("avatars/u1.jpg", ETag='"new"')), cache_policies=[QUERY_ALL],
        edge_cache=edge("/avatars/u1.jpg?w=1"), invalidations=invalidated("/avatars/u1.jpg"),
        distributions=dist(default=behavior(CachePolicyId="cp"))), 200,
             ("invalidation-query-string-variants",), fix="invalidate"),
    Scenario("cache control forbids keeping", case(buckets=one_bucket(
        thing("avatars/u1.jpg", CacheControl="private, no-store"))), 200,
             ("caching-disabled-or-zero-ttl",), fix="copy_object"),
    Scenario("a resizer whose failure the edge showed", case(
        distributions=dist([origin(DomainName="resizer.acme.com", **custom())]),
        edge_cache=edge(status=502, age=0, x="Error from cloudfront")), 502,
             ("origin-timeout-or-unreachable",), fix="config_change"),
    Scenario("the draft repairs the error", case(distributions=dist(default=behavior(
        FunctionAssociations=attached("f"))), functions=[function("f", BROKEN, REWRITE)]), 503,
             ("function-not-published-or-stale-live", "function-runtime-error")),
    Scenario("a function picks the origin", case(
        buckets=buckets(("web",), ("acme-media-prod", "avatars/u1.jpg")),
        distributions=dist([origin("web", "web"), origin()], default=behavior(
            target="web", FunctionAssociations=attached("f"))),
        functions=[function("f", "import cf from 'cloudfront';function handler(e){"
                                 "cf.selectRequestOriginById('s3-media');return e.request}")]), 200,
             ()),
    Scenario("two faults of one statement", case(buckets=with_policy(statement(
        "acme-media-prod", arn=DIST_ARN + "X", Resource="arn:aws:s3:::acme-media-prod/public/*"))),
             403, ("policy-sourcearn-mismatch", "policy-resource-prefix-too-narrow"),
             fix="policy_patch"),
    Scenario("the same layout, older objects", case(
        "/progress-photos/xyz789", ("users/abc123/progress-photos/xyz789",)), 403,
             ("key-prefix-legacy-format", MASKED), "users/abc123/progress-photos/xyz789",
             "copy_object"),
    Scenario("a redirect that a function makes", case(distributions=dist(default=behavior(
        FunctionAssociations=attached("f"))), functions=[function(
            "f", "function handler(e){return {statusCode:301,statusDescription:'x',"
                 "headers:{location:{value:'/'}}}}")]), 301,
             ("function-generated-response",)),
)  # fmt: skip
