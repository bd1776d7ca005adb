"""CloudFront's metrics: where they are asked for, in which periods, and what no sample means."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.cloudfront_metrics import METRICS, CloudFrontMetrics

START = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def client():
    with mock_aws():
        yield AwsClients("eu-central-1", None, "k", "s").edge_metrics


def put(client, name, at, value, distribution="E1", region="Global"):
    dimensions = [
        {"Name": "DistributionId", "Value": distribution},
        {"Name": "Region", "Value": region},
    ]
    datum = {"MetricName": name, "Dimensions": dimensions, "Timestamp": at, "Value": value}
    client.put_metric_data(Namespace="AWS/CloudFront", MetricData=[datum])


def read(client, days=1):
    found = CloudFrontMetrics(lambda: client).read("E1", START, START + timedelta(days=days))
    return {metric.name: metric for metric in found}


def test_metrics_live_in_us_east_1_wherever_the_bucket_is(client):
    assert client.meta.region_name == "us-east-1"


def test_sums_add_up_and_rates_do_not(client):
    for hour, value in ((1, 10), (1, 5), (3, 7)):
        put(client, "Requests", START + timedelta(hours=hour), value)
        put(client, "CacheHitRate", START + timedelta(hours=hour), 90)
    put(client, "Requests", START + timedelta(hours=1), 1000, distribution="E2")
    found = read(client)
    assert [one.value for one in found["Requests"].samples] == [15, 7]
    assert found["Requests"].total == 22
    assert found["Requests"].last.at == START + timedelta(hours=3)
    assert found["CacheHitRate"].total is None
    assert found["CacheHitRate"].last.value == 90


def test_a_metric_without_samples_is_unknown(client):
    found = read(client)
    assert set(found) == {name for name, _, _ in METRICS}
    assert found["BytesDownloaded"].total is None
    assert found["BytesDownloaded"].last is None


def test_long_ranges_are_asked_by_days(client):
    assert read(client, days=14)["Requests"].period_seconds == 3600
    assert read(client, days=15)["Requests"].period_seconds == 86400
