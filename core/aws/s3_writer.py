"""Changes of a bucket's settings and of single objects, each as small as the API allows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.aws.errors import translate
from core.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Shape = dict[str, Any]
_KEPT = ("Metadata", "ContentLanguage", "StorageClass", "WebsiteRedirectLocation")


class BucketWriter:
    """S3 has no ETag for settings: whoever writes one has read it just before."""

    def __init__(self, client: S3Client) -> None:
        self._client: Any = client

    # Settings; an empty value removes the setting

    @translate("s3")
    def put_policy(self, bucket: str, policy: Shape | None) -> None:
        if policy and policy.get("Statement"):
            self._client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        else:
            self._client.delete_bucket_policy(Bucket=bucket)

    @translate("s3")
    def put_cors(self, bucket: str, rules: list[Shape]) -> None:
        if rules:
            self._client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
        else:
            self._client.delete_bucket_cors(Bucket=bucket)

    @translate("s3")
    def put_ownership(self, bucket: str, ownership: str | None) -> None:
        if ownership:
            rules = {"Rules": [{"ObjectOwnership": ownership}]}
            self._client.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)
        else:
            self._client.delete_bucket_ownership_controls(Bucket=bucket)

    @translate("s3")
    def put_request_payer(self, bucket: str, payer: str) -> None:
        self._client.put_bucket_request_payment(
            Bucket=bucket, RequestPaymentConfiguration={"Payer": payer}
        )

    @translate("s3")
    def put_public_access_block(self, bucket: str, flags: Shape) -> None:
        self._client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=flags)

    # Objects

    def copy_as_new(self, source: str, target: str, etag: str) -> str:
        """Copy `bucket/key` with its served headers; its version. `Conflict` where one is there."""
        bucket, _, key = target.partition("/")
        from_bucket, _, from_key = source.partition("/")
        again = "Diagnose the URL again."
        if self._exists(bucket, key):
            raise Conflict(f"{target} exists by now. Nothing was overwritten.", hint=again)
        with translate("s3"):
            held = self._client.head_object(Bucket=from_bucket, Key=from_key)["ETag"]
        if held != etag:
            raise Conflict(f"{source} is another object by now. It was not copied.", hint=again)
        with translate("s3"):
            answer = self._client.copy_object(
                Bucket=bucket,
                Key=key,
                CopySource={"Bucket": from_bucket, "Key": from_key},
                CopySourceIfMatch=etag,
                IfNoneMatch="*",
            )
        return str(answer.get("VersionId") or "")

    @translate("s3")
    def _exists(self, bucket: str, key: str) -> bool:
        answer = self._client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        return any(one["Key"] == key for one in answer.get("Contents") or ())

    @translate("s3")
    def copy_onto_itself(self, bucket: str, key: str, headers: Shape, etag: str) -> None:
        """The same bytes with these headers and this encryption; everything else is kept."""
        held = self._client.head_object(Bucket=bucket, Key=key)
        given = {name: held[name] for name in _KEPT if held.get(name)} | headers
        self._client.copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": bucket, "Key": key},
            CopySourceIfMatch=etag,
            MetadataDirective="REPLACE",
            **{name: value for name, value in given.items() if value},
        )

    @translate("s3")
    def delete(self, bucket: str, key: str, version_id: str = "") -> None:
        """One version (or delete marker) for good; without a version, a versioned key is hidden."""
        version = {"VersionId": version_id} if version_id else {}
        self._client.delete_object(Bucket=bucket, Key=key, **version)

    @translate("s3")
    def restore_archived(self, bucket: str, key: str, tier: str, days: int | None) -> None:
        """`days` only for the Glacier classes; Intelligent-Tiering moves the object back itself."""
        request: Shape = {"GlacierJobParameters": {"Tier": tier}}
        if days:
            request["Days"] = days
        self._client.restore_object(Bucket=bucket, Key=key, RestoreRequest=request)
