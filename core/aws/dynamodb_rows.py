"""Single rows of any application's table: read, and changed only where the old value is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from core.aws.errors import translate
from core.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Row = dict[str, Any]


class TableRows:
    """`pk` and `sk` are the values of a row's partition and sort key, as text."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client: Any = client
        self._schemas: dict[str, list[tuple[str, str]]] = {}

    def read(self, table: str, pk: str, sk: str = "") -> Row:
        """Raises `NotFound` where there is no such row."""
        with translate("dynamodb"):
            answer = self._client.get_item(
                TableName=table, Key=self._key(table, pk, sk), ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            name = f"{pk} / {sk}" if sk else pk
            raise NotFound(f"{table} has no row {name}.", hint="It may have been deleted.")
        load = TypeDeserializer().deserialize
        return {name: load(value) for name, value in item.items()}

    def change(self, table: str, pk: str, sk: str, old: Row, new: Row) -> None:
        """Write each attribute that differs. Raises `Conflict` unless all old values are there."""
        key = self._key(table, pk, sk)
        names = [n for n in {**old, **new} if old.get(n) != new.get(n)]
        update, condition = _Expression(names), [f"attribute_exists({_name('pk')})"]
        condition += [update.holds(n, old) for n in names]
        with translate("dynamodb"):
            self._client.update_item(
                TableName=table,
                Key=key,
                UpdateExpression=update.text(new),
                ConditionExpression=" AND ".join(condition),
                ExpressionAttributeNames={_name("pk"): next(iter(key)), **update.names},
                **({"ExpressionAttributeValues": update.values} if update.values else {}),
            )

    def _key(self, table: str, pk: str, sk: str) -> dict[str, dict[str, str]]:
        schema = self._schema(table)
        given = [pk, sk] if sk else [pk]
        if len(schema) != len(given):
            raise InvalidInput(
                f"A row of {table} is named by {' and '.join(n for n, _ in schema)}.",
                hint="Give the values of all of its key attributes.",
            )
        return {name: {kind: value} for (name, kind), value in zip(schema, given, strict=True)}

    @translate("dynamodb")
    def _schema(self, table: str) -> list[tuple[str, str]]:
        """(name, type) of the partition key and, where there is one, the sort key."""
        if table not in self._schemas:
            found = self._client.describe_table(TableName=table)["Table"]
            types = {a["AttributeName"]: a["AttributeType"] for a in found["AttributeDefinitions"]}
            ordered = sorted(found["KeySchema"], key=lambda k: k["KeyType"])  # HASH before RANGE
            self._schemas[table] = [(k["AttributeName"], types[k["AttributeName"]])
                                    for k in ordered]  # fmt: skip
        return self._schemas[table]


def _name(suffix: str | int) -> str:
    return f"#n{suffix}"


class _Expression:
    """The parts of one `UpdateItem`: names and values as placeholders, never in the text."""

    def __init__(self, attributes: list[str]) -> None:
        self.names = {_name(place): name for place, name in enumerate(attributes)}
        self._tokens = {name: token for token, name in self.names.items()}
        self.values: dict[str, Any] = {}

    def holds(self, attribute: str, old: Mapping[str, Any]) -> str:
        token = self._tokens[attribute]
        if old.get(attribute) is None:
            kind = self._value(f":t{token[2:]}", "NULL")
            return f"(attribute_not_exists({token}) OR attribute_type({token}, {kind}))"
        return f"{token} = {self._value(f':o{token[2:]}', old[attribute])}"

    def text(self, new: Mapping[str, Any]) -> str:
        sets = [
            f"{token} = {self._value(f':v{token[2:]}', new[name])}"
            for name, token in self._tokens.items()
            if new.get(name) is not None
        ]
        removed = [token for name, token in self._tokens.items() if new.get(name) is None]
        parts = [f"SET {', '.join(sets)}"] if sets else []
        return " ".join(parts + ([f"REMOVE {', '.join(removed)}"] if removed else []))

    def _value(self, token: str, value: Any) -> str:
        self.values[token] = TypeSerializer().serialize(value)
        return token
