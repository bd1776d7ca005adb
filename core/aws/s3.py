"""One bucket of media in our words: its objects and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from core.aws.errors import translate
from core.aws.s3_multipart import MultipartBucket
from core.aws.s3_signing import version_argument
from core.errors import NotFound
from core.model.media import ObjectRef, UploadedPart

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

CHUNK = 1024 * 1024
LARGEST_COPY = 5 * 1024**3  # CopyObject's limit; larger objects are copied in parts
_COPY_PART = 512 * 1024**2


@dataclass(frozen=True)
class StoredObject:
    """What S3 says of one object."""

    ref: ObjectRef
    last_modified: datetime
    content_type: str = ""
    cache_control: str = ""
    content_disposition: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ServedAs:
    """The headers that S3, and so the CDN, answers with."""

    content_type: str
    cache_control: str = ""
    content_disposition: str = ""

    def arguments(self) -> dict[str, Any]:
        given = {
            "ContentType": self.content_type,
            "CacheControl": self.cache_control,
            "ContentDisposition": self.content_disposition,
        }
        return {name: value for name, value in given.items() if value}


class MediaBucket(MultipartBucket):
    """The objects of a bucket; what it signs and its uploads in parts come with it."""

    def asked_with(self, client: S3Client) -> MediaBucket:
        """The same bucket by another client: one that waits less, for instance."""
        return MediaBucket(
            client, self.name, signing_endpoint=self._signing_endpoint,
            public_prefix=self._public_prefix,
        )  # fmt: skip

    def beside(self, bucket: str) -> MediaBucket:
        """Another bucket of the same account, addressed and signed for in the same way."""
        return MediaBucket(
            self._s3, bucket, signing_endpoint=self._signing_endpoint,
            public_prefix=self._public_prefix,
        )  # fmt: skip

    @translate("s3")
    def check(self) -> None:
        """Raise where the bucket does not answer to the dashboard's credentials."""
        self._s3.head_bucket(Bucket=self.name)

    # Objects

    @translate("s3")
    def head(self, key: str, version_id: str | None = None) -> StoredObject:
        """Raise `NotFound` where there is no such object or version."""
        answer = self._s3.head_object(Bucket=self.name, Key=key, **version_argument(version_id))
        return StoredObject(
            ref=self._ref(key, answer, answer["ContentLength"]),
            last_modified=answer["LastModified"],
            content_type=answer.get("ContentType", ""),
            cache_control=answer.get("CacheControl", ""),
            content_disposition=answer.get("ContentDisposition", ""),
            metadata=answer.get("Metadata", {}),
        )

    def find(self, key: str) -> StoredObject | None:
        try:
            return self.head(key)
        except NotFound:
            return None

    @translate("s3")
    def read_range(self, key: str, start: int, length: int, version_id: str | None = None) -> bytes:
        """At most `length` bytes from `start`; fewer at the end of the object."""
        answer = self._s3.get_object(
            Bucket=self.name,
            Key=key,
            Range=f"bytes={start}-{start + length - 1}",
            **version_argument(version_id),
        )
        with answer["Body"] as body:
            # The emulator answers a version's range with the whole object: never take in all of it.
            if not answer.get("ContentRange"):
                _skip(body, start)
            return body.read(length)

    @translate("s3")
    def open_stream(self, ref: ObjectRef) -> Iterator[bytes]:
        """The pinned bytes in chunks. Raises `Conflict` where the object has another ETag."""
        return self._chunks(ref)

    def _chunks(self, ref: ObjectRef) -> Iterator[bytes]:
        with translate("s3"):
            pinned = version_argument(ref.version_id) | ({"IfMatch": ref.etag} if ref.etag else {})
            answer = self._s3.get_object(Bucket=self.name, Key=ref.key, **pinned)
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(CHUNK)

    @translate("s3")
    def put(
        self,
        key: str,
        body: bytes | IO[bytes],
        served_as: ServedAs,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectRef:
        size = len(body) if isinstance(body, bytes) else _size_of(body)
        answer = self._s3.put_object(
            Bucket=self.name,
            Key=key,
            Body=body,
            Metadata=dict(metadata or {}),
            **served_as.arguments(),
        )
        return self._ref(key, answer, size)

    def carry(
        self, source: ObjectRef, key: str, change: Callable[[ServedAs], ServedAs] | None = None
    ) -> ObjectRef:
        """Copy from whichever bucket, pinned to what is there now, headers and all but `change`."""
        found = self.beside(source.bucket).head(source.key, source.version_id)
        served = ServedAs(found.content_type, found.cache_control, found.content_disposition)
        return self.copy(found.ref, key, change(served) if change else served)

    @translate("s3")
    def copy(self, source: ObjectRef, key: str, served_as: ServedAs) -> ObjectRef:
        """Copy inside S3, with new headers instead of the source's. `source` stays."""
        if source.size > LARGEST_COPY:
            return self._copy_in_parts(source, key, served_as)
        answer = self._s3.copy_object(
            Bucket=self.name,
            Key=key,
            CopySource=_copy_source(source),
            MetadataDirective="REPLACE",
            **_only_if(source.etag),
            **served_as.arguments(),
        )
        etag = answer["CopyObjectResult"]["ETag"]
        return self._ref(key, {"VersionId": answer.get("VersionId"), "ETag": etag}, source.size)

    def _copy_in_parts(self, source: ObjectRef, key: str, served_as: ServedAs) -> ObjectRef:
        upload = self._s3.create_multipart_upload(
            Bucket=self.name, Key=key, **served_as.arguments()
        )["UploadId"]
        try:
            return self.complete_multipart(key, upload, self._parts_of(source, key, upload))
        except BaseException:  # parts without an end are stored, and paid for, unseen
            self.abort_multipart(key, upload)
            raise

    def _parts_of(self, source: ObjectRef, key: str, upload: str) -> tuple[UploadedPart, ...]:
        parts = []
        for number, start in enumerate(range(0, source.size, _COPY_PART), start=1):
            end = min(start + _COPY_PART, source.size) - 1
            answer = self._s3.upload_part_copy(
                Bucket=self.name,
                Key=key,
                UploadId=upload,
                PartNumber=number,
                CopySource=_copy_source(source),
                CopySourceRange=f"bytes={start}-{end}",
                **_only_if(source.etag),
            )
            etag, size = answer["CopyPartResult"]["ETag"], end - start + 1
            parts.append(UploadedPart(part_number=number, etag=etag, size=size))
        return tuple(parts)

    @translate("s3")
    def delete(self, key: str, version_id: str | None = None) -> None:
        """In a versioned bucket only hides the object, unless a version is named."""
        self._s3.delete_object(Bucket=self.name, Key=key, **version_argument(version_id))

    def erase(self, key: str) -> int:
        """Remove every version of exactly this key, for good. Returns how many there were."""
        return self._erase(key, lambda found: found == key)

    def delete_prefix(self, prefix: str, keep: Container[str] = ()) -> int:
        """Remove for good every version of every key under `prefix`, a folder, but `keep`."""
        if not prefix.endswith("/") or prefix == "/":
            raise ValueError(f"{prefix!r} is not a folder: it could name other objects too")
        return self._erase(prefix, lambda key: key not in keep)

    @translate("s3")
    def _erase(self, prefix: str, doomed: Callable[[str], bool]) -> int:
        erased = 0
        pages = self._s3.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=prefix
        )
        for page in pages:
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            erased += self._delete_versions([v for v in found if doomed(v["Key"])])
        return erased

    def _delete_versions(self, versions: Sequence[Any]) -> int:
        names: list[Any] = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]
        if names:
            self._s3.delete_objects(Bucket=self.name, Delete={"Objects": names, "Quiet": True})
        return len(names)

    @translate("s3")
    def list(self, prefix: str, *, start_after: str = "") -> Iterator[StoredObject]:
        """Every object under `prefix` by key; headers are not known from a listing."""
        return self._listed(prefix, start_after)

    def _listed(self, prefix: str, start_after: str) -> Iterator[StoredObject]:
        with translate("s3"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=prefix, StartAfter=start_after
            )
            for page in pages:
                for item in page.get("Contents", []):
                    ref = self._ref(item["Key"], item, item["Size"])
                    yield StoredObject(ref=ref, last_modified=item["LastModified"])


def _skip(body: StreamingBody, count: int) -> None:
    while count > 0 and (passed := body.read(min(count, CHUNK))):
        count -= len(passed)


def _only_if(etag: str) -> dict[str, Any]:
    return {"CopySourceIfMatch": etag} if etag else {}


def _copy_source(source: ObjectRef) -> Any:
    return {"Bucket": source.bucket, "Key": source.key, **version_argument(source.version_id)}


def _size_of(body: IO[bytes]) -> int:
    start = body.tell()
    end = body.seek(0, 2)
    body.seek(start)
    return end - start
