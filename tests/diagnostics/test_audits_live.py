"""Audits against a running account: the library, a table with legacy keys, logs; as the doctor says."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from test_service import site

from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.audits.files import Upload
from core.diagnostics.service.audits.service import JOB, AuditsService
from core.diagnostics.service.audits.sources import Reach
from core.diagnostics.service.repairs.service import RepairsService
from core.model.identity import Actor, Role
from core.model.media import FileKind, FileState, MediaFile, Rendition
from core.model.url_audit import CsvSource, DynamoSource, LibrarySource, LogSource
from core.stores.audit_log import AuditLog
from core.stores.files import file_records
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

pytestmark = pytest.mark.emulator
SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)


def now():
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def account(emulator):
    """A site whose clients repeat the origin path, and a table that holds the keys of its pictures."""
    keys = [f"avatars/u{i}_ab12.jpg" for i in range(12)]
    domain = site(emulator, "t-many-avatars", keys, origin_path="/avatars")
    press = site(emulator, "t-many-press", ["a.jpg"], arn="arn:aws:cloudfront::1:distribution/X")
    root = emulator.root_clients()
    root.dynamodb.create_table(
        TableName="t-people", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )  # fmt: skip
    for i, key in enumerate(keys):
        value = key if i < 9 else key.removeprefix("avatars/")
        root.dynamodb.put_item(TableName="t-people",
                               Item={"pk": {"S": f"u{i}"}, "avatar": {"S": value}})  # fmt: skip
    root.dynamodb.put_item(TableName="t-people", Item={"pk": {"S": "nobody"}, "age": {"N": "7"}})
    root.s3.create_bucket(Bucket="t-many-logs")
    emulator.let_diagnose("t-many-logs")
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    return SimpleNamespace(
        clients=clients, root=root, domain=domain, press=press, stack=emulator.stack,
        iam=root.iam, doctor=DiagnosticsService(clients, now, "/emulator/cdn/"),
    )  # fmt: skip


@pytest.fixture
def desk(account, tmp_path):
    index = SearchIndex(tmp_path / "db.sqlite3")
    store = SqliteRecordStore(tmp_path / "db.sqlite3", [index])
    jobs, log = JobQueue(store, now), AuditLog(store, now)
    edge = Edge(f"https://{account.stack.distribution_domain}")
    repairs = RepairsService(account.clients, store, log, now, account.doctor, edge,
                             account_of=lambda _: None, signer_of=lambda _: None)  # fmt: skip
    audits = AuditsService(store, jobs, log, Reach(account.clients, index, edge.url), now,
                           tmp_path / "audits", own_table=account.stack.records_table,
                           propose=repairs.propose_records)  # fmt: skip

    def done(source, *uploads):
        made = audits.start(SUPPORT, source, uploads)
        JobRunner(jobs, {JOB: audits.work}, 1).run_until_idle()
        return audits.get(SUPPORT, made.id)

    yield SimpleNamespace(audits=audits, store=store, done=done)
    edge.close()
    index.close()
    store.close()


def allow_scan(account):
    statement = {"Effect": "Allow", "Resource": "*",
                 "Action": ["dynamodb:Scan", "dynamodb:DescribeTable", "dynamodb:ListTables"]}  # fmt: skip
    account.iam.put_user_policy(
        UserName="dashboard", PolicyName="scan",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )  # fmt: skip


def media(id, key, *made):
    return MediaFile(
        id=id, owner_id="o", name="a.jpg", size=1, content_type="image/jpeg", kind=FileKind.IMAGE,
        state=FileState.DELIVERED, uploaded_at=now(), bucket="b", key=key,
        renditions=tuple(Rendition(name="thumbnail", key=k, width=1, height=1, size=1) for k in made),
    )  # fmt: skip


def as_the_doctor_says(account, desk, audit):
    """Every row of every group has the verdict of the doctor; how many there were."""
    seen = 0
    for group in desk.audits.groups(SUPPORT, audit.id):
        for row in desk.audits.rows(SUPPORT, audit.id, group.id, limit=3).items:
            report = account.doctor.diagnose_url(SUPPORT, row.url)
            told = (
                report.verdict.predicted_status,
                report.verdict.primary_cause,
                report.resolved.key,
            )
            assert (row.predicted_status, row.cause, row.key) == told
            seen += 1
    return seen


def test_the_librarys_missing_and_shadowed_files_are_found(account, desk):
    s3, held = account.root.s3, account.stack.media_bucket
    for i in range(4):
        for name in ("a.jpg", "thumbnail.webp"):
            if (i, name) != (3, "thumbnail.webp"):
                s3.put_object(Bucket=held, Key=f"media/t4{i}/{name}", Body=b"x")
    files = file_records(desk.store)
    for i in range(4):
        files.add(media(f"t4{i}", f"media/t4{i}/a.jpg", f"media/t4{i}/thumbnail.webp"))
    files.add(media("gone", "media/gone1/b.jpg"))
    audit = desk.done(LibrarySource())
    assert (audit.state, audit.problem, audit.summary.urls) == ("done", None, 9)
    groups = desk.audits.groups(SUPPORT, audit.id)
    assert {(g.cause, g.pattern, g.urls) for g in groups} == {
        ("object-missing", "/media/{id}/b.jpg", 1),
        ("object-missing", "/media/{id}/thumbnail.webp", 1),
    }
    assert as_the_doctor_says(account, desk, audit) == 2


def test_a_table_with_legacy_keys_is_understood_and_its_records_are_proposed(account, desk):
    allow_scan(account)
    (choice,) = [t for t in desk.audits.tables(SUPPORT) if t.name == "t-people"]
    assert (choice.key_attributes, choice.likely, choice.problem) == (("pk",), ("avatar",), "")
    assert account.stack.records_table not in {t.name for t in desk.audits.tables(SUPPORT)}
    source = DynamoSource(table="t-people", key_attributes=("pk",), attribute="avatar", holds="key",
                          host=account.domain)  # fmt: skip
    audit = desk.done(source)
    assert (audit.state, audit.problem, audit.summary.urls) == ("done", None, 12)
    assert audit.summary.capacity_units > 0
    assert [s.reason for s in audit.summary.skipped] == ["no attribute avatar"]
    (group,) = desk.audits.groups(SUPPORT, audit.id)
    assert (group.cause, group.pattern, group.urls) == (
        "origin-path-double-prefix",
        "/avatars/*",
        9,
    )
    assert as_the_doctor_says(account, desk, audit) == 3

    made = desk.audits.repair(SUPPORT, audit.id, group.id)
    assert (made.type, made.fixed, made.broken, made.unchanged) == ("fix_db_record", 9, 0, 3)
    assert made.sample[0].after == made.sample[0].before.removeprefix("avatars/")
    config = desk.audits.repair(SUPPORT, audit.id, group.id, made.alternatives[-1])
    assert (config.type, config.fixed, config.broken) == ("config_change", 9, 3)
    desk.audits.repair(SUPPORT, audit.id, group.id)
    (proposed,) = desk.audits.propose(SUPPORT, audit.id, group.id)
    assert (proposed.state, len(proposed.actions)) == ("proposed", 9)
    assert {a.target for a in proposed.actions} == {"t-people"}


def test_a_key_that_is_not_the_tables_is_told(account, desk):
    allow_scan(account)
    audit = desk.done(DynamoSource(table="t-people", key_attributes=("id",), attribute="avatar"))
    assert (audit.state, audit.problem.detail) == ("failed", "The key of t-people is pk.")


def test_a_table_that_may_not_be_read_names_the_permission(account, desk):
    account.iam.put_user_policy(
        UserName="dashboard", PolicyName="scan",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["dynamodb:ListTables", "dynamodb:DescribeTable"],
             "Resource": "*"}]}),
    )  # fmt: skip
    (choice,) = [t for t in desk.audits.tables(SUPPORT) if t.name == "t-people"]
    assert "dynamodb:Scan" in choice.problem
    audit = desk.done(DynamoSource(table="t-people", key_attributes=("pk",), attribute="avatar"))
    assert "dynamodb:Scan" in audit.problem.hint


def test_one_policy_opens_a_whole_site(account, desk):
    urls = f"url\nhttps://{account.press}/a.jpg\nhttps://{account.press}/gone/b.jpg\n"
    audit = desk.done(CsvSource(url="url"), Upload("urls", "u.csv", urls.encode()))
    assert as_the_doctor_says(account, desk, audit) == 2
    group = next(g for g in desk.audits.groups(SUPPORT, audit.id) if "sourcearn" in g.cause)
    made = desk.audits.repair(SUPPORT, audit.id, group.id)
    assert (made.type, made.fixed, made.broken, made.unchanged) == ("policy_patch", 1, 0, 1)


def test_a_bucket_that_may_not_be_listed_leaves_unknowns(account, desk):
    account.root.s3.create_bucket(Bucket="t-many-foreign")
    url = "https://t-many-foreign.s3.us-east-1.amazonaws.com/a.jpg"
    audit = desk.done(CsvSource(url="url"), Upload("urls", "u.csv", f"url\n{url}\n".encode()))
    assert any("s3:ListBucket" in note for note in audit.summary.unread)
    (group,) = desk.audits.groups(SUPPORT, audit.id)
    assert (group.failing, group.statuses, group.sample[0].confidence) == (
        False,
        {"null": 1},
        "unknown",
    )


def test_logs_in_a_bucket_are_read_for_the_time_that_was_asked(account, desk):
    head = "#Version: 1.0\n#Fields: date time sc-status cs-uri-stem x-host-header cs-protocol\n"

    def put(hour, *paths):
        lines = [
            f"{hour:%Y-%m-%d}\t{hour:%H}:10:00\t403\t{p}\t{account.domain}\thttps" for p in paths
        ]
        body = gzip.compress((head + "\n".join(lines) + "\n").encode())
        name = f"cf/E1.{hour:%Y-%m-%d-%H}.{len(paths)}.gz"
        account.root.s3.put_object(Bucket="t-many-logs", Key=name, Body=body)

    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    put(noon, "/avatars/u1_ab12.jpg", "/avatars/u1_ab12.jpg", "/avatars/u2_ab12.jpg")
    put(noon + timedelta(hours=1), "/avatars/u1_ab12.jpg")
    put(noon - timedelta(days=3), "/avatars/u5_ab12.jpg")
    audit = desk.done(LogSource(bucket="t-many-logs", prefix="cf/", since=noon))
    (group,) = desk.audits.groups(SUPPORT, audit.id)
    assert (group.cause, group.urls, group.hits) == ("origin-path-double-prefix", 2, 4)
    assert (group.sample[0].hits, group.sample[0].key) == (3, "avatars/avatars/u1_ab12.jpg")


def test_a_bucket_that_was_listed_in_part_can_not_tell_what_is_missing(account, desk, monkeypatch):
    monkeypatch.setattr("core.diagnostics.service.audits.capture.LISTED", 5)
    url = f"https://{account.domain}/gone/none.jpg"
    audit = desk.done(CsvSource(url="url"), Upload("urls", "u.csv", f"url\n{url}\n".encode()))
    (group,) = desk.audits.groups(SUPPORT, audit.id)
    assert (group.failing, group.sample[0].confidence) == (False, "unknown")
    assert any("longer than an audit reads" in note for note in audit.summary.unread)
