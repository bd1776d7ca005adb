"""Nouns of what a month will cost, what is odd about a day, and the limits that people set."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from core.model.base import Noun, UtcTime
from core.model.months import Effect
from core.model.pricing import Money, Number

DriverKind = Literal["url", "prefix", "referrer", "country"]
Percent = Annotated[Decimal, Field(gt=0, le=1000)]
Mail = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]


class Forecast(Noun):
    """What the month will cost. With an `unknown` there is no number beside what is known so far.

    `low` and `high` hold four of five months, as far as the back-test tells; `error` is its mean
    absolute error over `tests` of `tested_days` days each, as a part of 1.
    """

    period: str
    so_far: Money
    known_days: int
    total: Money | None = None
    low: Money | None = None
    high: Money | None = None
    error: Number | None = None
    tests: int = 0
    tested_days: int = 0
    method: str = ""
    notes: tuple[str, ...] = ()
    unknown: str = ""


class Driver(Noun):
    """What access logs tell of a day: one URL, prefix or referrer against what it usually has."""

    day: date
    kind: DriverKind
    name: str
    usual_bytes: int
    bytes: int
    usual_requests: int = 0
    requests: int = 0


class Anomaly(Noun):
    """A day on which a family of lines cost far from what such days do."""

    day: date
    family: str
    name: str
    expected: Money
    actual: Money
    effect: Effect  # price, quantity and mix
    drivers: tuple[Driver, ...]
    note: str = ""

    @property
    def excess(self) -> Decimal:
        return self.actual - self.expected


class Budget(Noun):
    """A monthly limit. Alerts come at `thresholds` per cent of it."""

    id: str = ""
    name: str = Field(min_length=1, max_length=120)
    limit: Annotated[Decimal, Field(gt=0, le=10**9)]
    thresholds: tuple[Percent, ...] = (Decimal(50), Decimal(80), Decimal(100))
    on_forecast: bool = True
    missing_after_hours: int = Field(48, ge=1, le=24 * 31)
    mail_to: Annotated[tuple[Mail, ...], Field(max_length=20)] = ()
    topic_arn: str = Field(
        "", max_length=400, pattern=r"^(|arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)$"
    )
    created_by: str = ""
    created_at: UtcTime | None = None


AlertKind = Literal["actual", "forecast", "missing"]


class Alert(Noun):
    """Said once per budget, month, kind and threshold; `id` is made of them."""

    id: str
    budget_id: str
    budget: str
    period: str
    kind: AlertKind
    threshold: Number | None  # per cent; None: data are missing
    amount: Money | None
    limit: Money
    at: UtcTime
    text: str
    to_send: tuple[str, ...] = ()  # `mail:ann@x.org`, `sns:arn…` that have not been told yet
    sent: tuple[str, ...] = ()
    problem: str = ""  # why the last attempt to send it failed
    seen_by: tuple[str, ...] = ()


class BudgetState(Noun):
    """A budget against the running month; None is unknown."""

    budget: Budget
    period: str
    spent: Money | None
    percent: Number | None
    forecast: Forecast | None
    data_as_of: UtcTime | None
    problem: str = ""


class OwnCostLine(Noun):
    line: str
    region: str
    quantity: Number
    usd: Money | None  # None: the sheet has no price for it
    by: tuple[str, ...] = ()  # the calls that were counted


class OwnCost(Noun):
    """What the dashboard's own AWS calls cost on a day. `limit` None: there is no daily budget."""

    day: date
    usd: Money
    limit: Money | None
    lines: tuple[OwnCostLine, ...]
    unpriced: tuple[str, ...] = ()
    stopped: int = 0  # calls that the budget refused
    month_usd: Money = Decimal(0)
