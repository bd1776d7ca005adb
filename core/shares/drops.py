"""What a drop box still takes. Pure; raises `InvalidInput`, `TooLarge` or `UnsupportedType`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from core.errors import Conflict, InvalidInput, TooLarge, UnsupportedType
from core.model.media import FileKind
from core.model.names import plain_text
from core.model.sharing import DropLimits, DroppedFile, DropState, SharePolicy
from core.shares.records import DropRequest
from core.shares.words import kinds_text, size

_TRIES = 10  # for each file that is taken
SENDER_LIMIT = 40  # a tag holds 50
_DOCUMENTS = (
    "application/pdf",
    "application/msword",
    "application/rtf",
    "application/vnd.",
    "text/",
)


class Room(NamedTuple):
    """What is left of a box."""

    files: int
    bytes: int

    @property
    def full(self) -> bool:
        return self.files < 1 or self.bytes < 1


def within(limits: DropLimits, policy: SharePolicy) -> DropLimits:
    """A box that was made before is cut to the policy as well."""
    total = min(limits.max_total_bytes, policy.largest_drop_bytes)
    each = min(limits.max_file_bytes, total)
    return limits.model_copy(update={"max_total_bytes": total, "max_file_bytes": each})


def room(limits: DropLimits, drops: Iterable[DroppedFile], now: datetime) -> Room:
    """Files under way count as if they had come; those that never came count no longer.

    Who goes on sending what is refused closes the box in the end: each try leaves a record.
    """
    tried = list(drops)
    counted = [drop for drop in tried if _counts(drop, now)]
    files = min(limits.max_files - len(counted), _TRIES * (limits.max_files + 2) - len(tried))
    left = limits.max_total_bytes - sum(drop.size for drop in counted)
    return Room(max(0, files), max(0, left))


def _counts(drop: DroppedFile, now: datetime) -> bool:
    under_way = drop.state is DropState.OPEN and now < drop.reserved_until
    return drop.state is DropState.RECEIVED or under_way


def check(request: DropRequest, limits: DropLimits, room: Room) -> None:
    if request.size < 1:
        raise InvalidInput("The file is empty (0 bytes).", hint="Check that it was saved whole.")
    if request.size > limits.max_file_bytes:
        raise TooLarge(
            f"The file has {size(request.size)}; {size(limits.max_file_bytes)} is the most.",
            hint="Send a smaller one, or ask the person who sent you the link.",
        )
    if limits.kinds and declared_kind(request) not in {None, *limits.kinds}:
        raise UnsupportedType(
            f"Files of this type are not taken here: only {kinds_text(limits.kinds)}.",
            hint="Ask the person who sent you the link.",
        )
    if room.files < 1:
        raise Conflict("The box is full.", hint="Ask the person who sent you the link.")
    if request.size > room.bytes:
        raise TooLarge(
            f"The file has {size(request.size)}; the box has room for {size(room.bytes)}.",
            hint="Ask the person who sent you the link for another one.",
        )


def told(limits: DropLimits, room: Room) -> str:
    """What a box takes and what is left of it, as its page says it."""
    if room.full:
        return "The box is full. Ask whoever sent you the link."
    only = f"Only {kinds_text(limits.kinds)}. " if limits.kinds else ""
    files = "1 file" if room.files == 1 else f"{room.files:,} files"
    return (
        f"{only}{size(limits.max_file_bytes)} for one file at most. "
        f"There is room for {files} more and {size(room.bytes)}."
    )


def declared_kind(request: DropRequest) -> FileKind | None:
    """None where the browser doesn't know; the bytes are judged once they are there."""
    declared = request.content_type.partition(";")[0].strip().lower()
    if declared in {"", "application/octet-stream"}:
        return None
    family = declared.partition("/")[0]
    if family in {"image", "video", "audio"}:
        return FileKind(family)
    return FileKind.DOCUMENT if declared.startswith(_DOCUMENTS) else FileKind.OTHER


def sender(raw: str) -> str:
    """Short enough for a tag, in lower case too: there some letters become three."""
    name = plain_text(raw)[:SENDER_LIMIT]
    while len(name.casefold()) > SENDER_LIMIT:
        name = name[:-1]
    return name.strip()
