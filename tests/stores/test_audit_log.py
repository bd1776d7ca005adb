import datetime as dt

import pytest

from core.model.identity import Actor, Role
from core.stores.audit_log import AuditLog


class Now:
    at = dt.datetime(2026, 11, 30, 23, 59, 59, tzinfo=dt.UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def log(open_sqlite, now):
    return AuditLog(open_sqlite(), now)


def actions(listing):
    return [event.action for event in listing.items]


def test_an_event_says_who_did_what_to_which_thing(log):
    actor = Actor(account_id="anna", role=Role.ADMIN)
    log.record(
        "file.trashed",
        actor=actor,
        subject="file/1",
        address="10.0.0.7",
        details={"name": "beach.jpg"},
    )
    (event,) = log.page("2026-11").items
    assert (event.actor_id, event.subject, event.address) == ("anna", "file/1", "10.0.0.7")
    assert event.details == {"name": "beach.jpg"}
    assert event.at == Now.at


def test_events_without_an_actor_are_kept_too(log):
    log.record("sign_in.failed", address="10.0.0.7")
    assert log.page("2026-11").items[0].actor_id == ""


def test_a_month_is_listed_newest_first(log, now):
    for minute in (5, 1, 3):
        now.at = Now.at.replace(minute=minute)
        log.record(f"minute.{minute}")
    assert actions(log.page("2026-11")) == ["minute.5", "minute.3", "minute.1"]


def test_months_are_kept_apart_in_utc(log, now):
    log.record("november.event")
    east = dt.timezone(dt.timedelta(hours=9))
    now.at = dt.datetime(2027, 1, 1, 3, tzinfo=east)  # still December in UTC
    log.record("december.event")
    assert actions(log.page("2026-11")) == ["november.event"]
    assert actions(log.page("2026-12")) == ["december.event"]
    assert actions(log.page("2027-01")) == []


def test_pages_go_on_where_the_last_one_ended(log):
    for _ in range(5):
        log.record("same.moment")
    first = log.page("2026-11", limit=3)
    rest = log.page("2026-11", after=first.next)
    assert len({event.id for event in (*first.items, *rest.items)}) == 5
    assert rest.next is None


def test_an_event_is_kept_with_its_cause_or_not_at_all(log, open_sqlite):
    event = log.event("role.changed", subject="account/1")
    store = open_sqlite()
    store.transact([log.put(event)])
    assert log.page("2026-11").items == (event,)
