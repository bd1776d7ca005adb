"""Invalidations of one distribution, and how many paths the account has used of its free ones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.aws.cloudfront_writer import CloudFrontWriter
from core.aws.errors import translate

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

COMPLETED = "Completed"
_MOST_READ = 100  # invalidations of others whose paths are read one by one


class Invalidations:
    def __init__(self, client: CloudFrontClient, distribution_id: str) -> None:
        self._client: Any = client
        self._writer = CloudFrontWriter(client)
        self.distribution_id = distribution_id

    def create(self, paths: tuple[str, ...], reference: str) -> str:
        """Its id; the same reference makes no second one."""
        return self._writer.invalidate(self.distribution_id, list(paths), reference)

    def completed(self, invalidation_id: str) -> bool:
        status = self._writer.invalidation_status(self.distribution_id, invalidation_id)
        return status.casefold() == COMPLETED.casefold()

    def others_paths(self, since: datetime, known: Collection[str]) -> tuple[int, bool]:
        """Paths of invalidations that are not `known`, and whether all of them were counted.

        Other distributions of the account use the same free paths: their invalidations count too.
        """
        paths, read = 0, 0
        with translate("cloudfront"):
            for distribution in self._distributions():
                for summary in self._since(distribution, since):
                    if summary["Id"] in known:
                        continue
                    if read == _MOST_READ:
                        return paths, False
                    read += 1
                    paths += self._paths(distribution, str(summary["Id"]))
        return paths, True

    def _distributions(self) -> list[str]:
        pages = self._client.get_paginator("list_distributions").paginate()
        return [
            str(item["Id"]) for page in pages for item in page["DistributionList"].get("Items", ())
        ]

    def _since(self, distribution_id: str, since: datetime) -> list[dict[str, Any]]:
        """Newest first, so that older pages are not read."""
        found: list[dict[str, Any]] = []
        pages = self._client.get_paginator("list_invalidations").paginate(
            DistributionId=distribution_id
        )
        for page in pages:
            items = page["InvalidationList"].get("Items", ())
            fresh = [item for item in items if item["CreateTime"] >= since]
            found += fresh
            if len(fresh) < len(items):
                break
        return found

    def _paths(self, distribution_id: str, invalidation_id: str) -> int:
        answer = self._client.get_invalidation(DistributionId=distribution_id, Id=invalidation_id)
        return int(answer["Invalidation"]["InvalidationBatch"]["Paths"]["Quantity"])
