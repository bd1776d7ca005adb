"""What storage was on the days of a month that is over, from the daily figures that were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from core.measures.account import Account
from core.model.measured import StoredGroup
from core.model.usage import StorageDay


def remembered(
    days: Sequence[StorageDay], account: Account, missing: list[str]
) -> Iterator[StoredGroup]:
    """The mean by bucket and class, of the source that has the most days; sources are not mixed."""
    for bucket in dict.fromkeys(day.bucket for day in days):
        own = [day for day in days if day.bucket == bucket]
        source = Counter(day.source for day in own).most_common(1)[0][0]
        region = account.region_of(bucket, missing)
        yield from _classes(bucket, [day for day in own if day.source is source], region)


def _classes(bucket: str, days: Sequence[StorageDay], region: str) -> Iterator[StoredGroup]:
    """A day without a class had none of it; where its bytes were not told, it is left out."""
    shares = [share for day in days for share in day.by_class]
    for name in dict.fromkeys(share.name for share in shares):
        own = [one.stored for one in shares if one.name == name and one.stored.bytes is not None]
        unknown = sum(1 for one in shares if one.name == name and one.stored.bytes is None)
        counted = len(days) - unknown
        size = sum(one.bytes or 0 for one in own) // counted if counted else 0
        objects = [one.objects for one in own if one.objects is not None]
        if size:
            yield StoredGroup(
                bucket=bucket,
                region=region,
                storage_class=name or "STANDARD",
                objects=max(sum(objects) // counted, 1) if objects else 1,
                bytes=size,
            )
