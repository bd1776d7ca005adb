"""People with their pictures and preferences, and progress photos, field by field."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AliasChoices, ConfigDict, Field

from core.model.preferences import PageSize, StartPage, Theme
from core.web.api.schemas import Answer, Body
from core.web.api.schemas_accounts import AccountOut, ProfileIn

Note = Annotated[str, Field(max_length=2000)]
_IMAGE = AliasChoices("image_data", "imageData")
_DAY = AliasChoices("taken_on", "takenOn")
_OWNER = AliasChoices("user_id", "userId")
_BASE64_LIMIT = 8 * 1024 * 1024 + 64 * 1024  # 6 MiB as base64, line breaks and a data: prefix


class PreferencesOut(Answer):
    theme: Theme
    page_size: PageSize
    time_zone: str = Field(description="IANA name")
    start_page: StartPage


class PersonOut(AccountOut):
    avatar_url: str | None = Field(description="512 px JPEG on the CDN")
    avatar_small_url: str | None = Field(description="128 px; in old records the only size")
    avatar_note: str = Field(description="Why there is no picture")
    preferences: PreferencesOut


class PeopleOut(Answer):
    items: list[PersonOut]
    next_cursor: str | None


class PreferencesIn(Body):
    """Fields that are not sent stay as they are."""

    theme: Theme = Theme.SYSTEM
    page_size: PageSize = 60
    time_zone: Annotated[str, Field(max_length=64)] = "UTC"
    start_page: StartPage = StartPage.HOME


class MeIn(ProfileIn):
    """Fields that are not sent stay as they are. The avatar has a route of its own."""

    preferences: PreferencesIn = PreferencesIn()


class AvatarOut(Answer):
    avatar_url: str
    avatar_small_url: str


class PhotoIn(Body):
    """A picture of at most 6 MiB as base64, also as a data: URL."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    image_data: Annotated[str, Field(max_length=_BASE64_LIMIT, validation_alias=_IMAGE)]
    taken_on: Annotated[date | None, Field(validation_alias=_DAY)] = None
    note: Note = ""


class OldPhotoIn(PhotoIn):
    """As apps send it that were made before; `user_id` may only name whoever is signed in."""

    user_id: Annotated[str, Field(max_length=200, validation_alias=_OWNER)] = ""


class PhotoTicketIn(Body):
    size: Annotated[int, Field(ge=0, le=2**53)]
    content_type: Annotated[str, Field(max_length=255)] = ""
    taken_on: date | None = None
    note: Note = ""


class PhotoOut(Answer):
    id: str
    taken_on: date
    uploaded_at: datetime
    size: int
    content_type: str
    width: int | None
    height: int | None
    note: str
    legacy: bool = Field(description="Its key is of the form users/{id}/progress-photos/{photo}")
    deleted_at: datetime | None = Field(description="Can be restored for a day")
    url: str | None = Field(description="Signed, private, for five minutes")
    thumbnail_url: str | None
    url_expires_at: datetime | None
    problem: str = Field(description="Why there is no url")


class PhotosOut(Answer):
    items: list[PhotoOut]
    next_cursor: str | None
