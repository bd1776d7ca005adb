import csv
import gzip
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote_plus

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto import mock_aws
from pyarrow import orc

from core.aws import listing
from core.aws.clients import AwsClients
from core.aws.listing import BucketScan
from core.aws.metering import CallMeter
from core.aws.storage_metrics import Sample, StorageMetrics, objects_of, sizes_of
from core.errors import AwsUnavailable, Conflict, InvalidInput, NotAllowed, NotFound
from core.model.identity import Actor, Role
from core.model.media import JobState
from core.model.usage import StorageSource
from core.settings import load_settings
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.sqlite import SqliteRecordStore
from core.usage.service import kept_reports, storage_reading
from core.usage.service.opening_storage import FOLDER, open_storage
from core.usage.service.storage import JOB, StorageService
from core.usage.service.storage_reading import Reader

ADMIN = Actor(account_id="ada", role=Role.ADMIN)
BUCKET = "media-bucket"
LISTING, INVENTORY, CLOUDWATCH = (
    StorageSource.LISTING, StorageSource.INVENTORY, StorageSource.CLOUDWATCH
)  # fmt: skip


def now():
    return datetime.now(UTC)


class World:
    def __init__(self, folder):
        self.clients = AwsClients("us-east-1", None, "key", "secret")
        self.s3 = self.clients.s3
        self.s3.create_bucket(Bucket=BUCKET)
        self.store = SqliteRecordStore(folder / "records.sqlite3", [])
        self.jobs = JobQueue(self.store, now)
        reader = Reader(
            self.clients, now, lambda: {"f1": "ada", "u7": "bob"},
            lambda region: (Decimal("0.000005"), f"{region}: 0.005 per 1000"),
        )  # fmt: skip
        self.folder = folder / "usage"
        self.service = StorageService(self.store, self.jobs, reader, self.folder, now)
        self.runner = JobRunner(self.jobs, {JOB: self.service.work}, 1)

    def put(self, key, size, **more):
        return self.s3.put_object(Bucket=BUCKET, Key=key, Body=b"x" * size, **more)

    def read(self, source=LISTING, **more):
        scan = self.service.scan(ADMIN, BUCKET, source, **more)
        self.runner.run_until_idle()
        return next(one for one in self.service.scans(ADMIN) if one.id == scan.id)

    def report(self, *given, **more):
        return self.service.report(ADMIN, BUCKET, *given, **more)

    # An inventory as S3 delivers it
    def inventory(self, form, data, schema="", **wrong):
        self.s3.put_bucket_inventory_configuration(
            Bucket=BUCKET, Id="all",
            InventoryConfiguration={
                "Id": "all", "IsEnabled": True, "IncludedObjectVersions": "Current",
                "Schedule": {"Frequency": "Daily"},
                "Destination": {"S3BucketDestination": {
                    "Bucket": f"arn:aws:s3:::{BUCKET}", "Format": form, "Prefix": "reports",
                }},
            },
        )  # fmt: skip
        start = f"reports/{BUCKET}/all"
        name = f"{start}/data/1.{'csv.gz' if form == 'CSV' else form.lower()}"
        if "absent" not in wrong:
            self.s3.put_object(Bucket=BUCKET, Key=name, Body=data)
        manifest = {
            "sourceBucket": BUCKET, "fileFormat": form, "fileSchema": schema,
            "creationTimestamp": "1795000000000",
            "files": [{"key": name, "size": len(data),
                       "MD5checksum": wrong.get("md5", hashlib.md5(data).hexdigest())}],
        }  # fmt: skip
        self.s3.put_object(
            Bucket=BUCKET, Key=f"{start}/2026-11-18T01-00Z/manifest.json", Body=json.dumps(manifest)
        )


@pytest.fixture
def world(tmp_path):
    with mock_aws():
        made = World(tmp_path)
        yield made
        made.store.close()


def shares(found):
    return {one.name: one.stored.objects for one in found}


def test_a_listing_tells_prefixes_owners_types_and_what_it_cost(world):
    world.put("media/f1/photo.jpg", 200_000)
    world.put("media/f1/thumbnail.webp", 10)
    world.put("media/f2/a b+ü.mp4", 10)
    world.put("avatars/avatar_u7_17_x.jpg", 5, StorageClass="STANDARD_IA")
    world.put("top.txt", 3)
    assert world.read().state is JobState.DONE
    report = world.report()
    assert (report.total.objects, report.total.bytes) == (5, 200_028)
    assert {p.prefix: p.stored.objects for p in report.by_prefix} == {
        "media/": 3,
        "avatars/": 1,
        "": 1,
    }
    assert shares(report.by_owner) == {"ada": 2, "bob": 1, "": 2}
    assert shares(report.by_class) == {"STANDARD": 4, "STANDARD_IA": 1}
    assert shares(report.by_type) == {"image": 3, "video": 1, "document": 1}
    assert shares(report.by_role) == {"original": 2, "rendition": 1, "other": 2}
    assert (report.small.objects, report.small.bytes) == (4, 28)
    assert report.duplicates.groups == 1  # ten bytes twice
    assert report.duplicates.largest[0].keys == ("media/f1/thumbnail.webp", "media/f2/a b+ü.mp4")
    assert report.cost.usd == Decimal("0.000005") * report.cost.requests
    below = world.report(prefix="media/f1/")
    assert below.total.objects == 2
    assert [p.prefix for p in world.report(prefix="media/").by_prefix] == ["media/f1/", "media/f2/"]


def test_folders_are_told_for_many_prefixes_at_once_and_anew_after_another_scan(world):
    for key in ("media/f1/a.jpg", "media/f1/b/c.jpg", "avatars/x.jpg"):
        world.put(key, 1)
    world.read()
    found = world.service.folders(ADMIN, world.report(), ["media/", "avatars/"])
    assert [one.prefix for one in found["media/"]] == ["media/f1/"]
    assert found["media/"][0].folders
    assert [one.stored.objects for one in found["avatars/"]] == [1]
    assert world.service.folders(ADMIN, world.report(), ()) == {}
    assert world.report(prefix="media/").total.objects == 2
    world.put("media/f1/d.jpg", 1)
    world.read()
    assert world.report(prefix="media/").total.objects == 3
    found = world.service.folders(ADMIN, world.report(), ["media/", "avatars/"])
    assert found["media/"][0].stored.objects == 3


def test_a_prefix_is_summed_once_and_read_from_memory_then(world, monkeypatch):
    world.put("media/f1/a.jpg", 1)
    world.read()
    first = world.report(prefix="media/")
    monkeypatch.setattr(Reader, "summarise", None)
    assert world.report(prefix="media/") is first


def test_versions_markers_and_unfinished_uploads_are_counted(world):
    world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    world.put("a", 10)
    world.put("a", 20)
    world.put("b", 5)
    world.s3.delete_object(Bucket=BUCKET, Key="b")
    upload = world.s3.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"]
    world.s3.upload_part(Bucket=BUCKET, Key="big", UploadId=upload, PartNumber=1, Body=b"y" * 70)
    world.read(versions=True)
    report = world.report()
    assert (report.total.objects, report.total.bytes) == (1, 20)
    versions = report.versions
    assert (versions.noncurrent.objects, versions.noncurrent.bytes) == (2, 15)
    assert versions.delete_markers == 1
    assert (report.uploads.count, report.uploads.bytes) == (1, 70)


@pytest.mark.parametrize("keys", [[], ["only"]])
def test_an_empty_bucket_and_one_object_look_right(world, keys):
    for key in keys:
        world.put(key, 7)
    world.read()
    report = world.report()
    assert (report.total.objects, report.total.bytes) == (len(keys), 7 * len(keys))
    assert report.complete
    assert [one.prefix for one in report.by_prefix] == ([""] if keys else [])


def test_a_crash_in_the_middle_counts_nothing_twice(world, monkeypatch):
    for number in range(30):
        world.put(f"k{number:03d}", 1)
    real, calls = storage_reading.write_json, []

    def crash_before_noting(path, value):
        if path.name == "state.json" and not calls:
            calls.append(1)
            raise AwsUnavailable("the power went")
        real(path, value)

    monkeypatch.setattr(storage_reading, "write_json", crash_before_noting)
    scan = world.service.scan(ADMIN, BUCKET, LISTING)
    job = world.jobs.claim()
    with pytest.raises(AwsUnavailable):
        world.service.work(job)
    assert list((world.folder / "scans" / scan.id).glob("part-*"))
    world.service.work(job)
    assert world.report().total.objects == 30


def test_two_scans_at_once_are_one_and_a_cancelled_one_keeps_the_last_report(world):
    world.put("a", 1)
    world.read()
    first = world.service.scan(ADMIN, BUCKET, LISTING)
    assert world.service.scan(ADMIN, BUCKET, LISTING).id == first.id
    world.put("b", 1)
    world.service.cancel(ADMIN, first.id)
    world.runner.run_until_idle()
    assert world.report().total.objects == 1
    with pytest.raises(Conflict):
        world.service.cancel(ADMIN, first.id)


ROWS = [("media/f1/a b.jpg", 10, "2026-11-01T00:00:00.000Z", "e1", "STANDARD"),
        ("media/f1/ü+.png", 300_000, "2026-10-01T00:00:00.000Z", "e2", "GLACIER_IR")]  # fmt: skip
SCHEMA = "Bucket, Key, Size, LastModifiedDate, ETag, StorageClass"


def as_csv(rows=ROWS):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([(BUCKET, quote_plus(key), *rest) for key, *rest in rows])
    return gzip.compress(text.getvalue().encode())


def as_table():
    keys, sizes, dates, etags, classes = zip(*ROWS, strict=True)
    moments = [datetime.fromisoformat(date) for date in dates]
    return pa.table({
        "bucket": [BUCKET] * 2, "key": keys, "size": sizes,
        "last_modified_date": pa.array(moments, pa.timestamp("ms")), "e_tag": etags,
        "storage_class": classes,
    })  # fmt: skip


def in_form(form):
    if form == "CSV":
        return as_csv()
    sink = io.BytesIO()
    (pq.write_table if form == "Parquet" else orc.write_table)(as_table(), sink)
    return sink.getvalue()


@pytest.mark.parametrize("form", ["CSV", "Parquet", "ORC"])
def test_an_inventory_says_the_same_in_every_form(world, form):
    world.inventory(form, in_form(form), SCHEMA if form == "CSV" else "")
    scan = world.read(INVENTORY)
    assert scan.state is JobState.DONE, scan.problem
    report = world.report(INVENTORY)
    assert (report.total.objects, report.total.bytes) == (2, 300_010)
    assert shares(report.by_class) == {"GLACIER_IR": 1, "STANDARD": 1}
    assert shares(report.by_owner) == {"ada": 2}
    assert report.small.objects == 1
    assert report.complete
    assert world.report(INVENTORY, prefix="media/f1/ü").total.objects == 1


def test_what_an_inventory_leaves_out_is_unknown_and_not_0(world):
    table = as_table().select(["bucket", "key"])
    sink = io.BytesIO()
    pq.write_table(table, sink)
    world.inventory("Parquet", sink.getvalue())
    world.read(INVENTORY)
    report = world.report(INVENTORY)
    assert (report.total.objects, report.total.bytes) == (2, None)
    assert report.sizes is report.ages is report.small is report.duplicates is None
    assert not report.complete


@pytest.mark.parametrize(
    ("data", "schema", "wrong", "said"),
    [
        (as_csv(), SCHEMA, {"md5": "0" * 32}, "not what the manifest says"),
        (as_csv(), SCHEMA, {"absent": True}, "NoSuchKey"),
        (as_csv()[:-12], SCHEMA, {}, "can't be read"),
        (as_csv(), "Bucket, Size", {}, "no column of keys"),
        (as_csv(), "Bucket, Key", {}, "can't be read"),
    ],
)
def test_a_faulty_inventory_is_refused_and_the_last_report_stays(world, data, schema, wrong, said):
    world.inventory("CSV", as_csv(), SCHEMA)
    world.read(INVENTORY)
    if "absent" in wrong:
        world.s3.delete_object(Bucket=BUCKET, Key=f"reports/{BUCKET}/all/data/1.csv.gz")
    world.inventory("CSV", data, schema, **wrong)
    scan = world.read(INVENTORY)
    assert scan.state is JobState.FAILED
    assert said in scan.problem.detail
    assert world.report(INVENTORY).total.objects == 2
    (gap,) = [g for g in world.service.compare(ADMIN, BUCKET).missing if g.source is INVENTORY]
    assert said in gap.reason
    assert gap.hint == scan.problem.hint != ""
    assert gap.last_good is not None


def test_a_bucket_without_inventory_says_so(world):
    assert "no inventory report" in world.read(INVENTORY).problem.detail


def test_cloudwatch_tells_every_storage_type_beside_a_listing(world, monkeypatch):
    world.put("a", 5)
    told = StorageMetrics(world.clients.metrics("us-east-1")).samples(BUCKET, now())
    assert objects_of(told) == 1
    assert "StandardStorage" in sizes_of(told)
    found = tuple(
        Sample(kind, value, now())
        for kind, value in (
            ("StandardStorage", 700), ("GlacierIRStorage", 30), ("AllStorageTypes", 4)
        )
    )  # fmt: skip
    monkeypatch.setattr(storage_reading.StorageMetrics, "samples", lambda *_: found)
    world.read(CLOUDWATCH)
    world.read()
    report = world.report(CLOUDWATCH)
    assert (report.total.objects, report.total.bytes) == (4, 730)
    assert {one.name: one.stored.bytes for one in report.by_class} == {
        "StandardStorage": 700, "GlacierIRStorage": 30,
    }  # fmt: skip
    (difference,) = world.service.compare(ADMIN, BUCKET).differences
    assert (difference.objects, difference.bytes) == (-3, -725)
    assert any("noncurrent versions" in reason for reason in difference.reasons)
    assert {day.source for day in world.service.history(ADMIN, BUCKET)} == {LISTING, CLOUDWATCH}


def test_a_metric_without_a_sample_is_unknown_and_not_0(world, monkeypatch):
    monkeypatch.setattr(storage_reading.StorageMetrics, "samples", lambda *_: ())
    assert "no storage sample" in world.read(CLOUDWATCH).problem.detail
    some = (Sample("StandardStorage", 7, now()),)
    monkeypatch.setattr(storage_reading.StorageMetrics, "samples", lambda *_: some)
    world.read(CLOUDWATCH)
    report = world.report(CLOUDWATCH)
    assert (report.total.objects, report.total.bytes) == (None, 7)
    assert not report.complete


def test_members_and_odd_names_are_refused(world):
    with pytest.raises(NotAllowed):
        world.service.report(Actor(account_id="m", role=Role.MEMBER), BUCKET)
    for name in ("../etc", "a/b", "A_B"):
        with pytest.raises(InvalidInput):
            world.service.report(ADMIN, name)
    with pytest.raises(NotFound):
        world.report()


def test_originals_that_nobody_got_are_found_in_the_rows_of_the_last_scan(world):
    world.put("media/f1/a.jpg", 50)
    world.put("media/f2/b.jpg", 90)
    world.read()
    tomorrow = now() + timedelta(days=1)
    found = world.service.idle(ADMIN, world.report(), frozenset({"media/f1/a.jpg"}), tomorrow, 10)
    assert [(one.prefix, one.objects, one.largest) for one in found] == [
        ("media/", 1, ("media/f2/b.jpg",))
    ]
    bare = world.report().model_copy(update={"by_prefix": None})
    assert world.service.idle(ADMIN, bare, frozenset(), tomorrow, 10) is None
    with pytest.raises(NotAllowed):
        world.service.idle(Actor(account_id="m", role=Role.MEMBER), bare, frozenset(), tomorrow, 1)


# --- budget and publishing -----------------------------------------------------------------


def over_budget(world, calls):
    """A reader as the app opens it, whose daily budget lets only so many calls pass."""
    left = [calls]

    def guard(call):
        if call.optional:
            left[0] -= 1
            if left[0] < 0:
                raise NotAllowed("The daily budget is spent.", hint="Wait until 00:00 UTC.")

    clients = AwsClients("us-east-1", None, "key", "secret", meter=CallMeter(now, guard))
    settings = load_settings(data_dir=world.folder.parent)
    opened = open_storage(world.store, world.jobs, clients, settings, now, lambda _: (None, "?"))
    world.runner = JobRunner(world.jobs, {JOB: opened.work}, 1)
    world.service, world.folder = opened, settings.data_dir / FOLDER
    return left


def small_pages(monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 10)
    monkeypatch.setattr(listing, "WORKERS", 1)
    monkeypatch.setattr(BucketScan.__init__, "__kwdefaults__", {
        **BucketScan.__init__.__kwdefaults__, "workers": 1
    })  # fmt: skip


def test_a_listing_over_budget_says_so_and_goes_on_when_there_is_a_new_one(world, monkeypatch):
    for number in range(45):
        world.put(f"k{number:03d}", 1)
    small_pages(monkeypatch)
    left = over_budget(world, 4)  # the region, and three pages of five
    stopped = world.read()
    assert stopped.state is JobState.FAILED
    assert stopped.problem.detail == "The daily budget is spent."
    left[0] = 4  # the region, two pages, and the unfinished uploads
    assert world.read().state is JobState.DONE
    assert world.report().total.objects == 45
    assert world.report().cost.requests == 6 + 1  # one was counted, but not made
    assert not list((world.folder / "unfinished").iterdir())


def test_a_complete_listing_stays_where_the_budget_ends_behind_it(world):
    world.put("a", 1)
    over_budget(world, 2)
    assert world.read().state is JobState.DONE
    assert world.report().uploads is None
    assert "daily budget" in world.report().notes[0]


def test_a_listing_of_the_day_before_yesterday_is_begun_anew(world, monkeypatch):
    for number in range(45):
        world.put(f"k{number:03d}", 1)
    small_pages(monkeypatch)
    left = over_budget(world, 4)
    world.read()
    (state,) = (world.folder / "unfinished").glob("*/state.json")
    old = json.loads(state.read_text()) | {"started": (now() - timedelta(days=3)).isoformat()}
    state.write_text(json.dumps(old))
    left[0] = 100
    world.read()
    assert now() - world.report().sampled_at < timedelta(hours=1)
    assert world.report().total.objects == 45


def test_who_looks_at_a_report_keeps_its_rows_while_the_next_comes(world):
    world.put("a/b/one", 1)
    world.read()
    first = world.report()
    world.put("a/b/two", 1)
    world.read()
    second = world.report()
    below = {one.sampled_at: world.service._below(one, "a/") for one in (first, second)}
    assert [one.total.objects for one in below.values()] == [1, 2]
    world.read()
    place = world.service._reports.place(BUCKET, LISTING)
    assert len(list(place.glob("rows*"))) == 2
    with pytest.raises(NotFound, match="no longer kept"):
        world.service._reports.rows(first)


def test_a_report_of_an_older_version_can_be_walked(world):
    world.put("a/one", 1)
    world.read()
    place = world.service._reports.place(BUCKET, LISTING)
    next(place.glob("rows-*")).rename(place / "rows")
    assert world.report(prefix="a/").total.objects == 1


def test_a_report_is_never_away_while_it_is_replaced(world, monkeypatch):
    world.put("a/one", 1)
    world.read()
    seen = []
    real = kept_reports.write_json

    def watched(path, value):
        seen.append(world.report(prefix="a/").total.objects)
        real(path, value)
        seen.append(world.report(prefix="a/").total.objects)

    world.put("a/two", 1)
    monkeypatch.setattr(kept_reports, "write_json", watched)
    world.read()
    assert seen == [1, 2]
