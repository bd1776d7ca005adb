"""Botocore's errors become ours here, by a table; nothing above `core/aws` meets botocore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

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

ERROR_CODES: dict[str, type[DashboardError]] = {
    "404": NotFound,
    "NoSuchKey": NotFound,
    "NoSuchVersion": NotFound,
    "NoSuchUpload": NotFound,
    "NoSuchDistribution": NotFound,
    "NoSuchBucketPolicy": NotFound,
    "NoSuchCORSConfiguration": NotFound,
    "NoSuchLifecycleConfiguration": NotFound,
    "NoSuchPublicAccessBlockConfiguration": NotFound,
    "NoSuchOriginAccessControl": NotFound,
    "NoSuchCloudFrontOriginAccessIdentity": NotFound,
    "NoSuchCachePolicy": NotFound,
    "NoSuchFunctionExists": NotFound,
    "NoSuchOriginRequestPolicy": NotFound,
    "NoSuchPublicKey": NotFound,
    "NoSuchResource": NotFound,
    "NoSuchResponseHeadersPolicy": NotFound,
    "NoSuchWebsiteConfiguration": NotFound,
    "NotFoundException": NotFound,
    "OwnershipControlsNotFoundError": NotFound,
    "WAFNonexistentItemException": NotFound,
    "ResourceNotFoundException": NotFound,
    "NoSuchBucket": Configuration,
    "PermanentRedirect": Configuration,
    "AuthorizationHeaderMalformed": Configuration,
    "IllegalLocationConstraintException": Configuration,
    "403": AwsDenied,
    "AccessDenied": AwsDenied,
    "AccessDeniedException": AwsDenied,
    "AllAccessDisabled": AwsDenied,
    "ExpiredToken": AwsDenied,
    "ExpiredTokenException": AwsDenied,
    "InvalidAccessKeyId": AwsDenied,
    "InvalidClientTokenId": AwsDenied,
    "RequestTimeTooSkewed": AwsDenied,
    "SignatureDoesNotMatch": AwsDenied,
    "UnrecognizedClientException": AwsDenied,
    "409": Conflict,
    "412": Conflict,
    "BucketAlreadyExists": Conflict,
    "ConditionalCheckFailedException": Conflict,
    "ConditionalRequestConflict": Conflict,
    "InvalidIfMatchVersion": Conflict,
    "OperationAborted": Conflict,
    "OriginAccessControlAlreadyExists": Conflict,
    "OriginAccessControlInUse": Conflict,
    "PreconditionFailed": Conflict,
    "RestoreAlreadyInProgress": Conflict,
    "TransactionCanceledException": Conflict,
    "TransactionConflictException": Conflict,
    "EntityTooLarge": TooLarge,
    "MaxMessageLengthExceeded": TooLarge,
    "BadDigest": InvalidInput,
    "EntityTooSmall": InvalidInput,
    "InvalidArgument": InvalidInput,
    "InvalidPart": InvalidInput,
    "InvalidPartOrder": InvalidInput,
    "InvalidRange": InvalidInput,
    "KeyTooLongError": InvalidInput,
    "MalformedPolicy": InvalidInput,
    "MalformedPolicyDocumentException": InvalidInput,
    "ValidationException": InvalidInput,
    "DataUnavailableException": AwsUnavailable,
    "500": AwsUnavailable,
    "503": AwsUnavailable,
    "InternalError": AwsUnavailable,
    "InternalServerError": AwsUnavailable,
    "LimitExceededException": AwsUnavailable,
    "ProvisionedThroughputExceededException": AwsUnavailable,
    "RequestLimitExceeded": AwsUnavailable,
    "RequestTimeout": AwsUnavailable,
    "ServiceUnavailable": AwsUnavailable,
    "SlowDown": AwsUnavailable,
    "Throttling": AwsUnavailable,
    "ThrottlingException": AwsUnavailable,
    "TooManyRequestsException": AwsUnavailable,
}

# Where the permission is not simply `service:Operation`.
PERMISSIONS: dict[str, str] = {
    "CompleteMultipartUpload": "s3:PutObject",
    "CopyObject": "s3:GetObject and s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "DeleteObjects": "s3:DeleteObject and s3:DeleteObjectVersion",
    "GetObject": "s3:GetObject",
    "GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "GetObjectAttributes": "s3:GetObjectAttributes",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject (and s3:ListBucket to be told that an object is missing)",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjectsV2": "s3:ListBucket",
    "ListParts": "s3:ListMultipartUploadParts",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:GetObject and s3:PutObject",
}

_HINTS: dict[type[DashboardError], str] = {
    Conflict: "Load it again and repeat the change.",
    TooLarge: "Send a smaller file.",
    NotFound: "It may have been deleted, or the name is written differently.",
    Configuration: "Compare the bucket, table and region in the settings with the deployed stack.",
    AwsUnavailable: "It is tried again by itself where a job does it; otherwise try again soon.",
    InvalidInput: "Send the request again from the start.",
    DashboardError: "The server's log has AWS's own words.",
}


@contextmanager
def translate(service: str = "") -> Iterator[None]:
    """Context manager and decorator: botocore's errors leave it as ours, with `__cause__` kept.

    `service` is the IAM prefix, such as `s3`, that completes the name of a missing permission.
    """
    try:
        yield
    except ClientError as error:
        raise from_client_error(error, service) from error
    except (NoCredentialsError, PartialCredentialsError, NoRegionError) as error:
        raise Configuration(
            "The dashboard has no usable AWS credentials or no region.",
            hint="Give the process a role, or set AWS_PROFILE or AWS_ACCESS_KEY_ID, and a region.",
        ) from error
    except (
        BotoConnectionError,
        HTTPClientError,
        IncompleteReadError,
        ReadTimeoutError,
        ResponseStreamingError,
    ) as error:
        raise AwsUnavailable("AWS did not answer.", hint=_HINTS[AwsUnavailable]) from error
    except BotoCoreError as error:
        raise DashboardError(
            f"The call to AWS could not be made ({type(error).__name__}).",
            hint=_HINTS[DashboardError],
        ) from error


def from_client_error(error: ClientError, service: str = "") -> DashboardError:
    """Our error for an answer of AWS. An unknown code is judged by its HTTP status."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind = ERROR_CODES.get(code) or _by_status(status)
    operation = error.operation_name
    if kind is AwsDenied:
        return _denied(operation, code, service)
    return kind(f"AWS answered {code or status} to {operation}.", hint=_HINTS[kind])


def _denied(operation: str, code: str, service: str) -> AwsDenied:
    permission = PERMISSIONS.get(operation) or (f"{service}:{operation}" if service else operation)
    return AwsDenied(
        f"AWS refused {operation} to the dashboard's own credentials ({code}).",
        hint=f"Whoever manages the AWS account can allow {permission} in the dashboard's IAM "
        "policy; deploy/template.yaml lists all.",
    )


def _by_status(status: int) -> type[DashboardError]:
    if status >= 500 or status == 429:
        return AwsUnavailable
    by_status = {401: AwsDenied, 403: AwsDenied, 404: NotFound, 409: Conflict, 412: Conflict}
    return by_status.get(status, DashboardError)
