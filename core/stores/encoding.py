"""What both stores agree on: which records they take, how data is written, opaque cursors.

The limits are DynamoDB's (item 400 KB, transaction 4 MB, index key 1024 bytes): nothing works on
one store only.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from core.errors import Conflict, InvalidInput, TooLarge
from core.stores.records import Operation, Put, Record

MAX_DATA_BYTES = 350_000
MAX_KEY_BYTES = 900
MAX_OPERATIONS = 100
MAX_TRANSACTION_BYTES = 3_000_000


def check_page(limit: int) -> None:
    if not 1 <= limit <= 10_000:
        raise InvalidInput(f"A page of {limit} is not possible.", hint="Ask for 1 to 10,000.")


def write_operations(operations: Sequence[Operation]) -> list[str]:
    """Each put's data as JSON ('' for a delete). Raises where DynamoDB would refuse them all."""
    if len(operations) > MAX_OPERATIONS:
        raise InvalidInput(
            f"{len(operations)} operations don't fit into one transaction.",
            hint=f"Use at most {MAX_OPERATIONS}.",
        )
    keys = [operation_key(operation) for operation in operations]
    if len(set(keys)) < len(keys):
        raise InvalidInput(
            "A transaction names the same record twice.", hint="Merge the operations on it."
        )
    texts = [_write_operation(operation) for operation in operations]
    size = sum(len(text.encode()) for text in texts)
    if size > MAX_TRANSACTION_BYTES:
        raise TooLarge(
            f"A transaction of {size} bytes is too large.",
            hint=f"At most {MAX_TRANSACTION_BYTES} bytes fit into one: use several.",
        )
    return texts


def _write_operation(operation: Operation) -> str:
    if isinstance(operation, Put):
        return write_data(operation.record)
    check_key(operation.kind, operation.id)
    return ""


def operation_key(operation: Operation) -> tuple[str, str]:
    where = operation.record if isinstance(operation, Put) else operation
    return where.kind, where.id


def check_key(kind: str, id: str, parent: str = "", sort: str = "") -> None:
    parts = (kind, id, parent, sort)
    if not kind or not id:
        raise InvalidInput("A record needs a kind and an id.", hint="Give both.")
    if any("\x00" in part for part in parts) or "#" in kind:
        raise InvalidInput("A record's key holds a character that is reserved.", hint="Drop it.")
    try:
        size = max(len((kind + id).encode()), len((sort + id).encode()), len(parent.encode()))
    except UnicodeEncodeError as error:
        raise InvalidInput("A record's key is not valid Unicode.", hint="Drop it.") from error
    if size > MAX_KEY_BYTES:
        raise InvalidInput(
            f"A record's key has {size} bytes.", hint=f"Use at most {MAX_KEY_BYTES}."
        )


def conflict(kind: str, id: str, *, taken: bool) -> Conflict:
    if taken:
        return Conflict(f"There is already a {kind} {id!r}.", hint="Use another one.")
    return Conflict(
        f"The {kind} {id!r} was changed in the meantime.",
        hint="Load it again and repeat the change.",
    )


def write_data(record: Record) -> str:
    """The record's data as JSON. Raises `InvalidInput` if it is not JSON, `TooLarge`."""
    check_key(record.kind, record.id, record.parent, record.sort)
    if record.version < 0:
        raise InvalidInput("A record's version is below zero.", hint="0 means: it is new.")
    try:
        text = json.dumps(record.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"The data of {record.kind} {record.id!r} is not JSON ({error}).",
            hint="Dump nouns with mode='json' before they are stored.",
        ) from error
    if size > MAX_DATA_BYTES:
        raise TooLarge(
            f"{record.kind} {record.id!r} has {size} bytes of data; {MAX_DATA_BYTES} fit.",
            hint="Keep large content in S3 and a reference in the record.",
        )
    return text


def read_data(text: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(text)
    return data


def write_cursor(**parts: Any) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, **shape: type) -> dict[str, Any]:
    """The parts of `write_cursor`, each of the type that `shape` says. Raises `InvalidInput`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        json.dumps(parts, ensure_ascii=False).encode()  # no lone surrogates
    except (UnicodeError, binascii.Error, ValueError, RecursionError) as error:
        raise bad_cursor() from error
    if not isinstance(parts, dict) or set(parts) != set(shape):
        raise bad_cursor()
    if any(type(parts[name]) is not kind for name, kind in shape.items()):
        raise bad_cursor()
    return parts


def bad_cursor() -> InvalidInput:
    return InvalidInput(
        "The cursor is not one that was given out here.", hint="Start again without a cursor."
    )
