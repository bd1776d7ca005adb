"""The key group that the embedded distribution trusts, and this machine's private key for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.aws.cdn_signing import new_private_key

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

_NAME = "media-dashboard"


@dataclass(frozen=True)
class TrustedKey:
    group_id: str
    key_id: str


def private_key(file: Path) -> str:
    """The PEM in this file, which is made when there is none; only its owner may read it."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(new_private_key())
    return file.read_text()


def ensure_key_group(cloudfront: CloudFrontClient, public_pem: str) -> TrustedKey:
    """The group with exactly this key: the one that is there, else a new one."""
    name = f"{_NAME}-{hashlib.sha256(public_pem.encode()).hexdigest()[:12]}"
    key_id = _named_key(cloudfront, name) or _new_key(cloudfront, name, public_pem)
    return TrustedKey(
        _named_group(cloudfront, name) or _new_group(cloudfront, name, key_id), key_id
    )


def _named_key(cloudfront: CloudFrontClient, name: str) -> str | None:
    items: Any = cloudfront.list_public_keys()["PublicKeyList"].get("Items", [])
    return next((item["Id"] for item in items if item["Name"] == name), None)


def _new_key(cloudfront: CloudFrontClient, name: str, public_pem: str) -> str:
    made = cloudfront.create_public_key(
        PublicKeyConfig={"CallerReference": name, "Name": name, "EncodedKey": public_pem}
    )
    return made["PublicKey"]["Id"]


def _named_group(cloudfront: CloudFrontClient, name: str) -> str | None:
    items: Any = cloudfront.list_key_groups()["KeyGroupList"].get("Items", [])
    groups = (item["KeyGroup"] for item in items)
    return next((g["Id"] for g in groups if g["KeyGroupConfig"]["Name"] == name), None)


def _new_group(cloudfront: CloudFrontClient, name: str, key_id: str) -> str:
    made = cloudfront.create_key_group(KeyGroupConfig={"Name": name, "Items": [key_id]})
    return made["KeyGroup"]["Id"]
