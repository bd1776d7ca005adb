"""Keeps answers that took long to find: a few that never change, or one for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

V = TypeVar("V")


class Aged(Generic[V]):
    """One answer that holds for a while; a failure is not kept. For threads."""

    def __init__(
        self, find: Callable[[], V], clock: Callable[[], datetime], holds: timedelta
    ) -> None:
        self._find, self._clock, self._holds = find, clock, holds
        self._found: tuple[datetime, V] | None = None

    def __call__(self) -> V:
        found, now = self._found, self._clock()
        if found is not None and timedelta() <= now - found[0] < self._holds:
            return found[1]
        value = self._find()
        self._found = now, value
        return value


class Kept(Generic[V]):
    """At most `most` answers, those that were asked for last. For threads."""

    def __init__(self, most: int) -> None:
        self._most, self._found = most, OrderedDict[Hashable, V]()
        self._lock = threading.Lock()

    def get(self, key: Hashable, find: Callable[[], V]) -> V:
        """`find` runs outside the lock: two who ask at once may both look."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        value = find()
        with self._lock:
            self._found[key] = value
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return value

    def clear(self) -> None:
        with self._lock:
            self._found.clear()
