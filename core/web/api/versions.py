"""The bytes of a file: copied, replaced, compared, restored; and the CDN told to forget them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.errors import Conflict, TooLarge, UnsupportedType
from core.upload.policy import UploadRequest
from core.web.api.access import Caller, Dashboard, Here
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.present import file_out, ticket_out
from core.web.api.present_changes import invalidation_out, version_out
from core.web.api.schemas_changes import (
    CopyIn,
    DifferenceOut,
    DifferencesOut,
    FreePathsOut,
    InvalidationOut,
    InvalidationsOut,
    ReplacementIn,
    VersionsOut,
)
from core.web.api.schemas_files import FileOut
from core.web.api.schemas_uploads import TicketOut

router = APIRouter(tags=["files"])

Kept = Annotated[
    bool, Query(description="At the URL that the file has now, whose copies the CDN forgets")
]
Number = Annotated[int, Query(ge=1, le=1_000_000, description="A version's number")]


@router.post("/files/{id}/copy", status_code=201, responses=problems(*OWN, Conflict))
def copy_file(id: str, body: CopyIn, caller: Caller, dashboard: Dashboard, here: Here) -> FileOut:
    """A file of its own with the same content, in one's own library."""
    copied = dashboard.library.copy(caller, id, **body.model_dump())
    return file_out(copied, dashboard.library, here)


@router.post(
    "/files/{id}/replacements",
    status_code=201,
    responses=problems(*OWN, Conflict, TooLarge, UnsupportedType),
)
def open_replacement(
    id: str, body: ReplacementIn, caller: Caller, dashboard: Dashboard, here: Here
) -> TicketOut:
    """A ticket for new bytes, to be sent and completed as any upload; the old ones are kept."""
    request = UploadRequest(name=body.name, size=body.size, content_type=body.content_type)
    ticket = dashboard.uploads.open_replacement(
        caller, id, request, same_key=body.same_key, seen=body.seen
    )
    return ticket_out(ticket, here)


@router.get("/files/{id}/versions", responses=problems(*OWN))
def list_versions(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> VersionsOut:
    """Newest first; the first one is served."""
    found = dashboard.library.versions(caller, id)
    return VersionsOut(items=[version_out(view, here) for view in found])


@router.get("/files/{id}/versions/differences", responses=problems(*OWN))
def compare_versions(
    id: str, caller: Caller, dashboard: Dashboard, first: Number, second: Number
) -> DifferencesOut:
    found = dashboard.library.compare(caller, id, first, second)
    return DifferencesOut(items=[DifferenceOut.model_validate(one) for one in found])


@router.post("/files/{id}/versions/{number}/restore", responses=problems(*OWN, Conflict))
def restore_version(
    id: str, number: int, caller: Caller, dashboard: Dashboard, here: Here, same_key: Kept = False
) -> FileOut:
    """Serve earlier bytes again, as a new version."""
    restored = dashboard.library.restore_version(caller, id, number, same_key=same_key)
    return file_out(restored, dashboard.library, here)


@router.post("/files/{id}/invalidate", status_code=202, responses=problems(*OWN, Conflict))
def invalidate_file(id: str, caller: Caller, dashboard: Dashboard) -> InvalidationOut:
    """Have the CDN fetch the file and its smaller pictures anew: exactly their paths."""
    return invalidation_out(dashboard.library.invalidations.start(caller, id))


@router.get("/files/{id}/invalidations", responses=problems(*OWN))
def list_invalidations(id: str, caller: Caller, dashboard: Dashboard) -> InvalidationsOut:
    found = dashboard.library.invalidations.of_file(caller, id)
    return InvalidationsOut(items=[invalidation_out(one) for one in found])


@router.get("/invalidations/free-paths", responses=problems(*SIGNED_IN))
def free_paths(caller: Caller, dashboard: Dashboard) -> FreePathsOut:
    """How many of the month's free invalidation paths the account has used."""
    free = dashboard.library.invalidations.free_paths(caller)
    return FreePathsOut(**free.model_dump(), left=free.left)


@router.get("/invalidations/{id}", responses=problems(*OWN))
def get_invalidation(id: str, caller: Caller, dashboard: Dashboard) -> InvalidationOut:
    """How far it is, asked of CloudFront."""
    return invalidation_out(dashboard.library.invalidations.get(caller, id))
