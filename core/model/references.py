"""What else of this site uses the objects of a file, as far as somebody may know of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from core.model.base import Noun


class UserKind(StrEnum):
    FILE = "file"
    AVATAR = "avatar"
    PROGRESS_PHOTO = "progress_photo"


class ObjectUser(Noun):
    """`id` is of the file, account or photo; '' for another person's file."""

    kind: UserKind
    id: str = ""
    name: str = ""  # of a file
    day: date | None = None  # of a photo
