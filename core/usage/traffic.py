"""What the counts mean: hit ratio, comparisons, owners. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from core.model.traffic import Delivered, EdgeMetric, HitRatio, QueryCost
from core.usage.access_logs import shown

DEFINITION = (
    "Hit, RefreshHit and OriginShieldHit, divided by these and Miss; errors, redirects and "
    "refusals are not cacheable and count on neither side."
)
_HITS = frozenset({"Hit", "RefreshHit", "OriginShieldHit"})
_MISSES = frozenset({"Miss"})
_LONGEST_GAP = 7  # days between two log files, up to which those between were quiet


def hit_ratio(results: Iterable[Delivered]) -> HitRatio:
    """From the rows of x-edge-result-type."""
    rows = tuple(results)
    hits = tuple(row for row in rows if row.label in _HITS)
    misses = tuple(row for row in rows if row.label in _MISSES)
    hit, miss = sum(row.requests for row in hits), sum(row.requests for row in misses)
    hit_bytes, miss_bytes = sum(row.bytes for row in hits), sum(row.bytes for row in misses)
    return HitRatio(
        hits=hit,
        misses=miss,
        share=_share(hit, hit + miss),
        bytes_share=_share(hit_bytes, hit_bytes + miss_bytes),
        definition=DEFINITION,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def change(before: int, after: int) -> float | None:
    """How much more, as a share of before; None where there was nothing to compare with."""
    return (after - before) / before if before else None


def range_before(first: date, last: date) -> tuple[date, date]:
    """The range of the same length that ends the day before `first`."""
    length = last - first + timedelta(days=1)
    return first - length, first - timedelta(days=1)


def told_days(
    seen: Iterable[date], damaged: Iterable[date], first: date, last: date
) -> tuple[date, ...]:
    """Days of a range that the logs tell of: those with a file, and quiet ones in between.

    CloudFront writes no file for hours without a request, so a short gap before a later file is
    quiet; a longer one may as well be logging that was off. A damaged file tells half of its day.
    """
    days = sorted(set(seen))
    found = set(days)
    for before, after in pairwise(days):
        gap = (after - before).days
        if gap <= _LONGEST_GAP:
            found |= {before + timedelta(days=n) for n in range(1, gap)}
    return tuple(sorted(day for day in found - set(damaged) if first <= day <= last))


def by_owner(
    files: Iterable[Delivered], owner_of: Callable[[str], str | None]
) -> tuple[Delivered, ...]:
    """Sums per owner of the folders of files; the label is None where the owner is unknown."""
    sums: Mapping[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for row in files:
        file = file_of(row.label or "")
        total = sums[owner_of(file) if file else None]
        total[0] += row.requests
        total[1] += row.bytes
    rows = (Delivered(label=o, requests=n, bytes=size) for o, (n, size) in sums.items())
    return tuple(sorted(rows, key=lambda row: (-row.bytes, row.label is None, row.label or "")))


def with_shown(rows: Iterable[Delivered]) -> tuple[Delivered, ...]:
    """The same rows, each with its label as the viewer sent it beside the logged one."""
    return tuple(row.model_copy(update={"shown": shown(row.label)}) for row in rows)


def age_of(metrics: Iterable[EdgeMetric], now: datetime) -> int | None:
    """Seconds since the period of the newest sample ended; None where there is no sample."""
    ends = [
        one.last.at + timedelta(seconds=one.period_seconds)
        for one in metrics
        if one.last is not None
    ]
    return max(0, int((now - max(ends)).total_seconds())) if ends else None


ScanPrice = tuple[Decimal | None, str]  # USD of a TB that is scanned, and where that stands
_TB = 1024**4
_LEAST_SCANNED = 10 * 1024**2  # is billed for every query


def query_cost(
    engine: str, scanned: int, queries: int, price: ScanPrice, free_to_run: int
) -> QueryCost:
    """The most that the questions can cost; `free_to_run`: bytes that need no second word."""
    per_tb, source = price
    billed = max(scanned, _LEAST_SCANNED) * queries if scanned else 0
    return QueryCost(
        engine=engine,
        queries=queries,
        bytes=billed,
        usd=Decimal(billed) / _TB * per_tb if per_tb is not None else None if billed else Decimal(),
        price_per_tb=per_tb,
        source=source,
        confirm=billed > free_to_run,
    )


def file_of(folder: str) -> str | None:
    """The id in `/media/<id>/`, under which the library files an original and its renditions."""
    parts = folder.strip("/").split("/")
    return parts[1] if len(parts) == 2 and parts[0] == "media" else None
