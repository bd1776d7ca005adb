"""S3 Inventory: what a report's manifest promises, and which of our columns its files have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Literal

from core.errors import UnreadableContent
from core.model.base import Noun, UtcTime

_HINT = "S3 writes the next report in a day or a week; the last good figures stay."
# S3's column names in lower case without `_`, and ours.
_COLUMNS = {
    "key": "key", "size": "size", "lastmodifieddate": "modified", "etag": "etag",
    "storageclass": "class", "versionid": "version", "islatest": "latest",
    "isdeletemarker": "marker", "encryptionstatus": "encryption",
}  # fmt: skip


class InventoryFile(Noun):
    key: str
    size: int
    md5: str


class Manifest(Noun):
    bucket: str
    form: Literal["CSV", "Parquet", "ORC"]
    made_at: UtcTime
    header: tuple[str, ...]  # of CSV files, which carry none themselves
    files: tuple[InventoryFile, ...]


def parse_manifest(text: bytes) -> Manifest:
    """Raises `UnreadableContent` where it is damaged."""
    try:
        data: dict[str, Any] = json.loads(text)
        return Manifest(
            bucket=data["sourceBucket"],
            form=data["fileFormat"],
            made_at=datetime.fromtimestamp(int(data["creationTimestamp"]) / 1000, UTC),
            header=_header(data),
            files=tuple(
                InventoryFile(key=one["key"], size=one["size"], md5=one["MD5checksum"])
                for one in data["files"]
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableContent(
            f"The inventory's manifest is damaged: {error}.", hint=_HINT
        ) from error


def _header(data: dict[str, Any]) -> tuple[str, ...]:
    if data["fileFormat"] != "CSV":
        return ()
    return tuple(name.strip() for name in data["fileSchema"].split(","))


def columns_of(names: tuple[str, ...]) -> dict[str, str]:
    """Our names of the columns that are there. Raises `UnreadableContent` without a key."""
    plain = {name.lower().replace("_", ""): name for name in names}
    found = {ours: plain[theirs] for theirs, ours in _COLUMNS.items() if theirs in plain}
    if "key" not in found:
        raise UnreadableContent(
            f"The inventory has no column of keys, only {', '.join(names)}.", hint=_HINT
        )
    return found


def check_file(file: InventoryFile, size: int, md5: str) -> None:
    """Raises `UnreadableContent` where a file is not the one that the manifest names."""
    if size != file.size or md5.lower() != file.md5.lower():
        raise UnreadableContent(
            f"{file.key} is not what the manifest says: {size} of {file.size} bytes, "
            f"MD5 {md5} and not {file.md5}.",
            hint=_HINT,
        )
