"""Faults as people write them down: other words, other shapes, and two at a time."""

from __future__ import annotations

import pytest
from scenarios import ACM, MASKED, NO_OAC, OFF, PUBLIC, S3, Scenario, dist, one_bucket
from worlds import (
    HOST,
    attached,
    behavior,
    bucket,
    case,
    custom,
    facts,
    function,
    origin,
    policy,
    statement,
    thing,
)

from core.diagnostics.engine import diagnose

PICTURE = "avatars/u1.jpg"
PLAIN = f"http://{HOST}/{PICTURE}"
HTTP_TOO = {"distributions": dist(default=behavior(ViewerProtocolPolicy="allow-all"))}
ALIASED = {"distributions": dist(
    Aliases={"Quantity": 1, "Items": ["img.acme.com"]}, ViewerCertificate=ACM)}  # fmt: skip
IMG = f"https://img.acme.com/{PICTURE}"
SIGNED = (
    "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261120%2F"
    "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261120T115500Z&X-Amz-Expires=900"
    "&X-Amz-SignedHeaders={headers}&X-Amz-Signature=0"
)
ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/media/a1"
LONG = {"CacheControl": "public, max-age=31536000, immutable", "ETag": '"new"'}
FRESH = [{"Path": f"/{PICTURE}", "Status": 200, "Age": 60, "ETag": '"new"',
          "XCache": "Hit from cloudfront"}]  # fmt: skip
FAILED = [{"Path": f"/{PICTURE}", "Status": 503, "XCache": "Error from cloudfront"}]


def sampled(**request):
    group = {"VendorName": "AWS", "Name": "AWSManagedRulesBotControlRuleSet"}
    rule = {"Name": "bots", "Priority": 0, "OverrideAction": {"None": {}},
            "Statement": {"ManagedRuleGroupStatement": group}}  # fmt: skip
    sample = {"Action": "BLOCK", "RuleNameWithinRuleGroup": "SignalNonBrowserUserAgent"}
    return {"distributions": dist(WebACLId=ACL), "web_acls": [
        {"ARN": ACL, "DefaultAction": {"Allow": {}}, "Rules": [rule],
         "SampledRequests": [{**sample, "Request": request} if request else sample]}]}  # fmt: skip


def mixed(**told):
    return case(url=PLAIN, **HTTP_TOO, db_record=facts("facts", **told))


def row(pk, **told):
    return {"table": "facts", "pk": pk, "attributes": told}


def certified(**told):
    return case(url=IMG, **ALIASED, db_record=facts(**told))


def presigned(signed="host", more="", **parts):
    return case(url=S3 + SIGNED.format(headers=signed) + more, **parts)


MIXED = ("mixed-content-http-image",)
EXPIRED = ("alias-certificate-mismatch",)
PUT = ("presigned-wrong-method",)
LARGE = ("image-too-large-no-variants",)

WORDS = (
    Scenario("the page has a scheme", mixed(page_scheme="https"), 200, MIXED, fix="correct_url"),
    Scenario("the page is served over https", mixed(page_is_https=True), 200, MIXED),
    Scenario("the page is plain too", mixed(page_scheme="http"), 200, ()),
    Scenario("a certificate that ended", certified(certificate_expires="2026-11-01"), None,
             EXPIRED, PICTURE, "config_change"),
    Scenario("a certificate that ends later", certified(tls_valid_until="2027-11-01"), 200, ()),
    Scenario("a certificate that is called expired", certified(certificate="expired"), None,
             EXPIRED, PICTURE),
    Scenario("a certificate that covers another name", case(
        url=IMG, **ALIASED, db_record=row("certificate", covers=["www.acme.com"])), None, EXPIRED,
             PICTURE),
    Scenario("a certificate whose domains are one text", case(
        url=IMG, **ALIASED, db_record=row("acm", domains="www.acme.com, *.acme.com")), 200, ()),
    Scenario("a certificate with a status", case(
        url=IMG, **ALIASED, db_record=row("certificate", status="EXPIRED")), None, EXPIRED,
             PICTURE),
    Scenario("domains that are no certificate's", case(
        url=IMG, **ALIASED, db_record=row("cookies", domains=["www.acme.com"])), 200, ()),
    Scenario("a note about the page", mixed(text="The page is served over HTTPS, the img is not"),
             200, MIXED),
    Scenario("an origin whose port is closed", case(
        distributions=dist([origin(DomainName="resizer.acme.com", **custom())]),
        db_record=row("probe", tcp_open=False)), 504, ("origin-timeout-or-unreachable",)),
    Scenario("a reload that helps", case(
        buckets=one_bucket(thing(PICTURE, **LONG)), edge_cache=FRESH,
        db_record=facts("notes", text="A hard reload shows the new picture")), 200,
             ("browser-cache-stale",)),
    Scenario("a session that ended is no certificate", certified(session_expires="2026-11-01"),
             200, ()),
    Scenario("a picture drawn small", case(
        buckets=one_bucket(thing(PICTURE, Size=2_400_000)), db_record=facts(rendered_px=120)), 200,
             LARGE, fix="reupload"),
    Scenario("a picture with a css size", case(
        buckets=one_bucket(thing(PICTURE, Size=3_000_000)), db_record=facts(css_size="64x64")),
             200, LARGE),
    Scenario("a note about what a user still sees", case(
        buckets=one_bucket(thing(PICTURE, **LONG)), edge_cache=FRESH,
        db_record=facts("notes", symptom="the user still sees the old avatar")), 200,
             ("browser-cache-stale",), fix="correct_url"),
)  # fmt: skip

FLAT = {"Id": "cp-auth", "Name": "auth", "MinTTL": 1, "DefaultTTL": 86400, "MaxTTL": 31536000,
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]},
        "QueryStringBehavior": "none"}  # fmt: skip
NO_OVERRIDE = [{"Id": "E3OACMEDIA", "OriginAccessControlConfig": {
    "SigningBehavior": "no-override", "OriginAccessControlOriginType": "s3"}}]  # fmt: skip
MARKER = {"Key": PICTURE, "VersionId": "v2", "IsLatest": True,
          "LastModified": "2026-11-10T00:00:00Z"}  # fmt: skip
V1 = {"Key": PICTURE, "VersionId": "v1", "IsLatest": False, "Size": 48213}

SHAPES = (
    Scenario("a cache policy without its wrappers", case(
        headers={"Authorization": "Bearer x"}, cache_policies=[FLAT],
        origin_access_controls=NO_OVERRIDE,
        distributions=dist(default=behavior(CachePolicyId="cp-auth"))), 403,
             ("oac-no-override-with-viewer-authorization",), fix="config_change"),
    Scenario("versions and delete markers as S3 lists them", case(buckets=[
        bucket("acme-media-prod", Versions=[V1], DeleteMarkers=[MARKER])]), 404,
             ("object-delete-marker",), PICTURE, "restore"),
    Scenario("a delete marker beside the object that it hides", case(buckets=[
        bucket("acme-media-prod", PICTURE, DeleteMarkers=[MARKER])]), 404,
             ("object-delete-marker",), PICTURE),
    Scenario("an older delete marker hides nothing", case(buckets=[
        bucket("acme-media-prod", PICTURE, DeleteMarkers=[{**MARKER, "IsLatest": False}])]), 200,
             ()),
    Scenario("versions of a present object", case(buckets=[
        bucket("acme-media-prod", PICTURE, Versions=[{**V1, "IsLatest": True}, V1])]), 200, ()),
    Scenario("an object that is said to be SSE-C", case(buckets=one_bucket(
        thing(PICTURE, ServerSideEncryption="SSE-C"))), 400, ("sse-c-object",), fix="copy_object"),
    Scenario("a sample of the firewall", case(**sampled()), 403, ("waf-blocked",),
             fix="config_change"),
    Scenario("a sample of this viewer", case(**sampled(
        ClientIP="198.51.100.7", URI=f"/{PICTURE}")), 403, ("waf-blocked",)),
    Scenario("a sample of somebody else", case(**sampled(
        ClientIP="203.0.113.9", URI=f"/{PICTURE}")), 200, ()),
    Scenario("the operation stands in the URL", presigned(more="&x-id=PutObject"), 403, PUT,
             fix="sign_url"),
    Scenario("a URL for reading says so", presigned(more="&x-id=GetObject"), 200, ()),
    Scenario("a header that only uploads carry was signed", presigned("content-type%3Bhost"), 403,
             PUT, fix="sign_url"),
    Scenario("the signed header is sent", presigned(
        "content-type%3Bhost", headers={"Content-Type": "image/jpeg"}), 200, ()),
    Scenario("a module that the runtime has not", case(
        functions=[function("f", "var f = require('node-fetch');\n"
                                 "function handler(e) { return e.request; }")],
        distributions=dist(default=behavior(FunctionAssociations=attached("f")))), 503,
             ("function-runtime-error",), fix="function_change"),
    Scenario("a 503 of S3 that the edge showed", case(edge_cache=FAILED), 503,
             ("origin-s3-slowdown",), fix="config_change"),
    Scenario("an acl whose block was not read", case(
        distributions=dist([origin(**NO_OAC)]), buckets=[{
            k: v for k, v in bucket("acme-media-prod", thing(PICTURE, Acl="public-read"),
                                    Policy=None, ObjectOwnership="BucketOwnerPreferred").items()
            if k != "PublicAccessBlock"}]), None, ()),
)  # fmt: skip

OTHER_DIST = policy(
    statement("acme-media-prod", "arn:aws:cloudfront::111122223333:distribution/E9")
)

TOGETHER = (
    Scenario("another spelling of an archived object", case(
        "/Old/p.jpg", held=(thing("old/p.jpg", StorageClass="GLACIER"),)), 403,
             ("key-case-mismatch", MASKED, "object-archived"), "old/p.jpg", "restore"),
    Scenario("a missing object that nobody could read", case(
        "/x/none.jpg", buckets=one_bucket("z.png", Policy=OTHER_DIST)), 403,
             ("object-missing", MASKED, "policy-sourcearn-mismatch"), fix="reupload"),
    Scenario("a write that is redirected", case(
        url=PLAIN, method="POST", distributions=dist(default=behavior(AllowedMethods={
            "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        }))), 307, ("viewer-protocol-redirect",)),
)  # fmt: skip

BLANK = ("url-whitespace-or-invisible-char", MASKED)
UNMADE = ("key-variant-not-generated", MASKED)
TYPO, GONE = ("key-typo-near-miss", MASKED), ("object-missing", MASKED)
WAF_BLOCKS = row("waf", terminating_rule="SizeRestrictions_URIPATH", action="BLOCK")

NAMES = (
    Scenario("a blank that does not break", case("/my%C2%A0photo.jpg", held=("my photo.jpg",)),
             403, BLANK, "my photo.jpg", "correct_url"),
    Scenario("the narrow blank of a screenshot", case(
        "/Shot%209.41%20AM.png", held=("Shot 9.41\u202fAM.png",)), 403, BLANK,
             "Shot 9.41\u202fAM.png"),
    Scenario("two letters are two files", case("/photos/b.jpg", held=("photos/a.jpg",)), 403, GONE),
    Scenario("two short words are two files", case("/x/cat.jpg", held=("x/bat.jpg",)), 403, GONE),
    Scenario("two languages are two folders", case("/en/logo-en.png", held=("en/logo-de.png",)),
             403, GONE),
    Scenario("a slip in a long word", case("/photos/suhset.jpg", held=("photos/sunset.jpg",)), 403,
             TYPO, "photos/sunset.jpg", "correct_url"),
    Scenario("a slip in the extension of a short name", case("/x/a.jgp", held=("x/a.jpg",)), 403,
             TYPO, "x/a.jpg"),
    Scenario("a separator too many", case("/x/user_anna.jpg", held=("x/useranna.jpg",)), 403,
             TYPO, "x/useranna.jpg"),
    Scenario("another separator", case("/x/user_anna.jpg", held=("x/user-anna.jpg",)), 403,
             TYPO, "x/user-anna.jpg"),
    Scenario("two scripts are two files", case("/x/app.ts", held=("x/app.js",)), 403, GONE),
    Scenario("the same path of another environment", case(
        "/prod/u1/a.jpg", held=("dev/u1/a.jpg",)), 403, ("object-in-other-prefix-env", MASKED),
             "dev/u1/a.jpg", "copy_object"),
    Scenario("a thumbnail of an avatar", case("/thumb/u1.jpg"), 403, UNMADE, fix="reupload"),
    Scenario("a small one where there is a large one", case(
        "/u/1/small/a1.jpg", held=("u/1/large/a1.jpg",)), 403, UNMADE),
    Scenario("a folder of thumbnails with another name", case(
        "/thumbs/u1.jpg", held=("avatars/thumbnails/u1.jpg",)), 403,
             ("key-prefix-legacy-format", MASKED), "avatars/thumbnails/u1.jpg"),
    Scenario("a picture for dense screens", case("/x/a1@2x.jpg", held=("x/a1.jpg",)), 403, UNMADE),
    Scenario("a width in the path", case("/w_300/x/a1.jpg", held=("x/a1.jpg",)), 403, UNMADE),
    Scenario("a firewall's log in other words", case(
        **{**sampled(), "web_acls": [{k: v for k, v in sampled()["web_acls"][0].items()
                                      if k != "SampledRequests"}]}, db_record=WAF_BLOCKS),
             403, ("waf-blocked",)),
)  # fmt: skip

ALL = (*WORDS, *SHAPES, *TOGETHER, *NAMES)


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.name)
def test_a_fault_told_in_other_words_gets_its_cause(scenario):
    report = diagnose(scenario.snapshot)
    verdict = report.verdict
    named = () if verdict.primary_cause == "none-ok" else (verdict.primary_cause, *verdict.also)
    sure = [c.key for c in report.candidates if c.confidence in {"certain", "likely"}]
    assert (named, verdict.predicted_status) == (scenario.causes, scenario.status)
    assert sure[:1] == ([scenario.intended] if scenario.intended else [])
    assert not scenario.fix or scenario.fix in {fix.type for fix in report.fixes}


def test_what_only_the_edge_showed_is_likely():
    assert diagnose(case(edge_cache=FAILED)).verdict.confidence == "likely"


def test_a_503_behind_code_at_the_edge_is_not_put_down_to_s3():
    code = {"functions": [function("f", "function handler(e) { return e.request; }")],
            "distributions": dist(default=behavior(FunctionAssociations=attached("f")))}  # fmt: skip
    assert diagnose(case(edge_cache=FAILED, **code)).verdict.primary_cause != "origin-s3-slowdown"


def test_a_region_that_was_not_read_leaves_a_doubt():
    held = one_bucket()[0]
    del held["Region"]
    assert diagnose(case(buckets=[held])).verdict.confidence == "likely"


def test_a_listing_tells_no_content_type():
    listed = thing(PICTURE)
    del listed["ContentType"]
    fixed = diagnose(case("/avatars/U1.jpg", buckets=one_bucket(listed))).fixes[0]
    assert (fixed.dry_run.retrace_status, fixed.dry_run.retrace_content_type) == (200, None)


def test_the_preferred_repair_works_where_one_works():
    world = case(distributions=dist([origin(**NO_OAC)]), buckets=one_bucket(Policy=OTHER_DIST))
    preferred = [fix for fix in diagnose(world).fixes if fix.preferred]
    assert [fix.dry_run.retrace_status for fix in preferred] == [200]


def test_a_policy_that_caches_already_is_not_offered_again():
    fixes = diagnose(case(buckets=one_bucket(thing(PICTURE, CacheControl="no-store")))).fixes
    assert not any("CachingOptimized" in fix.title for fix in fixes)
    disabled = behavior(CachePolicyId="4135ea2d-6df8-44a3-9df3-4b5a84be39ad")
    offered = diagnose(case(distributions=dist(default=disabled))).fixes
    assert any("CachingOptimized" in fix.title for fix in offered)


def test_a_header_of_the_object_is_no_repair_where_nothing_is_cached():
    disabled = behavior(CachePolicyId="4135ea2d-6df8-44a3-9df3-4b5a84be39ad")
    fixes = diagnose(case(distributions=dist(default=disabled))).fixes
    assert {fix.type for fix in fixes} == {"config_change"}


@pytest.mark.parametrize(
    ("size", "parts", "title"),
    [
        (90_000, {"Compress": False}, "Compress at the edge"),
        (90_000, {"CachePolicyId": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"}, "Compress, with"),
        (12_000_000, {}, "Upload it compressed"),
    ],
)
def test_compression_changes_no_more_than_it_has_to(size, parts, title):
    logo = thing("logo.svg", Size=size, ContentType="image/svg+xml")
    world = case("/logo.svg", headers={"Accept-Encoding": "gzip, br"}, buckets=one_bucket(logo),
                 distributions=dist(default=behavior(**parts)))  # fmt: skip
    report = diagnose(world)
    assert report.verdict.primary_cause == "compression-not-applied"
    assert report.fixes[0].title.startswith(title)


def test_a_custom_origins_failure_stays_its_own():
    resizer = dist([origin(DomainName="resizer.acme.com", **custom())])
    verdict = diagnose(case(distributions=resizer, edge_cache=FAILED)).verdict
    assert verdict.primary_cause == "origin-timeout-or-unreachable"


def test_a_public_policy_still_reads_where_nothing_blocks_it():
    world = case(distributions=dist([origin(**NO_OAC)]), buckets=one_bucket(
        Policy=policy(PUBLIC), PublicAccessBlock=OFF))  # fmt: skip
    assert diagnose(world).verdict.predicted_status == 200
