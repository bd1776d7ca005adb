"""The linter on an account: it reads what its rules need, and says what it may not read."""

import json
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.diagnostics.service import DiagnosticsService
from core.errors import AwsDenied, InvalidInput, NotAllowed
from core.model.identity import Actor, Role


def now():
    return datetime(2026, 11, 20, tzinfo=UTC)


SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)
MEMBER = Actor(account_id="m1", role=Role.MEMBER)
YEAR = "public, max-age=31536000"


@pytest.fixture
def clients():
    with mock_aws():
        yield AwsClients("us-east-1", None, "AKIATEST", "secret")


def everybody(bucket):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
         "Resource": f"arn:aws:s3:::{bucket}/*"}]})  # fmt: skip


@pytest.fixture
def faulty(clients):
    """A site with a public policy that is blocked, and a picture that was exchanged."""
    s3 = clients.s3
    s3.create_bucket(Bucket="media")
    s3.put_bucket_versioning(Bucket="media", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(
            Bucket="media", Key="avatars/ann@example.com.jpg", Body=body, CacheControl=YEAR
        )
    s3.put_bucket_policy(Bucket="media", Policy=everybody("media"))
    s3.put_public_access_block(Bucket="media", PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True})  # fmt: skip
    clients.cloudfront.create_distribution(DistributionConfig={
        "CallerReference": "a", "Comment": "", "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [
            {"Id": "s3", "DomainName": "media.s3.us-east-1.amazonaws.com",
             "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
        "DefaultCacheBehavior": {"TargetOriginId": "s3", "ViewerProtocolPolicy": "https-only",
                                 "MinTTL": 0, "ForwardedValues": {
                                     "QueryString": False, "Cookies": {"Forward": "none"}}}})  # fmt: skip
    return DiagnosticsService(clients, now)


def test_the_account_is_checked_by_what_aws_says(faulty):
    report = faulty.lint(SUPPORT)
    assert {"X19", "X25", "X32"} <= {f.rule for f in report.findings}
    assert report.failed
    stale = next(f for f in report.findings if f.rule == "X32")
    assert "1 year" in stale.sentence


def test_a_refused_read_takes_its_rules_out_and_names_the_permission(faulty, monkeypatch):
    def refuse(*_):
        raise AwsDenied("AWS refused it.", hint="Allow s3:GetBucketPolicy.")

    monkeypatch.setattr("core.aws.s3_config.BucketReader.policy", refuse)
    report = faulty.lint(SUPPORT)
    assert not {"X6", "X19"} & {f.rule for f in report.findings}
    told = {n.rule: n.why for n in report.not_checked}
    assert "s3:GetBucketPolicy" in told["X6"]
    assert "s3:GetBucketPolicy" in told["X19"]


def test_without_distributions_nothing_is_claimed(clients):
    report = DiagnosticsService(clients, now).lint(SUPPORT)
    assert report.findings == ()
    assert report.inputs == ("account",)


def test_linting_needs_the_right_to_diagnose(clients):
    service = DiagnosticsService(clients, now)
    for ask in (
        lambda: service.lint(MEMBER),
        lambda: service.lint_document(MEMBER, "a.md", "x"),
        lambda: service.lint_snapshot(MEMBER, {}),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_a_snapshot_that_is_none_is_refused(clients):
    with pytest.raises(InvalidInput):
        DiagnosticsService(clients, now).lint_snapshot(SUPPORT, {"buckets": 7})


@pytest.mark.emulator
def test_the_embedded_account_is_checked_with_the_rights_that_the_app_has(emulator):
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    report = DiagnosticsService(clients, now).lint(SUPPORT)
    told = [one for one in report.not_checked if one.rule == "X5"]
    assert any("iam:GetAccountAuthorizationDetails" in one.why for one in told)
    assert "X17" not in {finding.rule for finding in report.findings}
