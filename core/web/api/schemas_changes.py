"""What programs send and get about bulk changes, versions, invalidations and duplicates."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.model.changes import BulkKind, InvalidationState, OnConflict
from core.model.duplicates import DuplicateKind
from core.model.media import JobState
from core.web.api.schemas import Answer, Body, ProblemOut
from core.web.api.schemas_files import FileOut

Tag = Annotated[str, Field(max_length=200)]
Id = Annotated[str, Field(max_length=200)]


class ChangeIn(Body):
    """One change for all the files; fields that its kind does not use are left alone."""

    kind: BulkKind
    tags: Annotated[tuple[Tag, ...], Field(max_length=100)] = ()
    folder: Annotated[str, Field(max_length=2000)] | None = None
    album: Annotated[str, Field(max_length=200, description="An album's id")] = ""
    pattern: Annotated[
        str, Field(max_length=200, description="For rename: text with {name}, {n}, {date}")
    ] = ""
    on_conflict: OnConflict = OnConflict.ALLOW


class BulkIn(Body):
    """Either `ids`, or `query` as `GET /files` takes it: then all that it finds now."""

    change: ChangeIn
    ids: Annotated[tuple[Id, ...], Field(max_length=20_000)] = ()
    query: Annotated[str, Field(max_length=1000)] | None = None


class RefusalOut(Answer):
    file_id: str
    name: str = Field(description="Empty where you may not see the file")
    reason: str


class RefusalsOut(Answer):
    items: list[RefusalOut]


class ExampleOut(Answer):
    file_id: str
    name: str
    before: str
    after: str


class BulkPreviewOut(Answer):
    total: int
    examined: int = Field(description="The counts are of so many; the first ones of a long list")
    changing: int
    unchanged: int
    refused: int
    refusals: list[RefusalOut] = Field(description="The first hundred")
    examples: list[ExampleOut]


class BulkOut(Answer):
    id: str
    kind: BulkKind
    state: JobState
    total: int
    done: int
    changed: int
    unchanged: int
    refused: int
    refusals: list[RefusalOut] = Field(description="The first hundred")
    cancelled: bool
    undoable: bool
    undo_of: str
    undone_by: str
    created_at: datetime
    ended_at: datetime | None
    problem: ProblemOut | None


class BulksOut(Answer):
    items: list[BulkOut]


class CopyIn(Body):
    folder: Annotated[str, Field(max_length=2000)] | None = None
    name: Annotated[str, Field(max_length=1000)] = ""
    on_conflict: OnConflict = OnConflict.KEEP_BOTH


class ReplacementIn(Body):
    name: Annotated[str, Field(max_length=1000)]
    size: Annotated[int, Field(ge=0)]
    content_type: Annotated[str, Field(max_length=255)] = ""
    same_key: bool = Field(
        default=False,
        description="Keep the URL: the old bytes stay as a version, and the CDN forgets them",
    )
    seen: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="The file's `revision`: 409 if it was replaced since"
    )


class VersionOut(Answer):
    number: int
    current: bool
    name: str
    size: int
    upload_size: int
    checksum: str
    content_type: str
    width: int | None
    height: int | None
    stored_at: datetime
    stored_by: str = Field(description="An account's id")
    url: str
    thumbnail_url: str
    preview_url: str
    expires_at: datetime | None = Field(description="When the addresses end; null: they don't")


class VersionsOut(Answer):
    items: list[VersionOut]


class DifferenceOut(Answer):
    what: str
    first: str
    second: str


class DifferencesOut(Answer):
    items: list[DifferenceOut]


class InvalidationOut(Answer):
    id: str
    file_id: str
    paths: tuple[str, ...]
    state: InvalidationState
    by: str
    created_at: datetime
    ended_at: datetime | None
    month: str
    problem: ProblemOut | None


class InvalidationsOut(Answer):
    items: list[InvalidationOut]


class FreePathsOut(Answer):
    month: str
    used: int
    free: int
    left: int
    at_least: bool = Field(description="Others in the account could not all be counted")


class TwinOut(Answer):
    file: FileOut
    distance: int = Field(description="Bits of 64 in which its fingerprint differs")
    stored: int = Field(description="Bytes that it holds")
    differs: list[DifferenceOut]


class DuplicateGroupOut(Answer):
    kind: DuplicateKind
    keep: str = Field(description="The file that is suggested to stay")
    reason: str
    frees: int
    files: int = Field(description="All of the group; the first 50 are items")
    kept: str = Field(description="Id of the caller's decision that all stay; '' without one")
    items: list[TwinOut]


class DuplicatesOut(Answer):
    items: list[DuplicateGroupOut]
    total: int
    frees: int
    unknown: int = Field(
        description="Files that could not be compared: no checksum, or no fingerprint yet"
    )
    kept: int = Field(description="Groups that the caller keeps as they are")
    complete: bool


class KeptTogetherIn(Body):
    ids: Annotated[tuple[Id, ...], Field(min_length=2, max_length=500)]


class KeptTogetherOut(Answer):
    id: str
