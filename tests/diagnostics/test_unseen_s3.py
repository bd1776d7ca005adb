"""URLs that name S3 itself, host names of S3, custom origins, and what S3 is said to do."""

import pytest
from scenarios import (
    ENCRYPTED,
    FRESH,
    S3,
    Scenario,
    deny,
    dist,
    kms,
    one_bucket,
    with_policy,
)
from scoring import seen
from worlds import (
    behavior,
    case,
    custom,
    facts,
    origin,
    statement,
)

from core.diagnostics.engine import diagnose

B = "acme-media-prod"
ROLE = "arn:aws:iam::111122223333:role/app"


# --- URLs that name S3 itself ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "causes"),
    [
        ({"method": "PUT"}, ["presigned-wrong-method"]),
        ({"ClientMethod": "put_object"}, ["presigned-wrong-method"]),
        ({"presigned_for": "PutObject"}, ["presigned-wrong-method"]),
        ({"purpose": "upload of the avatar"}, ["presigned-wrong-method"]),
        ({"note": "generated with ClientMethod=put_object"}, ["presigned-wrong-method"]),
        ({"note": "The URL was presigned for a PUT by mistake"}, ["presigned-wrong-method"]),
        ({"note": "URL generated after the upload was put into the bucket"}, ["none-ok"]),
        ({"signed_for": "GetObject"}, ["none-ok"]),
        ({"signed_by": "uploader-service"}, ["none-ok"]),
        ({"signed_for": "the uploader's budget page"}, ["none-ok"]),
        ({"made_with": "arn:aws:iam::111122223333:role/put"}, ["none-ok"]),
    ],
)
def test_a_method_counts_only_where_the_word_stands_alone(told, causes):
    verdict = diagnose(case(url=S3 + FRESH, db_record=facts(**told))).verdict
    assert [verdict.primary_cause, *verdict.also] == causes


@pytest.mark.parametrize(
    ("told", "token", "status"),
    [
        ({"session_expiration": "2026-11-20T11:50:00Z"}, True, 400),
        ({"role_session_seconds": 600}, True, 400),
        ({"session_duration_minutes": 10}, True, 400),
        ({"session_hours": 1}, True, 200),
        ({"sts": {"Expiration": "2026-11-20T11:50:00Z", "AccessKeyId": "ASIA"}}, True, 400),
        ({"note": "The role session ended at 2026-11-20T11:50:00Z"}, True, 400),
        ({"note": "The role was changed at 2026-11-20T11:50:00Z"}, True, 200),
        ({"expires_at": "2026-11-20T11:50:00Z"}, True, 400),
        ({"expires_at": "2026-11-20T11:50:00Z"}, False, 200),
        ({"requests_last_seen": "2026-11-20T11:50:00Z"}, True, 200),
        ({"session_name": "web-12"}, True, 200),
    ],
)
def test_the_end_of_a_session_is_read_from_what_was_written_down(told, token, status):
    url = S3 + FRESH + ("&X-Amz-Security-Token=t" if token else "")
    assert diagnose(case(url=url, db_record=facts(**told))).verdict.predicted_status == status


@pytest.mark.parametrize(
    ("condition", "status", "causes"),
    [
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, 403, ["explicit-deny-vpce-or-ip"]),
        ({"NumericGreaterThan": {"s3:signatureAge": "600000"}}, 403, ["explicit-deny"]),
        ({"NumericGreaterThan": {"s3:signatureAge": "9000000"}}, 200, ["none-ok"]),
        ({"StringNotEquals": {"s3:authType": "REST-HEADER"}}, 403, ["explicit-deny"]),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, 200, ["none-ok"]),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "media"}}, 200, ["none-ok"]),
    ],
)
def test_a_deny_refuses_a_signer_only_where_it_holds_for_everybody(condition, status, causes):
    verdict = diagnose(case(url=S3 + FRESH, buckets=with_policy(
        statement(B), deny(**condition)))).verdict  # fmt: skip
    assert (verdict.predicted_status, [verdict.primary_cause, *verdict.also]) == (status, causes)


def test_a_deny_that_asks_who_signed_makes_the_answer_less_sure():
    roles = {"Sid": "Roles", "Effect": "Deny", "NotPrincipal": {"AWS": ROLE},
             "Action": "s3:*", "Resource": f"arn:aws:s3:::{B}/*"}  # fmt: skip
    report = diagnose(case(url=S3 + FRESH, buckets=with_policy(statement(B), roles)))
    assert report.verdict.predicted_status == 200
    assert report.verdict.confidence == "likely"
    assert "signer" in report.unknowns[0].what


def test_a_disabled_key_stops_a_presigned_url_too():
    found = diagnose(case(url=S3 + FRESH, buckets=one_bucket(ENCRYPTED), kms_keys=kms("Disabled")))
    assert found.verdict.predicted_status == 400


OLD_SIGNATURE = "/avatars/u1.jpg?AWSAccessKeyId=AKIA&Signature=x&Expires=1795600000"
FORWARDS = dist(default=behavior(OriginRequestPolicyId="b689b0a8-53d0-40ab-baf2-68738e2966ac"))


def at(domain, **changes):
    return {"distributions": dist([origin(DomainName=domain)]),
            "buckets": one_bucket(**changes)}  # fmt: skip


SITE = {"IndexDocument": {"Suffix": "index.html"}}
ENDPOINTS = (
    Scenario("an older signature beside the one of origin access control",
             case(OLD_SIGNATURE, distributions=FORWARDS), 400, ("presigned-plus-oac-two-auth",)),
    Scenario("a region that the global name does not know", case(
        **at(f"{B}.s3.amazonaws.com", Region="af-south-1")), 400, ("origin-region-mismatch",),
             fix="config_change"),
    Scenario("an older region behind the global name", case(
        **at(f"{B}.s3.amazonaws.com", Region="eu-west-1")), 200, ()),
    Scenario("an accelerated name in a newer region", case(
        **at(f"{B}.s3-accelerate.amazonaws.com", Region="af-south-1",
             CreationDate="2026-11-20T06:00:00Z")), 200, ()),
    Scenario("the oldest name of us-east-1", case(
        **at(f"{B}.s3-external-1.amazonaws.com")), 200, ()),
    Scenario("path style at the global name, another region", case(
        url=f"https://s3.amazonaws.com/{B}/avatars/u1.jpg",
        buckets=one_bucket(Region="eu-west-1")), 301,
             ("origin-region-mismatch", "direct-s3-url-blocked")),
    Scenario("s3's own global name, newer region", case(
        url=f"https://{B}.s3.amazonaws.com/avatars/u1.jpg",
        buckets=one_bucket(Region="il-central-1")), 400,
             ("origin-region-mismatch", "direct-s3-url-blocked")),
    Scenario("s3's own global name, a bucket of today", case(
        url=f"https://{B}.s3.amazonaws.com/avatars/u1.jpg{FRESH.replace('us-east-1', 'eu-west-1')}",
        buckets=one_bucket(Region="eu-west-1", CreationDate="2026-11-20T06:00:00Z")), 307,
             ("origin-new-bucket-307",)),
    Scenario("a website endpoint by https", case(
        url=f"https://{B}.s3-website-us-east-1.amazonaws.com/avatars/u1.jpg",
        buckets=one_bucket(Website=SITE)), None,
             ("origin-website-endpoint-https", "direct-s3-url-blocked")),
)  # fmt: skip


@pytest.mark.parametrize("scenario", ENDPOINTS, ids=lambda s: s.name)
def test_a_host_name_of_s3_answers_for_its_region(scenario):
    report, named, _ = seen(scenario)
    assert (report.verdict.predicted_status, named) == (scenario.status, scenario.causes)
    assert not scenario.fix or scenario.fix in {fix.type for fix in report.fixes}


# --- custom origins -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"health": "connection timed out after 30s"}, 504),
        ({"resizer_up": False}, 504),
        ({"resizer_down": True}, 504),
        ({"UnHealthyHostCount": 2}, 504),
        ({"UnHealthyHostCount": 0}, None),
        ({"HealthyHostCount": 0}, 504),
        ({"last_status": 502}, 502),
        ({"log": "origin answered 504 at 11:55"}, 504),
        ({"x-edge-detailed-result-type": "OriginDnsError"}, 502),
        ({"note": "the target group has no healthy hosts"}, 504),
        ({"connect": "refused"}, 502),
        ({"tls": "certificate expired 2026-05-05"}, 502),
        ({"HTTPCode_ELB_5XX_Count": 40}, 502),
        ({"HTTPCode_ELB_504_Count": 7}, 504),
        ({"response_time_seconds": 75}, 504),
        ({"response_time_ms": 7500}, None),
        ({"health": "ok", "checked": "2026-11-20T11:55:00Z"}, None),
        ({"instances": 5}, None),
    ],
)
def test_a_custom_origin_failed_only_where_somebody_says_so(told, status):
    resizer = dist([origin(DomainName="resizer.acme.com", **custom())])
    verdict = diagnose(case(distributions=resizer, db_record=facts(**told))).verdict
    assert verdict.predicted_status == status
    assert (verdict.primary_cause == "origin-timeout-or-unreachable") == (status is not None)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"note": "CloudWatch shows 503 Slow Down from S3 since 11:40"}, 503),
        ({"status": 503, "body": "<Code>SlowDown</Code> Please reduce your request rate"}, 503),
        ({"s3_5xxErrors_last_5m": 912}, 503),
        ({"s3_5xxErrors_last_5m": 0}, 200),
        ({"status": 503}, 200),
    ],
)
def test_s3_is_slow_only_where_somebody_says_so(told, status):
    assert diagnose(case(db_record=facts(**told))).verdict.predicted_status == status
