"""S3 website endpoints: index pages, redirects, and buckets that are no website."""

import pytest
from scenarios import MASKED, OFF, Scenario, dist, lists
from worlds import bucket, case, custom, origin, policy, statement, thing

from core.diagnostics.engine import diagnose

B = "acme-media-prod"
HOST = f"{B}.s3-website-us-east-1.amazonaws.com"
PAGES = {"IndexDocument": {"Suffix": "index.html"}}
OPEN = statement(B, Principal="*", Condition={})
LISTED = {**lists(B), "Principal": "*", "Condition": {}}
PRIVATE = "origin-website-endpoint-private"
RESIZER = {
    "Condition": {"HttpErrorCodeReturnedEquals": "404", "KeyPrefixEquals": "thumbs/"},
    "Redirect": {"HostName": "resize.acme.com", "HttpRedirectCode": "307", "Protocol": "https",
                 "ReplaceKeyPrefixWith": "make?key="},
}  # fmt: skip
MOVED = {"Condition": {"KeyPrefixEquals": "docs/"}, "Redirect": {"ReplaceKeyPrefixWith": "texts/"}}
ONE_PAGE = {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyWith": "gone.html"}}


def website(path="/avatars/u1.jpg", *keys, rules=(OPEN,), settings=None, url=None, **changes):
    pages = PAGES if settings is None else settings
    held = bucket(B, *(keys or ("avatars/u1.jpg",)), Policy=policy(*rules), PublicAccessBlock=OFF,
                  Website=pages, **changes)  # fmt: skip
    front = dist([origin(DomainName=HOST, **custom())])
    return case(path, buckets=[held], distributions=front, url=url)


WEBSITES = (
    Scenario("a public object", website(), 200, ()),
    Scenario("a bucket that is no website", website(settings={}), 404, (PRIVATE,),
             fix="config_change"),
    Scenario("the same by its own url", website(
        url=f"http://{HOST}/avatars/u1.jpg", settings={}), 404, (PRIVATE,)),
    Scenario("its own root", website("/", thing("index.html", ContentType="text/html"),
             url=f"http://{HOST}/"), 200, ()),
    Scenario("everything leads elsewhere", website(settings={
        "RedirectAllRequestsTo": {"HostName": "www.acme.com", "Protocol": "https"}}), 301, ()),
    Scenario("everything leads elsewhere, by its own url", website(
        url=f"http://{HOST}/a", settings={"RedirectAllRequestsTo": {"HostName": "a.com"}}), 301, ()),
    Scenario("an object that redirects", website(
        "/a.jpg", thing("a.jpg", WebsiteRedirectLocation="/b.jpg")), 301, ()),
    Scenario("a private object redirects nobody", website(
        "/a.jpg", thing("a.jpg", WebsiteRedirectLocation="/b.jpg"), rules=()), 403, (PRIVATE,),
             fix="config_change"),
    Scenario("a folder without its slash", website("/docs", "docs/index.html"), 302, ()),
    Scenario("a rule for a prefix", website(
        "/docs/a.jpg", "texts/a.jpg", settings={**PAGES, "RoutingRules": [MOVED]}), 301, ()),
    Scenario("a rule that names one page", website(
        "/old/a.jpg", "gone.html", settings={**PAGES, "RoutingRules": [MOVED, ONE_PAGE]}), 301, ()),
    Scenario("a rule for another prefix", website(
        settings={**PAGES, "RoutingRules": [MOVED]}), 200, ()),
    Scenario("a resizer behind a missing rendition", website(
        "/thumbs/a7.jpg", "x.txt", rules=(OPEN, LISTED),
        settings={**PAGES, "RoutingRules": [RESIZER]}), 307, ("object-missing",)),
    Scenario("a resizer that a 403 does not reach", website(
        "/thumbs/a7.jpg", "x.txt", settings={**PAGES, "RoutingRules": [RESIZER]}), 403,
             ("object-missing", MASKED)),
)  # fmt: skip


@pytest.mark.parametrize("scenario", WEBSITES, ids=lambda s: s.name)
def test_a_website_endpoint_answers_as_its_settings_say(scenario):
    report = diagnose(scenario.snapshot)
    verdict = report.verdict
    named = () if verdict.primary_cause == "none-ok" else (verdict.primary_cause, *verdict.also)
    assert (verdict.predicted_status, named) == (scenario.status, scenario.causes)
    assert not scenario.fix or scenario.fix in {fix.type for fix in report.fixes}


@pytest.mark.parametrize(
    ("snapshot", "place"),
    [
        (WEBSITES[4].snapshot, "https://www.acme.com/avatars/u1.jpg"),
        (WEBSITES[9].snapshot, f"http://the website of {B}/texts/a.jpg"),
        (WEBSITES[10].snapshot, f"http://the website of {B}/gone.html"),
        (WEBSITES[12].snapshot, "https://resize.acme.com/make?key=a7.jpg"),
    ],
)
def test_the_trace_names_where_a_website_leads(snapshot, place):
    assert place in [step.after for step in diagnose(snapshot).trace]


def test_settings_that_were_not_read_leave_the_answer_likely():
    snapshot = website()
    del snapshot["buckets"][0]["Website"]
    report = diagnose(snapshot)
    assert (report.verdict.primary_cause, report.verdict.confidence) == ("none-ok", "likely")
    assert "website settings" in report.verdict.sentence


def test_reading_a_bucket_that_is_no_website_at_its_rest_endpoint_repairs_it():
    preferred = diagnose(WEBSITES[1].snapshot).fixes[0]
    assert preferred.preferred
    assert preferred.dry_run.retrace_status == 200
