"""The IAM user that the app works as inside the emulator, with the template's policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.emulator.stack import StackOutputs

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

USER_NAME = "dashboard"


@dataclass(frozen=True)
class AppKey:
    access_key: str
    secret_key: str


def ensure_user(iam: IAMClient, outputs: StackOutputs, known: Mapping[str, Any]) -> AppKey:
    """The user's key: the known one where the emulator knows it too, else a new one."""
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName=USER_NAME)
    _attach_exactly(iam, {outputs.app_policy, outputs.doctor_policy, outputs.repair_policy} - {""})
    existing = {
        item["AccessKeyId"]
        for item in iam.list_access_keys(UserName=USER_NAME)["AccessKeyMetadata"]
    }
    if known.get("access_key") in existing:
        return AppKey(**known)
    for key in existing:  # of a start that ended before it could write the key down
        iam.delete_access_key(UserName=USER_NAME, AccessKeyId=key)
    made = iam.create_access_key(UserName=USER_NAME)["AccessKey"]
    return AppKey(made["AccessKeyId"], made["SecretAccessKey"])


def grant_diagnosis(iam: IAMClient, bucket: str) -> None:
    """Let the user list and read the objects of one more bucket."""
    statement = {
        "Effect": "Allow",
        "Action": [
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "s3:GetBucketLocation",
            "s3:GetInventoryConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:ListMultipartUploadParts",
            "s3:GetObject",
            "s3:GetObjectVersion",
        ],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    iam.put_user_policy(
        UserName=USER_NAME,
        PolicyName=f"diagnose-{bucket}",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def grant_repair(
    iam: IAMClient, bucket: str, distribution: str, tables: Sequence[str] = ()
) -> None:
    """Let the user change one more bucket, its distribution, and the rows of some tables."""
    settings = ["Policy", "CORS", "OwnershipControls", "RequestPayment"]
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Action": [
                *(f"s3:PutBucket{name}" for name in settings),
                "s3:DeleteBucketPolicy",
                "s3:PutObject",
                "s3:GetObjectTagging",
                "s3:PutObjectTagging",
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:RestoreObject",
            ],
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        },
        {
            "Effect": "Allow",
            "Action": ["cloudfront:UpdateDistribution", "cloudfront:CreateInvalidation"],
            "Resource": [f"arn:aws:cloudfront::*:distribution/{distribution}"],
        },
    ]
    if tables:
        statements.append(
            {
                "Effect": "Allow",
                "Action": [
                    "dynamodb:DescribeTable",
                    "dynamodb:GetItem",
                    "dynamodb:Scan",
                    "dynamodb:UpdateItem",
                ],
                "Resource": [f"arn:aws:dynamodb:*:*:table/{table}" for table in tables],
            }
        )
    iam.put_user_policy(
        UserName=USER_NAME,
        PolicyName=f"repair-{bucket}",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )


def _attach_exactly(iam: IAMClient, wanted: set[str]) -> None:
    attached = {
        item["PolicyArn"]
        for item in iam.list_attached_user_policies(UserName=USER_NAME)["AttachedPolicies"]
    }
    for arn in sorted(wanted - attached):
        iam.attach_user_policy(UserName=USER_NAME, PolicyArn=arn)
    for arn in sorted(attached - wanted):
        iam.detach_user_policy(UserName=USER_NAME, PolicyArn=arn)
