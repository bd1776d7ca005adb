"""Archived objects: their bytes need a restore, their headers don't."""

import pytest
from worlds import bucket, case, thing

from core.diagnostics.engine import diagnose

STORED = [bucket("acme-media-prod", thing("avatars/u1.jpg", StorageClass="GLACIER"))]


@pytest.mark.parametrize(("method", "status"), [("GET", 403), ("HEAD", 200)])
def test_only_a_read_of_the_bytes_is_refused(method, status):
    verdict = diagnose(case(buckets=STORED, method=method)).verdict
    assert (verdict.predicted_status, verdict.primary_cause) == (status, "object-archived")
