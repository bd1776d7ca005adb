"""Duplicates side by side, for a person to decide."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.model.duplicates import DuplicateGroup, DuplicateKind
from core.web.api.access import Caller, Dashboard, Here, Services, Site
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.present import file_out, job_out
from core.web.api.schemas_changes import (
    DifferenceOut,
    DuplicateGroupOut,
    DuplicatesOut,
    KeptTogetherIn,
    KeptTogetherOut,
    TwinOut,
)
from core.web.api.schemas_uploads import JobOut

router = APIRouter(prefix="/duplicates", tags=["files"])


@router.get("", responses=problems(*SIGNED_IN))
def list_duplicates(
    caller: Caller,
    dashboard: Dashboard,
    here: Here,
    kind: DuplicateKind = DuplicateKind.EXACT,
    distance: Annotated[int, Query(ge=0, le=6, description="For `similar`: differing bits")] = 6,
    everybody: Annotated[bool, Query(description="Not only one's own; media:read_all")] = False,
    kept: Annotated[bool, Query(description="Only groups that one keeps as they are")] = False,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> DuplicatesOut:
    """Groups of files with the same bytes, or of pictures that look alike. Nothing is deleted."""
    page = dashboard.library.duplicates.page(
        caller, kind, distance=distance, everybody=everybody, kept=kept, offset=offset, limit=limit
    )
    return DuplicatesOut(
        items=[_group_out(group, dashboard, here) for group in page.items],
        total=page.total,
        frees=page.frees,
        unknown=page.unknown,
        kept=page.kept,
        complete=page.complete,
    )


@router.post("/kept", status_code=201, responses=problems(*OWN))
def keep_all(body: KeptTogetherIn, caller: Caller, dashboard: Dashboard) -> KeptTogetherOut:
    """Keep these as they are: a group of only these is not listed any more, for the caller."""
    return KeptTogetherOut(id=dashboard.library.duplicates.keep_all(caller, body.ids).id)


@router.delete("/kept/{id}", status_code=204, responses=problems(*OWN))
def ask_again(id: str, caller: Caller, dashboard: Dashboard) -> None:
    """Take such a decision back: the group is listed again."""
    dashboard.library.duplicates.ask_again(caller, id)


@router.post("/fingerprints", status_code=202, responses=problems(*SIGNED_IN))
def make_fingerprints(caller: Caller, dashboard: Dashboard) -> JobOut:
    """Give older pictures a fingerprint, so that they can be compared."""
    return job_out(dashboard.library.duplicates.fingerprint_all(caller))


def _group_out(group: DuplicateGroup, dashboard: Services, here: Site) -> DuplicateGroupOut:
    return DuplicateGroupOut(
        kind=group.kind,
        keep=group.keep,
        reason=group.reason,
        frees=group.frees,
        files=group.files,
        kept=group.kept,
        items=[
            TwinOut(
                file=file_out(twin.file, dashboard.library, here),
                distance=twin.distance,
                stored=twin.stored,
                differs=[DifferenceOut.model_validate(one) for one in twin.differs],
            )
            for twin in group.twins
        ],
    )
