"""The app's key can do what the app does, and nothing else: the template's policies at work."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.emulator

PREFIXES = ["incoming", "media", "originals", "avatars", "progress-photos"]


@pytest.fixture
def app(emulator):
    return emulator.clients()


@pytest.fixture
def bucket(emulator):
    return emulator.stack.media_bucket


@pytest.fixture(scope="module")
def foreign(emulator):
    """Another team's bucket with an object."""
    name = f"foreign-{uuid.uuid4().hex[:8]}"
    s3 = emulator.root_clients().s3
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="media/secret.txt", Body=b"secret")
    return name


def refused(call, *args, **kwargs):
    with pytest.raises(ClientError) as error:
        call(*args, **kwargs)
    code = error.value.response["Error"]["Code"]
    return code in {"AccessDenied", "AccessDeniedException", "403"}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_app_stores_reads_and_deletes_where_it_keeps_things(app, bucket, prefix):
    key = {"Bucket": bucket, "Key": f"{prefix}/rights.txt"}

    version = app.s3.put_object(**key, Body=b"x")["VersionId"]
    app.s3.get_object(**key, VersionId=version)
    app.s3.delete_object(**key)
    app.s3.delete_object(**key, VersionId=version)


def test_the_app_shows_and_erases_old_progress_photos_but_writes_none(app, emulator, bucket):
    key = {"Bucket": bucket, "Key": "users/u1/progress-photos/old.jpg"}
    version = emulator.root_clients().s3.put_object(**key, Body=b"x")["VersionId"]
    assert app.s3.get_object(**key)["Body"].read() == b"x"
    app.s3.delete_object(**key, VersionId=version)
    assert refused(app.s3.put_object, **key, Body=b"x")
    letter = {"Bucket": bucket, "Key": "users/u1/letters/a.txt"}
    emulator.root_clients().s3.put_object(**letter, Body=b"x")
    assert refused(app.s3.delete_object, **letter)


@pytest.mark.parametrize("target", ["media", "originals"])
def test_the_app_moves_an_upload_to_its_place(app, bucket, target):
    app.s3.put_object(Bucket=bucket, Key="incoming/move", Body=b"x")

    app.s3.copy_object(
        Bucket=bucket,
        Key=f"{target}/moved",
        CopySource={"Bucket": bucket, "Key": "incoming/move"},
        MetadataDirective="REPLACE",
    )


def test_the_app_handles_uploads_in_parts(app, bucket):
    key = {"Bucket": bucket, "Key": "incoming/parts"}
    upload = app.s3.create_multipart_upload(**key)["UploadId"]

    app.s3.upload_part(**key, UploadId=upload, PartNumber=1, Body=b"x")
    assert app.s3.list_parts(**key, UploadId=upload)["Parts"]
    assert app.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    app.s3.abort_multipart_upload(**key, UploadId=upload)


def test_the_app_lists_its_bucket_and_its_versions(app, bucket):
    app.s3.list_objects_v2(Bucket=bucket)
    app.s3.list_object_versions(Bucket=bucket)


def test_the_app_deletes_many_objects_at_once(app, bucket):
    app.s3.put_object(Bucket=bucket, Key="media/many", Body=b"x")

    answer = app.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "media/many"}]})

    assert "Errors" not in answer


def test_the_app_keeps_records(app, emulator):
    table = emulator.stack.records_table
    key = {"PK": {"S": "rights"}, "SK": {"S": "1"}}
    app.dynamodb.put_item(TableName=table, Item=key)
    app.dynamodb.get_item(TableName=table, Key=key)
    app.dynamodb.query(
        TableName=table,
        IndexName="by_parent",
        KeyConditionExpression="GSI1PK = :p",
        ExpressionAttributeValues={":p": {"S": "x"}},
    )
    app.dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": table, "Item": {**key, "SK": {"S": "2"}}}},
            {
                "ConditionCheck": {
                    "TableName": table,
                    "Key": key,
                    "ConditionExpression": "attribute_exists(PK)",
                }
            },
        ]
    )
    app.dynamodb.batch_write_item(
        RequestItems={table: [{"DeleteRequest": {"Key": {**key, "SK": {"S": "2"}}}}]}
    )
    app.dynamodb.scan(TableName=table, Segment=0, TotalSegments=2)
    app.dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
    )
    app.dynamodb.delete_item(TableName=table, Key=key)


def test_the_app_refreshes_its_distribution(app, emulator):
    distribution = emulator.stack.distribution_id

    made = app.cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": 1, "Items": ["/media/rights"]},
            "CallerReference": uuid.uuid4().hex,
        },
    )["Invalidation"]

    app.cloudfront.get_invalidation(DistributionId=distribution, Id=made["Id"])
    app.cloudfront.list_invalidations(DistributionId=distribution)


def test_the_doctor_reads_every_distribution_and_what_it_refers_to(app, emulator):
    cloudfront = app.cloudfront
    config = cloudfront.get_distribution_config(Id=emulator.stack.distribution_id)
    behavior = config["DistributionConfig"]["DefaultCacheBehavior"]
    origin = config["DistributionConfig"]["Origins"]["Items"][0]

    cloudfront.list_distributions()
    cloudfront.get_cache_policy(Id=behavior["CachePolicyId"])
    cloudfront.get_response_headers_policy(Id=behavior["ResponseHeadersPolicyId"])
    cloudfront.get_origin_access_control(Id=origin["OriginAccessControlId"])
    cloudfront.list_origin_access_controls()
    cloudfront.list_cloud_front_origin_access_identities()


@pytest.mark.parametrize(
    "read",
    [
        "get_bucket_policy",
        "get_public_access_block",
        "get_bucket_ownership_controls",
        "get_bucket_encryption",
        "get_bucket_lifecycle_configuration",
        "get_bucket_versioning",
        "get_bucket_cors",
        "get_bucket_location",
    ],
)
def test_the_doctor_reads_a_buckets_configuration(app, bucket, read):
    getattr(app.s3, read)(Bucket=bucket)


def test_the_doctor_reads_the_configuration_of_other_buckets_too(app, foreign):
    app.s3.get_bucket_location(Bucket=foreign)


def test_a_foreign_buckets_objects_stay_closed(app, foreign):
    key = {"Bucket": foreign, "Key": "media/secret.txt"}

    assert refused(app.s3.get_object, **key)
    assert refused(app.s3.head_object, **key)
    assert refused(app.s3.list_objects_v2, Bucket=foreign)
    assert refused(app.s3.put_object, **key, Body=b"x")
    assert refused(app.s3.delete_object, **key)


def test_an_admin_can_open_one_more_bucket_for_diagnosis(app, emulator):
    name = f"opened-{uuid.uuid4().hex[:8]}"
    root = emulator.root_clients().s3
    root.create_bucket(Bucket=name)
    root.put_object(Bucket=name, Key="a", Body=b"x")

    emulator.let_diagnose(name)

    app.s3.head_object(Bucket=name, Key="a")
    assert refused(app.s3.put_object, Bucket=name, Key="a", Body=b"y")


@pytest.mark.parametrize("key", ["elsewhere/a.txt", "a.txt", "users/u1/a.txt"])
def test_the_app_stores_nothing_outside_its_prefixes(app, bucket, key):
    assert refused(app.s3.put_object, Bucket=bucket, Key=key, Body=b"x")


def test_the_app_can_t_change_what_protects_the_bucket(app, bucket):
    assert refused(app.s3.delete_bucket, Bucket=bucket)
    assert refused(app.s3.delete_bucket_policy, Bucket=bucket)
    assert refused(app.s3.put_bucket_policy, Bucket=bucket, Policy="{}")
    assert refused(app.s3.delete_public_access_block, Bucket=bucket)
    assert refused(
        app.s3.put_bucket_versioning,
        Bucket=bucket,
        VersioningConfiguration={"Status": "Suspended"},
    )
    assert refused(app.s3.create_bucket, Bucket="one-more-bucket")


def test_the_app_can_t_change_distributions_tables_or_rights(app, emulator):
    stack = emulator.stack
    config = app.cloudfront.get_distribution_config(Id=stack.distribution_id)

    assert refused(
        app.cloudfront.update_distribution,
        Id=stack.distribution_id,
        IfMatch=config["ETag"],
        DistributionConfig=config["DistributionConfig"],
    )
    assert refused(app.dynamodb.delete_table, TableName=stack.records_table)
    assert refused(app.dynamodb.scan, TableName="of-another-app")
    assert refused(app.iam.list_users)
    assert refused(app.iam.create_access_key, UserName="dashboard")
    assert refused(
        app.iam.attach_user_policy,
        UserName="dashboard",
        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
    )
