"""Exports are read as AWS documents them; what can't be read is told."""

import gzip
import io
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from core.costs.service.export_files import ExportFile, file_at, read_export, uploaded
from core.errors import InvalidInput, UnreadableContent

D = Decimal
NOW = datetime(2026, 11, 5, tzinfo=UTC)
CUR = (
    "identity_line_item_id,identity_time_interval,bill_billing_period_start_date,line_item_usage_start_date,"
    "line_item_product_code,line_item_usage_type,line_item_operation,line_item_resource_id,line_item_line_item_type,"
    "line_item_usage_amount,pricing_unit,pricing_public_on_demand_cost,line_item_unblended_cost,"
    "line_item_currency_code,line_item_line_item_description,product_region_code\n"
)
ROWS = (
    "a,i1,2026-10-01T00:00:00Z,2026-10-03T00:00:00Z,AmazonS3,TimedStorage-ByteHrs,StandardStorage,media,Usage,10,GB-Mo,0.23,0.23,USD,$0.023 per GB,us-east-1\n"
    "b,i2,2026-10-01T00:00:00Z,2026-10-03T05:00:00Z,AmazonS3,TimedStorage-ByteHrs,StandardStorage,media,Usage,20,GB-Mo,0.46,0.46,USD,$0.023 per GB,us-east-1\n"
    "c,i3,2026-10-01T00:00:00Z,2026-10-31T23:59:59Z,AmazonCloudFront,US-DataTransfer-Out-Bytes,GET,,Usage,100,GB,0,0,USD,$0.000 per GB - first 1 TB under the monthly global free tier,\n"
    "d,i4,2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,AmazonS3,,,,Tax,1,,,0.14,USD,Tax,\n"
    "e,i5,2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,AmazonS3,TimedStorage-ByteHrs,,,Credit,0,,,-0.50,USD,Promo,\n"
)
FOCUS = (
    "BillingPeriodStart,ChargePeriodStart,ServiceName,x_ServiceCode,SkuMeter,x_Operation,RegionId,ResourceId,ChargeCategory,ChargeClass,"
    "ConsumedQuantity,ConsumedUnit,ListCost,BilledCost,BillingCurrency,ChargeDescription\n"
    "2026-10-01 00:00:00 UTC,2026-10-02 00:00:00 UTC,Amazon S3,AmazonS3,Requests-Tier1,PutObject,us-east-1,media,Usage,,1000,Requests,0.005,0.004,EUR,Puts\n"
    "2026-10-01 00:00:00 UTC,2026-10-02 00:00:00 UTC,Amazon S3,AmazonS3,Requests-Tier1,PutObject,us-east-1,media,Usage,Correction,0,,,-0.01,EUR,Fix\n"
    "2026-10-01 00:00:00 UTC,2026-10-02 00:00:00 UTC,CloudFront,,,,global,,Purchase,,1,,15,15,EUR,Pro plan\n"
)


def read(text, *more, period="2026-10"):
    files = [uploaded("export.csv", text.encode() if isinstance(text, str) else text), *more]
    return read_export(files, period, NOW)


def parquet(text):
    out = io.BytesIO()
    table = pyarrow.csv.read_csv(io.BytesIO(text.encode()))
    tags = pa.array([[("k", "v")]] * table.num_rows, type=pa.map_(pa.string(), pa.string()))
    pq.write_table(table.append_column("resource_tags", tags), out)
    return out.getvalue()


def by_kind(actuals):
    return {(c.kind.value, c.service): c for c in actuals.charges}


@pytest.mark.parametrize(
    "content", [(CUR + ROWS).encode(), gzip.compress((CUR + ROWS).encode()), parquet(CUR + ROWS)]
)
def test_a_cur_reads_the_same_from_csv_gz_and_parquet(content):
    found = read(content)
    charges = by_kind(found)
    stored = charges["usage", "AmazonS3"]
    assert (stored.quantity, stored.list_cost, stored.billed) == (30, D("0.69"), D("0.69"))
    assert (stored.resource, stored.operation, str(stored.day)) == (
        "media",
        "StandardStorage",
        "2026-10-03",
    )
    assert charges["usage", "AmazonCloudFront"].is_free
    assert charges["tax", "AmazonS3"].billed == D("0.14")
    assert charges["credit", "AmazonS3"].billed == D("-0.5")
    assert (found.source, found.total("USD"), found.warnings) == ("CUR", D("0.33"), ())


def test_the_older_cur_differs_in_the_spelling_of_its_columns_only():
    old = {
        "bill_billing_period_start_date": "bill/BillingPeriodStartDate", "line_item_usage_start_date": "lineItem/UsageStartDate",
        "line_item_product_code": "lineItem/ProductCode", "line_item_usage_type": "lineItem/UsageType",
        "line_item_line_item_type": "lineItem/LineItemType", "line_item_unblended_cost": "lineItem/UnblendedCost",
        "line_item_currency_code": "lineItem/CurrencyCode", "pricing_public_on_demand_cost": "pricing/publicOnDemandCost",
    }  # fmt: skip
    header = CUR
    for new, name in old.items():
        header = header.replace(new, name)
    assert by_kind(read(header + ROWS))["usage", "AmazonS3"].list_cost == D("0.69")


def test_focus_takes_its_usage_type_from_the_sku_meter_and_marks_corrections():
    found = read(FOCUS)
    charges = {c.kind.value: c for c in found.charges}
    assert (found.source, found.currencies) == ("FOCUS", ("EUR",))
    assert (charges["usage"].usage_type, charges["usage"].list_cost) == (
        "Requests-Tier1",
        D("0.005"),
    )
    assert charges["refund"].billed == D("-0.01")
    assert (charges["fee"].service, charges["fee"].billed) == ("CloudFront", 15)


def test_rows_that_cannot_be_read_are_counted_and_named():
    broken = "x,i9,2026-10-01T00:00:00Z,2026-10-03T00:00:00Z,AmazonS3,T,,,Usage,1,GB,0.1,{},USD,,\n"
    found = read(CUR + ROWS + "".join(broken.format(bad) for bad in ("abc", "", "NaN", "1")))
    assert "3 rows can't be read" in found.warnings[0]
    assert "row 6" in found.warnings[0]
    undated = read(CUR + ROWS + broken.replace("2026-10-03T00:00:00Z", "").format("1"))
    assert "no date" in undated.warnings[0]


def test_rows_of_other_months_strange_kinds_and_repeated_rows_are_told():
    other = ROWS.splitlines()[0].replace("2026-10", "2026-09") + "\n"
    strange = ROWS.splitlines()[1].replace("Usage,20", "Mystery,20").replace("b,i2", "z,i2") + "\n"
    found = read(CUR + ROWS + other + strange + ROWS.splitlines()[0] + "\n")
    told = " ".join(found.warnings)
    assert "1 rows of other months" in told
    assert "'Mystery'" in told
    assert "1 rows came twice" in told
    assert by_kind(found)["usage", "AmazonS3"].quantity == 30


def test_a_file_that_is_given_twice_is_read_once(tmp_path):
    path = tmp_path / "cur.csv"
    path.write_text(CUR + ROWS)
    found = read_export([file_at(path), file_at(path)], "2026-10", NOW)
    assert found.total("USD") == D("0.33")
    assert "given twice" in found.warnings[0]


def test_the_usage_of_a_month_is_by_its_bill_and_in_utc():
    row = ROWS.splitlines()[0].replace("2026-10-03T00:00:00Z", "2026-09-30T20:00:00-05:00")
    (charge,) = read(CUR + row).charges
    assert str(charge.day) == "2026-10-01"


def test_wrong_files_are_refused_by_name():
    with pytest.raises(InvalidInput, match="line_item_usage_type"):
        read("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="chargeperiodstart"):
        read("ChargeCategory,BilledCost\nUsage,2\n")
    with pytest.raises(InvalidInput, match="one"):
        read(CUR + ROWS, uploaded("focus.csv", FOCUS.encode()))
    with pytest.raises(InvalidInput, match="None of the 5 rows"):
        read(CUR + ROWS, period="2026-08")
    with pytest.raises(InvalidInput, match="no export"):
        read_export([], "2026-10", NOW)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"gone\.csv"):
        read_export([file_at(tmp_path / "gone.csv")], "2026-10", NOW)


def test_an_export_of_no_rows_is_empty_and_says_so():
    assert read(CUR).warnings == ("the export has no rows",)


def test_a_cut_off_file_is_never_taken_for_the_month():
    packed = gzip.compress((CUR + ROWS * 500).encode())
    for content in (
        packed[:-40],
        packed[: len(packed) // 2],
        parquet(CUR + ROWS)[:-30],
        b"\xff\xfe\xfa",
    ):
        with pytest.raises((UnreadableContent, InvalidInput)):
            read(content)


def test_more_charges_than_memory_is_meant_for_are_refused(monkeypatch):
    monkeypatch.setattr("core.costs.exports.MOST_CHARGES", 2)
    from core.errors import TooLarge  # noqa: PLC0415

    with pytest.raises(TooLarge, match="2 different"):
        read(CUR + ROWS)


def test_each_opening_gives_a_new_stream():
    file = uploaded("a", b"x")
    assert isinstance(file, ExportFile)
    assert all(a is not b for a, b in pairwise(file.open() for _ in range(3)))
