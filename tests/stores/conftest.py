"""Record stores to test against: SQLite files, and a DynamoDB table on moto like the template's."""

import datetime as dt
import itertools
import threading

import boto3
import pytest
from moto import mock_aws

from core.stores.dynamodb import DynamoRecordStore
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

START = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
_KEYS = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
_numbers = itertools.count(1)


class Clock:
    """Goes on by a second whenever somebody looks."""

    def __init__(self):
        self.now = START

    def __call__(self):
        self.now += dt.timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "records.sqlite3"


@pytest.fixture
def open_sqlite(path):
    """Opens stores that are closed at the end."""
    opened = []

    def opens(*projections, **options):
        opened.append(SqliteRecordStore(path, projections, **options))
        return opened[-1]

    yield opens
    for store in opened:
        store.close()


@pytest.fixture
def index(path):
    index = SearchIndex(path)
    yield index
    index.close()


class OneAtATime:
    """Each call of a client is atomic in DynamoDB; moto checks and writes without a lock."""

    def __init__(self, client):
        self._client, self._lock = client, threading.Lock()

    def __getattr__(self, name):
        call = getattr(self._client, name)

        def alone(*arguments, **options):
            with self._lock:
                return call(*arguments, **options)

        return alone


@pytest.fixture(scope="module")
def moto_client():
    with mock_aws():
        yield OneAtATime(
            boto3.client(
                "dynamodb",
                region_name="us-east-1",
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
            )
        )


def make_table(client):
    """A new table with the keys and indexes of deploy/template.yaml."""
    name = f"records-{next(_numbers)}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in _KEYS],
        KeySchema=_schema("PK", "SK"),
        GlobalSecondaryIndexes=[
            _index("by_parent", "GSI1PK", "GSI1SK"),
            _index("by_change", "GSI2PK", "GSI2SK"),
        ],
    )
    return name


def _schema(partition, sort):
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _index(name, partition, sort):
    return {
        "IndexName": name,
        "KeySchema": _schema(partition, sort),
        "Projection": {"ProjectionType": "ALL"},
    }


@pytest.fixture
def open_dynamodb(moto_client):
    def opens(**options):
        return DynamoRecordStore(moto_client, make_table(moto_client), **options)

    return opens


@pytest.fixture(params=["sqlite", "dynamodb", pytest.param("emulator", marks=pytest.mark.emulator)])
def store(request, clock):
    """Each real implementation of `RecordStore`, empty."""
    if request.param == "sqlite":
        return request.getfixturevalue("open_sqlite")(clock=clock)
    if request.param == "dynamodb":
        return request.getfixturevalue("open_dynamodb")(clock=clock)
    return request.getfixturevalue("emulated_store")


@pytest.fixture
def emulated_store(emulator, clock):
    """The stack's own table, emptied, with the rights that the template gives to the app."""
    table = emulator.stack.records_table
    empty_table(emulator.root_clients().dynamodb, table)
    return DynamoRecordStore(emulator.clients().dynamodb, table, clock=clock)


def empty_table(client, table):
    for page in client.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            client.delete_item(TableName=table, Key={"PK": item["PK"], "SK": item["SK"]})
