"""Usage and costs: what is stored and delivered, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from core.aws.cost_explorer import CostExplorer
from core.aws.s3 import MediaBucket
from core.costs.price_sheet import Missing, find
from core.costs.service import CostsService
from core.costs.service.actuals import ActualsBook
from core.costs.service.alerts import AwsNotifier
from core.costs.service.bills import BillSource, ExplorerBill, ExportBill
from core.costs.service.inputs import CostParts
from core.costs.service.own_cost import OwnCostBook
from core.costs.service.sheets import PriceSheets
from core.dashboard.account_facts import AccountFacts
from core.dashboard.clock import utc_now
from core.dashboard.cloud import CloudParts
from core.measures import MeasuresOfUsage
from core.measures.uploads import UploadCounter
from core.model.identity import Actor, Role
from core.model.s3_places import place_of
from core.settings import Settings
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.jobs import JobQueue
from core.stores.records import RecordStore
from core.usage.service.opening import open_logs
from core.usage.service.storage import StorageService
from core.usage.service.traffic import TrafficService

DEMO_BILL = "s3://demo-billing/exports/media-costs/"
_ROWS = 200  # of each table of a traffic report: enough to say who is behind a cost


def open_traffic(
    cloud: CloudParts,
    store: RecordStore,
    jobs: JobQueue,
    settings: Settings,
    clock: Callable[[], datetime],
    sheets: PriceSheets,
) -> TrafficService:
    """Where it runs on the embedded cloud, which has no CloudWatch, a scan first has the edge
    deliver its log.
    """
    emulator = cloud.emulator
    return open_logs(
        store,
        jobs,
        cloud.clients,
        settings,
        clock,
        distribution_id=cloud.distribution_id,
        deliver=(lambda: None) if emulator is None else emulator.edge_log.deliver,
        price_of=_price_of(sheets, "athena.scanned"),
        measured=emulator is None,
    )


def listing_price(sheets: PriceSheets) -> Callable[[str], tuple[Decimal | None, str]]:
    """What one LIST request costs in a region, and where that price comes from."""
    return _price_of(sheets, "s3.req.STANDARD.tier1")


def _price_of(sheets: PriceSheets, line: str) -> Callable[[str], tuple[Decimal | None, str]]:
    def price_of(region: str) -> tuple[Decimal | None, str]:
        found = find(sheets.newest(), line, region)
        if isinstance(found, Missing):
            return None, f"unpriced: {found.reason}"
        tier = found.tiers[0]
        if tier.price is None:
            return None, f"unpriced: the sheet's price in {region} is not known"
        said = f"{region}: {tier.price} per {found.per}, {tier.source_date or 'undated'}"
        return tier.price / found.per, f"{said} (confidence {tier.confidence})"

    return price_of


def costs_of(
    cloud: CloudParts,
    store: RecordStore,
    sheets: PriceSheets,
    traffic: TrafficService,
    storage: StorageService,
    settings: Settings,
) -> CostsService:
    """The embedded cloud costs nothing: it has no bill, and its calls are not metered."""
    refresh = timedelta(hours=settings.cost_refresh_hours)
    meter = cloud.clients.meter
    parts = CostParts(
        store=store,
        actuals=ActualsBook(settings.data_dir / "costs", _bill(cloud, settings), utc_now, refresh),
        measures=_measures(cloud, store, traffic, storage, settings),
        notifier=AwsNotifier(cloud.clients, settings.alert_mail_from),
        own=OwnCostBook(store, meter, sheets, utc_now, settings.daily_aws_budget_usd)
        if meter
        else None,
        clock=utc_now,
    )
    return CostsService(sheets, utc_now, parts)


def _bill(cloud: CloudParts, settings: Settings) -> BillSource | None:
    """An export where one is named, else Cost Explorer. The demo's says that it is made up."""
    place = place_of(settings.billing_export or (DEMO_BILL if settings.demo else ""))
    if place is not None:
        remark = " (made up for the demo)" if settings.demo else ""
        return ExportBill(MediaBucket(cloud.clients.for_scans().s3, place[0]), place[1], remark)
    return ExplorerBill(CostExplorer(cloud.clients.cost_explorer)) if not cloud.emulator else None


def _measures(
    cloud: CloudParts,
    store: RecordStore,
    traffic: TrafficService,
    storage: StorageService,
    settings: Settings,
) -> MeasuresOfUsage:
    """Usage as the costs read it, whoever looks at the costs."""
    reader = Actor(account_id="costs", role=Role.ADMIN)
    facts = AccountFacts(cloud, settings.region, utc_now)
    audit = AuditLog(store, utc_now)
    accounts = AccountRecords(store).accounts
    return MeasuresOfUsage(
        traffic=lambda first, last: traffic.report(reader, first, last, top=_ROWS),
        origin=lambda first, last: traffic.origin(reader, first, last),
        viewed=lambda first, last: traffic.viewed(reader, first, last),
        idle=lambda *asked: storage.idle(reader, *asked),
        storage=lambda: tuple(storage.report(reader, one) for one in storage.buckets(reader)),
        history=lambda: tuple(
            day for one in storage.buckets(reader) for day in storage.history(reader, one)
        ),
        rules=facts.lifecycle,
        users=lambda: sum(1 for account in accounts.all() if not account.disabled),
        uploads=UploadCounter(
            lambda month, after: audit.page(month, after=after, limit=500), utc_now
        ).count,
        account=facts.account,
        headers=facts.headers,
        clock=utc_now,
    )
