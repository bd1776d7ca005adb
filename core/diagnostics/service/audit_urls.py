"""The rows of an audit's two files; large lists of URLs are read in a second process."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

from core.diagnostics.audit_files import URLS, Skipped, csv_rows
from core.diagnostics.service.audit_sources import is_utf8, parquet_rows
from core.errors import DashboardError, InvalidInput

_LARGE = 4 << 20  # bytes from which a second process is worth its start
_END = "\0"  # joins texts: one long text passes a pipe at once, a million short ones don't


@dataclass(slots=True)
class AskedUrls:
    """The rows of the list of URLs, with what is to be said of it."""

    ids: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    repeated: int = 0  # ids that stood before
    skipped: Skipped = field(default_factory=Skipped)

    def packed(self) -> tuple[str, str, int, Skipped] | None:
        """The same for a pipe; None where it can't be told what the texts were."""
        ids, urls = _END.join(self.ids), _END.join(self.urls)
        ends = max(len(self.ids) - 1, 0)
        if ids.count(_END) != ends or urls.count(_END) != ends or not self.ids:
            return None
        return ids, urls, self.repeated, self.skipped

    @classmethod
    def unpacked(cls, ids: str, urls: str, repeated: int, skipped: Skipped) -> AskedUrls:
        return cls(ids.split(_END), urls.split(_END), repeated, skipped)


def read_urls(path: Path) -> AskedUrls:
    found = AskedUrls()
    for one, url in file_rows(path, URLS, found.skipped):
        found.ids.append(one)
        found.urls.append(url)
    found.repeated = len(found.ids) - len(set(found.ids))
    return found


@contextmanager
def urls_beside(path: Path) -> Iterator[Callable[[], AskedUrls]]:
    """Read a large file from now on in a second process; what is given waits for its rows.

    Whatever keeps that process from answering, an error in the file too, is met again here.
    """
    if not _is_large(path):
        yield lambda: read_urls(path)
        return
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    helper = context.Process(target=_send, args=(path, theirs), daemon=True)
    helper.start()
    theirs.close()
    try:
        yield lambda: _received(mine) or read_urls(path)
    finally:
        mine.close()
        helper.terminate()
        helper.join()


def _is_large(path: Path) -> bool:
    return path.is_file() and path.stat().st_size >= _LARGE


def _send(path: Path, pipe: Connection) -> None:
    try:
        pipe.send(read_urls(path).packed())
    except DashboardError:
        pipe.close()


def _received(pipe: Connection) -> AskedUrls | None:
    try:
        packed = pipe.recv()
    except EOFError:
        return None
    return AskedUrls.unpacked(*packed) if packed else None


def file_rows(path: Path, columns: tuple[str, ...], skipped: Skipped) -> Iterator[list[str]]:
    """The wanted columns of every usable row of a CSV or Parquet file."""
    if path.suffix.lower() in {".parquet", ".pq"}:
        with reported(path):
            yield from parquet_rows(path, columns, path.name, skipped)
        return
    with opened(path, "r") as lines:
        yield from csv_rows(lines, columns, path.name, skipped, clean=is_utf8(path))


@contextmanager
def opened(path: Path, mode: str) -> Iterator[TextIO]:
    """A text file; what can't be opened, read or written is an error with its path."""
    coding = "utf-8-sig" if mode == "r" else "utf-8"
    errors = "surrogateescape" if mode == "r" else "strict"
    with reported(path), path.open(mode, encoding=coding, errors=errors, newline="") as file:
        yield file  # type: ignore[misc]


@contextmanager
def reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidInput(
            f"{path} can't be used: {error.strerror or error}", hint="Check the path."
        ) from error
