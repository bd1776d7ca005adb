"""Each call that costs is counted before it is made, and a guard may refuse it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Thread

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.metering import CallMeter
from core.errors import NotAllowed

D = Decimal
NOW = datetime(2026, 10, 3, 23, 30, tzinfo=UTC)


def metered(guard=None):
    meter = CallMeter(lambda: NOW, guard)
    return meter, AwsClients("eu-west-1", None, "AKIATEST", "secret", meter=meter)


def lines(meter):
    return {(line, call): count for (_, line, _, call), count in meter.drain().items()}


@mock_aws
def test_requests_of_s3_are_counted_by_their_price():
    meter, clients = metered()
    clients.s3.create_bucket(
        Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    for _ in range(3):
        clients.hurried(5).s3.list_objects_v2(Bucket="media")
    clients.s3.put_object(Bucket="media", Key="a", Body=b"x")
    clients.s3.get_object(Bucket="media", Key="a")
    clients.s3.delete_object(Bucket="media", Key="a")
    clients.s3.generate_presigned_url("get_object", Params={"Bucket": "media", "Key": "a"})
    counted = meter.drain()
    assert counted[date(2026, 10, 3), "s3.req.STANDARD.tier1", "eu-west-1", "ListObjectsV2"] == 3
    assert {(key[1][-5:], key[3]): n for key, n in counted.items()} == {
        ("tier1", "ListObjectsV2"): 3, ("tier1", "PutObject"): 1, ("tier1", "CreateBucket"): 1, ("tier2", "GetObject"): 1,
    }  # fmt: skip
    assert meter.drain() == {}
    meter.put_back(counted)
    assert meter.drain() == counted


@mock_aws
def test_metrics_are_counted_one_by_one_and_other_services_not_at_all():
    meter, clients = metered()
    query = {
        "Id": "a",
        "MetricStat": {
            "Metric": {"Namespace": "AWS/S3", "MetricName": "BucketSizeBytes"},
            "Period": 60,
            "Stat": "Sum",
        },
    }
    client = clients._make("cloudwatch")
    client.get_metric_data(
        MetricDataQueries=[query, query | {"Id": "b"}, {"Id": "c", "Expression": "a+b"}],
        StartTime=NOW,
        EndTime=NOW + timedelta(hours=1),
    )
    client.list_metrics()
    clients.kms.list_keys()
    assert lines(meter) == {("cw.get_metric_data", "GetMetricData"): 2}


def test_a_query_of_athena_is_counted_once_with_at_least_ten_megabytes():
    meter, clients = metered()
    client = clients._make("athena")

    def ended(id, state, read):
        return {
            "QueryExecution": {
                "QueryExecutionId": id,
                "Status": {"State": state},
                "Statistics": {"DataScannedInBytes": read},
            }
        }

    with Stubber(client) as stub:
        for answer in (
            ended("q", "RUNNING", 5),
            ended("q", "SUCCEEDED", 5),
            ended("q", "SUCCEEDED", 5),
            ended("r", "FAILED", 0),
            ended("s", "CANCELLED", 2**40),
        ):
            stub.add_response("get_query_execution", answer)
            client.get_query_execution(QueryExecutionId="q")
    assert lines(meter) == {("athena.scanned", "StartQueryExecution"): D(10 * 2**20) / 2**40 + 1}


@mock_aws
def test_a_guard_refuses_optional_calls_before_they_are_made_or_counted():
    def guard(call):
        if call.optional:
            raise NotAllowed("The daily budget is spent.", hint="Wait.")

    meter, clients = metered(guard)
    clients.s3.list_buckets()
    for refused in (
        clients.for_scans().s3.list_buckets,
        clients.for_scans().hurried(5).s3.list_buckets,
        lambda: clients.cost_explorer.get_cost_and_usage(TimePeriod={"Start": "2026-10-01", "End": "2026-10-02"}, Granularity="DAILY", Metrics=["UnblendedCost"]),
        lambda: clients._make("athena").start_query_execution(QueryString="SELECT 1"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="budget"):
            refused()
    assert lines(meter) == {("s3.req.STANDARD.tier1", "ListBuckets"): 1}


def test_counts_of_many_threads_add_up():
    meter = CallMeter(lambda: NOW)
    work = [
        Thread(target=lambda: [meter.count("a", "r", "c", D(1)) for _ in range(500)])
        for _ in range(8)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert list(meter.drain().values()) == [4000]


def test_cost_explorer_is_in_us_east_1_wherever_the_buckets_are():
    _, clients = metered()
    assert "us-east-1" in clients.cost_explorer.meta.endpoint_url
    assert clients.sns("ap-south-1").meta.region_name == "ap-south-1"
