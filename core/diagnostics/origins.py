"""What an origin's domain name says: S3 REST, S3 website, another distribution, anything else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

_REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
_END = r"\.amazonaws\.com(?:\.cn)?$"
_WEBSITE = re.compile(rf"^(?P<bucket>.+)\.s3-website[.-](?P<region>{_REGION}){_END}")
_VIRTUAL = re.compile(
    rf"^(?P<bucket>.+)\.(?:s3|s3-fips)(?:\.dualstack)?(?:[.-](?P<region>{_REGION}))?{_END}"
)
_ACCELERATE = re.compile(rf"^(?P<bucket>.+)\.s3-accelerate(?:\.dualstack)?{_END}")
_PATH_STYLE = re.compile(rf"^(?:s3|s3-fips)(?:\.dualstack)?(?:[.-](?P<region>{_REGION}))?{_END}")

_EXTERNAL = ".s3-external-1.amazonaws.com"  # an older name of us-east-1

Kind = Literal["rest", "website", "path-style", "cloudfront", "custom"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`region` is empty for the global S3 endpoint; `bucket` only where the name holds it."""

    kind: Kind
    bucket: str = ""
    region: str = ""
    accelerated: bool = False

    @property
    def is_global(self) -> bool:
        return self.kind == "rest" and not self.region and not self.accelerated

    def is_late(self, region: str) -> bool:
        """Whether the global name can't lead to a bucket there: it answers 400."""
        return self.is_global and bool(region) and region not in _BEFORE_2019

    def is_young(self, region: str, created: datetime | None, now: datetime) -> bool:
        """Whether the global name does not know the bucket yet: it answers 307 for a day."""
        fresh = created is not None and now - created < timedelta(hours=24)
        return self.is_global and fresh and region != "us-east-1"


# Regions that opened before 20 March 2019: only their buckets are behind the global S3 name.
_BEFORE_2019 = frozenset(
    {
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1",
        "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1", "ap-south-1",
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2",
        "us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1",
    }
)  # fmt: skip


def endpoint_of(domain: str) -> Endpoint:
    """Classify a host name by its form alone."""
    name = domain.lower().rstrip(".")
    if name.endswith(".cloudfront.net"):
        return Endpoint("cloudfront")
    if found := _WEBSITE.match(name):
        return Endpoint("website", found["bucket"], found["region"])
    if found := _PATH_STYLE.match(name):
        return Endpoint("path-style", "", found["region"] or "us-east-1")
    return _with_bucket(name) or Endpoint("custom")


def _with_bucket(name: str) -> Endpoint | None:
    if found := _ACCELERATE.match(name):
        return Endpoint("rest", found["bucket"], accelerated=True)
    if name.endswith(_EXTERNAL):
        return Endpoint("rest", name.removesuffix(_EXTERNAL), "us-east-1")
    found = _VIRTUAL.match(name)
    return Endpoint("rest", found["bucket"], found["region"] or "") if found else None


def is_s3(domain: str) -> bool:
    return endpoint_of(domain).kind in {"rest", "website", "path-style"}


# Opt-in Regions that opened after December 2022: an origin access identity does not work there.
REGIONS_WITHOUT_OAI = frozenset(
    {
        "ap-east-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
        "ca-west-1", "il-central-1", "mx-central-1",
    }
)  # fmt: skip


def partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
