"""Saving, sharing and watching cases on real records, with a doctor whose account is data."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest
from worlds import HOST
from worlds import case as case_of

from core.diagnostics.case_json import LARGEST_CASE
from core.diagnostics.engine import diagnose
from core.diagnostics.service.cases.book import KEPT_CHECKS
from core.diagnostics.service.cases.service import CasesService
from core.errors import AwsUnavailable, InvalidInput, NotAllowed, NotFound, TooLarge
from core.model.identity import Actor, Role
from core.model.saved_case import Check, Interval, WatchState
from core.stores.audit_log import AuditLog
from core.stores.sqlite import SqliteRecordStore

SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)
MEMBER = Actor(account_id="m1", role=Role.MEMBER)
URL = f"https://{HOST}/photos/a.jpg"


def world(url=URL, keys=("photos/a.jpg",)):
    return case_of(held=keys, url=url, headers={"Cookie": "secret=1"})


class Doctor:
    """The real engine over an account that is data; `error` is what AWS says instead."""

    def __init__(self):
        self.keys, self.error, self.asked, self.lock = ("photos/a.jpg",), None, [], Lock()
        self.now_running = self.most_running = 0

    def diagnose_url(self, actor, url, *, probe=False):
        with self.lock:
            self.asked.append(url)
            self.now_running += 1
            self.most_running = max(self.most_running, self.now_running)
        try:
            if self.error is not None:
                raise self.error
            return diagnose(world(url, self.keys))
        finally:
            with self.lock:
                self.now_running -= 1

    def diagnose_snapshot(self, actor, snapshot):
        return diagnose(snapshot)

    def bundle(self, actor, url):
        return {"id": "captured", "snapshot": world(url, self.keys)}


class Clock:
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **time):
        self.now += timedelta(**time)


class Room:
    """What the tests need at hand; `restart` is what a new process would build."""

    def __init__(self, path):
        self.path, self.doctor, self.clock = path, Doctor(), Clock()
        self.open()

    def open(self):
        self.store = SqliteRecordStore(self.path)
        self.audit = AuditLog(self.store, self.clock)
        self.cases = CasesService(self.store, self.doctor, self.audit, self.clock)

    def restart(self):
        self.store.close()
        self.open()

    def state(self, case):
        return self.cases.get(SUPPORT, case.id).monitor.state


@pytest.fixture
def room(tmp_path):
    built = Room(tmp_path / "db.sqlite3")
    yield built
    built.store.close()


def saved(room, url=URL, **more):
    return room.cases.save(SUPPORT, url=url, **more)


def test_a_case_is_kept_without_secrets_and_opened_without_aws(room):
    case = saved(room, name=" Broken avatar ", note="ticket 7")
    assert (case.name, case.note, case.saved_by, case.url) == (
        "Broken avatar",
        "ticket 7",
        "s1",
        URL,
    )
    assert case.summary.primary_cause == "none-ok"
    snapshot = room.cases.open(SUPPORT, case.id)
    assert "secret=1" not in json.dumps(snapshot)
    assert diagnose(snapshot).resolved.key == "photos/a.jpg"


def test_cases_are_listed_newest_first_without_their_snapshots(room):
    first = saved(room)
    room.clock.forward(minutes=1)
    second = saved(room)
    listed = room.cases.cases(SUPPORT).items
    assert [case.id for case in listed] == [second.id, first.id]
    assert all(case.snapshot is None for case in listed)
    assert room.cases.get(SUPPORT, first.id).snapshot is not None


def test_a_case_that_outgrows_a_record_comes_back_whole(room):
    keys = tuple(sorted(f"photos/{secrets.token_hex(40)}.jpg" for _ in range(5000)))
    room.doctor.keys = keys
    case = saved(room)
    objects = room.cases.open(SUPPORT, case.id)["buckets"][0]["Objects"]
    assert tuple(one["Key"] for one in objects) == keys


def test_an_exported_case_is_imported_again_with_its_name_and_the_same_answer(room):
    room.doctor.keys = ()
    case = saved(room, name="Gone", note="why")
    written = json.dumps(room.cases.export(SUPPORT, case.id)).encode()
    again = room.cases.import_case(SUPPORT, written)
    assert (again.name, again.note) == ("Gone", "why")
    assert again.summary == case.summary
    assert json.loads(written)["report"]["verdict"]["primary_cause"] == case.summary.primary_cause


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[1]", "no case"),
        (b'{"snapshot": 3}', "not an object"),
        (b'{"snapshot": {}}', "no request"),
        (b'{"request": {"Url": "x"}, "a": ' + b"[" * 200 + b"]" * 200 + b"}", "deep"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_a_file_that_is_no_case_is_refused_with_the_reason(room, content, says):
    with pytest.raises(InvalidInput, match=says):
        room.cases.import_case(SUPPORT, content)
    assert room.cases.cases(SUPPORT).items == ()


def test_a_file_that_is_too_large_is_refused(room):
    with pytest.raises(TooLarge):
        room.cases.import_case(SUPPORT, b" " * (LARGEST_CASE + 1))


def test_exactly_one_of_url_and_snapshot_is_saved(room):
    for given in ({}, {"url": URL, "snapshot": world()}):
        with pytest.raises(InvalidInput):
            room.cases.save(SUPPORT, **given)
    kept = room.cases.save(SUPPORT, snapshot={"id": "x", "snapshot": world()})
    assert (kept.url, kept.own) == (URL, False)


def test_a_deleted_case_leaves_nothing(room):
    case = saved(room)
    room.cases.watch(SUPPORT, case.id)
    room.cases.check_due()
    room.cases.delete(SUPPORT, case.id)
    for ask in (room.cases.get, room.cases.open, room.cases.history, room.cases.delete):
        with pytest.raises(NotFound):
            ask(SUPPORT, case.id)
    changes = room.store.changes(limit=1000).items
    assert {change.kind for change in changes if change.record is not None} == {"audit_event"}


def test_members_may_do_nothing_with_cases(room):
    case = saved(room)
    calls = [
        lambda: room.cases.save(MEMBER, url=URL),
        lambda: room.cases.import_case(MEMBER, b"{}"),
        lambda: room.cases.cases(MEMBER),
        lambda: room.cases.relapsed(MEMBER),
        lambda: room.cases.relapses(MEMBER),
        *(
            lambda ask=ask: ask(MEMBER, case.id)
            for ask in (
                room.cases.get, room.cases.open, room.cases.export, room.cases.delete,
                room.cases.watch, room.cases.unwatch, room.cases.watch_repaired,
                room.cases.check_now, room.cases.history, room.cases.keep_repaired,
            )
        ),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(NotAllowed):
            call()


def test_a_monitor_is_checked_when_it_is_due_and_survives_a_restart(room):
    case = saved(room)
    room.cases.watch(SUPPORT, case.id, Interval.HOUR)
    room.restart()
    assert room.cases.check_due() == 1
    assert room.cases.check_due() == 0
    assert room.state(case) is WatchState.WORKS
    room.clock.forward(hours=1)
    assert room.cases.check_due() == 1
    assert len(room.cases.history(SUPPORT, case.id).checks) == 2


def test_a_url_that_breaks_again_is_shown_as_relapsed(room):
    case = saved(room)
    room.cases.watch(SUPPORT, case.id, Interval.QUARTER)
    room.cases.check_due()
    room.doctor.keys = ()
    room.clock.forward(minutes=15)
    room.cases.check_due()
    (found,) = room.cases.relapsed(SUPPORT)
    assert (found.id, found.monitor.state) == (case.id, WatchState.RELAPSED)
    assert found.monitor.last.cause == diagnose(world(keys=())).verdict.primary_cause
    assert room.cases.relapses(SUPPORT) == 1
    events = [event.action for event in room.audit.page("2026-11").items]
    assert events.count("case.relapsed") == 1


def test_aws_errors_are_no_relapse_and_do_not_hide_one(room):
    case = saved(room)
    room.cases.watch(SUPPORT, case.id, Interval.QUARTER)
    room.cases.check_due()
    room.doctor.error = AwsUnavailable("AWS did not answer.", hint="Wait.")
    room.clock.forward(minutes=15)
    room.cases.check_due()
    assert room.state(case) is WatchState.UNKNOWN
    assert room.cases.relapses(SUPPORT) == 0
    room.doctor.error, room.doctor.keys = None, ()
    room.clock.forward(minutes=15)
    room.cases.check_due()
    room.doctor.error = AwsUnavailable("AWS did not answer.")
    room.clock.forward(minutes=15)
    room.cases.check_due()
    assert room.state(case) is WatchState.UNKNOWN
    assert room.cases.relapses(SUPPORT) == 1
    sentences = [check.sentence for check in room.cases.history(SUPPORT, case.id).checks]
    assert sentences[0] == "AWS did not answer."


def test_a_repaired_case_is_watched_as_working(room):
    room.doctor.keys = ()
    case = saved(room)
    room.doctor.keys = ("photos/a.jpg",)
    watched = room.cases.watch_repaired(SUPPORT, case.id, Interval.HOUR)
    assert watched.monitor.known is WatchState.WORKS
    room.doctor.keys = ()
    room.cases.check_due()
    assert room.cases.relapses(SUPPORT) == 1


def test_a_verified_repair_keeps_its_case_and_watches_it(room):
    kept = room.cases.keep_repaired(SUPPORT, URL, Interval.HOUR, note="Repaired")
    assert (kept.note, kept.monitor.known) == ("Repaired", WatchState.WORKS)
    assert room.cases.watched(SUPPORT, URL).id == kept.id
    assert room.cases.watched(SUPPORT, URL + "?v=2") is None
    assert room.cases.can_watch(URL)
    signed = room.cases.keep_repaired(SUPPORT, URL + "?Signature=x")
    assert signed.monitor is None


def test_an_error_that_nobody_foresaw_ends_no_monitor(room):
    for number in range(3):
        case = saved(room, f"{URL}?n={number}")
        room.cases.watch(SUPPORT, case.id, Interval.HOUR)
    room.doctor.error = ZeroDivisionError()
    assert room.cases.check_due() == 3
    assert room.state(case) is WatchState.UNKNOWN
    assert "log" in room.cases.history(SUPPORT, case.id).checks[0].sentence


def test_another_interval_keeps_the_state(room):
    case = saved(room)
    room.cases.watch(SUPPORT, case.id, Interval.HOUR)
    room.cases.check_due()
    changed = room.cases.watch(SUPPORT, case.id, Interval.DAY)
    assert (changed.monitor.state, changed.monitor.interval_seconds) == (WatchState.WORKS, 86_400)
    ended = room.cases.unwatch(SUPPORT, case.id)
    assert ended.monitor is None
    assert len(room.cases.history(SUPPORT, case.id).checks) == 1


def test_a_check_out_of_turn_needs_a_monitor(room):
    case = saved(room)
    with pytest.raises(InvalidInput):
        room.cases.check_now(SUPPORT, case.id)
    room.cases.watch(SUPPORT, case.id)
    assert room.cases.check_now(SUPPORT, case.id).monitor.state is WatchState.WORKS


def test_a_signed_url_is_kept_but_not_watched(room):
    case = saved(room, URL + "?Expires=1&Signature=hidden&Key-Pair-Id=K1")
    assert "hidden" not in case.url
    with pytest.raises(InvalidInput, match="can't be watched"):
        room.cases.watch(SUPPORT, case.id)


def test_many_due_checks_run_a_few_at_a_time_and_each_once(room):
    for number in range(12):
        case = saved(room, f"{URL}?n={number}")
        room.cases.watch(SUPPORT, case.id)
    assert room.cases.check_due() == 12
    assert sorted(room.doctor.asked) == sorted(f"{URL}?n={n}" for n in range(12))
    assert room.doctor.most_running <= 4


def test_a_check_that_a_dead_process_began_is_made_by_the_next_one(room):
    case = saved(room)
    room.cases.watch(SUPPORT, case.id, Interval.DAY)

    class Killed(BaseException):
        pass

    room.doctor.error = Killed()
    with pytest.raises(Killed):
        room.cases.check_due()
    room.doctor.error = None
    room.restart()
    assert room.cases.check_due() == 0
    room.clock.forward(minutes=11)
    assert room.cases.check_due() == 1
    assert room.state(case) is WatchState.WORKS


def test_the_history_ends_somewhere(room):
    case = saved(room)
    room.cases.watch(SUPPORT, case.id)
    stored = room.cases._book.monitor(case.id)
    full = stored.value.monitor.model_copy(update={"checks": KEPT_CHECKS})
    room.cases._book.take(stored, full)
    room.cases._book.keep(case.id, 1, Check(at=room.clock(), status="works"))
    room.cases.check_now(SUPPORT, case.id)
    assert len(room.cases.history(SUPPORT, case.id).checks) == 1
