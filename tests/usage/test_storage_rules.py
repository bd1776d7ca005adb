"""The pure rules: manifests, columns, and why two sources differ."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import UnreadableContent
from core.model.usage import NOTHING, StorageReport, Stored, Uploads, Versions
from core.usage.inventory import InventoryFile, check_file, columns_of, parse_manifest
from core.usage.storage import compare, is_late, type_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def report(source, objects, size, hours=0, **more):
    given = {"complete": True, "total": Stored(objects=objects, bytes=size), **more}
    at = NOON - timedelta(hours=hours)
    return StorageReport(bucket="media", source=source, sampled_at=at, read_at=NOON, **given)


def uploads(count):
    return Uploads(count=count, bytes=0, oldest=None, largest=())


def test_equal_sources_have_no_difference():
    both = [report(source, 2, 10) for source in ("listing", "inventory")]
    assert compare("media", both).differences == ()


def test_what_one_source_does_not_know_is_no_difference():
    told = [report("listing", None, None), report("inventory", 2, 10)]
    assert compare("media", told).differences == ()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ["versions, which were not read", "uploads, which were not read"]),
        (
            {"versions": Versions(current=NOTHING, noncurrent=Stored(objects=3, bytes=9),
                                  delete_markers=1), "uploads": uploads(2)},
            ["3 noncurrent versions and 1 delete markers", "parts of 2 incomplete"],
        ),
        ({"versions": Versions(current=NOTHING, noncurrent=NOTHING, delete_markers=0),
          "uploads": uploads(0), "complete": False}, ["listing is not complete", "72"]),
    ],
)  # fmt: skip
def test_a_difference_to_cloudwatch_is_named(more, said):
    hours = 72 if "complete" in more else 1
    found = compare("media", [report("listing", 1, 1, **more), report("cloudwatch", 4, 9, hours)])
    (difference,) = found.differences
    assert (difference.objects, difference.bytes) == (-3, -8)
    told = " | ".join(difference.reasons).replace("3.0 days", "72")
    assert all(one in told for one in said), told


def test_unknown_stays_unknown_in_a_sum():
    assert Stored(objects=1, bytes=None) + Stored(objects=2, bytes=3) == Stored(
        objects=3, bytes=None
    )


def test_a_sample_is_late_after_two_days():
    assert not is_late(NOON - timedelta(hours=47), NOON)
    assert is_late(NOON - timedelta(hours=49), NOON)


def test_a_suffix_tells_the_type():
    assert [type_of(one) for one in ("jpg", "mov", "xyz", "")] == [
        "image",
        "video",
        "other",
        "other",
    ]


def manifest(**changes):
    return json.dumps({
        "sourceBucket": "media", "fileFormat": "CSV", "creationTimestamp": "1795000000000",
        "fileSchema": "Bucket, Key, ETag", "files": [{"key": "a", "size": 1, "MD5checksum": "x"}],
        **changes,
    }).encode()  # fmt: skip


def test_a_manifest_names_its_files_and_columns():
    found = parse_manifest(manifest())
    assert found.header == ("Bucket", "Key", "ETag")
    assert columns_of(found.header) == {"key": "Key", "etag": "ETag"}
    assert parse_manifest(manifest(fileFormat="ORC")).header == ()


@pytest.mark.parametrize(
    "text", [b"", b"[]", manifest(fileFormat="XLS"), manifest(files=[{}]), manifest(creationTimestamp="x")]
)  # fmt: skip
def test_a_damaged_manifest_is_refused(text):
    with pytest.raises(UnreadableContent, match="manifest is damaged"):
        parse_manifest(text)


def test_a_file_must_be_the_one_that_the_manifest_names():
    file = InventoryFile(key="a", size=3, md5="AB")
    check_file(file, 3, "ab")
    for size, md5 in ((2, "ab"), (3, "cd")):
        with pytest.raises(UnreadableContent, match="not what the manifest says"):
            check_file(file, size, md5)


def test_a_listing_and_a_report_of_the_same_moment_differ_without_an_excuse():
    told = [report("listing", 3, 30), report("inventory", 2, 10)]
    (difference,) = compare("media", told).differences
    assert (difference.objects, difference.bytes) == (1, 20)
    assert difference.reasons == ()
