"""A bucket as it is signed for: addresses that a browser may use without credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.aws.errors import translate
from core.model.media import ObjectRef

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class PresignedPost:
    url: str
    fields: dict[str, str]


class SigningBucket:
    """`signing_endpoint` is where addresses are signed for; `public_prefix` is put in its place."""

    def __init__(
        self, client: S3Client, bucket: str, *, signing_endpoint: str = "", public_prefix: str = ""
    ) -> None:
        self._s3, self.name = client, bucket
        self._signing_endpoint = signing_endpoint.rstrip("/")
        self._public_prefix = public_prefix.rstrip("/")

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
        parameters = {"Bucket": self.name, "Key": key, **version_argument(version_id), **answers}
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


def version_argument(version_id: str | None) -> dict[str, Any]:
    return {"VersionId": version_id} if version_id else {}
