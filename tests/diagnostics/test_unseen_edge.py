"""Requests that break before the origin, in ways and spellings that no labelled case shows."""

from __future__ import annotations

import pytest
from scenarios import ACM, MASKED, Scenario, dist
from worlds import (
    DIST_ARN,
    HOST,
    attached,
    behavior,
    bucket,
    case,
    function,
    origin,
    policy,
    record,
    statement,
)

from core.diagnostics.engine import diagnose
from core.diagnostics.functions import FunctionEvent, run_function

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

VIEWERS = (
    Scenario("a country comes before the scheme", case(
        url=f"http://{HOST}/avatars/u1.jpg", country="FR", distributions=dist(Restrictions={
            "GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"]}})), 403,
             ("geo-restricted", "viewer-protocol-redirect"), fix="config_change"),
    Scenario("a firewall that answers with a status of its own", case(
        **firewall({"Block": {"CustomResponse": {"ResponseCode": 404}}})), 404, ("waf-blocked",)),
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

ALL = (*HOSTS, *VIEWERS, *CODE, *ROUTES, *RECORDS)


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


def test_methods_of_the_first_runtime_are_no_error_there():
    code = "function handler(e){'a'.toUTF8();return e.request}"
    assert run_function(code, EVENT, "cloudfront-js-1.0").kind == "unknown"
    assert run_function(code, EVENT, "cloudfront-js-2.0").kind == "error"
    assert run_function("function handler(e){e.nope()}", EVENT, "cloudfront-js-1.0").kind == "error"
