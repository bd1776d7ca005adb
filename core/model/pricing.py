"""Nouns of prices: a dated sheet with its tiers, and claims about prices with our verdict.

Money and quantities are Decimal, strings in JSON, and never rounded here. A price of None is
unknown: whoever meets one says so and counts nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from core.model.base import Noun

ANY_REGION = "*"
GLOBAL = "global"
STALE_AFTER_DAYS = 35

Confidence = Literal["A", "B", "C", "UNKNOWN"]  # C is assumed, inferred or undated


def plain(value: Decimal) -> str:
    """Every digit, without an exponent or needless zeros: `0.0000166667`, `52900`."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: Decimal) -> str:
    """Every digit, at least two decimals: `1215.00`, `0.0106`."""
    whole, _, decimals = plain(value).partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


Number = Annotated[Decimal, PlainSerializer(plain, when_used="json")]
Money = Annotated[Decimal, PlainSerializer(amount, when_used="json")]


class PriceTier(Noun):
    """`price` per the dimension's `per` units, for the part of a quantity in [start, end)."""

    start: Number
    end: Number | None  # None: without end
    price: Number | None  # None: unknown
    confidence: Confidence
    sources: tuple[str, ...]
    source_date: str | None  # as precise as the source: 2026, 2026-09, 2026-10-03
    note: str = ""


class PriceDimension(Noun):
    """What one line costs in one region (an AWS region, an edge group, `global` or `*`)."""

    line: str
    service: str
    region: str
    usage_type: str | None
    per: Number
    unit: str
    tiers: tuple[PriceTier, ...]

    @property
    def is_priced(self) -> bool:
        return self.tiers[0].price is not None

    @property
    def is_assumed(self) -> bool:
        return any(tier.confidence == "C" for tier in self.tiers)


class Allowance(Noun):
    """What AWS never charges, per payer and month, over all regions: `lines` share it."""

    line: str
    quantity: Number
    unit: str
    lines: tuple[str, ...]
    sources: tuple[str, ...]
    source_date: str | None
    note: str = ""


class FlatRatePlan(Noun):
    """A CloudFront plan of one distribution: one price, no overage, a capacity."""

    plan: str
    usd_month: Money
    requests: Number
    data_transfer_gb: Number
    s3_storage_credit_gb: Number
    dns_queries: Number


class PriceSource(Noun):
    id: str
    what: str
    date: str | None
    kind: str


class StorageRules(Noun):
    """What S3 bills beyond the bytes of an object, by storage class."""

    min_duration_days: dict[str, int]
    min_billable_bytes: dict[str, int]
    class_overhead_bytes: dict[str, int]  # per object, at the class's own rate
    standard_overhead_bytes: dict[str, int]  # per object, at the rate of Standard
    monitored_from_bytes: int
    lifecycle_from_bytes: int


class PriceSheet(Noun):
    """All prices as they were known on one day. `version` names it, `as_of` dates its prices."""

    # Counted in the pattern, `\w` a hundred times over would take 10 MB.
    version: str = Field(pattern=r"^[\w.-]+$", max_length=100)
    as_of: date
    fetched_on: date
    currency: str
    dimensions: tuple[PriceDimension, ...]
    allowances: tuple[Allowance, ...]
    plans: tuple[FlatRatePlan, ...]
    sources: tuple[PriceSource, ...]
    rules: StorageRules
    edge_groups: dict[str, str]
    region_prefixes: dict[str, str]
    price_classes: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # edge groups of each

    @cached_property
    def by_place(self) -> dict[tuple[str, str], PriceDimension]:
        return {(one.line, one.region): one for one in self.dimensions}

    @cached_property
    def by_line(self) -> dict[str, tuple[PriceDimension, ...]]:
        found: dict[str, list[PriceDimension]] = {}
        for one in self.dimensions:
            found.setdefault(one.line, []).append(one)
        return {line: tuple(dimensions) for line, dimensions in found.items()}

    def age_days(self, today: date) -> int:
        return max((today - self.fetched_on).days, 0)

    def is_stale(self, today: date) -> bool:
        return self.age_days(today) > STALE_AFTER_DAYS


class Verdict(StrEnum):
    OK = "ok"
    OK_CONDITIONAL = "ok_conditional"
    WRONG = "wrong"
    AMBIGUOUS = "ambiguous"
    UNPRICED = "unpriced"
    STALE = "stale"


class ClaimScope(Noun):
    """Where and how a claim is meant to hold; empty where nothing says so."""

    region: str = ""  # an AWS region
    edge_group: str = ""
    protocol: Literal["", "http", "https"] = ""


class PriceClaim(Noun):
    """Somebody's statement of a price: `value` USD per `per` units of what `text` describes."""

    text: str
    value: Number
    per: Number
    upper: Number | None = None  # of a range: "$20-30", "$0.085 to $0.12"
    unit: str = ""  # GB, GB-month, request …, as normalised from the text
    line: str = ""  # of the price sheet, where the claim names it
    scope: ClaimScope = ClaimScope()
    number: int | None = None  # line of the document, from 1
    is_total: bool = False  # the amount of a bill, not a price per unit
    product_usd: Number | None = None  # of `100 GB x $0.023 = $2.30`: what the factors give
    bound: Literal["", "below", "about"] = ""  # of a total: "< $5", "~ $5"
    currency: str = "USD"
    per_is_given: bool = True  # False: the sheet's own unit is assumed
    hints: tuple[str, ...] = ()  # the words around it, nearest first


class PriceEvidence(Noun):
    """The price that a claim was compared with, and where it comes from."""

    line: str
    region: str
    usage_type: str | None
    price: Number | None
    per: Number
    unit: str
    tier_from: Number
    tier_to: Number | None
    confidence: Confidence
    sources: tuple[str, ...]
    source_date: str | None
    sheet: str


class Reference(Noun):
    """The usage at which a claim's error is put into money."""

    quantity: Number
    unit: str
    claimed_usd: Money
    list_usd: Money


class PriceVerdict(Noun):
    """What we say to one claim. `ratio` is the claimed price over the expected one."""

    claim: PriceClaim
    verdict: Verdict
    expected_usd: Number | None = None
    per: Number | None = None
    ratio: Number | None = None
    conditions: tuple[str, ...] = ()
    likely_cause: str = ""
    impact_usd_at_reference_usage: Money | None = None
    reference: Reference | None = None
    evidence: tuple[PriceEvidence, ...] = ()

    @property
    def number(self) -> int | None:
        """The line of the document that the claim stands on, from 1."""
        return self.claim.number
