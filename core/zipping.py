"""A zip as a stream: made while it is sent, so that memory holds one chunk of it. Pure."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from core.model.names import safe_segment

_FIRST_YEAR = 1980  # a zip knows none before


class Entry(NamedTuple):
    name: str
    at: datetime
    size: int  # bytes, as far as is known
    chunks: Iterable[bytes]


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Not compressed: media are already. Names of any script; of equal ones each gets a number."""
    sink = _Sink()
    taken: set[str] = set()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for entry in entries:
            header = zipfile.ZipInfo(unique(entry.name, taken), _moment(entry.at))
            header.file_size = entry.size
            with archive.open(header, "w", force_zip64=True) as file:
                for chunk in entry.chunks:
                    file.write(chunk)
                    yield sink.taken()
            yield sink.taken()
    yield sink.taken()


def unique(name: str, taken: set[str]) -> str:
    """`name`, or `name (2)` and so on; upper and lower case are the same on many disks."""
    path = PurePosixPath(_segment(name))
    candidate, number = path.name, 2
    while candidate.casefold() in taken:
        candidate, number = f"{path.stem} ({number}){path.suffix}", number + 1
    taken.add(candidate.casefold())
    return candidate


def _segment(name: str) -> str:
    """Never a path: what unpacks the zip may follow it out of its folder."""
    plain = name.replace("/", "_").replace("\\", "_").strip()
    return plain if plain.strip(". ") else safe_segment(plain)


def _moment(at: datetime) -> tuple[int, int, int, int, int, int]:
    return (max(at.year, _FIRST_YEAR), at.month, at.day, at.hour, at.minute, at.second)


class _Sink(io.RawIOBase):
    """Takes what is written until it is fetched. It can't seek, so sizes follow their bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(memoryview(data))  # type: ignore[arg-type]  # zipfile hands over buffers
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
