"""A real store on disk, a clock that stands still until told, and the service on both."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from core import hashing
from core.accounts.service import AccountsService
from core.errors import NotSignedIn
from core.model.identity import Actor
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.records import RecordStore
from core.stores.sqlite import SqliteRecordStore

KEY = "a key of at least thirty-two characters"
PASSWORD = "violet-anchor-tractor-moon"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteRecordStore]:
    store = SqliteRecordStore(tmp_path / "records.sqlite3")
    yield store
    store.close()


def make_service(store: RecordStore, clock: Clock, **settings) -> AccountsService:
    return AccountsService(store, AuditLog(store, clock), Settings(**settings), clock, KEY)


@pytest.fixture
def accounts(store: SqliteRecordStore, clock: Clock) -> AccountsService:
    return make_service(store, clock)


@pytest.fixture
def admin(accounts: AccountsService) -> Actor:
    accounts.create_admin("root@example.com", PASSWORD)
    return enter(accounts, "root@example.com")


@pytest.fixture
def member(accounts: AccountsService) -> Actor:
    accounts.register("ada@example.com", PASSWORD, "Ada")
    return enter(accounts, "ada@example.com")


def enter(accounts: AccountsService, email: str, password: str = PASSWORD) -> Actor:
    actor = accounts.actor_for_cookie(accounts.sign_in(email, password).token)
    assert actor is not None
    return actor


def actions(accounts: AccountsService, admin: Actor) -> list[str]:
    return [event.action for event in accounts.audit_events(admin, "2026-11").items]


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For tests that sign in hundreds of times: the same algorithm at its lowest cost."""
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(1, 8, 1))
    hashing._nobodys_hash.cache_clear()
    yield
    hashing._nobodys_hash.cache_clear()  # or tests of the real cost would meet the cheap hash


def fail(accounts, email="ada@example.com", times=1, **where):
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(email, "wrong password", **where)
