"""Keys of progress photos in both forms, the flat one and the one before it. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from core.errors import InvalidInput, TooLarge
from core.model.names import plain_text
from core.model.progress import ProgressPhoto

FOLDER = "progress-photos/"
MIB = 1024 * 1024
JSON_LIMIT, TICKET_LIMIT = 6 * MIB, 25 * MIB
NOTE_LIMIT = 500
_OLD = re.compile(r"users/(?P<user>[^/]+)/progress-photos/(?P<photo>[^/]+)")
_FLAT = re.compile(r"progress-photos/(?P<photo>[^/]+)")
_EARLIEST = date(1900, 1, 1)


def flat_key(id: str) -> str:
    return f"{FOLDER}{id}"


def thumbnail_key(id: str) -> str:
    return f"{FOLDER}{id}-400"


def is_old(key: str) -> bool:
    return _OLD.fullmatch(key) is not None


def name_in(key: str) -> str:
    """The last step of either form; '' for a key that is neither."""
    found = _OLD.fullmatch(key) or _FLAT.fullmatch(key)
    return found["photo"] if found else ""


def forms(photo: ProgressPhoto) -> tuple[str, ...]:
    """Every key under which the picture may lie, the recorded one first."""
    name = name_in(photo.key)
    if not name:
        return (photo.key,)
    old = photo.key if is_old(photo.key) else f"users/{photo.owner_id}/{FOLDER}{name}"
    return tuple(dict.fromkeys((photo.key, flat_key(name), old)))


def check_size(size: int, limit: int) -> None:
    if size <= 0:
        raise InvalidInput("The picture is empty (0 bytes).", hint="Send it again.")
    if size > limit:
        hint = (
            "Ask POST /api/progress-photos/tickets where to send it."
            if limit == JSON_LIMIT
            else "Send a smaller picture."
        )
        raise TooLarge(
            f"The picture has more than {limit // MIB} MiB, which is the most here.",
            hint=hint,
        )


def checked_day(day: date, now: datetime) -> date:
    """Tomorrow is possible: it has begun somewhere."""
    if not _EARLIEST <= day <= now.date() + timedelta(days=1):
        raise InvalidInput(
            f"{day.isoformat()} can't be the day of a photo.",
            hint=f"Use a day between {_EARLIEST.isoformat()} and today.",
        )
    return day


def checked_note(text: str) -> str:
    words = plain_text(text).strip()
    if len(words) > NOTE_LIMIT:
        raise InvalidInput(
            f"The note has {len(words)} characters.", hint=f"Use at most {NOTE_LIMIT}."
        )
    return words


def day_of(wanted: date | None, taken_at: datetime | None, today: date) -> date:
    """What the person says, else what the camera said, unless its clock ran ahead."""
    if wanted is not None:
        return wanted
    return (
        taken_at.date() if taken_at is not None and _EARLIEST <= taken_at.date() <= today else today
    )
