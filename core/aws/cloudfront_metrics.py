"""CloudFront's metrics in CloudWatch: always us-east-1, with the dimension Region=Global."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from core.aws.errors import translate
from core.model.traffic import EdgeMetric, EdgeSample

# Name, statistic, unit. CacheHitRate and OriginLatency need the additional metrics to be on.
METRICS = (
    ("Requests", "Sum", "requests"),
    ("BytesDownloaded", "Sum", "bytes"),
    ("BytesUploaded", "Sum", "bytes"),
    ("4xxErrorRate", "Average", "percent"),
    ("5xxErrorRate", "Average", "percent"),
    ("TotalErrorRate", "Average", "percent"),
    ("CacheHitRate", "Average", "percent"),
    ("OriginLatency", "Average", "milliseconds"),
)
_HOUR, _DAY = 3600, 86400
_HOURS_KEPT = timedelta(days=14)  # a longer range is asked for by days, to stay within one page


class CloudFrontMetrics:
    """`client` is asked for when it is needed: most runs of the app never need it."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def read(self, distribution_id: str, start: datetime, end: datetime) -> tuple[EdgeMetric, ...]:
        """Every metric, oldest sample first. One without samples is unknown, not 0."""
        period = _HOUR if end - start <= _HOURS_KEPT else _DAY
        queries = [_query(n, distribution_id, period) for n in range(len(METRICS))]
        found: dict[str, list[EdgeSample]] = {query["Id"]: [] for query in queries}
        with translate("cloudwatch"):
            pages = (
                self._client()
                .get_paginator("get_metric_data")
                .paginate(
                    MetricDataQueries=queries,
                    StartTime=start,
                    EndTime=end,
                    ScanBy="TimestampAscending",
                )
            )
            for page in pages:
                for result in page["MetricDataResults"]:
                    pairs = zip(result["Timestamps"], result["Values"], strict=True)
                    found[result["Id"]] += [EdgeSample(at=at, value=value) for at, value in pairs]
        return tuple(
            EdgeMetric(
                name=name, statistic=statistic, unit=unit, period_seconds=period,
                samples=tuple(sorted(found[f"m{n}"], key=lambda one: one.at)),
            )
            for n, (name, statistic, unit) in enumerate(METRICS)
        )  # fmt: skip


def _query(number: int, distribution_id: str, period: int) -> dict[str, Any]:
    name, statistic, _ = METRICS[number]
    return {
        "Id": f"m{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/CloudFront",
                "MetricName": name,
                "Dimensions": [
                    {"Name": "DistributionId", "Value": distribution_id},
                    {"Name": "Region", "Value": "Global"},
                ],
            },
            "Period": period,
            "Stat": statistic,
        },
        "ReturnData": True,
    }
