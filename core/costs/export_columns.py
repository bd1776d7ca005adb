"""The columns of AWS's billing exports, and what their words for a charge mean.

CUR 2.0 and the older CUR agree but for the spelling of names; FOCUS 1.0 has the usage type in
`x_UsageType`, FOCUS 1.2 in `SkuMeter`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import InvalidInput
from core.model.actuals import ChargeKind


@dataclass(frozen=True)
class Columns:
    """The first name of each that a file has is used; a field without any is not told."""

    source: str
    day: tuple[str, ...]
    month: tuple[str, ...]
    service: tuple[str, ...]
    usage_type: tuple[str, ...]
    operation: tuple[str, ...]
    region: tuple[str, ...]
    resource: tuple[str, ...]
    kind: tuple[str, ...]
    quantity: tuple[str, ...]
    unit: tuple[str, ...]
    list_cost: tuple[str, ...]
    billed: tuple[str, ...]
    currency: tuple[str, ...]
    description: tuple[str, ...]
    identity: tuple[str, ...]
    correction: tuple[str, ...] = ()

    def needed(self) -> tuple[tuple[str, ...], ...]:
        return (self.day, self.usage_type, self.kind, self.billed, self.currency)


CUR = Columns(
    source="CUR",
    day=("line_item_usage_start_date",),
    month=("bill_billing_period_start_date",),
    service=("line_item_product_code",),
    usage_type=("line_item_usage_type",),
    operation=("line_item_operation",),
    region=("product_region_code", "product_region"),
    resource=("line_item_resource_id",),
    kind=("line_item_line_item_type",),
    quantity=("line_item_usage_amount",),
    unit=("pricing_unit",),
    list_cost=("pricing_public_on_demand_cost",),
    billed=("line_item_unblended_cost",),
    currency=("line_item_currency_code",),
    description=("line_item_line_item_description",),
    identity=("identity_line_item_id", "identity_time_interval"),
)
FOCUS = Columns(
    source="FOCUS",
    day=("chargeperiodstart",),
    month=("billingperiodstart",),
    service=("x_servicecode", "servicename"),
    usage_type=("x_usagetype", "skumeter"),
    operation=("x_operation",),
    region=("regionid", "region"),
    resource=("resourceid",),
    kind=("chargecategory",),
    quantity=("consumedquantity", "usagequantity", "pricingquantity"),
    unit=("consumedunit", "usageunit", "pricingunit"),
    list_cost=("listcost",),
    billed=("billedcost",),
    currency=("billingcurrency",),
    description=("chargedescription",),
    identity=(),
    correction=("chargeclass",),
)

_KINDS = {
    "usage": ChargeKind.USAGE,
    "discountedusage": ChargeKind.USAGE,
    "savingsplancoveredusage": ChargeKind.USAGE,
    "tax": ChargeKind.TAX,
    "credit": ChargeKind.CREDIT,
    "refund": ChargeKind.REFUND,
    "fee": ChargeKind.FEE,
    "rifee": ChargeKind.FEE,
    "purchase": ChargeKind.FEE,
    "savingsplanrecurringfee": ChargeKind.FEE,
    "savingsplanupfrontfee": ChargeKind.FEE,
    "recurringfee": ChargeKind.FEE,
    "edpdiscount": ChargeKind.DISCOUNT,
    "bundleddiscount": ChargeKind.DISCOUNT,
    "privateratediscount": ChargeKind.DISCOUNT,
    "discount": ChargeKind.DISCOUNT,
    "savingsplannegation": ChargeKind.DISCOUNT,
    "adjustment": ChargeKind.OTHER,
}


def kind_of(word: str) -> ChargeKind:
    """What a source's word for a charge means; `OTHER` for words that are not known."""
    return _KINDS.get(word.strip().lower(), ChargeKind.OTHER)


def normal(name: str) -> str:
    """One spelling of `lineItem/UsageType`, `line_item_usage_type` and `ChargePeriodStart`."""
    if "/" in name:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.replace("/", "_"))
    return name.strip().strip("\ufeff").lower()


def columns_of(header: Iterable[str]) -> Columns:
    """Which export this is. Raises `InvalidInput` that names what is missing."""
    names = {normal(name) for name in header}
    likely = FOCUS if {"chargecategory", "billedcost"} & names else CUR
    missing = [choices[0] for choices in likely.needed() if not names.intersection(choices)]
    if missing:
        raise InvalidInput(
            f"This is no billing export: the columns {', '.join(missing)} are missing.",
            hint="Give a CUR 2.0 or FOCUS export with its header, as CSV, CSV.gz or Parquet.",
        )
    return likely
