"""S3 Inventory configurations in the emulator, as AWS answers them."""

import pytest
from botocore.exceptions import ClientError

from core.aws.bucket_usage import BucketUsage

pytestmark = pytest.mark.emulator


def configured(name, *, prefix=""):
    place = {"Bucket": "arn:aws:s3:::reports-of-inventories", "Format": "CSV"}
    return {
        "Id": name,
        "IsEnabled": True,
        "IncludedObjectVersions": "Current",
        "Schedule": {"Frequency": "Daily"},
        "Destination": {"S3BucketDestination": place | ({"Prefix": prefix} if prefix else {})},
    }


@pytest.fixture
def s3(emulator):
    client = emulator.root_clients().s3
    client.create_bucket(Bucket="with-inventories")
    yield client
    client.delete_bucket(Bucket="with-inventories")


def put(s3, name, **more):
    s3.put_bucket_inventory_configuration(
        Bucket="with-inventories", Id=name, InventoryConfiguration=configured(name, **more)
    )


def test_configurations_are_listed_read_and_removed(s3):
    assert BucketUsage(s3, "with-inventories").inventories() == ()
    put(s3, "all", prefix="daily")
    put(s3, "second")
    found = BucketUsage(s3, "with-inventories").inventories()
    assert found == (
        ("reports-of-inventories", "daily/with-inventories/all/"),
        ("reports-of-inventories", "with-inventories/second/"),
    )
    one = s3.get_bucket_inventory_configuration(Bucket="with-inventories", Id="all")
    assert one["InventoryConfiguration"]["Schedule"] == {"Frequency": "Daily"}
    s3.delete_bucket_inventory_configuration(Bucket="with-inventories", Id="all")
    with pytest.raises(ClientError, match="NoSuchConfiguration"):
        s3.get_bucket_inventory_configuration(Bucket="with-inventories", Id="all")
    s3.delete_bucket_inventory_configuration(Bucket="with-inventories", Id="second")


def test_a_bucket_that_is_not_there_has_none(emulator):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        emulator.root_clients().s3.list_bucket_inventory_configurations(Bucket="never-made")


def test_who_may_not_see_them_is_refused(s3, emulator):
    put(s3, "all")
    with pytest.raises(ClientError, match="AccessDenied"):
        emulator.clients().s3.list_bucket_inventory_configurations(Bucket="with-inventories")
    emulator.let_diagnose("with-inventories")
    found = emulator.clients().s3.list_bucket_inventory_configurations(Bucket="with-inventories")
    assert [one["Id"] for one in found["InventoryConfigurationList"]] == ["all"]
