"""What a link says of itself, in words that stay true until the page is loaded again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

_UNITS = (
    (timedelta(days=2), timedelta(days=1), "days"),
    (timedelta(hours=2), timedelta(hours=1), "hours"),
    (timedelta(minutes=2), timedelta(minutes=1), "minutes"),
    (timedelta(), timedelta(seconds=1), "seconds"),
)


def ends(at: datetime, now: datetime) -> str:
    """`Ends in 3 days, 20 Nov 2026 12:00 UTC`; rounded down, so that it never promises more."""
    rest = max(at - now, timedelta())
    unit, word = next((unit, word) for least, unit, word in _UNITS if rest >= least)
    amount = rest // unit
    second = "" if rest >= timedelta(minutes=2) else f":{at:%S}"
    told = f"{amount} {word if amount != 1 else word[:-1]}"
    return f"Ends in {told}, {at.day} {at:%b %Y %H:%M}{second} UTC"


def downloads(most: int | None, left: int | None) -> str:
    """`4 of 10 downloads left`; '' without a limit."""
    if most is None or left is None:
        return ""
    if left == 0:
        return "No downloads left"
    return f"{left:,} of {most:,} {'download' if most == 1 else 'downloads'} left"
