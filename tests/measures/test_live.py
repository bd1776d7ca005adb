"""The whole chain on AWS (moto stands in): scans of logs and storage become advice with its change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from core import dashboard
from core.aws.buckets import ObjectMover
from core.dashboard.account_facts import AccountFacts
from core.model.identity import Actor, Role
from core.model.scenarios import ClassChange, Scenario, TtlChange
from core.model.usage import StorageSource
from core.settings import load_settings
from tests.usage.logs import row, v1

ADMIN = Actor(account_id="a", role=Role.ADMIN)


def distribution():
    return {
        "CallerReference": "x", "Comment": "", "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{
            "Id": "media", "DomainName": "acme-media.s3.eu-west-1.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "media", "ViewerProtocolPolicy": "redirect-to-https",
            "MinTTL": 0, "DefaultTTL": 86_400, "MaxTTL": 31_536_000,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
    }  # fmt: skip


class World:
    def __init__(self, folder):
        self.s3 = boto3.client("s3", region_name="eu-west-1")
        place = {"LocationConstraint": "eu-west-1"}
        for name in ("acme-media", "acme-logs"):
            self.s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        cdn = boto3.client("cloudfront")
        made = cdn.create_distribution(DistributionConfig=distribution())["Distribution"]
        settings = load_settings(
            cloud="aws", region="us-east-1", media_bucket="acme-media", distribution_id=made["Id"],
            cdn_domain="cdn.example.com", log_bucket="acme-logs", data_dir=folder,
        )  # fmt: skip
        self.made = dashboard.build_dashboard(settings)
        self.costs = self.made.costs

    def put(self, key, size, **headers):
        self.s3.put_object(Bucket="acme-media", Key=key, Body=b"x" * size, **headers)

    def log(self, name, rows):
        self.s3.put_object(Bucket="acme-logs", Key=name, Body=v1(rows))

    def scan(self):
        self.made.traffic.scan(ADMIN)
        self.made.storage.scan(ADMIN, "acme-media", StorageSource.LISTING, versions=True)
        self.made.runner.run_until_idle()


@pytest.fixture
def world(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        made = World(tmp_path)
        yield made
        made.made.stop()


def hot(count, day, **more):
    values = {"cs_uri_stem": "/media/hot/a%2520b.jpg", "x_edge_result_type": "Miss", "date": day}
    return [row(n, **values | more) for n in range(count)]


def test_a_scan_of_logs_and_storage_ends_in_advice_with_its_exact_change(world):
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    before = world.costs.recommendations(ADMIN)
    assert "uncached objects: no access logs were read" in before.not_looked_for
    world.put("media/hot/a b.jpg", 9, CacheControl="no-cache", ContentType="image/jpeg")
    world.log("a.gz", hot(1200, today, cs_protocol="http"))
    world.scan()
    after = world.costs.recommendations(ADMIN)
    assert not any("uncached" in told for told in after.not_looked_for)
    (found,) = [one for one in after.items if one.kind == "uncached"]
    (call,) = found.change
    assert (call.parameters["Bucket"], call.parameters["Key"]) == (
        "acme-media",
        "media/hot/a b.jpg",
    )
    assert call.parameters["ContentType"] == "image/jpeg"
    boto3.client("s3", region_name="eu-west-1").copy_object(**call.parameters)
    assert "max-age=31536000" in world.s3.head_object(Bucket="acme-media", Key="media/hot/a b.jpg")["CacheControl"]  # fmt: skip


def test_big_originals_that_no_edge_delivered_come_with_their_keys(world, monkeypatch):
    now = datetime.now(UTC)
    world.put("media/seen/p.jpg", 2**20)
    world.put("media/idle/p.jpg", 2**20)
    for back in range(91):
        day = f"{now - timedelta(days=back):%Y-%m-%d}"
        world.log(f"{back}.gz", [row(back, date=day, cs_uri_stem="/media/seen/p.jpg")])
    world.scan()
    measures = world.costs._open.parts.measures
    monkeypatch.setattr("core.measures.idle.window", lambda today: (today + timedelta(days=1), today))  # fmt: skip
    monkeypatch.setattr("core.measures.idle._LATE", 91)
    (found,) = measures.waste().idle
    assert (found.objects, found.examples) == (1, ("media/idle/p.jpg",))
    assert found.region == "eu-west-1"


def test_the_month_knows_region_protocol_ttl_and_uploads(world):
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    world.put("media/hot/a b.jpg", 9, CacheControl="max-age=60")
    world.log("a.gz", [*hot(3, day), *(row(9 + n, date=day, cs_protocol="http") for n in range(2))])
    world.scan()
    month = world.costs._open.parts.measures.month(day[:7])
    assert {one.region for one in month.stored} == {"eu-west-1"}
    assert month.origin_region == "eu-west-1"
    assert [(one.requests, one.http_requests, one.misses) for one in month.delivered] == [(5, 2, 3)]
    assert month.uploads.amount == 0
    measures = world.costs._open.parts.measures
    # two of five requests were for a file that is not there
    assert "can't be read" in measures.with_ttl(month).ttl_unknown
    assert measures.with_ttl(month.model_copy(update={"files": month.files[:1]})).ttl_seconds == 60
    assert measures.account(["gone"]).regions["gone"] is None


def test_a_ttl_is_asked_of_the_cloud_only_where_a_change_needs_it(world, monkeypatch):
    world.put("media/hot/a b.jpg", 9, CacheControl="max-age=60")
    world.log("a.gz", hot(3, f"{datetime.now(UTC):%Y-%m-%d}"))
    world.scan()
    asked = []
    look = ObjectMover.find
    monkeypatch.setattr(ObjectMover, "find", lambda own, key: asked.append(key) or look(own, key))
    world.costs.month(ADMIN)
    world.costs.what_if(ADMIN, Scenario(name="x", change=ClassChange(to_class="STANDARD_IA")))
    assert asked == []
    found = world.costs.what_if(ADMIN, Scenario(name="x", change=TtlChange(seconds=9)))
    assert asked == ["media/hot/a b.jpg"]
    assert found.unknown == () or "don't fit" in found.unknown[0]


def test_saved_scenarios_are_compared_on_what_was_measured(world):
    world.put("media/hot/a b.jpg", 2**20, CacheControl="max-age=60")
    world.log("a.gz", hot(3, f"{datetime.now(UTC):%Y-%m-%d}"))
    world.scan()
    changes = (
        ClassChange(to_class="STANDARD_IA", role="original", reads=0), TtlChange(seconds=3600),
    )  # fmt: skip
    for change in changes:
        world.costs.save_scenario(ADMIN, Scenario(name=change.kind, change=change))
    answers = {one.scenario.name: one for one in world.costs.compare_scenarios(ADMIN)}
    assert answers["storage_class"].saving > 0
    assert answers["storage_class"].before == answers["ttl"].before or answers["ttl"].unknown
    assert world.made.costs.what_if(ADMIN, world.costs.scenarios(ADMIN)[0]) in answers.values()


def test_what_aws_refuses_is_unknown_and_asked_for_once(world):
    clock = [datetime(2026, 11, 20, tzinfo=UTC)]
    facts = AccountFacts(world.made.cloud, "us-east-1", lambda: clock[0])
    world.put("media/a.jpg", 9, CacheControl="max-age=60", Expires="Thu, 01 Dec 2033 16:00:00 GMT")
    assert facts.headers("acme-media", "media/b.jpg") is None
    assert facts.headers("acme-media", "media/a.jpg")["CacheControl"] == "max-age=60"
    world.put("media/a.jpg", 9, CacheControl="max-age=90")
    assert facts.headers("acme-media", "media/a.jpg")["CacheControl"] == "max-age=60"
    clock[0] += timedelta(minutes=11)
    assert facts.headers("acme-media", "media/a.jpg")["CacheControl"] == "max-age=90"
    assert facts.headers("nowhere", "x") is None


def test_a_distribution_that_can_not_be_read_says_why(world):
    cloud = world.made.cloud
    gone = replace(cloud, distribution_id="EGONE")
    found = AccountFacts(gone, "us-east-1", lambda: datetime.now(UTC)).account(())
    assert found.edge is None
    assert found.edge_problem
    none = replace(cloud, distribution_id="")
    assert "no distribution" in AccountFacts(none, "x", lambda: datetime.now(UTC)).account(()).edge_problem  # fmt: skip
