"""Requests that break before the origin, in ways and spellings that no labelled case shows."""

from __future__ import annotations

import pytest
from scenarios import ACM, Scenario, dist
from worlds import HOST, attached, behavior, case, function

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

ALL = (*HOSTS, *VIEWERS, *CODE)


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
