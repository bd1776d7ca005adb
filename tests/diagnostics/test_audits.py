"""Audits without an account: from files to groups, rows, exports and dry runs; and what goes wrong."""

import csv
import gzip
import io
import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from worlds import HOST, bucket, case, distribution, origin

from core.aws.clients import AwsClients
from core.diagnostics.engine import diagnose
from core.diagnostics.service.audits import run as audits_run
from core.diagnostics.service.audits import work as audits_work
from core.diagnostics.service.audits.export import safe
from core.diagnostics.service.audits.files import Upload
from core.diagnostics.service.audits.results import Asked
from core.diagnostics.service.audits.service import JOB, KEPT, AuditsService
from core.diagnostics.service.audits.sources import Reach
from core.errors import AwsUnavailable, Conflict, InvalidInput, NotAllowed, NotFound
from core.model.diagnosis import FixType
from core.model.identity import Actor, Role
from core.model.repair import RecordChange
from core.model.url_audit import CaseSource, CsvSource, DynamoSource, LibrarySource, LogSource
from core.stores.audit_log import AuditLog
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)
MEMBER = Actor(account_id="m1", role=Role.MEMBER)
MEDIA = "acme-media-prod"
BASE = f"https://{HOST}"
URLS = [
    *(f"{BASE}/avatars/u{i}.jpg" for i in range(6)), *(f"{BASE}/u{i}.jpg" for i in range(3)),
    f"{BASE}/gone/x1.jpg?Signature=s3cr3tvalue&v=1", "",
]  # fmt: skip


class Desk:
    """A service on real records and a real queue; `work` does what is due."""

    def __init__(self, folder):
        self.folder, self.now = folder, datetime(2026, 11, 20, tzinfo=UTC)
        self.index = SearchIndex(folder / "db.sqlite3")
        self.store = SqliteRecordStore(folder / "db.sqlite3", [self.index])
        self.jobs, self.proposed = JobQueue(self.store, self.clock), []
        reach = Reach(AwsClients("us-east-1"), self.index, lambda key: f"{BASE}/{key}")
        self.audits = AuditsService(
            self.store, self.jobs, AuditLog(self.store, self.clock), reach, self.clock,
            folder / "audits", own_table="records", propose=self.propose,
        )  # fmt: skip

    def clock(self):
        self.now += timedelta(seconds=1)
        return self.now

    def propose(self, actor, rows, group):
        self.proposed.append((rows, group))
        return rows[0]

    def work(self):
        return JobRunner(self.jobs, {JOB: self.audits.work}, 1).run_until_idle()

    def done(self, source, *uploads):
        made = self.audits.start(SUPPORT, source, uploads)
        self.work()
        return self.audits.get(SUPPORT, made.id)


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.index.close()
    made.store.close()


def config():
    held = {**bucket(MEDIA), "Objects": []}
    return case(distributions=[distribution([origin(OriginPath="/avatars")])], buckets=[held])


def rows_text(head, rows):
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode()


INVENTORY = rows_text(
    ["bucket", "key", "size", "last_modified", "storage_class"],
    [[MEDIA, f"avatars/u{i}.jpg", 5, "", "STANDARD"] for i in range(6)],
)
ASKED = rows_text(["id", "url"], [[f"r{i}", url] for i, url in enumerate(URLS)])


def files(**changed):
    held = {"snapshot": json.dumps({"id": "x", "snapshot": config()}).encode(),
            "inventory": INVENTORY, "urls": ASKED} | changed  # fmt: skip
    names = {"snapshot": "case.json", "inventory": "objects.csv", "urls": "urls.csv"}
    return [
        Upload(role, names[role], content) for role, content in held.items() if content is not None
    ]


def exported(desk, audit, form):
    return b"".join(desk.audits.export(SUPPORT, audit.id, form)).decode()


def test_a_case_is_audited_without_any_account(desk):
    audit = desk.done(CaseSource(), *files())
    assert (audit.state, audit.cancelled, audit.problem) == ("done", False, None)
    assert (audit.title, audit.source.inventory) == ("urls.csv", "objects.csv")
    assert (audit.summary.urls, audit.summary.broken, audit.summary.groups) == (11, 8, 3)
    assert audit.summary.by_status == {"403": 7, "200": 3, "null": 1}
    groups = desk.audits.groups(SUPPORT, audit.id)
    shown = {(g.cause, g.pattern, g.urls) for g in groups}
    assert ("origin-path-double-prefix", "/avatars/*", 6) in shown
    assert ("object-missing", "/gone/*", 1) in shown
    assert sum(g.urls for g in groups) == 8


def test_every_row_has_the_answer_of_the_doctor(desk):
    audit = desk.done(CaseSource(), *files())
    whole = config()
    whole["buckets"][0]["Objects"] = [
        {"Key": f"avatars/u{i}.jpg", "Size": 5, "StorageClass": "STANDARD"} for i in range(6)
    ]
    seen = 0
    for group in desk.audits.groups(SUPPORT, audit.id):
        for row in desk.audits.rows(SUPPORT, audit.id, group.id).items:
            asked = URLS[int(row.id[1:])]
            report = diagnose({**whole, "request": {**whole["request"], "Url": asked}})
            verdict, resolved = report.verdict, report.resolved
            assert (row.predicted_status, row.cause, row.confidence) == (
                verdict.predicted_status, verdict.primary_cause, verdict.confidence)  # fmt: skip
            assert (row.bucket, row.key) == (resolved.bucket, resolved.key)
            seen += 1
    assert seen == 8


def test_rows_come_in_pages(desk):
    audit = desk.done(CaseSource(), *files())
    group = next(g for g in desk.audits.groups(SUPPORT, audit.id) if g.urls == 6)
    found, after = [], None
    while True:
        page = desk.audits.rows(SUPPORT, audit.id, group.id, after=after, limit=4)
        found += [row.id for row in page.items]
        after = page.next
        if after is None:
            break
    assert found == [f"r{i}" for i in range(6)]
    for cursor in ("x", "1", "1.2.3", "-1.2", "9" * 30 + ".1"):
        with pytest.raises(InvalidInput):
            desk.audits.rows(SUPPORT, audit.id, group.id, after=cursor)
    with pytest.raises(NotFound):
        desk.audits.rows(SUPPORT, audit.id, "none")


def test_a_dry_run_counts_every_url_and_is_kept(desk):
    audit = desk.done(CaseSource(), *files())
    group = next(g for g in desk.audits.groups(SUPPORT, audit.id) if g.urls == 6)
    made = desk.audits.repair(SUPPORT, audit.id, group.id)
    assert (made.type, made.fixed, made.broken, made.unchanged) == ("correct_url", 6, 0, 5)
    broken = desk.audits.repair(SUPPORT, audit.id, group.id, FixType.CONFIG_CHANGE)
    assert (broken.fixed, broken.broken) == (6, 3)
    kept = next(g for g in desk.audits.groups(SUPPORT, audit.id) if g.id == group.id)
    assert kept.repair == broken
    with pytest.raises(InvalidInput):
        desk.audits.propose(SUPPORT, audit.id, group.id)


def test_secrets_leave_nothing_behind(desk):
    audit = desk.done(CaseSource(), *files())
    folder = desk.folder / "audits" / audit.id
    assert not (folder / "asked.sqlite3").exists()
    assert not (folder / "uploads").exists()
    for path in folder.iterdir():
        assert b"s3cr3tvalue" not in path.read_bytes()
    text = exported(desk, audit, "csv")
    assert "Signature=REDACTED" in text


def test_a_large_audit_runs_in_a_process_of_its_own(desk, monkeypatch):
    here = desk.done(CaseSource(), *files())
    monkeypatch.setattr(audits_work, "_HERE", 0)
    there = desk.done(CaseSource(), *files())
    plain = {"seconds"}
    assert there.summary.model_dump(exclude=plain) == here.summary.model_dump(exclude=plain)
    group = next(g for g in desk.audits.groups(SUPPORT, there.id) if g.urls == 6)
    assert desk.audits.repair(SUPPORT, there.id, group.id).fixed == 6
    with pytest.raises(NotFound):
        desk.audits.repair(SUPPORT, there.id, group.id, FixType.RESTORE)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"snapshot": b'{\n "now": 1,\n oops}'}, "case.json line 3 column 2"),
        ({"snapshot": b"[1]"}, "case.json holds no JSON object"),
        ({"snapshot": b"\xff\xfe"}, "case.json is not UTF-8 at byte 0"),
        ({"snapshot": b'{"now": "yesterday"}'}, "now"),
        ({"snapshot": b"[" * 100_000}, "case.json"),
        ({"inventory": b"\x1f\x8bnonsense"}, "objects.csv is no whole gzip file"),
        ({"urls": None}, "needs inventory and snapshot and urls"),
    ],
)
def test_a_case_that_can_not_be_read_is_refused_with_its_place(desk, changed, said):
    with pytest.raises(InvalidInput) as error:
        desk.audits.start(SUPPORT, CaseSource(), files(**changed))
    assert said in error.value.message
    assert error.value.hint
    assert desk.audits.list(SUPPORT) == ()
    assert (
        not list((desk.folder / "audits").glob("*")) if (desk.folder / "audits").exists() else True
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"inventory": b"a,b\n1,2\n"}, "The inventory has no column bucket"),
        ({"inventory": b""}, "The inventory is empty"),
        ({"inventory": rows_text(audits_run.INVENTORY, [])}, "holds no object"),
        ({"inventory": b"PAR1 is no parquet"}, "Parquet"),
        ({"urls": b"name\nx\n"}, "The URLs has no column id"),
    ],
)
def test_a_file_without_the_right_columns_fails_the_audit_with_the_reason(desk, changed, said):
    audit = desk.done(CaseSource(), *files(**changed))
    assert audit.state == "failed"
    assert said in audit.problem.detail
    assert audit.problem.hint
    with pytest.raises(NotFound):
        desk.audits.groups(SUPPORT, audit.id)


def test_damaged_rows_are_counted_with_their_places(desk):
    urls = ASKED + b"only-one-field\nr99,\xff\xfe\n"
    audit = desk.done(CaseSource(), *files(urls=urls))
    assert audit.summary.urls == 11
    assert {(s.reason, s.first) for s in audit.summary.skipped} == {
        ("not 2 fields", ("The URLs line 13",)), ("not UTF-8", ("The URLs line 14",))}  # fmt: skip


def test_files_may_be_zipped_or_parquet(desk):
    sink, listed = io.BytesIO(), io.BytesIO()
    pq.write_table(pa.table({"id": [f"r{i}" for i in range(11)], "url": URLS}), sink)
    rows = list(csv.DictReader(io.StringIO(INVENTORY.decode())))
    pq.write_table(pa.table({k: [r[k] for r in rows] for k in rows[0]}), listed)
    plain = desk.done(CaseSource(), *files()).summary.by_cause
    zipped = desk.done(CaseSource(), *files(inventory=gzip.compress(INVENTORY)))
    parquet = desk.done(CaseSource(), *files(urls=sink.getvalue(), inventory=listed.getvalue()))
    assert zipped.summary.by_cause == parquet.summary.by_cause == plain


# --- work that ends early -----------------------------------------------------------------------


def test_an_audit_that_was_interrupted_goes_on_where_it_was(desk, monkeypatch):
    made = desk.audits.start(SUPPORT, CaseSource(), files())
    job = desk.jobs.claim()
    whole = audits_run.run

    def dies(folder, progress):
        raise KeyboardInterrupt

    monkeypatch.setattr(audits_run, "run", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.audits.work(job)
    assert desk.audits.get(SUPPORT, made.id).state == "running"

    monkeypatch.setattr(audits_run, "run", whole)
    monkeypatch.setattr(audits_work, "read_source", None)  # the URLs are not read again
    desk.now += timedelta(minutes=1)
    assert desk.jobs.requeue_running() == 1
    desk.work()
    audit = desk.audits.get(SUPPORT, made.id)
    assert (audit.state, audit.summary.urls) == ("done", 11)


def test_half_a_result_is_never_shown(desk, monkeypatch):
    made = desk.audits.start(SUPPORT, CaseSource(), files())
    job = desk.jobs.claim()
    monkeypatch.setattr(audits_run, "_gather", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.audits.work(job)
    folder = desk.folder / "audits" / made.id
    assert not list(folder.glob("result*"))
    with pytest.raises(NotFound):
        desk.audits.groups(SUPPORT, made.id)


def test_what_aws_can_not_answer_now_is_tried_again(desk, monkeypatch):
    made = desk.audits.start(SUPPORT, LibrarySource())

    def away(*_):
        raise AwsUnavailable("AWS did not answer.")

    monkeypatch.setattr(audits_work, "_capture", away)
    desk.work()
    audit = desk.audits.get(SUPPORT, made.id)
    assert (audit.state, audit.problem.slug) == ("queued", "aws-unavailable")


def test_a_cancelled_audit_ends_and_leaves_nothing(desk):
    made = desk.audits.start(SUPPORT, CaseSource(), files())
    assert desk.audits.cancel(SUPPORT, made.id).cancelled
    desk.work()
    audit = desk.audits.get(SUPPORT, made.id)
    assert (audit.state, audit.cancelled) == ("done", True)
    assert not (desk.folder / "audits" / made.id).exists()
    with pytest.raises(Conflict):
        desk.audits.cancel(SUPPORT, made.id)
    with pytest.raises(NotFound):
        desk.audits.groups(SUPPORT, made.id)


def test_an_audit_is_cancelled_while_it_runs(desk, monkeypatch):
    made = desk.audits.start(SUPPORT, CaseSource(), files())
    judge = audits_run._judge

    def meanwhile(folder, world, draft, progress):
        desk.audits.remove(SUPPORT, made.id)
        monkeypatch.setattr("core.diagnostics.service.audits.service._TELL_SECONDS", 0)
        return judge(folder, world, draft, progress)

    monkeypatch.setattr(audits_run, "_judge", meanwhile)
    desk.work()
    assert desk.audits.get(SUPPORT, made.id).cancelled
    assert not (desk.folder / "audits" / made.id).exists()


def test_an_ended_audit_is_removed_with_its_files(desk):
    audit = desk.done(CaseSource(), *files())
    desk.audits.remove(SUPPORT, audit.id)
    assert desk.audits.list(SUPPORT) == ()
    assert not (desk.folder / "audits" / audit.id).exists()
    with pytest.raises(NotFound):
        desk.audits.get(SUPPORT, audit.id)


def test_the_oldest_audits_are_forgotten(desk, monkeypatch):
    monkeypatch.setattr("core.diagnostics.service.audits.shelf.KEPT", 2)
    made = [desk.done(CaseSource(), *files()).id for _ in range(4)]
    assert [audit.id for audit in desk.audits.list(SUPPORT)] == [made[3], made[2]]
    assert sorted(p.name for p in (desk.folder / "audits").iterdir()) == sorted(made[2:])
    assert KEPT == 30


def test_an_audit_whose_job_is_gone_has_failed(desk):
    made = desk.audits.start(SUPPORT, CaseSource(), files())
    desk.store.delete("job", made.job_id)
    assert desk.audits.get(SUPPORT, made.id).state == "failed"


def test_the_files_of_another_machine_are_missed(desk):
    import shutil  # noqa: PLC0415

    made = desk.audits.start(SUPPORT, CaseSource(), files())
    shutil.rmtree(desk.folder / "audits" / made.id)
    desk.work()
    assert "not on this machine" in desk.audits.get(SUPPORT, made.id).problem.detail


# --- who may, and what --------------------------------------------------------------------------


def test_members_may_not_audit(desk):
    calls = [
        lambda s: s.start(MEMBER, LibrarySource()), lambda s: s.get(MEMBER, "x"), lambda s: s.list(MEMBER),
        lambda s: s.groups(MEMBER, "x"), lambda s: s.rows(MEMBER, "x", "g"), lambda s: s.export(MEMBER, "x", "csv"),
        lambda s: s.repair(MEMBER, "x", "g"), lambda s: s.propose(MEMBER, "x", "g"), lambda s: s.tables(MEMBER),
        lambda s: s.cancel(MEMBER, "x"), lambda s: s.remove(MEMBER, "x"),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(NotAllowed):
            call(desk.audits)


@pytest.mark.parametrize(
    ("source", "uploads", "said"),
    [
        (DynamoSource(table="records", key_attributes=("pk",), attribute="data"), [], "own table"),
        (CsvSource(), [], "needs urls"), (LogSource(), [], "needs logs"),
        (LogSource(bucket="b"), [Upload("logs", "x", b"")], "needs no file"),
        (LibrarySource(), [Upload("urls", "x", b"")], "needs no file"),
    ],
)  # fmt: skip
def test_a_source_that_can_not_be_audited_is_refused(desk, source, uploads, said):
    with pytest.raises(InvalidInput) as error:
        desk.audits.start(SUPPORT, source, uploads)
    assert said in error.value.message


# --- exports ------------------------------------------------------------------------------------


def test_the_export_holds_every_row_of_every_group(desk):
    audit = desk.done(CaseSource(), *files())
    rows = list(csv.DictReader(io.StringIO(exported(desk, audit, "csv"))))
    shown = json.loads(exported(desk, audit, "json"))
    assert len(rows) == len(shown["rows"]) == 8
    assert {row["pattern"] for row in rows} == {f"{HOST}/avatars/*", f"{HOST}/gone/*", "(empty)"}
    assert shown["audit"]["id"] == audit.id
    assert sum(group["urls"] for group in shown["groups"]) == 8


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]
)
def test_no_cell_is_a_formula(cell):
    assert safe(cell) == "'" + cell
    assert safe("plain=1") == "plain=1"
    assert safe(None) == ""


def test_an_id_that_is_a_formula_is_exported_as_text(desk):
    urls = rows_text(["id", "url"], [["=HYPERLINK(1)", f"{BASE}/avatars/u1.jpg"]])
    audit = desk.done(CaseSource(), *files(urls=urls))
    text = exported(desk, audit, "csv")
    assert '"\'=HYPERLINK(1)"' in text


def test_results_are_files_and_not_records(desk):
    audit = desk.done(CaseSource(), *files())
    assert len(json.dumps(desk.store.get(JOB, audit.id).data)) < 4000
    with sqlite3.connect(desk.folder / "audits" / audit.id / "result.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM rows").fetchone() == (11,)


# --- other sources ------------------------------------------------------------------------------


@pytest.fixture
def alone(desk, monkeypatch):
    """Sources of the account, with the configuration of the small world."""

    def capture(folder, *_):
        audits_run.write_json(folder / "snapshot.json", config())
        (folder / "inventory.csv").write_bytes(INVENTORY)
        notes = json.loads((folder / "source.json").read_text())
        audits_run.write_json(folder / "meta.json", notes)

    monkeypatch.setattr(audits_work, "_capture", capture)
    return desk


def test_a_csv_is_read_by_the_columns_that_were_chosen(alone):
    text = rows_text(["Page", "Link", "Views"], [["a", "avatars/u1.jpg", 7], ["b", f"{BASE}/u1.jpg", "many"],
                                                 ["c", f"{BASE}/u2.jpg", 2]])  # fmt: skip
    source = CsvSource(file="links.csv", url="Link", id="Page", hits="Views")
    audit = alone.done(source, *[Upload("urls", "links.csv", text)])
    assert (audit.summary.urls, audit.summary.hits, audit.source.host) == (2, 9, HOST)
    (group,) = alone.audits.groups(SUPPORT, audit.id)
    assert (group.cause, group.hits) == ("origin-path-double-prefix", 7)
    assert (group.sample[0].id, group.sample[0].old) == ("a", "avatars/u1.jpg")
    assert audit.summary.skipped[0].first == ("row 2: many",)


def test_files_may_be_given_by_the_names_of_the_source(alone):
    text = rows_text(["url"], [[f"{BASE}/u1.jpg"]])
    made = alone.audits.start(SUPPORT, CsvSource(file="l.csv"), {"l.csv": text})
    alone.work()
    assert alone.audits.get(SUPPORT, made.id).summary.urls == 1
    named = CaseSource(snapshot="s.json", inventory="i.csv", urls="u.csv")
    given = dict(zip(("s.json", "i.csv", "u.csv"), (f.content for f in files()), strict=True))
    made = alone.audits.start(SUPPORT, named, given)
    alone.work()
    assert alone.audits.get(SUPPORT, made.id).summary.urls == 11


def test_access_logs_are_counted_by_url(alone):
    head = b"#Version: 1.0\n#Fields: date time sc-status cs-uri-stem x-host-header cs-protocol\n"
    line = "2026-11-20\t12:00:00\t{}\t{}\t" + HOST + "\thttps\n"
    seen = [(403, "/avatars/u1.jpg")] * 5 + [
        (404, "/gone/x1.jpg"),
        (200, "/u1.jpg"),
        (403, "/avatars/u2.jpg"),
    ]
    first = head + "".join(line.format(*one) for one in seen).encode() + b"broken\n"
    late = head + line.format(403, "/avatars/u1.jpg").replace("11-20", "11-25").encode()
    damaged = gzip.compress(head + b"x" * 500)[:40]
    source = LogSource(file="a.gz", until=datetime(2026, 11, 21, tzinfo=UTC))
    audit = alone.done(source, Upload("logs", "a.gz", gzip.compress(first)), Upload("logs", "b", late),
                       Upload("logs", "c.gz", damaged))  # fmt: skip
    assert (audit.summary.urls, audit.summary.hits) == (3, 7)
    groups = alone.audits.groups(SUPPORT, audit.id)
    assert [(g.pattern, g.urls, g.hits) for g in groups] == [
        ("/avatars/*", 2, 6),
        ("/gone/*", 1, 1),
    ]
    assert {s.reason for s in audit.summary.skipped} == {"not 6 fields", "not a whole gzip file"}


def test_the_rows_of_a_table_that_a_dry_run_fixes_are_proposed(alone, monkeypatch):
    keys = json.dumps({"pk": "USER#1", "sk": "AVATAR"})
    rows = [Asked(f"USER#{i}/AVATAR", f"{BASE}/avatars/u{i}.jpg", 1, f"avatars/u{i}.jpg",
                  keys.replace("#1", f"#{i}")) for i in range(6)]  # fmt: skip
    rows.append(Asked("list#0", f"{BASE}/avatars/u1.jpg", 1, "avatars/u1.jpg"))

    def read(_reach, _source, _folder, notes):
        notes.in_table = True
        return iter(rows)

    monkeypatch.setattr(audits_work, "read_source", read)
    monkeypatch.setattr("core.diagnostics.service.audits.service._BATCH", 4)
    source = DynamoSource(
        table="people", key_attributes=("pk", "sk"), attribute="avatar", holds="key"
    )
    audit = alone.done(source)
    (group,) = alone.audits.groups(SUPPORT, audit.id)
    with pytest.raises(Conflict):
        alone.audits.propose(SUPPORT, audit.id, group.id)
    assert alone.audits.repair(SUPPORT, audit.id, group.id).type == "fix_db_record"
    made = alone.audits.propose(SUPPORT, audit.id, group.id)
    assert [len(batch) for batch, _ in alone.proposed] == [4, 2]
    assert made[0] == RecordChange(
        table="people", pk="USER#0", sk="AVATAR", attribute="avatar", old="avatars/u0.jpg",
        new="u0.jpg", url=f"{BASE}/u0.jpg",
    )  # fmt: skip
    assert alone.proposed[0][1] == "/avatars/*"


def test_objects_can_be_put_into_a_bucket_that_holds_none(desk, monkeypatch):
    def capture(folder, *_):
        audits_run.write_json(folder / "snapshot.json", config() | {"captured": True})
        notes = json.loads((folder / "source.json").read_text())
        audits_run.write_json(folder / "meta.json", notes)

    monkeypatch.setattr(audits_work, "_capture", capture)
    audit = desk.done(
        CsvSource(), Upload("urls", "u.csv", rows_text(["url"], [[f"{BASE}/gone.jpg"]]))
    )
    (group,) = desk.audits.groups(SUPPORT, audit.id)
    made = desk.audits.repair(SUPPORT, audit.id, group.id)
    assert (group.cause, made.type, made.fixed) == ("object-missing", "reupload", 1)
