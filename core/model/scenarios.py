"""Nouns of what-if: a named change of how media are stored or delivered, and what it would do."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from core.model.base import Noun, UtcTime
from core.model.pricing import Money, Number

Risk = Literal["low", "medium", "high"]
Confidence = Literal["high", "medium", "low"]
Share = Annotated[Decimal, Field(ge=0, le=1)]
ClassName = Literal[
    "STANDARD", "INTELLIGENT_TIERING", "STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "GLACIER",
    "DEEP_ARCHIVE",
]  # fmt: skip


class _Scope(Noun):
    """Which objects: all, of one bucket, of one prefix, of one role."""

    bucket: str = Field("", max_length=255)
    prefix: str = Field("", max_length=1024)
    role: str = Field("", max_length=40)


class ClassChange(_Scope):
    """Move objects to another class, now, or by a rule once they are `after_days` old.

    `reads` is how often a month each object is read from the origin; None: not known.
    """

    kind: Literal["storage_class"] = "storage_class"
    to_class: ClassName
    after_days: int | None = Field(None, ge=0, le=36_500)
    reads: Number | None = Field(None, ge=0)
    small_too: bool = False  # override S3's default of leaving objects under 128 KB


class Tiering(_Scope):
    """Intelligent-Tiering with the shares of bytes that nobody reads for 30 and 90 days."""

    kind: Literal["intelligent_tiering"] = "intelligent_tiering"
    infrequent: Share
    archive_instant: Share = Decimal(0)


class ImageChange(_Scope):
    """Renditions of another format or size: the share of their bytes that is left."""

    kind: Literal["images"] = "images"
    bytes_left: Annotated[Decimal, Field(gt=0, le=5)]
    share_of_delivery: Share = Decimal(1)  # of delivered bytes that are renditions


class HitRatioChange(Noun):
    kind: Literal["hit_ratio"] = "hit_ratio"
    target: Share


class PriceClassChange(Noun):
    kind: Literal["price_class"] = "price_class"
    to: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"]


class TtlChange(Noun):
    kind: Literal["ttl"] = "ttl"
    seconds: int = Field(ge=1, le=31_536_000)


class HttpsChange(Noun):
    """Every request over plain HTTP is redirected to HTTPS."""

    kind: Literal["https"] = "https"


Change = Annotated[
    ClassChange | Tiering | ImageChange | HitRatioChange | PriceClassChange | TtlChange
    | HttpsChange,
    Field(discriminator="kind"),
]  # fmt: skip


class Scenario(Noun):
    """A saved change. It holds no result: it is worked out anew on the month that is looked at."""

    id: str = ""
    name: str = Field(min_length=1, max_length=120)
    change: Change
    created_by: str = ""
    created_at: UtcTime | None = None


class IfUnread(Noun):
    """What a change does if nobody reads what it moves, where the reads are not known.

    `pays_below` and `pays_above` are reads of each object a month; both None: what `saving` says
    of its sign holds for any number of reads.
    """

    after: Money
    saving: Money
    one_off: Money
    payback_months: Number | None = None
    pays_below: Number | None = None
    pays_above: Number | None = None


class WhatIf(Noun):
    """A month as it is and as it would be. None is unknown, and `unknown` says why.

    `saving` is per month and negative where it would cost more; `payback_months` None: never, or
    there is nothing to pay back.
    """

    scenario: Scenario
    before: Money | None = None
    after: Money | None = None
    one_off: Money | None = None
    saving: Money | None = None
    payback_months: Number | None = None
    if_unread: IfUnread | None = None
    risk: Risk = "low"
    risks: tuple[str, ...] = ()
    confidence: Confidence = "high"
    assumptions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
