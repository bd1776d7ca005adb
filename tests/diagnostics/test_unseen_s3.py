"""Several faults of access at once, and neighbours of a cause that must not be taken for it."""

import pytest
from scenarios import (
    DECRYPT,
    ENCRYPTED,
    FRESH,
    MASKED,
    NO_OAC,
    OAI,
    OAI_ARN,
    OFF,
    PRESIGNED,
    PUBLIC,
    S3,
    Scenario,
    deny,
    dist,
    key_policy,
    kms,
    one_bucket,
    with_policy,
)
from worlds import (
    DIST_ARN,
    HOST,
    behavior,
    bucket,
    case,
    custom,
    facts,
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


def seen(scenario):
    report = diagnose(scenario.snapshot)
    verdict = report.verdict
    named = () if verdict.primary_cause == "none-ok" else (verdict.primary_cause, *verdict.also)
    sure = [c.key for c in report.candidates if c.confidence in {"certain", "likely"}]
    return report, named, sure


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


# --- objects: versions, archives, neighbours ------------------------------------------------

FORWARDS_ALL = behavior(OriginRequestPolicyId="b689b0a8-53d0-40ab-baf2-68738e2966ac")
READS_VERSIONS = statement(B, Action=["s3:GetObject", "s3:GetObjectVersion"])
MARKER = {"Key": "avatars/u1.jpg", "VersionId": "v2", "IsLatest": True, "IsDeleteMarker": True}
OLDER = thing("avatars/u1.jpg", VersionId="v1", IsLatest=False)


@pytest.mark.parametrize(
    ("version", "held", "status"),
    [
        ("v1", (OLDER, MARKER), 200),
        ("v2", (OLDER, MARKER), 404),
        ("v9", (OLDER, MARKER), 403),
        ("v1", ({**OLDER, "StorageClass": "GLACIER"}, MARKER), 403),
        ("v9", (thing("avatars/u1.jpg", VersionId="v1"),), 200),  # versions were not listed
    ],
)
def test_a_version_that_reaches_s3_is_the_one_that_counts(version, held, status):
    snapshot = case(f"/avatars/u1.jpg?versionId={version}", distributions=dist(
        default=FORWARDS_ALL), buckets=one_bucket(*held, Policy=policy(READS_VERSIONS)))  # fmt: skip
    assert diagnose(snapshot).verdict.predicted_status == status


@pytest.mark.parametrize(
    ("told", "status", "fix"),
    [
        ({"IsRestoreInProgress": False, "RestoreExpiryDate": "2026-12-18T00:00:00Z"}, 200, ""),
        ({"IsRestoreInProgress": False, "RestoreExpiryDate": "2026-11-01T00:00:00Z"}, 403,
         "restore"),
        ({"IsRestoreInProgress": True}, 403, "wait"),
        ({"IsRestoreInProgress": False}, 403, "restore"),
        ({"IsRestoreInProgress": False, "RestoreExpiryDate": "soon"}, 403, "restore"),
    ],
)  # fmt: skip
def test_a_restore_is_also_read_from_a_listing(told, status, fix):
    held = thing("avatars/u1.jpg", StorageClass="GLACIER", RestoreStatus=told)
    report = diagnose(case(buckets=one_bucket(held)))
    assert report.verdict.predicted_status == status
    assert [f.type for f in report.fixes[:1]] == ([fix] if fix else [])


UUID = "7f9c24e5-2ba7-4d0e-9f1b-1c1d0f8c0a17"
EXPIRES = {"Rules": [{"ID": "tmp", "Status": "Enabled", "Filter": {"Prefix": "tmp/"},
                      "Expiration": {"Days": 30}}]}  # fmt: skip
OBJECTS = (
    Scenario("a thumbnail in two folders of its own", case(
        "/thumbs/320x240/9f2c11aa.jpg", ("originals/9f2c11aa.jpg",)), 403,
             ("key-variant-not-generated", MASKED), None, "reupload"),
    Scenario("the same id in the folder of another month", case(
        "/2026/11/a7c9e2f1.jpg", ("2026/10/a7c9e2f1.jpg",)), 403,
             ("key-prefix-legacy-format", MASKED), "2026/10/a7c9e2f1.jpg", "correct_url"),
    Scenario("the same id in two other months", case(
        "/2026/11/a7c9e2f1.jpg", ("2026/10/a7c9e2f1.jpg", "2026/09/a7c9e2f1.jpg")), 403,
             ("key-prefix-legacy-format", MASKED), None, "choose_candidate"),
    Scenario("a plain name under the same long id", case(
        "/avatars/abc123/avatar.jpg", ("users/abc123/avatar.jpg", "users/abd124/avatar.jpg")), 403,
             ("key-prefix-legacy-format", MASKED), "users/abc123/avatar.jpg", "copy_object"),
    Scenario("a plain name under a short number", case(
        "/orders/42/avatar.jpg", ("users/42/avatar.jpg",)), 403,
             ("key-prefix-legacy-format", MASKED), None, "choose_candidate"),
    Scenario("a uuid that lost a character", case(
        f"/p/{UUID[:-1]}.jpg", (f"p/{UUID}.jpg", f"p/{UUID[:24]}aaaabbbbcccc.jpg")), 403,
             ("key-typo-near-miss", MASKED), f"p/{UUID}.jpg", "correct_url"),
    Scenario("a letter o in a uuid", case(
        f"/p/{UUID.replace('4d0e', '4dOe')}.jpg", (f"p/{UUID}.jpg",)), 403,
             ("key-typo-near-miss", MASKED), f"p/{UUID}.jpg", "correct_url"),
    Scenario("older than the rule's days", case(
        "/tmp/share-8812.jpg", buckets=one_bucket("x.txt", Lifecycle=EXPIRES),
        db_record={"table": "shares", "pk": "8812", "attributes": {
            "key": "tmp/share-8812.jpg", "created_at": "2026-10-01T10:00:00Z"}}), 403,
             ("object-expired-by-lifecycle", MASKED), None, "reupload"),
    Scenario("younger than the rule's days", case(
        "/tmp/share-8812.jpg", buckets=one_bucket("x.txt", Lifecycle=EXPIRES),
        db_record={"table": "shares", "pk": "8812", "attributes": {
            "key": "tmp/share-8812.jpg", "created_at": "2026-11-19T10:00:00Z"}}), 403,
             ("object-missing", MASKED), None, "reupload"),
)  # fmt: skip


@pytest.mark.parametrize("scenario", OBJECTS, ids=lambda s: s.name)
def test_a_missing_key_is_explained_and_only_its_own_object_proposed(scenario):
    report, named, sure = seen(scenario)
    assert (report.verdict.predicted_status, named) == (scenario.status, scenario.causes)
    assert sure[:1] == ([scenario.intended] if scenario.intended else [])
    assert scenario.fix in {fix.type for fix in report.fixes}


# --- formats, doubled endings, unsigned readers ---------------------------------------------

HOST_IS_BUCKET = {
    "url": "https://img.acme.com/avatars/u1.jpg",
    "buckets": [bucket("img.acme.com", "avatars/u1.jpg", PublicAccessBlock=OFF, Policy=policy(
        statement("img.acme.com", Principal="*", Condition={})))],
    "distributions": dist(
        [origin(held="img.acme.com", **NO_OAC)],
        default=behavior(OriginRequestPolicyId="216adef6-5c7f-47e4-b989-5492eafa07d3"),
        Aliases={"Quantity": 1, "Items": ["img.acme.com"]},
        ViewerCertificate={"ACMCertificateArn": "arn:acm", "SSLSupportMethod": "sni-only"}),
}  # fmt: skip
WEBSITE = f"{B}.s3-website-us-east-1.amazonaws.com"
UNSIGNED_KMS = one_bucket(ENCRYPTED, Policy=policy(PUBLIC), PublicAccessBlock=OFF)
DENY_HTTP = deny(Bool={"aws:SecureTransport": "false"})
MORE = (
    Scenario("a doubled ending in the bucket", case("/p/a7f3c1d2.jpg", ("p/a7f3c1d2.jpg.jpg",)),
             403, ("key-extension-mismatch", MASKED), "p/a7f3c1d2.jpg.jpg", "correct_url"),
    Scenario("a doubled ending in the url", case("/p/a7f3c1d2.jpg.jpg", ("p/a7f3c1d2.jpg",)),
             403, ("key-extension-mismatch", MASKED), "p/a7f3c1d2.jpg", "correct_url"),
    Scenario("a poster is not its video", case("/v/a7f3c1d2.mp4", ("v/a7f3c1d2.jpg",)), 403,
             ("object-missing", MASKED), None, "reupload"),
    Scenario("a rendition in a cache folder", case(
        "/cache/200x200/p/a7f3c1d2.jpg", ("p/a7f3c1d2.jpg",)), 403,
             ("key-variant-not-generated", MASKED), None, "reupload"),
    Scenario("a rendition named only by its kind", case(
        "/p/a7f3c1d2/thumb.jpg", ("p/a7f3c1d2/original.jpg",)), 403,
             ("key-variant-not-generated", MASKED), None, "reupload"),
    Scenario("host reaches the bucket of that name", case(**HOST_IS_BUCKET), 200, ()),
    Scenario("kms behind a public policy", case(
        buckets=UNSIGNED_KMS, distributions=dist([origin(**NO_OAC)])), 403,
             ("origin-no-oac-oai-private-bucket",), None, "config_change"),
    Scenario("kms behind a website", case(
        buckets=[{**UNSIGNED_KMS[0], "Website": SITE}],
        distributions=dist([origin(DomainName=WEBSITE, **custom())])), 403,
             ("origin-website-endpoint-private",), None, "config_change"),
    Scenario("kms at s3's own url", case(url=S3, buckets=UNSIGNED_KMS), 403,
             ("direct-s3-url-blocked",), None, "correct_url"),
    Scenario("http at a public bucket that wants tls", case(
        url=S3.replace("https", "http"), buckets=with_policy(
            PUBLIC, DENY_HTTP, PublicAccessBlock=OFF)), 403,
             ("explicit-deny-secure-transport",), None, "correct_url"),
    Scenario("a bucket that nobody has, by s3's own url", case(
        url=S3.replace(B, "acme-old")), 404, ("origin-bucket-does-not-exist",),
             "avatars/u1.jpg", "correct_url"),
    Scenario("signed for tomorrow", case(
        url=S3 + PRESIGNED.format(region="us-east-1", date="20261121T110000Z")), 403,
             ("presigned-expired",), None, "sign_url"),
    Scenario("a head with a url signed for get", case(
        url=S3 + FRESH, method="HEAD", db_record=facts(signed_for="GET")), 403,
             ("presigned-wrong-method",), None, "sign_url"),
)  # fmt: skip


@pytest.mark.parametrize("scenario", MORE, ids=lambda s: s.name)
def test_a_neighbour_of_a_cause_is_told_apart(scenario):
    report, named, sure = seen(scenario)
    assert (report.verdict.predicted_status, named) == (scenario.status, scenario.causes)
    assert sure[:1] == ([scenario.intended] if scenario.intended else [])
    assert not scenario.fix or scenario.fix in {fix.type for fix in report.fixes}


def test_an_owner_that_may_count_leaves_the_read_unknown():
    held = one_bucket(FOREIGN)[0]
    del held["ObjectOwnership"]
    report = diagnose(case(buckets=[held]))
    assert report.verdict.predicted_status is None
    assert "s3:GetBucketOwnershipControls" in report.unknowns[0].because


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
