"""What goes in and out, field by field: nothing leaves that is not named here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.model.changes import OnConflict
from core.model.identity import Role
from core.model.media import FileKind, FileState, JobState, UploadState

Email = Annotated[str, Field(max_length=320, examples=["ada@example.com"])]
Password = Annotated[str, Field(max_length=1024, json_schema_extra={"format": "password"})]


class Body(BaseModel):
    """A request; an unknown field is a mistake that should be told."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProblemOut(Answer):
    """RFC 9457. `detail` says what went wrong here, `hint` what to do about it."""

    type: str = Field(examples=["urn:problem:not-found"])
    title: str
    status: int
    detail: str
    hint: str = ""
    reference: str | None = Field(None, description="Of an unexpected error: its number in the log")
    errors: list[dict[str, str]] | None = Field(None, description="Of a 400: each wrong field")


# Accounts


class RegisterIn(Body):
    email: Email
    password: Password
    username: Annotated[str, Field(max_length=200)]


class LoginIn(Body):
    email: Email
    password: Password


class AccountOut(Answer):
    id: str
    email: str
    username: str
    role: Role
    full_name: str
    gender: str
    date_of_birth: date | None
    disabled: bool
    invited: bool = Field(description="Has no password yet, only a link to set one")
    created_at: datetime
    last_sign_in_at: datetime | None


class LoginOut(Answer):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int = Field(description="Seconds")
    account: AccountOut


class ProfileIn(Body):
    """Fields that are not sent stay as they are."""

    username: Annotated[str, Field(max_length=200)] = ""
    full_name: Annotated[str, Field(max_length=500)] = ""
    gender: Annotated[str, Field(max_length=200)] = ""
    date_of_birth: date | None = None


class PasswordIn(Body):
    current: Password
    new: Password


class AccountChangesIn(Body):
    role: Role | None = None
    disabled: bool | None = None


class InvitationIn(Body):
    email: Email
    username: Annotated[str, Field(max_length=200)]
    role: Role = Role.MEMBER


class PasswordLinkOut(Answer):
    """Sets the account's password once. It is shown here and never again."""

    url: str
    expires_at: datetime


class InvitationOut(Answer):
    account: AccountOut
    password_link: PasswordLinkOut


class SessionOut(Answer):
    id: str
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    device: str
    address: str
    current: bool = Field(description="This very session")


class SessionsOut(Answer):
    items: list[SessionOut]
    next_cursor: None = None


class AuditEventOut(Answer):
    id: str
    at: datetime
    action: str
    actor_id: str
    subject: str
    address: str
    details: dict[str, str]


class AuditEventsOut(Answer):
    items: list[AuditEventOut]
    next_cursor: str | None


# Files


class RemovedFieldOut(Answer):
    """Metadata that was in the upload and is not served; values are for the owner only."""

    group: str
    name: str
    value: str


class DeliveryStepOut(Answer):
    name: str
    ok: bool
    expected: str
    actual: str


class FileOut(Answer):
    id: str
    owner_id: str
    name: str
    folder: str
    tags: tuple[str, ...]
    type: FileKind
    content_type: str
    size: int = Field(description="Bytes of what is served")
    upload_size: int = Field(description="Bytes that were uploaded")
    checksum: str = Field(description="SHA-256 of the uploaded bytes, hex, or empty")
    state: FileState
    width: int | None
    height: int | None
    taken_at: datetime | None
    camera: str
    uploaded_at: datetime
    delivered_at: datetime | None
    trashed_at: datetime | None
    url: str = Field(description="On the CDN")
    thumbnail_url: str = Field(description="Empty where there is no picture")
    preview_url: str = Field(description="Empty where there is no picture")
    private: bool = Field(description="Served by signed addresses only")
    revision: int = Field(description="The number of the bytes that are served")
    edit: str = Field(description="Send it as `seen` with a change, to be told of others'")
    changed_at: datetime | None
    changed_by: str = Field(description="An account's id")
    purge_at: datetime | None = Field(description="When a trashed file is deleted for good")
    addresses_end: datetime | None = Field(description="When signed addresses end; ask again then")
    has_pristine: bool = Field(description="The exact upload is kept for its owner")
    removed: list[RemovedFieldOut]
    notes: tuple[str, ...]
    delivery: list[DeliveryStepOut]


class FilesOut(Answer):
    items: list[FileOut]
    next_cursor: str | None
    total: int


class PrivateIn(Body):
    private: bool


class FileChangesIn(Body):
    """Fields that are not sent stay as they are; `folder` "" is the top."""

    name: Annotated[str, Field(max_length=1000)] | None = None
    folder: Annotated[str, Field(max_length=2000)] | None = None
    tags: (
        Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100)] | None
    ) = None
    seen: Annotated[
        str, Field(max_length=100, description="The file's `edit`: 409 if it was changed since")
    ] = ""
    on_conflict: OnConflict = Field(
        default=OnConflict.ALLOW, description="Where the folder has this name already"
    )


class DownloadOut(Answer):
    url: str
    expires_at: datetime = Field(description="When the link really ends")


class KindTotalOut(Answer):
    type: FileKind
    count: int
    size: int


class DayTotalOut(Answer):
    day: date
    count: int
    size: int


class SummaryOut(Answer):
    count: int
    size: int
    by_type: list[KindTotalOut]
    by_day: list[DayTotalOut]
    processing: int
    undelivered: int
    trashed: int


# Uploads


class UploadIn(Body):
    name: Annotated[str, Field(max_length=4000)]
    size: Annotated[int, Field(ge=0, le=2**53)]
    content_type: Annotated[str, Field(max_length=255)] = ""
    folder: Annotated[str, Field(max_length=4000)] = ""
    private: Annotated[bool, Field(description="Served by signed addresses only")] = False
    on_conflict: OnConflict = Field(
        default=OnConflict.ALLOW,
        description="Where the folder has this name already; `replace` makes a new version of it",
    )


class TicketOut(Answer):
    """How to send the bytes straight to S3: one form POST, or parts."""

    upload_id: str
    method: Literal["post", "multipart"]
    url: str
    fields: dict[str, str] = Field(description="Form fields that go before `file` (method post)")
    part_size: int | None = Field(description="Bytes of a part (method multipart)")
    expires_at: datetime


class JobOut(Answer):
    id: str
    state: JobState
    step: str
    done: int
    total: int
    attempts: int
    problem: ProblemOut | None


class UploadOut(Answer):
    id: str
    name: str
    size: int
    folder: str
    method: Literal["post", "multipart"]
    part_size: int | None
    state: UploadState
    created_at: datetime
    expires_at: datetime
    file: FileOut | None = Field(description="As soon as the upload was completed")
    job: JobOut | None
    problem: ProblemOut | None = Field(description="Why it was refused")


class CompletionOut(Answer):
    file: FileOut
    job: JobOut


class PartNumbersIn(Body):
    part_numbers: Annotated[
        list[Annotated[int, Field(ge=1, le=10_000)]], Field(min_length=1, max_length=1000)
    ]


class PartUrlOut(Answer):
    part_number: int
    url: str


class PartUrlsOut(Answer):
    items: list[PartUrlOut]


class PartOut(Answer):
    part_number: int
    etag: str
    size: int


class PartsOut(Answer):
    items: list[PartOut]
    next_cursor: None = None


# Diagnoses


class DiagnosisIn(Body):
    """A URL to look at now, or a saved case; exactly one of them."""

    url: Annotated[str, Field(max_length=8192)] | None = None
    snapshot: dict[str, Any] | None = None
