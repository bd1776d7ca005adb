"""Whole buckets, listed by prefixes side by side: key, size, time and storage class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from core.aws.errors import translate
from core.aws.parallel import merged

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Entry = tuple[str, str, str, str]  # key, size, last modified, storage class; as text

_PAGE = 1000
_ENOUGH = 8  # prefixes that keep the readers busy
_MOST = 1000  # prefixes; more are not worth a request each
_DEPTH = 3


class BucketLister:
    def __init__(self, client: S3Client, workers: int = 8) -> None:
        self._client: Any = client
        self._workers = workers

    def pages(self, bucket: str) -> Iterator[list[Entry]]:
        """Every current object, a thousand at a time, in no order."""
        with translate("s3"):
            first = self._client.list_objects_v2(Bucket=bucket, MaxKeys=_PAGE)
        if not first.get("IsTruncated"):
            yield _entries(first)
            return
        beside, prefixes = self._split(bucket)
        yield from beside
        yield from merged([partial(self._below, bucket, p) for p in prefixes], self._workers)

    def _split(self, bucket: str) -> tuple[list[list[Entry]], list[str]]:
        """Prefixes that together hold everything but what lies beside them."""
        beside: list[list[Entry]] = []
        prefixes = [""]
        for _ in range(_DEPTH):
            if len(prefixes) >= _ENOUGH:
                break
            deeper: list[str] = []
            around: list[list[Entry]] = []
            for prefix in prefixes:
                for page in self._pages(bucket, prefix, Delimiter="/"):
                    around.append(_entries(page))
                    deeper += [one["Prefix"] for one in page.get("CommonPrefixes") or []]
                    if len(deeper) > _MOST:
                        return beside, prefixes
            prefixes = deeper
            beside += around
        return beside, prefixes

    def _below(self, bucket: str, prefix: str) -> Iterable[list[Entry]]:
        return (_entries(page) for page in self._pages(bucket, prefix))

    def _pages(self, bucket: str, prefix: str, **more: str) -> Iterator[dict[str, Any]]:
        paginator = self._client.get_paginator("list_objects_v2")
        with translate("s3"):
            yield from paginator.paginate(Bucket=bucket, Prefix=prefix, MaxKeys=_PAGE, **more)


def _entries(page: dict[str, Any]) -> list[Entry]:
    return [
        (one["Key"], str(one["Size"]), one["LastModified"].isoformat(),
         one.get("StorageClass") or "STANDARD")
        for one in page.get("Contents") or []
    ]  # fmt: skip
