"""After a call that AWS left without an answer, the next ones of a page are not waited for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from core.errors import AwsUnavailable

T = TypeVar("T")
_PAUSE = timedelta(seconds=30)


class Outage:
    """Each call that hangs takes its whole time-out; a page makes many of them in a row."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._since: datetime | None = None

    def ask(self, call: Callable[[], T]) -> T:
        """Raises `AwsUnavailable` at once within 30 seconds of one that was raised."""
        if self._since is not None and timedelta() <= self._clock() - self._since < _PAUSE:
            raise AwsUnavailable("AWS did not answer just now.", hint="Try again in a minute.")
        try:
            answer = call()
        except AwsUnavailable:
            self._since = self._clock()
            raise
        self._since = None
        return answer
