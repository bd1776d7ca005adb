"""What a bucket is set to, and a little of what it holds, in the shapes of the S3 API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.aws.errors import translate
from core.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Shape = dict[str, Any]
_HEAD_FIELDS = (
    "ContentType", "ContentDisposition", "ContentEncoding", "CacheControl", "ETag", "LastModified",
    "ServerSideEncryption", "SSEKMSKeyId", "SSECustomerAlgorithm", "VersionId", "Restore",
    "ArchiveStatus",
)  # fmt: skip


class BucketReader:
    """One method per read. Where S3 says "not configured", the answer is None."""

    def __init__(self, client: S3Client) -> None:
        self._client: Any = client

    def region(self, bucket: str) -> str:
        with translate("s3"):
            found = self._client.get_bucket_location(Bucket=bucket).get("LocationConstraint")
        return "eu-west-1" if found == "EU" else found or "us-east-1"

    def policy(self, bucket: str) -> Shape | None:
        try:
            with translate("s3"):
                found: Shape = json.loads(self._client.get_bucket_policy(Bucket=bucket)["Policy"])
        except NotFound:
            return None
        return found

    def public_access_block(self, bucket: str) -> Shape | None:
        try:
            with translate("s3"):
                answer = self._client.get_public_access_block(Bucket=bucket)
        except NotFound:
            return None
        found: Shape = answer["PublicAccessBlockConfiguration"]
        return found

    def ownership(self, bucket: str) -> str | None:
        try:
            with translate("s3"):
                answer = self._client.get_bucket_ownership_controls(Bucket=bucket)
        except NotFound:
            return None
        return str(answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"])

    def versioning(self, bucket: str) -> str | None:
        with translate("s3"):
            found: str | None = self._client.get_bucket_versioning(Bucket=bucket).get("Status")
            return found

    def request_payer(self, bucket: str) -> str:
        with translate("s3"):
            return str(self._client.get_bucket_request_payment(Bucket=bucket).get("Payer"))

    def website(self, bucket: str) -> Shape | None:
        try:
            with translate("s3"):
                answer: Shape = self._client.get_bucket_website(Bucket=bucket)
        except NotFound:
            return None
        answer.pop("ResponseMetadata", None)
        return answer

    def cors(self, bucket: str) -> list[Shape] | None:
        try:
            with translate("s3"):
                found: list[Shape] = self._client.get_bucket_cors(Bucket=bucket)["CORSRules"]
        except NotFound:
            return None
        return found

    def lifecycle(self, bucket: str) -> list[Shape] | None:
        try:
            with translate("s3"):
                answer = self._client.get_bucket_lifecycle_configuration(Bucket=bucket)
        except NotFound:
            return None
        found: list[Shape] = answer["Rules"]
        return found

    def notifications(self, bucket: str) -> Shape:
        """Who is told of new objects; empty lists are left out, so {} means nobody."""
        with translate("s3"):
            answer: Shape = self._client.get_bucket_notification_configuration(Bucket=bucket)
        return {kind: rows for kind, rows in answer.items() if kind != "ResponseMetadata"}

    def head(self, bucket: str, key: str) -> Shape | None:
        """The object's own headers; None where it does not exist."""
        try:
            with translate("s3"):
                answer = self._client.head_object(Bucket=bucket, Key=key)
        except NotFound:
            return None
        shown = {name: answer[name] for name in _HEAD_FIELDS if name in answer}
        stored = answer.get("StorageClass") or "STANDARD"  # S3 leaves STANDARD out
        return {"Key": key, "Size": answer["ContentLength"], "StorageClass": stored, **shown}

    def keys(self, bucket: str, prefix: str = "", limit: int = 1000) -> tuple[list[Shape], bool]:
        """Objects under a prefix in the listing's own fields, and whether that was all."""
        with translate("s3"):
            answer = self._client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=limit)
        fields = ("Key", "Size", "ETag", "LastModified", "StorageClass")
        found = [{f: o[f] for f in fields if f in o} for o in answer.get("Contents") or []]
        return found, not answer.get("IsTruncated")

    def versions(self, bucket: str, key: str) -> list[Shape]:
        """Versions and delete markers of exactly this key."""
        return [one for one in self.all_versions(bucket, key, limit=20) if one["Key"] == key]

    def all_versions(self, bucket: str, prefix: str = "", limit: int = 1000) -> list[Shape]:
        """Versions and delete markers of the first keys under a prefix."""
        with translate("s3"):
            answer = self._client.list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=limit)
        return [
            {
                "Key": one["Key"],
                "VersionId": one["VersionId"],
                "IsLatest": one["IsLatest"],
                "DeleteMarker": kind == "DeleteMarkers",
                "LastModified": one["LastModified"],
                "ETag": one.get("ETag"),
                "Size": one.get("Size"),
            }
            for kind in ("Versions", "DeleteMarkers")
            for one in answer.get(kind) or []
        ]

    def uploads(self, bucket: str, key: str) -> list[Shape]:
        """Multipart uploads of exactly this key that were never completed."""
        with translate("s3"):
            answer = self._client.list_multipart_uploads(Bucket=bucket, Prefix=key)
        found = answer.get("Uploads") or []
        return [
            {"Key": one["Key"], "UploadId": one["UploadId"], "Initiated": one.get("Initiated")}
            for one in found if one["Key"] == key
        ]  # fmt: skip
