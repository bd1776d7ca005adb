"""The demo's bill: read by the app's own reader, and tied to what was measured."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.costs.exports import ExportReader
from core.costs.figures import estimate
from core.costs.reconcile import reconcile
from core.costs.service.sheets import bundled_sheet
from core.costs.usage_file import parse_usage
from core.demo.bills import _HEAD, Month, _file, rows
from core.model.actuals import ChargeKind

PERIOD = "2026-10"
USED = [
    {"line": "cf.dto", "region": "EU", "quantity": "1300"},
    {"line": "cf.dto", "region": "ZA_ME", "quantity": "40"},
    {"line": "cf.https", "region": "EU", "quantity": "90000"},
    {"line": "s3.storage.STANDARD", "region": "us-east-1", "quantity": "1700"},
    {"line": "s3.req.STANDARD.tier2", "region": "us-east-1", "quantity": "5000"},
]


def lines(allowances):
    usage = {"period": PERIOD, "allowances": allowances, "lines": USED}
    return estimate(parse_usage(usage, bundled_sheet(), PERIOD), bundled_sheet())


@pytest.fixture
def actuals():
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(31)]
    weights = {day: Decimal(1) / 31 for day in days}
    month = Month(weights, Decimal(1) / 31, lines("none").lines, lines("always_free").lines)
    content = _file(rows(month), PERIOD).decode().splitlines()

    reader = ExportReader(PERIOD)
    reader.add("demo.csv", _HEAD, csv.DictReader(content))
    return reader.actuals(datetime(2026, 11, 20, tzinfo=UTC))


def test_every_row_is_read_and_all_its_lines_are_known(actuals):
    assert actuals.source == "CUR"
    assert not actuals.warnings
    found = reconcile(lines("none"), actuals, bundled_sheet())
    assert not found.unknown_usage_types
    assert not found.wrong_lines


def test_its_usage_costs_what_the_sheet_says_less_what_is_free(actuals):
    measured = [c for c in actuals.charges if c.kind is ChargeKind.USAGE]
    others = ("Requests-Tier1", "ReadRequestUnits", "CW:GMD-Metrics")
    billed = sum(c.billed for c in measured if c.usage_type not in others)
    assert billed == pytest.approx(lines("always_free").total, abs=Decimal("0.000001"))


def test_the_steps_tie_the_estimate_to_the_bill(actuals):
    found = reconcile(lines("none"), actuals, bundled_sheet())
    steps = found.quantity_step + found.price_step + found.discount_step + found.scope_step
    assert found.estimate + steps == found.billed
    assert abs(found.price_step) < Decimal("0.0001")
    assert found.scope_step > 0  # what nobody measured
