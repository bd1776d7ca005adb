"""What was not read, and what nothing explains, is said in the sentence of the verdict."""

from __future__ import annotations

import pytest
from edge_worlds import (
    ALIAS,
    ALLOWED,
    CDN,
    LAMBDA,
    edge_code,
    preflight,
    shown,
)
from scenarios import ORIGIN, dist, one_bucket
from signing import EARLIER, LATER, OBJECT, custom, signed_case
from signing import with_policy as signed_by
from worlds import (
    HOST,
    attached,
    behavior,
    bucket,
    case,
    origin,
)

from core.diagnostics.engine import diagnose


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
