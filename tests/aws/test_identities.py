"""What IAM and Lambda tell the linter, read from moto."""

import json

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.iam import IdentityReader
from core.aws.lambda_urls import FunctionUrlReader
from core.aws.s3_config import BucketReader

WIDE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                   "Action": "sts:AssumeRole"}],
}  # fmt: skip


@pytest.fixture
def clients():
    with mock_aws():
        yield AwsClients("us-east-1", None, "AKIATEST", "secret")


def test_inline_attached_and_own_policies_are_told_with_their_holder(clients):
    iam = clients.iam
    iam.create_user(UserName="app")
    iam.put_user_policy(UserName="app", PolicyName="inline", PolicyDocument=json.dumps(WIDE))
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
    own = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(WIDE))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=own)
    rows = IdentityReader(iam).policies()
    told = {(row["Holder"], row["PolicyName"]): row.get("PolicyDocument") for row in rows}
    assert told["user app", "inline"]["Statement"][0]["Action"] == "s3:*"
    assert told["role worker", "own"] is None
    (document,) = [row["PolicyDocument"] for row in rows if row["Holder"].startswith("policy")]
    assert document["Statement"][0]["Resource"] == "*"


def test_access_keys_are_told_without_their_secret(clients):
    clients.iam.create_user(UserName="app")
    made = clients.iam.create_access_key(UserName="app")["AccessKey"]
    (row,) = IdentityReader(clients.iam).access_keys()
    assert (row["UserName"], row["AccessKeyId"], row["Status"]) == (
        "app",
        made["AccessKeyId"],
        "Active",
    )
    assert made["SecretAccessKey"] not in json.dumps(row)


def test_function_urls_are_told_with_who_may_call_them(clients):
    client = clients.functions("us-east-1")
    url = "https://abc.lambda-url.us-east-1.on.aws/"
    config = {
        "FunctionUrl": url, "AuthType": "NONE", "CreationTime": "2026-01-01T00:00:00Z",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:users",
    }  # fmt: skip
    with Stubber(client) as answers:
        answers.add_response("list_functions", {"Functions": [{"FunctionName": "users"}]}, {})
        answers.add_response(
            "list_function_url_configs", {"FunctionUrlConfigs": [config]}, {"FunctionName": "users"}
        )
        rows = FunctionUrlReader(client).urls()
    assert rows == [{"FunctionName": "users", "FunctionUrl": url, "AuthType": "NONE"}]


def test_a_bucket_that_tells_nobody_of_new_objects_answers_an_empty_object(clients):
    clients.s3.create_bucket(Bucket="media")
    assert BucketReader(clients.s3).notifications("media") == {}


def test_versions_of_several_keys_come_in_one_answer(clients):
    clients.s3.create_bucket(Bucket="media")
    clients.s3.put_bucket_versioning(Bucket="media", VersioningConfiguration={"Status": "Enabled"})
    for key, body in (("a", b"1"), ("a", b"2"), ("b", b"3")):
        clients.s3.put_object(Bucket="media", Key=key, Body=body)
    reader = BucketReader(clients.s3)
    assert sorted(row["Key"] for row in reader.all_versions("media")) == ["a", "a", "b"]
    assert [row["Key"] for row in reader.versions("media", "b")] == ["b"]
