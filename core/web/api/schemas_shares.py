"""What goes in and out of the routes for sharing, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from core.model.media import FileKind, Right
from core.model.sharing import LinkState, ShareKind, TargetKind
from core.web.api.schemas import Answer, Body, Email, Password

FileId = Annotated[str, Field(max_length=100)]
FileIds = Annotated[list[FileId], Field(min_length=1, max_length=500)]
Emails = Annotated[list[Email], Field(min_length=1, max_length=50)]
ExpiresIn = Annotated[int, Field(ge=60, le=3650 * 86_400, description="Seconds from now")]
Downloads = Annotated[int, Field(ge=1, le=100_000)]
Domain = Annotated[str, Field(max_length=253)]
Title = Annotated[str, Field(max_length=500)]


class FileShareIn(Body):
    """`with` also lets these colleagues see the file under their own account, without an end."""

    expires_in: ExpiresIn
    password: Password = ""
    max_downloads: Downloads | None = None
    with_: Annotated[tuple[Email, ...], Field(max_length=50, alias="with")] = ()


class TargetIn(Body):
    """Only the field of its kind counts. A folder comes with everything below it."""

    kind: TargetKind
    file_ids: Annotated[tuple[FileId, ...], Field(max_length=500)] = ()
    folder: Annotated[str, Field(max_length=4000)] = ""
    album_id: FileId = ""


class DropIn(Body):
    max_files: Annotated[int, Field(ge=1, le=1000)]
    max_file_bytes: Annotated[int, Field(ge=1, le=2**53)]
    max_total_bytes: Annotated[int, Field(ge=1, le=2**53)]
    kinds: Annotated[tuple[FileKind, ...], Field(max_length=10, description="None named: any")] = ()


class ShareIn(Body):
    """`kind` drop takes files into `target.folder` instead of showing any."""

    kind: ShareKind = ShareKind.VIEW
    target: TargetIn
    expires_in: ExpiresIn
    title: Title = ""
    password: Password = ""
    max_downloads: Downloads | None = None
    drop: DropIn | None = None


class ShareChangesIn(Body):
    """Fields that are not sent stay. `password` "" takes it off, `max_downloads` 0 the limit."""

    expires_in: ExpiresIn | None = None
    title: Title | None = None
    password: Password | None = None
    max_downloads: Annotated[int, Field(ge=0, le=100_000)] | None = None
    revoked: Literal[False] | None = Field(None, description="Takes a revocation back")


class TargetOut(Answer):
    kind: TargetKind
    file_ids: tuple[str, ...]
    folder: str
    album_id: str


class DropOut(Answer):
    max_files: int
    max_file_bytes: int
    max_total_bytes: int
    kinds: tuple[FileKind, ...]
    received_files: int
    received_bytes: int


class ShareOut(Answer):
    id: str
    owner_id: str
    kind: ShareKind
    title: str
    target: TargetOut
    state: LinkState
    stopped_because: str = Field(description="Why the state is `stopped`")
    url: str = Field(description="For its owner only; empty once it can't be shown again")
    created_at: datetime
    expires_at: datetime = Field(description="When the link really ends")
    cut_by: Literal["link", "policy"] = Field(description="What decides the end")
    has_password: bool
    max_downloads: int | None
    downloads: int
    views: int
    last_used_at: datetime | None
    revoked_at: datetime | None
    drop: DropOut | None


class SharesOut(Answer):
    items: list[ShareOut]
    next_cursor: str | None


class FileShareOut(ShareOut):
    shared_with: list[str] = Field(description="Emails of the colleagues who may see the file now")


class PeopleIn(Body):
    """Colleagues with an account, by their email."""

    emails: Emails
    right: Right = Right.VIEW


class FilesPeopleIn(PeopleIn):
    file_ids: FileIds


class FilesIn(Body):
    file_ids: FileIds


class GivenBackOut(Answer):
    files: int = Field(description="On how many of them rights were given back")


class PersonOut(Answer):
    account_id: str
    email: str
    name: str
    right: Right


class PeopleOut(Answer):
    items: list[PersonOut]
    next_cursor: None = None


class SharePolicyIn(Body):
    """What admins allow. Counts at once, also for links that are there."""

    longest_days: Annotated[int, Field(ge=1, le=3650)] = 90
    password_required: bool = False
    domains: Annotated[tuple[Domain, ...], Field(max_length=100)] = ()
    drop_boxes: bool = True
    largest_drop_bytes: Annotated[int, Field(ge=1, le=2**53)] = 20 * 1024**3


class SharePolicyOut(Answer):
    longest_days: int
    password_required: bool
    domains: tuple[str, ...]
    drop_boxes: bool
    largest_drop_bytes: int
