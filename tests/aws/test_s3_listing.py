"""Whole buckets are listed once and completely, however their keys are laid out."""

from collections import Counter

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.s3_listing import BucketLister
from core.errors import DashboardError


@pytest.fixture
def clients():
    with mock_aws():
        made = AwsClients("us-east-1", None, "AKIATEST", "secret")
        made.s3.create_bucket(Bucket="held")
        yield made


LAYOUTS = {
    "flat": [f"k{i:04}" for i in range(60)],
    "folders": [f"{i % 20}/x{i}" for i in range(60)] + ["top.jpg", "3/"],
    "one deep folder": [f"a/b/c/{i % 3}/x{i}" for i in range(60)] + ["a/", "a/b/beside", "/lead"],
    "odd names": [f"users/ü {i}%20+/n\n{i}" for i in range(60)],
    "few": ["one"], "none": [],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_object_comes_once(clients, layout, monkeypatch):
    monkeypatch.setattr("core.aws.s3_listing._PAGE", 10)
    monkeypatch.setattr("core.aws.s3_listing._MOST", 40)
    for key in LAYOUTS[layout]:
        clients.s3.put_object(Bucket="held", Key=key, Body=b"x")
    found = [entry for page in BucketLister(clients.s3).pages("held") for entry in page]
    assert Counter(entry[0] for entry in found) == Counter(LAYOUTS[layout])
    assert all(entry[1] == "1" and entry[3] == "STANDARD" for entry in found)


def test_a_bucket_that_is_not_there_is_an_error(clients):
    with pytest.raises(DashboardError):
        list(BucketLister(clients.s3).pages("nowhere-at-all"))
