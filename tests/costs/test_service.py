"""The service asks for the permission first and prices with the sheet that held in the month."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.costs.service import open_costs
from core.costs.service.sheets import FOLDER, PriceSheets, bundled_data
from core.errors import InvalidInput, NotAllowed
from core.model.identity import Actor, Role

ADMIN, SUPPORT = (Actor(account_id="a", role=role) for role in (Role.ADMIN, Role.SUPPORT))
USAGE = {"lines": [{"line": "cf.http", "region": "EU", "quantity": 10_000}]}


@pytest.fixture
def costs(tmp_path):
    return open_costs(tmp_path, lambda: datetime(2026, 12, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "call",
    [
        lambda costs: costs.estimate(SUPPORT, USAGE),
        lambda costs: costs.check_prices(SUPPORT, "S3: $1 per GB"),
        lambda costs: costs.refresh_prices(SUPPORT, ["us-east-1"], None),
        lambda costs: costs.price_sheet(SUPPORT),
    ],
)
def test_every_method_needs_costs_read(costs, call):
    with pytest.raises(NotAllowed, match="costs:read"):
        call(costs)


def test_usage_without_a_month_is_of_this_month(costs):
    assert costs.estimate(ADMIN, USAGE).period == "2026-12"


def test_a_bill_keeps_the_prices_of_its_month(costs, tmp_path):
    data = bundled_data()
    dearer = [
        row | ({"price_usd": "0.018"} if (row["line"], row["region"]) == ("cf.http", "EU") else {})
        for row in data["prices"]
    ]
    PriceSheets(tmp_path / FOLDER).keep(
        data
        | {"version": "v2", "as_of": "2026-12-01", "fetched_on": "2026-12-02", "prices": dearer}
    )
    old, new = (costs.estimate(ADMIN, USAGE | {"period": p}).total for p in ("2026-11", "2026-12"))
    assert (old, new) == (Decimal("0.009"), Decimal("0.018"))
    assert costs.price_sheet(ADMIN).version == "v2"


def test_text_that_is_neither_json_nor_a_document_with_prices_is_refused(costs):
    with pytest.raises(InvalidInput, match="neither JSON"):
        costs.check_prices(ADMIN, '{"line": ')


def test_a_document_without_prices_has_no_verdicts(costs):
    assert costs.check_prices(ADMIN, "# Title\n\nNothing here.") == ()
