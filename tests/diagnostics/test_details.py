"""Smaller rules: ACL grants, unread keys, cache settings, names that look like ids, fixes' safety."""

import pytest
from scenarios import MORE, NO_OAC, OFF, PUBLIC, SCENARIOS
from scenarios_rare import RARE
from worlds import (
    KEY_ARN,
    behavior,
    bucket,
    case,
    custom,
    distribution,
    facts,
    lists,
    origin,
    policy,
    statement,
    thing,
)  # fmt: skip

from core.diagnostics.engine import diagnose
from core.diagnostics.policy import is_public
from core.diagnostics.spelling import differences, edit_distance, fold, id_tokens, owner_tokens
from core.model.delivery import BucketPolicy


def verdict(**parts):
    return diagnose(case(**parts)).verdict


GRANTS = {"Grants": [{"Grantee": {"Type": "Group", "URI": "http://acs/groups/global/AllUsers"},
                      "Permission": "READ"}]}  # fmt: skip


def acl_bucket(acl, **changes):
    held = thing("avatars/u1.jpg", Acl=acl)
    return [bucket("acme-media-prod", held, Policy=None, PublicAccessBlock=OFF,
                   **{"ObjectOwnership": "ObjectWriter", **changes})]  # fmt: skip


@pytest.mark.parametrize(
    ("acl", "status"),
    [(GRANTS, 200), (GRANTS["Grants"], 200), ("private", 403), ({"Grants": ["odd"]}, 403),
     ([{"Grantee": "x", "Permission": "READ"}], 403), (7, 403)],
)  # fmt: skip
def test_an_acl_counts_where_it_lets_everybody_read(acl, status):
    found = verdict(buckets=acl_bucket(acl), distributions=[distribution([origin(**NO_OAC)])])
    assert found.predicted_status == status


def test_the_account_may_ignore_public_acls():
    found = verdict(
        buckets=acl_bucket("public-read"), distributions=[distribution([origin(**NO_OAC)])],
        account_public_access_block={**OFF, "IgnorePublicAcls": True},
    )  # fmt: skip
    assert found.primary_cause == "account-bpa-overrides-bucket"


def test_an_unread_kms_key_is_unknown_and_no_denial():
    held = thing("avatars/u1.jpg", ServerSideEncryption="aws:kms", SSEKMSKeyId=KEY_ARN)
    report = diagnose(case(buckets=[bucket("acme-media-prod", held)]))
    assert report.verdict.predicted_status is None
    assert report.verdict.confidence == "unknown"
    assert any("kms:GetKeyPolicy" in u.effect for u in report.unknowns)


def test_a_default_kms_key_is_the_aws_managed_one():
    held = thing("avatars/u1.jpg", ServerSideEncryption="aws:kms", SSEKMSKeyId=None)
    assert verdict(buckets=[bucket("acme-media-prod", held)]).primary_cause == "kms-aws-managed-key"


def test_an_anonymous_reader_needs_both_policy_and_an_open_block():
    open_bucket = bucket("acme-media-prod", "avatars/u1.jpg", Policy=policy(PUBLIC),
                         PublicAccessBlock=OFF)  # fmt: skip
    config = [distribution([origin(**NO_OAC)])]
    assert verdict(buckets=[open_bucket], distributions=config).predicted_status == 200
    del open_bucket["PublicAccessBlock"]
    assert verdict(buckets=[open_bucket], distributions=config).predicted_status is None


@pytest.mark.parametrize(
    ("policy_id", "headers", "status"),
    [
        ("658327ea-f89d-4fab-a63d-7e88639e58f6", "none", 200),
        ("orp", "allViewer", 403),
        ("orp", "allExcept", 200),
        ("orp", "whitelist", 200),
        ("unread", "none", 200),
    ],
)
def test_host_reaches_s3_only_where_a_policy_sends_it(policy_id, headers, status):
    config = {"OriginRequestPolicy": {"Id": "orp", "OriginRequestPolicyConfig": {
        "HeadersConfig": {"HeaderBehavior": headers, "Headers": {"Items": ["Host"]}
                          if headers == "allExcept" else ["Accept"]},
        "QueryStringsConfig": {"QueryStringBehavior": "none"}}}}  # fmt: skip
    request = policy_id if policy_id in {"orp", "unread"} else ""
    found = verdict(distributions=[distribution(default=behavior(OriginRequestPolicyId=request))],
                    origin_request_policies=[config])  # fmt: skip
    assert found.predicted_status == status


def test_a_custom_response_headers_policy_decides_about_cors():
    def asked(config):
        shape = [distribution(default=behavior(ResponseHeadersPolicyId="rhp"))]
        return verdict(headers={"Origin": "https://a"}, distributions=shape,
                       response_headers_policies=[{"Id": "rhp", **config}])  # fmt: skip

    with_cors = {"ResponseHeadersPolicyConfig": {"CorsConfig": {"OriginOverride": True}}}
    without = {"ResponseHeadersPolicyConfig": {"SecurityHeadersConfig": {}}}
    assert asked(with_cors).primary_cause == "none-ok"
    assert asked(without).primary_cause == "cors-no-bucket-config"


@pytest.mark.parametrize(
    ("asked", "stored", "kinds"),
    [
        ("a%20b.jpg", "a b.jpg", ("percent",)),
        ("a+b.jpg", "a b.jpg", ("plus",)),
        ("A.jpg", "a.jpg", ("case",)),
        ("a//b", "/a/b", ("slashes", "leading-slash")),
        ("a\\b ", "a/b", ("whitespace", "backslash")),
        ("a.jpg", "a.jpg", ()),
    ],
)
def test_differences_are_named_one_by_one(asked, stored, kinds):
    assert fold(asked) == fold(stored)
    assert differences(asked, stored) == kinds


def test_ids_and_owners_are_recognised_in_keys():
    assert id_tokens("avatars/avatar_u1_1690000000_ab12.jpg") == {"u1", "1690000000", "ab12"}
    assert "7f9c24e5-2ba7-4d0e-9f1b-1c1d0f8c0a11" in id_tokens(
        "p/7f9c24e5-2ba7-4d0e-9f1b-1c1d0f8c0a11.jpg"
    )
    assert id_tokens("images/hero_200x200.jpg") == frozenset()
    assert owner_tokens("users/alice/photo.jpg") == {"alice"}


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abcd", "abdc", 1),
        ("abc", "xyz", 3),
        ("a", "abcd", 3),
    ],
)
def test_edit_distance_counts_a_swap_once_and_stops_at_the_limit(one, other, distance):
    assert edit_distance(one, other, 2) == min(distance, 3)


def test_ids_that_count_up_are_never_taken_for_a_slip():
    held = ("p/00000000-0000-4000-8000-000000000002.jpg",)
    report = diagnose(case("/p/00000000-0000-4000-8000-000000000001.jpg", held))
    assert report.verdict.primary_cause == "object-missing"
    assert not report.candidates


@pytest.mark.parametrize("scenario", [*SCENARIOS, *MORE, *RARE], ids=lambda s: s.name)
def test_no_repair_opens_a_bucket(scenario):
    before = {b["Name"]: b.get("Policy") for b in scenario.snapshot.get("buckets", [])}
    for fix in diagnose(scenario.snapshot).fixes:
        after = fix.dry_run.after
        if fix.type == "policy_patch" and isinstance(after, dict):
            made = BucketPolicy.model_validate({"Statement": [after]})
            open_before = any(
                is_public(BucketPolicy.model_validate(p)) for p in before.values() if p
            )
            assert open_before or not is_public(made), fix


def test_a_policy_patch_tells_what_strangers_may_do_before_and_after():
    held = bucket("acme-media-prod", "avatars/u1.jpg",
                  Policy=policy(statement("acme-media-prod", arn="arn:x")))  # fmt: skip
    (fix,) = diagnose(case(buckets=[held])).fixes
    assert fix.dry_run.decisions == {
        "this request": "deny -> allow", "an anonymous reader": "deny -> deny",
    }  # fmt: skip
    assert fix.dry_run.retrace_status == 200
    assert fix.needs == ("s3:GetBucketPolicy", "s3:PutBucketPolicy")


def test_a_missing_key_is_404_where_listing_is_allowed():
    held = bucket("acme-media-prod", "x.txt",
                  Policy=policy(statement("acme-media-prod"), lists("acme-media-prod")))  # fmt: skip
    found = verdict(buckets=[held])
    assert (found.predicted_status, found.primary_cause, found.also) == (404, "object-missing", ())


def test_a_custom_origin_without_a_report_stays_unknown():
    config = [distribution([origin(DomainName="api.acme.com", **custom())])]
    found = diagnose(case(distributions=config))
    assert found.verdict.predicted_status is None
    assert found.verdict.confidence == "unknown"
    assert found.unknowns[0].what == "The answer of api.acme.com"


def test_lambda_at_the_edge_is_named_and_not_guessed():
    attached = {
        "Quantity": 1,
        "Items": [{"LambdaFunctionARN": "arn:l", "EventType": "origin-request"}],
    }
    shape = [distribution(default=behavior(LambdaFunctionAssociations=attached))]
    found = diagnose(case(distributions=shape))
    assert (found.verdict.predicted_status, found.verdict.confidence) == (200, "likely")
    assert found.unknowns[0].what == "What Lambda@Edge does"
    throttled = verdict(
        distributions=shape, db_record=facts(log="Lambda limit exceeded, throttled")
    )
    assert (throttled.primary_cause, throttled.predicted_status) == ("lambda-edge-error", 503)
