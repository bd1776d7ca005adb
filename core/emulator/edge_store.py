"""What the edge has cached, one file per answer; the least recently used go when it is full.

A file is: length of the head (4 bytes), the head as JSON, the body. It is written under another
name and moved into place, so that a crash leaves no half answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

_LENGTH = 4
_CHUNK = 256 * 1024
_KEEP_AFTER_EVICTION = 0.9


@dataclass(frozen=True)
class Head:
    """What is known of a cached answer; times in seconds since the epoch, names in lower case."""

    path: str
    status: int
    headers: dict[str, str]
    stored: float
    expires: float


@dataclass(frozen=True)
class Entry:
    head: Head
    file: Path
    offset: int
    size: int

    def read(self, start: int, end: int) -> bytes:
        with self.file.open("rb") as file:
            file.seek(self.offset + start)
            return file.read(end - start)

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """The file is opened now: the entry may be dropped while it is being sent."""
        file = self.file.open("rb")
        file.seek(self.offset + start)
        return _chunks(file, end - start)


def _chunks(file: BinaryIO, left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


class Draft:
    """An answer that is being written. `keep` makes it an entry, `drop` forgets it."""

    def __init__(self, store: EdgeStore, target: Path, head: Head) -> None:
        self._store = store
        self._target = target
        self._head = head
        target.parent.mkdir(parents=True, exist_ok=True)
        self._path = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
        encoded = json.dumps(asdict(head)).encode()
        self._file: BinaryIO = self._path.open("wb")
        self._file.write(len(encoded).to_bytes(_LENGTH, "big") + encoded)

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def keep(self) -> Entry:
        self._file.close()
        self._path.replace(self._target)
        self._store.grew(self._target.stat().st_size)
        entry = self._store.read(self._target)
        if entry is None:  # evicted by somebody between two lines
            raise FileNotFoundError(self._target)
        return entry

    def drop(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


class EdgeStore:
    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit = limit_bytes
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in folder.glob("*/*.tmp"):
            leftover.unlink(missing_ok=True)
        self._size = sum(file.stat().st_size for file in folder.glob("*/*"))

    def get(self, key: str) -> Entry | None:
        entry = self.read(self._file(key))
        if entry is not None:
            with contextlib.suppress(FileNotFoundError):
                os.utime(entry.file)
        return entry

    def draft(self, key: str, head: Head) -> Draft:
        return Draft(self, self._file(key), head)

    def drop(self, key: str) -> None:
        self._file(key).unlink(missing_ok=True)

    def read(self, file: Path) -> Entry | None:
        try:
            with file.open("rb") as opened:
                length = int.from_bytes(opened.read(_LENGTH), "big")
                head = Head(**json.loads(opened.read(length)))
                size = os.fstat(opened.fileno()).st_size - _LENGTH - length
        except (OSError, ValueError, TypeError):
            return None
        return Entry(head, file, _LENGTH + length, size)

    def grew(self, added: int) -> None:
        self._size += added
        if self._size > self._limit:
            self._evict()

    def _evict(self) -> None:
        files = [(file.stat(), file) for file in self._folder.glob("*/*")]
        files.sort(key=lambda pair: pair[0].st_mtime)
        self._size = sum(stat.st_size for stat, _ in files)
        for stat, file in files:
            if self._size <= self._limit * _KEEP_AFTER_EVICTION:
                return
            file.unlink(missing_ok=True)
            self._size -= stat.st_size

    def _file(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / name[:2] / name
