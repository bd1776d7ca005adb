"""Progress photos: private pictures that only their owner sees, and how their objects are kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field, model_validator

from core.model.base import Noun, UtcTime

_OLD_NAMES = {"s3_key": "key", "s3Key": "key", "userId": "owner_id", "photoId": "id"}


class ProgressPhoto(Noun):
    """`key` may be of the old form, `users/{id}/progress-photos/{photo}`; then it is `legacy`."""

    id: str
    owner_id: str
    key: str
    taken_on: date
    uploaded_at: UtcTime
    size: int = 0
    content_type: str = "image/jpeg"
    width: int | None = None
    height: int | None = None
    note: str = ""
    legacy: bool = False
    thumbnail_key: str = ""
    deleted_at: UtcTime | None = None

    @model_validator(mode="before")
    @classmethod
    def _old_names(cls, data: Any) -> Any:
        """Records of the application that kept these photos before name some fields otherwise."""
        if not isinstance(data, dict):
            return data
        named = {_OLD_NAMES.get(name, name): value for name, value in data.items()}
        key = named.get("key")
        if isinstance(key, str) and key.startswith("users/"):
            named["legacy"] = True
        return named


class ProgressTicket(Noun):
    """What is remembered between the ticket of an upload and its completion."""

    id: str
    owner_id: str
    size: int
    content_type: str
    taken_on: date | None = None
    note: str = ""
    expires_at: UtcTime


class SignedPicture(Noun):
    """Where a private picture may be fetched from for a few minutes."""

    url: str = Field(repr=False)
    expires_at: UtcTime


class DueKey(Noun):
    """Objects that are looked at again at `at`, and erased unless a record names them by then.

    Written before they are, so that a crash in between leaves nothing that nobody knows of.
    """

    id: str  # the key, or the id of what it belongs to
    owner_id: str
    at: UtcTime
    keys: tuple[str, ...] = ()  # where the id alone doesn't say what is to be erased
