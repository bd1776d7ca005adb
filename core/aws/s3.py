"""One bucket of media in our words: objects, presigned addresses, multipart uploads."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

from core.aws.errors import translate
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


@dataclass(frozen=True)
class PresignedPost:
    url: str
    fields: dict[str, str]


@dataclass(frozen=True)
class OpenMultipart:
    key: str
    multipart_id: str
    initiated: datetime


class MediaBucket:
    """`signing_endpoint` is where addresses are signed for; `public_prefix` is put in its place."""

    def __init__(
        self, client: S3Client, bucket: str, *, signing_endpoint: str = "", public_prefix: str = ""
    ) -> None:
        self._s3, self.name = client, bucket
        self._signing_endpoint = signing_endpoint.rstrip("/")
        self._public_prefix = public_prefix.rstrip("/")

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
        answer = self._s3.head_object(Bucket=self.name, Key=key, **_version(version_id))
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
            **_version(version_id),
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
            pinned = _version(ref.version_id) | ({"IfMatch": ref.etag} if ref.etag else {})
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
        self._s3.delete_object(Bucket=self.name, Key=key, **_version(version_id))

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

    # Addresses that a browser may use without credentials

    @translate("s3")
    def presign_get(
        self,
        key: str,
        *,
        expires: timedelta,
        version_id: str | None = None,
        content_disposition: str = "",
        content_type: str = "",
        cache_control: str = "",
    ) -> str:
        given = {
            "ResponseCacheControl": cache_control,
            "ResponseContentDisposition": content_disposition,
            "ResponseContentType": content_type,
        }
        answers = {name: value for name, value in given.items() if value}
        parameters = {"Bucket": self.name, "Key": key, **_version(version_id), **answers}
        return self._presign("get_object", parameters, expires)

    @translate("s3")
    def presign_post(
        self, key: str, *, content_type: str, size: int, expires: timedelta
    ) -> PresignedPost:
        """A form that takes exactly `size` bytes of `content_type` under exactly `key`."""
        answer = self._s3.generate_presigned_post(
            self.name,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", size, size]],
            ExpiresIn=int(expires.total_seconds()),
        )
        return PresignedPost(self._public(answer["url"]), dict(answer["fields"]))

    def credentials_end(self) -> datetime | None:
        """When the credentials that sign end, and every address signed with them; None: never.

        botocore 1.43 tells it only in `RefreshableCredentials._expiry_time`.
        """
        signer = getattr(self._s3, "_request_signer", None)
        return getattr(getattr(signer, "_credentials", None), "_expiry_time", None)

    # Multipart uploads

    @translate("s3")
    def create_multipart(self, key: str, content_type: str) -> str:
        answer = self._s3.create_multipart_upload(
            Bucket=self.name, Key=key, ContentType=content_type
        )
        return answer["UploadId"]

    @translate("s3")
    def part_url(self, key: str, multipart_id: str, number: int, *, expires: timedelta) -> str:
        parameters = {
            "Bucket": self.name,
            "Key": key,
            "UploadId": multipart_id,
            "PartNumber": number,
        }
        return self._presign("upload_part", parameters, expires)

    @translate("s3")
    def parts(self, key: str, multipart_id: str) -> tuple[UploadedPart, ...]:
        """Raise `NotFound` where the multipart upload was completed or aborted."""
        pages = self._s3.get_paginator("list_parts").paginate(
            Bucket=self.name, Key=key, UploadId=multipart_id
        )
        return tuple(
            UploadedPart(part_number=part["PartNumber"], etag=part["ETag"], size=part["Size"])
            for page in pages
            for part in page.get("Parts", [])
        )

    @translate("s3")
    def complete_multipart(
        self, key: str, multipart_id: str, parts: tuple[UploadedPart, ...]
    ) -> ObjectRef:
        answer = self._s3.complete_multipart_upload(
            Bucket=self.name,
            Key=key,
            UploadId=multipart_id,
            MultipartUpload={
                "Parts": [{"PartNumber": part.part_number, "ETag": part.etag} for part in parts]
            },
        )
        return self._ref(key, answer, sum(part.size for part in parts))

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        """Silent where it is already completed or aborted."""
        try:
            with translate("s3"):
                self._s3.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=multipart_id)
        except NotFound:
            return

    @translate("s3")
    def list_uploads(self, prefix: str) -> tuple[OpenMultipart, ...]:
        """Multipart uploads that were begun and not ended."""
        pages = self._s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.name, Prefix=prefix
        )
        return tuple(
            OpenMultipart(item["Key"], item["UploadId"], item["Initiated"])
            for page in pages
            for item in page.get("Uploads", [])
        )

    def _presign(self, operation: str, parameters: dict[str, Any], expires: timedelta) -> str:
        seconds = int(expires.total_seconds())
        url = self._s3.generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds)
        return self._public(url)

    def _public(self, url: str) -> str:
        endpoint = self._signing_endpoint
        if endpoint and url.startswith(f"{endpoint}/"):
            return self._public_prefix + url[len(endpoint) :]
        return url

    def _ref(self, key: str, answer: Mapping[str, Any], size: int) -> ObjectRef:
        version = answer.get("VersionId")
        return ObjectRef(
            bucket=self.name,
            key=key,
            version_id=version if version != "null" else None,
            etag=answer["ETag"],
            size=size,
        )


def _skip(body: StreamingBody, count: int) -> None:
    while count > 0 and (passed := body.read(min(count, CHUNK))):
        count -= len(passed)


def _version(version_id: str | None) -> dict[str, Any]:
    return {"VersionId": version_id} if version_id else {}


def _only_if(etag: str) -> dict[str, Any]:
    return {"CopySourceIfMatch": etag} if etag else {}


def _copy_source(source: ObjectRef) -> Any:
    return {"Bucket": source.bucket, "Key": source.key, **_version(source.version_id)}


def _size_of(body: IO[bytes]) -> int:
    start = body.tell()
    end = body.seek(0, 2)
    body.seek(start)
    return end - start
