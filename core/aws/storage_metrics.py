"""S3's daily storage metrics in CloudWatch: bytes by storage type, and the number of objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.aws.errors import translate

_LOOK_BACK = timedelta(days=4)  # a sample may be two days late
_DAY = 86_400
_ALL = "AllStorageTypes"


@dataclass(frozen=True)
class Sample:
    """The newest value of one metric; there is no sample where there is no value."""

    storage_type: str
    value: int
    at: datetime


class StorageMetrics:
    """`client` is CloudWatch in the bucket's region."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @translate("cloudwatch")
    def samples(self, bucket: str, now: datetime) -> tuple[Sample, ...]:
        """`AllStorageTypes` is the number of objects, every other type is bytes."""
        pages = self._client.get_paginator("list_metrics").paginate(
            Namespace="AWS/S3", Dimensions=[{"Name": "BucketName", "Value": bucket}]
        )
        known = [metric for page in pages for metric in page["Metrics"]]
        types = {
            one["Value"]: metric["MetricName"]
            for metric in known
            if metric["MetricName"] in {"BucketSizeBytes", "NumberOfObjects"}
            for one in metric["Dimensions"]
            if one["Name"] == "StorageType"
        }
        found = (self._newest(bucket, kind, name, now) for kind, name in sorted(types.items()))
        return tuple(sample for sample in found if sample is not None)

    def _newest(self, bucket: str, kind: str, name: str, now: datetime) -> Sample | None:
        answer = self._client.get_metric_statistics(
            Namespace="AWS/S3",
            MetricName=name,
            Dimensions=[
                {"Name": "BucketName", "Value": bucket},
                {"Name": "StorageType", "Value": kind},
            ],
            StartTime=now - _LOOK_BACK,
            EndTime=now,
            Period=_DAY,
            Statistics=["Average"],
        )
        points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
        if not points:
            return None
        return Sample(kind, round(points[-1]["Average"]), points[-1]["Timestamp"])


def objects_of(samples: tuple[Sample, ...]) -> int | None:
    """The number of objects; None is unknown, never 0."""
    return next((one.value for one in samples if one.storage_type == _ALL), None)


def sizes_of(samples: tuple[Sample, ...]) -> dict[str, int]:
    return {one.storage_type: one.value for one in samples if one.storage_type != _ALL}
