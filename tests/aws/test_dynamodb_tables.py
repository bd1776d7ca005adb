"""Tables of any application: keys, samples, and one attribute of every row."""

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.dynamodb_tables import TableFacts, TableReader
from core.errors import NotFound


@pytest.fixture
def clients():
    with mock_aws():
        made = AwsClients("us-east-1", None, "AKIATEST", "secret")
        made.dynamodb.create_table(
            TableName="people", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in (("no", "N"), ("id", "S"))],
            KeySchema=[{"AttributeName": "no", "KeyType": "RANGE"}, {"AttributeName": "id", "KeyType": "HASH"}],
        )  # fmt: skip
        for i in range(30):
            made.dynamodb.put_item(
                TableName="people",
                Item={"id": {"S": f"u{i}"}, "no": {"N": str(i)}, "avatar": {"S": f"a/{i}.jpg"},
                      "name": {"S": "not asked for"}, "raw": {"B": b"\x01"}, "tags": {"SS": ["b", "a"]},
                      "half": {"N": "0.50"}, "list": {"L": [{"M": {"x": {"NULL": True}}}]}},
            )  # fmt: skip
        yield made


def test_a_table_tells_its_keys_and_a_sample(clients):
    reader = TableReader(clients.dynamodb)
    assert reader.names() == ("people",)
    assert reader.facts("people").key_attributes == ("id", "no")
    row = next(r for r in reader.sample("people") if r["id"] == "u3")
    assert row == {"id": "u3", "no": 3, "avatar": "a/3.jpg", "name": "not asked for", "raw": "01",
                   "tags": ["a", "b"], "half": "0.50", "list": [{"x": None}]}  # fmt: skip
    with pytest.raises(NotFound):
        reader.facts("nothing")


@pytest.mark.parametrize("segments", [1, 4])
def test_a_scan_reads_only_what_is_asked_for_and_tells_what_it_cost(clients, segments, monkeypatch):
    monkeypatch.setattr("core.aws.dynamodb_tables._PAGE", 7)
    pages = list(TableReader(clients.dynamodb).scan("people", ("id", "no", "avatar"), segments))
    rows = [row for page in pages for row in page.rows]
    assert sorted(row["no"] for row in rows) == list(range(30))
    assert all(set(row) == {"id", "no", "avatar"} for row in rows)
    assert sum(page.units for page in pages) > 0


def test_larger_tables_are_read_in_more_parts():
    assert [TableFacts((), 0, size).segments for size in (0, 2**26, 2**28, 2**40)] == [1, 1, 4, 8]
