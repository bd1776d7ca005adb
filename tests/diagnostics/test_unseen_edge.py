"""Requests that break before the origin, in ways and spellings that no labelled case shows."""

from __future__ import annotations

import re

import pytest
from edge_worlds import (
    ALIAS,
    ALLOWED,
    CDN,
    FORWARDED,
    LAMBDA,
    dns,
    edge_code,
    firewall,
    preflight,
    response_policy,
    shown,
)
from scenarios import ACM, MASKED, OFF, ORIGIN, Scenario, dist, one_bucket
from signing import LATER, OBJECT, TRUSTED, custom, signed_case
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

from core.diagnostics.engine import diagnose

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
