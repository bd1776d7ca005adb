"""Changes of what CloudFront is set to. Every write names the ETag that was read before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.aws.errors import translate

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

Shape = dict[str, Any]


class CloudFrontWriter:
    """Raises `Conflict` where an ETag is not the newest any more; nothing is written then."""

    def __init__(self, client: CloudFrontClient) -> None:
        self._client: Any = client

    # Distributions

    @translate("cloudfront")
    def distribution_config(self, distribution_id: str) -> tuple[Shape, str]:
        """The configuration as `update_distribution_config` takes it, and its ETag."""
        answer = self._client.get_distribution_config(Id=distribution_id)
        return answer["DistributionConfig"], str(answer["ETag"])

    @translate("cloudfront")
    def update_distribution_config(self, distribution_id: str, config: Shape, etag: str) -> None:
        self._client.update_distribution(
            Id=distribution_id, DistributionConfig=config, IfMatch=etag
        )

    @translate("cloudfront")
    def invalidate(self, distribution_id: str, paths: list[str], reference: str) -> str:
        """The invalidation's id. The same reference with the same paths makes no second one."""
        batch = {
            "Paths": {"Quantity": len(paths), "Items": paths},
            "CallerReference": reference,
        }
        answer = self._client.create_invalidation(
            DistributionId=distribution_id, InvalidationBatch=batch
        )
        return str(answer["Invalidation"]["Id"])

    @translate("cloudfront")
    def invalidation_status(self, distribution_id: str, invalidation_id: str) -> str:
        answer = self._client.get_invalidation(DistributionId=distribution_id, Id=invalidation_id)
        return str(answer["Invalidation"]["Status"])

    # Origin access controls

    @translate("cloudfront")
    def access_control(self, control_id: str) -> tuple[Shape, str]:
        answer = self._client.get_origin_access_control(Id=control_id)
        return answer["OriginAccessControl"]["OriginAccessControlConfig"], str(answer["ETag"])

    @translate("cloudfront")
    def update_access_control(self, control_id: str, config: Shape, etag: str) -> None:
        self._client.update_origin_access_control(
            Id=control_id, OriginAccessControlConfig=config, IfMatch=etag
        )

    @translate("cloudfront")
    def access_control_named(self, name: str) -> str:
        """Its id, '' where there is none of this name."""
        arguments: Shape = {}
        while True:
            found = self._client.list_origin_access_controls(**arguments)
            listed = found["OriginAccessControlList"]
            for item in listed.get("Items") or ():
                if item["Name"] == name:
                    return str(item["Id"])
            if not listed.get("IsTruncated"):
                return ""
            arguments["Marker"] = listed["NextMarker"]

    @translate("cloudfront")
    def create_access_control(self, config: Shape) -> str:
        answer = self._client.create_origin_access_control(OriginAccessControlConfig=config)
        return str(answer["OriginAccessControl"]["Id"])

    @translate("cloudfront")
    def delete_access_control(self, control_id: str, etag: str) -> None:
        self._client.delete_origin_access_control(Id=control_id, IfMatch=etag)

    # Functions

    @translate("cloudfront")
    def function_etag(self, name: str) -> str:
        """Of the development stage, which is the one that is edited."""
        return str(self._client.describe_function(Name=name, Stage="DEVELOPMENT")["ETag"])

    @translate("cloudfront")
    def update_function(self, name: str, code: str, etag: str) -> str:
        """Write the development stage; its new ETag, read anew where the answer leaves it out."""
        held = self._client.describe_function(Name=name, Stage="DEVELOPMENT")
        answer = self._client.update_function(
            Name=name,
            FunctionCode=code.encode(),
            FunctionConfig=held["FunctionSummary"]["FunctionConfig"],
            IfMatch=etag,
        )
        return str(answer.get("ETag") or self.function_etag(name))

    @translate("cloudfront")
    def publish_function(self, name: str, etag: str) -> None:
        """Development becomes live."""
        self._client.publish_function(Name=name, IfMatch=etag)
