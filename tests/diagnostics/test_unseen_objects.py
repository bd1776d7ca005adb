"""Objects that are missing, archived or versioned, and neighbours of a cause that are not it."""

import pytest
from scenarios import (
    ENCRYPTED,
    FRESH,
    MASKED,
    NO_OAC,
    OFF,
    PRESIGNED,
    PUBLIC,
    S3,
    Scenario,
    deny,
    dist,
    one_bucket,
    with_policy,
)
from scoring import seen
from worlds import (
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
SITE = {"IndexDocument": {"Suffix": "index.html"}}
FOREIGN = thing("avatars/u1.jpg", OwnerAccountId="444455556666")

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
