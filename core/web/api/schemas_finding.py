"""What programs send and get about facets, folders, albums and saved searches."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.web.api.schemas import Answer, Body
from core.web.api.schemas_changes import BulkOut

Name = Annotated[str, Field(max_length=200)]
Path = Annotated[str, Field(max_length=4000, description="`a/b`")]


class FacetValueOut(Answer):
    value: str
    count: int


class FacetOut(Answer):
    """The values with the most files; `more` says how many others there are."""

    values: list[FacetValueOut]
    more: int


class FacetsOut(Answer):
    total: int
    kinds: FacetOut
    states: FacetOut
    folders: FacetOut
    tags: FacetOut
    cameras: FacetOut
    extensions: FacetOut
    months: FacetOut
    undated: int
    owners: FacetOut | None
    private: int
    shared: int
    about: bool


class MomentOut(Answer):
    period: str
    count: int


class TimelineOut(Answer):
    periods: list[MomentOut]
    undated: int


class FolderOut(Answer):
    """`count` is of files in it alone, `below` of those deeper, too."""

    path: str
    name: str
    count: int
    below: int


class FoldersOut(Answer):
    items: list[FolderOut]


class FolderIn(Body):
    path: Path


class FolderRenameIn(Body):
    path: Path
    new_path: Path


class FolderRenameOut(Answer):
    """`bulk` moves the files; ask for it at /bulk-changes."""

    bulk: BulkOut | None


class AlbumOut(Answer):
    id: str
    name: str
    created_at: datetime
    count: int
    cover_id: str


class AlbumsOut(Answer):
    items: list[AlbumOut]


class AlbumIn(Body):
    name: Name


class AlbumChangesIn(Body):
    name: Name | None = None
    cover_id: Annotated[str, Field(max_length=200, description="'' is the newest")] | None = None


class SavedSearchOut(Answer):
    id: str
    name: str
    query: str
    created_at: datetime


class SavedSearchesOut(Answer):
    items: list[SavedSearchOut]


class SavedSearchIn(Body):
    name: Name
    query: Annotated[str, Field(max_length=1000, description="As typed into the search box")]


class SavedSearchRenameIn(Body):
    name: Name
