"""What one unit of use costs: per 1,000 views, per upload, per stored GB, per user."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.costs.billed import total
from core.costs.families import family_of
from core.costs.quantities import gib
from core.costs.tiers import EXACT
from core.model.measured import Counted, MeasuredMonth
from core.model.months import MonthLine, UnitCost

_STORING = ("s3.storage", "s3.monitoring.INT")
_DELIVERING = (
    "cf.dto", "cf.http", "cf.https", "cf.functions", "cf.origin_shield", "s3.req.tier2",
    "s3.transfer.to_cloudfront", "s3.transfer.internet_out",
)  # fmt: skip
_UPLOADING = ("s3.req.tier1", "cf.dto_origin", "lambda.request", "ddb.wru")


def unit_costs(
    lines: Sequence[MonthLine], measured: MeasuredMonth, billed: Sequence[date] = ()
) -> tuple[UnitCost, ...]:
    """`billed`: the days that the money is of, where it is not of what was measured itself."""
    stored = measured.stored_bytes
    gigabytes = Counted(
        amount=None if stored is None else gib(stored), source="average of the stored bytes"
    )
    return (
        _per_view(lines, measured, billed),
        _unit("upload", 1, "uploads", measured.uploads, lines, _UPLOADING, "requests that write"),
        _unit("stored GB", 1, "GB", gigabytes, lines, _STORING, "storage"),
        _unit("user", 1, "users", measured.users, lines, None, "the whole bill"),
    )


def _per_view(
    lines: Sequence[MonthLine], measured: MeasuredMonth, billed: Sequence[date]
) -> UnitCost:
    """Views of some days say nothing about the money of all of them."""
    found = _unit("1,000 views", 1000, "views", measured.views, lines, _DELIVERING, "delivery")
    told = set(measured.told_days or ())
    there = sum(1 for day in billed if day in told)
    if found.usd is None or there == len(billed):
        return found
    reason = (
        f"access logs tell of {there} of the {len(billed)} days that the money is of: "
        "read the others on the Usage page"
    )
    return found.model_copy(update={"usd": None, "reason": reason})


def _unit(
    name: str,
    per: int,
    unit: str,
    counted: Counted,
    lines: Sequence[MonthLine],
    families: tuple[str, ...] | None,
    covers: str,
) -> UnitCost:
    chosen = [line for line in lines if families is None or family_of(line.line) in families]
    cost = total(line.amount for line in chosen)
    count = counted.amount
    return UnitCost(
        name=name,
        per=Decimal(per),
        unit=unit,
        usd=EXACT.divide(EXACT.multiply(cost, Decimal(per)), count) if count else None,
        cost=cost,
        covers=covers,
        count=count,
        source=counted.source,
        reason="" if count else f"no {unit} " + ("were counted" if count is None else "this month"),
    )
