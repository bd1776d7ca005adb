"""Delivery as AWS describes it: distributions, behaviours, origins, buckets, policies, a snapshot.

The field names are AWS's own. A field that the snapshot does not hold was *not read*: ask
`noun.read("Policy")` before an empty value is taken to mean "there is none".
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from types import NoneType
from typing import Annotated, Any, Self, get_args

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_pascal


@cache
def _nullable(noun: type[BaseModel]) -> frozenset[str]:
    """The names under which a noun's fields may be null."""
    fields = noun.model_fields
    empty = {
        name
        for name, field in fields.items()
        if field.annotation is Any or NoneType in get_args(field.annotation)
    }
    return frozenset(empty | {fields[name].alias or to_pascal(name) for name in empty})


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """The JSON objects of a list, whatever else stands there."""
    return (
        [one for one in value if isinstance(one, dict)] if isinstance(value, list | tuple) else []
    )


class AwsNoun(BaseModel):
    """Frozen, named by boto3's keys, tolerant of fields that AWS adds later."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_where_nothing_else_fits(cls, value: Any) -> Any:
        """`null` counts where a field may be empty on purpose; elsewhere it means "not read"."""
        if not isinstance(value, dict) or None not in value.values():
            return value
        nullable = _nullable(cls)
        return {k: v for k, v in value.items() if v is not None or k in nullable}

    def read(self, field: str) -> bool:
        """Whether the snapshot held this field at all (an empty value counts as read)."""
        return field in self.model_fields_set

    def replace(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)


def _items(value: Any) -> Any:
    """CloudFront wraps lists as {"Quantity": n, "Items": [...]}; a missing list is an empty one."""
    if isinstance(value, dict):
        value = value.get("Items")
    return () if value is None else value


def _listed(value: Any) -> Any:
    """IAM allows one string where a list is meant."""
    return (value,) if isinstance(value, str) else value


def _text(value: Any) -> Any:
    return "" if value is None else str(value)


def _unwrapped(name: str) -> BeforeValidator:
    """The API nests some fields: {"Id": …, "KeyGroupConfig": {"Items": […]}}."""

    def unwrap(value: Any) -> Any:
        inner = value.get(name) if isinstance(value, dict) else None
        return {**inner, **value} if isinstance(inner, dict) else value

    return BeforeValidator(unwrap)


Texts = Annotated[tuple[str, ...], BeforeValidator(_items)]
Text = Annotated[str, BeforeValidator(_text)]


# --- CloudFront -----------------------------------------------------------------------------


class MethodSet(AwsNoun):
    @model_validator(mode="before")
    @classmethod
    def _plain_list(cls, value: Any) -> Any:
        return {"Items": value} if isinstance(value, list | tuple) else value

    items: tuple[str, ...] = ("GET", "HEAD")
    cached_methods: Texts = ("GET", "HEAD")


class TrustedSet(AwsNoun):
    """Key groups (ids) or the older trusted signers (account ids)."""

    @model_validator(mode="before")
    @classmethod
    def _plain_list(cls, value: Any) -> Any:
        plain = isinstance(value, list | tuple)
        return {"Enabled": bool(value), "Items": value} if plain else value

    enabled: bool = False
    items: Texts = ()


class FunctionAssociation(AwsNoun):
    function_arn: str = Field("", alias="FunctionARN")
    event_type: str = ""


class LambdaAssociation(AwsNoun):
    lambda_function_arn: str = Field("", alias="LambdaFunctionARN")
    event_type: str = ""


class QueryStringKeys(AwsNoun):
    query_string: bool = False
    headers: Texts = ()
    query_string_cache_keys: Texts = ()


class CacheBehavior(AwsNoun):
    """`path_pattern` is empty for the default behaviour."""

    path_pattern: str = ""
    target_origin_id: str = ""
    viewer_protocol_policy: str = "allow-all"
    allowed_methods: MethodSet = MethodSet()
    compress: bool = False
    cache_policy_id: str = ""
    origin_request_policy_id: str = ""
    response_headers_policy_id: str = ""
    trusted_signers: TrustedSet = TrustedSet()
    trusted_key_groups: TrustedSet = TrustedSet()
    lambda_function_associations: Annotated[
        tuple[LambdaAssociation, ...], BeforeValidator(_items)
    ] = ()
    function_associations: Annotated[tuple[FunctionAssociation, ...], BeforeValidator(_items)] = ()
    forwarded_values: QueryStringKeys | None = None
    min_ttl: int | None = Field(None, alias="MinTTL")
    default_ttl: int | None = Field(None, alias="DefaultTTL")
    max_ttl: int | None = Field(None, alias="MaxTTL")

    @property
    def name(self) -> str:
        return self.path_pattern or "Default (*)"


class S3OriginConfig(AwsNoun):
    origin_access_identity: Text = ""


class CustomOriginConfig(AwsNoun):
    origin_protocol_policy: str = "match-viewer"
    origin_read_timeout: int = 30
    http_port: int = Field(80, alias="HTTPPort")
    https_port: int = Field(443, alias="HTTPSPort")


class OriginShield(AwsNoun):
    enabled: bool = False


class Origin(AwsNoun):
    id: str = ""
    domain_name: str = ""
    origin_path: Text = ""
    origin_access_control_id: Text = ""
    s3_origin_config: S3OriginConfig | None = None
    custom_origin_config: CustomOriginConfig | None = None
    origin_shield: OriginShield | None = None

    @property
    def identity(self) -> str:
        """The id of the origin access identity, or an empty string."""
        value = self.s3_origin_config.origin_access_identity if self.s3_origin_config else ""
        return value.rsplit("/", 1)[-1]


class OriginGroup(AwsNoun):
    id: str = ""
    failover_criteria: dict[str, Any] = Field(default_factory=dict)
    members: Annotated[tuple[dict[str, Any], ...], BeforeValidator(_items)] = ()

    @property
    def failover_statuses(self) -> tuple[int, ...]:
        codes = _items(self.failover_criteria.get("StatusCodes", ()))
        texts = [str(code) for code in codes] if isinstance(codes, list | tuple) else []
        return tuple(int(text) for text in texts if text.isdigit())

    @property
    def member_ids(self) -> tuple[str, ...]:
        return tuple(str(member.get("OriginId", "")) for member in self.members)


class CustomErrorResponse(AwsNoun):
    error_code: int = 0
    response_page_path: Text = ""
    response_code: Text = ""
    error_caching_min_ttl: int | None = Field(None, alias="ErrorCachingMinTTL")


class GeoRestriction(AwsNoun):
    restriction_type: str = "none"
    items: Texts = ()


class Restrictions(AwsNoun):
    geo_restriction: GeoRestriction = GeoRestriction()


class DistributionConfig(AwsNoun):
    aliases: Texts = ()
    default_root_object: Text = ""
    origins: Annotated[tuple[Origin, ...], BeforeValidator(_items)] = ()
    origin_groups: Annotated[tuple[OriginGroup, ...], BeforeValidator(_items)] = ()
    default_cache_behavior: CacheBehavior = CacheBehavior()
    cache_behaviors: Annotated[tuple[CacheBehavior, ...], BeforeValidator(_items)] = ()
    custom_error_responses: Annotated[tuple[CustomErrorResponse, ...], BeforeValidator(_items)] = ()
    price_class: str = ""
    enabled: bool = True
    viewer_certificate: dict[str, Any] = Field(default_factory=dict)
    restrictions: Restrictions = Restrictions()
    web_acl_id: Text = Field("", alias="WebACLId")

    def origin(self, origin_id: str) -> Origin | None:
        return next((origin for origin in self.origins if origin.id == origin_id), None)

    def group(self, group_id: str) -> OriginGroup | None:
        return next((group for group in self.origin_groups if group.id == group_id), None)


class Distribution(AwsNoun):
    id: str
    arn: str = Field("", alias="ARN")
    status: str = "Deployed"
    domain_name: str = ""
    distribution_config: DistributionConfig = DistributionConfig()

    @property
    def config(self) -> DistributionConfig:
        return self.distribution_config

    @property
    def account_id(self) -> str:
        parts = self.arn.split(":")
        return parts[4] if len(parts) > 4 else ""  # arn:aws:cloudfront::111122223333:…


class OriginAccessControlConfig(AwsNoun):
    signing_behavior: str = "always"
    origin_access_control_origin_type: str = "s3"


class OriginAccessControl(AwsNoun):
    id: str
    origin_access_control_config: OriginAccessControlConfig = OriginAccessControlConfig()

    @property
    def signing(self) -> str:
        return self.origin_access_control_config.signing_behavior


class CloudFrontFunction(AwsNoun):
    name: str = ""
    function_arn: str = Field("", alias="FunctionARN")
    runtime: str = "cloudfront-js-2.0"
    live_code: str | None = None
    development_code: str | None = None


class PublicKey(AwsNoun):
    id: str
    encoded_key: str = ""


class KeyGroup(AwsNoun):
    id: str
    items: Texts = ()


class Invalidation(AwsNoun):
    id: str = ""
    status: str = "Completed"
    create_time: AwareDatetime | None = None
    paths: Texts = ()


class EdgeEntry(AwsNoun):
    """What a HEAD at the edge showed. `headers` and anything unusual stay in `extra`."""

    model_config = ConfigDict(extra="allow")

    path: str = ""
    status: int | None = None
    age: int | None = None
    etag: str | None = Field(None, alias="ETag")
    x_cache: Text = Field("", alias="XCache")
    expires_in: int | None = None


# --- S3 and KMS -----------------------------------------------------------------------------


class Statement(AwsNoun):
    """One statement of a resource policy, exactly as written."""

    sid: Text = ""
    effect: str = "Deny"
    principal: Any = None
    not_principal: Any = None
    action: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    not_action: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    resource: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    not_resource: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    condition: dict[str, dict[str, Any]] = Field(default_factory=dict)


def _statements(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class BucketPolicy(AwsNoun):
    version: str = ""
    statement: Annotated[tuple[Statement, ...], BeforeValidator(_statements)] = ()


def _document(value: Any) -> Any:
    """GetBucketPolicy and GetKeyPolicy answer the document as a string."""
    return json.loads(value) if isinstance(value, str) and value.strip() else value or None


PolicyDocument = Annotated[BucketPolicy | None, BeforeValidator(_document)]


class PublicAccessBlock(AwsNoun):
    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False


def _http_date(value: Any) -> str:
    """An ISO time as HTTP headers write it, or an empty string."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


class S3Object(AwsNoun):
    key: str
    size: int | None = None
    content_type: str | None = None
    content_disposition: str | None = None
    content_encoding: str | None = None
    cache_control: str | None = None
    etag: str | None = Field(None, alias="ETag")
    last_modified: AwareDatetime | None = None
    storage_class: str | None = "STANDARD"
    archive_status: str | None = None
    restore: str | None = None
    server_side_encryption: str | None = None
    ssekms_key_id: str | None = Field(None, alias="SSEKMSKeyId")
    sse_customer_algorithm: str | None = Field(None, alias="SSECustomerAlgorithm")
    owner_account_id: str | None = None
    acl: Any = None
    version_id: str | None = None
    is_latest: bool = True
    delete_marker: bool = False
    is_delete_marker: bool = False
    metadata: dict[str, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def _restore_as_heads_say_it(cls, value: Any) -> Any:
        """Listings tell of a restore by `RestoreStatus`, a HEAD by a header; one is enough."""
        told = mapping(value.get("RestoreStatus")) if isinstance(value, dict) else {}
        if not told or value.get("Restore"):
            return value
        ongoing = str(bool(told.get("IsRestoreInProgress"))).lower()
        ends = _http_date(told.get("RestoreExpiryDate"))
        expiry = f', expiry-date="{ends}"' if ends else ""
        started = ends or ongoing == "true"
        return {**value, "Restore": f'ongoing-request="{ongoing}"{expiry}' if started else None}

    @property
    def deleted(self) -> bool:
        return self.delete_marker or self.is_delete_marker


class Bucket(AwsNoun):
    name: str
    region: str = ""
    owner_account_id: str = ""
    creation_date: AwareDatetime | None = None
    policy: PolicyDocument = None
    public_access_block: PublicAccessBlock | None = None
    object_ownership: str | None = None
    versioning: Any = None
    request_payer: str | None = None
    website: dict[str, Any] | None = None
    cors: Any = None
    lifecycle: Any = None
    objects: Annotated[tuple[S3Object, ...], BeforeValidator(_items)] = ()
    multipart_uploads: Annotated[tuple[dict[str, Any], ...], BeforeValidator(_items)] = ()
    notifications: dict[str, Any] | None = None  # who is told of new objects
    missing_keys: tuple[str, ...] = ()  # a HEAD said that they do not exist
    listing_complete: bool = True  # False where the capture looked only at some prefixes


class KmsKey(AwsNoun):
    key_id: str = ""
    arn: str = ""
    key_state: str = "Enabled"
    key_manager: str = "CUSTOMER"
    policy: PolicyDocument = None


# --- the whole ------------------------------------------------------------------------------


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
    public_keys: tuple[Annotated[PublicKey, _unwrapped("PublicKeyConfig")], ...] = ()
    key_groups: tuple[Annotated[KeyGroup, _unwrapped("KeyGroupConfig")], ...] = ()
    cache_policies: tuple[dict[str, Any], ...] = ()
    origin_request_policies: tuple[dict[str, Any], ...] = ()
    response_headers_policies: tuple[dict[str, Any], ...] = ()
    web_acls: tuple[dict[str, Any], ...] = ()
    ip_sets: tuple[dict[str, Any], ...] = ()
    certificates: tuple[dict[str, Any], ...] = Field(
        (), validation_alias=AliasChoices("certificates", "acm_certificates")
    )
    invalidations: tuple[Annotated[Invalidation, _unwrapped("InvalidationBatch")], ...] = ()
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
