"""The doctor, its repairs, audits and migrations, wired to the cloud and the records."""

from __future__ import annotations

from typing import Any

from core.costs.check import check_text
from core.costs.service.sheets import PriceSheets
from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.audits.service import AuditsService
from core.diagnostics.service.audits.sources import Reach
from core.diagnostics.service.migrations.service import MigrationsService
from core.diagnostics.service.repairs.service import RepairsService
from core.model.identity import Account
from core.model.lint import PriceCheck
from core.settings import Settings
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.jobs import JobQueue
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex
from core.upload.policy import disposition, served_type

_DOCTOR_READ_SECONDS = 8.0  # a person waits for the answer


def diagnostics_of(
    cloud: CloudParts, store: RecordStore, sheets: PriceSheets
) -> DiagnosticsService:
    return DiagnosticsService(
        cloud.clients.hurried(_DOCTOR_READ_SECONDS),
        clock=utc_now,
        cdn_prefix=cloud.cdn_prefix,
        find_record=lambda key: _row_of(store, key),
        store=store,
        edge=cloud.edge,
        prices=stated_prices(sheets),
    )


def stated_prices(sheets: PriceSheets) -> PriceCheck:
    """What the newest price sheet says to the prices that a text states."""
    return lambda text: check_text(text, sheets.newest(), utc_now().date())


def repairs_of(
    cloud: CloudParts, store: RecordStore, audit: AuditLog, diagnostics: DiagnosticsService
) -> RepairsService:
    accounts = AccountRecords(store).accounts

    def account_of(account_id: str) -> Account | None:
        stored = accounts.find(account_id)
        return stored.value if stored else None

    return RepairsService(
        cloud.clients,
        store,
        audit,
        utc_now,
        diagnostics,
        cloud.edge,
        account_of=account_of,
        signer_of=cloud.bucket.beside,
        cdn_prefix=cloud.cdn_prefix,
        own_table=cloud.records_table,
        find_record=lambda key: _row_of(store, key),
    )


def audits_of(
    cloud: CloudParts,
    store: RecordStore,
    index: SearchIndex,
    jobs: JobQueue,
    audit: AuditLog,
    diagnostics: DiagnosticsService,
    repairs: RepairsService,
    settings: Settings,
) -> AuditsService:
    """The addresses of the library's files are told as the distribution's own."""
    return AuditsService(
        store,
        jobs,
        audit,
        Reach(cloud.clients, index, lambda key: diagnostics.public_url(cloud.edge.url(key))),
        utc_now,
        settings.data_dir / "audits",
        own_table=cloud.records_table,
        propose=repairs.propose_records,
    )


def migrations_of(
    cloud: CloudParts,
    store: RecordStore,
    jobs: JobQueue,
    audit: AuditLog,
    diagnostics: DiagnosticsService,
) -> MigrationsService:
    return MigrationsService(
        store,
        cloud.clients,
        diagnostics,
        jobs,
        audit,
        utc_now,
        edge=cloud.edge,
        cdn_prefix=cloud.cdn_prefix,
    )


def _row_of(store: RecordStore, key: str) -> dict[str, Any] | None:
    """What the library remembers of an object, as the doctor reads any application's row."""
    file_id = key.partition("/")[2].partition("/")[0]
    record = store.get("file", file_id) if file_id else None
    if record is None:
        return None
    served = [record.data, *record.data.get("renditions", ())]
    asked = next((one for one in served if one["key"] == key), record.data)
    kind = asked["content_type"]
    headers = {
        "Size": asked["size"],
        "ContentType": served_type(kind),
        "ContentDisposition": disposition(kind, record.data["name"]),
    }
    kept = {"bucket": record.data["bucket"], "key": asked["key"], "served_as": headers}
    return {"table": "files", "pk": record.id, "attributes": kept}
