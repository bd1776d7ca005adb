"""Uploads and their parts as they go in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from core.model.changes import OnConflict
from core.model.media import JobState, UploadState
from core.web.api.schemas import Answer, Body, ProblemOut
from core.web.api.schemas_files import FileOut


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
