"""Where records live, and the accounts alone for commands that need no cloud."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.accounts.service import AccountsService
from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts, open_cloud
from core.errors import Configuration
from core.settings import Settings, Store
from core.stores.audit_log import AuditLog
from core.stores.dynamodb import DynamoRecordStore
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore


def open_stores(settings: Settings, cloud: CloudParts | None) -> tuple[RecordStore, SearchIndex]:
    """SQLite holds records and index in one file; beside DynamoDB the index has its own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.store is Store.SQLITE:
        path = settings.data_dir / "dashboard.sqlite3"
        index = SearchIndex(path)
        return SqliteRecordStore(path, [index]), index
    if cloud is None:
        raise Configuration(
            "The DynamoDB store needs the cloud.", hint="Set DASHBOARD_STORE=sqlite."
        )
    index = SearchIndex(settings.data_dir / "search.sqlite3")
    return DynamoRecordStore(cloud.clients.dynamodb, cloud.records_table), index


def secret_key(settings: Settings) -> str:
    """The configured key, or one that is made once and kept readable by its owner only."""
    configured = settings.secret_key.get_secret_value()
    return configured or _generated(settings.data_dir / "secret.key")


def _generated(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


def build_accounts(settings: Settings, store: RecordStore) -> AccountsService:
    """Enough for the command line to manage accounts without a cloud."""
    return AccountsService(store, AuditLog(store, utc_now), settings, utc_now, secret_key(settings))


@contextmanager
def opened_accounts(settings: Settings) -> Iterator[AccountsService]:
    """The accounts alone, for the command line; the cloud only where the records live in it."""
    cloud = open_cloud(settings, join=True) if settings.store is Store.DYNAMODB else None
    store, index = open_stores(settings, cloud)
    try:
        yield build_accounts(settings, store)
    finally:
        index.close()
        store.close()
        if cloud is not None and cloud.emulator is not None:
            cloud.emulator.stop()
