"""Every setting, described once; the README's table is tested against this file."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import Configuration
from core.model.networks import networks
from core.model.s3_places import place_of

MIB = 1024 * 1024
GIB = 1024 * MIB
_SHORTEST_KEY = 32


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Cloud(StrEnum):
    EMULATOR = "emulator"
    AWS = "aws"


class Store(StrEnum):
    SQLITE = "sqlite"
    DYNAMODB = "dynamodb"


class Engine(StrEnum):
    DUCKDB = "duckdb"
    ATHENA = "athena"


class DailyScan(StrEnum):
    OFF = "off"
    LISTING = "listing"
    INVENTORY = "inventory"


class Settings(BaseSettings):
    """Read from `DASHBOARD_…` environment variables; frozen, built once by `load_settings`."""

    model_config = SettingsConfigDict(env_prefix="DASHBOARD_", frozen=True, extra="ignore")

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="development or production"
    )
    cloud: Cloud = Field(Cloud.EMULATOR, description="emulator (embedded, no account) or aws")
    data_dir: Path = Field(Path("data"), description="Folder for the database and the emulator")
    port: int = Field(8501, ge=1, le=65535, description="Port of the app")
    address: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 in a container")
    public_url: str = Field(
        "", description="Address that people type; empty: http://localhost:PORT"
    )
    trusted_proxies: str = Field(
        "",
        description="Proxies in front, addresses or networks with commas: who their "
        "X-Forwarded-For names is the visitor; empty: nobody's is believed",
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs access tokens; empty: generated once into DATA_DIR"
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for /metrics; empty: /metrics answers 404"
    )
    self_registration: bool = Field(True, description="People may make their own account")
    session_hours: int = Field(12, ge=1, le=24 * 30, description="Life of a browser session")
    failed_sign_ins_per_account: int = Field(
        5, ge=1, description="Wrong passwords for one account before it is locked for a while"
    )
    failed_sign_ins_per_address: int = Field(
        30, ge=1, description="Wrong passwords from one address before it is locked for a while"
    )
    lockout_minutes: int = Field(15, ge=1, description="How long a lock-out lasts")
    region: str = Field("us-east-1", description="AWS region of the bucket and the table")
    media_bucket: str = Field("", description="Bucket of the media stack (cloud = aws)")
    distribution_id: str = Field("", description="CloudFront distribution id (cloud = aws)")
    cdn_domain: str = Field("", description="Domain that serves the media (cloud = aws)")
    cdn_key_id: str = Field(
        "", description="Id of the CDN's public key that verifies private media (cloud = aws)"
    )
    cdn_private_key_secret: str = Field(
        "", description="Secret in Secrets Manager that holds the private key's PEM (cloud = aws)"
    )
    former_cdn_domains: str = Field(
        "", description="Domains that served this bucket before, with commas: old avatars name them"
    )
    store: Store = Field(Store.SQLITE, description="Where records live: sqlite or dynamodb")
    records_table: str = Field("", description="DynamoDB table of the media stack")
    max_upload_bytes: int = Field(5 * GIB, ge=1, description="Largest file that is taken, bytes")
    single_post_bytes: int = Field(
        16 * MIB, ge=1, le=5 * GIB, description="Up to this size an upload is one POST, bytes"
    )
    part_bytes: int = Field(
        16 * MIB, ge=5 * MIB, le=5 * GIB, description="Size of a part of a larger upload, bytes"
    )
    max_image_pixels: int = Field(
        64_000_000, ge=1, description="Largest picture that is decoded, pixels"
    )
    workers: int = Field(2, ge=1, le=32, description="Pictures that are processed side by side")
    demo: bool = Field(False, description="Load demo content once (only with the emulator)")
    trash_days: int = Field(30, ge=1, description="Days until a trashed file is deleted for good")
    ended_link_days: int = Field(
        180, ge=1, description="Days until a link or drop box that ended leaves the list for good"
    )
    kept_versions: int = Field(
        20,
        ge=0,
        le=50,
        description="Earlier versions of a replaced file that are kept; "
        "whom the owner lets edit can only push out their own",
    )
    log_bucket: str = Field(
        "", description="Bucket of the CDN's access logs; empty: as the distribution says"
    )
    log_prefix: str = Field("", description="Prefix of the access logs in LOG_BUCKET")
    storage_scan: DailyScan = Field(
        DailyScan.LISTING,
        description="How what is stored is read every day: listing, inventory or off",
    )
    storage_scan_hour: int = Field(3, ge=0, le=23, description="Hour at which that begins, UTC")
    query_engine: Engine = Field(
        Engine.DUCKDB, description="What answers traffic reports: duckdb or athena"
    )
    athena_database: str = Field("", description="Athena database of the log table")
    athena_table: str = Field("cloudfront_logs", description="Log table, made by deploy/athena")
    athena_workgroup: str = Field("primary", description="Athena workgroup")
    athena_output: str = Field(
        "", description="s3:// folder for Athena's answers; empty: the workgroup's own"
    )
    athena_confirm_bytes: int = Field(
        10 * GIB, ge=0, description="A report that scans more is confirmed first, bytes"
    )
    billing_export: str = Field(
        "",
        description="s3:// folder of a CUR 2.0 or FOCUS export that bills are read from (grant the "
        "app s3:ListBucket and s3:GetObject there); empty: Cost Explorer, $0.01 a page",
    )
    cost_refresh_hours: int = Field(
        12, ge=1, le=24 * 7, description="Age at which the running month's bill is read again"
    )
    daily_aws_budget_usd: Decimal = Field(
        Decimal(1), ge=0, description="What optional AWS calls of the app may cost a day, USD"
    )
    alert_mail_from: str = Field(
        "", description="Sender of budget alerts through Amazon SES; empty: no mail is sent"
    )

    @property
    def site_url(self) -> str:
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @model_validator(mode="after")
    def _refuse_nonsense(self) -> Self:
        for is_nonsense, problem in _NONSENSE:
            if is_nonsense(self):
                raise ValueError(problem)
        return self


def _in_production(given: Settings) -> bool:
    return given.environment is Environment.PRODUCTION


def _on_aws(given: Settings) -> bool:
    return given.cloud is Cloud.AWS


def _with_athena(given: Settings) -> bool:
    return given.query_engine is Engine.ATHENA


def _key_length(given: Settings) -> int:
    return len(given.secret_key.get_secret_value())


def _names_networks(text: str) -> bool:
    try:
        networks(text)
    except ValueError:
        return False
    return True


# What can't be together, each with what is said about it; the first one counts.
_NONSENSE: tuple[tuple[Callable[[Settings], bool], str], ...] = (
    (
        lambda given: _in_production(given) and not _on_aws(given),
        "the embedded emulator is refused in production: set CLOUD=aws",
    ),
    (
        lambda given: _in_production(given) and not _key_length(given),
        "production needs SECRET_KEY (32 random bytes or more)",
    ),
    (
        lambda given: not _names_networks(given.trusted_proxies),
        "TRUSTED_PROXIES takes addresses and networks, such as 10.0.0.0/8, with commas",
    ),
    (
        lambda given: given.demo and _on_aws(given),
        "demo content is for the emulator only: unset DEMO",
    ),
    (
        lambda given: _in_production(given) and not given.public_url.startswith("https://"),
        "production needs PUBLIC_URL with https://",
    ),
    (
        lambda given: 0 < _key_length(given) < _SHORTEST_KEY,
        f"SECRET_KEY needs at least {_SHORTEST_KEY} characters",
    ),
    (
        lambda given: (
            _on_aws(given)
            and not (given.media_bucket and given.distribution_id and given.cdn_domain)
        ),
        "cloud = aws needs MEDIA_BUCKET, DISTRIBUTION_ID and CDN_DOMAIN",
    ),
    (
        lambda given: bool(given.cdn_key_id) != bool(given.cdn_private_key_secret),
        "private media needs both CDN_KEY_ID and CDN_PRIVATE_KEY_SECRET",
    ),
    (
        lambda given: bool(given.billing_export) and place_of(given.billing_export) is None,
        "BILLING_EXPORT is a folder such as s3://bucket/prefix",
    ),
    (
        lambda given: given.store is Store.DYNAMODB and _on_aws(given) and not given.records_table,
        "store = dynamodb needs RECORDS_TABLE",
    ),
    (
        lambda given: _with_athena(given) and not _on_aws(given),
        "query_engine = athena needs cloud = aws: the emulator has no Athena",
    ),
    (
        lambda given: _with_athena(given) and not given.athena_database,
        "query_engine = athena needs ATHENA_DATABASE",
    ),
)


def load_settings(**overrides: object) -> Settings:
    """Read the environment. Raises `Configuration` that names each wrong setting."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks each value
    except ValidationError as error:
        problems = "; ".join(_sentence(item) for item in error.errors())
        raise Configuration(
            f"The settings are wrong: {problems}.",
            hint="Settings are DASHBOARD_… environment variables; the README lists them.",
        ) from error


def _sentence(item: object) -> str:
    assert isinstance(item, dict)  # noqa: S101  # pydantic's documented shape
    name = "_".join(str(part) for part in item["loc"]).upper()
    return f"DASHBOARD_{name}: {item['msg']}" if name else str(item["msg"])
