"""A migration on the embedded cloud: 200 photos and their records, through a crash, to none left."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from worlds import distribution, origin

from core.aws.buckets import ObjectMover
from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.migrations.service import MigrationsService
from core.errors import AwsUnavailable, Conflict, InvalidInput, NotAllowed, NotFound
from core.model.identity import Actor, Role
from core.model.media import FileKind, FileState, MediaFile, ObjectRef, Rendition
from core.model.migration import MigrationState, RecordSource, StepState, Wish
from core.stores.audit_log import AuditLog
from core.stores.files import file_records
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.sqlite import SqliteRecordStore

pytestmark = pytest.mark.emulator

SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)
ADMIN = Actor(account_id="a1", role=Role.ADMIN)
MEMBER = Actor(account_id="m1", role=Role.MEMBER)
LEGACY, FLAT = "users/{user}/progress-photos/{file}", "progress-photos/{user}-{file}"
TABLE = RecordSource(kind="table", table="t-photos", attribute="photo")
PHOTOS = 200


class Killed(BaseException):
    """What a process feels when it dies."""


class Clock:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture(scope="module")
def cloud(emulator, serve):
    """Clients with all rights, which the service does not get, and the CDN in front."""
    base = serve(lambda: emulator)
    root = emulator.root_clients()
    edge = Edge("/emulator/cdn/any", connect_base=base)
    yield SimpleNamespace(s3=root.s3, dynamodb=root.dynamodb, cloudfront=root.cloudfront,
                          edge=edge, emulator=emulator)  # fmt: skip
    edge.close()


def make_bucket(cloud, name, *, versioned=False):
    cloud.s3.create_bucket(Bucket=name)
    if versioned:
        cloud.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    cloud.emulator.let_diagnose(name)
    cloud.emulator.let_repair(name, "none", "t-photos")
    return name


def put(cloud, bucket, key, body=None, **more):
    body = key.encode() if body is None else body
    cloud.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="image/jpeg", **more)


def keys(cloud, bucket, prefix=""):
    pages = cloud.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", ())]


class Room:
    """The service of one process; `restart` builds the next one on the same records."""

    def __init__(self, cloud, path):
        self.cloud, self.path, self.clock = cloud, path, Clock()
        self.open()

    def open(self):
        self.store = SqliteRecordStore(self.path)
        self.audit = AuditLog(self.store, self.clock)
        self.jobs = JobQueue(self.store, self.clock)
        running = self.cloud.emulator
        clients = AwsClients("us-east-1", running.endpoint, running.access_key, running.secret_key)
        doctor = DiagnosticsService(
            clients,
            clock=self.clock,
            cdn_prefix="/emulator/cdn/",
            store=self.store,
            edge=self.cloud.edge,
        )
        self.service = MigrationsService(
            self.store,
            clients,
            doctor,
            self.jobs,
            self.audit,
            self.clock,
            edge=self.cloud.edge,
            cdn_prefix="/emulator/cdn/",
        )
        self.runner = JobRunner(self.jobs, {"migration": self.service.run}, workers=1)

    def restart(self):
        self.store.close()
        self.open()
        self.jobs.requeue_running()
        self.clock.now += timedelta(minutes=10)

    def plan(self, bucket, legacy=LEGACY, target=FLAT, records=None, **more):
        return self.service.plan(SUPPORT, bucket, legacy, target, records, **more)

    def run(self, migration):
        self.service.start(ADMIN, migration.id)
        self.runner.run_until_idle()
        return self.service.get(SUPPORT, migration.id)

    def problems(self, migration, state):
        return {s.source: s.problem for s in self.service.steps(SUPPORT, migration.id, state).items}


@pytest.fixture
def room(cloud, tmp_path):
    built = Room(cloud, tmp_path / "db.sqlite3")
    yield built
    built.store.close()


@pytest.fixture
def bucket(cloud, request):
    return make_bucket(cloud, "t-" + request.node.name.replace("_", "-")[:50].strip("-"))


def site(cloud, name):
    """A distribution that may read the bucket; returns its domain."""
    control = cloud.cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3"}
    )["OriginAccessControl"]["Id"]  # fmt: skip
    shape = distribution([origin(name, name, OriginAccessControlId=control)])
    config = {"CallerReference": name, "Comment": "", **shape["DistributionConfig"]}
    made = cloud.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    statement = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":'
        f'"cloudfront.amazonaws.com"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{name}/*",'
        f'"Condition":{{"StringEquals":{{"AWS:SourceArn":"{made["ARN"]}"}}}}}}]}}'
    )
    cloud.s3.put_bucket_policy(Bucket=name, Policy=statement)
    return made["DomainName"]


@pytest.fixture(scope="module")
def photos(cloud):
    """200 photos in the old layout, and a row with the URL of each one."""
    bucket = make_bucket(cloud, "t-legacy-photos", versioned=True)
    domain = site(cloud, bucket)
    cloud.dynamodb.create_table(
        TableName="t-photos", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"},
                   {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"},
                              {"AttributeName": "at", "AttributeType": "N"}],
    )  # fmt: skip
    for number in range(PHOTOS):
        key = f"users/u{number % 20}/progress-photos/2026-01-{number:03}.jpg"
        put(cloud, bucket, key, Metadata={"taken": str(number)}, CacheControl="max-age=60",
            Tagging="kind=progress")  # fmt: skip
        row = {"owner": {"S": f"u{number % 20}"}, "at": {"N": str(number)},
               "photo": {"S": f"https://{domain}/{key}"}, "likes": {"N": "3"}}  # fmt: skip
        cloud.dynamodb.put_item(TableName="t-photos", Item=row)
    put(cloud, bucket, "progress-photos/u1-2026-03-001.jpg")
    return bucket


def rows(cloud):
    found = cloud.dynamodb.scan(TableName="t-photos")["Items"]
    return [row["photo"]["S"] for row in found]


def test_two_hundred_photos_move_through_a_crash_until_none_is_left(
    room, cloud, photos, monkeypatch
):
    report = room.service.layouts(SUPPORT, photos, records=TABLE)
    assert {(one.pattern, one.count) for one in report.layouts} == {
        (LEGACY, PHOTOS), ("progress-photos/{file}", 1),
    }  # fmt: skip
    assert report.records == PHOTOS
    (offered,) = report.mappings
    assert (offered.legacy, offered.proven) == (LEGACY, False)
    assert FLAT in offered.choices

    migration = room.plan(photos, records=TABLE)
    assert (migration.dry_run.keys, migration.dry_run.rows) == (PHOTOS, PHOTOS)
    assert migration.dry_run.collisions == 0
    assert migration.served_by
    assert migration.versioned
    assert len(keys(cloud, photos, "progress-photos/")) == 1  # nothing happened yet

    _die_at_the(90, monkeypatch)
    room.service.start(ADMIN, migration.id)
    with pytest.raises(Killed):
        room.runner.run_until_idle()
    monkeypatch.undo()
    half = len(keys(cloud, photos, "progress-photos/"))
    assert 60 < half < PHOTOS

    room.restart()
    room.runner.run_until_idle()
    moved = room.service.get(SUPPORT, migration.id)
    assert (moved.state, moved.counts.moved) == (MigrationState.MOVED, PHOTOS)
    assert len(keys(cloud, photos, "progress-photos/")) == PHOTOS + 1
    assert all("/progress-photos/u" in url and "/users/" not in url for url in rows(cloud))
    versions = cloud.s3.list_object_versions(Bucket=photos, Prefix="progress-photos/")["Versions"]
    assert len(versions) == PHOTOS + 1  # what the crash had copied was not copied again
    head = cloud.s3.head_object(Bucket=photos, Key="progress-photos/u7-2026-01-007.jpg")
    assert (head["ContentType"], head["CacheControl"], head["Metadata"]) == (
        "image/jpeg", "max-age=60", {"taken": "7"},
    )  # fmt: skip
    tags = cloud.s3.get_object_tagging(Bucket=photos, Key="progress-photos/u7-2026-01-007.jpg")
    assert tags["TagSet"] == [{"Key": "kind", "Value": "progress"}]

    with pytest.raises(Conflict, match="2026-11-27"):
        room.service.delete_legacy(ADMIN, migration.id)
    room.clock.now += timedelta(days=8)
    room.service.delete_legacy(ADMIN, migration.id)
    room.runner.run_until_idle()
    done = room.service.get(SUPPORT, migration.id)
    assert (done.state, done.counts.left) == (MigrationState.DONE, 0)
    assert keys(cloud, photos, "users/") == []
    again = room.service.layouts(SUPPORT, photos)
    assert [one.pattern for one in again.layouts] == ["progress-photos/{file}"]


def _die_at_the(count, monkeypatch):
    copied, real = [], ObjectMover.copy

    def copy(self, source, key):
        copied.append(key)
        if len(copied) == count:
            raise Killed
        real(self, source, key)

    monkeypatch.setattr(ObjectMover, "copy", copy)


def test_conflicts_are_named_and_the_rest_goes_on(room, cloud, bucket):
    for user in ("u1", "u2"):
        put(cloud, bucket, f"users/{user}/progress-photos/same1.jpg", user.encode())
    put(cloud, bucket, "users/u1/progress-photos/taken1.jpg")
    put(cloud, bucket, "progress-photos/taken1.jpg", b"other")
    put(cloud, bucket, "users/u1/progress-photos/free1.jpg")
    migration = room.plan(bucket, target="progress-photos/{file}")
    assert (migration.dry_run.keys, migration.dry_run.collisions) == (1, 3)
    moved = room.run(migration)
    assert (moved.counts.moved, moved.counts.conflict) == (1, 3)
    named = room.problems(migration, StepState.CONFLICT)
    assert "u2/progress-photos/same1" in named["users/u1/progress-photos/same1.jpg"]
    assert (
        cloud.s3.get_object(Bucket=bucket, Key="progress-photos/taken1.jpg")["Body"].read()
        == b"other"
    )


def test_a_record_that_changed_meanwhile_is_not_overwritten(room, cloud, bucket):
    key = "users/u1/progress-photos/a1.jpg"
    put(cloud, bucket, key)
    item = {"owner": {"S": "changed"}, "at": {"N": "1"}, "photo": {"S": key}}
    cloud.dynamodb.put_item(TableName="t-photos", Item=item)
    migration = room.plan(bucket, records=TABLE)
    item["photo"] = {"S": "users/u1/progress-photos/newer1.jpg"}
    cloud.dynamodb.put_item(TableName="t-photos", Item=item)
    moved = room.run(migration)
    assert moved.counts.failed == 1
    assert "another value" in room.problems(migration, StepState.FAILED)[key]
    found = cloud.dynamodb.get_item(TableName="t-photos", Key={k: item[k] for k in ("owner", "at")})
    assert found["Item"]["photo"]["S"].endswith("newer1.jpg")
    with pytest.raises(Conflict):
        room.service.delete_legacy(ADMIN, migration.id)


def test_a_copy_is_refused_where_its_source_changed(cloud, bucket):
    mover = ObjectMover(cloud.s3, bucket)
    put(cloud, bucket, "old", b"one")
    looked = mover.look("old")
    put(cloud, bucket, "old", b"two")
    with pytest.raises(Conflict):
        mover.copy(looked, "new")
    assert mover.find("new") is None


def test_a_failed_key_is_tried_again_by_the_next_start(room, cloud, bucket, monkeypatch):
    put(cloud, bucket, "users/u1/progress-photos/a1.jpg")
    migration = room.plan(bucket)
    cloud.s3.delete_object(Bucket=bucket, Key="users/u1/progress-photos/a1.jpg")
    assert room.run(migration).counts.failed == 1
    put(cloud, bucket, "users/u1/progress-photos/a1.jpg")
    assert room.run(migration).counts.moved == 1


def test_an_outage_is_waited_for(room, cloud, bucket, monkeypatch):
    put(cloud, bucket, "users/u1/progress-photos/a1.jpg")
    put(cloud, bucket, "users/u2/progress-photos/a2.jpg")
    migration = room.plan(bucket)
    real = ObjectMover.copy

    def down(self, source, key):
        if "u1" in key:
            raise AwsUnavailable("AWS did not answer.")
        real(self, source, key)

    monkeypatch.setattr(ObjectMover, "copy", down)
    half = room.run(migration)
    assert (half.state, half.counts.moved, half.counts.planned) == (MigrationState.MOVING, 1, 1)
    monkeypatch.undo()
    room.clock.now += timedelta(minutes=10)
    room.runner.run_until_idle()
    assert room.service.get(SUPPORT, migration.id).counts.moved == 2


def test_an_old_object_that_is_written_again_is_not_deleted(room, cloud, bucket):
    key = "users/u1/progress-photos/a1.jpg"
    put(cloud, bucket, key)
    migration = room.run(room.plan(bucket, wait_days=0))
    put(cloud, bucket, key, b"newer")
    room.service.delete_legacy(ADMIN, migration.id)
    room.runner.run_until_idle()
    assert "written again" in room.problems(migration, StepState.CONFLICT)[key]
    assert keys(cloud, bucket, "users/") == [key]


def test_a_copy_that_vanished_keeps_the_old_object(room, cloud, bucket):
    key = "users/u1/progress-photos/a1.jpg"
    put(cloud, bucket, key)
    migration = room.run(room.plan(bucket, wait_days=0))
    cloud.s3.delete_object(Bucket=bucket, Key="progress-photos/u1-a1.jpg")
    room.service.delete_legacy(ADMIN, migration.id)
    room.runner.run_until_idle()
    assert room.service.get(SUPPORT, migration.id).counts.failed == 1
    assert keys(cloud, bucket) == [key]


def test_too_many_failures_in_a_row_stop_it_before_any_harm(room, cloud, bucket, monkeypatch):
    for number in range(40):
        put(cloud, bucket, f"users/u1/progress-photos/{number}.jpg")
    migration = room.plan(bucket)
    monkeypatch.setattr(ObjectMover, "copy", lambda self, source, key: _refuse())
    stopped = room.run(migration)
    assert stopped.state is MigrationState.STOPPED
    assert "in a row" in stopped.problem.detail
    assert stopped.counts.planned > 0
    monkeypatch.undo()
    assert room.run(migration).counts.moved == 40


def _refuse():
    raise Conflict("No.")


def test_new_old_keys_are_found_by_planning_again(room, cloud, bucket):
    put(cloud, bucket, "users/u1/progress-photos/a1.jpg")
    migration = room.run(room.plan(bucket))
    with pytest.raises(Conflict, match="Nothing is left"):
        room.service.start(ADMIN, migration.id)
    put(cloud, bucket, "users/u2/progress-photos/b2.jpg")
    again = room.service.plan_again(SUPPORT, migration.id)
    assert (again.counts.planned, again.counts.moved) == (1, 1)
    assert room.run(again).counts.moved == 2


def test_what_was_deleted_comes_back_where_the_bucket_keeps_versions(room, cloud):
    bucket = make_bucket(cloud, "t-versions", versioned=True)
    for number in range(3):
        put(cloud, bucket, f"users/u{number}/progress-photos/a1.jpg")
    migration = room.run(room.plan(bucket, wait_days=0))
    room.service.delete_legacy(ADMIN, migration.id)
    room.runner.run_until_idle()
    assert room.service.get(SUPPORT, migration.id).state is MigrationState.DONE
    assert keys(cloud, bucket, "users/") == []
    assert room.service.restore_deleted(ADMIN, migration.id) == 3
    assert len(keys(cloud, bucket, "users/")) == 3
    back = room.service.get(SUPPORT, migration.id)
    assert (back.state, back.counts.left) == (MigrationState.MOVED, 3)


def test_delete_removes_whichever_form_exists(room, cloud, bucket):
    for name in ("a1", "b2", "c3"):
        put(cloud, bucket, f"users/u1/progress-photos/{name}.jpg")
    migration = room.run(room.plan(bucket, wait_days=0))
    old, new = "users/u1/progress-photos/{}.jpg", "progress-photos/u1-{}.jpg"
    assert room.service.delete_object(ADMIN, migration.id, old.format("a1")) == (
        old.format("a1"), new.format("a1"),
    )  # fmt: skip
    assert set(room.service.delete_object(ADMIN, migration.id, new.format("b2"))) == {
        old.format("b2"), new.format("b2"),
    }  # fmt: skip
    cloud.s3.delete_object(Bucket=bucket, Key=new.format("c3"))
    assert room.service.delete_object(ADMIN, migration.id, new.format("c3")) == (old.format("c3"),)
    assert keys(cloud, bucket) == []
    assert room.service.get(SUPPORT, migration.id).counts.left == 0
    with pytest.raises(InvalidInput):
        room.service.delete_object(ADMIN, migration.id, "elsewhere/x.jpg")


def test_a_file_of_the_library_names_its_new_objects(room, cloud, bucket):
    folder = "users/u1/progress-photos"
    for name in ("a1.jpg", "a1-small.webp", "a1-pristine.jpg"):
        put(cloud, bucket, f"{folder}/{name}")
    files = file_records(room.store)
    files.add(MediaFile(
        id="f1", owner_id="m1", name="a.jpg", size=3, content_type="image/jpeg",
        kind=FileKind.IMAGE, state=FileState.DELIVERED, uploaded_at=room.clock(), bucket=bucket,
        key=f"{folder}/a1.jpg", pristine=ObjectRef(bucket=bucket, key=f"{folder}/a1-pristine.jpg"),
        renditions=(
            Rendition(name="thumbnail", key=f"{folder}/a1-small.webp", width=1, height=1, size=1),
            Rendition(name="preview", key="elsewhere/p.webp", width=1, height=1, size=1),
        ),
    ))  # fmt: skip
    library = RecordSource(kind="library")
    assert room.service.layouts(SUPPORT, bucket, records=library).records == 1
    migration = room.plan(bucket, records=library, wait_days=0)
    assert migration.dry_run.rows == 3
    assert room.run(migration).counts.moved == 3
    file = files.get("f1")
    assert file.key == "progress-photos/u1-a1.jpg"
    assert file.pristine.key == "progress-photos/u1-a1-pristine.jpg"
    assert [one.key for one in file.renditions] == [
        "progress-photos/u1-a1-small.webp", "elsewhere/p.webp",
    ]  # fmt: skip
    room.service.delete_legacy(ADMIN, migration.id)
    room.runner.run_until_idle()
    assert room.service.get(SUPPORT, migration.id).counts.left == 0


def test_a_file_that_names_another_object_by_now_is_left_alone(room, cloud, bucket):
    put(cloud, bucket, "users/u1/progress-photos/a1.jpg")
    files = file_records(room.store)
    files.add(MediaFile(
        id="f1", owner_id="m1", name="a.jpg", size=3, content_type="image/jpeg",
        kind=FileKind.IMAGE, state=FileState.DELIVERED, uploaded_at=room.clock(), bucket=bucket,
        key="users/u1/progress-photos/a1.jpg",
    ))  # fmt: skip
    migration = room.plan(bucket, records=RecordSource(kind="library"))
    files.update("f1", lambda file: file.model_copy(update={"key": "new.jpg"}))
    assert room.run(migration).counts.failed == 1
    assert files.get("f1").key == "new.jpg"


def test_a_row_that_names_one_object_twice_proves_the_mapping(room, cloud, bucket):
    for number in range(1, 4):
        old = f"users/u{number}/pics/{number}.jpg"
        put(cloud, bucket, old)
        put(cloud, bucket, f"pics/u{number}-{number + 5}.jpg")
        row = {"owner": {"S": "pair"}, "at": {"N": str(number)}, "photo": {"S": old},
               "url": {"S": f"https://d1.cloudfront.net/pics/u{number}-{number}.jpg"}}  # fmt: skip
        cloud.dynamodb.put_item(TableName="t-photos", Item=row)
    (found,) = room.service.layouts(SUPPORT, bucket, records=TABLE).mappings
    assert (found.legacy, found.target) == ("users/{user}/pics/{file}", "pics/{user}-{file}")
    assert (found.pairs, found.proven) == (3, True)


def test_a_copy_that_the_cdn_does_not_serve_changes_no_record(room, cloud, bucket):
    domain = site(cloud, bucket)
    key = "users/u1/progress-photos/z1.jpg"
    put(cloud, bucket, key)
    item = {"owner": {"S": "cdn"}, "at": {"N": "1"}, "photo": {"S": f"https://{domain}/{key}"}}
    cloud.dynamodb.put_item(TableName="t-photos", Item=item)
    migration = room.plan(bucket, records=TABLE)
    assert migration.served_by == domain
    cloud.s3.delete_bucket_policy(Bucket=bucket)
    assert room.run(migration).counts.failed == 1
    assert "403" in room.problems(migration, StepState.FAILED)[key]
    assert f"https://{domain}/{key}" in rows(cloud)


def test_an_archived_object_is_not_moved(room, cloud, bucket):
    key = "users/u1/progress-photos/a1.jpg"
    put(cloud, bucket, key, StorageClass="GLACIER")
    migration = room.plan(bucket)
    assert room.run(migration).counts.failed == 1
    assert "restore" in room.problems(migration, StepState.FAILED)[key]


def test_an_object_that_took_the_new_key_after_the_plan_is_not_overwritten(room, cloud, bucket):
    put(cloud, bucket, "users/u1/progress-photos/a1.jpg")
    migration = room.plan(bucket)
    put(cloud, bucket, "progress-photos/u1-a1.jpg", b"somebody else's")
    assert room.run(migration).counts.conflict == 1
    held = cloud.s3.get_object(Bucket=bucket, Key="progress-photos/u1-a1.jpg")["Body"].read()
    assert held == b"somebody else's"


def test_a_record_that_went_back_keeps_the_old_object(room, cloud, bucket):
    key = "users/u1/progress-photos/back1.jpg"
    put(cloud, bucket, key)
    item = {"owner": {"S": "back"}, "at": {"N": "1"}, "photo": {"S": key}}
    cloud.dynamodb.put_item(TableName="t-photos", Item=item)
    migration = room.run(room.plan(bucket, records=TABLE, wait_days=0))
    assert migration.counts.moved == 1
    cloud.dynamodb.put_item(TableName="t-photos", Item=item)
    room.service.delete_legacy(ADMIN, migration.id)
    room.runner.run_until_idle()
    assert "old key again" in room.problems(migration, StepState.FAILED)[key]
    assert key in keys(cloud, bucket)


def test_old_keys_that_went_away_leave_the_plan_when_it_is_made_again(room, cloud, bucket):
    for name in ("a1", "b2"):
        put(cloud, bucket, f"users/u1/progress-photos/{name}.jpg")
    migration = room.plan(bucket)
    cloud.s3.delete_object(Bucket=bucket, Key="users/u1/progress-photos/a1.jpg")
    assert room.service.plan_again(SUPPORT, migration.id).counts.total == 1
    assert room.service.migrations(SUPPORT).items[0].id == migration.id


def test_support_asks_and_an_admin_lets_it_begin(room, cloud, bucket):
    put(cloud, bucket, "users/u1/progress-photos/a1.jpg")
    migration = room.plan(bucket)
    with pytest.raises(Conflict):
        room.service.approve(ADMIN, migration.id)
    asked = room.service.start(SUPPORT, migration.id)
    assert (asked.wish, asked.state) == (Wish.MOVE, MigrationState.PLANNED)
    assert room.runner.run_until_idle() == 0
    with pytest.raises(NotAllowed):
        room.service.approve(SUPPORT, migration.id)
    begun = room.service.approve(ADMIN, migration.id)
    assert (begun.state, begun.wish) == (MigrationState.MOVING, Wish.NOTHING)
    with pytest.raises(Conflict, match="running"):
        room.service.start(ADMIN, migration.id)
    stopped = room.service.cancel(SUPPORT, migration.id)
    assert stopped.state is MigrationState.STOPPED
    with pytest.raises(Conflict, match="being ended"):
        room.service.start(ADMIN, migration.id)
    room.runner.run_until_idle()
    assert keys(cloud, bucket, "progress-photos/") == []
    assert room.run(migration).counts.moved == 1
    actions = [event.action for event in room.audit.page("2026-11").items]
    assert {"migration.planned", "migration.move_requested", "migration.move_started",
            "migration.stopped"} <= set(actions)  # fmt: skip


def test_members_may_do_nothing_and_support_may_not_delete_alone(room):
    service = room.service
    for ask in (
        lambda: service.layouts(MEMBER, "b"),
        lambda: service.migrations(MEMBER),
        lambda: service.plan(MEMBER, "b", LEGACY, FLAT),
        *(lambda a=a: a(MEMBER, "x") for a in (
            service.get, service.plan_again, service.start, service.approve, service.cancel,
            service.delete_legacy, service.restore_deleted)),
        lambda: service.steps(MEMBER, "x", StepState.FAILED),
        lambda: service.delete_object(MEMBER, "x", "k"),
        lambda: service.delete_object(SUPPORT, "x", "k"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(NotFound):
        service.get(SUPPORT, "x")


def test_names_that_lead_nowhere_are_told(room, cloud, bucket):
    cloud.emulator.let_diagnose("t-no-such-bucket")
    for name in ("", "a/b", "s3://media", "x" * 300):
        with pytest.raises(InvalidInput):
            room.service.layouts(SUPPORT, name)
    with pytest.raises(NotFound):
        room.service.layouts(ADMIN, "t-no-such-bucket")
    for table, attribute in (("", "photo"), ("a b", "photo"), ("t-photos", "")):
        source = RecordSource(kind="table", table=table, attribute=attribute)
        with pytest.raises(InvalidInput):
            room.plan(bucket, records=source)


def test_a_plan_that_makes_no_sense_is_refused(room, bucket):
    for legacy, target, wait in (("a/{x}", "b/{y}", 7), ("", "b", 7), (LEGACY, FLAT, 900)):
        with pytest.raises(InvalidInput):
            room.plan(bucket, legacy, target, wait_days=wait)
