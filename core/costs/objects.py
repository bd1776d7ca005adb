"""What S3 bills for objects beyond their bytes: minimum sizes, overhead, monitoring, early delete.

Each group of equal objects becomes lines of the price sheet. Storage is byte-hours over the hours
of the month, so a month of 31 days holds more than 730 hours.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.costs.price_sheet import month_end
from core.costs.quantities import GIB, Count, Quantity, Size, Tally, gib, times
from core.costs.s3_requests import add_kms, add_reads, request_line, sheet_class
from core.costs.tiers import EXACT, ZERO
from core.model.estimates import UsageLine
from core.model.pricing import StorageRules

Restore = Literal["standard", "bulk", "expedited"]
_ONE = Decimal(1)
_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
_INT_ARCHIVES = ("INT_AA", "INT_DAA")
_FRAME_REQUESTS = 2  # a multipart upload is created and completed


class ObjectGroup(BaseModel):
    """`count` equal objects of `size` bytes.

    `days` is how long one lives until it is deleted, overwritten or moved; absent: it stays for
    the month. `uploads`, `gets` and `restores` are per object in the month.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    size: Count
    count: Count = 1
    storage_class: str = Field("STANDARD", max_length=100)
    access_tier: Literal["FA", "IA", "AIA", "AA", "DAA"] = "FA"
    region: str = Field("", max_length=100)
    days: Quantity | None = None
    uploads: Quantity = ZERO
    part_size: Size | None = None
    gets: Quantity = ZERO
    restores: Quantity = ZERO
    restore_tier: Restore = "standard"
    transition_to: str = Field("", max_length=100)
    transition_small: bool = False  # the rule overrides S3's minimum of 128 KB
    kms: bool = False
    bucket_keys: bool = False

    @property
    def sheet_class(self) -> str:
        return sheet_class(self.storage_class)


def object_lines(
    groups: tuple[ObjectGroup, ...], rules: StorageRules, period: str, default_region: str
) -> tuple[tuple[UsageLine, ...], tuple[str, ...]]:
    """The lines of all groups, and what their reader should know."""
    tally = Tally()
    notes: list[str] = []
    month_days = Decimal(month_end(period).day)
    for group in groups:
        region = group.region or default_region
        _storage(group, rules, region, month_days, tally)
        _uploads(group, region, tally)
        _reads(group, region, tally)
        _restores(group, rules, region, tally)
        notes += _transitions(group, rules, region, tally)
        if group.days is not None and group.days > month_days:
            notes.append(f"objects of {group.days} days are priced for their life, not one month")
    return tally.lines(), tuple(dict.fromkeys(notes))


def storage_line(group: ObjectGroup, rules: StorageRules) -> str:
    """The class that bills: small objects of Intelligent-Tiering never leave frequent access."""
    if group.sheet_class != "INT":
        return group.sheet_class
    small = group.size < rules.monitored_from_bytes
    return "INT_FA" if small else f"INT_{group.access_tier}"


def _storage(
    group: ObjectGroup, rules: StorageRules, region: str, month_days: Decimal, tally: Tally
) -> None:
    billed = storage_line(group, rules)
    days = month_days if group.days is None else group.days
    size = max(group.size, rules.min_billable_bytes.get(billed, 0))
    size += rules.class_overhead_bytes.get(billed, 0)
    tally.add(f"s3.storage.{billed}", region, _gb_months(group, size, days, month_days))
    overhead = rules.standard_overhead_bytes.get(billed, 0)
    tally.add("s3.storage.STANDARD", region, _gb_months(group, overhead, days, month_days))
    if group.sheet_class == "INT" and group.size >= rules.monitored_from_bytes:
        watched = EXACT.divide(times(group.count, days), month_days)
        tally.add("s3.monitoring.INT", region, watched)
    _early_delete(group, rules, region, size, month_days, tally)


def _gb_months(group: ObjectGroup, size: int, days: Decimal, month_days: Decimal) -> Decimal:
    """Divided once at the end, so that whole months stay whole."""
    return EXACT.divide(times(size, group.count, days), times(GIB, month_days))


def _early_delete(
    group: ObjectGroup,
    rules: StorageRules,
    region: str,
    size: int,
    month_days: Decimal,
    tally: Tally,
) -> None:
    """The days that were left of the minimum are charged at the storage rate."""
    minimum = rules.min_duration_days.get(group.sheet_class, 0)
    if group.days is None or group.days >= minimum:
        return
    left = EXACT.subtract(Decimal(minimum), group.days)
    storage = f"s3.storage.{group.sheet_class}"
    quantity = _gb_months(group, size, left, month_days)
    tally.add(f"s3.early_delete.{group.sheet_class}", region, quantity, rate_of=storage)


def parts_of(group: ObjectGroup) -> int:
    """Parts of one upload; 0 where it is a single PUT."""
    if group.part_size is None or group.size <= group.part_size:
        return 0
    return -(-group.size // group.part_size)


def _uploads(group: ObjectGroup, region: str, tally: Tally) -> None:
    """A multipart upload is create + parts + complete; archives bill the first two at Standard."""
    uploads, parts = times(group.count, group.uploads), parts_of(group)
    one = request_line(group.sheet_class, read=False)
    if parts and group.sheet_class in _ARCHIVES:
        standard = request_line("STANDARD", read=False)
        tally.add(standard, region, times(uploads, parts + _FRAME_REQUESTS - 1))
        tally.add(one, region, uploads)
    else:
        tally.add(one, region, times(uploads, parts + _FRAME_REQUESTS if parts else 1))
    if group.sheet_class == "EXPRESS_ONEZONE":
        tally.add("s3.express.upload", region, times(uploads, gib(group.size)))
    _kms(group, region, times(uploads, parts or 1), tally)


def _reads(group: ObjectGroup, region: str, tally: Tally) -> None:
    gets = times(group.count, group.gets)
    add_reads(tally, group.sheet_class, region, gets, group.size)
    _kms(group, region, gets, tally)


def _kms(group: ObjectGroup, region: str, requests: Decimal, tally: Tally) -> None:
    if group.kms:
        add_kms(tally, region, requests, bucket_keys=group.bucket_keys)


def _restores(group: ObjectGroup, rules: StorageRules, region: str, tally: Tally) -> None:
    """Restoring an archive; from Intelligent-Tiering only the expedited way costs."""
    billed, asked = storage_line(group, rules), times(group.count, group.restores)
    free = billed in _INT_ARCHIVES and group.restore_tier != "expedited"
    if free or billed not in (*_ARCHIVES, *_INT_ARCHIVES):
        return
    tier = f"{billed}.{group.restore_tier}"
    tally.add(f"s3.retrieval.{tier}", region, times(asked, gib(group.size)))
    tally.add(f"s3.retrieval_req.{tier}", region, asked)


def _transitions(
    group: ObjectGroup, rules: StorageRules, region: str, tally: Tally
) -> tuple[str, ...]:
    """One request per object that a lifecycle rule moves; S3 leaves small ones where they are."""
    if not group.transition_to:
        return ()
    if group.size < rules.lifecycle_from_bytes and not group.transition_small:
        return ("objects under 128 KB are not moved by lifecycle rules and cost no transition",)
    target = sheet_class(group.transition_to)
    tally.add(f"s3.lifecycle_in.{target}", region, Decimal(group.count))
    return ()
