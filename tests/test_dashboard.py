"""The assembly on AWS (moto stands in) and what it refuses; the emulator's is proved elsewhere."""

from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from core import dashboard
from core.errors import AwsUnavailable, Configuration
from core.model.identity import Actor, Role
from core.model.media import FileQuery
from core.model.sharing import DropLimits, ShareKind, ShareTarget, TargetKind
from core.settings import load_settings
from core.shares.records import ShareRequest
from core.upload.service import UploadRequest

PASSWORD = "walnut-harbour-cedar-52"


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="media")
        boto3.client("dynamodb").create_table(
            TableName="records",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
            ],
            GlobalSecondaryIndexes=[_index("by_parent", "GSI1"), _index("by_change", "GSI2")],
        )
        yield


def _index(name, prefix):
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": prefix + "PK", "KeyType": "HASH"},
            {"AttributeName": prefix + "SK", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }


@pytest.fixture
def on_aws(aws, tmp_path):
    settings = load_settings(
        cloud="aws",
        store="dynamodb",
        records_table="records",
        media_bucket="media",
        distribution_id="E1MEDIA",
        cdn_domain="cdn.example.com",
        data_dir=tmp_path,
    )
    built = dashboard.build_dashboard(settings)
    yield built
    built.stop()


def test_on_aws_everything_answers_and_nothing_is_embedded(on_aws):
    assert on_aws.emulator is None
    assert all(ok for ok, _ in on_aws.health().values())


def test_on_aws_the_media_bucket_is_read_once_a_day(on_aws, monkeypatch):
    assert not on_aws.scan_storage()
    tomorrow = dashboard.utc_now() + timedelta(days=1)
    monkeypatch.setattr(on_aws.storage._daily_scans, "_clock", lambda: tomorrow)
    assert [on_aws.scan_storage(), on_aws.scan_storage()] == [True, False]
    on_aws.runner.run_until_idle()
    admin = Actor(account_id="a", role=Role.ADMIN)
    (scan,) = on_aws.storage.scans(admin)
    assert (scan.bucket, scan.source, scan.state) == ("media", "listing", "done")


def test_on_aws_browsers_are_sent_to_s3_and_to_the_cdns_own_domain(on_aws):
    account = on_aws.accounts.create_admin("a@example.com", PASSWORD)
    actor = on_aws.accounts.actor_for_cookie(on_aws.accounts.sign_in(account.email, PASSWORD).token)
    ticket = on_aws.uploads.open(
        actor, UploadRequest(name="a.txt", size=5, content_type="text/plain")
    )
    assert ticket.url.startswith("https://media.s3.")
    assert on_aws.cloud.edge.url("media/1/ä b.jpg") == (
        "https://cdn.example.com/media/1/%C3%A4%20b.jpg"
    )
    assert on_aws.library.page(actor, FileQuery()).total == 0


def test_the_housekeeping_drops_links_that_ended_half_a_year_ago(on_aws, monkeypatch):
    owner = Actor(account_id="a", role=Role.MEMBER)
    box = ShareRequest(
        kind=ShareKind.DROP,
        target=ShareTarget(kind=TargetKind.FOLDER, folder="in"),
        expires_in=timedelta(days=1),
        drop=DropLimits(max_files=1, max_file_bytes=1, max_total_bytes=1),
    )
    link = on_aws.shares.create(owner, box).link
    later = dashboard.utc_now() + timedelta(days=182)
    monkeypatch.setitem(vars(on_aws.shares._desk), "clock", lambda: later)
    on_aws._keep_house()
    assert on_aws.store.get("share_link", link.id) is None


def test_what_of_the_housekeeping_fails_is_told_and_keeps_nothing_else_from_it(
    on_aws, monkeypatch, capsys
):
    def fail():
        raise AwsUnavailable("Nobody answers.", hint="")

    done = []
    monkeypatch.setattr(on_aws.uploads, "sweep", fail)
    monkeypatch.setattr(on_aws.library, "purge", fail)
    monkeypatch.setattr(on_aws.progress, "sweep", lambda: done.append("progress"))
    monkeypatch.setattr(on_aws.shares, "purge", lambda: done.append("links"))
    on_aws._keep_house()
    assert done == ["progress", "links"]
    assert capsys.readouterr().out.count("housekeeping: Nobody answers.") == 2


def test_health_names_what_does_not_answer(on_aws):
    boto3.client("s3").delete_bucket(Bucket="media")
    ok, reason = on_aws.health()["media bucket"]
    assert not ok
    assert reason


def test_the_key_that_signs_tokens_is_made_once_and_private(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    key = dashboard.secret_key(settings)
    assert dashboard.secret_key(settings) == key
    assert len(key) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_a_configured_key_is_used_as_it_is(tmp_path):
    assert dashboard.secret_key(load_settings(data_dir=tmp_path, secret_key="k" * 40)) == "k" * 40
    assert not (tmp_path / "secret.key").exists()


def test_pages_before_the_start_get_a_configuration_error():
    before = list(dashboard.assembly._current)
    dashboard.install(None)
    with pytest.raises(Configuration, match="not started"):
        dashboard.current()
    dashboard.assembly._current[:] = before
