"""Lifecycle rules as S3 takes them: a new one beside those that are there.

S3 replaces all rules of a bucket at once, so a change that forgot the others would delete them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.model.waste import ApiCall, BucketRules

Rule = Mapping[str, Any]
UNREAD_RULES = (
    "the bucket's rules could not be read: this call would replace them, so add them to it first"
)


def put_rule(bucket: str, rule: Rule, known: Sequence[BucketRules]) -> tuple[ApiCall, bool]:
    """The call, and whether it holds the rules that are there."""
    found = next((one.rules for one in known if one.bucket == bucket), None)
    others = [one for one in found or () if one.get("ID") != rule["ID"]]
    parameters = {
        "Bucket": bucket,
        "LifecycleConfiguration": {"Rules": [*map(dict, others), dict(rule)]},
    }
    call = ApiCall(service="s3", operation="PutBucketLifecycleConfiguration", parameters=parameters)
    return call, found is not None


def abort_rule(days: int = 7) -> Rule:
    body = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days}}
    return _rule("abort-incomplete-uploads", "", body)


def expire_versions_rule(days: int = 30) -> Rule:
    body = {
        "NoncurrentVersionExpiration": {"NoncurrentDays": days},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    return _rule("expire-noncurrent-versions", "", body)


def _rule(name: str, prefix: str, body: Rule) -> Rule:
    return {"ID": name, "Status": "Enabled", "Filter": {"Prefix": prefix}, **body}


def has_rule(rules: BucketRules | None, field: str) -> bool | None:
    """Whether an enabled rule of the whole bucket does this; None where nobody knows."""
    if rules is None or rules.rules is None:
        return None
    return any(
        rule.get("Status") == "Enabled" and field in rule and not _prefix(rule)
        for rule in rules.rules
    )


def _prefix(rule: Rule) -> str:
    """What the rule is limited to; a filter of tags or sizes counts as a limit too."""
    chosen = rule.get("Filter") or {}
    return str(rule.get("Prefix") or chosen.get("Prefix") or (set(chosen) - {"Prefix"} or ""))
