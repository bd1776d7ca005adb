"""A bucket's multipart uploads: begun, signed for part by part, ended or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.aws.errors import translate
from core.aws.s3_signing import SigningBucket
from core.errors import NotFound
from core.model.media import ObjectRef, UploadedPart


@dataclass(frozen=True)
class OpenMultipart:
    key: str
    multipart_id: str
    initiated: datetime


class MultipartBucket(SigningBucket):
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
