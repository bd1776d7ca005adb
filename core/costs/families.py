"""Lines that can be compared with each other: one unit, several regions or classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from core.costs.line_names import NAMES, worded
from core.model.months import MonthLine
from core.model.pricing import plain

_STORED = re.compile(r"s3\.storage\.\w+")
_REQUESTS = re.compile(r"s3\.req\.\w+\.(tier\d)")
_SERVICES = {
    "s3": "Amazon S3",
    "cf": "Amazon CloudFront",
    "kms": "AWS KMS",
    "ddb": "Amazon DynamoDB",
    "lambda": "AWS Lambda",
    "cw": "Amazon CloudWatch",
    "ce": "AWS Cost Explorer",
    "athena": "Amazon Athena",
    "budgets": "AWS Budgets",
}


# Product codes of billing exports, which Cost Explorer calls by their names.
_CODES = {
    "AmazonS3": "Amazon S3", "AmazonCloudFront": "Amazon CloudFront", "awskms": "AWS KMS",
    "AmazonDynamoDB": "Amazon DynamoDB", "AWSLambda": "AWS Lambda",
    "AmazonCloudWatch": "Amazon CloudWatch", "AWSCostExplorer": "AWS Cost Explorer",
    "AmazonAthena": "Amazon Athena", "Amazon Simple Storage Service": "Amazon S3",
    "AWS Key Management Service": "AWS KMS",
}  # fmt: skip


def billed_service(service: str) -> str:
    """One name of a service for its usage, its tax and its credits, whoever bills them."""
    return _CODES.get(service, service)


def family_of(line: str) -> str:
    if _STORED.fullmatch(line):
        return "s3.storage"
    request = _REQUESTS.fullmatch(line)
    return f"s3.req.{request[1]}" if request else line


def name_of(line: str) -> str:
    """The line as people read it: its family's name, with the class where it has one."""
    family = family_of(line)
    if family == line:
        return worded(line)
    return f"{worded(family)} ({line.split('.')[2]})"


def family_name(family: str, lines: Sequence[MonthLine]) -> str:
    return NAMES.get(family) or (lines[0].name if lines else family)


def service_of(line: str) -> str:
    return _SERVICES.get(line.partition(".")[0], line.partition(".")[0])


def unit_word(unit: str) -> str:
    """`GB-month (GiB)` is `GB-month`, `request PUT/COPY/POST/LIST` is `requests`."""
    word = unit.split(" (", maxsplit=1)[0].split(",", maxsplit=1)[0].split(" ", maxsplit=1)[0]
    return word if word.startswith(("GB", "TB")) or not word else f"{word.rstrip('s')}s"


def rounded(value: Decimal) -> str:
    """A quantity as a person reads it: three or four digits are enough."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return plain(value.quantize(Decimal("0.01")).normalize())
