"""Saves the emulator's state while it runs; by itself ministack saves only when it stops cleanly.

Writes wait for the moment in which the state is copied. Writing the copy to disk happens beside
them, so that only the copy costs them anything.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any

StateReaders = Mapping[str, Callable[[], object]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_QUIET_SECONDS = 0.5  # a burst of writes is saved once, this long after it began
_PAUSE_PER_SAVE = 5.0  # a large state takes seconds to save: at most a sixth of the time
_DRAIN_SECONDS = 5.0
_NEVER = float("inf")


class Snapshots:
    """Knows the writes under way and whether something changed since the last save."""

    def __init__(
        self, states: Callable[[], StateReaders], save: Callable[[str, object], None]
    ) -> None:
        self._states = states
        self._save = save
        self._open = asyncio.Event()
        self._open.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._changed = asyncio.Event()
        self._due = _NEVER
        self._pause = _QUIET_SECONDS
        self._under_way = 0
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def write(self, receive: Receive) -> AsyncIterator[Receive]:
        """Around a request that changes state.

        It counts as under way once its body is complete: before that nothing changes, and a slow
        upload must not hold up a save.
        """
        entered = False

        async def receive_then_enter() -> MutableMapping[str, Any]:
            nonlocal entered
            message = await receive()
            if not entered and not message.get("more_body", False):
                await self._open.wait()
                self._enter()
                entered = True
            return message

        try:
            yield receive_then_enter
        finally:
            if entered:
                self._leave()
            self._due = min(self._due, time.monotonic() + self._pause)
            self._changed.set()

    async def save(self) -> int:
        """Save now; answers how many services were saved."""
        async with self._one_at_a_time:
            began = time.monotonic()
            copies = await self._copies()
            await asyncio.to_thread(self._write, copies)
            self._pause = max(_QUIET_SECONDS, _PAUSE_PER_SAVE * (time.monotonic() - began))
            return len(copies)

    async def save_when_due(self) -> None:
        """Runs for ever: saves soon after a change."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(max(0.0, min(self._due - time.monotonic(), self._pause)))
            self._changed.clear()
            if self._due != _NEVER:
                await self.save()

    def _enter(self) -> None:
        self._under_way += 1
        self._idle.clear()

    def _leave(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._idle.set()

    async def _copies(self) -> dict[str, object]:
        self._open.clear()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), _DRAIN_SECONDS)
            self._due = _NEVER
            copies = {name: copy() for name, copy in self._states().items()}
        finally:
            self._open.set()
        return {name: state for name, state in copies.items() if state is not None}

    def _write(self, copies: Mapping[str, object]) -> None:
        for name, state in copies.items():
            self._save(name, state)
