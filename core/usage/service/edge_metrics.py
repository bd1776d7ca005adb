"""CloudFront's own numbers; where AWS refuses them, the last good ones with the reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from core.aws.cloudfront_metrics import CloudFrontMetrics
from core.errors import DashboardError
from core.model.traffic import EdgeMetrics
from core.stores.jobs import problem_of
from core.usage.traffic import age_of


class LastMetrics:
    """`source` is None where the distribution is not one that CloudWatch knows."""

    def __init__(self, source: CloudFrontMetrics | None, distribution_id: str) -> None:
        self._source, self._distribution_id = source, distribution_id
        self._last = dict[tuple[date, date], EdgeMetrics]()

    def read(self, first: date, last: date, now: datetime) -> EdgeMetrics:
        start = datetime.combine(first, time(), UTC)
        end = min(now, datetime.combine(last + timedelta(days=1), time(), UTC))
        source = self._source if start < end else None  # the future has no numbers
        none = EdgeMetrics(distribution_id=self._distribution_id, asked_at=now)
        try:
            found = source.read(self._distribution_id, start, end) if source else ()
        except DashboardError as error:
            before = self._last.get((first, last)) or none
            return before.model_copy(
                update={"problem": problem_of(error), "age_seconds": age_of(before.metrics, now)}
            )
        metrics = none.model_copy(update={"metrics": found, "age_seconds": age_of(found, now)})
        self._last = {(first, last): metrics}
        return metrics
