"""boto3 clients of the emulator: the root's, which carry the embed token, and the app's."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from boto3 import Session
from botocore.config import Config

from core.aws.sessions import new_session

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

ROOT_KEY = "test"


class EmulatorClients:
    """Clients for one key, made when first asked for. With a `token` they pass the gate as root."""

    def __init__(
        self, endpoint: str, region: str, access_key: str, secret_key: str, *, token: str = ""
    ) -> None:
        self._endpoint = endpoint
        self._region = region
        self._keys = (access_key, secret_key)
        self._token = token
        self._making = threading.Lock()  # a session must not make clients in two threads

    @cached_property
    def _session(self) -> Session:
        return new_session(self._region, *self._keys)

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @cached_property
    def cloudfront(self) -> CloudFrontClient:
        client: CloudFrontClient = self._client("cloudfront")
        return client

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @cached_property
    def iam(self) -> IAMClient:
        client: IAMClient = self._client("iam")
        return client

    @cached_property
    def kms(self) -> KMSClient:
        client: KMSClient = self._client("kms")
        return client

    @cached_property
    def s3(self) -> S3Client:
        client: S3Client = self._client("s3")
        return client

    @cached_property
    def sts(self) -> STSClient:
        client: STSClient = self._client("sts")
        return client

    def _client(self, service: str) -> Any:
        config = Config(
            signature_version="s3v4" if service == "s3" else "v4",
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 3, "mode": "standard"},
            connect_timeout=5,
            proxies={},
        )
        with self._making:
            client = self._session.client(  # type: ignore[call-overload]  # a variable name
                service, endpoint_url=self._endpoint, config=config
            )
        if self._token:
            client.meta.events.register("before-sign.*.*", self._add_token)
        return client

    def _add_token(self, request: Any, **_: object) -> None:
        request.headers["X-Embed-Token"] = self._token
