"""Each kind of write on a real API: done, read back, undone, and refused where something changed."""

import json

import pytest
from botocore.stub import Stubber
from moto import mock_aws
from worlds import distribution, origin, policy, statement

from core.aws.clients import AwsClients
from core.aws.cloudfront_writer import CloudFrontWriter
from core.aws.dynamodb_rows import TableRows
from core.diagnostics.repairs.config_actions import NEEDS
from core.diagnostics.repairs.edits import differences
from core.diagnostics.service.repairs.writes import Hands
from core.errors import Conflict, DashboardError, InvalidInput, NotAllowed, NotFound
from core.model.repair import Action, ActionKind, Edit, Outcome
from core.stores.records import Record
from core.stores.sqlite import SqliteRecordStore

PUBLIC = statement("held", Principal="*", Condition={})


@pytest.fixture
def clients():
    with mock_aws():
        made = AwsClients("us-east-1", None, "AKIATEST", "secret")
        made.s3.create_bucket(Bucket="held")
        yield made


@pytest.fixture
def store(tmp_path):
    made = SqliteRecordStore(tmp_path / "r.sqlite3")
    yield made
    made.close()


@pytest.fixture
def hands(clients, store):
    return Hands(clients, store, "own")


def action(kind, target, *edits, **more):
    made = tuple(
        Edit(path=p if isinstance(p, tuple) else (p,), before=b, after=a) for p, b, a in edits
    )
    return Action(kind=kind, target=target, edits=made, needs=NEEDS[kind], **more)


def there_and_back(hands, one, look):
    """Done and undone; `look` tells what stands there, which must come back exactly."""
    before = look()
    done = hands.perform(one)
    assert done.outcome is Outcome.DONE
    after = look()
    assert after != before
    again = hands.perform(done)  # what stands already is not written twice
    assert (again.outcome, look()) == (Outcome.DONE, after)
    back = hands.perform(done, undo=True)
    assert back.outcome is Outcome.UNDONE
    assert look() == before
    return done


def test_a_policy_is_set_where_there_is_none_and_removed_again(clients, hands):
    wanted = policy(statement("held"))
    one = Action(kind=ActionKind.BUCKET_POLICY, target="held", edits=tuple(differences({}, wanted)))

    def look():
        try:
            return json.loads(clients.s3.get_bucket_policy(Bucket="held")["Policy"])
        except clients.s3.exceptions.ClientError:
            return None

    there_and_back(hands, one, look)


def test_a_policy_that_opens_the_bucket_is_refused_right_before_the_write(clients, hands):
    clients.s3.put_bucket_policy(Bucket="held", Policy=json.dumps(policy(statement("held"))))
    one = action(
        ActionKind.BUCKET_POLICY, "held", (("Statement", "#1"), None, {**PUBLIC, "Sid": ""})
    )
    with pytest.raises(NotAllowed, match="open held to the public"):
        hands.perform(one)
    with pytest.raises(NotAllowed):
        hands.check(one)
    kept = json.loads(clients.s3.get_bucket_policy(Bucket="held")["Policy"])
    assert len(kept["Statement"]) == 1


def test_taking_back_may_not_open_the_bucket_either(clients, hands):
    clients.s3.put_bucket_policy(Bucket="held", Policy=json.dumps(policy(statement("held"))))
    closed = action(
        ActionKind.BUCKET_POLICY, "held",
        (("Statement", "AllowCloudFrontServicePrincipal"),
         {**PUBLIC, "Sid": "AllowCloudFrontServicePrincipal"}, statement("held")),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        hands.perform(closed, undo=True)


def test_cors_rules_come_and_go(clients, hands):
    rules = [{"AllowedOrigins": ["https://a.example"], "AllowedMethods": ["GET"]}]

    def look():
        try:
            return clients.s3.get_bucket_cors(Bucket="held")["CORSRules"]
        except clients.s3.exceptions.ClientError:
            return None

    there_and_back(hands, action(ActionKind.BUCKET_CORS, "held", ("CORSRules", [], rules)), look)


def test_a_closed_door_is_not_opened_by_taking_back(clients, hands):
    one = action(
        ActionKind.OBJECT_OWNERSHIP, "held", ("ObjectOwnership", None, "BucketOwnerEnforced")
    )
    done = hands.perform(one)
    with pytest.raises(NotAllowed):
        hands.perform(done, undo=True)
    blocked = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    closing = action(
        ActionKind.PUBLIC_ACCESS_BLOCK, "held", *((k, None, v) for k, v in blocked.items())
    )
    assert hands.perform(closing).outcome is Outcome.DONE
    found = clients.s3.get_public_access_block(Bucket="held")["PublicAccessBlockConfiguration"]
    assert found == blocked


def test_who_pays_is_set_by_the_vendors_own_call(clients, hands):
    """Neither moto nor the emulator remembers it, so only the call itself is checked."""
    with Stubber(clients.s3) as s3:
        for payer in ("Requester", "BucketOwner"):
            s3.add_response("get_bucket_request_payment", {"Payer": payer}, {"Bucket": "held"})
            if payer == "Requester":
                wanted = {"Bucket": "held", "RequestPaymentConfiguration": {"Payer": "BucketOwner"}}
                s3.add_response("put_bucket_request_payment", {}, wanted)
        one = action(ActionKind.REQUEST_PAYER, "held", ("Payer", "Requester", "BucketOwner"))
        assert hands.perform(one).outcome is Outcome.DONE
        s3.assert_no_pending_responses()


def test_a_key_is_enabled_and_gets_a_statement(clients, hands):
    key = clients.kms.create_key()["KeyMetadata"]["KeyId"]
    clients.kms.disable_key(KeyId=key)

    def state():
        return clients.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]

    there_and_back(
        hands, action(ActionKind.KEY_STATE, key, ("KeyState", "Disabled", "Enabled")), state
    )
    clients.kms.schedule_key_deletion(KeyId=key)
    saved = action(ActionKind.KEY_STATE, key, ("KeyState", "PendingDeletion", "Enabled"))
    hands.perform(saved)
    assert state() == "Enabled"

    def held():
        return json.loads(clients.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])

    grant = {"Sid": "cf", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
             "Action": "kms:Decrypt", "Resource": "*",
             "Condition": {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::1:distribution/E"}}}  # fmt: skip
    one = action(ActionKind.KEY_POLICY, key, (("Statement", "cf"), None, grant))
    there_and_back(hands, one, held)


# --- rows -------------------------------------------------------------------------------------


@pytest.fixture
def rows(clients):
    clients.dynamodb.create_table(
        TableName="photos", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "SK", "KeyType": "RANGE"},
                   {"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"},
                              {"AttributeName": "SK", "AttributeType": "N"}],
    )  # fmt: skip
    key = {"PK": {"S": "u1"}, "SK": {"N": "7"}}
    clients.dynamodb.put_item(
        TableName="photos", Item={**key, "url": {"S": "old"}, "n": {"N": "3"}}
    )

    def look():
        return clients.dynamodb.get_item(TableName="photos", Key=key)["Item"]

    return look


PLACE = {"pk": "u1", "sk": "7"}


def test_a_row_is_written_where_the_old_value_is_there(hands, rows):
    one = action(
        ActionKind.RECORD, "photos", ("url", "old", "new"), ("key", None, "k"), place=PLACE
    )
    there_and_back(hands, one, rows)


def test_an_attribute_is_removed_and_an_empty_one_counts_as_missing(hands, rows):
    one = action(ActionKind.RECORD, "photos", ("url", "old", None), ("key", "", "k"), place=PLACE)
    there_and_back(hands, one, rows)


def test_a_row_that_somebody_changed_is_left_alone(clients, hands, rows):
    one = action(ActionKind.RECORD, "photos", ("url", "older", "new"), place=PLACE)
    with pytest.raises(Conflict, match="url is “old” now"):
        hands.perform(one)
    with pytest.raises(Conflict):  # between the reading and the writing
        TableRows(clients.dynamodb).change("photos", "u1", "7", {"url": "older"}, {"url": "new"})
    with pytest.raises(Conflict):
        TableRows(clients.dynamodb).change("photos", "u9", "7", {}, {"url": "new"})
    assert rows()["url"] == {"S": "old"}


def test_a_row_is_named_by_all_of_its_keys_and_has_to_exist(hands, rows):
    assert rows()
    with pytest.raises(InvalidInput, match="PK and SK"):
        hands.perform(action(ActionKind.RECORD, "photos", ("url", "", "x"), place={"pk": "u1"}))
    with pytest.raises(NotFound, match="no row u1 / 8"):
        hands.perform(
            action(ActionKind.RECORD, "photos", ("url", "", "x"), place={"pk": "u1", "sk": "8"})
        )


def test_the_dashboards_own_records_are_no_applications_rows(hands):
    with pytest.raises(NotAllowed):
        hands.perform(
            action(ActionKind.RECORD, "own", ("role", "member", "admin"), place={"pk": "x"})
        )


def test_the_librarys_file_is_changed_through_its_store(hands, store):
    store.put(Record(kind="file", id="f1", data={"key": "media/f1/a.jpg", "name": "a"}))
    place = {"pk": "f1", "store": "library"}
    one = action(
        ActionKind.RECORD, "files", ("key", "media/f1/a.jpg", "media/f1/b.jpg"), place=place
    )
    there_and_back(hands, one, lambda: store.get("file", "f1").data)
    with pytest.raises(NotFound):
        hands.perform(one.model_copy(update={"place": {**place, "pk": "f2"}}))


# --- objects ----------------------------------------------------------------------------------


def put(clients, key, **more):
    return clients.s3.put_object(Bucket="held", Key=key, Body=b"picture", **more)["ETag"]


def keys(clients):
    return {o["Key"] for o in clients.s3.list_objects_v2(Bucket="held").get("Contents", ())}


@pytest.mark.parametrize("versioned", [True, False])
def test_a_copy_keeps_its_headers_and_exactly_it_is_removed_again(clients, hands, versioned):
    if versioned:
        clients.s3.put_bucket_versioning(
            Bucket="held", VersioningConfiguration={"Status": "Enabled"}
        )
    etag = put(
        clients, "a.jpg", ContentType="image/jpeg", CacheControl="max-age=5", Metadata={"a": "b"}
    )
    one = action(
        ActionKind.COPY, "held/b/a.jpg", ("ETag", None, etag), place={"source": "held/a.jpg"}
    )
    done = there_and_back(hands, one, lambda: keys(clients))
    hands.perform(one)
    found = clients.s3.head_object(Bucket="held", Key="b/a.jpg")
    assert (found["ContentType"], found["CacheControl"], found["Metadata"]) == (
        "image/jpeg", "max-age=5", {"a": "b"},
    )  # fmt: skip
    assert bool(done.result) is versioned


def test_a_copy_overwrites_nothing_and_copies_nothing_else(clients, hands):
    etag = put(clients, "a.jpg")
    one = action(
        ActionKind.COPY, "held/b.jpg", ("ETag", None, etag), place={"source": "held/a.jpg"}
    )
    clients.s3.put_object(Bucket="held", Key="a.jpg", Body=b"another")
    with pytest.raises(Conflict):
        hands.perform(one)
    clients.s3.put_object(Bucket="held", Key="b.jpg", Body=b"mine")
    with pytest.raises(Conflict):
        hands.perform(one)
    assert clients.s3.get_object(Bucket="held", Key="b.jpg")["Body"].read() == b"mine"


def test_headers_are_written_and_written_back_and_the_rest_stays(clients, hands):
    put(
        clients,
        "a.jpg",
        ContentType="binary/octet-stream",
        Metadata={"a": "b"},
        ContentDisposition="attachment",
    )

    def look():
        found = clients.s3.head_object(Bucket="held", Key="a.jpg")
        return {
            k: found.get(k)
            for k in ("ContentType", "ContentDisposition", "CacheControl", "Metadata")
        }

    one = action(
        ActionKind.OBJECT_HEADERS, "held/a.jpg", ("ContentType", "binary/octet-stream", "image/jpeg"),
        ("ContentDisposition", "attachment", None), ("CacheControl", None, "max-age=60"),
    )  # fmt: skip
    there_and_back(hands, one, look)
    clients.s3.delete_object(Bucket="held", Key="a.jpg")
    with pytest.raises(NotFound):
        hands.perform(one)


def test_a_delete_marker_is_removed_and_the_object_hidden_again(clients, hands):
    clients.s3.put_bucket_versioning(Bucket="held", VersioningConfiguration={"Status": "Enabled"})
    put(clients, "a.jpg")
    marker = clients.s3.delete_object(Bucket="held", Key="a.jpg")["VersionId"]
    one = action(
        ActionKind.DELETE_MARKER, "held/a.jpg", ("Deleted", True, False), place={"version": marker}
    )
    there_and_back(hands, one, lambda: keys(clients))
    with pytest.raises(Conflict, match="deleted again"):
        hands.perform(one)


def test_an_archived_object_is_asked_back(clients, hands):
    put(clients, "a.jpg", StorageClass="GLACIER")
    one = action(ActionKind.ARCHIVED_OBJECT, "held/a.jpg", ("Restore", None, "requested"),
                 place={"tier": "Standard", "days": "7"}, reversible=False)  # fmt: skip
    done = hands.perform(one)
    assert "ongoing-request" in done.edits[0].after


# --- CloudFront -------------------------------------------------------------------------------


@pytest.fixture
def site(clients):
    shape = distribution([origin("s3", "held", OriginAccessControlId="")])["DistributionConfig"]
    config = {"CallerReference": "x", "Comment": "", **shape}
    return clients.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]


def test_a_distribution_is_changed_at_one_place_and_changed_back(clients, hands, site):
    def look():
        return clients.cloudfront.get_distribution_config(Id=site)["DistributionConfig"]

    path = ("Origins", "Items", "s3", "OriginPath")
    one = action(ActionKind.DISTRIBUTION, site, (path, "", "/v2"))
    done = there_and_back(hands, one, look)
    assert done.guard
    with pytest.raises(Conflict, match="OriginPath"):
        hands.perform(action(ActionKind.DISTRIBUTION, site, (path, "/v1", "/v2")))


def test_an_origin_access_control_is_created_changed_and_deleted(clients, hands):
    wanted = {"Name": "repair-1", "OriginAccessControlOriginType": "s3", "SigningBehavior": "always",
              "SigningProtocol": "sigv4"}  # fmt: skip

    def look():
        listed = clients.cloudfront.list_origin_access_controls()["OriginAccessControlList"]
        return [one["Name"] for one in listed.get("Items", ())]

    one = action(
        ActionKind.NEW_ACCESS_CONTROL, "repair-1", *((k, None, v) for k, v in wanted.items())
    )
    there_and_back(hands, one, look)
    made = hands.perform(one)

    def signing():
        found = clients.cloudfront.get_origin_access_control(Id=made.result)["OriginAccessControl"]
        return found["OriginAccessControlConfig"]["SigningBehavior"]

    there_and_back(
        hands,
        action(ActionKind.ACCESS_CONTROL, made.result, ("SigningBehavior", "always", "never")),
        signing,
    )


def test_an_invalidation_names_the_viewers_paths_and_is_new_each_time(clients, hands, site):
    one = action(
        ActionKind.INVALIDATION, site, ("Paths", None, ["/a.jpg"]), place={"reference": "r-0"}
    )
    done = hands.perform(one)
    found = clients.cloudfront.get_invalidation(DistributionId=site, Id=done.result)["Invalidation"]
    assert found["InvalidationBatch"]["Paths"]["Items"] == ["/a.jpg"]
    assert not hands.stands(done)


def test_a_write_that_did_not_happen_is_not_believed(clients, hands, site, monkeypatch):
    monkeypatch.setattr(
        "core.aws.cloudfront_writer.CloudFrontWriter.update_distribution_config", lambda *_: None
    )
    path = ("Origins", "Items", "s3", "OriginPath")
    with pytest.raises(DashboardError, match="and it was not"):
        hands.perform(action(ActionKind.DISTRIBUTION, site, (path, "", "/v2")))


LIVE, BETTER = "function handler(e){return e.request}", "function handler(e){return  e.request}"


@pytest.mark.emulator
def test_a_function_is_published_and_its_earlier_code_put_back(emulator, store):
    root = emulator.root_clients()
    root_hands = Hands(root, store, "own")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    made = root.cloudfront.create_function(
        Name="repaired", FunctionConfig=config, FunctionCode=LIVE.encode()
    )
    root.cloudfront.publish_function(Name="repaired", IfMatch=made["ETag"])
    etag = root.cloudfront.describe_function(Name="repaired", Stage="DEVELOPMENT")["ETag"]
    root.cloudfront.update_function(
        Name="repaired", IfMatch=etag, FunctionConfig=config, FunctionCode=BETTER.encode()
    )

    def look():
        return [root.cloudfront.get_function(Name="repaired", Stage=s)["FunctionCode"].read().decode()
                for s in ("LIVE", "DEVELOPMENT")]  # fmt: skip

    assert look() == [LIVE, BETTER]
    there_and_back(
        root_hands, action(ActionKind.FUNCTION, "repaired", ("LiveCode", LIVE, BETTER)), look
    )


@pytest.mark.emulator
def test_a_distributions_etag_guards_the_moment_between_reading_and_writing(emulator):
    writer = CloudFrontWriter(emulator.root_clients().cloudfront)
    shape = distribution([origin("s3", "held", OriginAccessControlId="")])["DistributionConfig"]
    config = {"CallerReference": "etag", "Comment": "", **shape}
    made = emulator.root_clients().cloudfront.create_distribution(DistributionConfig=config)
    held, etag = writer.distribution_config(made["Distribution"]["Id"])
    writer.update_distribution_config(
        made["Distribution"]["Id"], {**held, "Comment": "first"}, etag
    )
    with pytest.raises(Conflict):
        writer.update_distribution_config(
            made["Distribution"]["Id"], {**held, "Comment": "late"}, etag
        )
