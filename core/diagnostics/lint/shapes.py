"""JSON that people keep in files, put into the one shape that the rules read: a snapshot.

Recognised are saved cases, policies (bucket or identity), and what the AWS CLI prints of
distributions, event notifications, lifecycle rules and function URLs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.diagnostics.lint.fragments import bucket_of, statements_in

Shape = dict[str, Any]
_NEVER = "1970-01-01T00:00:00Z"  # a configuration has no moment, and no rule asks for one
_PARTS = frozenset(
    {"distributions", "buckets", "db_record", "db_records", "iam_policies", "lambda_urls",
     "access_keys", "origin_access_controls"}
)  # fmt: skip


def as_snapshot(value: Any) -> Shape | None:
    """The snapshot that a JSON value describes, or None where it describes none."""
    if not isinstance(value, Mapping):
        return None
    inner = value.get("snapshot")
    if isinstance(inner, Mapping):
        return as_snapshot(inner)
    if _PARTS & set(value):
        return _base(**value)
    for reader in (_policy, _distribution, _notifications, _lifecycle, _function_url):
        found = reader(value)
        if found is not None:
            return found
    return None


def _base(**parts: Any) -> Shape:
    return {"now": _NEVER, "request": {}, **parts}


def _policy(value: Mapping[str, Any]) -> Shape | None:
    document = value.get("PolicyDocument") or value.get("Policy") or value
    if isinstance(document, str):
        document = _loaded(document)
    if isinstance(document, Mapping) and isinstance(document.get("Document"), Mapping):
        document = document["Document"]
    listed = statements_in(document)
    if not listed:
        return None
    held = {"Version": "2012-10-17", "Statement": [dict(one) for one in listed]}
    name = str(value.get("PolicyName") or "this policy")
    if not any("Principal" in one or "NotPrincipal" in one for one in listed):
        return _base(iam_policies=[{"PolicyName": name, "PolicyDocument": held}])
    resources = [r for one in listed for r in _texts(one.get("Resource"))]
    bucket = bucket_of(tuple(resources))
    return _base(buckets=[{"Name": bucket, "Policy": held}]) if bucket else None


def _texts(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _distribution(value: Mapping[str, Any]) -> Shape | None:
    inner = value.get("Distribution")
    whole = inner if isinstance(inner, Mapping) else value
    config = whole.get("DistributionConfig", whole)
    if not isinstance(config, Mapping) or "Origins" not in config:
        return None
    named = {k: v for k, v in whole.items() if k in {"ARN", "DomainName", "Status"}}
    one = {"Id": str(whole.get("Id") or "this distribution"), **named,
           "DistributionConfig": dict(config)}  # fmt: skip
    return _base(distributions=[one])


def _notifications(value: Mapping[str, Any]) -> Shape | None:
    if "LambdaFunctionConfigurations" not in value:
        return None
    return _base(buckets=[{"Name": "this bucket", "Notifications": dict(value)}])


def _lifecycle(value: Mapping[str, Any]) -> Shape | None:
    listed = value.get("Rules")
    if not isinstance(listed, list) or not any(
        "Transitions" in r for r in listed if isinstance(r, dict)
    ):
        return None
    return _base(buckets=[{"Name": "this bucket", "Lifecycle": listed}])


def _function_url(value: Mapping[str, Any]) -> Shape | None:
    listed = value.get("FunctionUrlConfigs") or ([value] if "FunctionUrl" in value else None)
    return _base(lambda_urls=[dict(u) for u in listed]) if isinstance(listed, list) else None
