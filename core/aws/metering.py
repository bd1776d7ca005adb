"""Counts the dashboard's own AWS calls that cost money, before each is made.

A guard may refuse a call that is optional: scans, Cost Explorer, Athena, metrics. Counts are by UTC
day and in units of the price sheet; whoever keeps them takes them with `drain`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import Any

_FREE = ("Delete", "Abort")
_WRITES = ("Put", "Copy", "Create", "Complete", "Upload", "List", "Restore")
_ALWAYS_OPTIONAL = ("ce", "athena", "cloudwatch")
_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
_TB = Decimal(2**40)
_LEAST_SCANNED = 10 * 1024 * 1024  # bytes that Athena bills of any query
_REMEMBERED = 1000
_METRICS = "metered_metrics"


@dataclass(frozen=True)
class Metered:
    """`count` in the unit of the price sheet's `line`."""

    day: date
    line: str
    region: str
    call: str
    count: Decimal
    optional: bool


Key = tuple[date, str, str, str]
Guard = Callable[[Metered], None]


class CallMeter:
    """One for all clients; safe in threads. `guard` raises where a call must not be made."""

    def __init__(self, clock: Callable[[], datetime], guard: Guard | None = None) -> None:
        self._clock, self.guard = clock, guard
        self._counts: Counter[Key] = Counter()
        self._lock = Lock()
        self._queries: deque[str] = deque(maxlen=_REMEMBERED)

    def attach(self, client: Any, *, optional: bool) -> None:
        """`optional`: nobody waits for this client's calls, so a spent budget may stop them."""
        events = client.meta.events
        service = client.meta.service_model.service_name
        region = client.meta.region_name
        always = service in _ALWAYS_OPTIONAL

        def before(model: Any, context: Mapping[str, Any], **_: Any) -> None:
            found = _line(service, model.name, context)
            if found is not None:
                self.count(found[0], region, model.name, found[1], optional=optional or always)

        def after(parsed: Mapping[str, Any], **_: Any) -> None:
            self._scanned(parsed, region)

        def notice(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
            context[_METRICS] = sum(1 for q in params["MetricDataQueries"] if "MetricStat" in q)

        events.register("before-call", before)
        if service == "cloudwatch":
            events.register("before-parameter-build.cloudwatch.GetMetricData", notice)
        if service == "athena":
            events.register("after-call.athena.GetQueryExecution", after)

    def count(
        self, line: str, region: str, call: str, count: Decimal, *, optional: bool = False
    ) -> None:
        day = self._clock().date()
        one = Metered(day, line, region, call, count, optional)
        if self.guard is not None:
            self.guard(one)
        with self._lock:
            self._counts[day, line, region, call] += count  # type: ignore[assignment]

    def drain(self) -> dict[Key, Decimal]:
        """What was counted since the last time."""
        with self._lock:
            found: dict[Key, Decimal] = {key: Decimal(n) for key, n in self._counts.items()}
            self._counts.clear()
        return found

    def put_back(self, counts: Mapping[Key, Decimal]) -> None:
        """What was drained and could not be kept."""
        with self._lock:
            for key, count in counts.items():
                self._counts[key] += count  # type: ignore[assignment]

    def _scanned(self, parsed: Mapping[str, Any], region: str) -> None:
        """What a query has read is known when it has ended; it is asked for many times."""
        query = parsed.get("QueryExecution", {})
        name, state = query.get("QueryExecutionId", ""), query.get("Status", {}).get("State")
        if state not in _ENDED or name in self._queries:
            return
        self._queries.append(name)
        read = int(query.get("Statistics", {}).get("DataScannedInBytes", 0))
        if read:
            billed = Decimal(max(read, _LEAST_SCANNED)) / _TB
            self.count("athena.scanned", region, "StartQueryExecution", billed)


def _line(service: str, operation: str, context: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """Line and count of one call; None for what costs nothing, or is priced otherwise."""
    if service == "ce":
        return "ce.api_request", Decimal(1)
    if service == "cloudwatch" and operation == "GetMetricData":
        return "cw.get_metric_data", Decimal(context.get(_METRICS, 1))
    if service == "athena" and operation == "StartQueryExecution":
        return "athena.scanned", Decimal(0)  # so that a spent budget stops it
    if service != "s3" or operation.startswith(_FREE):
        return None
    tier = "tier1" if operation.startswith(_WRITES) else "tier2"
    return f"s3.req.STANDARD.{tier}", Decimal(1)
