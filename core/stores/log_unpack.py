"""Gzip logs as plain files, some of them unpacked while others are read.

DuckDB unpacks a file in one thread, takes three times as long, and does not check its checksum.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import IO, Any

from isal import igzip, isal_zlib

from core.stores.log_source import LogFile

_TOGETHER = 64 * 1024 * 1024  # bytes; a larger file comes in parts
_FIRST = 8 * 1024 * 1024
_MOST_FILES = 500
_CHUNK = 1024 * 1024
_open: Any = igzip.open  # it has no types, and its stub calls the error's class an exception
_ISAL: Any = isal_zlib.error
DAMAGED: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, zlib.error, _ISAL)


def unpacked(files: Sequence[LogFile], folder: Path) -> Generator[list[LogFile]]:
    """What is to be read together, there until the next is asked for: whole lines, in order.

    Raises one of `DAMAGED` where a file is not what was packed.
    """
    groups = _groups(files, folder)
    with ThreadPoolExecutor(1, "unpack") as beside:
        ahead = beside.submit(next, groups, None)
        while (group := ahead.result()) is not None:
            ahead = beside.submit(next, groups, None)
            yield group
            for one in group:
                one.path.unlink()


class _Group:
    """Files for one go; the first goes are small, so that reading begins soon."""

    def __init__(self) -> None:
        self.files = list[LogFile]()
        self.most = _FIRST  # bytes
        self._size = 0

    @property
    def is_full(self) -> bool:
        return self._size >= self.most or len(self.files) >= _MOST_FILES

    def add(self, part: LogFile) -> None:
        self.files.append(part)
        self._size += part.path.stat().st_size

    def taken(self) -> list[LogFile]:
        files, self.files = self.files, []
        self._size, self.most = 0, min(2 * self.most, _TOGETHER)
        return files


def _groups(files: Sequence[LogFile], folder: Path) -> Iterator[list[LogFile]]:
    group = _Group()
    for number, file in enumerate(files):
        for part in _parts(file, folder / str(number), group):
            if group.files and part.shape != group.files[0].shape:
                yield group.taken()
            group.add(part)
            if group.is_full:
                yield group.taken()
    if group.files:
        yield group.taken()


def _parts(file: LogFile, stem: Path, group: _Group) -> Iterator[LogFile]:
    part = replace(file, compressed=False)
    with _open(file.path, "rb") as packed:
        for number in count():
            path = stem.with_name(f"{stem.name}-{number}")
            lines = _fill(path, packed, group.most)
            if number and not path.stat().st_size:
                path.unlink()
                return
            yield replace(part, path=path)
            headless = file.shape.model_copy(update={"skip": 0})
            part = replace(part, shape=headless, offset=part.offset + lines)


def _fill(path: Path, packed: IO[bytes], most: int) -> int:
    """Write the next part, which ends with a line; how many lines it has."""
    lines = size = 0
    with path.open("wb") as out:
        while size < most and (chunk := packed.read(_CHUNK)):
            size += out.write(chunk)
            lines += chunk.count(b"\n")
        while size and (rest := packed.readline(_CHUNK)):
            out.write(rest)
            lines += rest.endswith(b"\n")
            if rest.endswith(b"\n"):
                break
    return lines
