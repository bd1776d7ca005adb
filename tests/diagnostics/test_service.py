"""Capturing from a real endpoint: what is read, what is refused, and what the doctor says then."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
import pytest
from worlds import distribution, origin, policy, record, statement

from core.aws.clients import AwsClients
from core.aws.edge import Edge as RealEdge
from core.aws.edge import EdgeAnswer
from core.diagnostics.engine import diagnose
from core.diagnostics.service import DiagnosticsService
from core.errors import NotAllowed, NotFound
from core.model.identity import Actor, Role
from core.stores.sqlite import SqliteRecordStore

SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)
MEMBER = Actor(account_id="m1", role=Role.MEMBER)


def now():
    return datetime.now(UTC)


class Fault(NamedTuple):
    url: str
    record: dict[str, Any] | None = None


class Edge:
    """A CDN that always gives one answer, and remembers what it was asked."""

    def __init__(self, status=403, **headers):
        self.answer, self.asked = EdgeAnswer(status, headers), []

    def head(self, url):
        self.asked.append(url)
        return self.answer


def site(emulator, name, keys, *, origin_path="", arn=""):
    """A private bucket behind a distribution of its own; returns the distribution's domain."""
    root = emulator.root_clients()
    root.s3.create_bucket(Bucket=name)
    for key in keys:
        root.s3.put_object(Bucket=name, Key=key, Body=b"picture", ContentType="image/jpeg")
    control = root.cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3"}
    )["OriginAccessControl"]["Id"]  # fmt: skip
    shape = distribution(
        [origin(name, name, OriginPath=origin_path, OriginAccessControlId=control)]
    )
    config = {"CallerReference": name, "Comment": "", **shape["DistributionConfig"]}
    made = root.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    held = policy(statement(name, arn=arn or made["ARN"]))
    root.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(held))
    emulator.let_diagnose(name)
    return made["DomainName"]


@pytest.fixture(scope="module")
def account(emulator):
    """Broken sites in one account, each reported with the row that holds it."""
    avatars = site(emulator, "t-avatars", ["avatars/t1_ab12.jpg"], origin_path="/avatars")
    photos = site(emulator, "t-photos", ["users/t1/progress-photos/2026-01-14-front.jpg"])
    press = site(
        emulator, "t-press", ["press/launch.jpg"], arn="arn:aws:cloudfront::1:distribution/X"
    )
    legacy = f"https://{photos}/progress-photos/2026-01-14-front.jpg"
    row = {"s3_key": "users/t1/progress-photos/2026-01-14-front.jpg", "url": legacy}
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    return {
        "clients": clients, "stack": emulator.stack, "root": emulator.root_clients(),
        "avatars": Fault(f"https://{avatars}/avatars/t1_ab12.jpg"),
        "empty": Fault("", {"table": "users", "pk": "u2", "column": "avatarUrl", "value": ""}),
        "legacy": Fault(legacy, {"table": "photos", "pk": "USER#t1", "attributes": row}),
        "press": Fault(f"https://{press}/press/launch.jpg"),
    }  # fmt: skip


@pytest.fixture
def service(account, tmp_path):
    store = SqliteRecordStore(tmp_path / "r.sqlite3")
    yield DiagnosticsService(account["clients"], now, "/emulator/cdn/", None, store, Edge())
    store.close()


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("avatars", "origin-path-double-prefix"),
        ("legacy", "key-prefix-legacy-format"),
        ("press", "policy-sourcearn-mismatch"),
    ],
)
def test_a_planted_fault_is_found_in_the_account_with_a_repair_that_works(
    account, service, fault, cause
):
    reported = account[fault]
    service.report(SUPPORT, reported.url, record=reported.record)
    report = service.diagnose_url(SUPPORT, reported.url)
    assert report.verdict.primary_cause == cause
    assert report.verdict.predicted_status == 403
    assert report.verdict.confidence in {"certain", "likely"}
    assert report.fixes[0].preferred
    assert report.fixes[0].dry_run.retrace_status == 200


@pytest.mark.emulator
def test_a_legacy_photo_is_copied_and_its_record_is_written_anew(account, service):
    reported = account["legacy"]
    service.report(SUPPORT, reported.url, record=reported.record)
    report = service.diagnose_url(SUPPORT, reported.url)
    assert {"correct_url", "copy_object"} <= {fix.type for fix in report.fixes}
    assert report.candidates[0].owner_match == "same"


@pytest.mark.emulator
def test_an_empty_record_is_explained_through_its_report(account, service):
    made = service.report(SUPPORT, "", note="empty", record=account["empty"].record)
    report = service.diagnose_report(SUPPORT, made.id)
    assert report.verdict.primary_cause == "url-empty-in-db"
    assert report.verdict.predicted_status is None
    assert [r.note for r in service.reports(SUPPORT)] == ["empty"]


@pytest.mark.emulator
def test_a_missing_object_of_the_library_is_not_called_denied(account, service):
    domain = account["stack"].distribution_domain
    report = service.diagnose_url(SUPPORT, f"https://{domain}/media/none/none.jpg")
    assert report.verdict.primary_cause == "object-missing"
    assert report.resolved.object_state == "missing"
    assert report.resolved.bucket == account["stack"].media_bucket


@pytest.mark.emulator
def test_the_private_original_is_found_in_a_bucket_of_many_objects(account, service, monkeypatch):
    held, key = account["stack"].media_bucket, "media/f77/a.jpg"
    s3 = account["root"].s3
    s3.put_object(Bucket=held, Key="originals/f77/a.jpg", Body=b"exact")
    s3.put_object(Bucket=held, Key="avatars/first.jpg", Body=b"x")
    monkeypatch.setattr("core.diagnostics.service.capture.LISTED", 1)
    url = f"https://{account['stack'].distribution_domain}/{key}"
    report = service.diagnose_url(SUPPORT, url)
    assert report.verdict.primary_cause == "object-missing"
    assert report.fixes[0].title.endswith("made anew from originals/f77/a.jpg")
    assert report.fixes[0].dry_run.retrace_status == 200


@pytest.mark.emulator
def test_our_own_same_origin_address_is_the_distributions_url(account, service):
    label = account["stack"].distribution_domain.split(".")[0]
    for url in (f"/emulator/cdn/{label}/media/a/b.jpg?v=1",
                f"http://localhost:8501/emulator/cdn/{label}/media/a/b.jpg?v=1"):  # fmt: skip
        report = service.diagnose_url(SUPPORT, url)
        assert report.input.url == f"https://{label}.cloudfront.net/media/a/b.jpg?v=1"
        assert report.resolved.key == "media/a/b.jpg"


@pytest.mark.emulator
def test_a_bundle_holds_no_secret_and_gives_the_same_verdict_elsewhere(account, service):
    url = account["avatars"].url + "?X-Amz-Signature=abc&X-Amz-Security-Token=def"
    case = json.loads(json.dumps(service.bundle(SUPPORT, url)))
    assert "abc" not in json.dumps(case["snapshot"]["request"])
    assert diagnose(case["snapshot"]).verdict == service.diagnose_url(SUPPORT, url).verdict


@pytest.mark.emulator
def test_a_live_probe_that_disagrees_is_said_first(account, tmp_path):
    edge = Edge(200, **{"x-cache": "Miss from cloudfront", "etag": '"e"'})
    service = DiagnosticsService(account["clients"], now, "/emulator/cdn/", edge=edge)
    url = account["press"].url
    report = service.diagnose_url(SUPPORT, url, probe=True)
    label = url.split("/")[2].split(".")[0]
    assert edge.asked == [f"/emulator/cdn/{label}/press/launch.jpg"]
    assert (report.verdict.observed_status, report.verdict.agrees) == (200, False)
    assert report.verdict.sentence.startswith("The live answer is 200")


@pytest.mark.emulator
def test_an_edge_copy_that_differs_from_the_bucket_is_stale(account):
    edge = Edge(200, **{"x-cache": "Hit from cloudfront", "etag": '"old"', "age": "60"})
    service = DiagnosticsService(account["clients"], now, "/emulator/cdn/", edge=edge)
    good = account["avatars"].url.replace("/avatars/", "/")
    report = service.diagnose_url(SUPPORT, good, probe=True)
    assert report.verdict.primary_cause == "cached-stale-object"
    assert report.fixes[0].type == "invalidate"


@pytest.mark.emulator
def test_a_picture_replaced_under_its_key_is_stale_at_the_real_edge(account, serve, emulator):
    held, key = emulator.stack.media_bucket, "media/t-stale/photo.jpg"
    kept = {"ContentType": "image/jpeg", "CacheControl": "public, max-age=31536000, immutable"}
    base, s3 = serve(lambda: emulator), emulator.root_clients().s3
    s3.put_object(Bucket=held, Key=key, Body=b"old", **kept)
    edge = RealEdge(f"{base}/emulator/cdn/media", connect_base=base)
    service = DiagnosticsService(account["clients"], now, "/emulator/cdn/", edge=edge)
    url = f"https://{emulator.stack.distribution_domain}/{key}"
    assert httpx.get(base + service.picture_url(url), trust_env=False).content == b"old"
    assert service.diagnose_url(SUPPORT, url, probe=True).verdict.primary_cause == "none-ok"

    s3.put_object(Bucket=held, Key=key, Body=b"new", **kept)
    report = service.diagnose_url(SUPPORT, url, probe=True)
    edge.close()
    assert report.verdict.primary_cause == "cached-stale-object"
    assert (report.verdict.observed_status, report.verdict.agrees) == (200, True)
    shown = report.findings[0].evidence[0].value
    assert shown["ETag"] == f'"{hashlib.md5(b"old", usedforsecurity=False).hexdigest()}"'
    assert shown["Age"] >= 0
    assert shown["XCache"] == "Hit from cloudfront"
    assert (report.fixes[0].type, report.fixes[0].dry_run.after) == ("invalidate", [f"/{key}"])
    assert report.fixes[0].dry_run.retrace_status == 200


@pytest.mark.emulator
@pytest.mark.parametrize("fault", ["avatars", "legacy", "press"])
def test_an_error_that_was_just_seen_does_not_decide_what_a_repair_gives(account, tmp_path, fault):
    store = SqliteRecordStore(tmp_path / "r.sqlite3")
    edge = Edge(403, **{"x-cache": "Error from cloudfront"})
    service = DiagnosticsService(account["clients"], now, "/emulator/cdn/", None, store, edge)
    reported = account[fault]
    service.report(SUPPORT, reported.url, record=reported.record)
    report = service.diagnose_url(SUPPORT, reported.url, probe=True)
    store.close()
    assert report.verdict.agrees
    assert [fix.dry_run.retrace_status for fix in report.fixes] == [200] * len(report.fixes)
    assert not any(fix.dry_run.after_cache for fix in report.fixes)


@pytest.mark.emulator
def test_an_empty_record_leads_to_the_picture_of_its_owner(account, service):
    fault = Fault("", {"table": "users", "pk": "t1", "column": "avatarUrl", "value": ""})
    report = service.diagnose_report(SUPPORT, service.report(SUPPORT, "", record=fault.record).id)
    avatars = account["avatars"].url.replace("/avatars/", "/")
    assert report.candidates[0].key == "avatars/t1_ab12.jpg"
    assert report.fixes[0].dry_run.after == {"avatarUrl": avatars}
    assert report.fixes[0].dry_run.retrace_status == 200


def test_a_report_that_is_gone_is_not_found(tmp_path):
    store = SqliteRecordStore(tmp_path / "r.sqlite3")
    service = DiagnosticsService(AwsClients("us-east-1"), now, store=store)
    with pytest.raises(NotFound):
        service.diagnose_report(SUPPORT, "gone")
    store.close()


@pytest.mark.emulator
def test_a_refused_read_becomes_an_unknown_with_the_permission(account):
    root = account["root"]
    root.s3.create_bucket(Bucket="foreign-bucket")
    root.s3.put_object(Bucket="foreign-bucket", Key="a.jpg", Body=b"x")
    service = DiagnosticsService(account["clients"], now)
    report = service.diagnose_url(
        SUPPORT, "https://foreign-bucket.s3.us-east-1.amazonaws.com/a.jpg"
    )
    assert report.verdict.confidence == "unknown"
    assert report.verdict.predicted_status is None
    assert any("s3:ListBucket" in unknown.effect for unknown in report.unknowns)


@pytest.mark.emulator
def test_the_librarys_row_of_a_key_becomes_the_record(account):
    asked = []

    def find(key):
        asked.append(key)
        return record(key=key)

    service = DiagnosticsService(account["clients"], now, "", find)
    domain = account["stack"].distribution_domain
    service.diagnose_url(SUPPORT, f"https://{domain}/media/f1/a.jpg")
    assert asked == ["media/f1/a.jpg"]


def test_members_may_not_diagnose():
    service = DiagnosticsService(AwsClients("us-east-1"), now)
    for call in (
        lambda: service.diagnose_url(MEMBER, "https://a/b"),
        lambda: service.diagnose_snapshot(MEMBER, {}),
        lambda: service.bundle(MEMBER, "https://a/b"),
        lambda: service.report(MEMBER, "https://a/b"),
        lambda: service.reports(MEMBER),
        lambda: service.diagnose_report(MEMBER, "x"),
    ):
        with pytest.raises(NotAllowed):
            call()
