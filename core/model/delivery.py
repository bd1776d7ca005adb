"""Delivery as AWS describes it, in one place: CloudFront, S3, KMS, and the account's snapshot."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from core.model.aws_noun import AwsNoun, Text, listed, mapping, rows, text_of, unwrapped
from core.model.buckets import (
    Bucket,
    BucketPolicy,
    KmsKey,
    PolicyDocument,
    PublicAccessBlock,
    S3Object,
    Statement,
)
from core.model.distributions import (
    CacheBehavior,
    CloudFrontFunction,
    CustomOriginConfig,
    Distribution,
    DistributionConfig,
    EdgeEntry,
    FunctionAssociation,
    GeoRestriction,
    Invalidation,
    KeyGroup,
    Origin,
    OriginAccessControl,
    OriginAccessControlConfig,
    OriginGroup,
    PublicKey,
    Restrictions,
    S3OriginConfig,
)

__all__ = [
    "AccountSnapshot",
    "AwsNoun",
    "Bucket",
    "BucketPolicy",
    "CacheBehavior",
    "CloudFrontFunction",
    "CustomOriginConfig",
    "Distribution",
    "DistributionConfig",
    "EdgeEntry",
    "FunctionAssociation",
    "GeoRestriction",
    "Invalidation",
    "KmsKey",
    "Origin",
    "OriginAccessControlConfig",
    "OriginGroup",
    "PolicyDocument",
    "PublicAccessBlock",
    "Restrictions",
    "S3Object",
    "S3OriginConfig",
    "Statement",
    "Text",
    "Viewer",
    "listed",
    "mapping",
    "rows",
    "text_of",
]


class Viewer(AwsNoun):
    country: str | None = None
    ip: str | None = None


class ViewerRequest(AwsNoun):
    method: str = "GET"
    url: str | None = None
    headers: dict[str, Any] = Field(default_factory=dict)
    viewer: Viewer = Viewer()

    def header(self, name: str) -> str | None:
        """A request header by its name, in any case."""
        wanted = name.lower()
        found = (value for key, value in self.headers.items() if key.lower() == wanted)
        value = next(found, None)
        return None if value is None else str(value)


class Unread(AwsNoun):
    """One read that was refused or failed while the snapshot was captured."""

    what: str
    because: str = ""
    permission: str = ""


class AccountSnapshot(BaseModel):
    """The configuration and state that one diagnosis may look at. Keys as in the saved cases."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _null_is_unread(cls, value: Any) -> Any:
        """A list that is null was not read; only `db_record: null` says "there is none"."""
        if not isinstance(value, dict):
            return value
        return {k: v for k, v in value.items() if v is not None or k == "db_record"}

    id: str = ""
    account_id: str = ""
    now: AwareDatetime
    request: ViewerRequest
    distributions: tuple[Distribution, ...] = ()
    origin_access_controls: tuple[OriginAccessControl, ...] = ()
    origin_access_identities: tuple[dict[str, Any], ...] = ()
    functions: tuple[CloudFrontFunction, ...] = ()
    public_keys: tuple[Annotated[PublicKey, unwrapped("PublicKeyConfig")], ...] = ()
    key_groups: tuple[Annotated[KeyGroup, unwrapped("KeyGroupConfig")], ...] = ()
    cache_policies: tuple[dict[str, Any], ...] = ()
    origin_request_policies: tuple[dict[str, Any], ...] = ()
    response_headers_policies: tuple[dict[str, Any], ...] = ()
    web_acls: tuple[dict[str, Any], ...] = ()
    ip_sets: tuple[dict[str, Any], ...] = ()
    certificates: tuple[dict[str, Any], ...] = Field(
        (), validation_alias=AliasChoices("certificates", "acm_certificates")
    )
    invalidations: tuple[Annotated[Invalidation, unwrapped("InvalidationBatch")], ...] = ()
    buckets: tuple[Bucket, ...] = ()
    account_public_access_block: PublicAccessBlock | None = None
    kms_keys: tuple[KmsKey, ...] = ()
    edge_cache: tuple[EdgeEntry, ...] = ()
    dns: tuple[dict[str, Any], ...] = ()
    db_record: dict[str, Any] | None = None
    db_records: tuple[dict[str, Any], ...] = ()  # further rows, for checks of many
    lambda_urls: tuple[dict[str, Any], ...] = ()
    iam_policies: tuple[dict[str, Any], ...] = ()  # PolicyName, Holder, PolicyDocument, AttachedTo
    access_keys: tuple[dict[str, Any], ...] = ()  # UserName, AccessKeyId, Status, CreateDate
    probe: dict[str, Any] | None = None
    unread: tuple[Unread, ...] = ()

    def read(self, field: str) -> bool:
        return field in self.model_fields_set

    def replace(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)

    def bucket(self, name: str) -> Bucket | None:
        return next((bucket for bucket in self.buckets if bucket.name == name), None)

    def distribution(self, distribution_id: str) -> Distribution | None:
        return next((d for d in self.distributions if d.id == distribution_id), None)

    def with_bucket(self, changed: Bucket) -> Self:
        """The same snapshot with one bucket exchanged (or added)."""
        kept = tuple(b for b in self.buckets if b.name != changed.name)
        return self.replace(buckets=(*kept, changed))

    def with_distribution(self, changed: Distribution) -> Self:
        kept = tuple(d for d in self.distributions if d.id != changed.id)
        return self.replace(distributions=(*kept, changed))
