"""What people call the lines of the price sheet, whose own names are codes."""

from __future__ import annotations

import re

NAMES = {
    "s3.storage": "S3 storage",
    "s3.req.tier1": "S3 PUT and LIST requests",
    "s3.req.tier2": "S3 GET requests",
    "s3.req.DELETE_CANCEL": "S3 DELETE requests",
    "s3.transfer.internet_out": "S3 transfer to the internet",
    "s3.transfer.to_cloudfront": "S3 transfer to CloudFront",
    "s3.transfer.in": "S3 transfer in",
    "s3.transfer.other_region": "S3 transfer to another region",
    "s3.transfer.use1_use2": "S3 transfer between us-east-1 and us-east-2",
    "s3.accel.other_edges": "S3 Transfer Acceleration, other edges",
    "s3.accel.us_eu_jp_edges": "S3 Transfer Acceleration, edges of US, EU and JP",
    "s3.monitoring.INT": "Intelligent-Tiering monitoring",
    "s3.analytics": "S3 storage class analysis",
    "s3.batch.job": "S3 Batch Operations jobs",
    "s3.batch.object": "S3 Batch Operations objects",
    "s3.express.get": "S3 Express GET requests",
    "s3.express.put": "S3 Express PUT requests",
    "s3.express.retrieval": "S3 Express data read",
    "s3.express.upload": "S3 Express data written",
    "s3.inventory": "S3 Inventory",
    "s3.metadata": "S3 Metadata",
    "s3.provisioned_retrieval_capacity": "S3 Glacier provisioned capacity",
    "s3.rtc": "S3 Replication Time Control",
    "s3.select.returned": "S3 Select data returned",
    "s3.select.scanned": "S3 Select data scanned",
    "s3.storage_lens_advanced": "S3 Storage Lens, advanced",
    "s3.tags": "S3 object tags",
    "cf.dto": "CloudFront data out",
    "cf.dto_origin": "CloudFront data to the origin",
    "cf.http": "CloudFront HTTP requests",
    "cf.https": "CloudFront HTTPS requests",
    "cf.functions": "CloudFront Functions",
    "cf.invalidation": "invalidations",
    "cf.origin_shield": "Origin Shield requests",
    "cf.dedicated_ip_ssl": "CloudFront dedicated IP certificates",
    "cf.fle": "CloudFront field-level encryption requests",
    "cf.realtime_log": "CloudFront real-time log lines",
    "kms.request": "KMS requests",
    "kms.request_asymmetric": "KMS asymmetric requests",
    "kms.key": "KMS keys",
    "lambda.request": "Lambda requests",
    "lambda.duration.arm": "Lambda duration (Arm)",
    "lambda.duration.x86": "Lambda duration (x86)",
    "lambda.ephemeral": "Lambda ephemeral storage",
    "ddb.wru": "DynamoDB writes",
    "ddb.rru": "DynamoDB reads",
    "ddb.storage": "DynamoDB storage",
    "ddb.backup": "DynamoDB backups",
    "ddb.pitr": "DynamoDB point-in-time recovery",
    "ddb.restore": "DynamoDB restores",
    "ddb.streams_read": "DynamoDB Streams reads",
    "ce.api_request": "Cost Explorer requests",
    "athena.scanned": "Athena scans",
    "budgets.day": "AWS Budgets",
    "cw.get_metric_data": "CloudWatch metrics read",
    "cw.metric": "CloudWatch metrics kept",
    "cw.alarm": "CloudWatch alarms",
    "cw.alarm_hires": "CloudWatch high-resolution alarms",
    "cw.dashboard": "CloudWatch dashboards",
    "cw.logs.ingest": "CloudWatch logs taken in",
    "cw.logs.storage": "CloudWatch logs kept",
}
_PATTERNS = (
    (re.compile(r"s3\.retrieval\.(\w+)"), r"S3 retrieval (\1)"),
    (re.compile(r"s3\.retrieval\.(\w+)\.(\w+)"), r"S3 retrieval, \2 (\1)"),
    (re.compile(r"s3\.retrieval_req\.(\w+)\.(\w+)"), r"S3 restore requests, \2 (\1)"),
    (re.compile(r"s3\.lifecycle_in\.(\w+)"), r"S3 transitions (\1)"),
    (re.compile(r"s3\.early_delete\.(\w+)"), r"S3 early deletes (\1)"),
    (re.compile(r"cf\.plan\.([\w-]+)"), r"CloudFront plan \1"),
)


def worded(line: str) -> str:
    """The words for a line or a family of lines; itself where there are none."""
    if line in NAMES:
        return NAMES[line]
    found = ((pattern.fullmatch(line), words) for pattern, words in _PATTERNS)
    return next((match.expand(words) for match, words in found if match), line)
