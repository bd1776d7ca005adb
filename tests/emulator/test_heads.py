"""Which requests make a save necessary, told from their heads."""

from __future__ import annotations

import pytest

from core.emulator.gate import Gate, Head

S3 = "AWS4-HMAC-SHA256 Credential=AKIA1/20261120/us-east-1/s3/aws4_request, SignedHeaders=host"
CDN = S3.replace("/s3/", "/cloudfront/")
PRESIGNED = "X-Amz-Credential=AKIA1%2F20261120%2Fus-east-1%2Fs3%2Faws4_request"
FORM = {"content-type": "multipart/form-data; boundary=b"}


def head(method="GET", path="/", query="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Head(method, path, query, {"host": "127.0.0.1:4566", **named})


def dynamodb(operation):
    return head("POST", x_amz_target=f"DynamoDB_20120810.{operation}", authorization="AWS4 x")


@pytest.mark.parametrize(
    ("request_head", "saves"),
    [
        (head("GET", "/bucket/key", authorization=S3), False),
        (head("PUT", "/bucket/key", authorization=S3), False),
        (head("PUT", "/bucket/key", PRESIGNED), False),
        (Head("POST", "/bucket", "", {"host": "localhost:4566", **FORM}), False),
        (head("PUT", "/bucket", authorization=S3), True),
        (head("PUT", "/bucket", "policy", authorization=S3), True),
        (head("POST", "/bucket", "delete", authorization=S3), True),
        (head("POST", "/2020-05-31/distribution", authorization=CDN), True),
        (head("POST", "/", authorization=S3.replace("/s3/", "/iam/")), True),
        (dynamodb("PutItem"), True),
        (dynamodb("TransactWriteItems"), True),
        (dynamodb("GetItem"), False),
        (dynamodb("Query"), False),
        (dynamodb("DescribeTable"), False),
    ],
)
def test_only_what_is_not_on_disk_already_is_saved(request_head, saves):
    assert request_head.changes_state is saves


@pytest.mark.parametrize(
    ("request_head", "problem"),
    [
        (head(), ""),
        (head(host="localhost:4566"), ""),
        (head(host="d123.cloudfront.net"), ""),
        (head("PUT", host="d123.cloudfront.net", origin="http://evil.example"), ""),
        (head(host="evil.example"), "host not allowed"),
        (head(host="evil.cloudfront.net.example"), "host not allowed"),
        (head(origin="http://localhost:8501"), ""),
        (head(origin="http://evil.example"), "origin not allowed"),
        (head(origin="null"), "origin not allowed"),
        (head(path="/_ministack/reset"), "administration needs the embed token"),
        (head(path="/_embed/snapshot"), "administration needs the embed token"),
        (head(path="/_ministack/reset", x_embed_token="t"), ""),
        (head(path="/_ministack/reset", x_embed_token="T"), "administration needs the embed token"),
        (head(authorization=S3.replace("AKIA1", "test")), "a root key needs the embed token"),
        (head(authorization=S3.replace("AKIA1", "1" * 12)), "a root key needs the embed token"),
        (head(query=PRESIGNED.replace("AKIA1", "test")), "a root key needs the embed token"),
        (head("PUT", "/b/k"), "the request is not signed"),
        (head("PUT", "/b/k", authorization=S3), ""),
        (head(host="evil.example", x_embed_token="t"), "host not allowed"),
    ],
)
def test_the_gate_decides_on_the_head_alone(request_head, problem):
    gate = Gate(4566, "t", frozenset({"http://localhost:8501"}))

    assert gate.refusal(request_head) == problem
