"""Rows of any DynamoDB table: what tables there are, and one attribute of every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.types import Binary, TypeDeserializer

from core.aws.errors import translate
from core.aws.parallel import merged

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PAGE = 1000
_SEGMENT_BYTES = 64 * 1024 * 1024
_MOST_SEGMENTS = 8
_deserialize = TypeDeserializer().deserialize


class TableFacts(NamedTuple):
    """`rows` and `size` (bytes) are what AWS counted in the last six hours."""

    key_attributes: tuple[str, ...]
    rows: int
    size: int

    @property
    def segments(self) -> int:
        """How many parts of the table are worth reading at once."""
        return max(1, min(_MOST_SEGMENTS, self.size // _SEGMENT_BYTES))


class RowPage(NamedTuple):
    """Some rows with only the attributes that were asked for, and what reading them consumed."""

    rows: tuple[dict[str, Any], ...]
    units: float


class TableReader:
    def __init__(self, client: DynamoDBClient) -> None:
        self._client: Any = client

    @translate("dynamodb")
    def names(self) -> tuple[str, ...]:
        pages = self._client.get_paginator("list_tables").paginate()
        return tuple(name for page in pages for name in page["TableNames"])

    @translate("dynamodb")
    def facts(self, table: str) -> TableFacts:
        found = self._client.describe_table(TableName=table)["Table"]
        order = sorted(found["KeySchema"], key=lambda part: part["KeyType"])  # HASH before RANGE
        names = tuple(part["AttributeName"] for part in order)
        return TableFacts(names, found.get("ItemCount", 0), found.get("TableSizeBytes", 0))

    @translate("dynamodb")
    def sample(self, table: str, limit: int = 50) -> tuple[dict[str, Any], ...]:
        """The first rows that a scan meets, whole."""
        items = self._client.scan(TableName=table, Limit=limit)["Items"]
        return tuple(_row(item) for item in items)

    def scan(self, table: str, attributes: Sequence[str], segments: int = 1) -> Iterator[RowPage]:
        """Every row; several segments are read side by side."""
        names = {f"#a{i}": name for i, name in enumerate(dict.fromkeys(attributes))}
        given = {
            "TableName": table, "ProjectionExpression": ", ".join(names), "Limit": _PAGE,
            "ExpressionAttributeNames": names, "ReturnConsumedCapacity": "TOTAL",
        }  # fmt: skip
        parts = [{"Segment": i, "TotalSegments": segments} for i in range(segments)]
        return merged([partial(self._pages, given | part) for part in parts], segments)

    def _pages(self, given: dict[str, Any]) -> Iterable[RowPage]:
        start: dict[str, Any] = {}
        while True:
            with translate("dynamodb"):
                answer = self._client.scan(**given, **start)
            units = (answer.get("ConsumedCapacity") or {}).get("CapacityUnits", 0.0)
            yield RowPage(tuple(_row(item) for item in answer["Items"]), float(units))
            if not answer.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _row(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(_deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """JSON-ready: whole numbers as int, others as text that loses nothing, bytes as hex."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, Binary):
        return bytes(value.value).hex()  # type: ignore[attr-defined]  # the stubs lack it
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return sorted(_plain(v) for v in value) if isinstance(value, set) else value
