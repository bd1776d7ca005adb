"""Requests that break before the origin, in ways and spellings that no labelled case shows."""

from __future__ import annotations

import re

import pytest
from scenarios import ACM, CORS_S3, MASKED, OFF, ORIGIN, Scenario, dist, one_bucket
from signing import EARLIER, LATER, OBJECT, TRUSTED, custom, signed_case
from signing import with_policy as signed_by
from worlds import (
    DIST_ARN,
    HOST,
    attached,
    behavior,
    bucket,
    case,
    facts,
    function,
    origin,
    policy,
    record,
    statement,
    thing,
)

from core.diagnostics.edge.functions import FunctionEvent, run_function
from core.diagnostics.engine import diagnose

ALIAS = {"Aliases": {"Quantity": 1, "Items": ["cdn.acme.com"]}, "ViewerCertificate": ACM}
CDN = "https://cdn.acme.com/avatars/u1.jpg"
WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/media/a1"


def dns(target, **more):
    return [{"Name": "cdn.acme.com.", "Type": "CNAME", "Target": target, **more}]


def firewall(action):
    rule = {"Name": "ips", "Priority": 0, "Action": action,
            "Statement": {"IPSet": ["198.51.100.0/24"]}}  # fmt: skip
    return {"distributions": dist(WebACLId=WEB_ACL), "web_acls": [
        {"ARN": WEB_ACL, "DefaultAction": {"Allow": {}}, "Rules": [rule]}]}  # fmt: skip


def edge_code(**more):
    return {"distributions": dist(default=behavior(**more))}


LAMBDA = {"LambdaFunctionAssociations": {"Quantity": 1, "Items": [
    {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:1:function:f:1",
     "EventType": "viewer-request"}]}}  # fmt: skip

HOSTS = (
    Scenario("dns leads to the bucket although the alias is attached", case(
        url=CDN, distributions=dist(**ALIAS), dns=dns("acme-media-prod.s3.us-east-1.amazonaws.com")),
             None, ("dns-cname-to-s3-not-cloudfront",), "avatars/u1.jpg", "config_change"),
    Scenario("dns leads to a website endpoint, by http", case(
        url=CDN.replace("https", "http"), distributions=dist(**ALIAS),
        dns=dns("cdn.acme.com.s3-website-us-east-1.amazonaws.com")), 404,
             ("dns-cname-to-s3-not-cloudfront",), "avatars/u1.jpg", "config_change"),
    Scenario("an alias that dns does not know", case(
        url=CDN, distributions=dist(**ALIAS), dns=[{"Name": "cdn.acme.com", "Status": "NXDOMAIN"}]),
             None, ("url-host-typo-or-wrong-distribution",), "avatars/u1.jpg"),
    Scenario("an alias whose dns was not asked", case(
        url=CDN, distributions=dist(**ALIAS), dns=[]), 200, ()),
)  # fmt: skip

ELSEWHERE = (
    Scenario("an alias that dns leads to another provider", case(
        url=CDN, distributions=dist(**ALIAS), dns=dns("acme.netlify.app")), None,
             ("url-host-typo-or-wrong-distribution",), "avatars/u1.jpg"),
    Scenario("dns names an alias of the distribution", case(
        url=CDN, distributions=dist(Aliases={"Quantity": 2, "Items": [
            "cdn.acme.com", "img.acme.com"]}, ViewerCertificate=ACM), dns=dns("img.acme.com")), 200,
             ()),
    Scenario("dns names another account's distribution, and the alias decides", case(
        url=CDN, distributions=dist(**ALIAS), dns=dns("d3foreign.cloudfront.net")), 200, ()),
    Scenario("dns leads to a public bucket of that name", case(
        url=CDN.replace("https", "http"), distributions=dist(**ALIAS), buckets=[bucket(
            "cdn.acme.com", "avatars/u1.jpg", PublicAccessBlock=OFF, Policy=policy({
                "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::cdn.acme.com/*"}))],
        dns=dns("cdn.acme.com.s3.us-east-1.amazonaws.com")), 200,
             ("dns-cname-to-s3-not-cloudfront",), "avatars/u1.jpg", "config_change"),
    Scenario("a certificate that ended, told inside an object", case(
        url=CDN, distributions=dist(**ALIAS), db_record=facts(certificate={
            "SubjectAlternativeNames": ["cdn.acme.com"], "NotAfter": "2026-11-01T00:00:00Z"})), None,
             ("alias-certificate-mismatch",), "avatars/u1.jpg", "config_change"),
)  # fmt: skip

VIEWERS = (
    Scenario("a country comes before the scheme", case(
        url=f"http://{HOST}/avatars/u1.jpg", country="FR", distributions=dist(Restrictions={
            "GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"]}})), 403,
             ("geo-restricted", "viewer-protocol-redirect"), fix="config_change"),
    Scenario("a firewall that answers with a status of its own", case(
        **firewall({"Block": {"CustomResponse": {"ResponseCode": 404}}})), 404, ("waf-blocked",)),
    Scenario("a country in small letters", case(country="fr", distributions=dist(Restrictions={
        "GeoRestriction": {"RestrictionType": "blacklist", "Quantity": 1, "Items": ["FR"]}})), 403,
             ("geo-restricted",)),
    Scenario("methods as a plain list", case(method="DELETE", distributions=dist(
        default=behavior(AllowedMethods=["GET", "HEAD"]))), 403, ("method-not-allowed",)),
    Scenario("a signed url that was stored as html", signed_case(
        signed_by(custom(OBJECT, LATER)).replace("&", "&amp;")), 403, ("signed-url-missing",),
             fix="sign_url"),
    Scenario("cookies that the application's host keeps", signed_case(OBJECT, db_record=facts(
        cookies=[{"Name": "CloudFront-Policy", "Host": "app.acme.com", "Path": "/"}])), 403,
             ("signed-cookie-domain-or-path",), fix="config_change"),
    Scenario("cookies of a folder whose name only begins alike", signed_case(
        OBJECT, db_record=facts(cookies=[{"Name": "CloudFront-Policy", "Path": "/ava"}])), 403,
             ("signed-cookie-domain-or-path",), fix="config_change"),
    Scenario("a firewall that asks for a captcha", case(**firewall({"Captcha": {}})), 405,
             ("waf-blocked",)),
    Scenario("a firewall that challenges", case(**firewall({"Challenge": {}})), 202,
             ("waf-blocked",)),
)  # fmt: skip

CODE = (
    Scenario("the edge shows that lambda fails", case(
        edge_cache=[{"Path": "/avatars/u1.jpg", "Status": 503,
                     "XCache": "LambdaExecutionError from cloudfront"}], **edge_code(**LAMBDA)), 503,
             ("lambda-edge-error",), fix="function_change"),
    Scenario("the edge shows that an unread function fails", case(
        functions=[], edge_cache=[{"Path": "/avatars/u1.jpg", "Status": 503,
                                   "XCache": "FunctionExecutionError from cloudfront"}],
        **edge_code(FunctionAssociations=attached("f"))), 503, ("function-runtime-error",),
             fix="function_change"),
    Scenario("a function that takes another bucket", case(
        held=("x.txt",), functions=[function(
            "f", "const cf=require('cloudfront');function handler(e){cf.updateRequestOrigin({"
                 "domainName:'acme-b.s3.us-east-1.amazonaws.com',originPath:'/img'});"
                 "return e.request}")],
        buckets=[bucket("acme-media-prod", "x.txt"), bucket("acme-b", "img/avatars/u1.jpg")],
        **edge_code(FunctionAssociations=attached("f"))), 200, ()),
    Scenario("a function that signs another way", case(
        functions=[function(
            "f", "const cf=require('cloudfront');function handler(e){cf.updateRequestOrigin({"
                 "originAccessControlConfig:{enabled:false}});return e.request}")],
        **edge_code(FunctionAssociations=attached("f"))), None, ()),
    Scenario("a function that fell silent before the crypto module", case(
        functions=[function("f", "const c=require('crypto');function handler(e){"
                                 "return e.request.querystring.jwt?e.request:{statusCode:401}}")],
        **edge_code(FunctionAssociations=attached("f"))), 401, ("function-generated-response",),
             fix="function_change"),
)  # fmt: skip


def two_origins(*patterns, **default):
    return dist([origin("web", "web"), origin()], [behavior(*p) for p in patterns],
                behavior(target="web", **default))  # fmt: skip


def media(*keys):
    return [bucket("web", "index.html"), bucket("acme-media-prod", *keys)]


FORMAT = ("function handler(e){var r=e.request,a=r.headers.accept;if(a&&a.value.includes('webp'))"
          "{r.uri=r.uri.replace(/[.]jpg$/,'.webp')}return r}")  # fmt: skip
STAGING = {
    "url": "https://d2staging.cloudfront.net/avatars/u1.jpg",
    "distributions": [*dist(), *dist([origin(held="acme-media-staging")], Id="E2STAGE",
                                     DomainName="d2staging.cloudfront.net")],
    "buckets": [bucket("acme-media-prod", "avatars/u1.jpg"), bucket(
        "acme-media-staging", "x.txt", Policy=policy(statement("acme-media-staging", DIST_ARN.replace(
            "E1MEDIA", "E2STAGE"))))],
}  # fmt: skip
ROUTES = (
    Scenario("the prefix of another behaviour is lacking", case(
        "/a1b2.jpg", buckets=media("media/a1b2.jpg"), distributions=two_origins(["/media/*"])), 403,
             ("behavior-pattern-no-match-default", MASKED), "media/a1b2.jpg", "correct_url"),
    Scenario("a regular expression as a pattern", case(
        "/images/a.jpg", buckets=media("images/a.jpg"),
        distributions=two_origins([r"/images/.*\.jpg"])), 403,
             ("behavior-pattern-wildcard-misuse", MASKED), "images/a.jpg", "config_change"),
    Scenario("alternatives in a pattern", case(
        "/images/a.jpg", buckets=media("images/a.jpg"),
        distributions=two_origins(["/images/*.(jpg|png)"])), 403,
             ("behavior-pattern-wildcard-misuse", MASKED), "images/a.jpg", "config_change"),
    Scenario("two stars for no folder", case(
        "/images/a.jpg", buckets=media("images/a.jpg"),
        distributions=two_origins(["/images/**/*.jpg"])), 403,
             ("behavior-pattern-wildcard-misuse", MASKED), "images/a.jpg", "config_change"),
    Scenario("a pattern with its host", case(
        "/images/a.jpg", buckets=media("images/a.jpg"),
        distributions=two_origins([f"https://{HOST}/images/*"])), 403,
             ("behavior-pattern-wildcard-misuse", MASKED), "images/a.jpg", "config_change"),
    Scenario("another environment's distribution", case(**STAGING), 403,
             ("url-host-typo-or-wrong-distribution", MASKED), "avatars/u1.jpg", "correct_url"),
    Scenario("dot segments are matched away, and S3 gets them", case("/x/../avatars/u1.jpg"), 403,
             ("url-double-slash", MASKED), "avatars/u1.jpg", "correct_url"),
    Scenario("a whole url in the path, encoded", case(f"/https%3A%2F%2F{HOST}%2Favatars%2Fu1.jpg"),
             403, ("url-full-url-nested", MASKED), "avatars/u1.jpg", "correct_url"),
    Scenario("a plus in an address that names the owner", case(
        "/users/jane+test@acme.com/a.jpg", ("users/jane+test@acme.com/a.jpg",)), 403,
             ("url-plus-vs-space", MASKED), "users/jane+test@acme.com/a.jpg", "correct_url"),
    Scenario("a function asks for a format nobody made", case(
        headers={"Accept": "image/webp"}, functions=[function("f", FORMAT)],
        **edge_code(FunctionAssociations=attached("f"))), 403,
             ("function-rewrite-wrong-key", "key-variant-not-generated", MASKED), "avatars/u1.jpg",
             "function_change"),
)  # fmt: skip

RECORDS = (
    Scenario("a url without its scheme", case(url=f"{HOST}/avatars/u1.jpg"), None,
             ("url-not-absolute-http",), "avatars/u1.jpg", "correct_url"),
    Scenario("a bucket's url without its scheme", case(
        url="acme-media-prod.s3.amazonaws.com/avatars/u1.jpg"), None,
             ("url-not-absolute-http",), "avatars/u1.jpg", "correct_url"),
    Scenario("an empty column, and the page itself is asked", case(
        url="https://app.acme.com/", held=("avatars/u1.jpg", "avatars/u2.jpg"),
        db_record=record(profileImageUrl="")), None, ("url-empty-in-db",), "avatars/u1.jpg",
             "fix_db_record"),
    Scenario("the record's key is another person's", case(
        "/users/u1/a77x.jpg", ("users/u2/b88y.jpg",), db_record=record(
            url=f"https://{HOST}/users/u1/a77x.jpg", photo_key="users/u2/b88y.jpg")), 403,
             ("object-missing", "db-url-key-disagree", MASKED), fix="reupload"),
    Scenario("a certificate for another name", case(
        url=CDN, distributions=dist(Aliases=ALIAS["Aliases"], ViewerCertificate={
            **ACM, "SubjectAlternativeNames": ["www.acme.com"]})), None,
             ("alias-certificate-mismatch",), "avatars/u1.jpg", "config_change"),
)  # fmt: skip


def response_policy(*origins, override=True):
    return {"response_headers_policies": [{"ResponseHeadersPolicy": {
        "Id": "rhp", "ResponseHeadersPolicyConfig": {"Name": "c", "CorsConfig": {
            "AccessControlAllowOrigins": {"Quantity": len(origins), "Items": list(origins)},
            "OriginOverride": override}}}}],
        "distributions": dist(default=behavior(ResponseHeadersPolicyId="rhp"))}  # fmt: skip


ALLOWED = [{"AllowedOrigins": ["https://app.acme.com", "https://www.acme.com"],
            "AllowedMethods": ["GET"], "AllowedHeaders": ["content-type", "x-amz-*"]}]  # fmt: skip
FORWARDED = dist(default=behavior(
    OriginRequestPolicyId=CORS_S3, AllowedMethods={"Quantity": 3, "Items": [
        "GET", "HEAD", "OPTIONS"]}))  # fmt: skip


def preflight(asked):
    return {"method": "OPTIONS", "distributions": FORWARDED, "buckets": one_bucket(Cors=ALLOWED),
            "headers": {**ORIGIN, "Access-Control-Request-Method": "GET",
                        "Access-Control-Request-Headers": asked}}  # fmt: skip


def kept(**headers):
    held = one_bucket(thing("avatars/u1.jpg", ETag='"e"'), Cors=ALLOWED)
    return {"headers": ORIGIN, "buckets": held, "distributions": FORWARDED, "edge_cache": [
        {"Path": "/avatars/u1.jpg", "Status": 200, "Age": 9, "ETag": '"e"',
         "XCache": "Hit from cloudfront", "Headers": headers}]}  # fmt: skip


SHADOWED = (
    Scenario("a broader pattern leaves private pictures open", case(
        distributions=dist(behaviors=[behavior("*.jpg"), behavior(
            "/avatars/*", TrustedKeyGroups=TRUSTED)])), 200, ("behavior-precedence-shadowed",),
             fix="config_change"),
    Scenario("a broader pattern with the same rules", case(
        distributions=dist(behaviors=[behavior("*.jpg"), behavior("/avatars/*")])), 200, ()),
    Scenario("the narrower pattern first", case(
        distributions=dist(behaviors=[behavior("/avatars/*"), behavior(
            "*.jpg", TrustedKeyGroups=TRUSTED)])), 200, ()),
)  # fmt: skip

CROSS_ORIGIN = (
    Scenario("a response headers policy for another origin", case(
        headers=ORIGIN, **response_policy("https://www.acme.com")), 200,
             ("cors-origin-not-allowed",), fix="config_change"),
    Scenario("a response headers policy for any name of the domain", case(
        headers=ORIGIN, **response_policy("https://*.acme.com")), 200, ()),
    Scenario("a response headers policy that names hosts only", case(
        headers=ORIGIN, **response_policy("app.acme.com")), 200, ()),
    Scenario("a response headers policy that lets the origin speak first", case(
        headers=ORIGIN, **response_policy("https://www.acme.com", override=False)), 200,
             ("cors-no-bucket-config",)),
    Scenario("a policy of security headers adds no cors headers", case(
        headers=ORIGIN, **edge_code(
            ResponseHeadersPolicyId="67f7725c-6f97-4210-82d7-5512b31e9d03")), 200,
             ("cors-no-bucket-config",)),
    Scenario("a function adds the cors headers", case(
        headers=ORIGIN, functions=[function(
            "f", "function handler(e){e.response.headers['access-control-allow-origin']="
                 "{value:'*'};return e.response}")],
        **edge_code(FunctionAssociations={"Quantity": 1, "Items": [
            {**attached("f")["Items"][0], "EventType": "viewer-response"}]})), 200, ()),
    Scenario("a preflight for a header that no rule lists", case(
        **preflight("Content-Type, X-Custom")), 403, ("cors-origin-not-allowed",),
             fix="config_change"),
    Scenario("a preflight for headers that a rule lists", case(
        **preflight("content-type,X-Amz-Date")), 200, ()),
    Scenario("an answer that was kept for another origin", case(
        **kept(**{"Access-Control-Allow-Origin": "https://www.acme.com"})), 200,
             ("cors-cached-without-origin",), fix="config_change"),
    Scenario("an answer that was kept for everybody", case(
        **kept(**{"Access-Control-Allow-Origin": "*"})), 200, ()),
)  # fmt: skip


def shown(status=200, **more):
    return [{"Path": "/avatars/u1.jpg", "Status": status, "Age": 5400, "ETag": '"old"',
             "XCache": "Hit from cloudfront", **more}]  # fmt: skip


def invalidation(number, hour, *paths, **more):
    return {"Id": f"I{number}", "Status": "Completed", "CreateTime": f"2026-11-20T{hour:02}:00:00Z",
            "InvalidationBatch": {"Paths": {"Quantity": len(paths), "Items": list(paths)}},
            **more}  # fmt: skip


EVERY_QUERY = {
    "cache_policies": [{"Id": "cp", "CachePolicyConfig": {
        "Name": "q", "MinTTL": 1, "ParametersInCacheKeyAndForwardedToOrigin": {
            "QueryStringsConfig": {"QueryStringBehavior": "all"}}}}],
    "distributions": dist(default=behavior(CachePolicyId="cp")),
}  # fmt: skip
CACHES = (
    Scenario("a newer invalidation named the right path", case(
        edge_cache=shown(), invalidations=[invalidation(1, 8, "/Avatars/u1.jpg"),
                                           invalidation(2, 9, "/avatars/u1.jpg")]), 200,
             ("cached-stale-object",), fix="invalidate"),
    Scenario("an invalidation in the api's own shape", case(
        edge_cache=shown(), invalidations=[invalidation(1, 8, "/AVATARS/*")]), 200,
             ("invalidation-wrong-case", "cached-stale-object"), fix="invalidate"),
    Scenario("the origin path, and in another case", case(
        "/u1.jpg", edge_cache=shown(Path="/u1.jpg"), distributions=dist([
            origin(OriginPath="/avatars")]), invalidations=[invalidation(1, 8, "/Avatars/u1.jpg")]),
             200, ("invalidation-path-includes-origin-path", "cached-stale-object"),
             fix="invalidate"),
    Scenario("a parameter that tells visitors apart", case(
        "/avatars/u1.jpg?session_id=77", **EVERY_QUERY), 200, ("query-string-fragmenting-cache",),
             fix="config_change"),
    Scenario("parameters of which the hit ratio tells", case(
        "/avatars/u1.jpg?shop=7", db_record=facts(hit_ratio=0.02), **EVERY_QUERY), 200,
             ("query-string-fragmenting-cache",), fix="config_change"),
    Scenario("a version in the cache key", case("/avatars/u1.jpg?v=2", **EVERY_QUERY), 200, ()),
    Scenario("a plus in an invalidation for a space", case(
        "/my%20pic.jpg", ("my pic.jpg",), edge_cache=shown(Path="/my%20pic.jpg"),
        invalidations=[invalidation(1, 8, "/my+pic.jpg")]), 200,
             ("invalidation-not-encoded", "cached-stale-object"), fix="invalidate"),
    Scenario("the shared age counts before the private one", case(buckets=one_bucket(
        thing("avatars/u1.jpg", CacheControl="max-age=0, s-maxage=86400"))), 200, ()),
    Scenario("a shared age of nothing", case(buckets=one_bucket(
        thing("avatars/u1.jpg", CacheControl="max-age=60, s-maxage=0"))), 200,
             ("caching-disabled-or-zero-ttl",)),
    Scenario("an error that the edge no longer keeps", case(
        edge_cache=shown(404, ExpiresIn=0, XCache="Error from cloudfront")), 200, ()),
)  # fmt: skip

ALL = (*HOSTS, *ELSEWHERE, *SHADOWED, *VIEWERS, *CODE, *ROUTES, *RECORDS, *CROSS_ORIGIN, *CACHES)


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.name)
def test_an_unseen_fault_gets_its_cause_its_object_and_a_repair(scenario):
    report = diagnose(scenario.snapshot)
    verdict = report.verdict
    named = () if verdict.primary_cause == "none-ok" else (verdict.primary_cause, *verdict.also)
    sure = [c.key for c in report.candidates if c.confidence in {"certain", "likely"}]
    assert (named, verdict.predicted_status) == (scenario.causes, scenario.status)
    assert sure[:1] == ([scenario.intended] if scenario.intended else [])
    assert not scenario.fix or scenario.fix in {fix.type for fix in report.fixes}


def test_each_of_several_viewer_faults_shows_its_own_evidence():
    report = diagnose(VIEWERS[0].snapshot)
    paths = [finding.evidence[0].path for finding in report.findings]
    assert paths[0] == "DistributionConfig.Restrictions.GeoRestriction"
    assert paths[1].endswith("ViewerProtocolPolicy")


def test_every_step_has_evidence_and_a_link():
    for scenario in ALL:
        for step in diagnose(scenario.snapshot).trace:
            assert step.evidence, (scenario.name, step)
            assert step.doc.startswith("https://docs.aws.amazon.com/"), (scenario.name, step)


def held_at(path, value):
    """What stands at `A.B.Items[0].C` of an answer; LookupError where nothing does."""
    for name, place in re.findall(r"([^.\[]+)(?:\[(\d+)\])?", path):
        value = value[name][int(place)] if place else value[name]
    return value


def test_evidence_of_a_distribution_stands_where_it_says():
    for scenario in ALL:
        report, owners = diagnose(scenario.snapshot), scenario.snapshot["distributions"]
        mine = [d for d in owners if d["Id"] == report.resolved.distribution_id]
        notes = [*report.trace, *report.findings]
        shown = [e for note in notes for e in note.evidence]
        for one in [e for e in shown if e.api == "cloudfront:GetDistribution"]:
            assert held_at(one.path, mine[0]) is not None


# --- sentences ---------------------------------------------------------------------------------


def sentence(**parts):
    return diagnose(case(**parts)).verdict.sentence


def test_what_was_not_read_comes_first():
    held = one_bucket()[0]
    del held["Policy"]
    refused = {"what": "The bucket acme-media-prod: Policy", "because": "AccessDenied.",
               "permission": "s3:GetBucketPolicy"}  # fmt: skip
    said = sentence(buckets=[held], unread=[refused])
    assert said.startswith("Not read: the bucket acme-media-prod: Policy (AccessDenied).")
    assert sentence(buckets=[held]).startswith("Not known: ")


def test_many_gaps_are_counted():
    held = one_bucket()[0]
    del held["Policy"]
    refused = [{"what": f"Part {n}"} for n in range(4)]
    assert sentence(buckets=[held], unread=refused).startswith(
        "Not read: Part 0; Part 1 and 2 more."
    )


def test_a_good_answer_with_a_gap_says_both():
    said = sentence(**edge_code(**LAMBDA))
    assert said == ("Not known: what Lambda@Edge does (its code is not run here). "
                    "By all that was read, the URL answers 200.")  # fmt: skip


def test_a_policy_that_was_not_read_leaves_the_answer_likely():
    report = diagnose(case(**edge_code(CachePolicyId="mine")))
    assert (report.verdict.primary_cause, report.verdict.confidence) == ("none-ok", "likely")
    assert report.verdict.sentence.startswith("Not known: what Default (*) sends to the origin")


def test_cors_rules_that_were_not_read_leave_the_answer_likely():
    held = one_bucket()[0]
    del held["Cors"]
    report = diagnose(case(headers=ORIGIN, buckets=[held]))
    assert report.verdict.confidence == "likely"
    assert "CORS" in report.verdict.sentence


def likely(snapshot, said):
    verdict = diagnose(snapshot).verdict
    assert verdict.confidence == "likely", verdict
    assert said in verdict.sentence
    return verdict.primary_cause


def test_dns_that_was_not_asked_leaves_an_alias_likely():
    snapshot = case(url=CDN, distributions=dist(**ALIAS))
    del snapshot["dns"]
    assert likely(snapshot, "where DNS leads cdn.acme.com") == "none-ok"
    snapshot["probe"] = {"cdn": {"Status": 200}}
    assert diagnose(snapshot).verdict.confidence == "certain"


def test_a_host_nobody_has_is_likely_where_dns_was_not_asked():
    snapshot = case(url=CDN)
    del snapshot["dns"]
    cause = likely(snapshot, "no distribution of this account")
    assert cause == "url-host-typo-or-wrong-distribution"


def test_settings_that_were_not_read_are_named():
    snapshot = case()
    del snapshot["distributions"][0]["DistributionConfig"]["WebACLId"]
    assert likely(snapshot, "WebACLId of E1MEDIA") == "none-ok"


def test_a_response_function_that_was_not_read_leaves_the_answer_likely():
    item = {**attached("f")["Items"][0], "EventType": "viewer-response"}
    shape = edge_code(FunctionAssociations={"Quantity": 1, "Items": [item]})
    assert likely(case(functions=[], **shape), "the function f") == "none-ok"


def test_an_address_that_is_not_told_is_no_permission():
    signed = custom(OBJECT, LATER, IpAddress={"AWS:SourceIp": "203.0.113.0/24"})
    snapshot = signed_case(signed_by(signed), ip=None)
    assert likely(snapshot, "the viewer's address") == "none-ok"


def test_an_error_page_whose_policy_was_not_read_is_not_certain():
    pages = bucket("web", "index.html")
    del pages["Policy"]
    rule = {"ErrorCode": 403, "ResponsePagePath": "/index.html", "ResponseCode": "200"}
    shape = dist([origin("web", "web"), origin()], [behavior("/media/*")], behavior(target="web"),
                 CustomErrorResponses={"Quantity": 1, "Items": [rule]})  # fmt: skip
    verdict = diagnose(case("/media/a7.jpg", distributions=shape, buckets=[
        pages, bucket("acme-media-prod", "media/zebra.png")])).verdict  # fmt: skip
    assert (verdict.predicted_status, verdict.confidence) == (None, "likely")


def test_nothing_like_it_is_only_likely_where_a_listing_was_not_read():
    other = bucket("web")
    del other["Objects"]
    verdict = diagnose(
        case("/a77.jpg", buckets=[bucket("acme-media-prod", "x.txt"), other])
    ).verdict
    assert (verdict.primary_cause, verdict.confidence) == ("object-missing", "likely")


def test_an_answer_that_nothing_explains_is_not_called_fine():
    said = sentence(edge_cache=shown(502, Age=None, ETag=None, XCache="Error from cloudfront"))
    assert "Nothing is wrong" not in said
    assert said.startswith("The live answer is 502, not the predicted 200.")


def test_an_error_that_was_over_is_no_contradiction():
    assert sentence(edge_cache=shown(404, ExpiresIn=0)) == "Nothing is wrong: the URL answers 200."


def test_a_kept_error_that_ends_on_another_day_says_the_day():
    rule = {"ErrorCode": 404, "ErrorCachingMinTTL": 86400}
    said = sentence(edge_cache=shown(404, Age=60), distributions=dist(
        CustomErrorResponses={"Quantity": 1, "Items": [rule]}))  # fmt: skip
    assert "until 2026-11-21 11:59:00 UTC" in said


@pytest.mark.parametrize(("asked", "told"), [
    ("PUT", "PUT is not among the AllowedMethods"),
    ("GET", "https://app.acme.com is not among the AllowedOrigins"),
])  # fmt: skip
def test_a_cors_refusal_names_the_element_that_refuses(asked, told):
    rule = {**ALLOWED[0], **({"AllowedOrigins": ["https://x.org"]} if asked == "GET" else {})}
    parts = preflight("content-type")
    headers = {**parts["headers"], "Access-Control-Request-Method": asked}
    assert told in sentence(**{**parts, "headers": headers, "buckets": one_bucket(Cors=[rule])})


@pytest.mark.parametrize(("url", "told"), [
    ("data:image/png;base64,AAAA", "the picture itself"), ("blob:https://app/1", "one tab"),
    ("file:///c/a.jpg", "own computer"), ("s3://b/a.jpg", "S3's own scheme"),
    (f"//{HOST}/a.jpg", "the scheme of whatever page"), ("avatars/u1.jpg", "its own site"),
])  # fmt: skip
def test_a_value_that_is_no_url_is_told_by_its_kind(url, told):
    assert told in sentence(url=url)


@pytest.mark.parametrize(("policy_of", "told"), [
    (custom(OBJECT, EARLIER), "(2025-11-13 02:13:20 UTC)"),
    (custom(OBJECT, LATER, DateGreaterThan={"AWS:EpochTime": LATER - 60}), "(2026-11-20 12:59:00"),
    (custom(OBJECT, LATER, IpAddress={"AWS:SourceIp": "203.0.113.0/24"}), "(203.0.113.0/24)"),
])  # fmt: skip
def test_a_signature_that_does_not_hold_says_its_limit(policy_of, told):
    assert told in diagnose(signed_case(signed_by(policy_of))).verdict.sentence


def test_keys_and_groups_may_have_the_apis_own_shape():
    snapshot = signed_case(signed_by(custom(OBJECT, LATER)))
    snapshot["public_keys"] = [{"Id": "K1", "PublicKeyConfig": snapshot["public_keys"][0]}]
    snapshot["key_groups"] = [{"Id": "kg-1", "KeyGroupConfig": {"Name": "g", "Items": ["K1"]}}]
    assert diagnose(snapshot).verdict.primary_cause == "none-ok"


# --- what CloudFront Functions find around them ------------------------------------------------

EVENT = FunctionEvent(
    "viewer-request", "E1", HOST, "GET", "/a.jpg", "", {"host": HOST}, "198.51.100.7",
    now_ms=1795176000000,
)  # fmt: skip


@pytest.mark.parametrize("code", [
    "Buffer.from('user:pass').toString('base64') === 'dXNlcjpwYXNz'",
    "Buffer.from('dXNlcjpwYXNz', 'base64').toString() === 'user:pass'",
    "Buffer.from('_-8', 'base64url').toString('base64url') === '_-8'",
    "Buffer.from('Zürich').toString('hex') === '5ac3bc72696368'",
    "Buffer.concat([Buffer.from('a'), Buffer.from('b')]).equals(Buffer.from('6162', 'hex'))",
    "Buffer.isBuffer(Buffer.alloc(2)) && Buffer.byteLength('ü') === 2",
    "require('buffer').Buffer === Buffer && atob(btoa('abcd')) === 'abcd'",
    "new Date().toISOString() === '2026-11-20T12:00:00.000Z' && Date.now() === 1795176000000",
    "new Date(0).getTime() === 0 && new Date() instanceof Date",
    "(() => { const cf = 1, Buffer = 2; return cf + Buffer === 3; })()",
])  # fmt: skip
def test_a_function_finds_what_the_runtime_promises(code):
    result = run_function(
        f"function handler(e){{return {{statusCode: {code} ? 204 : 500}}}}", EVENT
    )
    assert result.status == 204, result


@pytest.mark.parametrize("code", [
    # the error is caught, and what the code then does would be a guess
    ("const k=require('cloudfront').kvs();async function handler(e){"
     "try{e.request.uri=await k.get('x')}catch(x){}return e.request}"),
    ("const c=require('crypto');function handler(e){try{c.createHmac('sha256','k')}"
     "catch(x){return {statusCode:401}}return e.request}"),
    "const x=require('zlib');function handler(e){return e.request}",
    "function handler(e){if(Math.random()<0.5){e.request.uri='/b.jpg'}return e.request}",
    "function handler(e){new TextEncoder();return e.request}",
])  # fmt: skip
def test_what_cannot_be_known_about_a_function_stays_unknown(code):
    assert run_function(code, EVENT).kind == "unknown"


def test_chance_that_changes_no_path_changes_nothing():
    code = (
        "function handler(e){e.request.headers['x-id']={value:''+Math.random()};return e.request}"
    )
    assert run_function(code, EVENT).uri == "/a.jpg"


@pytest.mark.parametrize("name", ["cf", "Buffer", "atob", "require", "console"])
def test_code_may_use_names_of_the_runtime_for_its_own(name):
    code = f"const {name} = 1; function handler(e){{return {{statusCode: 200 + {name}}}}}"
    assert run_function(code, EVENT).status == 201


def test_methods_of_the_first_runtime_are_no_error_there():
    code = "function handler(e){'a'.toUTF8();return e.request}"
    assert run_function(code, EVENT, "cloudfront-js-1.0").kind == "unknown"
    assert run_function(code, EVENT, "cloudfront-js-2.0").kind == "error"
    assert run_function("function handler(e){e.nope()}", EVENT, "cloudfront-js-1.0").kind == "error"
