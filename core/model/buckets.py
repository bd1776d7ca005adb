"""S3 and KMS as their APIs describe them: policies, objects, buckets, keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    model_validator,
)

from core.model.aws_noun import AwsNoun, Text, items_of, listed, mapping


class Statement(AwsNoun):
    """One statement of a resource policy, exactly as written."""

    sid: Text = ""
    effect: str = "Deny"
    principal: Any = None
    not_principal: Any = None
    action: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    not_action: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    resource: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    not_resource: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    condition: dict[str, dict[str, Any]] = Field(default_factory=dict)


def _statements(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class BucketPolicy(AwsNoun):
    version: str = ""
    statement: Annotated[tuple[Statement, ...], BeforeValidator(_statements)] = ()


def _document(value: Any) -> Any:
    """GetBucketPolicy and GetKeyPolicy answer the document as a string."""
    return json.loads(value) if isinstance(value, str) and value.strip() else value or None


PolicyDocument = Annotated[BucketPolicy | None, BeforeValidator(_document)]


class PublicAccessBlock(AwsNoun):
    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False


def _http_date(value: Any) -> str:
    """An ISO time as HTTP headers write it, or an empty string."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


class S3Object(AwsNoun):
    key: str
    size: int | None = None
    content_type: str | None = None
    content_disposition: str | None = None
    content_encoding: str | None = None
    cache_control: str | None = None
    website_redirect_location: str | None = None
    etag: str | None = Field(None, alias="ETag")
    last_modified: AwareDatetime | None = None
    storage_class: str | None = "STANDARD"
    archive_status: str | None = None
    restore: str | None = None
    server_side_encryption: str | None = None
    ssekms_key_id: str | None = Field(None, alias="SSEKMSKeyId")
    sse_customer_algorithm: str | None = Field(None, alias="SSECustomerAlgorithm")
    owner_account_id: str | None = None
    acl: Any = None
    version_id: str | None = None
    is_latest: bool = True
    delete_marker: bool = False
    is_delete_marker: bool = False
    metadata: dict[str, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def _restore_as_heads_say_it(cls, value: Any) -> Any:
        """Listings tell of a restore by `RestoreStatus`, a HEAD by a header; one is enough."""
        told = mapping(value.get("RestoreStatus")) if isinstance(value, dict) else {}
        if not told or value.get("Restore"):
            return value
        ongoing = str(bool(told.get("IsRestoreInProgress"))).lower()
        ends = _http_date(told.get("RestoreExpiryDate"))
        expiry = f', expiry-date="{ends}"' if ends else ""
        started = ends or ongoing == "true"
        return {**value, "Restore": f'ongoing-request="{ongoing}"{expiry}' if started else None}

    @property
    def has_customer_key(self) -> bool:
        """Encrypted with a key that only the uploader has; reports name it SSE-C."""
        named = (self.server_side_encryption or "").upper().replace("_", "-")
        return bool(self.sse_customer_algorithm) or "SSE-C" in named

    @property
    def deleted(self) -> bool:
        return self.delete_marker or self.is_delete_marker


def _with_versions(value: Any) -> Any:
    """The rows of ListObjectVersions among the objects; what is deleted there is not current."""
    rows = [dict(r) for r in items_of(value.get("Objects")) or () if isinstance(r, dict)]
    versions = items_of(value.get("Versions") or value.get("ObjectVersions")) or ()
    gone = [
        {**r, "IsDeleteMarker": True} for r in items_of(value.get("DeleteMarkers")) or ()
        if isinstance(r, dict)
    ]  # fmt: skip
    deleted = {r.get("Key") for r in gone if r.get("IsLatest", True)}
    listed = {r.get("Key") for r in rows}
    older = [
        {**r, "IsLatest": r.get("IsLatest", True) and r.get("Key") not in deleted}
        for r in versions
        if isinstance(r, dict) and not (r.get("IsLatest", True) and r.get("Key") in listed)
    ]
    for row in rows:
        if row.get("Key") in deleted:
            row["IsLatest"] = False
    return {**value, "Objects": [*rows, *older, *gone]}


class Bucket(AwsNoun):
    name: str
    region: str = ""
    owner_account_id: str = ""
    creation_date: AwareDatetime | None = None
    policy: PolicyDocument = None
    public_access_block: PublicAccessBlock | None = None
    object_ownership: str | None = None
    versioning: Any = None
    request_payer: str | None = None
    website: dict[str, Any] | None = None
    cors: Any = None
    lifecycle: Any = None
    objects: Annotated[tuple[S3Object, ...], BeforeValidator(items_of)] = ()
    multipart_uploads: Annotated[tuple[dict[str, Any], ...], BeforeValidator(items_of)] = ()
    notifications: dict[str, Any] | None = None  # who is told of new objects
    missing_keys: tuple[str, ...] = ()  # a HEAD said that they do not exist
    listing_complete: bool = True  # False where the capture looked only at some prefixes

    @model_validator(mode="before")
    @classmethod
    def _versions_among_the_objects(cls, value: Any) -> Any:
        named = ("Versions", "ObjectVersions", "DeleteMarkers")
        told = isinstance(value, dict) and any(value.get(name) for name in named)
        return _with_versions(value) if told else value


class KmsKey(AwsNoun):
    key_id: str = ""
    arn: str = ""
    key_state: str = "Enabled"
    key_manager: str = "CUSTOMER"
    policy: PolicyDocument = None
