"""Small accounts to break: one distribution, one private bucket, everything right until changed."""

from __future__ import annotations

import copy
from typing import Any

DIST_ARN = "arn:aws:cloudfront::111122223333:distribution/E1MEDIA"
HOST = "d111111abcdef8.cloudfront.net"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"


def statement(bucket, arn=DIST_ARN, **changes):
    found = {
        "Sid": "AllowCloudFrontServicePrincipal", "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
    }  # fmt: skip
    return {**found, **changes}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def lists(bucket):
    return statement(bucket, Action="s3:ListBucket", Resource=f"arn:aws:s3:::{bucket}")


def thing(key, **changes):
    kind = "image/png" if key.endswith(".png") else "image/jpeg"
    found = {
        "Key": key, "Size": 48213, "ContentType": kind, "ETag": f'"{abs(hash(key)):x}"',
        "LastModified": "2026-11-01T09:00:00Z", "StorageClass": "STANDARD",
        "ServerSideEncryption": "AES256", "OwnerAccountId": "111122223333",
    }  # fmt: skip
    return {**found, **changes}


def bucket(name="acme-media-prod", *keys, **changes):
    blocked = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    found = {
        "Name": name, "Region": "us-east-1", "OwnerAccountId": "111122223333",
        "CreationDate": "2025-03-01T00:00:00Z", "Policy": policy(statement(name)),
        "PublicAccessBlock": blocked, "ObjectOwnership": "BucketOwnerEnforced",
        "Versioning": None, "RequestPayer": "BucketOwner", "Website": None, "Cors": None,
        "Lifecycle": None, "MultipartUploads": [],
        "Objects": [k if isinstance(k, dict) else thing(k) for k in keys],
    }  # fmt: skip
    return {**found, **changes}


def origin(name="s3-media", held="acme-media-prod", **changes):
    found = {
        "Id": name, "DomainName": f"{held}.s3.us-east-1.amazonaws.com", "OriginPath": "",
        "OriginAccessControlId": "E3OACMEDIA", "S3OriginConfig": {"OriginAccessIdentity": ""},
    }  # fmt: skip
    return {**found, **changes}


def custom(**changes):
    shape = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
    return {"OriginAccessControlId": "", "S3OriginConfig": None,
            "CustomOriginConfig": {**shape, **changes}}  # fmt: skip


def behavior(pattern="", target="s3-media", **changes):
    methods = {"Quantity": 2, "Items": ["HEAD", "GET"]}
    found: dict[str, Any] = {
        "TargetOriginId": target, "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {**methods, "CachedMethods": methods}, "Compress": True,
        "CachePolicyId": OPTIMIZED, "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
        "LambdaFunctionAssociations": {"Quantity": 0},
        "FunctionAssociations": {"Quantity": 0, "Items": []},
    }  # fmt: skip
    if pattern:
        found["PathPattern"] = pattern
    return {**found, **changes}


def distribution(origins=None, behaviors=(), default=None, **config):
    made = origins or [origin()]
    shape = {
        "Aliases": {"Quantity": 0, "Items": []}, "DefaultRootObject": "",
        "Origins": {"Quantity": len(made), "Items": made},
        "DefaultCacheBehavior": default or behavior(target=made[0]["Id"]),
        "CacheBehaviors": {"Quantity": len(behaviors), "Items": list(behaviors)},
        "CustomErrorResponses": {"Quantity": 0, "Items": []}, "PriceClass": "PriceClass_All",
        "Enabled": True, "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": "",
    }  # fmt: skip
    top = {k: config.pop(k) for k in ("Id", "ARN", "Status", "DomainName") if k in config}
    return {"Id": "E1MEDIA", "ARN": DIST_ARN, "Status": "Deployed", "DomainName": HOST, **top,
            "DistributionConfig": {**shape, **config}}  # fmt: skip


def function(name, live, development=None, runtime="cloudfront-js-2.0"):
    return {"Name": name, "FunctionARN": f"arn:aws:cloudfront::111122223333:function/{name}",
            "Runtime": runtime, "LiveCode": live, "DevelopmentCode": development or live}  # fmt: skip


def attached(name):
    arn = f"arn:aws:cloudfront::111122223333:function/{name}"
    return {"Quantity": 1, "Items": [{"FunctionARN": arn, "EventType": "viewer-request"}]}


def case(path="/avatars/u1.jpg", held=("avatars/u1.jpg",), *, method="GET", headers=None,
         url=None, country="DE", ip="198.51.100.7", **parts):  # fmt: skip
    """A snapshot; `parts` replace its keys (`buckets`, `distributions`, `db_record`, …)."""
    off = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
    )
    found = {
        "id": "T", "account_id": "111122223333", "now": "2026-11-20T12:00:00Z",
        "request": {
            "Method": method, "Url": f"https://{HOST}{path}" if url is None else url,
            "Headers": headers or {}, "Viewer": {"Country": country, "Ip": ip},
        },
        "account_public_access_block": off, "buckets": [bucket("acme-media-prod", *held)],
        "origin_access_controls": [
            {"Id": "E3OACMEDIA", "OriginAccessControlConfig": {
                "SigningBehavior": "always", "OriginAccessControlOriginType": "s3"}}
        ],
        "distributions": [distribution()], "functions": [], "public_keys": [], "key_groups": [],
        "kms_keys": [], "cache_policies": [], "origin_request_policies": [], "web_acls": [],
        "edge_cache": [], "invalidations": [], "dns": [], "db_record": None,
    }  # fmt: skip
    return copy.deepcopy({**found, **parts})


def facts(table="facts", **attributes):
    return {"table": table, "pk": "x", "attributes": attributes}


def record(**attributes):
    return {"table": "users", "pk": "u1", "attributes": attributes}
