"""Several faults of access at once, and the repairs of each."""

import pytest
from scenarios import (
    DECRYPT,
    ENCRYPTED,
    MASKED,
    NO_OAC,
    OAI,
    OAI_ARN,
    PUBLIC,
    Scenario,
    deny,
    dist,
    key_policy,
    kms,
    one_bucket,
    with_policy,
)
from scoring import seen
from worlds import (
    DIST_ARN,
    HOST,
    behavior,
    case,
    origin,
    policy,
    statement,
    thing,
)

from core.diagnostics.engine import diagnose

B = "acme-media-prod"
OTHER = DIST_ARN + "OLD"
ROLE = "arn:aws:iam::111122223333:role/app"
VPC_ONLY = {**deny(StringNotEquals={"aws:SourceVpce": "vpce-1"}), "Sid": "VpcOnly"}
ORG_ONLY = {**deny(StringNotEquals={"aws:PrincipalOrgID": "o-1"}), "Sid": "OrgOnly"}
FOREIGN = thing("avatars/u1.jpg", OwnerAccountId="444455556666")
HTTP = f"http://{HOST}/avatars/u1.jpg"
ANY_SCHEME = dist(default=behavior(ViewerProtocolPolicy="allow-all"))
ACCESS = (
    Scenario("two denies", case(buckets=with_policy(statement(B), VPC_ONLY, ORG_ONLY)), 403,
             ("explicit-deny-vpce-or-ip", "explicit-deny"), fix="policy_patch"),
    Scenario("two denies in the other order", case(
        buckets=with_policy(statement(B), ORG_ONLY, VPC_ONLY)), 403,
             ("explicit-deny", "explicit-deny-vpce-or-ip"), fix="policy_patch"),
    Scenario("a deny and nothing that allows", case(buckets=with_policy(VPC_ONLY)), 403,
             ("policy-no-allow-for-oac", "explicit-deny-vpce-or-ip"), fix="policy_patch"),
    Scenario("a deny, another distribution and a key that is closed", case(
        buckets=one_bucket(ENCRYPTED, Policy=policy(statement(B, arn=OTHER), VPC_ONLY)),
        kms_keys=kms()), 403,
             ("policy-sourcearn-mismatch", "explicit-deny-vpce-or-ip",
              "kms-key-policy-missing-cloudfront"), fix="kms_policy_patch"),
    Scenario("another distribution and another owner", case(buckets=one_bucket(
        FOREIGN, ObjectOwnership="ObjectWriter", Policy=policy(statement(B, arn=OTHER)))), 403,
             ("policy-sourcearn-mismatch", "object-owned-by-other-account"), fix="config_change"),
    Scenario("a key that was not read is not blamed", case(
        buckets=one_bucket(ENCRYPTED, Policy=policy(statement(B, arn=OTHER)))), 403,
             ("policy-sourcearn-mismatch",), fix="policy_patch"),
    Scenario("the statement of this distribution counts, not its neighbour's", case(
        buckets=with_policy(
            statement(B, Sid="Web", arn=OTHER),
            statement(B, Sid="Media", Resource=f"arn:aws:s3:::{B}/public/*"))), 403,
             ("policy-resource-prefix-too-narrow",), fix="policy_patch"),
    Scenario("an allow that asks for tls", case(url=HTTP, distributions=ANY_SCHEME,
             buckets=with_policy(statement(B, Condition={
                 "StringEquals": {"aws:SourceArn": DIST_ARN},
                 "Bool": {"aws:SecureTransport": "true"}}))), 403,
             ("explicit-deny-secure-transport",), fix="correct_url"),
    Scenario("a doubled prefix and a closed key", case(
        buckets=one_bucket(ENCRYPTED), kms_keys=kms(),
        distributions=dist([origin(OriginPath="/avatars")])), 403,
             ("origin-path-double-prefix", MASKED, "kms-key-policy-missing-cloudfront"),
             "avatars/u1.jpg", "kms_policy_patch"),
)  # fmt: skip


@pytest.mark.parametrize("scenario", ACCESS, ids=lambda s: s.name)
def test_every_fault_of_access_is_named_and_has_a_repair(scenario):
    report, named, sure = seen(scenario)
    assert named == scenario.causes
    assert report.verdict.predicted_status == scenario.status
    assert sure[:1] == ([scenario.intended] if scenario.intended else [])
    assert not scenario.fix or scenario.fix in {fix.type for fix in report.fixes}


def patches(snapshot):
    return [fix for fix in diagnose(snapshot).fixes if fix.type == "policy_patch"]


def test_the_preferred_patch_is_the_one_of_the_first_cause():
    found = patches(case(buckets=with_policy(statement(B, arn=OTHER), ORG_ONLY)))
    assert [fix.title for fix in found] == [
        "Correct AllowCloudFrontServicePrincipal", "Exempt CloudFront from OrgOnly",
    ]  # fmt: skip
    assert found[0].preferred


def test_a_patch_widens_the_folder_of_the_object_that_is_meant():
    narrow = statement(B, Resource=f"arn:aws:s3:::{B}/public/*")
    found = patches(case("/Avatars/u1.jpg", buckets=with_policy(narrow)))
    assert f"arn:aws:s3:::{B}/avatars/*" in found[0].dry_run.after["Resource"]


def test_a_patch_that_would_change_nothing_is_a_statement_of_its_own():
    fixed = statement(B, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    found = patches(case(buckets=with_policy(fixed)))
    assert found[0].dry_run.retrace_status == 200
    assert found[0].dry_run.before is None


def test_an_application_role_is_never_exchanged_for_an_identity():
    role = statement(B, Sid="App", Principal={"AWS": ROLE}, Condition={})
    found = patches(case(buckets=with_policy(role), distributions=dist([origin(**OAI)])))
    assert found[0].dry_run.before is None
    assert found[0].dry_run.after["Principal"] == {"AWS": OAI_ARN + "E2OAI"}
    assert found[0].dry_run.retrace_status == 200


def test_a_canonical_user_becomes_the_identity_under_its_arn():
    known = [{"Id": "E2OAI", "S3CanonicalUserId": "b" * 64}]
    old = statement(B, Principal={"CanonicalUser": "a" * 64}, Condition={})
    snapshot = case(buckets=with_policy(old), distributions=dist([origin(**OAI)]),
                    origin_access_identities=known)  # fmt: skip
    found = patches(snapshot)
    assert found[0].dry_run.after["Principal"] == {"AWS": OAI_ARN + "E2OAI"}
    assert found[0].dry_run.retrace_status == 200


def test_a_refusal_says_what_the_policy_wants_and_what_the_request_has():
    verdict = diagnose(case(buckets=with_policy(statement(B), VPC_ONLY))).verdict
    assert "VpcOnly" in verdict.sentence
    assert "vpce-1; this request has no such value" in verdict.sentence
    keys = kms("Enabled", "CUSTOMER", {**DECRYPT, "Condition": {
        "StringEquals": {"AWS:SourceArn": OTHER}}})  # fmt: skip
    closed = diagnose(case(buckets=one_bucket(ENCRYPTED), kms_keys=keys)).verdict
    assert OTHER in closed.sentence
    assert DIST_ARN in closed.sentence
    assert key_policy()["Statement"][0]["Sid"] not in closed.sentence


@pytest.mark.parametrize("scenario", ACCESS, ids=lambda s: s.name)
def test_a_policy_s_evidence_stands_where_it_says(scenario):
    (held,) = scenario.snapshot["buckets"]
    findings = diagnose(scenario.snapshot).findings
    shown = [e for f in findings for e in f.evidence if e.path.startswith("Policy.Statement[")]
    for one in shown:
        place, _, element = one.path.removeprefix("Policy.Statement[").partition("]")
        found = held["Policy"]["Statement"][int(place)]
        for name in filter(None, element.removeprefix(".").split(".", 2)):
            found = found[name]
        assert found == one.value or found["Sid"] == one.value["Sid"]


def test_a_control_that_never_signs_is_named_before_the_block_that_it_meets():
    never = [{"Id": "E3OACMEDIA", "OriginAccessControlConfig": {"SigningBehavior": "never"}}]
    report = diagnose(case(buckets=with_policy(PUBLIC), origin_access_controls=never))
    assert report.verdict.primary_cause == "oac-signing-never"
    unsigned = diagnose(case(buckets=with_policy(PUBLIC), origin_access_controls=never,
                             distributions=dist([origin(**NO_OAC)])))  # fmt: skip
    assert unsigned.verdict.primary_cause == "bpa-blocks-public-policy"
    assert unsigned.fixes[0].dry_run.retrace_status == 200  # not with the control that never signs


def test_the_preferred_repair_of_a_single_fault_repairs_it():
    alone = (
        case(distributions=dist([origin(**NO_OAC)])),
        case(distributions=dist([origin(**NO_OAC)]), buckets=with_policy(PUBLIC)),
        case(buckets=one_bucket(FOREIGN, ObjectOwnership="ObjectWriter")),
    )
    for snapshot in alone:
        preferred = diagnose(snapshot).fixes[0]
        assert preferred.preferred
        assert preferred.dry_run.retrace_status == 200
