"""What was not read stays unknown, and repairs that would do harm or nothing are left out."""

import pytest
from scenarios import ACM, NO_OAC, OAI, OAI_ARN, OFF, PUBLIC, SPA, deny, dist, edge, with_policy
from worlds import (
    DIST_ARN,
    HOST,
    KEY_ARN,
    attached,
    behavior,
    bucket,
    case,
    custom,
    distribution,
    facts,
    function,
    origin,
    policy,
    record,
    statement,
    thing,
)

from core.diagnostics import fixes
from core.diagnostics.engine import diagnose
from core.diagnostics.repairs.changes import Change
from core.diagnostics.repairs.draft import Draft
from core.diagnostics.text_report import text_report
from core.model.delivery import BucketPolicy
from core.model.diagnosis import FixType


def verdict(*args, **parts):
    return diagnose(case(*args, **parts)).verdict


def names(report):
    return {report.verdict.primary_cause, *report.verdict.also}


S3 = "https://acme-media-prod.s3.us-east-1.amazonaws.com/avatars/u1.jpg"


@pytest.mark.parametrize(
    ("addresses", "ip", "status"),
    [
        (["198.51.100.0/24"], "198.51.100.7", 200),
        (["203.0.113.0/24"], "198.51.100.7", 403),
        (["203.0.113.0/24", "198.51.100.7/32"], "198.51.100.7", 200),
        (["198.51.100.0/24"], None, None),
        (["somewhere"], "198.51.100.7", None),
    ],
)
def test_s3_sees_the_viewers_own_address_without_the_cdn(addresses, ip, status):
    open_to = {**PUBLIC, "Condition": {"IpAddress": {"aws:SourceIp": addresses}}}
    held = with_policy(open_to, PublicAccessBlock=OFF)
    assert verdict(url=S3, ip=ip, buckets=held).predicted_status == status


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"ArnLike": {"AWS:SourceArn": "not-an-arn"}}, 403),
        ({"DateGreaterThan": {"aws:CurrentTime": "1700000000"}}, 200),
        ({"DateLessThan": {"aws:CurrentTime": "1700000000"}}, 403),
        ({"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}}, 403),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, 200),
    ],
)
def test_a_condition_of_the_policy_decides(condition, status):
    held = with_policy(statement("acme-media-prod", Condition=condition))
    assert verdict(buckets=held).predicted_status == status


def test_a_policy_variable_in_a_resource_leaves_the_read_unknown():
    held = with_policy(statement("acme-media-prod", Resource="arn:aws:s3:::acme-media-prod/${x}/*"))
    found = verdict(buckets=held)
    assert (found.predicted_status, found.confidence) == (None, "unknown")


def test_a_negated_condition_narrows_no_public_policy():
    found = verdict(
        distributions=dist([origin(**NO_OAC)]),
        buckets=with_policy({**PUBLIC, "Condition": {"StringNotEquals": {"aws:SourceVpc": "v"}}}),
    )
    assert found.primary_cause == "bpa-blocks-public-policy"


def test_a_distribution_without_its_arn_leaves_the_source_unknown():
    shape = distribution()
    del shape["ARN"]
    report = diagnose(case(distributions=[shape]))
    assert (report.verdict.predicted_status, report.verdict.confidence) == (None, "unknown")


def test_listing_that_depends_on_an_unknown_key_leaves_404_and_403_open():
    listing = statement("acme-media-prod", Action="s3:ListBucket",
                        Resource="arn:aws:s3:::acme-media-prod",
                        Condition={"StringEquals": {"aws:NewKey": "x"}})  # fmt: skip
    held = bucket("acme-media-prod", "x.txt", Policy=policy(statement("acme-media-prod"), listing))
    report = diagnose(case(buckets=[held]))
    assert report.verdict.predicted_status is None
    assert report.verdict.primary_cause == "object-missing"


def test_a_key_that_was_not_read_is_an_unknown_and_no_cause_behind_a_refusal():
    held = thing("avatars/u1.jpg", ServerSideEncryption="aws:kms", SSEKMSKeyId=KEY_ARN)
    report = diagnose(case(buckets=[bucket("acme-media-prod", held, Policy=None)]))
    assert report.verdict.primary_cause == "policy-no-allow-for-oac"
    assert report.verdict.also == ()
    assert report.verdict.confidence == "likely"
    assert "KMS" in report.unknowns[0].what


def test_a_short_listing_makes_every_guess_possible_only():
    held = bucket("acme-media-prod", "b/photo77x.jpg", listing_complete=False,
                  missing_keys=["a/photo77x.jpg"])  # fmt: skip
    report = diagnose(case("/a/photo77x.jpg", buckets=[held]))
    (guess,) = report.candidates
    assert guess.confidence == "possible"
    assert "not listed completely" in " ".join(guess.reasons)


def test_cors_rules_count_for_nothing_where_a_policy_was_not_read():
    found = verdict(
        headers={"Origin": "https://a"},
        buckets=[bucket("acme-media-prod", "avatars/u1.jpg",
                        Cors=[{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}])],
        distributions=dist(default=behavior(OriginRequestPolicyId="unread")),
    )  # fmt: skip
    assert found.primary_cause == "none-ok"


def test_an_s3_host_is_unknown_where_no_bucket_was_read():
    snapshot = case(url=S3)
    del snapshot["buckets"]
    assert diagnose(snapshot).verdict.confidence == "unknown"


def test_a_certificate_whose_end_is_no_date_is_not_judged():
    ends = [{"CertificateArn": "arn:acm", "NotAfter": "soon", "DomainName": "cdn.acme.com"}]
    shape = dist(Aliases={"Items": ["cdn.acme.com"]}, ViewerCertificate=ACM)
    found = verdict(url="https://cdn.acme.com/avatars/u1.jpg", distributions=shape,
                    certificates=ends)  # fmt: skip
    assert found.primary_cause == "none-ok"


def test_a_distribution_whose_origin_is_gone_is_unknown():
    shape = dist(default=behavior(target="nobody"))
    assert verdict(distributions=shape).confidence == "unknown"
    assert verdict(distributions=dist(Enabled=False, default=behavior(target="nobody"))
                   ).primary_cause == "distribution-disabled"  # fmt: skip


def test_dots_in_a_path_are_resolved_for_matching_alone():
    report = diagnose(case("/avatars/x/.."))
    assert report.input.parsed.match_path == "/avatars/"
    assert report.resolved.key == "avatars/x/.."


def test_what_the_probe_saw_is_the_observed_status():
    report = diagnose(case(probe={"cdn": {"Status": 503}}))
    assert (report.verdict.observed_status, report.verdict.agrees) == (503, False)


def test_what_was_sampled_of_another_path_blocks_nothing():
    sample = {"Action": "BLOCK", "Request": {"URI": "/other.jpg"}}
    acl = {"ARN": "arn:w", "DefaultAction": {"Allow": {}}, "Rules": [], "SampledRequests": [sample]}
    assert verdict(distributions=dist(WebACLId="arn:w"), web_acls=[acl]).primary_cause == "none-ok"


# --- repairs --------------------------------------------------------------------------------


def test_a_repair_that_would_open_the_bucket_is_dropped(monkeypatch):
    def opening(found):
        held = found.snapshot.buckets[0]
        made = BucketPolicy.model_validate({"Statement": [PUBLIC]})
        snapshot = found.snapshot.with_bucket(held.replace(policy=made))
        yield Draft(FixType.POLICY_PATCH, "Open it", Change(snapshot, None, None, (), ""))

    monkeypatch.setitem(fixes.TABLE, "policy-no-allow-for-oac", (opening,))
    assert diagnose(case(buckets=with_policy())).fixes == ()


def test_a_deny_spares_this_origins_identity():
    held = with_policy(
        statement("acme-media-prod", Principal={"AWS": OAI_ARN + "E2OAI"}, Condition={}),
        deny(StringNotEquals={"aws:SourceVpce": "vpce-1"}),
    )
    report = diagnose(case(distributions=dist([origin(**OAI)]), buckets=held))
    (fix,) = report.fixes
    assert fix.dry_run.after["Condition"]["ArnNotEqualsIfExists"] == {
        "aws:PrincipalArn": OAI_ARN + "E2OAI"
    }
    assert fix.dry_run.retrace_status == 200


def test_no_url_is_offered_through_a_disabled_distribution():
    other = distribution(Id="E2", ARN=DIST_ARN + "2", DomainName="d2.cloudfront.net", Enabled=False)
    report = diagnose(case(url="https://gone.cloudfront.net/avatars/u1.jpg", distributions=[other]))
    assert report.candidates[0].reachable_url is None
    assert "correct_url" not in {fix.type for fix in report.fixes}


def test_a_stacked_origin_that_is_not_in_the_account_is_only_told():
    shape = dist([origin(DomainName="d9.cloudfront.net", **custom())])
    report = diagnose(case(distributions=shape))
    assert [fix.title for fix in report.fixes] == ["Point the origin at the bucket"]


def test_a_trailing_slash_without_any_object_is_still_named():
    report = diagnose(case("/zz9.jpg", ("other.txt",), distributions=dist(
        [origin(OriginPath="/img/")])))  # fmt: skip
    assert "origin-path-trailing-slash" in names(report)
    assert "Remove the origin path's last slash" in {fix.title for fix in report.fixes}


def test_another_upload_explains_nothing():
    held = bucket("acme-media-prod", "b.txt", MultipartUploads=[{"Key": "other", "UploadId": "u"}])
    assert verdict(buckets=[held]).primary_cause == "object-missing"


def test_a_draft_that_fails_as_well_is_no_repair():
    broken = "function handler(e){return nothing.at.all}"
    found = diagnose(case(
        distributions=dist(default=behavior(FunctionAssociations=attached("f"))),
        functions=[function("f", broken, broken + " ")]))  # fmt: skip
    assert names(found) == {"function-runtime-error"}


def test_a_new_identity_takes_the_place_of_the_old_one():
    held = with_policy(
        statement("acme-media-prod", Principal={"AWS": OAI_ARN + "E9"}, Condition={})
    )
    report = diagnose(case(distributions=dist([origin(**OAI)]), buckets=held))
    preferred = report.fixes[0]
    assert (preferred.title, preferred.dry_run.retrace_status) == (
        "Name this origin's identity",
        200,
    )


def test_an_identity_in_a_new_region_is_replaced_and_nothing_else_is_blamed():
    held = [bucket("acme-media-prod", "avatars/u1.jpg", Region="il-central-1", Policy=None)]
    report = diagnose(case(buckets=held, distributions=dist(
        [origin(DomainName="acme-media-prod.s3.il-central-1.amazonaws.com", **OAI)])))  # fmt: skip
    assert names(report) == {"oai-new-region"}
    assert report.fixes[0].dry_run.retrace_status == 200


def test_a_record_that_is_right_needs_no_writing():
    report = diagnose(case(
        buckets=[bucket("acme-media-prod", "avatars/u1.jpg", Policy=None)],
        db_record=record(url=f"https://{HOST}/avatars/u1.jpg"),
    ))  # fmt: skip
    assert "fix_db_record" not in {fix.type for fix in report.fixes}


def test_a_report_in_text_says_how_long_an_error_may_linger():
    shown = edge(status=404, age=None, etag=None, x="Error from cloudfront")
    held = [bucket("acme-media-prod", "avatars/u1.jpg", Policy=None)]
    text = text_report(diagnose(case(buckets=held, edge_cache=shown)))
    assert "(then 200)" in text
    assert "The edge may keep the 404 for 10 s more" in text


def test_an_error_page_that_is_lost_itself_shows_its_own_status():
    report = diagnose(case(held=("x.txt",), distributions=dist(CustomErrorResponses=SPA)))
    assert report.verdict.predicted_status == 403
    assert "custom-error-page-unavailable" in names(report)


def test_a_bucket_policy_is_not_patched_for_s3s_own_url():
    held = with_policy(PUBLIC, PublicAccessBlock=OFF, RequestPayer="Requester")
    assert diagnose(case(url=S3, buckets=held)).fixes == ()


def test_two_signatures_without_access_control_name_the_host():
    url = f"https://{HOST}/avatars/u1.jpg?X-Amz-Signature=0&X-Amz-Date=20261120T114500Z"
    config = {"CachePolicy": {"Id": "cp", "CachePolicyConfig": {
        "MinTTL": 1, "ParametersInCacheKeyAndForwardedToOrigin": {
            "QueryStringsConfig": {"QueryStringBehavior": "all"}}}}}  # fmt: skip
    shape = dist([origin(**NO_OAC)], default=behavior(CachePolicyId="cp"))
    report = diagnose(case(url=url, cache_policies=[config], distributions=shape))
    assert "presigned-host-changed" in names(report)


def test_an_unread_fact_table_is_no_session():
    found = verdict(url=S3 + "?X-Amz-Signature=0", db_record=facts(token_expires="soon"))
    assert found.primary_cause == "none-ok"
