"""How records lie in the DynamoDB table of `deploy/template.yaml`. Pure: no calls, no clock.

PK `{kind}#{id}`, SK `record`
by_parent  GSI1PK `{kind}#{parent}`, GSI1SK sort, NUL, id (NUL sorts before all else)
by_change  GSI2PK `changes#{shard}`, GSI2SK `{changed_at}#{version}#{kind}#{id}`
`data` is JSON in a string, which DynamoDB's numbers can't round. A deleted record stays without
`data` and without its place in by_parent.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.stores.encoding import read_data
from core.stores.records import Change, Record

SHARDS = 4  # a partition of an index takes 1,000 writes a second

_ALIVE = "attribute_exists(#data)"
_GONE = "attribute_not_exists(#data)"
_UNCHANGED = "#version = :version"

Item = dict[str, Any]


@dataclass(frozen=True)
class Write:
    """One conditional write. Without an item it only checks that nothing is there."""

    kind: str
    id: str
    condition: str
    item: Item | None = None
    expected: int | None = None

    def request(self, table: str) -> dict[str, Any]:
        """The arguments of PutItem, or of a Put or ConditionCheck in a transaction."""
        names = {"#data": "data", "#version": "version"}
        used = {short: name for short, name in names.items() if short in self.condition}
        request: dict[str, Any] = {"TableName": table, "ConditionExpression": self.condition}
        if used:
            request["ExpressionAttributeNames"] = used
        if self.expected is not None:
            request["ExpressionAttributeValues"] = {":version": {"N": str(self.expected)}}
        if self.item is None:
            return request | {"Key": key(self.kind, self.id)}
        return request | {"Item": self.item}

    def entry(self, table: str) -> dict[str, Any]:
        """One of TransactItems."""
        return {"ConditionCheck" if self.item is None else "Put": self.request(table)}


def key(kind: str, id: str) -> Item:
    return {"PK": {"S": f"{kind}#{id}"}, "SK": {"S": "record"}}


def parent_key(kind: str, parent: str) -> str:
    return f"{kind}#{parent}"


def sort_key(sort: str, id: str) -> str:
    return f"{sort}\x00{id}"


def shard_key(shard: int) -> str:
    return f"changes#{shard}"


def write_record(record: Record, text: str, before: Item | None, stamp: datetime) -> Write:
    """`before` is a deleted record in the place of a new one, whose version goes on."""
    version = (version_of(before) if before else record.version) + 1
    item = _frame(record.kind, record.id, version, stamp) | {
        "parent": {"S": record.parent},
        "sort": {"S": record.sort},
        "data": {"S": text},
        "GSI1PK": {"S": parent_key(record.kind, record.parent)},
        "GSI1SK": {"S": sort_key(record.sort, record.id)},
    }
    if before:
        condition = f"{_UNCHANGED} AND {_GONE}"
    elif record.version == 0:
        condition = "attribute_not_exists(PK)"
    else:
        condition = f"{_UNCHANGED} AND {_ALIVE}"
    expected = version - 1 if version > 1 else None
    return Write(record.kind, record.id, condition, item, expected)


def write_deletion(kind: str, id: str, version: int, stamp: datetime) -> Write:
    item = _frame(kind, id, version + 1, stamp)
    return Write(kind, id, f"{_UNCHANGED} AND {_ALIVE}", item, version)


def check_absence(kind: str, id: str) -> Write:
    return Write(kind, id, _GONE)


def _frame(kind: str, id: str, version: int, stamp: datetime) -> Item:
    at = moment(stamp)
    shard = zlib.crc32(f"{kind}#{id}".encode()) % SHARDS
    return key(kind, id) | {
        "kind": {"S": kind},
        "id": {"S": id},
        "version": {"N": str(version)},
        "changed_at": {"S": at},
        "GSI2PK": {"S": shard_key(shard)},
        "GSI2SK": {"S": f"{at}#{version:010d}#{kind}#{id}"},
    }


def moment(stamp: datetime) -> str:
    """Of one width, so that text sorts like time."""
    return stamp.isoformat(timespec="microseconds")


def version_of(item: Item) -> int:
    return int(item["version"]["N"])


def is_alive(item: Item) -> bool:
    return "data" in item


def change_key(item: Item) -> str:
    key: str = item["GSI2SK"]["S"]
    return key


def token(change: str) -> str:
    """A short stand-in for a change's key in a cursor."""
    digest = hashlib.blake2b(change.encode(), digest_size=9).digest()
    return base64.urlsafe_b64encode(digest).decode()


def read_record(item: Item) -> Record | None:
    if not is_alive(item):
        return None
    return Record(
        kind=item["kind"]["S"],
        id=item["id"]["S"],
        parent=item["parent"]["S"],
        sort=item["sort"]["S"],
        data=read_data(item["data"]["S"]),
        version=version_of(item),
        changed_at=datetime.fromisoformat(item["changed_at"]["S"]),
    )


def read_change(item: Item) -> Change:
    return Change(kind=item["kind"]["S"], id=item["id"]["S"], record=read_record(item))
