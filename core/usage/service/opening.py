"""Puts the traffic service together: its store, and the engine that the settings choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from core.aws.athena import AthenaPlace, AthenaRunner
from core.aws.clients import AwsClients
from core.aws.cloudfront import CloudFrontReader
from core.aws.cloudfront_metrics import CloudFrontMetrics
from core.aws.s3 import MediaBucket
from core.model.traffic import LogPlace
from core.settings import Engine, Settings
from core.stores.athena_engine import AthenaEngine
from core.stores.jobs import JobQueue
from core.stores.log_store import LogStore
from core.stores.queries import QueryEngine
from core.stores.records import RecordStore
from core.usage.access_logs import columns_of, shape_of
from core.usage.service.kept import Aged
from core.usage.service.traffic import TrafficService
from core.usage.traffic import ScanPrice

FOLDER = "usage/traffic"
_SIZE_HOLDS = timedelta(minutes=10)  # of all logs: a listing, which costs


def open_logs(
    store: RecordStore,
    jobs: JobQueue,
    clients: AwsClients,
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    distribution_id: str,
    deliver: Callable[[], object],
    price_of: Callable[[str], ScanPrice] = lambda _: (None, ""),
    measured: bool = True,
) -> TrafficService:
    """`price_of` says what Athena takes for a TB in a region. `measured`: by CloudWatch, too."""
    logs = LogStore(settings.data_dir / FOLDER, shape_of, columns_of, clock)
    configured = _configured(settings)
    cloudfront = CloudFrontReader(clients.cloudfront)
    scanning = clients.for_scans()

    def size() -> int:
        told = cloudfront.logging(distribution_id) if configured is None else None
        place = configured or (LogPlace(bucket=told[0], prefix=told[1]) if told else None)
        listed = MediaBucket(scanning.s3, place.bucket).list(place.prefix) if place else ()
        return sum(one.ref.size for one in listed)

    return TrafficService(
        store,
        jobs,
        logs,
        cloudfront,
        lambda name: MediaBucket(scanning.s3, name),
        clock,
        distribution_id=distribution_id,
        configured=configured,
        engine=_athena(clients, settings, Aged(size, clock, _SIZE_HOLDS)),
        price=lambda: price_of(settings.region),
        free_to_run=settings.athena_confirm_bytes,
        metrics=CloudFrontMetrics(lambda: clients.edge_metrics) if measured else None,
        deliver=deliver,
    )


def _configured(settings: Settings) -> LogPlace | None:
    if not settings.log_bucket:
        return None
    return LogPlace(bucket=settings.log_bucket, prefix=settings.log_prefix)


def _athena(clients: AwsClients, settings: Settings, size: Callable[[], int]) -> QueryEngine | None:
    if settings.query_engine is not Engine.ATHENA:
        return None
    place = AthenaPlace(settings.athena_database, settings.athena_workgroup, settings.athena_output)
    return AthenaEngine(AthenaRunner(clients.athena, place).run, settings.athena_table, size)
