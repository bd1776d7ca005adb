"""Log files before they are read: their first bytes, what is whole of a damaged one, parts."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from core.errors import InvalidInput
from core.model.traffic import LogShape

HEAD = 64 * 1024
_GZIP = b"\x1f\x8b"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class LogFile:
    """`name` is how people know it; `offset` lines of the named file lie before this part."""

    path: Path
    name: str
    shape: LogShape
    compressed: bool = False
    offset: int = 0


@dataclass(frozen=True)
class Stamp:
    """Enough to see that a file was written to."""

    size: int
    changed: int


def stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return Stamp(found.st_size, found.st_mtime_ns)


def head_of(path: Path) -> tuple[bytes, bool]:
    """The first bytes, decompressed, and whether the file is gzip, whatever its name says."""
    try:
        with path.open("rb") as file:
            raw = file.read(HEAD)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not raw.startswith(_GZIP):
        return raw, False
    try:
        return zlib.decompressobj(31).decompress(raw, HEAD), True
    except zlib.error:
        return b"", True


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"{path} can't be read: {error.strerror}.", hint="Give files that are there and readable."
    )


def _opened(path: Path, compressed: bool) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if compressed else path.open("rb")


def is_whole(path: Path) -> bool:
    """Whether a gzip file can be decompressed to its end."""
    try:
        with gzip.open(path, "rb") as file:
            while file.read1(_CHUNK):
                pass
    except (EOFError, OSError, zlib.error):
        return False
    return True


def contents(path: Path, compressed: bool) -> Iterator[bytes]:
    """What can be read of a file, decompressed."""
    with _opened(path, compressed) as file:
        try:
            while chunk := file.read1(_CHUNK):
                yield chunk
        except (EOFError, OSError, zlib.error):
            return


def salvage(path: Path, target: Path) -> bool:
    """Write the whole lines of a gzip file that ends early or is damaged; False if it is sound."""
    sound = True
    with target.open("wb") as out, gzip.open(path, "rb") as file:
        last = b""
        try:
            while chunk := file.read1(_CHUNK):
                last = _whole_lines(last + chunk, out)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            sound = False
        if sound:
            out.write(last)
    return not sound


def _whole_lines(data: bytes, out: IO[bytes]) -> bytes:
    end = data.rfind(b"\n") + 1
    out.write(data[:end])
    return data[end:]


def split_by_header(path: Path, compressed: bool, folder: Path) -> Iterator[tuple[Path, int]]:
    """A part for each #Fields line of a file, and how many lines lie before the part."""
    part: IO[bytes] | None = None
    found: list[tuple[Path, int]] = []
    before = b""
    with _opened(path, compressed) as file:
        for number, line in enumerate(file):
            if part is None or (line.startswith(b"#") and not before.startswith(b"#")):
                if part is not None:
                    part.close()
                found.append((folder / f"part-{len(found)}", number))
                part = found[-1][0].open("wb")
            part.write(line)
            before = line
    if part is not None:
        part.close()
    yield from found
