"""Cost Explorer is asked page by page; every page is counted."""

from datetime import date
from decimal import Decimal

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from core.aws.cost_explorer import CostExplorer
from core.errors import AwsDenied, AwsUnavailable

D = Decimal
START, END = date(2026, 10, 1), date(2026, 10, 3)


@pytest.fixture
def client():
    return boto3.client(
        "ce", region_name="us-east-1", aws_access_key_id="AKIATEST", aws_secret_access_key="s"
    )


def day(number, *groups, estimated=False):
    return {
        "TimePeriod": {"Start": f"2026-10-0{number}", "End": f"2026-10-0{number + 1}"},
        "Total": {},
        "Estimated": estimated,
        "Groups": [
            {
                "Keys": [service, second],
                "Metrics": {
                    "UnblendedCost": {"Amount": cost, "Unit": "USD"},
                    "UsageQuantity": {"Amount": quantity, "Unit": unit},
                },
            }
            for service, second, cost, quantity, unit in groups
        ],
    }


def test_pages_are_followed_and_counted_and_kinds_kept_apart(client):
    first = day(1, ("Amazon CloudFront", "US-DataTransfer-Out-Bytes", "0.85", "10", "GB"))
    second = day(
        2, ("Amazon CloudFront", "US-DataTransfer-Out-Bytes", "1.70", "20", "N/A"), estimated=True
    )
    others = day(
        1,
        ("Amazon CloudFront", "Credit", "-0.5", "0", "N/A"),
        ("AWS", "Tax", "0.2", "0", ""),
        ("AWS", "Fee", "0", "0", ""),
        ("AWS", "New kind", "1", "0", ""),
    )
    with Stubber(client) as stub:
        stub.add_response("get_cost_and_usage", {"ResultsByTime": [first], "NextPageToken": "n"})
        stub.add_response("get_cost_and_usage", {"ResultsByTime": [second]})
        stub.add_response("get_cost_and_usage", {"ResultsByTime": [others]})
        found = CostExplorer(client).charges(START, END)
        stub.assert_no_pending_responses()
    assert (found.pages, found.estimated) == (3, True)
    usage = [c for c in found.charges if c.kind == "usage"]
    assert [(c.day.day, c.billed, c.quantity, c.unit) for c in usage] == [
        (1, D("0.85"), 10, "GB"),
        (2, D("1.70"), 20, ""),
    ]
    assert [(c.kind.value, c.billed) for c in found.charges[2:]] == [
        ("credit", D("-0.5")),
        ("tax", D("0.2")),
        ("other", 1),
    ]


def test_refusals_and_endless_pages_are_our_errors(client):
    with Stubber(client) as stub:
        stub.add_client_error("get_cost_and_usage", "AccessDeniedException", http_status_code=400)
        with pytest.raises(AwsDenied, match="GetCostAndUsage") as told:
            CostExplorer(client).charges(START, END)
        assert "ce:GetCostAndUsage" in told.value.hint
    with Stubber(client) as stub:
        stub.add_client_error("get_cost_and_usage", "DataUnavailableException")
        with pytest.raises(AwsUnavailable):
            CostExplorer(client).charges(START, END)
    with Stubber(client) as stub:
        for _ in range(50):
            stub.add_response("get_cost_and_usage", {"ResultsByTime": [], "NextPageToken": "n"})
        with pytest.raises(AwsUnavailable, match="50 pages"):
            CostExplorer(client).charges(START, END)


@mock_aws
def test_an_account_without_costs_has_no_charges(client):
    assert CostExplorer(client).charges(START, END).charges == ()
