"""Estimates by REST are those of the command line, exact and with their sources."""

import pytest

LINE = {"line": "s3.storage.STANDARD", "region": "us-east-1", "quantity": "52900"}


def test_usage_is_priced_with_tiers_and_sources(bearer):
    answer = bearer("admin").post(
        "/api/costs/estimate", json={"period": "2026-10", "lines": [LINE]}
    )
    report = answer.json()
    assert (answer.status_code, report["total_usd"]) == (200, "1215.00")
    assert report["lines"][0]["tiers"][1]["from"] == "51200"
    assert report["lines"][0]["price"]["sources"]
    assert report["figures"]["flat_rate"] is None


def test_what_has_no_price_is_named(bearer):
    body = {"period": "2026-10", "lines": [LINE | {"region": "eu-north-1"}]}
    report = bearer("admin").post("/api/costs/estimate", json=body).json()
    assert (report["total_usd"], report["unpriced"][0]["quantity"]) == ("0.00", "52900")


@pytest.mark.parametrize("body", [[], {"lines": [{}]}, {"period": "soon"}, {"currency": "EUR"}])
def test_what_is_no_usage_is_a_400_with_a_hint(bearer, body):
    answer = bearer("admin").post("/api/costs/estimate", json=body)
    assert answer.status_code == 400


def test_a_member_sees_no_costs(bearer):
    assert bearer("owner").post("/api/costs/estimate", json={"lines": [LINE]}).status_code == 403


def test_a_month_without_bill_and_usage_says_so_and_is_no_zero_that_looks_sure(bearer):
    report = bearer("admin").get("/api/costs?month=2026-10").json()
    assert (report["basis"], report["total_usd"]) == ("estimated", "0.00")
    assert any("no usage has been measured" in told for told in report["warnings"])
    assert "no bill" in report["problem"]
    assert report["units"][0]["usd"] is None
    assert report["sentence"].startswith("Nobody knows what October costs")


def test_what_is_no_month_is_refused(bearer):
    assert bearer("admin").get("/api/costs?month=2026-13").status_code == 400
