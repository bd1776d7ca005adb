"""WAF rules in their order, three-valued."""

import base64

import pytest
from worlds import case, distribution, facts

from core.diagnostics.engine import diagnose

ARN = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/media/a1"
HERE, OTHER = ["198.51.100.0/24"], ["203.0.113.0/24"]


def rule(statement, action="Block", priority=0):
    return {"Name": f"r{priority}", "Priority": priority, "Action": {action: {}},
            "Statement": statement}  # fmt: skip


def answered(*rules, default="Allow", headers=None, path="/avatars/u1.jpg", record=None, **acl):
    shape = {"ARN": ARN, "DefaultAction": {default: {}}, "Rules": list(rules), **acl}
    snapshot = case(path, headers=headers, distributions=[distribution(WebACLId=ARN)],
                    web_acls=[shape], db_record=record,
                    ip_sets=[{"ARN": "arn:set", "Addresses": HERE}])  # fmt: skip
    return diagnose(snapshot).verdict


def bytes_match(text, place="STARTS_WITH", field=None, **more):
    return {"ByteMatchStatement": {"SearchString": text, "PositionalConstraint": place,
                                   "FieldToMatch": field or {"UriPath": {}}, **more}}  # fmt: skip


def regex(pattern):
    return {"RegexMatchStatement": {"RegexString": pattern, "FieldToMatch": {"UriPath": {}}}}


LOWER = [{"Priority": 0, "Type": "LOWERCASE"}]
QUERY = {"SizeConstraintStatement": {"FieldToMatch": {"QueryString": {}}, "Size": 3,
                                     "ComparisonOperator": "GT"}}  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        regex("(a+)+"),
        regex("(?i)^/AVATARS/"),
        {"IPSet": HERE},
        {"IPSetReferenceStatement": {"ARN": "arn:set"}},
        {"GeoMatchStatement": {"CountryCodes": ["DE"]}},
        {"GeoMatch": ["DE", "FR"]},
        bytes_match("/avatars"),
        bytes_match(b"/avatars"),
        bytes_match(base64.b64encode(b"/avatars/u").decode()),
        bytes_match(".jpg", "ENDS_WITH"),
        bytes_match("/avatars/u1.jpg", "EXACTLY"),
        bytes_match("vatar", "CONTAINS"),
        bytes_match("u1", "CONTAINS_WORD"),
        bytes_match("get", "EXACTLY", {"Method": {}}, TextTransformations=LOWER),
        bytes_match("curl", "CONTAINS", {"SingleHeader": {"Name": "user-agent"}}),
        {"RegexMatchStatement": {"RegexString": r"u\d\.jpg$", "FieldToMatch": {"UriPath": {}}}},
        {"NotStatement": {"Statement": {"IPSet": OTHER}}},
        {"AndStatement": {"Statements": [{"IPSet": HERE}, bytes_match("/a")]}},
        {"OrStatement": {"Statements": [{"IPSet": OTHER}, {"IPSet": HERE}]}},
        QUERY,
    ],
)
def test_a_rule_that_matches_blocks(statement):
    found = answered(rule(statement), headers={"User-Agent": "curl/8"}, path="/avatars/u1.jpg?a=bc")
    assert (found.primary_cause, found.predicted_status) == ("waf-blocked", 403)


@pytest.mark.parametrize(
    "statement",
    [
        {"IPSet": OTHER},
        {"GeoMatch": ["FR"]},
        bytes_match("/Avatars"),
        {"NotStatement": {"Statement": {"IPSet": HERE}}},
        {"AndStatement": {"Statements": [{"IPSet": HERE}, {"IPSet": OTHER}]}},
        {"OrStatement": {"Statements": [{"IPSet": OTHER}]}},
    ],
)
def test_a_rule_that_does_not_match_lets_pass(statement):
    assert answered(rule(statement)).primary_cause == "none-ok"


@pytest.mark.parametrize(
    "statement",
    [
        {"RateBasedStatement": {"Limit": 100}},
        {"ManagedRuleGroupStatement": {"Name": "AWSManagedRulesCommonRuleSet"}},
        {"IPSetReferenceStatement": {"ARN": "arn:unread"}},
        {"IPSet": ["nowhere"]},
        bytes_match("x", field={"Body": {}}),
        regex("^(([a-z/.0-9]|[a-z/.0-9])+)+!$"),
        regex("x" * 513),
        {"GeoMatchStatement": {"CountryCodes": "DE"}},
        {"SizeConstraintStatement": {"FieldToMatch": {"UriPath": {}}, "Size": "ten"}},
        regex("("),
        regex("(" * 500),
        {"SizeConstraintStatement": {"FieldToMatch": {"Body": {}}, "Size": 1}},
        {"NotStatement": {"Statement": {"RateBasedStatement": {}}}},
        {"OrStatement": {"Statements": [{"IPSet": OTHER}, {"RateBasedStatement": {}}]}},
        {},
    ],
)
def test_what_data_can_not_decide_is_unknown_and_lowers_the_confidence(statement):
    found = answered(rule(statement))
    assert found.primary_cause == "none-ok"
    assert found.confidence == "likely"


def test_an_unknown_rule_is_settled_by_what_people_saw():
    told = facts(body="Request blocked by WAF")
    found = answered(rule({"RateBasedStatement": {}}), record=told)
    assert found.primary_cause == "waf-blocked"


def test_the_first_final_action_wins_and_counting_is_none():
    allowed = rule({"IPSet": HERE}, "Allow", 0)
    blocked = rule({"IPSet": HERE}, "Block", 1)
    assert answered(blocked, allowed).primary_cause == "none-ok"
    assert answered({**blocked, "Action": {"Count": {}}}).primary_cause == "none-ok"
    assert answered({**blocked, "Action": "Block"}).primary_cause == "waf-blocked"
    assert answered(rule({"IPSet": HERE}, "Captcha")).predicted_status == 405


def test_the_default_action_may_block():
    assert answered(default="Block").primary_cause == "waf-blocked"


def test_sampled_requests_tell_what_was_blocked():
    sample = {"Action": "BLOCK", "Request": {"URI": "/avatars/u1.jpg"}}
    assert answered(SampledRequests=[sample]).primary_cause == "waf-blocked"


def test_an_acl_that_was_not_read_is_an_unknown():
    report = diagnose(case(distributions=[distribution(WebACLId=ARN)]))
    assert report.unknowns[0].what == "The firewall's decision"
    assert report.verdict.confidence == "likely"
