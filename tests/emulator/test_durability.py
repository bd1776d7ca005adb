"""What the embedded cloud knows survives kills, restarts and damaged files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from pathlib import Path

import pytest

from core.emulator import service
from core.emulator.folder import is_alive
from core.emulator.service import attach_emulator, start_emulator
from core.errors import Configuration
from core.settings import Environment, load_settings

pytestmark = pytest.mark.emulator

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    """A data folder with a deployed stack that nobody holds; tests take copies of it."""
    folder = tmp_path_factory.mktemp("deployed")
    start_emulator(load_settings(data_dir=folder)).stop()
    return folder


@pytest.fixture
def settings(deployed, tmp_path):
    shutil.copytree(deployed, tmp_path / "data")
    (tmp_path / "data" / "emulator" / "port.json").unlink()
    return load_settings(data_dir=tmp_path / "data")


@pytest.fixture
def start(settings):
    running = []

    def begin():
        running.append(start_emulator(settings))
        return running[-1]

    yield begin
    for emulator in running:
        emulator.stop()


def revived(emulator, before):
    deadline = time.monotonic() + 15
    while (
        emulator.pid == before or attach_emulator(load_settings(data_dir=emulator.data_dir)) is None
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_killed_child_comes_back_with_everything_on_the_same_port(start):
    emulator = start()
    clients, stack, killed = emulator.clients(), emulator.stack, emulator.pid
    clients.s3.put_object(
        Bucket=stack.media_bucket, Key="media/k/a.txt", Body=b"kept", Metadata={"owner": "o1"}
    )
    clients.dynamodb.put_item(
        TableName=stack.records_table, Item={"PK": {"S": "file"}, "SK": {"S": "1"}}
    )
    emulator.snapshot()

    os.kill(killed, signal.SIGKILL)
    revived(emulator, killed)

    found = clients.s3.get_object(Bucket=stack.media_bucket, Key="media/k/a.txt")
    assert (found["Body"].read(), found["Metadata"]) == (b"kept", {"owner": "o1"})
    policy = clients.s3.get_bucket_policy(Bucket=stack.media_bucket)["Policy"]
    assert stack.distribution_id in policy
    assert clients.cloudfront.get_distribution(Id=stack.distribution_id)
    assert clients.s3.get_bucket_versioning(Bucket=stack.media_bucket)["Status"] == "Enabled"
    key = {"PK": {"S": "file"}, "SK": {"S": "1"}}
    assert "Item" in clients.dynamodb.get_item(TableName=stack.records_table, Key=key)


def test_an_object_survives_a_kill_right_after_it_was_stored(start):
    emulator = start()
    killed = emulator.pid
    names = [f"media/{uuid.uuid4().hex}/a.txt" for _ in range(20)]
    for name in names:
        emulator.clients().s3.put_object(Bucket=emulator.stack.media_bucket, Key=name, Body=b"x")

    os.kill(killed, signal.SIGKILL)
    revived(emulator, killed)

    for name in names:
        emulator.clients().s3.head_object(Bucket=emulator.stack.media_bucket, Key=name)


def test_a_change_is_saved_by_itself_within_seconds(start):
    emulator = start()
    killed = emulator.pid
    invalidation = emulator.clients().cloudfront.create_invalidation(
        DistributionId=emulator.stack.distribution_id,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "one"},
    )["Invalidation"]
    saved = emulator.data_dir / "emulator" / "state" / "cloudfront.json"
    deadline = time.monotonic() + 10
    while invalidation["Id"] not in saved.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)

    os.kill(killed, signal.SIGKILL)
    revived(emulator, killed)

    listed = emulator.clients().cloudfront.list_invalidations(
        DistributionId=emulator.stack.distribution_id
    )["InvalidationList"]
    assert [item["Id"] for item in listed["Items"]] == [invalidation["Id"]]


def test_a_child_killed_again_and_again_comes_back_each_time(start):
    emulator = start()
    for _ in range(3):
        killed = emulator.pid
        os.kill(killed, signal.SIGKILL)
        revived(emulator, killed)

    emulator.clients().s3.head_bucket(Bucket=emulator.stack.media_bucket)


def test_a_second_start_keeps_key_stack_and_port_and_is_quick(start, settings):
    first = start()
    first.clients().s3.put_object(Bucket=first.stack.media_bucket, Key="media/a", Body=b"x")
    first.stop()

    began = time.monotonic()
    second = start()
    took = time.monotonic() - began

    assert (second.stack, second.access_key, second.port) == (
        first.stack,
        first.access_key,
        first.port,
    )
    second.clients().s3.head_object(Bucket=second.stack.media_bucket, Key="media/a")
    print(f"start of an existing folder: {took:.2f} s")
    assert took < 6  # 2 s on an idle machine


def test_an_idle_child_is_small(start):
    status = Path(f"/proc/{start().pid}/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0]) / 1024

    print(f"idle memory of the child: {resident:.0f} MiB")
    assert resident < 100


def test_a_held_folder_is_refused_with_the_holder_and_the_remedy(start, settings):
    start()

    with pytest.raises(Configuration) as refused:
        start_emulator(settings)

    assert str(os.getpid()) in refused.value.message
    assert "DASHBOARD_DATA_DIR" in refused.value.hint


def test_production_is_refused(settings):
    production = settings.model_copy(update={"environment": Environment.PRODUCTION})

    with pytest.raises(Configuration, match="production"):
        start_emulator(production)


def test_secrets_are_readable_by_their_owner_only(start, settings):
    start()
    folder = settings.data_dir / "emulator"

    for name in ("credentials.json", "connection.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_another_process_can_join_and_its_stop_stops_nothing(start, settings):
    assert attach_emulator(settings) is None
    emulator = start()

    joined = attach_emulator(settings)
    joined.clients().s3.put_object(Bucket=joined.stack.media_bucket, Key="media/j", Body=b"x")
    joined.stop()

    assert joined.pid == emulator.pid
    emulator.clients().s3.head_object(Bucket=emulator.stack.media_bucket, Key="media/j")
    emulator.stop()
    assert attach_emulator(settings) is None


def test_a_damaged_state_file_is_replaced_by_its_newest_copy(start, settings, capfd):
    start().stop()
    start().stop()
    file = settings.data_dir / "emulator" / "state" / "s3.json"
    file.write_bytes(file.read_bytes()[:100])

    emulator = start()

    policy = emulator.clients().s3.get_bucket_policy(Bucket=emulator.stack.media_bucket)
    assert json.loads(policy["Policy"])["Statement"]
    assert "s3.json was damaged" in capfd.readouterr().err


OWNER = textwrap.dedent("""
    import sys, time
    from core.emulator.service import start_emulator
    from core.settings import load_settings

    print(start_emulator(load_settings(data_dir=sys.argv[1])).pid, flush=True)
    time.sleep(60)
""")


def test_the_child_ends_with_a_killed_parent_and_the_next_start_waits_for_it(start, settings):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(settings.data_dir)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    child = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert attach_emulator(settings) is None  # the child may still answer, but it is ending

    emulator = start()

    assert emulator.pid != child
    assert not is_alive(child)
    emulator.clients().s3.head_bucket(Bucket=emulator.stack.media_bucket)


def test_a_changed_site_address_is_deployed_into_the_same_stack(start, settings):
    before = start()
    before.stop()

    moved = start_emulator(settings.model_copy(update={"port": 9000}))
    try:
        cors = moved.clients().s3.get_bucket_cors(Bucket=moved.stack.media_bucket)
    finally:
        moved.stop()

    assert moved.stack == before.stack
    assert moved.access_key == before.access_key
    assert "http://localhost:9000" in cors["CORSRules"][0]["AllowedOrigins"]


def test_a_template_that_fails_is_explained_and_the_corrected_one_is_deployed(
    tmp_path, monkeypatch
):
    settings = load_settings(data_dir=tmp_path)
    good = service.TEMPLATE.read_text()
    broken = tmp_path / "template.yaml"
    broken.write_text(
        good.replace("!GetAtt MediaAccessControl.Id", "!GetAtt MediaAccessControl.No")
    )
    with monkeypatch.context() as patch:
        patch.setattr(service, "TEMPLATE", broken)
        with pytest.raises(Configuration, match=r"template\.yaml can't be deployed") as failed:
            start_emulator(settings)
    assert failed.value.hint

    emulator = start_emulator(settings)
    try:
        emulator.clients().s3.head_bucket(Bucket=emulator.stack.media_bucket)
    finally:
        emulator.stop()


def test_a_machines_own_aws_settings_do_not_reach_the_child(start, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMACHINE")
    monkeypatch.setenv("USE_SSL", "1")
    monkeypatch.setenv("MINISTACK_HOST", "elsewhere")

    environment = Path(f"/proc/{start().pid}/environ").read_bytes().split(b"\0")

    names = {line.partition(b"=")[0] for line in environment}
    assert names.isdisjoint({b"AWS_ACCESS_KEY_ID", b"USE_SSL", b"MINISTACK_HOST"})
