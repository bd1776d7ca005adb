"""boto3 clients, built once from explicit arguments: no module-level client, no hidden region."""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config

from core.aws.list_pages import read_fast
from core.aws.metering import CallMeter
from core.aws.sessions import new_session

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient


class AwsClients:
    """Lazy and cached. With `endpoint_url` (the emulator) S3 is addressed by path.

    Without keys boto3's own chain (profile, role, environment) finds the credentials.
    """

    def __init__(
        self,
        region: str,
        endpoint_url: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        *,
        read_timeout: float = 60,
        meter: CallMeter | None = None,
    ) -> None:
        self.region, self.endpoint_url = region, endpoint_url
        self._read_timeout = read_timeout  # seconds; S3 may take long over a large copy
        self._session = new_session(region, access_key, secret_key)
        self.meter, self._optional = meter, False
        self._making = RLock()  # a session is not safe to make clients from in two threads

    def hurried(self, read_timeout: float) -> AwsClients:
        """The same credentials where a person waits for the answer."""
        return self._copy(read_timeout)

    def for_scans(self) -> AwsClients:
        """The same credentials for what may wait: a spent daily budget stops these calls."""
        return self._copy(self._read_timeout, optional=True)

    def _copy(self, read_timeout: float, *, optional: bool = False) -> AwsClients:
        other = AwsClients(
            self.region, self.endpoint_url, read_timeout=read_timeout, meter=self.meter
        )
        other._session, other._making = self._session, self._making
        other._optional = optional or self._optional
        return other

    @cached_property
    def s3(self) -> S3Client:
        style = "path" if self.endpoint_url else "virtual"
        return cast("S3Client", self._make("s3", s3={"addressing_style": style}))

    @cached_property
    def cloudfront(self) -> CloudFrontClient:
        return cast("CloudFrontClient", self._make("cloudfront"))

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self._make("dynamodb"))

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return cast("CloudFormationClient", self._make("cloudformation"))

    @cached_property
    def iam(self) -> IAMClient:
        return cast("IAMClient", self._make("iam"))

    @cached_property
    def kms(self) -> KMSClient:
        return cast("KMSClient", self._make("kms"))

    @cached_property
    def sts(self) -> STSClient:
        return cast("STSClient", self._make("sts"))

    @cached_property
    def s3control(self) -> Any:
        return self._make("s3control")

    @cached_property
    def wafv2(self) -> Any:
        """Web ACLs of CloudFront live in us-east-1, wherever the buckets are."""
        return self._make("wafv2", region_name="us-east-1")

    @cached_property
    def cost_explorer(self) -> Any:
        """Cost Explorer has one endpoint, in us-east-1."""
        return self._make("ce", region_name="us-east-1")

    def sns(self, region: str) -> Any:
        """SNS in the region of a topic."""
        return self._make("sns", region_name=region)

    @cached_property
    def sesv2(self) -> Any:
        return self._make("sesv2")

    @cached_property
    def secrets_manager(self) -> Any:
        return self._make("secretsmanager")

    @cached_property
    def athena(self) -> Any:
        return self._make("athena")

    @cached_property
    def edge_metrics(self) -> Any:
        """CloudFront's metrics live in us-east-1, wherever the buckets are."""
        return self._make("cloudwatch", region_name="us-east-1")

    @cached_property
    def listing(self) -> S3Client:
        """S3 for listings only, whose answers it reads in its own way."""
        style = "path" if self.endpoint_url else "virtual"
        return read_fast(cast("S3Client", self._make("s3", s3={"addressing_style": style})))

    def metrics(self, region: str) -> Any:
        """CloudWatch in the region of what is measured."""
        return self._make("cloudwatch", region_name=region)

    def functions(self, region: str) -> Any:
        """Lambda in the region of a function URL, which may be another than the buckets'."""
        return self._make("lambda", region_name=region)

    def _make(self, service: str, **special: Any) -> Any:
        if service == "s3":
            special["signature_version"] = "s3v4"  # the old one signs no region and no POST date
        config = Config(
            connect_timeout=5,
            read_timeout=self._read_timeout,
            max_pool_connections=32,
            retries={"mode": "standard", "max_attempts": 3},
            # Presigned requests are made by browsers, which add no checksum of AWS's own.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            **special,
        )
        with self._making:
            make: Any = self._session.client  # the stubs know only literal names
            client = make(service, endpoint_url=self.endpoint_url, config=config)
        if self.meter is not None:
            self.meter.attach(client, optional=self._optional)
        return client
