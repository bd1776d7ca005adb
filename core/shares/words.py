"""What a link says of itself, in words that stay true until the page is loaded again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.model.media import FileKind

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


def counted(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def size(count: int) -> str:
    """As people read it: whole bytes below 1 KiB, else one decimal."""
    value, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            break
        value /= 1024
    return f"{count} B" if unit == "B" else f"{value:,.1f} {unit}".replace(".0 ", " ")


def kinds_text(kinds: Iterable[FileKind]) -> str:
    words = {
        FileKind.IMAGE: "pictures",
        FileKind.VIDEO: "videos",
        FileKind.AUDIO: "sound",
        FileKind.DOCUMENT: "documents",
        FileKind.OTHER: "other files",
    }
    return ", ".join(words[kind] for kind in kinds)
