"""The cloud that everything runs on: the embedded one, or AWS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from core.aws.cdn_signing import CdnSigner
from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.aws.metering import CallMeter
from core.aws.s3 import MediaBucket
from core.aws.secrets_manager import read_secret
from core.dashboard.clock import utc_now
from core.emulator.service import Emulator, attach_emulator, start_emulator
from core.settings import Cloud, Settings

S3_ROUTE = "/emulator/s3"
CDN_ROUTE = "/emulator/cdn"
_GLANCE_SECONDS = 5.0  # for each of three attempts


@dataclass(frozen=True)
class CloudParts:
    """What differs between the embedded cloud and AWS, and nothing else."""

    clients: AwsClients
    bucket: MediaBucket
    edge: Edge
    distribution_id: str
    records_table: str
    cdn_prefix: str  # path under which this site serves distributions itself; '' on AWS
    emulator: Emulator | None

    @cached_property
    def glance(self) -> MediaBucket:
        """The bucket where a person waits for what it says of an object."""
        return self.bucket.asked_with(self.clients.hurried(_GLANCE_SECONDS).s3)


def open_cloud(settings: Settings, *, join: bool = False) -> CloudParts:
    """Start the embedded cloud, or address AWS with the machine's own credentials.

    A command may `join` the embedded cloud of a server that runs; a server never does, because
    it would break when the other one stops.
    """
    if settings.cloud is Cloud.EMULATOR:
        running = attach_emulator(settings) if join else None
        return _embedded(settings, running or start_emulator(settings))
    clients = AwsClients(settings.region, None, None, None, meter=CallMeter(utc_now))
    return CloudParts(
        clients=clients,
        bucket=MediaBucket(clients.s3, settings.media_bucket),
        edge=Edge(f"https://{settings.cdn_domain}", signer=_signer(settings, clients)),
        distribution_id=settings.distribution_id,
        records_table=settings.records_table,
        cdn_prefix="",
        emulator=None,
    )


def _signer(settings: Settings, clients: AwsClients) -> CdnSigner | None:
    """None where the distribution has no key group: then there is no private media."""
    if not settings.cdn_key_id:
        return None
    private = read_secret(clients.secrets_manager, settings.cdn_private_key_secret)
    return CdnSigner(settings.cdn_key_id, private, f"https://{settings.cdn_domain}", utc_now)


def _embedded(settings: Settings, emulator: Emulator) -> CloudParts:
    stack = emulator.stack
    clients = AwsClients(
        settings.region, emulator.endpoint, emulator.access_key, emulator.secret_key
    )
    label = stack.distribution_domain.split(".")[0]
    return CloudParts(
        clients=clients,
        bucket=MediaBucket(
            clients.s3,
            stack.media_bucket,
            signing_endpoint=emulator.endpoint,
            public_prefix=S3_ROUTE,
        ),
        edge=Edge(
            f"{CDN_ROUTE}/{label}",
            connect_base=f"http://127.0.0.1:{settings.port}",
            signer=CdnSigner(
                stack.cdn_key_id,
                emulator.cdn_private_key,
                f"https://{stack.distribution_domain}",
                utc_now,
            ),
        ),
        distribution_id=stack.distribution_id,
        records_table=stack.records_table,
        cdn_prefix=f"{CDN_ROUTE}/",
        emulator=emulator,
    )
