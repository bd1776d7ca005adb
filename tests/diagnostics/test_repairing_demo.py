"""The demo's planted faults: diagnosed, proposed, approved, applied, verified, rolled back."""

import json
import time
import urllib.parse
from datetime import UTC, datetime

import httpx
import pytest

from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.demo import faults
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.repairs.service import RepairsService
from core.errors import Conflict, NotAllowed
from core.model.identity import Account, Actor, Role
from core.model.repair import RepairState
from core.stores.audit_log import AuditLog
from core.stores.sqlite import SqliteRecordStore

pytestmark = pytest.mark.emulator

SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)
ADMIN = Actor(account_id="a1", role=Role.ADMIN)


def now():
    return datetime.now(UTC)


def account_of(account_id):
    role = {"s1": Role.SUPPORT, "a1": Role.ADMIN}.get(account_id)
    return role and Account(
        id=account_id, email=f"{account_id}@x.org", username=account_id, role=role, created_at=now()
    )


@pytest.fixture(scope="module")
def site(emulator, serve):
    return serve(lambda: emulator)


@pytest.fixture(scope="module")
def planted(emulator):
    """Each fault once, as the demo plants it."""
    return {
        "avatars": faults._repeated_origin_path(emulator)[0],
        "photos": faults._legacy_progress_photos(emulator)[0],
        "press": faults._wrong_source_arn(emulator)[0],
    }


@pytest.fixture
def account(emulator, site, tmp_path):
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    store = SqliteRecordStore(tmp_path / "r.sqlite3")
    edge = Edge("/emulator/cdn/x", connect_base=site)
    doctor = DiagnosticsService(clients, now, "/emulator/cdn/", None, store, edge)
    signer = MediaBucket(
        clients.s3, "x", signing_endpoint=emulator.endpoint, public_prefix="/emulator/s3"
    )
    repairs = RepairsService(
        clients, store, AuditLog(store, now), now, doctor, edge, account_of=account_of,
        signer_of=signer.beside, cdn_prefix="/emulator/cdn/",
        own_table=emulator.stack.records_table,
    )  # fmt: skip
    yield doctor, repairs, store
    edge.close()
    store.close()


def get(site, url):
    """As a browser asks: the page's own route to the CDN."""
    parts = urllib.parse.urlsplit(url)
    label = parts.hostname.split(".")[0]
    return httpx.get(f"{site}/emulator/cdn/{label}{parts.path}").status_code


def offered(doctor, fault, kind):
    doctor.report(SUPPORT, fault.url, record=fault.record)
    fixes = doctor.diagnose_url(SUPPORT, fault.url).fixes
    return next(fix for fix in fixes if fix.type == kind)


def test_a_bucket_policy_is_patched_verified_and_put_back(account, planted, site, emulator):
    doctor, repairs, _ = account
    fault = planted["press"]
    s3 = emulator.root_clients().s3
    before = json.loads(s3.get_bucket_policy(Bucket="demo-press")["Policy"])
    assert get(site, fault.url) == 403

    proposed = repairs.propose(SUPPORT, fault.url, offered(doctor, fault, "policy_patch").id)
    with pytest.raises(NotAllowed, match="not been approved"):
        repairs.apply(SUPPORT, proposed.id)
    repairs.approve(ADMIN, proposed.id)
    done = repairs.apply(SUPPORT, proposed.id)

    assert (done.state, done.verification.status) == (RepairState.VERIFIED, 200), done.verification
    assert (done.approved_by, done.applied_by) == ("a1", "s1")
    assert get(site, fault.url) == 200
    after = json.loads(s3.get_bucket_policy(Bucket="demo-press")["Policy"])
    (edit,) = done.actions[0].edits
    assert (edit.before, edit.after) == (before["Statement"][0], after["Statement"][0])

    back = repairs.rollback(SUPPORT, done.id)
    assert back.state is RepairState.ROLLED_BACK
    assert json.loads(s3.get_bucket_policy(Bucket="demo-press")["Policy"]) == before


def test_an_origin_path_is_set_and_put_back(account, planted, site, emulator):
    doctor, repairs, _ = account
    fault = planted["avatars"]
    label = urllib.parse.urlsplit(fault.url).hostname
    cloudfront = emulator.root_clients().cloudfront
    number = next(d["Id"] for d in cloudfront.list_distributions()["DistributionList"]["Items"]
              if d["DomainName"] == label)  # fmt: skip
    before = cloudfront.get_distribution_config(Id=number)["DistributionConfig"]
    assert get(site, fault.url) == 403

    proposed = repairs.propose(ADMIN, fault.url, offered(doctor, fault, "config_change").id)
    done = repairs.apply(ADMIN, proposed.id)

    assert (done.state, done.verification.status) == (RepairState.VERIFIED, 200), done.verification
    assert get(site, fault.url) == 200
    assert repairs.rollback(ADMIN, done.id).state is RepairState.ROLLED_BACK
    assert cloudfront.get_distribution_config(Id=number)["DistributionConfig"] == before


def test_a_record_is_written_anew_and_put_back(account, planted, site, emulator):
    doctor, repairs, _ = account
    fault = planted["avatars"]
    rows = emulator.root_clients().dynamodb

    def url():
        item = rows.get_item(TableName="demo-users", Key={"userId": {"S": "u1"}})["Item"]
        return item["avatarUrl"]["S"]

    done = repairs.apply(
        ADMIN,
        repairs.propose(ADMIN, fault.url, offered(doctor, fault, "fix_db_record").id).id,
    )

    assert (done.state, done.verification.status) == (RepairState.VERIFIED, 200), done.verification
    assert url() == done.new_url != fault.url
    assert get(site, url()) == 200
    repairs.rollback(ADMIN, done.id)
    assert url() == fault.url


def test_a_legacy_photo_is_copied_and_the_copy_removed_again(account, planted, site, emulator):
    doctor, repairs, _ = account
    fault = planted["photos"]
    s3 = emulator.root_clients().s3

    fix = offered(doctor, fault, "copy_object")
    done = repairs.apply(ADMIN, repairs.propose(ADMIN, fault.url, fix.id).id)

    assert (done.state, done.verification.status) == (RepairState.VERIFIED, 200), done.verification
    target = done.actions[0].target.partition("/")[2]
    held = s3.head_object(Bucket="demo-progress-photos", Key=target)
    assert held["ContentType"] == "image/jpeg"
    repairs.rollback(ADMIN, done.id)
    listed = s3.list_objects_v2(Bucket="demo-progress-photos", Prefix=target)
    assert not listed.get("Contents")


def test_a_change_in_between_is_a_conflict_and_nothing_is_overwritten(account, planted, emulator):
    doctor, repairs, _ = account
    fault = planted["press"]
    s3 = emulator.root_clients().s3
    before = s3.get_bucket_policy(Bucket="demo-press")["Policy"]
    proposed = repairs.propose(ADMIN, fault.url, offered(doctor, fault, "policy_patch").id)
    changed = json.loads(before)
    changed["Statement"][0]["Condition"]["StringEquals"]["AWS:SourceAccount"] = "999999999999"
    s3.put_bucket_policy(Bucket="demo-press", Policy=json.dumps(changed))

    try:
        with pytest.raises(Conflict, match="Nothing was written"):
            repairs.apply(ADMIN, proposed.id)
        assert json.loads(s3.get_bucket_policy(Bucket="demo-press")["Policy"]) == changed
        assert repairs.get(ADMIN, proposed.id).state is RepairState.PROPOSED
    finally:
        s3.put_bucket_policy(Bucket="demo-press", Policy=before)


def test_an_expired_s3_url_is_signed_anew_shown_once_and_never_kept(account, emulator, site):
    doctor, repairs, store = account
    bucket = emulator.stack.media_bucket
    emulator.root_clients().s3.put_object(Bucket=bucket, Key="media/f-sign/a.jpg", Body=b"x")
    url = (
        f"https://{bucket}.s3.us-east-1.amazonaws.com/media/f-sign/a.jpg?X-Amz-Algorithm="
        "AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20200101%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=0123456789abcdef"
    )
    fix = next(f for f in doctor.diagnose_url(ADMIN, url).fixes if f.type == "sign_url")

    done = repairs.apply(ADMIN, repairs.propose(ADMIN, url, fix.id).id, url=url)

    assert (done.state, done.verification.status) == (RepairState.VERIFIED, 206)
    assert httpx.get(site + done.new_url).status_code == 200
    assert done.new_url_ends_at > now()
    kept = json.dumps([c.record.data for c in store.changes().items if c.record])
    signature = urllib.parse.parse_qs(urllib.parse.urlsplit(done.new_url).query)["X-Amz-Signature"]
    assert signature[0] not in kept
    assert "0123456789abcdef" not in kept
    with pytest.raises(Conflict, match="nothing that could be written back"):
        repairs.rollback(ADMIN, done.id)


def test_a_stale_picture_is_invalidated_and_that_is_said_to_last(account, planted, emulator, site):
    doctor, repairs, _ = account
    stack = emulator.stack
    s3 = emulator.root_clients().s3
    url = f"https://{stack.distribution_domain}/media/f-stale/ridge.jpg"
    place = {"Bucket": stack.media_bucket, "Key": "media/f-stale/ridge.jpg"}
    served = {"ContentType": "image/jpeg", "CacheControl": "public, max-age=31536000"}
    s3.put_object(**place, Body=b"first", **served)
    assert get(site, url) == 200
    s3.put_object(**place, Body=b"second", **served)
    report = doctor.diagnose_url(SUPPORT, url, probe=True)
    assert report.verdict.primary_cause == "cached-stale-object"
    fix = next(f for f in report.fixes if f.type == "invalidate")

    proposed = repairs.propose(SUPPORT, url, fix.id, title=fix.title)
    assert "can't be taken back" in " ".join(proposed.notes)
    done = repairs.apply(ADMIN, proposed.id)
    assert done.state in {RepairState.APPLIED, RepairState.VERIFIED}
    ends = time.monotonic() + 10
    while done.state is RepairState.APPLIED and time.monotonic() < ends:  # edges take their time
        time.sleep(0.1)
        done = repairs.verify(SUPPORT, done.id)

    assert (done.state, done.verification.status) == (RepairState.VERIFIED, 200), done.verification
    assert done.actions[0].result
    assert not done.reversible
    with pytest.raises(Conflict):
        repairs.rollback(ADMIN, done.id)


def test_a_missing_object_stays_open_until_a_request_finds_it(account, emulator):
    doctor, repairs, _ = account
    stack = emulator.stack
    url = f"https://{stack.distribution_domain}/media/f-gone/lost-7731.jpg"
    fix = next(f for f in doctor.diagnose_url(SUPPORT, url).fixes if f.type == "reupload")

    done = repairs.apply(ADMIN, repairs.propose(SUPPORT, url, fix.id).id)
    assert done.by_hand
    assert (done.state, done.verification.status) == (RepairState.APPLIED, 403)
    assert "aws s3api put-object" in done.steps[-1]
    emulator.root_clients().s3.put_object(
        Bucket=stack.media_bucket,
        Key="media/f-gone/lost-7731.jpg",
        Body=b"x",
        ContentType="image/jpeg",
    )
    assert repairs.verify(SUPPORT, done.id).state is RepairState.VERIFIED


def test_a_reported_row_without_a_url_gets_the_url_of_its_owners_only_object(
    account, planted, emulator
):
    doctor, repairs, _ = account
    assert planted["avatars"]
    root = emulator.root_clients()
    key = "avatars/avatar_u77_1690000099_ab99.jpg"  # other tests leave pictures of u1, u2 …
    root.s3.put_object(Bucket="demo-avatars", Key=key, Body=b"x", ContentType="image/jpeg")
    empty = {"userId": {"S": "u77"}, "avatarUrl": {"S": ""}}
    root.dynamodb.put_item(TableName="demo-users", Item=empty)
    row = {"table": "demo-users", "pk": "u77", "column": "avatarUrl", "value": ""}
    report = doctor.report(SUPPORT, "", record=row)
    found = doctor.diagnose_report(SUPPORT, report.id)
    fix = next(f for f in found.fixes if f.type == "fix_db_record" and f.dry_run.after)

    done = repairs.apply(ADMIN, repairs.propose(SUPPORT, "", fix.id, report_id=report.id).id)

    assert done.state is RepairState.VERIFIED, done.verification
    held = root.dynamodb.get_item(TableName="demo-users", Key={"userId": {"S": "u77"}})
    assert held["Item"]["avatarUrl"]["S"] == done.new_url
    assert repairs.rollback(ADMIN, done.id).state is RepairState.ROLLED_BACK
