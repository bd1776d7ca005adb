"""How many wrong passwords are too many. Pure.

A try is counted before its password is looked at and taken back when it was right: a hundred
guesses sent at once can't all pass while the count still reads zero.
"""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta
from typing import NamedTuple

from core.errors import TooManyAttempts
from core.model.credentials import Attempts


class Limit(NamedTuple):
    """`tries` within `window` lock for another `window`."""

    tries: int
    window: timedelta


def counter_id(subject: str, name: str) -> str:
    """What people type is of any length, and may be a password in the wrong box."""
    return f"{subject}-{hashlib.sha256(name.encode('utf-8', 'backslashreplace')).hexdigest()}"


def locked_until(attempts: Attempts | None, now: datetime) -> datetime | None:
    end = attempts.locked_until if attempts else None
    return end if end is not None and end > now else None


def is_stale(attempts: Attempts, now: datetime, window: timedelta) -> bool:
    return locked_until(attempts, now) is None and now - attempts.started_at >= window


def refusal(end: datetime, now: datetime, what: str = "Sign-in") -> TooManyAttempts:
    """Rounded up to minutes: who waits as long as it says is never refused again."""
    seconds = max(1, math.ceil((end - now).total_seconds()))
    minutes = math.ceil(seconds / 60)
    told = "1 minute" if minutes == 1 else f"{minutes} minutes"
    opens = end + timedelta(seconds=-end.timestamp() % 60)
    return TooManyAttempts(
        f"Too many wrong passwords. {what} is closed for {told}, until {opens:%H:%M} UTC.",
        hint="Wait until then; the right password is refused until that time as well.",
        seconds=seconds,
    )


def count(
    attempts: Attempts | None,
    id: str,
    now: datetime,
    limit: Limit,
    what: str = "Sign-in",
) -> Attempts:
    """One more try. The last free one sets the lock and still passes; then `TooManyAttempts`.

    `what` is closed then, in words.
    """
    end = locked_until(attempts, now)
    if end is not None:
        raise refusal(end, now, what)
    fresh = attempts is None or attempts.locked_until or is_stale(attempts, now, limit.window)
    so_far = Attempts(id=id, count=0, started_at=now) if fresh or attempts is None else attempts
    tries = so_far.count + 1
    lock = now + limit.window if tries >= limit.tries else None
    return so_far.model_copy(update={"count": tries, "locked_until": lock})


def take_back(attempts: Attempts) -> Attempts:
    """A try turned out right: it counts no longer, and neither does the lock that it set."""
    return attempts.model_copy(update={"count": max(0, attempts.count - 1), "locked_until": None})
