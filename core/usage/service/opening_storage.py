"""Puts the storage service together: where it keeps its files, and whose the files are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from core.aws.clients import AwsClients
from core.settings import Settings
from core.stores.account_records import AccountRecords
from core.stores.files import file_records
from core.stores.jobs import JobQueue
from core.stores.records import RecordStore
from core.usage.service.storage import StorageService
from core.usage.service.storage_reading import PriceOf, Reader

FOLDER = "usage/storage"


def open_storage(
    store: RecordStore,
    jobs: JobQueue,
    clients: AwsClients,
    settings: Settings,
    clock: Callable[[], datetime],
    price_of: PriceOf,
) -> StorageService:
    """`price_of` says what a LIST request costs in a region."""

    def owners() -> Mapping[str, str]:
        """By the id of a file, and of a person, as keys name them."""
        files, found = file_records(store), dict[str, str]()
        for account in AccountRecords(store).accounts.all():
            found[account.id] = account.id
            found |= {file.id: account.id for file in files.all(account.id)}
        return found

    reader = Reader(clients.for_scans(), clock, owners, price_of)
    return StorageService(store, jobs, reader, settings.data_dir / FOLDER, clock)
