"""CloudFront as its API describes it: distributions, behaviours, origins, functions, keys."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from core.model.aws_noun import AwsNoun, Text, Texts, items_of


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
        tuple[LambdaAssociation, ...], BeforeValidator(items_of)
    ] = ()
    function_associations: Annotated[
        tuple[FunctionAssociation, ...], BeforeValidator(items_of)
    ] = ()
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
    members: Annotated[tuple[dict[str, Any], ...], BeforeValidator(items_of)] = ()

    @property
    def failover_statuses(self) -> tuple[int, ...]:
        codes = items_of(self.failover_criteria.get("StatusCodes", ()))
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
    origins: Annotated[tuple[Origin, ...], BeforeValidator(items_of)] = ()
    origin_groups: Annotated[tuple[OriginGroup, ...], BeforeValidator(items_of)] = ()
    default_cache_behavior: CacheBehavior = CacheBehavior()
    cache_behaviors: Annotated[tuple[CacheBehavior, ...], BeforeValidator(items_of)] = ()
    custom_error_responses: Annotated[
        tuple[CustomErrorResponse, ...], BeforeValidator(items_of)
    ] = ()
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
