"""What CloudFront says of itself, in the shapes of its API: distributions and what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.aws.errors import translate
from core.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

Shape = dict[str, Any]
_CONFIG_FIELDS = (
    "Aliases", "Origins", "OriginGroups", "DefaultCacheBehavior", "CacheBehaviors",
    "CustomErrorResponses", "PriceClass", "Enabled", "ViewerCertificate", "Restrictions",
    "WebACLId",
)  # fmt: skip


class CloudFrontReader:
    """One method per read; each raises the error of the tree that fits."""

    def __init__(self, client: CloudFrontClient) -> None:
        self._client: Any = client

    def distributions(self) -> list[Shape]:
        """Every distribution, as `get_distribution` would answer it, less the root object."""
        found: list[Shape] = []
        with translate("cloudfront"):
            for page in self._client.get_paginator("list_distributions").paginate():
                found.extend(page["DistributionList"].get("Items") or [])
        return [_as_distribution(summary) for summary in found]

    def distribution(self, distribution_id: str) -> Shape:
        with translate("cloudfront"):
            answer: Shape = self._client.get_distribution(Id=distribution_id)["Distribution"]
        return {**answer, "DistributionConfig": _whole(answer["DistributionConfig"])}

    def logging(self, distribution_id: str) -> tuple[str, str] | None:
        """Bucket and prefix of the standard logs (v1); None where they are off."""
        logging = self.distribution(distribution_id)["DistributionConfig"].get("Logging") or {}
        bucket = str(logging.get("Bucket") or "").partition(".s3")[0]
        return (bucket, str(logging.get("Prefix") or "")) if logging.get("Enabled") else None

    def origin_access_control(self, control_id: str) -> Shape:
        with translate("cloudfront"):
            answer: Shape = self._client.get_origin_access_control(Id=control_id)
        found: Shape = answer["OriginAccessControl"]
        return found

    def origin_access_identity(self, identity_id: str) -> Shape:
        with translate("cloudfront"):
            answer = self._client.get_cloud_front_origin_access_identity(Id=identity_id)
        found: Shape = answer["CloudFrontOriginAccessIdentity"]
        return found

    def function_names(self) -> list[str]:
        with translate("cloudfront"):
            answer = self._client.list_functions(MaxItems="100")
        items = answer["FunctionList"].get("Items") or []
        return sorted({str(item["Name"]) for item in items})

    def function(self, name: str) -> Shape:
        """The code of both stages; a stage that does not exist has none."""
        with translate("cloudfront"):
            summary = self._client.describe_function(Name=name, Stage="DEVELOPMENT")[
                "FunctionSummary"
            ]
        return {
            "Name": name,
            "FunctionARN": summary["FunctionMetadata"]["FunctionARN"],
            "Runtime": summary["FunctionConfig"]["Runtime"],
            "LiveCode": self._code(name, "LIVE"),
            "DevelopmentCode": self._code(name, "DEVELOPMENT"),
        }

    def _code(self, name: str, stage: str) -> str | None:
        try:
            with translate("cloudfront"):
                answer = self._client.get_function(Name=name, Stage=stage)
                return str(answer["FunctionCode"].read().decode("utf-8", errors="replace"))
        except NotFound:
            return None

    def cache_policy(self, policy_id: str) -> Shape:
        with translate("cloudfront"):
            answer: Shape = self._client.get_cache_policy(Id=policy_id)["CachePolicy"]
            return answer

    def origin_request_policy(self, policy_id: str) -> Shape:
        with translate("cloudfront"):
            answer = self._client.get_origin_request_policy(Id=policy_id)
        found: Shape = answer["OriginRequestPolicy"]
        return found

    def response_headers_policy(self, policy_id: str) -> Shape:
        with translate("cloudfront"):
            answer = self._client.get_response_headers_policy(Id=policy_id)
        found: Shape = answer["ResponseHeadersPolicy"]
        return found

    def key_group(self, group_id: str) -> Shape:
        with translate("cloudfront"):
            group = self._client.get_key_group(Id=group_id)["KeyGroup"]
        return {"Id": group["Id"], "Items": list(group["KeyGroupConfig"].get("Items") or [])}

    def public_key(self, key_id: str) -> Shape:
        with translate("cloudfront"):
            key = self._client.get_public_key(Id=key_id)["PublicKey"]
        return {"Id": key["Id"], "EncodedKey": key["PublicKeyConfig"]["EncodedKey"]}

    def invalidations(self, distribution_id: str, limit: int = 10) -> list[Shape]:
        """The newest ones, each with its paths."""
        with translate("cloudfront"):
            answer = self._client.list_invalidations(
                DistributionId=distribution_id, MaxItems=str(limit)
            )
            items = answer["InvalidationList"].get("Items") or []
            return [self._invalidation(distribution_id, str(item["Id"])) for item in items]

    def _invalidation(self, distribution_id: str, invalidation_id: str) -> Shape:
        found = self._client.get_invalidation(DistributionId=distribution_id, Id=invalidation_id)
        one = found["Invalidation"]
        return {
            "Id": one["Id"], "Status": one["Status"], "CreateTime": one["CreateTime"],
            "Paths": one["InvalidationBatch"]["Paths"],
        }  # fmt: skip


def _as_distribution(summary: Shape) -> Shape:
    config = {name: summary[name] for name in _CONFIG_FIELDS if name in summary}
    kept = {name: summary[name] for name in ("Id", "ARN", "Status", "DomainName")}
    return {**kept, "DistributionConfig": _whole(config)}


# AWS answers these also where nothing is set; stand-ins leave them out. They were read: empty.
_NONE: Shape = {"Quantity": 0}
_EMPTY_CONFIG: Shape = {
    "Aliases": _NONE, "CacheBehaviors": _NONE, "CustomErrorResponses": _NONE, "OriginGroups": _NONE,
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", **_NONE}}, "WebACLId": "",
}  # fmt: skip
_EMPTY_BEHAVIOR: Shape = {
    "TrustedSigners": {"Enabled": False, **_NONE}, "TrustedKeyGroups": {"Enabled": False, **_NONE},
    "FunctionAssociations": _NONE, "LambdaFunctionAssociations": _NONE,
}  # fmt: skip


def _whole(config: Shape) -> Shape:
    """The settings that this answer left out are set to nothing."""
    found = {**_EMPTY_CONFIG, **config}
    found["DefaultCacheBehavior"] = {**_EMPTY_BEHAVIOR, **found["DefaultCacheBehavior"]}
    items = [{**_EMPTY_BEHAVIOR, **one} for one in found["CacheBehaviors"].get("Items") or ()]
    if items:
        found["CacheBehaviors"] = {**found["CacheBehaviors"], "Items": items}
    return found
