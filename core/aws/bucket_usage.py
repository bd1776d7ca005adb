"""What storage usage asks of S3 beside the listing: inventory reports and unfinished uploads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.aws.errors import translate
from core.errors import NotFound

_CHUNK = 1 << 20


@dataclass(frozen=True)
class OpenUpload:
    key: str
    upload_id: str
    initiated: datetime
    storage_class: str
    parts: int
    bytes: int


class BucketUsage:
    def __init__(self, client: Any, bucket: str) -> None:
        self._s3, self.bucket = client, bucket

    @translate("s3")
    def region(self) -> str:
        place = self._s3.get_bucket_location(Bucket=self.bucket).get("LocationConstraint") or ""
        return {"": "us-east-1", "EU": "eu-west-1"}.get(place, str(place))

    # --- unfinished uploads -----------------------------------------------------------------

    def open_uploads(self, workers: int = 16) -> tuple[tuple[OpenUpload, ...], int]:
        """With the bytes of their parts; and how many LIST requests that took."""
        with translate("s3"):
            pages = list(
                self._s3.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket)
            )
        uploads = [one for page in pages for one in page.get("Uploads", [])]
        with ThreadPoolExecutor(workers) as pool:
            found = [one for one in pool.map(self._counted, uploads) if one is not None]
        return tuple(one for one, _ in found), len(pages) + sum(asked for _, asked in found)

    def _counted(self, upload: dict[str, Any]) -> tuple[OpenUpload, int] | None:
        """None where it was completed or aborted meanwhile."""
        try:
            with translate("s3"):
                pages = list(self._s3.get_paginator("list_parts").paginate(
                    Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                ))  # fmt: skip
        except NotFound:
            return None
        sizes = [part["Size"] for page in pages for part in page.get("Parts", [])]
        found = OpenUpload(
            upload["Key"], upload["UploadId"], upload["Initiated"],
            upload.get("StorageClass") or "STANDARD", len(sizes), sum(sizes),
        )  # fmt: skip
        return found, len(pages)

    # --- inventory reports ------------------------------------------------------------------

    @translate("s3")
    def inventories(self) -> tuple[tuple[str, str], ...]:
        """Bucket and prefix of each enabled report; its manifests lie in dated folders below."""
        found: list[tuple[str, str]] = []
        more: dict[str, str] = {}
        while True:
            answer = self._s3.list_bucket_inventory_configurations(Bucket=self.bucket, **more)
            for one in answer.get("InventoryConfigurationList", []):
                place = one["Destination"]["S3BucketDestination"]
                start = f"{place['Prefix'].rstrip('/')}/" if place.get("Prefix") else ""
                if one["IsEnabled"]:
                    found.append(
                        (place["Bucket"].rpartition(":")[2], f"{start}{self.bucket}/{one['Id']}/")
                    )
            if not answer.get("NextContinuationToken"):
                return tuple(found)
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def manifests(self, bucket: str, prefix: str) -> Iterator[str]:
        """Keys of the manifests, the newest first."""
        dated = []
        with translate("s3"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=f"{prefix}2", Delimiter="/"
            )
            for page in pages:
                dated += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
        yield from (f"{folder}manifest.json" for folder in sorted(dated, reverse=True))

    @translate("s3")
    def read(self, bucket: str, key: str) -> bytes:
        body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    @translate("s3")
    def fetch(self, bucket: str, key: str, target: Path) -> tuple[int, str]:
        """Write an object to a file; how many bytes came, and their MD5."""
        md5, size = hashlib.md5(usedforsecurity=False), 0
        body = self._s3.get_object(Bucket=bucket, Key=key)["Body"]
        with target.open("wb") as file:
            for chunk in body.iter_chunks(_CHUNK):
                file.write(chunk)
                md5.update(chunk)
                size += len(chunk)
        return size, md5.hexdigest()
