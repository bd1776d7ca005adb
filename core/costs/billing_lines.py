"""Which line and region of the price sheet a billed usage type belongs to.

The key is service + usage type + operation, matched in full after the region's prefix. What is
not in the tables is unknown, and listed as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.costs.offer_lines import CLOUDFRONT, DEEP_ARCHIVE, S3, TRANSFER, offer_lines
from core.model.pricing import ANY_REGION, GLOBAL, PriceSheet

_CODES = {
    "Amazon Simple Storage Service": S3,
    "Amazon S3 Glacier Deep Archive": DEEP_ARCHIVE,
    "Amazon Glacier": S3,
    "AmazonGlacier": S3,
    "AWS Data Transfer": TRANSFER,
    "Amazon CloudFront": CLOUDFRONT,
    "AWS Key Management Service": "awskms",
    "Amazon DynamoDB": "AmazonDynamoDB",
    "AWS Lambda": "AWSLambda",
    "AmazonCloudWatch": "AmazonCloudWatch",
    "Amazon CloudWatch": "AmazonCloudWatch",
    "AWS Cost Explorer": "AWSCostExplorer",
    "Amazon Athena": "AmazonAthena",
}
_STORAGE_FAMILY = (S3, DEEP_ARCHIVE, TRANSFER)
_EARLY_DELETE = {
    "SIA": "STANDARD_IA", "ZIA": "ONEZONE_IA", "GIR": "GLACIER_IR", "GDA": "DEEP_ARCHIVE",
    "ByteHrs": "GLACIER",
}  # fmt: skip
_OTHERS = {
    ("awskms", "KMS-Requests"): "kms.request",
    ("awskms", "KMS-Keys"): "kms.key",
    ("AmazonDynamoDB", "WriteRequestUnits"): "ddb.wru",
    ("AmazonDynamoDB", "ReadRequestUnits"): "ddb.rru",
    ("AmazonDynamoDB", "TimedStorage-ByteHrs"): "ddb.storage",
    ("AmazonDynamoDB", "TimedPITRStorage-ByteHrs"): "ddb.pitr",
    ("AWSLambda", "Request"): "lambda.request",
    ("AWSLambda", "Request-ARM"): "lambda.request",
    ("AWSLambda", "Lambda-GB-Second"): "lambda.duration.x86",
    ("AWSLambda", "Lambda-GB-Second-ARM"): "lambda.duration.arm",
    ("AmazonCloudWatch", "DataProcessing-Bytes"): "cw.logs.ingest",
    ("AmazonCloudWatch", "TimedStorage-ByteHrs"): "cw.logs.storage",
    ("AmazonCloudWatch", "CW:MetricMonitorUsage"): "cw.metric",
    ("AmazonCloudWatch", "CW:AlarmMonitorUsage"): "cw.alarm",
    ("AmazonCloudWatch", "CW:HighResAlarmMonitorUsage"): "cw.alarm_hires",
    ("AmazonCloudWatch", "CW:GMD-Metrics"): "cw.get_metric_data",
    ("AmazonCloudWatch", "DashboardsUsageHour"): "cw.dashboard",
    ("AmazonAthena", "DataScannedInTB"): "athena.scanned",
    ("AWSCostExplorer", "APIRequest"): "ce.api_request",
}
_SIZES = {
    "gb-mo": 1, "gb-month": 1, "gb-months": 1, "gigabyte-month": 1, "gb": 1, "gigabyte": 1,
    "gigabytes": 1, "gib": 1, "tb": 1024, "terabytes": 1024,
}  # fmt: skip
_COUNTS = (
    "requests", "request", "api requests", "api calls", "count", "counts", "objects", "object",
    "urls", "url", "invocations", "quantity", "paths", "keys", "key-month", "metrics", "alarms",
    "lambda-gb-second", "gb-seconds", "gb-second", "second", "seconds", "lines",
    "writerequestunits", "readrequestunits", "transitions", "tags", "tag-mo", "obj-month",
    "metricmonitorusage", "alarmmonitorusage",
)  # fmt: skip


_PADDING = "-SmObjects"
_NEAR = (("us-east-1", "USE2-AWS-Out-Bytes"), ("us-east-2", "USE1-AWS-Out-Bytes"))
_NOT_KNOWN = "the usage type is not known"
_NEEDS_OPERATION = "the price depends on the operation, which the source does not tell"


@dataclass(frozen=True)
class Place:
    line: str
    region: str


@dataclass(frozen=True)
class Unknown:
    reason: str


class BillingLines:
    """Looks up many charges; the tables are made once from the sheet."""

    def __init__(self, sheet: PriceSheet) -> None:
        self._offers, self._sheet = offer_lines(sheet), sheet
        self._prefixes = sorted(
            [(prefix, region) for region, prefix in sheet.region_prefixes.items()]
            + [(f"{region}-", region) for region in sheet.region_prefixes]
            + [("USE1-", "us-east-1")],  # some services do write it
            key=lambda one: -len(one[0]),
        )
        keys = self._offers.keys
        self._by_operation = {usage for _, usage, operation in keys if operation}

    def place(self, service: str, usage_type: str, operation: str) -> Place | Unknown:
        code = _CODES.get(service, service)
        if code == CLOUDFRONT:
            found = self._offers.at_edge(usage_type)
            return Place(*found) if found else Unknown(_NOT_KNOWN)
        reason = _NOT_KNOWN
        for prefix, region in self._prefixes:
            if not usage_type.startswith(prefix):
                continue
            usage = usage_type.removeprefix(prefix)
            line = self._line(code, usage, operation)
            if line:
                near = (region, usage) in _NEAR and line == "s3.transfer.other_region"
                line = "s3.transfer.use1_use2" if near else line
                return Place(line, self._priced_in(line, region))
            if code in _STORAGE_FAMILY and usage in self._by_operation:
                reason = _NEEDS_OPERATION
        return Unknown(reason)

    def _line(self, code: str, usage: str, operation: str) -> str | None:
        if code not in _STORAGE_FAMILY:
            return _OTHERS.get((code, usage))
        if usage == "DataTransfer-In-Bytes":
            return "s3.transfer.in"
        if usage.endswith("-AWS-Out-Bytes"):
            return "s3.transfer.other_region"
        if usage.endswith(_PADDING):  # what small objects are billed beyond their bytes
            usage = f"{usage.removesuffix(_PADDING)}-ByteHrs"
        if usage.startswith("EarlyDelete-"):
            stored = _EARLY_DELETE.get(usage.removeprefix("EarlyDelete-").removesuffix("-ByteHrs"))
            return f"s3.early_delete.{stored}" if stored else None
        found = (self._offers.line(offer, usage, operation) for offer in _STORAGE_FAMILY)
        return next(filter(None, found), None)

    def _priced_in(self, line: str, region: str) -> str:
        """Some prices hold everywhere; the sheet has them once."""
        places = (region, GLOBAL, ANY_REGION)
        return next((one for one in places if (line, one) in self._sheet.by_place), region)


def rate_of(line: str) -> str:
    """The line whose price this one pays: an early delete pays the storage of its class."""
    return line.replace("s3.early_delete.", "s3.storage.")


def in_sheet_units(quantity: Decimal, unit: str, sheet_unit: str) -> Decimal | None:
    """A billed quantity in the line's own unit; None where the unit is not one of its kind."""
    word = unit.strip().lower()
    if not word:
        return quantity
    if sheet_unit.startswith("TB"):
        return quantity if word in ("tb", "terabytes", "terabyte") else None
    if sheet_unit.startswith("GB") and not sheet_unit.startswith("GB-second"):
        return quantity * _SIZES[word] if word in _SIZES else None
    return quantity if word in _COUNTS else None
