"""Moving objects to another class: what stays, what moves, what it costs once, and the risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.costs.measured_usage import object_groups
from core.costs.objects import ObjectGroup, object_lines
from core.costs.outcome import Plan, Told
from core.costs.quantities import Tally, gib, times
from core.costs.s3_requests import add_reads, sheet_class
from core.costs.tiers import EXACT, ZERO
from core.model.estimates import UsageLine
from core.model.measured import MeasuredMonth, StoredGroup
from core.model.pricing import PriceSheet
from core.model.scenarios import ClassChange, Tiering

_SLOW = ("GLACIER", "DEEP_ARCHIVE")
_ONE_PLACE = ("ONEZONE_IA",)


def chosen(
    change: ClassChange | Tiering, measured: MeasuredMonth, told: Told
) -> tuple[StoredGroup, ...] | None:
    """The groups that the change is about; None, and why, where nobody knows them."""
    if measured.stored is None:
        told.unknown.append("stored objects were not measured")
        return None
    fine = measured.by_folder if change.prefix and measured.by_folder is not None else None
    own = tuple(
        group
        for group in (measured.stored if fine is None else fine)
        if not group.noncurrent and (not change.bucket or group.bucket == change.bucket)
    )
    blurred = [group.prefix for group in own if _may_hold(group, change.prefix)]
    if blurred:
        told.unknown.append(_not_apart(blurred))
        return None
    if change.role and any(not group.role for group in own):
        told.unknown.append("what is stored was not measured by role: scan the bucket again")
        return None
    found = tuple(
        group
        for group in own
        if group.prefix.startswith(change.prefix) and (not change.role or group.role == change.role)
    )
    if not found:
        told.assumptions.append("nothing that is stored fits this")
    return found


def _may_hold(group: StoredGroup, prefix: str) -> bool:
    """Whether a part of the group may lie below the prefix, and another part beside it."""
    if not prefix.startswith(group.prefix) or prefix == group.prefix:
        return False
    return group.deep or "/" not in prefix[len(group.prefix) :]


def _not_apart(prefixes: Sequence[str]) -> str:
    above = max(prefixes, key=len)
    if above:
        return f"what lies below {above} was not measured apart: choose {above} or a larger folder"
    return (
        "what is stored was not measured by prefix that far: choose one of the largest folders, "
        "a bucket or a role. An older report tells no folder; they are there after the next scan"
    )


def move(
    change: ClassChange,
    groups: Sequence[StoredGroup],
    measured: MeasuredMonth,
    sheet: PriceSheet,
    told: Told,
) -> Plan:
    """What moves, as it is and as it would be: minimum sizes, overheads, reads, transitions."""
    target = sheet_class(change.to_class)
    moving = [group for group in groups if _moves(group, change, target, sheet, told)]
    _told_of_class(change, target, moving, sheet, told)
    parts = _Parts(measured, sheet)
    before = parts.stored(moving, None)
    after = parts.stored(moving, change.to_class)
    once = parts.transitions(moving, target)
    reads = _reads(moving, change, target, told)

    def reading(each: Decimal) -> Plan:
        counted = [
            (group, times(group.objects, each) if count is None else count)
            for group, count in reads
        ]
        return Plan(
            before=(*before, *parts.reads(counted, None)),
            after=(*after, *parts.reads(counted, target)),
            once=once,
        )

    open_ = any(count is None for _, count in reads)
    return replace(reading(ZERO), reading=reading if open_ else None)


def _moves(
    group: StoredGroup, change: ClassChange, target: str, sheet: PriceSheet, told: Told
) -> bool:
    if sheet_class(group.storage_class) == target or not group.objects:
        return False
    if change.after_days:
        if group.age_days is None:
            told.unknown.append("the age of the objects is not known")
            return False
        if group.age_days < change.after_days:
            return False
    by_hand = target == "STANDARD"  # objects are copied: no rule leaves small ones out
    return by_hand or not _is_small(group, sheet, told) or change.small_too


def _is_small(group: StoredGroup, sheet: PriceSheet, told: Told) -> bool:
    small = group.bytes < sheet.rules.lifecycle_from_bytes * group.objects
    if small:
        told.assumptions.append("S3's rules leave objects under 128 KB where they are by default")
    return small


def _told_of_class(
    change: ClassChange,
    target: str,
    moving: Sequence[StoredGroup],
    sheet: PriceSheet,
    told: Told,
) -> None:
    days = sheet.rules.min_duration_days.get(target, 0)
    if days:
        told.warn("low", f"whoever deletes or overwrites within {days} days pays for all of them")
    if target in _SLOW:
        told.warn("high", "they can't be shown before they are restored, which takes hours")
    if target in _ONE_PLACE:
        told.warn("high", "they lie in one data centre: its loss loses them")
    if any(group.age_days is None for group in moving):
        told.assume("medium", "nobody knows how old the objects are, or how soon they are replaced")
    if change.after_days is not None:
        told.assumptions.append("younger objects follow when they reach the age")


def _reads(
    moving: Sequence[StoredGroup], change: ClassChange, target: str, told: Told
) -> list[tuple[StoredGroup, Decimal | None]]:
    """Reads from the origin in the month, by group; None: nobody knows them."""
    given = change.reads
    found = [
        (group, _views(group) if given is None else times(group.objects, given)) for group in moving
    ]
    if given is None and any(count is not None for _, count in found):
        told.assume("medium", "every view is taken as one read from the class, without the cache")
    if target in _SLOW and any(count != 0 for _, count in found):
        told.assume("medium", "every read is a standard restore, and its copy is not priced")
    return found


def _views(group: StoredGroup) -> Decimal | None:
    return None if group.views is None else Decimal(group.views)


@dataclass(frozen=True)
class _Parts:
    measured: MeasuredMonth
    sheet: PriceSheet

    def stored(
        self, groups: Sequence[StoredGroup], to_class: str | None, **extra: str
    ) -> tuple[UsageLine, ...]:
        objects = tuple(
            one.model_copy(update={"storage_class": to_class or one.storage_class, **extra})
            for group in groups
            for one in object_groups(group)
        )
        return self._lines(objects)

    def _lines(self, objects: tuple[ObjectGroup, ...]) -> tuple[UsageLine, ...]:
        place = self.measured.origin_region
        return object_lines(objects, self.sheet.rules, self.measured.period, place)[0]

    def reads(
        self, reads: Sequence[tuple[StoredGroup, Decimal]], target: str | None
    ) -> tuple[UsageLine, ...]:
        tally = Tally()
        for group, count in reads:
            stored = target or sheet_class(group.storage_class)
            size = group.bytes // group.objects
            if stored in _SLOW:
                _restore(stored, group.region, count, size, tally)
            add_reads(tally, stored, group.region, count, size)
        return tally.lines()

    def transitions(self, groups: Sequence[StoredGroup], target: str) -> tuple[UsageLine, ...]:
        tally = Tally()
        for group in groups:
            if target == "STANDARD":
                _copy_back(group, tally)
            else:
                tally.add(f"s3.lifecycle_in.{target}", group.region, ZERO + group.objects)
        return tally.lines()


def _copy_back(group: StoredGroup, tally: Tally) -> None:
    """No rule moves objects to Standard: each is read, or restored first, and written again."""
    stored, count = sheet_class(group.storage_class), ZERO + group.objects
    if stored in _SLOW:
        _restore(stored, group.region, count, EXACT.divide(ZERO + group.bytes, count), tally)
    else:
        add_reads(tally, stored, group.region, count, EXACT.divide(ZERO + group.bytes, count))
    tally.add("s3.req.STANDARD.tier1", group.region, count)


def _restore(stored: str, region: str, count: Decimal, size: Decimal | int, tally: Tally) -> None:
    tally.add(f"s3.retrieval_req.{stored}.standard", region, count)
    tally.add(f"s3.retrieval.{stored}.standard", region, times(count, gib(size)))


def tiering(
    change: Tiering,
    groups: Sequence[StoredGroup],
    measured: MeasuredMonth,
    sheet: PriceSheet,
    told: Told,
) -> Plan:
    """Every object from 128 KB on is monitored; smaller ones would stay in frequent access."""
    moving = [
        group
        for group in groups
        if group.objects
        and sheet_class(group.storage_class) != "INT"
        and not _is_small(group, sheet, told)
    ]
    if change.infrequent + change.archive_instant > 1:
        told.unknown.append("the shares of the tiers are more than everything")
    told.assume("medium", "the shares that nobody reads are taken as given")
    parts = _Parts(measured, sheet)
    shares = (
        ("FA", 1 - change.infrequent - change.archive_instant),
        ("IA", change.infrequent),
        ("AIA", change.archive_instant),
    )
    after: list[UsageLine] = []
    for tier, share in shares:
        after += _scaled(parts.stored(moving, "INTELLIGENT_TIERING", access_tier=tier), share)
    return Plan(
        before=parts.stored(moving, None),
        after=tuple(after),
        once=parts.transitions(moving, "INT"),
    )


def _scaled(lines: Sequence[UsageLine], share: Decimal) -> list[UsageLine]:
    return [
        line.model_copy(update={"quantity": times(line.quantity, share)}) for line in lines if share
    ]
