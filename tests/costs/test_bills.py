"""Bills are read from exports as AWS delivers them into a bucket."""

import csv
import gzip
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import boto3
import pytest
from moto import mock_aws

from core.aws.s3 import MediaBucket
from core.costs.service.actuals import ActualsBook
from core.costs.service.bills import ExportBill
from core.model.actuals import Actuals
from core.model.s3_places import place_of

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
HEAD = (
    "line_item_usage_start_date", "bill_billing_period_start_date", "line_item_product_code",
    "line_item_usage_type", "line_item_line_item_type", "line_item_usage_amount",
    "line_item_unblended_cost", "line_item_currency_code",
)  # fmt: skip


def rows(*costs, day=date(2026, 10, 4)):
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for cost in costs:
        table.writerow([f"{day}T00:00:00Z", f"{day:%Y-%m}-01T00:00:00Z", "AmazonS3",
                        "TimedStorage-ByteHrs", "Usage", "3", cost, "USD"])  # fmt: skip
    return out.getvalue().encode()


@pytest.fixture
def s3():
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="billing")
        yield client


def read(s3, prefix="cur/media/", period="2026-10"):
    return ExportBill(MediaBucket(s3, "billing"), prefix).read(period, NOW)


def put(s3, name, body):
    s3.put_object(Bucket="billing", Key=f"cur/media/{name}", Body=body)


def test_all_files_of_the_month_are_one_bill(s3):
    put(s3, "data/BILLING_PERIOD=2026-10/media-00001.csv.gz", gzip.compress(rows("1.50")))
    put(s3, "data/BILLING_PERIOD=2026-10/media-00002.csv.gz", gzip.compress(rows("0.25")))
    put(s3, "data/BILLING_PERIOD=2026-11/media-00001.csv.gz", gzip.compress(b"not looked at"))
    put(s3, "metadata/BILLING_PERIOD=2026-10/media-Manifest.json", b"{}")
    found = read(s3)
    assert found.total("USD") == Decimal("1.75")
    assert (found.source, found.estimated) == ("CUR export", False)


@pytest.mark.parametrize(
    "folders",
    [
        ("data/BILLING_PERIOD=2026-10/20261101T0000Z-a", "data/BILLING_PERIOD=2026-10/20261102-b"),
        ("20261001-20261101/first", "20261001-20261101/second"),  # the older CUR
    ],
)
def test_of_deliveries_that_are_kept_the_last_one_counts(s3, folders):
    for number, folder in enumerate(folders):
        put(s3, f"{folder}/media-00001.csv", rows(f"{number + 1}.00"))
    assert read(s3).total("USD") == Decimal("2.00")


def test_the_running_month_may_still_change(s3):
    put(s3, "data/BILLING_PERIOD=2026-11/1.csv", rows("2", day=date(2026, 11, 3)))
    assert read(s3, period="2026-11").estimated


def test_a_month_that_has_just_ended_may_still_change(s3):
    """AWS restates it for days, and adds its tax and credits."""
    put(s3, "data/BILLING_PERIOD=2026-10/1.csv", rows("2"))
    bill = ExportBill(MediaBucket(s3, "billing"), "cur/media/")
    assert bill.read("2026-10", datetime(2026, 11, 2, tzinfo=UTC)).estimated
    assert not bill.read("2026-10", datetime(2026, 11, 9, tzinfo=UTC)).estimated


def test_a_month_without_an_export_is_unknown_and_says_where_it_was_looked_for(s3, tmp_path):
    book = ActualsBook(tmp_path, ExportBill(MediaBucket(s3, "billing"), "cur/media/"),
                       lambda: NOW, timedelta(hours=12))  # fmt: skip
    known = book.get("2026-10")
    assert known.actuals is None
    assert "2026-10 in billing/cur/media/" in known.problem


def test_an_export_is_read_again_when_what_was_read_is_old_not_when_the_delivery_is(tmp_path):
    class Bill:
        asked = 0

        def read(self, period, now):
            self.asked += 1
            delivered = NOW - timedelta(hours=20)
            return Actuals(source="CUR", period=period, as_of=delivered, read_at=now, charges=())

    moment = [NOW]
    book = ActualsBook(tmp_path, bill := Bill(), lambda: moment[0], timedelta(hours=12))
    book.get("2026-11")
    moment[0] += timedelta(hours=11)
    book.get("2026-11")
    assert bill.asked == 1
    moment[0] += timedelta(hours=2)
    book.get("2026-11")
    assert bill.asked == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("s3://billing/cur/media/", ("billing", "cur/media/")),
        ("s3://billing/cur/media", ("billing", "cur/media/")),
        ("s3://billing", ("billing", "")),
        ("s3://billing/", ("billing", "")),
        ("https://billing/cur", None),
        ("", None),
    ],
)
def test_a_place_is_a_bucket_and_a_prefix(text, place):
    assert place_of(text) == place
