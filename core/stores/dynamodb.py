"""Records in one DynamoDB table: the store on AWS.

`get` is strongly consistent; `query` and `changes` read indexes, which lag by well under a second.
"""

from __future__ import annotations

import heapq
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from core.aws.errors import translate
from core.errors import AwsUnavailable, Configuration, Conflict, DashboardError, NotFound
from core.stores import dynamodb_items as items
from core.stores.dynamodb_items import Item, Write
from core.stores.dynamodb_scan import scan
from core.stores.encoding import (
    bad_cursor,
    check_key,
    check_page,
    conflict,
    read_cursor,
    write_cursor,
    write_operations,
)
from core.stores.records import (
    Change,
    ChangePage,
    Delete,
    Operation,
    Put,
    Record,
    RecordPage,
    Snapshot,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 6
_PAUSE_SECONDS = 0.02
_RACES = {"None", "ConditionalCheckFailed", "TransactionConflict"}


def utc_now() -> datetime:
    return datetime.now(UTC)


class DynamoRecordStore:
    """`overlap_seconds`: how late a write may appear in by_change and still be seen by `changes`.

    It covers the index's lag, botocore's retries, and clocks of several servers that differ.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        *,
        clock: Callable[[], datetime] = utc_now,
        overlap_seconds: float = 60.0,
    ) -> None:
        self._client, self._table, self._clock = client, table, clock
        self._overlap = timedelta(seconds=overlap_seconds)
        self._last_stamp = datetime.min.replace(tzinfo=UTC)
        self._stamping = threading.Lock()

    def get(self, kind: str, id: str) -> Record | None:
        check_key(kind, id)
        item = self._read(kind, id)
        return items.read_record(item) if item else None

    def put(self, record: Record) -> Record:
        return self.transact([Put(record=record)])[0]

    def delete(self, kind: str, id: str, version: int | None = None) -> None:
        self.transact([Delete(kind=kind, id=id, version=version)])

    def transact(self, operations: Sequence[Operation]) -> tuple[Record, ...]:
        texts = write_operations(operations)
        for attempt in range(_ATTEMPTS):
            # Only after a refusal is it worth reading what is there instead.
            writes = [
                self._plan(operation, text, look=attempt > 0)
                for operation, text in zip(operations, texts, strict=True)
            ]
            if self._execute(writes):
                written = (items.read_record(write.item) for write in writes if write.item)
                return tuple(record for record in written if record is not None)
            time.sleep(_PAUSE_SECONDS * attempt * random.random())
        raise Conflict("The records are being changed by many at once.", hint="Try again.")

    def query(
        self,
        kind: str,
        parent: str = "",
        *,
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> RecordPage:
        check_page(limit)
        check_key(kind, "-", parent)
        condition, values = "GSI1PK = :parent", {":parent": {"S": items.parent_key(kind, parent)}}
        if after is not None:
            position = read_cursor(after, sort=str, id=str)
            condition += f" AND GSI1SK {'<' if descending else '>'} :after"
            values[":after"] = {"S": items.sort_key(position["sort"], position["id"])}
        found: list[Record] = []
        for item in self._pages("by_parent", condition, values, limit + 1, descending=descending):
            if (record := items.read_record(item)) is not None:
                found.append(record)
            if len(found) > limit:
                break
        last = found[limit - 1] if len(found) > limit else None
        return RecordPage(
            items=tuple(found[:limit]),
            next=write_cursor(sort=last.sort, id=last.id) if last else None,
        )

    def changes(self, since: str = "", *, limit: int = 1000) -> ChangePage:
        """Reads the last `overlap_seconds` again each time and leaves out what the cursor has seen.

        So a write that appears late, with a stamp before others that were read, is not missed.
        """
        check_page(limit)
        settled, seen = self._position(since)
        handled: list[str] = []
        fresh: list[Change] = []
        for item in self._changes_after(settled, limit):
            name = items.change_key(item)
            if items.token(name) not in seen:
                fresh.append(items.read_change(item))
            handled.append(name)
            if len(fresh) == limit:
                break
        horizon = items.moment(self._clock() - self._overlap)
        settled = max((name for name in handled if name < horizon), default=settled)
        recent = {items.token(name) for name in handled if name > settled}
        if len(fresh) == limit:  # what lies behind this page was not read again: still seen
            recent |= seen - {items.token(name) for name in handled}
        cursor = write_cursor(table=self._table, settled=settled, seen=sorted(recent))
        return ChangePage(items=tuple(fresh), cursor=cursor)

    def snapshot(self, kind: str) -> Snapshot:
        """By a parallel scan, which pays for reading every item of the table."""
        settled = items.moment(self._clock() - self._overlap)
        cursor = write_cursor(table=self._table, settled=settled, seen=[])
        return Snapshot(cursor, self._scanned(kind))

    def count(self, kind: str) -> int | None:  # noqa: ARG002  # as the protocol has it
        return None

    def _scanned(self, kind: str) -> Iterator[Sequence[Record]]:
        with self._answered():
            yield from scan(self._client, self._table, kind)

    def close(self) -> None:
        """Nothing to release: the client belongs to whoever made it."""

    def _position(self, since: str) -> tuple[str, set[str]]:
        if not since:
            return "0", set()  # before every moment
        parts = read_cursor(since, table=str, settled=str, seen=list)
        strings = all(isinstance(name, str) for name in parts["seen"])
        if parts["table"] != self._table or not parts["settled"] or not strings:
            raise bad_cursor()
        return parts["settled"], set(parts["seen"])

    def _changes_after(self, settled: str, limit: int) -> Iterator[Item]:
        shards = (
            self._pages(
                "by_change",
                "GSI2PK = :shard AND GSI2SK > :settled",
                {":shard": {"S": items.shard_key(shard)}, ":settled": {"S": settled}},
                limit // items.SHARDS + 1,
            )
            for shard in range(items.SHARDS)
        )
        return heapq.merge(*shards, key=items.change_key)

    def _pages(
        self,
        index: str,
        condition: str,
        values: dict[str, Any],
        size: int,
        *,
        descending: bool = False,
    ) -> Iterator[Item]:
        start: dict[str, Any] = {}
        while True:
            with self._answered():
                answer = self._client.query(
                    TableName=self._table,
                    IndexName=index,
                    KeyConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ScanIndexForward=not descending,
                    Limit=size,
                    **start,
                )
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _read(self, kind: str, id: str) -> Item | None:
        with self._answered():
            answer = self._client.get_item(
                TableName=self._table, Key=items.key(kind, id), ConsistentRead=True
            )
        return dict(answer["Item"]) if "Item" in answer else None

    def _plan(self, operation: Operation, text: str, *, look: bool) -> Write:
        """The write that would do it. Raises `Conflict` where a look shows that none can."""
        if isinstance(operation, Put):
            record = operation.record
            before = self._read(record.kind, record.id) if look else None
            if look:
                _expect(record.kind, record.id, record.version, before)
            grave = before if before and not items.is_alive(before) else None
            return items.write_record(record, text, grave, self._stamp())
        kind, name, version = operation.kind, operation.id, operation.version
        if version and not look:
            return items.write_deletion(kind, name, version, self._stamp())
        before = self._read(kind, name)
        if version is not None:
            _expect(kind, name, version, before)
        if before is None or not items.is_alive(before):
            return items.check_absence(kind, name)
        return items.write_deletion(kind, name, items.version_of(before), self._stamp())

    def _execute(self, writes: Sequence[Write]) -> bool:
        """False where a condition failed or another transaction was in the way."""
        if len(writes) == 1 and writes[0].item is None:
            return True  # it was just read: it is not there
        try:
            with self._answered():
                if len(writes) == 1:
                    self._client.put_item(**writes[0].request(self._table))
                elif writes:
                    self._client.transact_write_items(
                        TransactItems=[write.entry(self._table) for write in writes]  # type: ignore[misc]
                    )
        except Conflict as error:
            _only_a_race(error)
            # A write whose answer was lost is refused when botocore sends it again.
            return len(writes) == 1 and self._read(writes[0].kind, writes[0].id) == writes[0].item
        return True

    def _stamp(self) -> datetime:
        """Now, and later than any stamp before: the order of this process's writes is exact."""
        with self._stamping:
            after = self._last_stamp + timedelta(microseconds=1)
            self._last_stamp = max(self._clock(), after)
            return self._last_stamp

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            with translate("dynamodb"):
                yield
        except NotFound as error:
            raise Configuration(
                f"There is no DynamoDB table {self._table!r} with the indexes of the template.",
                hint="Deploy deploy/template.yaml and set DASHBOARD_RECORDS_TABLE to its output.",
            ) from error


def _expect(kind: str, id: str, version: int, found: Item | None) -> None:
    stored = items.version_of(found) if found and items.is_alive(found) else 0
    if version != stored:
        raise conflict(kind, id, taken=version == 0)


def _only_a_race(error: Conflict) -> None:
    """Raise what a cancelled transaction really failed of, where that is not a race."""
    cause = error.__cause__
    answer: Any = cause.response if isinstance(cause, ClientError) else {}
    codes = {str(reason.get("Code")) for reason in answer.get("CancellationReasons", ())}
    other = ", ".join(sorted(codes - _RACES))
    if "Throttling" in other or "Throughput" in other:
        raise AwsUnavailable("DynamoDB is asked too much at once.", hint="Try again soon.")
    if other:
        raise DashboardError(f"DynamoDB refused the transaction ({other}).", hint="See the log.")
