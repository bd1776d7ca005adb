import threading
from bisect import bisect_right

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from core.aws import listing
from core.aws.key_ranges import Alphabet, KeyRange, boundary, following, remaining
from core.aws.list_pages import Columns, Page, read_fast, read_page
from core.aws.listing import BucketScan
from core.errors import AwsDenied, AwsUnavailable, InvalidInput

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
DEEP = st.lists(st.sampled_from(["a", "b", "media", "2026", "ü", "日本"]), min_size=1, max_size=7)
FLAT = st.integers(0, 9999).map(lambda number: f"img-{number:06d}.jpg")
KEYS = st.sets(st.one_of(TEXTS, FLAT, DEEP.map("/".join)), max_size=120)


def columns(rows):
    """(key, version) pairs."""
    keys = [key for key, _ in rows]
    return Columns(
        keys, [len(key) for key in keys], ["2026-11-01T00:00:00Z"] * len(keys), ["e"] * len(keys),
        ["STANDARD"] * len(keys), [version for _, version in rows], [True] * len(keys),
        [False] * len(keys),
    )  # fmt: skip


class Lists:
    """Answers like S3, in the order of UTF-8 bytes, `page` entries at a time."""

    def __init__(self, rows, page=4, fails_at=None):
        self.rows = sorted(rows, key=lambda row: (row[0].encode(), row[1] or ""))
        self.order = [(key.encode(), version or "") for key, version in self.rows]
        self.page, self.fails_at, self.asked = page, fails_at, 0
        self._lock = threading.Lock()

    def list_objects_v2(self, **asked):
        return self._answer(asked["Prefix"], asked.get("StartAfter", ""), "\U0010ffff")

    def list_object_versions(self, **asked):
        version = asked.get("VersionIdMarker", "\U0010ffff")
        return self._answer(asked["Prefix"], asked.get("KeyMarker", ""), version)

    def _answer(self, prefix, key, version):
        with self._lock:
            self.asked += 1
            if self.fails_at and self.asked >= self.fails_at:
                raise AwsUnavailable("S3 is busy")
        start = bisect_right(self.order, (key.encode(), version)) if key else 0
        found = [row for row in self.rows[start:] if row[0].startswith(prefix)]
        shown = found[: self.page]
        last = shown[-1] if shown else ("", "")
        page = Page(columns(shown), len(found) > len(shown), last[0], last[1] or "")
        return {"ListedPage": page}


def read(client, **more):
    rows, left = [], None
    for batch in BucketScan(client, "bucket", **more).batches():
        rows += list(zip(batch.rows.keys, batch.rows.versions, strict=True))
        left = batch.left
    assert left == []
    return sorted(rows, key=lambda row: (row[0], row[1] or ""))


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 4)


@settings(max_examples=60)
@given(KEYS)
def test_every_key_comes_exactly_once_whatever_the_keys_are(keys):
    listing.PAGE = 4
    assert [key for key, _ in read(Lists([(key, None) for key in keys]))] == sorted(keys)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "a/b", "b", "ü"]), st.integers(0, 30)), unique=True)
)
def test_versions_that_span_pages_come_exactly_once(pairs):
    rows = [(key, f"v{number:02d}") for key, number in pairs]
    assert read(Lists(rows), versions=True) == sorted(rows)


@settings(max_examples=40)
@given(KEYS, st.integers(1, 20))
def test_a_run_that_goes_on_after_a_crash_counts_nothing_twice(keys, fails_at):
    rows, got, left = [(key, None) for key in keys], [], None
    with pytest.raises(AwsUnavailable) if len(keys) / 4 > fails_at else Either():
        for batch in BucketScan(Lists(rows, fails_at=fails_at), "bucket").batches():
            got, left = got + batch.rows.keys, batch.left
    for batch in BucketScan(Lists(rows), "bucket", left=left).batches():
        got += batch.rows.keys
    assert sorted(got) == sorted(keys)


class Either:
    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        return kind is AwsUnavailable


def test_two_scans_at_once_each_see_everything():
    client = Lists([(f"k{number}", None) for number in range(300)])
    found = [[], []]
    threads = [
        threading.Thread(target=lambda place=place: place.extend(read(client))) for place in found
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(place) for place in found] == [300, 300]


def test_a_prefix_bounds_the_listing():
    client = Lists([(key, None) for key in ("a/1", "b/1", "b/2", "b0", "c")])
    assert [key for key, _ in read(client, prefix="b/")] == ["b/1", "b/2"]


def test_an_empty_bucket_and_one_object_take_one_request():
    for rows in ([], [("a", None)]):
        client = Lists(rows)
        assert read(client) == rows
        assert client.asked == 1


def test_slow_ranges_are_shared_out(monkeypatch):
    client = Lists([(f"img-{number:05d}.jpg", None) for number in range(2000)], page=20)
    monkeypatch.setattr(listing, "PAGE", 20)
    assert len(read(client, workers=8)) == 2000
    assert client.asked < 200  # 100 pages


def test_an_endpoint_without_order_is_refused():
    class Unordered(Lists):
        def _answer(self, *_):
            return {"ListedPage": Page(columns([("b", None), ("a", None)]))}

    with pytest.raises(AwsUnavailable, match="order"):
        read(Unordered([]))


def test_an_endpoint_that_repeats_its_page_does_not_hang():
    class Stuck(Lists):
        def _answer(self, *_):
            return {"ListedPage": Page(columns([("a", None)]), truncated=True)}

    with pytest.raises(AwsUnavailable, match="move on"):
        read(Stuck([]))


def test_a_directory_bucket_is_refused_by_name():
    with pytest.raises(InvalidInput, match="directory bucket"):
        BucketScan(Lists([]), "media--use1-az4--x-s3")


def test_closing_the_iterator_ends_the_readers():
    batches = BucketScan(Lists([(f"k{n}", None) for n in range(500)]), "bucket").batches()
    next(batches)
    batches.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("listing-")]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), TEXTS)
def test_what_follows_a_prefix_is_behind_every_key_below_it(prefix, rest):
    behind = following(prefix)
    assert behind is None or behind.encode() > (prefix + rest).encode()


@given(TEXTS, TEXTS, st.lists(TEXTS, min_size=1))
def test_a_boundary_always_lies_inside_its_range(one, other, seen):
    first, upto = sorted([one, other])
    span, alphabet = KeyRange(upto=upto, first=first, cursor=first, keys=1), Alphabet()
    alphabet.learn(seen)
    assert remaining(span, alphabet) >= 0
    for _ in range(5):
        at = boundary(span, alphabet)
        assert at is None or span.cursor < at < upto


@mock_aws
def test_boto3_pages_are_read_fast_and_decoded():
    client = read_fast(boto3.client("s3", region_name="us-east-1"))
    client.create_bucket(Bucket="bucket")
    client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    keys = ["a b+c%2B&<é>.jpg", "日本/🎉.png", "plain.txt"]
    for key in keys:
        client.put_object(Bucket="bucket", Key=key, Body=b"12345")
    client.delete_object(Bucket="bucket", Key="plain.txt")
    assert [key for key, _ in read(client)] == sorted(keys[:2])
    (batch,) = BucketScan(client, "bucket", versions=True).batches()
    assert sorted(batch.rows.keys) == sorted([*keys, "plain.txt"])
    assert batch.rows.markers.count(True) == 1
    assert sorted(size or 0 for size in batch.rows.sizes) == [0, 5, 5, 5]


@mock_aws
def test_a_refused_listing_names_the_missing_permission():
    client = read_fast(boto3.client("s3", region_name="us-east-1"))
    client.meta.events.register("before-send.s3", lambda **_: _refusal())
    with pytest.raises(AwsDenied, match="ListObjectsV2"):
        read(client)


def _refusal():
    class Raw:
        def stream(self):
            yield b"<Error><Code>AccessDenied</Code></Error>"

        read = None

    return AWSResponse("http://x", 403, {}, Raw())


def test_both_ways_to_read_a_page_agree():
    known = (
        b"<ListBucketResult><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>"
        b"<Contents><Key>a+b%2Fc</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified>"
        b"<ETag>&quot;e&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>"
        b"</ListBucketResult>"
    )
    other = known.replace(b"<Size>7</Size>", b"").replace(b"<ETag>", b"<Size>7</Size><ETag>")
    assert read_page(known) == read_page(other)
    assert read_page(known).rows.keys == ["a b/c"]
    assert read_page(b"<Error><Code>SlowDown</Code></Error>") is None
