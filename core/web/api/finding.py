"""Finding files: pages of a search, what else there is, and when it was taken."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from core.errors import InvalidInput
from core.model.media import FileKind, FileQuery, FileSort, FileState
from core.web.api.access import Caller, Dashboard, Here
from core.web.api.openapi import SIGNED_IN, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.present import file_out
from core.web.api.schemas_files import FilesOut
from core.web.api.schemas_finding import FacetsOut, TimelineOut

router = APIRouter(tags=["files"])

_Text = Annotated[str | None, Query(max_length=200)]
_DATES = "A period or a range: `2024-05`, `2024-01..2024-03`, `>2026-01-01`"
_Dates = Annotated[str | None, Query(max_length=80, description=_DATES)]
_Pixels = Annotated[str | None, Query(max_length=40, description="`>2000`, `1000..2000`")]
_Size = Annotated[str | None, Query(max_length=40, description="`>10MB`, `1MB..2MB`")]
_Person = Annotated[
    str | None, Query(max_length=320, description="An id, an e-mail address, or `me`")
]
_Page = Annotated[
    int | None, Query(ge=1, le=10**9, description="From 1, in place of a cursor: any page at once")
]


def wanted(
    caller: Caller,
    dashboard: Dashboard,
    query: Annotated[
        str, Query(description='Words of the name, or `type:image folder:"a b" -rain taken:2024`')
    ] = "",
    folder: Annotated[str | None, Query(max_length=4000, description="`/` is the top")] = None,
    below: Annotated[bool, Query(description="Also what lies deeper in `folder`")] = False,
    type: FileKind | None = None,
    state: FileState | None = None,
    owner: _Person = None,
    shared_with: _Person = None,
    tag: Annotated[list[str] | None, Query(max_length=20, description="All of them")] = None,
    album: _Text = None,
    camera: Annotated[
        str | None, Query(max_length=200, description="Exactly; `*` is any characters")
    ] = None,
    extension: _Text = None,
    taken: _Dates = None,
    uploaded: _Dates = None,
    width: _Pixels = None,
    height: _Pixels = None,
    size: _Size = None,
    private: bool | None = None,
    shared: Annotated[bool | None, Query(description="With anybody")] = None,
    sort: FileSort | None = None,
    trashed: bool = False,
) -> FileQuery:
    """What was typed, and the separate parameters, which win."""
    fields = {
        "below" if below else "folder": folder,
        "type": type,
        "state": state,
        "owner": owner,
        "with": shared_with,
        "tag": tag,
        "album": album,
        "camera": camera,
        "ext": extension,
        "taken": taken,
        "uploaded": uploaded,
        "width": width,
        "height": height,
        "size": size,
        "sort": sort,
        "in": "trash" if trashed else None,
    }
    found = dashboard.library.query(caller, query, **fields)
    flags = {"private": private, "shared": shared}
    return found.model_copy(update={name: flag for name, flag in flags.items() if flag is not None})


Wanted = Annotated[FileQuery, Depends(wanted)]


@router.get("/files", responses=problems(*SIGNED_IN))
def list_files(
    caller: Caller,
    dashboard: Dashboard,
    here: Here,
    query: Wanted,
    limit: Limit = 60,
    cursor: Cursor = None,
    page: _Page = None,
) -> FilesOut:
    """Own files, and with `shared_with=me` those of others; everybody's with media:read_all."""
    if page is not None and cursor is not None:
        raise InvalidInput("A page and a cursor are two places.", hint="Send one of them.")
    offset = (page - 1) * limit if page else 0
    found = dashboard.library.page(caller, query, limit=limit, cursor=cursor, offset=offset)
    return FilesOut(
        items=[file_out(file, dashboard.library, here) for file in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.get("/files/facets", responses=problems(*SIGNED_IN))
def count_facets(caller: Caller, dashboard: Dashboard, query: Wanted) -> FacetsOut:
    """Counts within a search; each facet lifts its own filter. Exact unless `about` is true."""
    return FacetsOut.model_validate(dashboard.library.facets(caller, query))


@router.get("/files/timeline", responses=problems(*SIGNED_IN))
def count_timeline(
    caller: Caller,
    dashboard: Dashboard,
    query: Wanted,
    by: Literal["taken", "uploaded"] = "taken",
    per: Literal["month", "day"] = "month",
) -> TimelineOut:
    """How many files of a search were taken or uploaded when, newest first, in UTC."""
    found = dashboard.library.timeline(caller, query, by=by, days=per == "day")
    return TimelineOut.model_validate(found)
