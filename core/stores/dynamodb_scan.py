"""Reading a whole table in parallel: a few segments, each with one page under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from core.stores import dynamodb_items as items
from core.stores.records import Record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SEGMENTS = 8

_Page = tuple[tuple[Record, ...], dict[str, Any] | None]
_Read = Callable[[int, dict[str, Any] | None], _Page]


def scan(client: DynamoDBClient, table: str, kind: str) -> Iterator[tuple[Record, ...]]:
    """All records of a kind, in no order. Raises botocore's errors."""

    def read(segment: int, start: dict[str, Any] | None) -> _Page:
        answer = client.scan(
            TableName=table,
            Segment=segment,
            TotalSegments=SEGMENTS,
            FilterExpression="#kind = :kind AND attribute_exists(#data)",
            ExpressionAttributeNames={"#kind": "kind", "#data": "data"},
            ExpressionAttributeValues={":kind": {"S": kind}},
            **({"ExclusiveStartKey": start} if start else {}),  # type: ignore[arg-type]
        )
        records = (items.read_record(dict(item)) for item in answer["Items"])
        return tuple(record for record in records if record), answer.get("LastEvaluatedKey")

    with ThreadPoolExecutor(SEGMENTS, thread_name_prefix="scan") as pool:
        yield from _pages(pool, read)


def _pages(pool: ThreadPoolExecutor, read: _Read) -> Iterator[tuple[Record, ...]]:
    waiting: dict[Future[_Page], int] = {
        pool.submit(read, segment, None): segment for segment in range(SEGMENTS)
    }
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            segment = waiting.pop(future)
            records, next_start = future.result()
            if next_start:
                waiting[pool.submit(read, segment, next_start)] = segment
            yield records
