"""The services of each kind, wired on the ground: media, the doctor, what is measured and costs."""

from __future__ import annotations

from dataclasses import dataclass

from core.aws.cloudfront_invalidations import Invalidations
from core.costs.service import CostsService
from core.costs.service.sheets import PriceSheets
from core.dashboard.advising import advising_of
from core.dashboard.clock import utc_now
from core.dashboard.ground import Ground
from core.dashboard.measured import costs_of, listing_price, open_traffic
from core.dashboard.stores import secret_key
from core.dashboard.support import audits_of, diagnostics_of, migrations_of, repairs_of
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.audits.service import AuditsService
from core.diagnostics.service.cases.service import CasesService
from core.diagnostics.service.migrations.service import MigrationsService
from core.diagnostics.service.repairs.service import RepairsService
from core.library.service import LibraryService, Outside
from core.library.service.advising import AdvisingService
from core.library.service.viewing import ViewingService
from core.shares.service import SharesService
from core.stores.file_names import FileNames
from core.upload.service import UploadService
from core.upload.service.avatars import AvatarService
from core.upload.service.progress import ProgressService
from core.usage.service.opening_storage import open_storage
from core.usage.service.storage import StorageService
from core.usage.service.traffic import TrafficService


@dataclass(frozen=True)
class MediaRooms:
    uploads: UploadService
    library: LibraryService
    viewing: ViewingService
    advising: AdvisingService
    avatars: AvatarService
    progress: ProgressService
    shares: SharesService


@dataclass(frozen=True)
class SupportRooms:
    diagnostics: DiagnosticsService
    cases: CasesService
    repairs: RepairsService
    audits: AuditsService
    migrations: MigrationsService


@dataclass(frozen=True)
class MeasuringRooms:
    traffic: TrafficService
    storage: StorageService
    costs: CostsService


def media_of(on: Ground) -> MediaRooms:
    store, audit, settings = on.store, on.audit, on.settings
    bucket, edge = on.cloud.bucket, on.cloud.edge
    uploads = UploadService(
        *(store, bucket, edge, on.jobs, audit, settings, utc_now),
        FileNames(store, on.index),
        on.uses,
    )
    library = _library_of(on, uploads)
    return MediaRooms(
        uploads=uploads,
        library=library,
        viewing=ViewingService(library, on.cloud.glance, edge, utc_now),
        advising=advising_of(on.cloud, library, uploads, store, audit, settings),
        avatars=AvatarService(store, bucket, edge, on.jobs, audit, settings, utc_now, on.uses),
        progress=ProgressService(store, bucket, audit, settings, utc_now, on.uses),
        shares=SharesService(
            store, on.index, bucket, audit, settings, utc_now, secret_key(settings)
        ),
    )


def _library_of(on: Ground, uploads: UploadService) -> LibraryService:
    return LibraryService(
        on.store,
        on.index,
        on.cloud.bucket,
        on.cloud.edge,
        on.audit,
        on.settings,
        utc_now,
        on.jobs,
        Outside(check_delivery=uploads.check_delivery),
        Invalidations(on.cloud.clients.cloudfront, on.cloud.distribution_id),
        on.cloud.glance,
    )


def support_of(on: Ground, sheets: PriceSheets) -> SupportRooms:
    cloud, store, audit, jobs = on.cloud, on.store, on.audit, on.jobs
    diagnostics = diagnostics_of(cloud, store, sheets)
    repairs = repairs_of(cloud, store, audit, diagnostics)
    return SupportRooms(
        diagnostics=diagnostics,
        cases=CasesService(store, diagnostics, audit, utc_now),
        repairs=repairs,
        audits=audits_of(cloud, store, on.index, jobs, audit, diagnostics, repairs, on.settings),
        migrations=migrations_of(cloud, store, jobs, audit, diagnostics),
    )


def measuring_of(on: Ground, sheets: PriceSheets) -> MeasuringRooms:
    cloud, store, settings = on.cloud, on.store, on.settings
    traffic = open_traffic(cloud, store, on.jobs, settings, utc_now, sheets)
    price = listing_price(sheets)
    storage = open_storage(store, on.jobs, cloud.clients, settings, utc_now, price)
    costs = costs_of(cloud, store, sheets, traffic, storage, settings)
    return MeasuringRooms(traffic=traffic, storage=storage, costs=costs)
