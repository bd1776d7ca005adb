"""Wildcard names, headers that CloudFront adds for functions, and repairs that are not the last."""

import pytest
from scenarios import ACM, DECRYPT, ENCRYPTED, MASKED, Scenario, dist, kms, one_bucket, with_policy
from worlds import (
    DIST_ARN,
    HOST,
    attached,
    behavior,
    bucket,
    case,
    function,
    origin,
    statement,
    thing,
)

from core.diagnostics.engine import diagnose

B = "acme-media-prod"
NEVER = [{"Id": "E3OACMEDIA", "OriginAccessControlConfig": {"SigningBehavior": "never"}}]
COUNTRY_POLICY = "775133bc-15f2-49f9-abea-afb2e0bf67d2"  # names CloudFront-Viewer-Country
ALL_VIEWER_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
BY_COUNTRY = (
    "function handler(e){var c=e.request.headers['cloudfront-viewer-country'];"
    "return c&&c.value==='DE'?{statusCode:403}:e.request}"
)
BY_DEVICE = (
    "function handler(e){var m=e.request.headers['cloudfront-is-mobile-viewer'];"
    "return m&&m.value==='true'?{statusCode:403}:e.request}"
)
PREFIXED = "function handler(e){e.request.uri='/avatars'+e.request.uri;return e.request}"


def named(host, *aliases, extra=()):
    shape = {"Aliases": {"Quantity": len(aliases), "Items": list(aliases)}}
    return case(url=f"https://{host}/avatars/u1.jpg", dns=[{"Name": host, "Value": HOST}],
                distributions=[*extra, *dist(**shape, ViewerCertificate=ACM)])  # fmt: skip


def other(alias):
    return dist([origin(held="other")], Id="E0", DomainName="d0.cloudfront.net",
                Aliases={"Quantity": 1, "Items": [alias]})  # fmt: skip


def coded(code, policy_id="", country="DE"):
    sends = {"OriginRequestPolicyId": policy_id} if policy_id else {}
    front = dist(default=behavior(FunctionAssociations=attached("f"), **sends))
    own = {
        "Id": "device",
        "OriginRequestPolicyConfig": {
            "HeadersConfig": {
                "HeaderBehavior": "whitelist",
                "Headers": {"Items": ["CloudFront-Is-Mobile-Viewer"]},
            }
        },
    }
    return case(functions=[function("f", code)], distributions=front, country=country,
                origin_request_policies=[own])  # fmt: skip


ALL = (
    Scenario("a wildcard for one label", named("img.acme.com", "*.acme.com"), 200, ()),
    Scenario("a wildcard for names below names", named("a.b.acme.com", "*.acme.com"), 200, ()),
    Scenario("a wildcard is not for its own name", named("acme.com", "*.acme.com"), 403,
             ("alias-not-on-distribution",), "avatars/u1.jpg", "config_change"),
    Scenario("a wildcard is not for a name that ends alike", named("xacme.com", "*.acme.com"), 403,
             ("alias-not-on-distribution",), "avatars/u1.jpg", "config_change"),
    Scenario("of two wildcards the longer one", named(
        "a.b.acme.com", "*.b.acme.com", extra=other("*.acme.com")), 200, ()),
    Scenario("an exact name before a wildcard", named(
        "cdn.acme.com", "cdn.acme.com", extra=other("*.acme.com")), 200, ()),
    Scenario("a country that no policy names never reaches the code", coded(BY_COUNTRY), 200, ()),
    Scenario("all headers of the viewer hold none that CloudFront adds", coded(
        BY_COUNTRY, ALL_VIEWER_BUT_HOST), 200, ()),
    Scenario("a country that the policy names", coded(BY_COUNTRY, COUNTRY_POLICY), 403,
             ("function-generated-response",)),
    Scenario("a country that the policy names and nobody knows", coded(
        BY_COUNTRY, COUNTRY_POLICY, country=None), None, ()),
    Scenario("a device that no policy names", coded(BY_DEVICE, COUNTRY_POLICY), 200, ()),
    Scenario("a device that is not known", coded(BY_DEVICE, "device"), None, ()),
    Scenario("a function that puts the folder in front again", coded(PREFIXED), 403,
             ("function-rewrite-wrong-key", MASKED), "avatars/u1.jpg", "function_change"),
    Scenario("a control that never signs, and another distribution's policy", case(
        origin_access_controls=NEVER, buckets=with_policy(statement(B, arn=DIST_ARN + "OLD"))), 403,
             ("oac-signing-never", "policy-sourcearn-mismatch"), fix="policy_patch"),
    Scenario("a control that never signs, and a closed key", case(
        origin_access_controls=NEVER, buckets=one_bucket(ENCRYPTED), kms_keys=kms()), 403,
             ("oac-signing-never", "kms-key-policy-missing-cloudfront"), fix="kms_policy_patch"),
)  # fmt: skip

SPA = ("function handler(e){var r=e.request;if(!r.uri.match(/[.][a-z0-9]+$/i)){r.uri='/index.html'}"
       "return r}")  # fmt: skip
PAGE = thing("index.html", ContentType="text/html")
PICTURE = thing("users/42", ContentType="image/jpeg")


def spa(*held, path="/users/42"):
    front = dist(default=behavior(FunctionAssociations=attached("f")))
    return case(path, held, functions=[function("f", SPA)], distributions=front)


OLD_COPY = [{"Path": "/avatars/u1.jpg", "Status": 200, "Age": 5400, "ETag": '"old"',
             "XCache": "Hit from cloudfront"}]  # fmt: skip
ALL += (
    Scenario("an old copy at the edge, and an origin that refuses by now", case(
        edge_cache=OLD_COPY, buckets=with_policy(statement(B, arn=DIST_ARN + "OLD"))), 200,
             ("cached-stale-object", "policy-sourcearn-mismatch"), fix="policy_patch"),
    Scenario("a page for every path without a dot, also for pictures", spa(PAGE, PICTURE), 200,
             ("function-rewrite-wrong-key",), fix="function_change"),
    Scenario("a page for a path that is no object", spa(PAGE), 200, ()),
    Scenario("a page for a path whose object is a page", spa(
        PAGE, thing("users/42", ContentType="text/html")), 200, ()),
    Scenario("an old copy at the edge of a disabled distribution", case(
        edge_cache=OLD_COPY, distributions=dist(Enabled=False)), 403,
             ("distribution-disabled",), "avatars/u1.jpg", "config_change"),
)  # fmt: skip


@pytest.mark.parametrize("scenario", ALL, ids=lambda s: s.name)
def test_each_is_answered_as_the_documentation_says(scenario):
    report = diagnose(scenario.snapshot)
    verdict = report.verdict
    found = () if verdict.primary_cause == "none-ok" else (verdict.primary_cause, *verdict.also)
    sure = [c.key for c in report.candidates if c.confidence in {"certain", "likely"}]
    assert (verdict.predicted_status, found) == (scenario.status, scenario.causes)
    assert sure[:1] == ([scenario.intended] if scenario.intended else [])
    assert not scenario.fix or scenario.fix in {fix.type for fix in report.fixes}


@pytest.mark.parametrize("controls", [None, [{"Id": "EOTHER"}]])
def test_a_control_that_was_not_read_leaves_the_answer_likely(controls):
    snapshot = case(buckets=[bucket(B, "avatars/u1.jpg")], origin_access_controls=controls)
    if controls is None:
        del snapshot["origin_access_controls"]
    verdict = diagnose(snapshot).verdict
    assert (verdict.primary_cause, verdict.confidence) == ("none-ok", "likely")
    assert "How E3OACMEDIA signs" in verdict.sentence


# --- repairs ------------------------------------------------------------------------------------


def test_a_deny_of_the_key_policy_is_what_the_patch_changes():
    no = {**DECRYPT, "Sid": "NoEdge", "Effect": "Deny", "Condition": {}}
    report = diagnose(case(buckets=one_bucket(ENCRYPTED),
                           kms_keys=kms("Enabled", "CUSTOMER", DECRYPT, no)))  # fmt: skip
    (patch,) = [fix for fix in report.fixes if fix.type == "kms_policy_patch"]
    assert patch.title == "Exempt CloudFront from NoEdge of the key"
    assert patch.dry_run.retrace_status == 200
    assert patch.dry_run.before["Sid"] == patch.dry_run.after["Sid"] == "NoEdge"


def test_a_country_in_small_letters_is_taken_off_the_list():
    rules = {
        "GeoRestriction": {"RestrictionType": "blacklist", "Quantity": 2, "Items": ["FR", "GB"]}
    }
    report = diagnose(case(country="fr", distributions=dist(Restrictions=rules)))
    assert report.fixes[0].dry_run.retrace_status == 200


def test_of_repairs_that_are_known_to_fail_none_is_preferred_to_one_that_was_not_tried():
    report = diagnose(case(method="PUT"))
    assert [(fix.type, fix.preferred) for fix in report.fixes] == [
        ("config_change", False), ("client_change", True),
    ]  # fmt: skip


def test_a_document_may_be_a_download():
    held = {"ContentDisposition": 'attachment; filename="a.pdf"', "ContentType": "application/pdf"}
    report = diagnose(case("/a.pdf", (thing("a.pdf", **held),)))
    assert report.verdict.primary_cause == "none-ok"
    picture = diagnose(case(buckets=one_bucket(thing("avatars/u1.jpg", **{
        **held, "ContentType": "image/jpeg"}))))  # fmt: skip
    assert picture.verdict.primary_cause == "content-disposition-attachment"
