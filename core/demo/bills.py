"""The demo company's bill, as a CUR 2.0 export in a bucket: made up, and marked as such.

Its quantities are those that the logs and the inventory tell, a little off as on any real bill; its
prices are the sheet's. What no log tells, a credit and a tax are on it, too.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from core.costs.service.months import elapsed
from core.dashboard import Dashboard
from core.dashboard.measured import DEMO_BILL
from core.demo.visits import SEED
from core.emulator.service import Emulator
from core.errors import NotFound
from core.model.estimates import CostLine
from core.model.identity import Actor

_BUCKET, _, _PREFIX = DEMO_BILL.removeprefix("s3://").partition("/")
_HEAD = (
    "identity_line_item_id", "identity_time_interval", "bill_billing_period_start_date",
    "line_item_usage_account_id", "line_item_line_item_type", "line_item_usage_start_date",
    "line_item_product_code", "line_item_usage_type", "line_item_operation",
    "line_item_usage_amount", "line_item_unblended_cost", "line_item_currency_code",
    "line_item_line_item_description", "pricing_unit", "pricing_public_on_demand_cost",
    "product_region_code",
)  # fmt: skip
_ACCOUNT = "000000000000"
_PICO = Decimal("0.000000000001")
# How much of the measured quantity is on the bill: it counts hours and old versions as well.
_OFF = {
    "s3.storage.STANDARD": Decimal("1.041"), "cf.dto": Decimal("1.013"),
    "s3.req.STANDARD.tier2": Decimal("1.22"),
}  # fmt: skip
_EDGES = {"ZA_ME": "ZA"}
_LINES = {
    "cf.dto": ("AmazonCloudFront", "{edge}-DataTransfer-Out-Bytes", "GET", "GB"),
    "cf.https": ("AmazonCloudFront", "{edge}-Requests-Tier2-HTTPS", "GET", "Requests"),
    "cf.http": ("AmazonCloudFront", "{edge}-Requests-Tier1", "GET", "Requests"),
    "s3.storage.STANDARD": ("AmazonS3", "TimedStorage-ByteHrs", "StandardStorage", "GB-Mo"),
    "s3.storage.STANDARD_IA":
        ("AmazonS3", "TimedStorage-SIA-ByteHrs", "StandardIAStorage", "GB-Mo"),
    "s3.req.STANDARD.tier2": ("AmazonS3", "Requests-Tier2", "GetObject", "Requests"),
}  # fmt: skip
_STEADY = "s3.storage."  # is used every day alike
# A day's use that nobody measures: what it is, how much, and what that costs.
_OTHERS = (
    ("AmazonS3", "Requests-Tier1", "PutObject", "Requests", Decimal(5200), Decimal("0.000005")),
    ("AmazonDynamoDB", "ReadRequestUnits", "PayPerRequestThroughput", "ReadRequestUnits",
     Decimal(310_000), Decimal("0.000000125")),
    ("AmazonCloudWatch", "CW:GMD-Metrics", "GetMetricData", "Metrics", Decimal(2300),
     Decimal("0.00001")),
)  # fmt: skip
_FREE_SAID = "$0.00 per unit under the monthly global free tier"
_CREDIT, _TAX = Decimal("-6.00"), Decimal("0.07")


class Row(NamedTuple):
    kind: str
    day: date
    service: str
    usage_type: str = ""
    operation: str = ""
    quantity: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    listed: Decimal | None = None
    unit: str = ""
    said: str = ""


@dataclass(frozen=True)
class Month:
    """What a whole month would use, at list price and less what is always free.

    `weights`: the days that are over, and how much of the month's traffic each of them had.
    `steady`: a day's part of what is used every day alike.
    """

    weights: Mapping[date, Decimal]
    steady: Decimal
    at_list: Sequence[CostLine]
    paid: Sequence[CostLine]


def write_bills(dashboard: Dashboard, emulator: Emulator, admin: Actor, now: datetime) -> None:
    """A file for each month; yesterday is the last day on it."""
    s3 = emulator.root_clients().s3
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=_BUCKET)
    emulator.let_diagnose(_BUCKET)
    for first in _months(now.date()):
        month = _month(dashboard, admin, first, now)
        content = gzip.compress(_file(rows(month), f"{first:%Y-%m}"), mtime=0)
        key = f"{_PREFIX}data/BILLING_PERIOD={first:%Y-%m}/media-costs-00001.csv.gz"
        s3.put_object(Bucket=_BUCKET, Key=key, Body=content)


def _months(today: date) -> list[date]:
    """The running one and three before, so that a forecast has something to go by."""
    count = today.year * 12 + today.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(count - 3, count + 1)]


def _month(dashboard: Dashboard, admin: Actor, first: date, now: datetime) -> Month:
    after = (first + timedelta(days=31)).replace(day=1)
    end = max(min(after, now.date()), first + timedelta(days=1))  # on a first, the day that runs
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    report = dashboard.traffic.report(admin, days[0], days[-1])
    known = {date.fromisoformat(row.label): row.bytes for row in report.days if row.label}
    part = Decimal(len(days)) / (after - first).days
    period = f"{first:%Y-%m}"
    usage = _usage(dashboard, admin, period, part, elapsed(period, now))
    at_list, paid = (
        dashboard.costs.estimate(admin, {**usage, "allowances": name}).lines
        for name in ("none", "always_free")
    )
    whole = sum(known.values()) or 1
    weights = {day: part * known.get(day, 0) / whole for day in days}
    return Month(weights, Decimal(1) / (after - first).days, at_list, paid)


def _usage(
    dashboard: Dashboard, admin: Actor, period: str, part: Decimal, stored: Decimal
) -> dict[str, object]:
    """The measured month as a usage file, with the quantities of the bill.

    A running month goes on as it was, so that its days have their share of what is free: `part` of
    its traffic is known, and `stored` of its hours.
    """
    try:
        found = dashboard.costs.estimate_month(admin, period).lines
    except NotFound:  # a month from before the logs: its bill has what nobody measures
        found = ()
    lines = [
        {
            "line": one.line,
            "region": one.region,
            "quantity": str(_billed(one, part, stored).quantize(Decimal("0.000001"))),
        }
        for one in found
        if one.line in _LINES
    ]
    return {"period": period, "lines": lines}


def _billed(one: CostLine, part: Decimal, stored: Decimal) -> Decimal:
    whole = one.quantity / (stored if one.line.startswith(_STEADY) else part)
    return whole * _OFF.get(one.line, Decimal(1))


def rows(month: Month) -> Iterator[Row]:
    paid = {(one.line, one.region): one for one in month.paid}
    for one in month.at_list:
        yield from _of_line(one, paid.get((one.line, one.region)), month)
    days = tuple(month.weights)
    chance = random.Random(f"{SEED} {days[0]}")
    for day in days:
        for service, usage, operation, unit, count, price in _OTHERS:
            used = (count * Decimal(chance.randint(80, 120)) / 100).quantize(Decimal(1))
            yield Row("Usage", day, service, usage, operation, used, used * price, used * price,
                      unit)  # fmt: skip
    spent = sum((one.amount for one in month.paid), Decimal(0))
    yield Row("Credit", days[0], "AmazonCloudFront", cost=max(_CREDIT, -spent),
              said="Promotional credit of the demo")  # fmt: skip
    last = days[-1]
    if (last + timedelta(days=1)).day == 1:  # comes with the month's end
        yield Row("Tax", last, "AmazonS3", cost=(spent * _TAX).quantize(Decimal("0.01")),
                  said="Tax of the demo")  # fmt: skip


def _of_line(one: CostLine, paid: CostLine | None, month: Month) -> Iterator[Row]:
    service, usage, operation, unit = _LINES[one.line]
    edge = _EDGES.get(one.region, one.region)
    name = usage.format(edge=edge)
    free = min(paid.free_quantity if paid is not None else Decimal(0), one.quantity)
    amount = paid.amount if paid is not None else one.amount
    for day, weight in month.weights.items():
        share = month.steady if one.line.startswith(_STEADY) else weight
        if free:
            yield Row("Usage", day, service, name, operation, free * share, Decimal(0),
                      Decimal(0), unit, _FREE_SAID)  # fmt: skip
        if one.quantity > free:
            cost, quantity = amount * share, (one.quantity - free) * share
            yield Row("Usage", day, service, name, operation, quantity, cost, cost, unit)


def _file(found: Iterator[Row], period: str) -> bytes:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_HEAD)
    for number, one in enumerate(found):
        start = datetime.combine(one.day, time(), UTC)
        end = start + timedelta(days=1)
        moment = "%Y-%m-%dT%H:%M:%SZ"
        table.writerow((
            f"demo{number:08}", f"{start:{moment}}/{end:{moment}}", f"{period}-01T00:00:00Z",
            _ACCOUNT, one.kind, f"{start:{moment}}", one.service, one.usage_type, one.operation,
            _plain(one.quantity), _plain(one.cost), "USD", one.said, one.unit,
            "" if one.listed is None else _plain(one.listed), "us-east-1",
        ))  # fmt: skip
    return out.getvalue().encode()


def _plain(value: Decimal) -> str:
    return f"{value.quantize(_PICO):f}"
