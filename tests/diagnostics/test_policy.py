"""Bucket policies: deny wins, every difference is named, what can't be known stays unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import DIST_ARN, policy, statement

from core.diagnostics.conditions import KeyFacts, evaluate
from core.diagnostics.policy import PolicyRequest, Principal, decide, is_public
from core.model.delivery import BucketPolicy

FACTS = KeyFacts(
    {
        "aws:sourcearn": (DIST_ARN,),
        "aws:sourceaccount": ("111122223333",),
        "aws:principalisawsservice": ("true",),
        "aws:securetransport": ("true",),
        "aws:currenttime": ("2026-11-20T12:00:00+00:00",),
    },
    frozenset({"aws:sourceorgid"}),
    frozenset({"aws:sourcevpce", "aws:principalorgid", "aws:sourceip", "aws:referer"}),
    edge_address=True,
)
REQUEST = PolicyRequest(Principal("oac"), "s3:GetObject", "arn:aws:s3:::b/avatars/u1.jpg", FACTS)
ALLOW = statement("b")


def decided(*statements, request=REQUEST):
    return decide(BucketPolicy.model_validate(policy(*statements)), request)


def test_the_documented_statement_allows():
    assert decided(ALLOW).effect == "allow"


def test_a_deny_statement_wins_over_an_allow():
    found = decided(ALLOW, {**ALLOW, "Sid": "No", "Effect": "Deny", "Condition": {}})
    assert (found.effect, found.explicit, found.decisive.sid) == ("deny", True, "No")


def test_a_wrong_source_arn_is_named_with_both_values():
    other = DIST_ARN.replace("E1MEDIA", "E9OLD")
    found = decided({**ALLOW, "Condition": {"StringEquals": {"AWS:SourceArn": other}}})
    (mismatch,) = found.matched_rules[0].mismatches
    assert (mismatch.key, mismatch.wanted, mismatch.actual) == (
        "AWS:SourceArn", (other,), DIST_ARN,
    )  # fmt: skip
    assert "E9OLD" in found.summary
    assert "E1MEDIA" in found.summary


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, "Principal"),
        ({"Action": "s3:PutObject"}, "Action"),
        ({"Resource": "arn:aws:s3:::b"}, "Resource"),
        ({"Resource": "arn:aws:s3:::b/Avatars/*"}, "Resource"),
        ({"NotAction": "s3:Get*", "Action": []}, "Action"),
        ({"NotPrincipal": {"Service": "cloudfront.amazonaws.com"}, "Principal": None}, "Principal"),
    ],
)
def test_the_element_that_differs_is_named(change, element):
    found = decided({**ALLOW, **change})
    assert found.effect == "deny"
    assert [m.element for m in found.matched_rules[0].mismatches] == [element]


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, "yes"),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, "yes"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "no"),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, "yes"),
        ({"Null": {"aws:SourceVpce": "true"}}, "yes"),
        ({"Null": {"aws:SourceArn": "true"}}, "no"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/E1*"}}, "yes"),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/E1*"}}, "yes"),
        ({"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::*"}}, "no"),
        ({"StringLike": {"aws:SourceArn": "arn:aws:cloudfront::*"}}, "yes"),
        ({"Bool": {"aws:SecureTransport": "false"}}, "no"),
        ({"Bool": {"aws:SecureTransport": True}}, "yes"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "no"),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "yes"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "yes"),
        ({"IpAddress": {"aws:SourceIp": "130.176.0.0/16"}}, "unknown"),
        ({"IpAddress": {"aws:SourceIp": "no address"}}, "unknown"),
        ({"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}, "yes"),
        ({"DateGreaterThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}, "no"),
        ({"DateLessThan": {"aws:CurrentTime": "soon"}}, "unknown"),
        ({"NumericLessThan": {"aws:SourceAccount": "5"}}, "no"),
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, "unknown"),
        ({"StringEquals": {"aws:SomethingNew": "x"}}, "unknown"),
        ({"StringMatches": {"aws:SourceAccount": "1"}}, "unknown"),
        ({"StringLike": {"aws:SourceAccount": "${aws:username}"}}, "unknown"),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o"}}, "yes"),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o"}}, "no"),
    ],
)
def test_conditions_follow_the_documented_operators(condition, result):
    (line,) = evaluate(condition, FACTS)
    assert line.result == result


def test_an_undecided_deny_is_never_rounded_to_allow():
    unsure = {**ALLOW, "Effect": "Deny", "Condition": {"StringEquals": {"aws:SourceOrgID": "o"}}}
    assert decided(ALLOW, unsure).effect == "unknown"
    assert decided(unsure).effect == "deny"


def test_an_origin_access_identity_is_matched_by_its_own_id():
    arn = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "
    oai = PolicyRequest(Principal("oai", "E2"), REQUEST.action, REQUEST.resource, FACTS)
    right = {**ALLOW, "Principal": {"AWS": [arn + "E1", arn + "E2"]}, "Condition": {}}
    canonical = {**ALLOW, "Principal": {"CanonicalUser": "79a5"}, "Condition": {}}
    assert decided(right, request=oai).effect == "allow"
    assert decided({**right, "Principal": {"AWS": arn + "E1"}}, request=oai).effect == "deny"
    assert decided(canonical, request=oai).effect == "unknown"
    known = PolicyRequest(Principal("oai", "E2", "79a5"), REQUEST.action, REQUEST.resource, FACTS)
    assert decided(canonical, request=known).effect == "allow"


STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Deny"]),
            "Principal": st.sampled_from(["*", {"Service": "cloudfront.amazonaws.com"}]),
            "Action": st.sampled_from(["s3:GetObject", "s3:*", "s3:PutObject"]),
            "Resource": st.sampled_from(["arn:aws:s3:::b/*", "arn:aws:s3:::b", "*"]),
            "Condition": st.sampled_from(
                [{}, {"StringEquals": {"aws:SourceArn": DIST_ARN}},
                 {"StringNotEquals": {"aws:SourceVpce": "v"}},
                 {"StringEquals": {"aws:SourceOrgID": "o"}}]
            ),
        }
    ),
    max_size=5,
)  # fmt: skip
UNRELATED = {**ALLOW, "Resource": "arn:aws:s3:::other/*"}


@given(STATEMENTS, st.integers(0, 5))
def test_an_unrelated_statement_never_changes_the_decision(statements, place):
    more = [*statements[:place], UNRELATED, *statements[place:]]
    assert decided(*more).effect == decided(*statements).effect


@given(STATEMENTS)
def test_a_matching_deny_always_decides(statements):
    deny = {**ALLOW, "Effect": "Deny"}
    assert decided(*statements, deny).effect == "deny"


@given(STATEMENTS)
def test_the_order_of_statements_does_not_matter(statements):
    assert decided(*statements).effect == decided(*reversed(statements)).effect


@pytest.mark.parametrize(
    ("change", "public"),
    [
        ({"Principal": "*", "Condition": {}}, True),
        ({"Principal": {"AWS": "*"}, "Condition": {}}, True),
        ({"Principal": "*"}, False),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, False),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:Referer": "https://a/*"}}}, True),
        ({}, False),
    ],
)
def test_a_public_policy_is_what_s3_calls_public(change, public):
    assert is_public(BucketPolicy.model_validate(policy({**ALLOW, **change}))) is public
