"""The pure rules of traffic: folders, owners, comparisons, ages, names of columns."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from core.errors import UnreadableContent
from core.model.traffic import Delivered, EdgeMetric, EdgeSample, LogKind
from core.usage.access_logs import (
    check_columns,
    column_of,
    columns_of,
    day_of_file,
    folder_of,
    folder_pattern,
    shape_of,
    shown,
)
from core.usage.traffic import (
    age_of,
    by_owner,
    change,
    file_of,
    hit_ratio,
    range_before,
    told_days,
)


@pytest.mark.parametrize(
    ("field", "column"),
    [("cs(Host)", "cs_host"), ("cs-uri-stem", "cs_uri_stem"), ("timestamp(ms)", "timestamp_ms"), ("DistributionId", "distributionid"), ("x_edge_location", "x_edge_location")],
)  # fmt: skip
def test_a_field_has_one_name_in_every_format(field, column):
    assert column_of(field) == column


def test_a_field_that_comes_twice_keeps_its_place():
    shape = shape_of(b"#Fields: date time sc-status cs-uri-stem date ()\n1\t2\t3\t4\t5\t6\n", "x")
    assert columns_of(shape) == ("date", "time", "sc_status", "cs_uri_stem", "date_4", "field")


def test_the_newest_header_before_the_first_line_counts():
    head = b"#Fields: a b\n#Fields: date time sc-status cs-uri-stem\n1\t2\t3\t4\n"
    assert shape_of(head, "x").fields == ("date", "time", "sc-status", "cs-uri-stem")
    assert shape_of(head, "x").skip == 2


def test_a_file_of_headers_has_no_shape_yet():
    assert shape_of(b"#Version: 1.0\n\n", "x") is None
    assert shape_of(b'#Version: 1.0\n{"date": 1}\n', "x").kind is LogKind.JSON


def test_what_is_missing_is_named():
    with pytest.raises(UnreadableContent, match="date and time, sc_status"):
        check_columns(("cs_uri_stem",), "x")
    check_columns(("timestamp", "cs_uri_stem", "sc_status"), "x")


def test_values_are_decoded_once():
    assert shown("/a%2520b") == "/a%20b"
    assert shown("-") is None
    assert shown(None) is None


@pytest.mark.parametrize(
    ("path", "depth", "folder"),
    [("/a/b/c.jpg", 1, "/a/"), ("/a/b/c.jpg", 2, "/a/b/"), ("/a/b/c.jpg", 9, "/a/b/"), ("/c.jpg", 1, "/"), ("/a/", 1, "/a/"), ("//x", 1, "//")],
)  # fmt: skip
def test_a_folder_is_the_same_for_us_and_for_the_engines(path, depth, folder):
    import re  # noqa: PLC0415

    assert folder_of(path, depth) == folder
    assert re.match(folder_pattern(depth), path)[0] == folder


def test_owners_are_summed_and_the_unknown_are_shown():
    rows = [
        Delivered(label="/media/f1/", requests=2, bytes=10),
        Delivered(label="/media/f2/", requests=1, bytes=50),
        Delivered(label="/media/f3/", requests=1, bytes=5),
        Delivered(label=None, requests=1, bytes=5),
    ]
    owners = {"f1": "anna", "f3": "anna"}
    found = by_owner(rows, owners.get)
    assert [(one.label, one.requests, one.bytes) for one in found] == [
        (None, 2, 55),
        ("anna", 3, 15),
    ]
    assert file_of("/media/f1/") == "f1"
    assert file_of("/avatars/x/") is None


def test_a_change_from_nothing_is_no_share():
    assert change(100, 112) == pytest.approx(0.12)
    assert change(0, 5) is None


def test_the_range_before_has_the_same_length():
    assert range_before(date(2028, 3, 1), date(2028, 3, 31)) == (
        date(2028, 1, 30),
        date(2028, 2, 29),
    )


@pytest.mark.parametrize(
    ("seen", "damaged", "told"),
    [
        ((3, 10), (), range(3, 11)),  # a week between two files was quiet
        ((3, 11), (), (3, 11)),  # logging may as well have been off
        ((3, 6), (4,), (3, 5, 6)),
        ((), (4,), ()),
    ],
)
def test_days_between_two_log_files_are_quiet_ones(seen, damaged, told):
    day = partial(date, 2026, 10)
    found = told_days(map(day, seen), map(day, damaged), day(1), day(31))
    assert [one.day for one in found] == list(told)


def test_a_log_file_names_its_day():
    assert day_of_file("cdn/E1ABC.2026-10-08-11.0f2a.gz") == date(2026, 10, 8)
    assert day_of_file("AWSLogs/1/CloudFront/E1.2026-10-08-11.0f2a.parquet") == date(2026, 10, 8)
    assert day_of_file("a.2026-13-08-11.x.gz") is None
    assert day_of_file("mine.log") is None


def test_no_cacheable_request_means_no_ratio():
    ratio = hit_ratio([Delivered(label="Error", requests=5, bytes=1)])
    assert (ratio.share, ratio.bytes_share) == (None, None)


def test_a_sample_is_as_old_as_the_end_of_its_period():
    sample = EdgeSample(at=datetime(2026, 11, 1, 22, tzinfo=UTC), value=1)
    metric = EdgeMetric(name="Requests", statistic="Sum", unit="", period_seconds=3600, samples=(sample,))  # fmt: skip
    assert age_of([metric], datetime(2026, 11, 1, 23, 30, tzinfo=UTC)) == 1800
    assert age_of([metric], datetime(2026, 11, 1, 22, 30, tzinfo=UTC)) == 0  # a clock that jumped
    assert age_of([metric.model_copy(update={"samples": ()})], sample.at) is None
