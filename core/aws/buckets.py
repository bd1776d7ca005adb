"""Moving objects inside any bucket: list, look, copy with all that belongs to them, hide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from core.aws.errors import translate
from core.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LARGEST_COPY = 5 * 1024**3  # CopyObject's limit
_PART = 512 * 1024**2
# What a viewer or another program can notice of an object; S3 keeps it only where it is repeated.
_KEPT = (
    "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType",
    "Expires", "Metadata", "WebsiteRedirectLocation",
)  # fmt: skip
_STORED_AS = ("StorageClass", "ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")
_CHECKSUMS = ("ChecksumCRC64NVME", "ChecksumSHA256", "ChecksumCRC32C", "ChecksumCRC32",
              "ChecksumSHA1")  # fmt: skip


@dataclass(frozen=True)
class ListedObject:
    key: str
    size: int
    etag: str
    modified: datetime
    storage_class: str = "STANDARD"


@dataclass(frozen=True)
class ObjectFacts:
    """One object as HEAD shows it; `headers` are what a reader gets with it."""

    key: str
    size: int
    etag: str
    headers: Mapping[str, Any]
    stored_as: Mapping[str, Any]
    checksums: Mapping[str, str]
    version_id: str | None = None
    tags: int = 0

    @property
    def storage_class(self) -> str:
        return str(self.stored_as.get("StorageClass") or "STANDARD")


class ObjectMover:
    def __init__(self, client: S3Client, bucket: str) -> None:
        self._s3: Any = client
        self.bucket = bucket

    def listed(self, prefix: str) -> Iterator[ListedObject]:
        with translate("s3"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            for page in pages:
                for item in page.get("Contents", []):
                    yield ListedObject(
                        item["Key"],
                        item["Size"],
                        item["ETag"],
                        item["LastModified"],
                        item.get("StorageClass", "STANDARD"),
                    )

    @translate("s3")
    def keeps_versions(self) -> bool:
        """Whether what is deleted here only gets a delete marker."""
        answer = self._s3.get_bucket_versioning(Bucket=self.bucket)
        return bool(answer.get("Status") == "Enabled")

    @translate("s3")
    def look(self, key: str) -> ObjectFacts:
        """Raise `NotFound` where there is none."""
        answer = self._s3.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        version = answer.get("VersionId")
        return ObjectFacts(
            key=key,
            size=answer["ContentLength"],
            etag=answer["ETag"],
            headers=_given(answer, _KEPT),
            stored_as=_given(answer, _STORED_AS),
            checksums=_given(answer, _CHECKSUMS),
            version_id=None if version == "null" else version,
            tags=answer.get("TagCount", 0),
        )

    def find(self, key: str) -> ObjectFacts | None:
        try:
            return self.look(key)
        except NotFound:
            return None

    @translate("s3")
    def copy(self, source: ObjectFacts, key: str) -> None:
        """With headers, metadata, tags, class and encryption. `Conflict`: `key` is taken already,
        or the source is not the one that was looked at any more.
        """
        if source.size > LARGEST_COPY:
            self._copy_in_parts(source, key)
            return
        self._s3.copy_object(
            Bucket=self.bucket,
            Key=key,
            CopySource=self._source(source),
            CopySourceIfMatch=source.etag,
            IfNoneMatch="*",
            MetadataDirective="COPY",
            TaggingDirective="COPY",
            **source.stored_as,
            **_given(source.headers, ("WebsiteRedirectLocation",)),
        )

    def _copy_in_parts(self, source: ObjectFacts, key: str) -> None:
        upload = self._s3.create_multipart_upload(
            Bucket=self.bucket,
            Key=key,
            Tagging=self._tags(source),
            **source.stored_as,
            **source.headers,
        )["UploadId"]
        parts = []
        for number, start in enumerate(range(0, source.size, _PART), start=1):
            end = min(start + _PART, source.size) - 1
            answer = self._s3.upload_part_copy(
                Bucket=self.bucket,
                Key=key,
                UploadId=upload,
                PartNumber=number,
                CopySource=self._source(source),
                CopySourceIfMatch=source.etag,
                CopySourceRange=f"bytes={start}-{end}",
            )
            parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
        self._s3.complete_multipart_upload(
            Bucket=self.bucket,
            Key=key,
            UploadId=upload,
            IfNoneMatch="*",
            MultipartUpload={"Parts": parts},
        )

    def _tags(self, source: ObjectFacts) -> str:
        if not source.tags:
            return ""
        answer = self._s3.get_object_tagging(Bucket=self.bucket, Key=source.key)
        return urlencode([(tag["Key"], tag["Value"]) for tag in answer["TagSet"]])

    def _source(self, source: ObjectFacts) -> dict[str, str]:
        version = {"VersionId": source.version_id} if source.version_id else {}
        return {"Bucket": self.bucket, "Key": source.key, **version}

    @translate("s3")
    def hide(self, key: str) -> None:
        """Delete the current version. Where the bucket keeps versions it can be brought back."""
        self._s3.delete_object(Bucket=self.bucket, Key=key)

    @translate("s3")
    def bring_back(self, key: str) -> bool:
        """Remove the delete marker that hides `key`; False where none does."""
        answer = self._s3.list_object_versions(Bucket=self.bucket, Prefix=key, MaxKeys=2)
        for marker in answer.get("DeleteMarkers", []):
            if marker["Key"] == key and marker["IsLatest"]:
                self._s3.delete_object(Bucket=self.bucket, Key=key, VersionId=marker["VersionId"])
                return True
        return False


def same_object(source: ObjectFacts, copy: ObjectFacts) -> bool:
    """The same bytes and headers. ETags differ where one was uploaded in parts or is encrypted with
    KMS; then the checksum tells, and without one the size and the copy's own precondition.
    """
    if source.size != copy.size or dict(source.headers) != dict(copy.headers):
        return False
    if source.tags != copy.tags:
        return False
    if source.etag == copy.etag:
        return True
    shared = [name for name in source.checksums if name in copy.checksums]
    whole = [n for n in shared if "-" not in source.checksums[n] + copy.checksums[n]]
    if whole:
        return all(source.checksums[name] == copy.checksums[name] for name in whole)
    return False


def _given(answer: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: answer[name] for name in names if answer.get(name) not in (None, "", {})}
