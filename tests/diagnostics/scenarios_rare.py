"""Rarer broken accounts: signatures that fail in each way, and the small print of every stage."""

from __future__ import annotations

from datetime import UTC, datetime

from scenarios import (
    ACM,
    BROKEN,
    CORS,
    CORS_S3,
    FRESH,
    LEGACY_ALL,
    MASKED,
    NO_OAC,
    OAI,
    OFF,
    OPTIONS,
    ORIGIN,
    PREFLIGHT,
    PRESIGNED,
    PUBLIC,
    QUERY_ALL,
    REWRITE,
    S3,
    Scenario,
    buckets,
    deny,
    dist,
    edge,
    invalidated,
    one_bucket,
    with_policy,
)
from signing import (
    EARLIER,
    LATER,
    OBJECT,
    TRUSTED,
    canned,
    sign,
    signed_case,
)
from signing import (
    custom as custom_policy,
)
from signing import (
    with_policy as signed_by,
)
from worlds import (
    HOST,
    attached,
    behavior,
    bucket,
    case,
    custom,
    facts,
    function,
    lists,
    origin,
    policy,
    record,
    statement,
    thing,
)

SIGNED_ENDED = (
    f"{OBJECT}?Expires={EARLIER}&Signature={sign(canned(OBJECT, EARLIER))}&Key-Pair-Id=K1"
)
WITH_QUERY = dist(default=behavior(CachePolicyId="cp"))
WEBSITE = origin(DomainName="acme-media-prod.s3-website-us-east-1.amazonaws.com", **custom())
INDEX = {"IndexDocument": {"Suffix": "index.html"}}
NEW = thing("avatars/u1.jpg", ETag='"new"')
REWRITTEN = {
    "functions": [function("f", REWRITE)], "edge_cache": edge("/media/a1.jpg"),
    "distributions": dist(default=behavior(FunctionAssociations=attached("f"))),
}  # fmt: skip
OWN_ALIAS = {"Quantity": 1, "Items": ["cdn.acme.com"]}
ISSUED = {"CertificateArn": "arn:acm", "SubjectAlternativeNames": ["cdn.acme.com"],
          "NotAfter": datetime(2027, 1, 1, tzinfo=UTC)}  # fmt: skip
POINTS_HERE = {"name": "cdn.acme.com", "AliasTarget": {"DNSName": HOST + "."}}


def on_response(name):
    found = attached(name)
    found["Items"][0]["EventType"] = "viewer-response"
    return dist(default=behavior(FunctionAssociations=found))


def sized(key, size, kind):
    return one_bucket(thing(key, Size=size, ContentType=kind))


def lifecycle(*rules):
    return {"Rules": [{"Status": "Enabled", **rule} for rule in rules]}


SIGNATURES = (
    Scenario("a signed url that ended", signed_case(SIGNED_ENDED), 403, ("signed-url-expired",),
             fix="sign_url"),
    Scenario("a signer whose clock is ahead", signed_case(signed_by(custom_policy(
        OBJECT, LATER, DateGreaterThan={"AWS:EpochTime": LATER - 60}))), 403,
             ("signed-url-not-yet-valid",), fix="sign_url"),
    Scenario("signed for another address", signed_case(signed_by(custom_policy(
        OBJECT, LATER, IpAddress={"AWS:SourceIp": "203.0.113.0/24"}))), 403,
             ("signed-url-ip-restricted",), fix="sign_url"),
    Scenario("signed for everybody's address", signed_case(signed_by(custom_policy(
        OBJECT, LATER, IpAddress={"AWS:SourceIp": "0.0.0.0/0"}))), 200, ()),
    Scenario("a key that left its group", signed_case(
        signed_by(custom_policy(OBJECT, LATER)), known="K2"), 403, ("signed-url-unknown-key",),
             fix="sign_url"),
    Scenario("cookies of the page's domain", signed_case(
        OBJECT, db_record=facts(cookie_domain="app.acme.com")), 403,
             ("signed-cookie-domain-or-path",), fix="config_change"),
    Scenario("cookies of another path", signed_case(
        OBJECT, db_record=facts(set_cookie="CloudFront-Policy; Path=/videos/")), 403,
             ("signed-cookie-domain-or-path",), fix="config_change"),
    Scenario("no signature at all", signed_case(OBJECT), 403, ("signed-url-missing",),
             fix="sign_url"),
    Scenario("ended, and the object is gone", signed_case(SIGNED_ENDED, buckets=one_bucket("x.txt")),
             403, ("signed-url-expired", "object-missing", MASKED), fix="reupload"),
    Scenario("a broader pattern wants a signature", signed_case(
        OBJECT, distributions=dist(behaviors=[
            behavior("/*", TrustedKeyGroups=TRUSTED), behavior("/docs/*"), behavior("/avatars/*")])),
             403, ("behavior-precedence-shadowed", "signed-url-missing"), fix="config_change"),
    Scenario("the narrower pattern wants one too", signed_case(
        OBJECT, distributions=dist(behaviors=[
            behavior("/*", TrustedKeyGroups=TRUSTED),
            behavior("/avatars/*", TrustedKeyGroups=TRUSTED)])), 403, ("signed-url-missing",)),
)  # fmt: skip

CACHES = (
    Scenario("invalidated before it was replaced again", case(
        edge_cache=edge(), invalidations=invalidated("/avatars/*")), 200, ("cached-stale-object",),
             fix="invalidate"),
    Scenario("something else was invalidated", case(
        edge_cache=edge(), invalidations=invalidated("/zebra.jpg")), 200, ("cached-stale-object",),
             fix="invalidate"),
    Scenario("the second path of an invalidation missed", case(
        edge_cache=edge(), invalidations=invalidated("/zebra.jpg", "/Avatars/u1.jpg")), 200,
             ("invalidation-wrong-case", "cached-stale-object"), fix="invalidate"),
    Scenario("only the rewritten uri was invalidated", case(
        "/media/a1.jpg", ("a1.jpg",), invalidations=invalidated("/a1.jpg"), **REWRITTEN), 200,
             ("invalidation-rewritten-uri", "cached-stale-object"), fix="invalidate"),
    Scenario("both uris were invalidated", case(
        "/media/a1.jpg", ("a1.jpg",), invalidations=invalidated("/a1.jpg", "/media/a1.jpg"),
        **REWRITTEN), 200, ("cached-stale-object",), fix="invalidate"),
    Scenario("an edge entry that is named by its url", case(
        edge_cache=edge(OBJECT)), 200, ("cached-stale-object",), fix="invalidate"),
    Scenario("an edge entry with its query apart", case(
        "/avatars/u1.jpg?w=1", cache_policies=[QUERY_ALL], distributions=WITH_QUERY,
        edge_cache=edge(QueryString="?w=1")), 200, ("cached-stale-object",), fix="invalidate"),
    Scenario("the second variant at the edge is old", case(
        buckets=one_bucket(NEW), cache_policies=[QUERY_ALL], distributions=WITH_QUERY,
        edge_cache=edge("/avatars/u1.jpg?w=2", etag='"new"') + edge("/avatars/u1.jpg?w=1"),
        invalidations=invalidated("/avatars/u1.jpg")), 200,
             ("invalidation-query-string-variants",), fix="invalidate"),
    Scenario("a browser that keeps another tag", case(
        buckets=one_bucket(NEW), edge_cache=edge(etag='"new"'),
        db_record=facts("client_report", from_disk_cache=["yes"], shown_etag='"old"')), 200,
             ("browser-cache-stale",), fix="correct_url"),
    Scenario("cors headers that are cached", case(
        headers=ORIGIN, buckets=one_bucket(NEW, Cors=CORS),
        edge_cache=edge(etag='"new"', Vary="Origin", AccessControlAllowOrigin="https://app.acme.com"),
        distributions=dist(default=behavior(OriginRequestPolicyId=CORS_S3))), 200, ()),
)  # fmt: skip

CODE = (
    Scenario("a function that was never published", case(
        distributions=dist(default=behavior(FunctionAssociations=attached("f"))),
        functions=[{**function("f", REWRITE), "LiveCode": ""}]), 503,
             ("function-not-published-or-stale-live",), fix="function_change"),
    Scenario("a viewer response function that throws", case(
        distributions=on_response("f"), functions=[function("f", BROKEN)]), 503,
             ("function-runtime-error",), fix="function_change"),
    Scenario("a viewer response function that works", case(
        distributions=on_response("f"), functions=[function(
            "f", "function handler(e){e.response.headers['x-a']={value:'1'};return e.response}")]),
             200, ()),
    Scenario("a viewer response function without live code", case(
        distributions=on_response("f"), functions=[{**function("f", REWRITE), "LiveCode": ""}]),
             200, ()),
    Scenario("a viewer response function of a missing object", case(
        held=("x.txt",), distributions=on_response("f"), functions=[function("f", BROKEN)]), 403,
             ("object-missing", MASKED), fix="reupload"),
    Scenario("a rewrite that finds nothing near", case(
        "/media/a1.jpg", ("zebra.txt",), functions=[function("f", REWRITE)],
        distributions=dist(default=behavior(FunctionAssociations=attached("f")))), 403,
             ("function-rewrite-wrong-key", MASKED), fix="function_change"),
)  # fmt: skip

HOSTS = (
    Scenario("an alias that dns and distribution agree about", case(
        url="https://cdn.acme.com/avatars/u1.jpg", certificates=[ISSUED], dns=[POINTS_HERE],
        distributions=dist(Aliases=OWN_ALIAS, ViewerCertificate=ACM)), 200, ()),
    Scenario("a lost object behind such an alias", case(
        url="https://cdn.acme.com/avatars/u1.jpg", held=("x.txt",), certificates=[ISSUED],
        dns=[{"name": "cdn.acme.com", "ResourceRecords": [{"Value": HOST}]}],
        distributions=dist(Aliases=OWN_ALIAS, ViewerCertificate=ACM)), 403,
             ("object-missing", MASKED), fix="reupload"),
    Scenario("a name that points at the bucket, by https", case(
        url="https://cdn.acme.com/avatars/u1.jpg", dns=[
            {"Name": "cdn.acme.com", "Value": "acme-media-prod.s3.us-east-1.amazonaws.com"}]), None,
             ("dns-cname-to-s3-not-cloudfront",), "avatars/u1.jpg", "config_change"),
    Scenario("a bucket that is named like its host", case(
        url="http://cdn.acme.com/avatars/u1.jpg", buckets=[bucket("cdn.acme.com", "avatars/u1.jpg")],
        dns=[{"Name": "cdn.acme.com", "Value": "cdn.acme.com.s3.us-east-1.amazonaws.com"}]), 403,
             ("dns-cname-to-s3-not-cloudfront",), "avatars/u1.jpg", "config_change"),
    Scenario("a country nobody told", case(country=None, distributions=dist(Restrictions={
        "GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"]}})), 200,
             ()),
    Scenario("a country that is not on the list", case(country="FR", distributions=dist(Restrictions={
        "GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"]}})), 403,
             ("geo-restricted",), fix="config_change"),
)  # fmt: skip

ORIGINS = (
    Scenario("a website's own index", case(
        "/docs/", buckets=with_policy(PUBLIC, PublicAccessBlock=OFF, Website=INDEX, Objects=[
            thing("docs/index.html", ContentType="text/html")]),
        distributions=dist([WEBSITE])), 200, ()),
    Scenario("a website that wants a referer, which is forwarded", case(
        headers={"Referer": "https://app.acme.com/"}, buckets=with_policy(
            {**PUBLIC, "Condition": {"StringLike": {"aws:Referer": "https://app.acme.com/*"}}},
            PublicAccessBlock=OFF, Website={"IndexDocument": {"Suffix": "index.html"}}), distributions=dist([WEBSITE], default=behavior(
                OriginRequestPolicyId="acba4595-bd28-49b8-b9fe-13317c0390fa"))), 200, ()),
    Scenario("host reaches an unsigned origin", case(
        distributions=dist([origin(**NO_OAC)], default={
            **behavior(), "CachePolicyId": "", "ForwardedValues": LEGACY_ALL}),
        buckets=with_policy(PUBLIC, PublicAccessBlock=OFF)), 404,
             ("origin-host-header-forwarded",), fix="config_change"),
    Scenario("a few slow answers are no slow down", case(
        db_record=facts(s3_5xx_errors=0)), 200, ()),
    Scenario("s3 slows down", case(db_record=facts(s3_503="SlowDown, 312 answers")), 503,
             ("origin-s3-slowdown",), fix="config_change"),
    Scenario("a root below an origin path", case("/", ("img/a.jpg",), distributions=dist(
        [origin(OriginPath="/img")])), 403, ("default-root-object-missing", MASKED),
             fix="config_change"),
    Scenario("a preflight at the root", case(
        "/", method="OPTIONS", headers=PREFLIGHT, buckets=one_bucket(Cors=CORS), distributions=dist(
            default=behavior(AllowedMethods=OPTIONS, OriginRequestPolicyId=CORS_S3))), 200, ()),
    Scenario("a folder that is not where the origin path says", case(
        "/a1b2.jpg", ("img/a1b2.jpg",), distributions=dist([origin(OriginPath="/IMG")])), 403,
             ("origin-path-wrong", "key-case-mismatch", MASKED), "img/a1b2.jpg"),
)  # fmt: skip

KEYS = (
    Scenario("an empty value and its owner's picture", case(
        url="", held=("avatars/u2.jpg", "avatars/u1.jpg"), db_record=record(avatarUrl="")), None,
             ("url-empty-in-db",), "avatars/u1.jpg", "fix_db_record"),
    Scenario("a slip in a folder", case("/avatrs/u1.jpg"), 403, ("key-typo-near-miss", MASKED),
             "avatars/u1.jpg", "correct_url"),
    Scenario("a camera's counter in somebody's folder", case(
        "/photos/IMG_0001.jpg", ("users/u1/albums/IMG_0001.jpg",)), 403,
             ("key-prefix-legacy-format", MASKED), None, "choose_candidate"),
    Scenario("an s3 uri among several buckets", case(
        url="s3://acme-media-prod/avatars/u1.jpg", buckets=buckets(
            ("acme-logs", "avatars/u1.jpg"), ("acme-media-prod", "avatars/u1.jpg"))), None,
             ("url-not-absolute-http",), "avatars/u1.jpg", "correct_url"),
    Scenario("an entity whose hash cuts the url", case("/a/it&#39;s.jpg", ("a/it's.jpg",)), 403,
             ("url-html-entity-in-url", MASKED), "a/it's.jpg", "correct_url"),
    Scenario("encoded three times", case("/a/my%252520pic.jpg", ("a/my pic.jpg",)), 403,
             ("url-double-encoded", MASKED), "a/my pic.jpg", "correct_url"),
    Scenario("a bucket's name behind the origin path", case(
        "/acme-media-prod/a1b2.jpg", ("img/a1b2.jpg",), distributions=dist(
            [origin(OriginPath="/img")])), 403, ("url-contains-bucket-or-path-style", MASKED),
             "img/a1b2.jpg", "correct_url"),
    Scenario("another bucket's url inside the url", case(
        "/https://acme-media-prod.s3.us-east-1.amazonaws.com/avatars/u1.jpg"), 403,
             ("url-full-url-nested", MASKED), "avatars/u1.jpg", "correct_url"),
    Scenario("another environment's folder", case(
        "/prod/a77b1c.jpg", ("staging/a77b1c.jpg",)), 403,
             ("object-in-other-prefix-env", MASKED), "staging/a77b1c.jpg", "copy_object"),
    Scenario("a prefix that the url lacks", case(
        "/a77b1c.jpg", ("media/a77b1c.jpg", "media/b2.jpg"), distributions=dist(
            behaviors=[behavior("/media/*")])), 403, ("origin-path-missing", MASKED),
             "media/a77b1c.jpg", "correct_url"),
    Scenario("a key of the record that the url does not ask for", case(
        "/a/old77x.jpg", ("b/new88y.jpg",), db_record=record(
            url=f"https://{HOST}/a/old77x.jpg", photo_key="b/new88y.jpg")), 403,
             ("db-url-key-disagree", MASKED), "b/new88y.jpg", "fix_db_record"),
    Scenario("only some objects expire", case("/a/b77c1.jpg", buckets=one_bucket(
        "x.txt", Lifecycle=lifecycle(
            {"ID": "tags", "Filter": {"Tag": {"Key": "a", "Value": "b"}}, "Expiration": {"Days": 1}},
            {"ID": "other", "Filter": {"Prefix": "b/"}, "Expiration": {"Days": 1}},
            {"ID": "later", "Filter": {"Prefix": ""}, "Expiration": {"Date": "2027-01-01T00:00:00Z"}},
        ))), 403, ("object-missing", MASKED), None, "reupload"),
    Scenario("all objects expired on a day", case("/a/b77c1.jpg", buckets=one_bucket(
        "x.txt", Lifecycle=lifecycle(
            {"ID": "day", "Filter": {"Prefix": ""}, "Expiration": {"Date": "2026-11-01T00:00:00Z"}}))),
             403, ("object-expired-by-lifecycle", MASKED), None, "reupload"),
    Scenario("an older delete marker", case(buckets=one_bucket(
        {"Key": "avatars/u1.jpg", "VersionId": "1", "IsLatest": False, "DeleteMarker": True},
        thing("avatars/u1.jpg", VersionId="2"),
        thing("avatars/u1.jpg", VersionId="0", IsLatest=False), Versioning="Enabled")), 200, ()),
    Scenario("restored, without an end", case(buckets=one_bucket(thing(
        "avatars/u1.jpg", StorageClass="GLACIER", Restore='ongoing-request="false"'))), 200, ()),
    Scenario("being restored", case(buckets=one_bucket(thing(
        "avatars/u1.jpg", StorageClass="GLACIER", Restore='ongoing-request="true"'))), 403,
             ("object-archived",), "avatars/u1.jpg", "wait"),
)  # fmt: skip

ACCESS = (
    Scenario("an identity by its canonical id", case(
        distributions=dist([origin(**OAI)]), buckets=with_policy(
            statement("acme-media-prod", Principal={"CanonicalUser": "c0ffee"}, Condition={})),
        origin_access_identities=[{"Id": "E1OTHER", "S3CanonicalUserId": "decaf"},
                                  {"Id": "E2OAI", "S3CanonicalUserId": "c0ffee"}]), 200, ()),
    Scenario("another canonical id", case(
        distributions=dist([origin(**OAI)]), buckets=with_policy(
            statement("acme-media-prod", Principal={"CanonicalUser": "decaf"}, Condition={})),
        db_record=facts(canonical_user_id="c0ffee")), 403, ("policy-oai-wrong-id",),
             fix="policy_patch"),
    Scenario("an identity and nobody named", case(
        distributions=dist([origin(**OAI)]), buckets=with_policy(
            statement("acme-media-prod", Principal={"AWS": "arn:aws:iam::111122223333:role/r"}))),
             403, ("policy-no-allow-for-oac",), fix="policy_patch"),
    Scenario("an allow inside a vpc only", case(buckets=with_policy(statement(
        "acme-media-prod", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))), 403,
             ("explicit-deny-vpce-or-ip",), fix="policy_patch"),
    Scenario("a public listing that is blocked", case(
        held=("x.txt",), distributions=dist([origin(**NO_OAC)]), buckets=one_bucket(
            "x.txt", Policy=policy(PUBLIC, {**lists("acme-media-prod"), "Principal": "*",
                                            "Condition": {}}))), 403,
             ("object-missing", MASKED, "bpa-blocks-public-policy")),
    Scenario("a bucket in china", case(
        distributions=dist([origin(DomainName="acme-media-prod.s3.cn-north-1.amazonaws.com.cn")]),
        buckets=with_policy(statement(
            "acme-media-prod", Resource="arn:aws-cn:s3:::acme-media-prod/*"), Region="cn-north-1")),
             200, ()),
    Scenario("s3's own root", case(url="https://acme-media-prod.s3.us-east-1.amazonaws.com/"), 403,
             ()),
    Scenario("s3's own url, requester pays", case(url=S3, buckets=with_policy(
        PUBLIC, PublicAccessBlock=OFF, RequestPayer="Requester")), 403, ("requester-pays",)),
    Scenario("s3's own url and a page of another origin", case(
        url=S3, headers=ORIGIN, buckets=with_policy(PUBLIC, PublicAccessBlock=OFF)), 200,
             ("cors-no-bucket-config",)),
    Scenario("a presigned url that a deny refuses", case(url=S3 + FRESH, buckets=with_policy(
        statement("acme-media-prod"), deny(StringNotEquals={"aws:SourceVpce": "vpce-1"}))), 403,
             ("explicit-deny-vpce-or-ip",), fix="correct_url"),
    Scenario("a presigned url without a time", case(
        url=S3 + PRESIGNED.format(region="us-east-1", date="today")), 200, ()),
    Scenario("temporary credentials that ended first", case(
        url=S3 + FRESH + "&X-Amz-Security-Token=t", db_record=facts(
            token_kind="sts", session_expires="2026-11-20T11:50:00Z")), 400,
             ("presigned-token-expired",), fix="sign_url"),
    Scenario("presigned for something that is not told", case(
        url=S3 + FRESH, db_record=facts(presigned_for="a colleague", made="to read", method="get")),
             200, ()),
)  # fmt: skip

CONTENT = (
    Scenario("gzip on a style sheet", case("/a.css", (thing(
        "a.css", ContentType="text/css", ContentEncoding="gzip"),)), 200, ()),
    Scenario("a style sheet that nobody packs", case(
        "/a.css", buckets=sized("a.css", 90_000, "text/css"),
        distributions=dist(default=behavior(Compress=False))), 200, ("compression-not-applied",),
             fix="config_change"),
    Scenario("a style sheet that is packed", case(
        "/a.css", buckets=sized("a.css", 90_000, "text/css"),
        headers={"Accept-Encoding": "gzip, br"}), 200, ()),
    Scenario("a client that wants no packing", case(
        "/a.css", buckets=sized("a.css", 90_000, "text/css"), headers={"Accept-Encoding": "identity"},
        distributions=dist(default=behavior(Compress=False))), 200, ()),
    Scenario("a script that is too large to pack", case(
        "/a.js", buckets=sized("a.js", 12_000_000, "text/javascript")), 200,
             ("compression-not-applied",), fix="reupload"),
    Scenario("a cache policy that lets no packing through", case(
        "/a.js", buckets=sized("a.js", 12_000, "text/javascript"),
        cache_policies=[{"Id": "cp", "CachePolicyConfig": {
            "MinTTL": 1, "ParametersInCacheKeyAndForwardedToOrigin": {}}}],
        distributions=WITH_QUERY), 200, ("compression-not-applied",), fix="config_change"),
)  # fmt: skip

RARE = (*SIGNATURES, *CACHES, *CODE, *HOSTS, *ORIGINS, *KEYS, *ACCESS, *CONTENT)
