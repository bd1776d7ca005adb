"""A request that writes is never let through to the bucket by a repair."""

import json

import pytest

from core.diagnostics.engine import diagnose
from tests.diagnostics.worlds import behavior, case, distribution

METHODS = {"Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_no_repair_lets_whoever_reaches_the_cdn_write_to_the_bucket(method):
    open_to_all = behavior(AllowedMethods=METHODS)
    snapshot = case(method=method, distributions=[distribution(default=open_to_all)])
    report = diagnose(snapshot)
    assert report.verdict.predicted_status == 403
    offered = json.dumps([fix.model_dump(mode="json") for fix in report.fixes])
    assert "s3:PutObject" not in offered
    assert "s3:DeleteObject" not in offered
    assert not any(fix.type == "policy_patch" for fix in report.fixes)
