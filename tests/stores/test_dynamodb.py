"""What only the DynamoDB store meets: late index entries, lost answers, AWS's refusals."""

import datetime as dt

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from core.errors import (
    AwsDenied,
    AwsUnavailable,
    Configuration,
    Conflict,
    DashboardError,
    InvalidInput,
)
from core.stores import dynamodb_items as items
from core.stores.dynamodb import DynamoRecordStore
from core.stores.records import Put, Record


class Wrapped:
    """A real client on which single calls can be bent; everything else passes."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        return getattr(self._client, name)


class Frozen:
    """A clock that moves only when it is told to."""

    def __init__(self):
        self.now = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)

    def __call__(self):
        return self.now

    def go_on(self, seconds):
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def frozen():
    return Frozen()


@pytest.fixture
def store(open_dynamodb, frozen):
    return open_dynamodb(clock=frozen, overlap_seconds=60)


def thing(id, **data):
    return Record(kind="thing", id=id, data=data or {"n": 1})


def changed(store, cursor, limit=1000):
    page = store.changes(cursor, limit=limit)
    return [change.id for change in page.items], page.cursor


def refused(code, *reasons):
    def call(**_):
        answer = {"Error": {"Code": code}, "CancellationReasons": [{"Code": r} for r in reasons]}
        raise ClientError(answer, "TransactWriteItems")

    return call


def test_the_table_is_keyed_as_the_template_says(store):
    record = Record(kind="file", id="f1", parent="anna", sort="2026", data={"a": 1})
    store.put(record)
    table = store._client.scan(TableName=store._table)["Items"]
    (item,) = ({name: next(iter(value.values())) for name, value in row.items()} for row in table)
    assert (item["PK"], item["SK"]) == ("file#f1", "record")
    assert (item["GSI1PK"], item["GSI1SK"]) == ("file#anna", "2026\x00f1")
    assert item["GSI2PK"] in {f"changes#{shard}" for shard in range(items.SHARDS)}
    assert item["GSI2SK"].startswith("2026-11-20T09:00:00.000000+00:00#")
    assert item["data"] == '{"a":1}'


def test_a_deleted_record_leaves_the_list_index(store):
    store.put(thing("a"))
    store.delete("thing", "a")
    (item,) = store._client.scan(TableName=store._table)["Items"]
    assert "GSI1PK" not in item
    assert "data" not in item


def test_writes_of_one_moment_keep_their_order(store):
    for name in "dacb":
        store.put(thing(name))
    assert changed(store, "")[0] == ["d", "a", "c", "b"]


def test_a_write_that_appears_late_is_not_missed(store, frozen):
    store.put(thing("early"))
    late = DynamoRecordStore(store._client, store._table, clock=Frozen())
    frozen.go_on(50)
    store.put(thing("now"))
    found, cursor = changed(store, "")
    assert found == ["early", "now"]
    late.put(thing("late"))  # stamped 50 s ago, and in the index only now
    found, cursor = changed(store, cursor)
    assert found == ["late"]
    assert changed(store, cursor)[0] == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_late_write_does_not_bring_back_what_was_seen(store, frozen, limit):
    late = DynamoRecordStore(store._client, store._table, clock=Frozen())
    frozen.go_on(30)
    for name in "abcdef":
        store.put(thing(name))
    cursor, seen = "", []
    for _ in range(12):
        found, cursor = changed(store, cursor, limit)
        seen += found
    assert seen == list("abcdef")
    late.put(thing("x"))
    late.put(thing("y"))
    for _ in range(8):
        found, cursor = changed(store, cursor, limit)
        seen += found
    assert seen == [*"abcdef", "x", "y"]


def test_a_cursor_forgets_what_is_settled(store, frozen):
    store.transact([Put(record=thing(f"{n}")) for n in range(50)])
    _, full = changed(store, "")
    frozen.go_on(61)
    found, small = changed(store, full)
    assert found == []
    assert len(small) < len(full) / 3
    store.put(thing("new"))
    assert changed(store, small)[0] == ["new"]


def test_a_cursor_of_another_table_is_refused(store, open_dynamodb):
    store.put(thing("a"))
    with pytest.raises(InvalidInput):
        open_dynamodb().changes(changed(store, "")[1])


def test_a_write_whose_answer_was_lost_is_not_a_conflict(store):
    client = Wrapped(store._client)

    def sent_twice(**request):
        store._client.put_item(**request)
        return store._client.put_item(**request)

    client.put_item = sent_twice
    written = DynamoRecordStore(client, store._table).put(thing("a"))
    assert written.version == 1
    assert store.get("thing", "a") == written


def test_a_transaction_in_the_way_is_waited_for(store):
    client = Wrapped(store._client)
    calls = []

    def busy_at_first(**request):
        calls.append(request)
        if len(calls) < 3:
            refused("TransactionCanceledException", "TransactionConflict", "None")()
        return store._client.transact_write_items(**request)

    client.transact_write_items = busy_at_first
    both = [Put(record=thing("a")), Put(record=thing("b"))]
    assert len(DynamoRecordStore(client, store._table).transact(both)) == 2
    assert len(calls) == 3


def test_a_transaction_that_is_always_in_the_way_is_a_conflict(store):
    client = Wrapped(store._client)
    client.transact_write_items = refused("TransactionCanceledException", "TransactionConflict")
    with pytest.raises(Conflict, match="many at once"):
        DynamoRecordStore(client, store._table).transact(
            [Put(record=thing("a")), Put(record=thing("b"))]
        )


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("ThrottlingError", AwsUnavailable),
        ("ProvisionedThroughputExceeded", AwsUnavailable),
        ("ItemCollectionSizeLimitExceeded", DashboardError),
    ],
)
def test_a_transaction_cancelled_for_another_reason_is_no_conflict(store, reason, kind):
    client = Wrapped(store._client)
    client.transact_write_items = refused("TransactionCanceledException", "None", reason)
    with pytest.raises(kind) as caught:
        DynamoRecordStore(client, store._table).transact(
            [Put(record=thing("a")), Put(record=thing("b"))]
        )
    assert not isinstance(caught.value, Conflict)


def test_a_missing_table_names_the_setting(moto_client):
    store = DynamoRecordStore(moto_client, "not-there")
    for call in (lambda: store.get("a", "b"), lambda: store.query("a"), store.changes):
        with pytest.raises(Configuration) as caught:
            call()
        assert "DASHBOARD_RECORDS_TABLE" in caught.value.hint


def test_refused_credentials_name_the_permission(store):
    client = Wrapped(store._client)

    def denied(**_):
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem")

    client.get_item = denied
    with pytest.raises(AwsDenied) as caught:
        DynamoRecordStore(client, store._table).get("thing", "a")
    assert "dynamodb:GetItem" in caught.value.hint


def test_no_network_is_unavailable(store):
    client = Wrapped(store._client)

    def unreachable(**_):
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    client.query = unreachable
    with pytest.raises(AwsUnavailable):
        DynamoRecordStore(client, store._table).changes()


def test_long_lists_are_read_over_every_page_of_dynamodb(store):
    text = "x" * 250_000  # four fit into one answer of 1 MB
    for number in range(6):
        store.put(thing(f"{number}", text=text))
    assert len(store.query("thing").items) == 6
    assert len(changed(store, "")[0]) == 6
