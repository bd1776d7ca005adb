"""What other teams would have deployed: private buckets behind distributions, tables of rows.

Everything is done with the emulator's root clients, as their deployments would do it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.dashboard import utc_now
from core.demo.pictures import landscape
from core.emulator.service import Emulator

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # AWS's managed cache policy
ACCOUNT = "000000000000"
DRAWN = 8  # pictures that are drawn for a site; its other keys repeat them, for a quick start
BATCH = 25  # rows that DynamoDB takes at once


def site(
    emulator: Emulator,
    bucket: str,
    keys: list[str],
    *,
    origin_path: str = "",
    policy_for: str = "",
    tables: tuple[str, ...] = (),
) -> str:
    """A private bucket with pictures and a distribution in front of it; returns its domain.

    `tables` hold rows that refer to it, which a repair may write.
    """
    root = emulator.root_clients()
    root.s3.create_bucket(Bucket=bucket)
    root.s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    drawn = [
        landscape(9000 + n, utc_now() - timedelta(days=n)) for n in range(min(DRAWN, len(keys)))
    ]
    for number, key in enumerate(keys):
        picture = drawn[number % len(drawn)]
        root.s3.put_object(Bucket=bucket, Key=key, Body=picture, ContentType="image/jpeg")
    control = root.cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": f"{bucket}-{secrets.token_hex(4)}",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    made = root.cloudfront.create_distribution(
        DistributionConfig=_distribution(bucket, origin_path, control)  # type: ignore[arg-type]
    )["Distribution"]
    policy = _policy(bucket, policy_for or made["Id"])
    root.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    emulator.let_diagnose(bucket)
    emulator.let_repair(bucket, made["Id"], *tables)
    return made["DomainName"]


def _distribution(bucket: str, origin_path: str, control: str) -> dict[str, Any]:
    methods = {"Quantity": 2, "Items": ["HEAD", "GET"]}
    return {
        "CallerReference": control,
        "Comment": f"Demo: {bucket}",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": bucket,
                    "DomainName": f"{bucket}.s3.us-east-1.amazonaws.com",
                    "OriginPath": origin_path,
                    "OriginAccessControlId": control,
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": bucket,
            "ViewerProtocolPolicy": "redirect-to-https",
            "AllowedMethods": methods | {"CachedMethods": methods},
            "Compress": True,
            "CachePolicyId": CACHING_OPTIMIZED,
        },
    }


def _policy(bucket: str, distribution_id: str) -> dict[str, Any]:
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/{distribution_id}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowCloudFrontServicePrincipal",
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
                "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
            }
        ],
    }


def table(
    emulator: Emulator, name: str, key: Sequence[str], rows: Sequence[Mapping[str, str]]
) -> None:
    """A table with these rows; `key` names its partition key and its sort key, if it has one."""
    client = emulator.root_clients().dynamodb
    if name not in client.list_tables()["TableNames"]:  # an earlier start may have been interrupted
        client.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": n, "KeyType": kind}  # type: ignore[typeddict-item]
                for n, kind in zip(key, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in key],
            BillingMode="PAY_PER_REQUEST",
        )
    for start in range(0, len(rows), BATCH):
        items = [
            {n: {"S": value} for n, value in row.items()} for row in rows[start : start + BATCH]
        ]
        client.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": i}} for i in items]})
