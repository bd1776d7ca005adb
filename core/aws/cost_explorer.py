"""Cost Explorer: the charges of a range of days. Each page costs $0.01, so callers keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.aws.errors import translate
from core.errors import AwsUnavailable
from core.model.actuals import Charge, ChargeKind

_USAGE = ("Usage", "DiscountedUsage", "SavingsPlanCoveredUsage")
_BY_LINE = ({"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "USAGE_TYPE"})
_BY_KIND = ({"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"})
_METRICS = ("UnblendedCost", "UsageQuantity")
_MOST_PAGES = 50  # half a dollar


@dataclass(frozen=True)
class CostRange:
    """`pages` were asked for and paid. `estimated`: some day may still be restated."""

    charges: tuple[Charge, ...]
    estimated: bool
    pages: int


@dataclass(frozen=True)
class _Row:
    day: date
    first: str
    second: str
    billed: Decimal
    quantity: Decimal
    unit: str
    currency: str


class CostExplorer:
    def __init__(self, client: Any) -> None:
        """`client` is boto3's `ce`."""
        self._ce = client
        self._pages, self._estimated = 0, False

    def charges(self, start: date, end: date) -> CostRange:
        """Daily charges from `start` up to, but not including, `end`, at unblended cost.

        Usage by service and usage type; credits, refunds, tax and fees by service and kind.
        """
        self._pages, self._estimated = 0, False
        usage = {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(_USAGE)}}
        found = [_usage(row) for row in self._rows(start, end, _BY_LINE, usage)]
        others = self._rows(start, end, _BY_KIND, {"Not": usage})
        found += [_other(row) for row in others if row.billed]
        return CostRange(tuple(found), self._estimated, self._pages)

    def _rows(
        self, start: date, end: date, groups: Any, chosen: Mapping[str, Any]
    ) -> Iterator[_Row]:
        token: dict[str, str] = {}
        while True:
            if self._pages >= _MOST_PAGES:
                raise AwsUnavailable(
                    f"Cost Explorer has more than {_MOST_PAGES} pages for this month.",
                    hint="Each page costs $0.01. Use a billing export (CUR 2.0) instead.",
                )
            self._pages += 1
            with translate("ce"):
                page = self._ce.get_cost_and_usage(
                    TimePeriod={"Start": start.isoformat(), "End": end.isoformat()},
                    Granularity="DAILY",
                    Metrics=list(_METRICS),
                    GroupBy=list(groups),
                    Filter=chosen,
                    **token,
                )
            for result in page["ResultsByTime"]:
                self._estimated |= bool(result.get("Estimated"))
                yield from _groups(result)
            if not page.get("NextPageToken"):
                return
            token = {"NextPageToken": page["NextPageToken"]}


def _groups(result: Mapping[str, Any]) -> Iterator[_Row]:
    day = date.fromisoformat(result["TimePeriod"]["Start"])
    for group in result.get("Groups", ()):
        cost, used = (group["Metrics"].get(name, {}) for name in _METRICS)
        yield _Row(
            day=day,
            first=group["Keys"][0],
            second=group["Keys"][1],
            billed=Decimal(cost.get("Amount", "0")),
            quantity=Decimal(used.get("Amount", "0")),
            unit=_unit(used.get("Unit", "")),
            currency=cost.get("Unit", "USD"),
        )


def _unit(name: str) -> str:
    """`N/A` where one group mixes units: then nothing is said about the quantity."""
    return "" if name == "N/A" else name


def _usage(row: _Row) -> Charge:
    return Charge(
        day=row.day,
        service=row.first,
        usage_type=row.second,
        kind=ChargeKind.USAGE,
        kind_name="Usage",
        quantity=row.quantity,
        unit=row.unit,
        billed=row.billed,
        currency=row.currency,
    )


def _other(row: _Row) -> Charge:
    return Charge(
        day=row.day,
        service=row.first,
        usage_type="",
        kind=_KINDS.get(row.second, ChargeKind.OTHER),
        kind_name=row.second,
        billed=row.billed,
        currency=row.currency,
    )


_KINDS = {
    "Credit": ChargeKind.CREDIT,
    "Refund": ChargeKind.REFUND,
    "Tax": ChargeKind.TAX,
    "Enterprise Discount Program Discount": ChargeKind.DISCOUNT,
    "Solution Provider Program Discount": ChargeKind.DISCOUNT,
    "Bundled Discount": ChargeKind.DISCOUNT,
    "Private Rate Card Discount": ChargeKind.DISCOUNT,
    "SavingsPlanNegation": ChargeKind.DISCOUNT,
    "Recurring": ChargeKind.FEE,
    "Recurring reservation fee": ChargeKind.FEE,
    "Upfront": ChargeKind.FEE,
    "Upfront reservation fee": ChargeKind.FEE,
    "SavingsPlanRecurringFee": ChargeKind.FEE,
    "SavingsPlanUpfrontFee": ChargeKind.FEE,
    "Support": ChargeKind.FEE,
    "Support fee": ChargeKind.FEE,
    "Other out-of-cycle charges": ChargeKind.FEE,
}
