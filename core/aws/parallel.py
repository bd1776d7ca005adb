"""Several paged reads at once, as one stream of bounded memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")

_WAIT_SECONDS = 0.2


def merged(sources: Sequence[Callable[[], Iterable[T]]], workers: int = 8) -> Iterator[T]:
    """What all sources give, in the order of arrival. The first error of a source ends it all."""
    if len(sources) == 1:
        yield from sources[0]()
    elif sources:
        yield from _Merge(sources, workers).items()


class _Merge(Generic[T]):
    def __init__(self, sources: Sequence[Callable[[], Iterable[T]]], workers: int) -> None:
        self._sources, self._workers = sources, min(workers, len(sources))
        self._queue: queue.Queue[tuple[str, T | Exception | None]] = queue.Queue(2 * workers)
        self._stop = threading.Event()

    def items(self) -> Iterator[T]:
        with ThreadPoolExecutor(self._workers) as pool:
            try:
                for source in self._sources:
                    pool.submit(self._read, source)
                yield from self._taken()
            finally:
                self._stop.set()

    def _taken(self) -> Iterator[T]:
        left = len(self._sources)
        while left:
            kind, item = self._queue.get()
            if isinstance(item, Exception) and kind == "error":
                raise item
            if kind == "end":
                left -= 1
            else:
                yield item  # type: ignore[misc]

    def _read(self, source: Callable[[], Iterable[T]]) -> None:
        try:
            for item in source() if not self._stop.is_set() else ():
                if not self._put("item", item):
                    return
        except Exception as error:  # noqa: BLE001 it is raised again where the items are taken
            self._put("error", error)
        else:
            self._put("end", None)

    def _put(self, kind: str, item: T | Exception | None) -> bool:
        """Wait for room; False where nobody takes any more."""
        while not self._stop.is_set():
            try:
                self._queue.put((kind, item), timeout=_WAIT_SECONDS)
            except queue.Full:
                continue
            return True
        return False
