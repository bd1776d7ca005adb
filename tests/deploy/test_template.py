"""deploy/template.yaml is clean, and every setting in it is in force after a deployment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.diagnostics.repairs.config_actions import NEEDS

TEMPLATE = Path(__file__).parents[2] / "deploy" / "template.yaml"
PUBLIC = ("media", "avatars")


def test_the_linter_has_nothing_to_say():
    linter = Path(sys.executable).with_name("cfn-lint")

    said = subprocess.run([linter, TEMPLATE], capture_output=True, text=True, check=False)

    assert (said.stdout, said.returncode) == ("", 0)


def test_the_outputs_name_the_settings_that_they_are_for():
    settings = (Path(__file__).parents[2] / "core" / "settings.py").read_text()

    named = re.findall(r"DASHBOARD_([A-Z_]+)", TEMPLATE.read_text())

    assert len(named) >= 4
    assert all(f"{name.lower()}:" in settings for name in named)


def test_the_repair_policy_allows_each_write_that_a_repair_says_it_needs():
    """Keys, tables and account settings belong to others: their owners grant them."""
    needed = {right for rights in NEEDS.values() for right in rights}
    others = {n for n in needed if n.startswith(("kms:", "dynamodb:")) or "PublicAccessBlock" in n}
    allowed = set(re.findall(r"- ((?:s3|cloudfront):\w+)", TEMPLATE.read_text()))
    policy = TEMPLATE.read_text().partition("  RepairPolicy:")[2].partition("Outputs:")[0]
    assert "Condition: Repairs" in policy
    assert needed - others <= set(re.findall(r"- ((?:s3|cloudfront):\w+)", policy)) <= allowed


@pytest.fixture(scope="module")
def root(emulator):
    return emulator.root_clients()


@pytest.fixture(scope="module")
def bucket(emulator):
    return emulator.stack.media_bucket


@pytest.fixture(scope="module")
def distribution(emulator, root):
    found = root.cloudfront.get_distribution(Id=emulator.stack.distribution_id)
    return found["Distribution"]["DistributionConfig"]


@pytest.mark.emulator
def test_the_bucket_is_private_versioned_and_encrypted(root, bucket):
    block = root.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    ownership = root.s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    encryption = root.s3.get_bucket_encryption(Bucket=bucket)
    rule = encryption["ServerSideEncryptionConfiguration"]["Rules"][0]

    assert len(block) == 4
    assert all(block.values())
    assert ownership["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert root.s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


@pytest.mark.emulator
def test_the_bucket_forgets_what_nobody_needs(root, bucket):
    rules = root.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    by_id = {rule["ID"]: rule for rule in rules}

    assert all(rule["Status"] == "Enabled" for rule in rules)
    aborting = by_id["abort-incomplete-uploads"]["AbortIncompleteMultipartUpload"]
    assert aborting == {"DaysAfterInitiation": 2}
    assert by_id["expire-incoming"]["Filter"] == {"Prefix": "incoming/"}
    assert by_id["expire-incoming"]["Expiration"] == {"Days": 7}
    noncurrent = by_id["expire-noncurrent-versions"]["NoncurrentVersionExpiration"]
    assert noncurrent["NoncurrentDays"] == 30
    lone = by_id["drop-lone-delete-markers"]["Expiration"]
    assert lone["ExpiredObjectDeleteMarker"] is True


@pytest.mark.emulator
def test_the_site_may_upload_and_read_etags(root, bucket):
    (rule,) = root.s3.get_bucket_cors(Bucket=bucket)["CORSRules"]

    assert rule["AllowedOrigins"] == ["http://localhost:8501", "http://127.0.0.1:8501"]
    assert {"PUT", "POST"} <= set(rule["AllowedMethods"])
    assert rule["ExposeHeaders"] == ["ETag"]


@pytest.mark.emulator
def test_only_this_distribution_may_read_and_only_the_public_prefixes(root, bucket, emulator):
    policy = json.loads(root.s3.get_bucket_policy(Bucket=bucket)["Policy"])
    (statement,) = policy["Statement"]

    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert statement["Action"] == "s3:GetObject"
    readable = (*PUBLIC, "private")  # which only signed requests reach
    assert statement["Resource"] == [f"arn:aws:s3:::{bucket}/{prefix}/*" for prefix in readable]
    arn = statement["Condition"]["StringEquals"]["AWS:SourceArn"]
    assert arn.endswith(f":distribution/{emulator.stack.distribution_id}")


@pytest.mark.emulator
def test_the_distribution_signs_its_requests_to_the_bucket(root, distribution, bucket):
    (origin,) = distribution["Origins"]["Items"]
    control = root.cloudfront.get_origin_access_control(Id=origin["OriginAccessControlId"])
    config = control["OriginAccessControl"]["OriginAccessControlConfig"]

    assert origin["DomainName"].startswith(f"{bucket}.s3.")
    assert origin["S3OriginConfig"]["OriginAccessIdentity"] == ""
    assert (config["SigningBehavior"], config["SigningProtocol"]) == ("always", "sigv4")
    assert config["OriginAccessControlOriginType"] == "s3"


@pytest.mark.emulator
def test_each_public_prefix_has_its_behaviour_with_cache_and_headers(root, distribution):
    behaviors = distribution["CacheBehaviors"]["Items"]

    assert [b["PathPattern"] for b in behaviors] == [f"{p}/*" for p in (*PUBLIC, "private")]
    for behavior in [*behaviors, distribution["DefaultCacheBehavior"]]:
        assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        cache = root.cloudfront.get_cache_policy(Id=behavior["CachePolicyId"])["CachePolicy"]
        assert cache["CachePolicyConfig"]["Name"] == "Managed-CachingOptimized"
        headers = root.cloudfront.get_response_headers_policy(
            Id=behavior["ResponseHeadersPolicyId"]
        )["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
        assert headers["SecurityHeadersConfig"]["ContentTypeOptions"] == {"Override": True}


@pytest.mark.emulator
def test_only_the_private_prefix_asks_for_signatures_of_our_key(root, distribution, emulator):
    signed = {
        b["PathPattern"]: b["TrustedKeyGroups"]["Items"]
        for b in distribution["CacheBehaviors"]["Items"]
        if b.get("TrustedKeyGroups", {}).get("Enabled")
    }
    (group_id,) = signed.pop("private/*")
    group = root.cloudfront.get_key_group(Id=group_id)["KeyGroup"]["KeyGroupConfig"]

    assert signed == {}
    assert group["Items"] == [emulator.stack.cdn_key_id]


@pytest.mark.emulator
def test_the_table_is_protected_and_has_both_indexes(root, emulator):
    name = emulator.stack.records_table
    table = root.dynamodb.describe_table(TableName=name)["Table"]
    backups = root.dynamodb.describe_continuous_backups(TableName=name)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    indexes = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in table["GlobalSecondaryIndexes"]
    }

    assert [key["AttributeName"] for key in table["KeySchema"]] == ["PK", "SK"]
    assert indexes == {"by_parent": ["GSI1PK", "GSI1SK"], "by_change": ["GSI2PK", "GSI2SK"]}
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    assert table["SSEDescription"]["Status"] == "ENABLED"
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_plain_http_is_refused_unless_a_parameter_allows_it():
    text = TEMPLATE.read_text()

    assert re.search(r'DenyInsecureTransport:\n    Type: String\n    Default: "true"', text)
    assert 'aws:SecureTransport: "false"' in text
