"""JSON that outgrows one record: packed, cut into parts, and read back whole."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from core.errors import NotFound, TooLarge
from core.stores.records import Delete, Put, Record, RecordStore

PART = 240_000  # characters of base64: well under a record's limit
MOST_PARTS = 11  # written in one transaction, which takes 3 MB
_LARGEST = 64 * 1024 * 1024  # bytes after unpacking


class LargeTexts:
    """One kind of record per use; the parts of `id` are listed under it."""

    def __init__(self, store: RecordStore, kind: str) -> None:
        self._store, self._kind = store, kind

    def put(self, id: str, value: Any) -> list[Put]:
        """The operations for `transact`. Raises `TooLarge` where it stays too large when packed."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        packed = base64.b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"))).decode()
        parts = [packed[at : at + PART] for at in range(0, len(packed), PART)]
        if len(parts) > MOST_PARTS or len(text) > _LARGEST:
            raise TooLarge(
                f"{self._kind} has {len(packed):,} bytes when packed.",
                hint=f"At most {PART * MOST_PARTS:,} can be kept.",
            )
        return [Put(record=self._record(id, at, part)) for at, part in enumerate(parts)]

    def _record(self, id: str, at: int, part: str) -> Record:
        name = f"{id}/{at:03}"
        return Record(kind=self._kind, id=name, parent=id, sort=f"{at:03}", data={"part": part})

    def get(self, id: str) -> Any:
        """Raise `NotFound` where there is none."""
        found = self._store.query(self._kind, id, limit=MOST_PARTS).items
        if not found:
            raise NotFound(f"There is no {self._kind} {id!r}.", hint="It may have been deleted.")
        packed = base64.b64decode("".join(record.data["part"] for record in found))
        text = zlib.decompressobj().decompress(packed, _LARGEST)
        return json.loads(text.decode("utf-8", "surrogatepass"))

    def remove(self, id: str) -> list[Delete]:
        """The operations for `transact`."""
        found = self._store.query(self._kind, id, limit=MOST_PARTS).items
        return [Delete(kind=self._kind, id=record.id) for record in found]
