"""Whom a month's cost belongs to: each line is spread by what was measured of it.

Requests and bytes of the bill that no log has seen belong to nobody, and are shown so.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from core.costs.billed import total
from core.costs.families import family_of
from core.costs.quantities import GIB
from core.costs.tiers import EXACT, ZERO
from core.model.measured import By, Measure, Weights
from core.model.months import AllocatedShare, Allocation, MonthLine

_FINEST = Decimal("1e-12")  # so that shares and the rest add up without rounding
_WARN_FROM = Decimal(10)  # per cent
_LEAST_PERCENT = Decimal("0.1")
_TOLD_FROM = Decimal("0.001")  # of a measure that belongs to no key
_MEASURES: dict[str, Measure] = {
    "s3.storage": "stored_bytes",
    "s3.monitoring.INT": "stored_bytes",
    "cf.dto": "delivered_bytes",
    "cf.http": "requests",
    "cf.https": "requests",
    "cf.functions": "requests",
    "cf.origin_shield": "requests",
    "s3.req.tier2": "requests",
    "s3.transfer.to_cloudfront": "delivered_bytes",
    "kms.request": "requests",
}
_WHOLE = {"delivered_bytes": ("cf.dto",), "requests": ("cf.http", "cf.https")}
_NAMES = {
    "stored_bytes": "stored bytes",
    "delivered_bytes": "delivered bytes",
    "requests": "requests",
}


def allocate(lines: Sequence[MonthLine], weights: Sequence[Weights], by: By) -> Allocation:
    """Shares, largest first. Credits and tax stay unallocated, as does what was not measured."""
    tables = {one.measure: one for one in weights if one.by == by}
    shares: dict[str, Decimal] = {}
    reasons: dict[str, None] = {}
    for line in lines:
        measure = _MEASURES.get(family_of(line.line))
        table = tables.get(measure) if measure else None
        if table is None or not table.total:
            reasons[_why(line, measure)] = None
            continue
        coverage = _coverage(measure, table, lines)
        if coverage < 1:
            seen = f"only {_in_words(coverage)} of the bill were measured"
            reasons[f"{_NAMES[table.measure]}: {seen}"] = None
        whole = max(table.total, total(weight.amount for weight in table.weights))
        left = EXACT.subtract(whole, total(one.amount for one in table.weights if one.key))
        if left > whole * _TOLD_FROM:
            nobodys = f"{_in_words(left / whole)} are of no {by} that is known"
            reasons[f"{_NAMES[table.measure]}: {nobodys}"] = None
        for weight in table.weights:
            share = _part(line.amount, weight.amount, whole, coverage)
            shares[weight.key] = EXACT.add(shares.get(weight.key, ZERO), share)
    return _allocation(by, total(line.amount for line in lines), shares, tuple(reasons))


def _in_words(share: Decimal) -> str:
    """Never rounded to nothing or to everything, where it is neither."""
    if share == 1:
        return "100 %"
    return f"{min(max(100 * share, _LEAST_PERCENT), 100 - _LEAST_PERCENT):.1f} %"


def _part(amount: Decimal, part: Decimal, whole: Decimal, coverage: Decimal) -> Decimal:
    share = EXACT.divide(EXACT.multiply(amount, part), whole)
    return EXACT.multiply(share, coverage).quantize(_FINEST, ROUND_DOWN, context=EXACT)


def _coverage(measure: Measure | None, table: Weights, lines: Sequence[MonthLine]) -> Decimal:
    """How much of what AWS billed the measurement has seen; 1 where that can't be told."""
    families = _WHOLE.get(measure or "", ())
    billed = total(
        line.quantity for line in lines if line.line in families and line.quantity is not None
    )
    if measure == "delivered_bytes":
        billed = EXACT.multiply(billed, GIB)
    return min(EXACT.divide(table.total, billed), Decimal(1)) if billed else Decimal(1)


def _why(line: MonthLine, measure: Measure | None) -> str:
    if measure is None:
        return f"{line.name or line.service} can't be told apart"
    return f"{_NAMES[measure]} were not measured"


def _allocation(
    by: By, whole: Decimal, shares: dict[str, Decimal], reasons: tuple[str, ...]
) -> Allocation:
    owned = {key: amount for key, amount in shares.items() if key}
    rest = EXACT.subtract(whole, total(owned.values()))
    listed = sorted(owned.items(), key=lambda one: (-one[1], one[0]))
    left = _percent(rest, whole)
    return Allocation(
        by=by,
        total=whole,
        shares=tuple(
            AllocatedShare(key=key, amount=amount, percent=_percent(amount, whole))
            for key, amount in listed
        ),
        unallocated=rest,
        unallocated_percent=left,
        reasons=reasons,
        warn=abs(left) > _WARN_FROM,
    )


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(Decimal("0.1")) if whole else ZERO
