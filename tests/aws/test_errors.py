"""Botocore's errors arrive as ours, with the right advice and the cause kept."""

import botocore.exceptions as bx
import pytest

from core.aws.errors import ERROR_CODES, translate
from core.errors import (
    AwsDenied,
    AwsUnavailable,
    Configuration,
    Conflict,
    DashboardError,
    InvalidInput,
    NotFound,
    TooLarge,
)


def client_error(code, status=400, operation="GetObject"):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return bx.ClientError(answer, operation)


def translated(error, service="s3"):
    with pytest.raises(DashboardError) as caught, translate(service):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NoSuchKey", NotFound),
        ("404", NotFound),
        ("NoSuchBucket", Configuration),
        ("AccessDenied", AwsDenied),
        ("403", AwsDenied),
        ("SlowDown", AwsUnavailable),
        ("ThrottlingException", AwsUnavailable),
        ("PreconditionFailed", Conflict),
        ("ConditionalCheckFailedException", Conflict),
        ("EntityTooLarge", TooLarge),
        ("InvalidPart", InvalidInput),
    ],
)
def test_a_code_becomes_the_error_of_the_table(code, kind):
    error = translated(client_error(code))
    assert type(error) is kind
    assert error.hint


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, AwsUnavailable),
        (429, AwsUnavailable),
        (404, NotFound),
        (403, AwsDenied),
        (412, Conflict),
    ],
)
def test_an_unknown_code_is_judged_by_its_status(status, kind):
    assert type(translated(client_error("Odd", status))) is kind


def test_an_unknown_code_with_an_odd_status_stays_a_general_error():
    assert type(translated(client_error("Odd", 418))) is DashboardError


def test_a_refusal_names_the_call_and_the_missing_permission():
    error = translated(client_error("AccessDenied", 403, "ListObjectVersions"))
    assert "ListObjectVersions" in error.message
    assert "s3:ListBucketVersions" in error.hint
    other = translated(client_error("AccessDenied", 403, "GetDistribution"), "cloudfront")
    assert "cloudfront:GetDistribution" in other.hint


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (bx.EndpointConnectionError(endpoint_url="http://x"), AwsUnavailable),
        (bx.ConnectTimeoutError(endpoint_url="http://x"), AwsUnavailable),
        (bx.ReadTimeoutError(endpoint_url="http://x"), AwsUnavailable),
        (bx.ConnectionClosedError(endpoint_url="http://x"), AwsUnavailable),
        (bx.ResponseStreamingError(error="cut"), AwsUnavailable),
        (bx.IncompleteReadError(actual_bytes=1, expected_bytes=2), AwsUnavailable),
        (bx.NoCredentialsError(), Configuration),
        (bx.NoRegionError(), Configuration),
        (bx.ParamValidationError(report="bad"), DashboardError),
    ],
)
def test_a_failed_call_becomes_ours(error, kind):
    assert type(translated(error)) is kind


def test_our_own_errors_pass_untouched():
    with pytest.raises(Conflict, match="mine"), translate("s3"):
        raise Conflict("mine")


def test_every_kind_in_the_table_is_ours():
    assert all(issubclass(kind, DashboardError) for kind in ERROR_CODES.values())
