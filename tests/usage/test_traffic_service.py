"""Scans of a log bucket: found where the distribution says, read once, resumed, cancelled, told."""

import sqlite3
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import boto3
import httpx
import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.cloudfront import CloudFrontReader
from core.aws.metering import CallMeter
from core.aws.s3 import MediaBucket
from core.errors import AwsDenied, AwsUnavailable, Conflict, InvalidInput, NotAllowed
from core.model.identity import Actor, Role
from core.model.media import JobState
from core.model.traffic import EdgeMetric, EdgeSample, LogPlace, ScanState, TrafficFilters
from core.settings import load_settings
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.log_ledger import FileEntry, Ledger, Part
from core.stores.log_store import LogStore
from core.stores.records import Record
from core.stores.sqlite import SqliteRecordStore
from core.usage.access_logs import columns_of, shape_of
from core.usage.service import traffic_reading
from core.usage.service.asking import QUESTIONS, viewed
from core.usage.service.opening import open_logs
from core.usage.service.traffic import JOB, TrafficService, parameters
from tests.usage.logs import row, v1
from tests.usage.test_log_report import some

ADMIN = Actor(account_id="a", role=Role.ADMIN)
FIRST, LAST = date(2026, 10, 1), date(2026, 11, 30)
PLACE = LogPlace(bucket="acme-logs", prefix="cdn/")


class World:
    def __init__(self, folder, place=PLACE, distribution="E1"):
        self.clients = AwsClients("us-east-1", None, "k", "s")
        self.s3 = self.clients.s3
        self.s3.create_bucket(Bucket="acme-logs")
        self.now = datetime(2026, 11, 2, tzinfo=UTC)
        self.records = SqliteRecordStore(folder / "records.sqlite3", [])
        self.jobs = JobQueue(self.records, lambda: self.now)
        self.logs = LogStore(folder / "traffic", shape_of, columns_of, lambda: self.now)
        self.traffic = TrafficService(
            self.records, self.jobs, self.logs, CloudFrontReader(self.clients.cloudfront),
            lambda name: MediaBucket(self.s3, name), lambda: self.now,
            distribution_id=distribution, configured=place,
        )  # fmt: skip
        self.runner = JobRunner(self.jobs, {JOB: self.traffic.work}, 1)

    def put(self, name, rows):
        self.s3.put_object(Bucket="acme-logs", Key=name, Body=v1(rows))

    def scan(self):
        scan = self.traffic.scan(ADMIN)
        self.runner.run_until_idle()
        return self.traffic.get_scan(ADMIN, scan.id)

    def report(self, **filters):
        return self.traffic.report(ADMIN, FIRST, LAST, TrafficFilters(**filters))

    def close(self):
        self.traffic.close()
        self.records.close()


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


@pytest.fixture
def world(aws, tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


def test_a_scan_reads_what_is_new_and_only_once(world):
    world.put("cdn/E1.2026-10-31-23.a.gz", some(30))
    world.put("cdn/E1.2026-10-31-23.b.gz", some(30, start=20))
    world.put("other/c.gz", some(30, start=500))
    scan = world.scan()
    assert (scan.state, scan.found, scan.files) == (ScanState.DONE, 2, 2)
    assert (scan.rows, scan.duplicates) == (50, 10)
    world.put("cdn/E1.2026-11-01-00.c.gz", some(5, start=900))
    assert world.scan().rows == 5
    report = world.report()
    assert report.requests == 55
    assert report.as_of == world.now
    assert world.jobs.get(scan.job_id).state is JobState.DONE


def test_the_report_knows_prefix_file_and_owner(world):
    data = {"owner_id": "anna"}
    world.records.put(Record(kind="file", id="f1", parent="anna", sort="", data=data, version=0))
    world.put("cdn/a.gz", [
        row(1), row(2, cs_uri_stem="/media/f1/thumb.webp"), row(3, cs_uri_stem="/media/f2/x.jpg"),
        row(4, cs_uri_stem="/index.html"),
    ])  # fmt: skip
    world.scan()
    report = world.report()
    assert [(one.label, one.requests) for one in report.prefixes] == [("/media/", 3), ("/", 1)]
    assert [(one.label, one.requests) for one in report.files] == [
        ("/media/f1/", 2),
        ("/media/f2/", 1),
    ]
    assert [(one.label, one.requests) for one in report.owners] == [("anna", 2), (None, 1)]
    assert world.report(prefix="/media/f1/").requests == 2


def test_a_range_is_asked_by_days_and_must_not_be_reversed(world):
    world.put("cdn/a.gz", [row(1), row(2, date="2026-11-01")])
    world.scan()
    day = date(2026, 11, 1)
    report = world.traffic.report(ADMIN, day, day, hours=True)
    assert (report.requests, [one.label for one in report.hours]) == (1, ["2026-11-01 23"])
    with pytest.raises(InvalidInput):
        world.traffic.report(ADMIN, LAST, FIRST)


def test_the_distribution_says_where_its_logs_are(aws, tmp_path):
    made = World(tmp_path, place=None)
    config = {
        "CallerReference": "1", "Comment": "", "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "m.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
        "Logging": {"Enabled": True, "IncludeCookies": False, "Bucket": "acme-logs.s3.amazonaws.com", "Prefix": "cdn/"},
    }  # fmt: skip
    client = boto3.client("cloudfront")
    made.traffic._work._places._distribution_id = client.create_distribution(
        DistributionConfig=config
    )["Distribution"]["Id"]
    made.put("cdn/a.gz", [row(1)])
    assert made.scan().rows == 1
    off = config | {"CallerReference": "2", "Logging": config["Logging"] | {"Enabled": False}}
    made.traffic._work._places._distribution_id = client.create_distribution(
        DistributionConfig=off
    )["Distribution"]["Id"]
    failed = made.scan()
    assert failed.state is ScanState.FAILED
    assert "no standard logs" in failed.problem.detail
    made.close()


def test_a_bucket_that_is_not_there_fails_the_scan_and_keeps_the_last_data(world):
    world.put("cdn/a.gz", some(3))
    world.scan()
    world.traffic._work._places._configured = LogPlace(bucket="nowhere")
    failed = world.scan()
    assert failed.state is ScanState.FAILED
    assert failed.problem is not None
    assert world.report().requests == 3


def test_a_scan_is_cancelled_between_batches_and_the_next_one_goes_on(world, monkeypatch):
    monkeypatch.setattr(traffic_reading, "_FILES_AT_ONCE", 1)
    for n in range(4):
        world.put(f"cdn/{n}.gz", some(10, start=n * 10))
    scan = world.traffic.scan(ADMIN)
    assert world.traffic.scan(ADMIN).id == scan.id  # the one that goes on
    add = world.logs.add

    def add_and_cancel(*given):
        world.logs.add = add
        world.traffic.cancel(ADMIN, scan.id)
        return add(*given)

    world.logs.add = add_and_cancel
    world.runner.run_until_idle()
    ended = world.traffic.get_scan(ADMIN, scan.id)
    assert (ended.state, ended.files) == (ScanState.CANCELLED, 1)
    with pytest.raises(Conflict):
        world.traffic.cancel(ADMIN, scan.id)
    assert world.scan().files == 3
    assert world.report().requests == 40


def test_a_scan_that_is_interrupted_goes_on_where_it_was(world, monkeypatch):
    monkeypatch.setattr(traffic_reading, "_FILES_AT_ONCE", 2)
    for n in range(5):
        world.put(f"cdn/{n}.gz", some(10, start=n * 10))
    scan = world.traffic.scan(ADMIN)
    add = world.logs.add
    world.logs.add = lambda *given: add(*given) if world.report().requests == 0 else 1 / 0
    job = world.jobs.claim()
    with pytest.raises(ZeroDivisionError):
        world.traffic.work(job)
    world.logs.add = add
    world.jobs.requeue_running()
    world.runner.run_until_idle()
    ended = world.traffic.get_scan(ADMIN, scan.id)
    assert (ended.state, ended.found, ended.files, ended.rows) == (ScanState.DONE, 5, 5, 50)
    assert world.report().requests == 50


def test_a_scan_that_ended_by_an_unforeseen_error_does_not_block_the_next_one(world, caplog):
    world.put("cdn/a.gz", some(3))
    add = world.logs.add
    world.logs.add = lambda *_: 1 / 0
    broken = world.scan()
    assert "ZeroDivisionError" in caplog.text
    world.logs.add = add
    assert world.scan().rows == 3
    ended = world.traffic.get_scan(ADMIN, broken.id)
    assert (ended.state, ended.problem.slug) == (ScanState.FAILED, "error")


def test_a_file_that_changes_between_list_and_fetch_is_left_for_the_next_scan(world):
    world.put("cdn/a.gz", some(3))
    new_files = traffic_reading.new_files(MediaBucket(world.s3, "acme-logs"), PLACE, world.logs)
    world.put("cdn/a.gz", some(4))
    read, left = traffic_reading.read_batch(
        MediaBucket(world.s3, "acme-logs"), new_files, world.logs
    )
    assert (read.rows, left) == (0, 1)
    assert world.scan().rows == 4


def test_traffic_is_for_those_who_may_read_usage(world):
    member = Actor(account_id="m", role=Role.MEMBER)
    for call in (
        lambda: world.traffic.scan(member),
        lambda: world.traffic.scans(member),
        lambda: world.traffic.get_scan(member, "x"),
        lambda: world.traffic.cancel(member, "x"),
        lambda: world.traffic.report(member, FIRST, LAST),
        lambda: world.traffic.metrics(member, FIRST, LAST),
        lambda: world.traffic.cost(member),
    ):
        with pytest.raises(NotAllowed):
            call()


class Metrics:
    """CloudWatch that may be refused or throttled."""

    def __init__(self):
        self.error, self.asked = None, []

    def read(self, distribution_id, start, end):
        self.asked.append((start, end))
        if self.error is not None:
            raise self.error
        sample = EdgeSample(at=datetime(2026, 11, 1, 22, tzinfo=UTC), value=7.0)
        return (
            EdgeMetric(name="Requests", statistic="Sum", unit="requests", period_seconds=3600, samples=(sample,)),
        )  # fmt: skip


def test_metrics_that_are_refused_now_are_the_last_good_ones_with_their_age(world):
    world.traffic._metrics._source = source = Metrics()
    day = date(2026, 11, 1)
    source.error = AwsDenied("No cloudwatch:GetMetricData.")
    refused = world.traffic.metrics(ADMIN, day, day)
    assert (refused.metrics, refused.age_seconds, refused.problem.status) == ((), None, 502)
    source.error = None
    good = world.traffic.metrics(ADMIN, day, day)
    assert (good.age_seconds, good.problem) == (3600, None)
    world.now += timedelta(hours=2)
    source.error = AwsUnavailable("Rate exceeded.")
    throttled = world.traffic.metrics(ADMIN, day, day)
    assert throttled.metrics == good.metrics
    assert (throttled.age_seconds, throttled.problem.status) == (3 * 3600, 503)
    assert throttled.asked_at == good.asked_at


def test_metrics_of_the_future_are_not_asked_for(world):
    world.traffic._metrics._source = source = Metrics()
    later = date(2027, 1, 1)
    assert world.traffic.metrics(ADMIN, later, later).metrics == ()
    world.traffic.metrics(ADMIN, date(2026, 11, 1), later)
    assert source.asked == [(datetime(2026, 11, 1, tzinfo=UTC), world.now)]


def test_a_dear_report_is_told_before_it_runs(world):
    class Dear:
        name, asked = "athena", 0

        def scan_bytes(self):
            return 1024**4

        def ask(self, query, parameters, top):
            Dear.asked += 1
            return ()

    world.traffic._engine = Dear()
    world.traffic._free_to_run = 10 * 1024**3
    with pytest.raises(Conflict, match="which costs an unknown price"):
        world.traffic.report(ADMIN, FIRST, LAST)
    world.traffic._price = lambda: (Decimal(5), "the price sheet")
    with pytest.raises(Conflict, match=r"athena scan up to 11,264.0 GiB, .* \$55.00"):
        world.traffic.report(ADMIN, FIRST, LAST)
    assert Dear.asked == 0
    assert world.traffic.report(ADMIN, FIRST, LAST, confirmed=True).requests == 0
    assert 0 < Dear.asked <= QUESTIONS


@pytest.mark.emulator
def test_requests_to_the_embedded_cdn_are_found_by_a_scan(emulator, serve, tmp_path):
    site = serve(lambda: emulator)
    label = emulator.stack.distribution_domain.split(".")[0]
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    store = SqliteRecordStore(tmp_path / "records.sqlite3", [])
    jobs = JobQueue(store, lambda: datetime.now(UTC))
    traffic = open_logs(
        store, jobs, clients, load_settings(data_dir=tmp_path), lambda: datetime.now(UTC),
        distribution_id=emulator.stack.distribution_id, deliver=emulator.edge_log.deliver,
    )  # fmt: skip
    for _ in range(3):
        httpx.get(f"{site}/emulator/cdn/{label}/media/scanned/none.jpg")
    folder = emulator.data_dir / "edge-log"
    while sum(one.read_text().count("scanned/none") for one in folder.glob("*.log")) < 3:
        time.sleep(0.01)  # the last line is written just after the last byte went out
    scan = traffic.scan(ADMIN)
    JobRunner(jobs, {JOB: traffic.work}, 1).run_until_idle()
    assert traffic.get_scan(ADMIN, scan.id).state is ScanState.DONE
    today = datetime.now(UTC).date()
    first = today - timedelta(days=1)
    report = traffic.report(ADMIN, first, today, TrafficFilters(prefix="/media/scanned/"))
    assert (report.requests, report.top_errors[0].label) == (3, "/media/scanned/none.jpg")
    assert traffic.metrics(ADMIN, first, today).problem is not None  # it has no CloudWatch
    traffic.close()
    store.close()


def test_protocol_place_and_misses_are_told_together(world):
    world.put("cdn/a.gz", [
        row(1, x_edge_result_type="Miss"), row(2), row(3, x_edge_result_type="RefreshHit"),
        row(4, cs_protocol="HTTP", x_edge_result_type="Redirect", sc_status="301"),
        row(5, cs_protocol="-", x_edge_location="-", x_edge_result_type="Error", sc_status="403"),
        row(6, x_edge_result_type="Error", sc_status="404"),
        row(7, x_edge_result_type="Error", sc_status="502"),
    ])  # fmt: skip
    world.scan()
    found = world.traffic.origin(ADMIN, FIRST, LAST)
    assert [(one.edge, one.protocol, one.redirected, one.requests, one.asked) for one in found.edges] == [
        ("FRA60-P3", "https", False, 5, 4), ("", "", False, 1, 0), ("FRA60-P3", "http", True, 1, 0),
    ]  # fmt: skip
    assert found.days == (date(2026, 10, 31),)
    assert (found.as_of, found.urls[0].asked, found.urls[0].requests) == (world.now, 2, 7)


def test_urls_come_by_what_the_origin_was_asked_for(world):
    world.put("cdn/a.gz", [
        *(row(n, cs_uri_stem="/hit.jpg") for n in range(5)),
        row(9, cs_uri_stem="/miss%2520.jpg", x_edge_result_type="Miss"),
    ])  # fmt: skip
    world.scan()
    urls = world.traffic.origin(ADMIN, FIRST, LAST).urls
    assert [(one.label, one.shown, one.asked) for one in urls] == [
        ("/miss%2520.jpg", "/miss%20.jpg", 1), ("/hit.jpg", "/hit.jpg", 0),
    ]  # fmt: skip


def test_what_was_refused_was_not_viewed_and_too_many_paths_are_unknown(world, monkeypatch):
    world.put("cdn/a.gz", [row(1), row(2, cs_uri_stem="/no.jpg", sc_status="403")])
    world.scan()
    assert world.traffic.viewed(ADMIN, FIRST, LAST).paths == {"/media/f1/IMG_1.jpg"}
    asked = parameters(FIRST, LAST, TrafficFilters())
    assert viewed(world.logs, asked, (), most=0).paths is None


def test_quiet_days_are_told_of_and_damaged_ones_are_not(world):
    world.put("cdn/E1.2026-10-05-11.a.gz", [row(1, date="2026-10-05")])
    world.put("cdn/E1.2026-10-08-11.a.gz", [])  # no request in that hour
    world.put("cdn/E1.2026-10-20-11.a.gz", [row(2, date="2026-10-20")])
    world.s3.put_object(Bucket="acme-logs", Key="cdn/E1.2026-10-06-11.b.gz", Body=b"no log at all")
    world.scan()
    days = [5, 7, 8, 20]
    assert [day.day for day in world.traffic.viewed(ADMIN, FIRST, LAST).days] == days
    assert [day.day for day in world.report().told] == days
    assert world.traffic.viewed(ADMIN, FIRST, date(2026, 10, 7)).days == (
        date(2026, 10, 5), date(2026, 10, 7),
    )  # fmt: skip


def test_a_store_of_an_older_version_reads_its_logs_again(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    old = Ledger(path)
    entry = FileEntry(1, "logs", "a.gz", "x", 1, "read", 1, 0, 0, 0, 0, "", "2026-11-01")
    old.commit([entry], [Part("p", "rows", "2026-10-31")], ())
    old.close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 2")
    raw.close()
    fresh = Ledger(path)
    assert (fresh.known("logs"), fresh.parts("rows")) == ({}, [])
    fresh.close()


def test_a_scan_over_budget_says_so_and_keeps_what_it_has_read(world, tmp_path, monkeypatch):
    monkeypatch.setattr(traffic_reading, "_FILES_AT_ONCE", 1)
    for number in range(3):
        world.put(f"cdn/{number}.gz", some(5, start=number * 10))
    left = [2]  # the listing, and one file

    def guard(call):
        if call.optional:
            left[0] -= 1
            if left[0] < 0:
                raise NotAllowed("The daily budget is spent.", hint="Wait until 00:00 UTC.")

    world.traffic.close()
    world.traffic = open_logs(
        world.records, world.jobs,
        AwsClients("us-east-1", None, "k", "s", meter=CallMeter(lambda: world.now, guard)),
        load_settings(data_dir=tmp_path, log_bucket="acme-logs", log_prefix="cdn/"),
        lambda: world.now, distribution_id="E1", deliver=lambda: None, price_of=lambda _: (None, ""),
    )  # fmt: skip
    world.runner = JobRunner(world.jobs, {JOB: world.traffic.work}, 1)
    stopped = world.scan()
    assert (stopped.state, stopped.problem.detail) == (
        ScanState.FAILED, "The daily budget is spent.",
    )  # fmt: skip
    assert world.report().requests == 5
    left[0] = 3
    assert world.scan().rows == 10
    assert world.report().requests == 15
