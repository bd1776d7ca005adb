"""Plants the faults that the doctor explains, each as it happens in real accounts.

Everything here is done with the emulator's root clients, as other teams' deployments would do it.
The reported URLs then wait on the Doctor page.
"""

from __future__ import annotations

import io
import json
import secrets
import urllib.parse
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import httpx

from core.dashboard import Dashboard, utc_now
from core.demo.once import once
from core.demo.pictures import landscape
from core.emulator.service import Emulator
from core.model.identity import Actor
from core.model.media import FileQuery, MediaFile

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # AWS's managed cache policy
ACCOUNT = "000000000000"


class Fault(NamedTuple):
    url: str
    note: str
    record: Mapping[str, Any] | None = None


def plant_faults(dashboard: Dashboard, actors: Mapping[str, Actor]) -> None:
    emulator = dashboard.emulator
    if emulator is None:
        return
    support = next(actor for actor in actors.values() if actor.role == "support")
    admin = next(actor for actor in actors.values() if actor.role == "admin")
    faults: dict[str, Callable[[], tuple[Fault, ...]]] = {
        "origin-path": lambda: _repeated_origin_path(emulator),
        "legacy-keys": lambda: _legacy_progress_photos(emulator),
        "source-arn": lambda: _wrong_source_arn(emulator),
        "missing-object": lambda: _missing_object(dashboard, emulator, admin),
        "stale-entry": lambda: _stale_cache_entry(dashboard, emulator, admin),
    }
    for name, plant in faults.items():
        once(dashboard.store, name, partial(_report, dashboard, support, plant))
    emulator.snapshot()


def _report(dashboard: Dashboard, support: Actor, plant: Callable[[], tuple[Fault, ...]]) -> None:
    for fault in plant():
        dashboard.diagnostics.report(support, fault.url, note=fault.note, record=fault.record)


def _repeated_origin_path(emulator: Emulator) -> tuple[Fault, ...]:
    """OriginPath /avatars and stored URLs that begin with /avatars: S3 is asked for both."""
    bucket = "demo-avatars"
    keys = [f"avatars/avatar_u{n}_16900000{n:02}_ab{n:02}.jpg" for n in range(1, 9)]
    domain = _site(emulator, bucket, keys, origin_path="/avatars", tables=("demo-users",))
    row = {"avatarUrl": f"https://{domain}/{keys[0]}"}
    _row_in(emulator, "demo-users", {"userId": "u1"}, row)
    _row_in(emulator, "demo-users", {"userId": "u2"}, {"avatarUrl": ""})
    return (
        Fault(row["avatarUrl"], "Avatar of u1 is broken since the move", _row("u1", row)),
        Fault("", "Profile of u2 shows an empty frame", _row("u2", {"avatarUrl": ""})),
    )


def _row(user: str, attributes: Mapping[str, str]) -> dict[str, Any]:
    value = attributes["avatarUrl"]
    return {"table": "demo-users", "pk": user, "column": "avatarUrl", "value": value}


def _legacy_progress_photos(emulator: Emulator) -> tuple[Fault, ...]:
    """Objects under users/{id}/progress-photos/, URLs under progress-photos/."""
    bucket = "demo-progress-photos"
    legacy = [f"users/u{n}/progress-photos/2026-0{n}-14-front.jpg" for n in range(1, 5)]
    flat = [f"progress-photos/u{n}-2026-09-14-front.jpg" for n in range(1, 5)]
    domain = _site(emulator, bucket, [*legacy, *flat], tables=("demo-photos",))
    url = f"https://{domain}/progress-photos/2026-01-14-front.jpg"
    row = {"s3_key": legacy[0], "url": url}
    _row_in(emulator, "demo-photos", {"PK": "USER#u1", "SK": "PHOTO#1"}, row)
    record = {"table": "demo-photos", "pk": "USER#u1", "sk": "PHOTO#1", "attributes": row}
    return (Fault(url, "Old progress photo of u1 is gone", record),)


def _wrong_source_arn(emulator: Emulator) -> tuple[Fault, ...]:
    """The bucket policy still names the distribution that was replaced."""
    bucket, keys = "demo-press", ["press/launch.jpg", "press/team.jpg"]
    domain = _site(emulator, bucket, keys, policy_for="E9OLDDISTRIBUTION")
    return (Fault(f"https://{domain}/press/launch.jpg", "Press pictures answer 403 since Monday"),)


def _missing_object(dashboard: Dashboard, emulator: Emulator, admin: Actor) -> tuple[Fault, ...]:
    """Somebody emptied a folder with all its versions; the record still says that it is there."""
    file = _picture(dashboard, admin, "harbour", 0)
    s3 = emulator.root_clients().s3
    prefix = file.key.rpartition("/")[0] + "/"
    found = s3.list_object_versions(Bucket=file.bucket, Prefix=prefix)
    for version in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())):
        s3.delete_object(Bucket=file.bucket, Key=version["Key"], VersionId=version["VersionId"])
    dashboard.uploads.recheck(admin, file.id)
    return (Fault(_public_url(emulator, file.key), f"{file.name} does not load for anybody"),)


def _stale_cache_entry(dashboard: Dashboard, emulator: Emulator, admin: Actor) -> tuple[Fault, ...]:
    """Somebody replaced the object under its own key; the edge keeps the old picture for a year."""
    file = _picture(dashboard, admin, "ridge", 1)
    site = f"http://127.0.0.1:{dashboard.settings.port}"
    httpx.get(site + dashboard.cloud.edge.url(file.key)).raise_for_status()
    emulator.root_clients().s3.put_object(
        Bucket=file.bucket,
        Key=file.key,
        Body=landscape(4711, utc_now()),
        ContentType="image/jpeg",
        CacheControl="public, max-age=31536000, immutable",
    )
    note = f"{file.name} was replaced, but the old one shows"
    return (Fault(_public_url(emulator, file.key), note),)


def _picture(dashboard: Dashboard, admin: Actor, text: str, number: int) -> MediaFile:
    return dashboard.library.page(admin, FileQuery(text=text), limit=number + 1).items[number]


def _public_url(emulator: Emulator, key: str) -> str:
    return f"https://{emulator.stack.distribution_domain}/{urllib.parse.quote(key)}"


def _site(
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
    for number, key in enumerate(keys):
        taken_at = utc_now() - timedelta(days=number)
        content = io.BytesIO(landscape(9000 + number, taken_at))
        root.s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="image/jpeg")
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


def _row_in(
    emulator: Emulator, table: str, key: Mapping[str, str], attributes: Mapping[str, str]
) -> None:
    client = emulator.root_clients().dynamodb
    if table not in client.list_tables()["TableNames"]:
        kinds = dict(zip(key, ("HASH", "RANGE"), strict=False))
        client.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": n, "KeyType": kind} for n, kind in kinds.items()],  # type: ignore[typeddict-item]
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in key],
            BillingMode="PAY_PER_REQUEST",
        )
    item = {name: {"S": value} for name, value in {**key, **attributes}.items()}
    client.put_item(TableName=table, Item=item)
