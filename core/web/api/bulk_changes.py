"""Changing many files at once: previewed, started as a job, watched, stopped, undone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.errors import Conflict
from core.library.search import parse_query
from core.model.changes import BulkChange, Selection
from core.model.identity import Actor
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.parameters import Limit
from core.web.api.present_changes import bulk_out, preview_out
from core.web.api.schemas_changes import (
    BulkIn,
    BulkOut,
    BulkPreviewOut,
    BulksOut,
    RefusalOut,
    RefusalsOut,
)

router = APIRouter(tags=["files"])


@router.post("/bulk-changes/preview", responses=problems(*OWN, Conflict))
def preview_bulk(body: BulkIn, caller: Caller, dashboard: Dashboard) -> BulkPreviewOut:
    """What would happen, and to which files not; nothing is changed."""
    change = BulkChange(**body.change.model_dump())
    preview = dashboard.library.bulks.preview(caller, _selection(body, caller), change)
    return preview_out(preview)


@router.post("/bulk-changes", status_code=202, responses=problems(*OWN, Conflict))
def start_bulk(body: BulkIn, caller: Caller, dashboard: Dashboard) -> BulkOut:
    """Begin. It goes on by itself, also after a restart; ask for it by its id."""
    change = BulkChange(**body.change.model_dump())
    return bulk_out(dashboard.library.bulks.start(caller, _selection(body, caller), change))


@router.get("/bulk-changes", responses=problems(*SIGNED_IN))
def list_bulks(caller: Caller, dashboard: Dashboard, limit: Limit = 20) -> BulksOut:
    """One's own, newest first."""
    found = dashboard.library.bulks.recent(caller, limit=limit)
    return BulksOut(items=[bulk_out(bulk) for bulk in found])


@router.get("/bulk-changes/{id}", responses=problems(*OWN))
def get_bulk(id: str, caller: Caller, dashboard: Dashboard) -> BulkOut:
    """How far it is; its counts are exact at any moment."""
    return bulk_out(dashboard.library.bulks.get(caller, id))


@router.get("/bulk-changes/{id}/refused", responses=problems(*OWN))
def list_refused(
    id: str,
    caller: Caller,
    dashboard: Dashboard,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Limit = 100,
) -> RefusalsOut:
    """Every file that was left as it is, with the reason."""
    found = dashboard.library.bulks.refusals(caller, id, offset=offset, limit=limit)
    return RefusalsOut(items=[RefusalOut.model_validate(one) for one in found])


@router.post("/bulk-changes/{id}/cancel", responses=problems(*OWN))
def cancel_bulk(id: str, caller: Caller, dashboard: Dashboard) -> BulkOut:
    """Stop after the step that is being done; what is done stays done."""
    return bulk_out(dashboard.library.bulks.cancel(caller, id))


@router.post("/bulk-changes/{id}/undo", status_code=202, responses=problems(*OWN, Conflict))
def undo_bulk(id: str, caller: Caller, dashboard: Dashboard) -> BulkOut:
    """Put back what it changed, but for what was changed again since."""
    return bulk_out(dashboard.library.bulks.undo(caller, id))


@router.delete("/trash", status_code=202, responses=problems(*SIGNED_IN))
def empty_trash(caller: Caller, dashboard: Dashboard) -> BulkOut:
    """Delete for good all that one has in the trash."""
    return bulk_out(dashboard.library.bulks.empty_trash(caller))


@router.delete("/trash/{id}", responses=problems(*OWN, Conflict))
def delete_for_good(id: str, caller: Caller, dashboard: Dashboard) -> BulkOut:
    """Delete one file of the trash for good, every version of it."""
    return bulk_out(dashboard.library.bulks.delete(caller, id))


def _selection(body: BulkIn, caller: Actor) -> Selection:
    query = None
    if body.query is not None:
        query = parse_query(body.query, me=caller.account_id)
    return Selection(ids=body.ids, query=query)
