"""Layouts of keys, and migrations from an old one to the one of today."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.errors import AwsDenied, AwsUnavailable, Conflict, TooLarge
from core.model.migration import (
    LayoutReport,
    Migration,
    MigrationPage,
    RecordSource,
    StepPage,
    StepState,
)
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.schemas import Answer, Body

router = APIRouter(tags=["diagnoses"])

_READ = problems(*SIGNED_IN, AwsDenied, AwsUnavailable)
_CHANGE = problems(*OWN, Conflict, AwsDenied, AwsUnavailable)
Bucket = Annotated[str, Query(min_length=3, max_length=255)]
Pattern = Annotated[
    str, Field(min_length=1, max_length=1024, examples=["users/{user}/photos/{file}"])
]


class MigrationIn(Body):
    """`target` uses the variables of `legacy`."""

    bucket: Annotated[str, Field(min_length=3, max_length=255)]
    legacy: Pattern
    target: Pattern
    records: RecordSource = RecordSource()
    wait_days: Annotated[
        int, Field(ge=0, le=365, description="How long old objects stay after their move")
    ] = 7


class ObjectKeyIn(Body):
    key: Annotated[str, Field(min_length=1, max_length=1024)]


class RemovedKeysOut(Answer):
    keys: list[str]


class RestoredOut(Answer):
    restored: int


@router.get("/layouts", responses=_READ)
def list_layouts(
    caller: Caller,
    dashboard: Dashboard,
    bucket: Bucket,
    prefix: Annotated[str, Query(max_length=1024)] = "",
    table: Annotated[
        str, Query(max_length=255, description="Rows that may name one object in two layouts")
    ] = "",
) -> LayoutReport:
    """The layouts that a bucket's keys have, and which one of today each old one maps to."""
    records = RecordSource(kind="table", table=table) if table else RecordSource()
    return dashboard.migrations.layouts(caller, bucket, prefix, records)


@router.get("/migrations", responses=problems(*SIGNED_IN))
def list_migrations(
    caller: Caller, dashboard: Dashboard, limit: Limit = 50, cursor: Cursor = None
) -> MigrationPage:
    """Newest first. Needs url:diagnose."""
    return dashboard.migrations.migrations(caller, after=cursor, limit=limit)


@router.post(
    "/migrations",
    status_code=201,
    responses=problems(*SIGNED_IN, TooLarge, AwsDenied, AwsUnavailable),
)
def plan_migration(body: MigrationIn, caller: Caller, dashboard: Dashboard) -> Migration:
    """A dry run: every key with its new one, collisions, copies, records and what it costs."""
    return dashboard.migrations.plan(
        caller, body.bucket, body.legacy, body.target, body.records, wait_days=body.wait_days
    )


@router.get("/migrations/{id}", responses=problems(*OWN))
def get_migration(id: str, caller: Caller, dashboard: Dashboard) -> Migration:
    """State, counts and what is left."""
    return dashboard.migrations.get(caller, id)


@router.get("/migrations/{id}/steps", responses=problems(*OWN))
def list_migration_steps(
    id: str,
    caller: Caller,
    dashboard: Dashboard,
    state: StepState,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> StepPage:
    """The keys in one state, each with its problem."""
    return dashboard.migrations.steps(caller, id, state, after=cursor, limit=limit)


@router.post("/migrations/{id}/plan", responses=_CHANGE)
def plan_migration_again(id: str, caller: Caller, dashboard: Dashboard) -> Migration:
    """Look for old keys that came since; what was moved stays moved."""
    return dashboard.migrations.plan_again(caller, id)


@router.post("/migrations/{id}/start", responses=_CHANGE)
def start_migration(id: str, caller: Caller, dashboard: Dashboard) -> Migration:
    """Copy, verify, switch records. Without url:approve it only asks for an approval."""
    return dashboard.migrations.start(caller, id)


@router.post("/migrations/{id}/delete-old", responses=_CHANGE)
def delete_old_objects(id: str, caller: Caller, dashboard: Dashboard) -> Migration:
    """Delete old objects that were moved and have waited. Asks without url:approve."""
    return dashboard.migrations.delete_legacy(caller, id)


@router.post("/migrations/{id}/approve", responses=_CHANGE)
def approve_migration(id: str, caller: Caller, dashboard: Dashboard) -> Migration:
    """Let begin what was asked for. Needs url:approve."""
    return dashboard.migrations.approve(caller, id)


@router.post("/migrations/{id}/stop", responses=_CHANGE)
def stop_migration(id: str, caller: Caller, dashboard: Dashboard) -> Migration:
    """Stop after the keys that are being done, or take a request back."""
    return dashboard.migrations.cancel(caller, id)


@router.post("/migrations/{id}/restore", responses=_CHANGE)
def restore_old_objects(id: str, caller: Caller, dashboard: Dashboard) -> RestoredOut:
    """Bring deleted old objects back, a thousand at a time; only a versioned bucket keeps them."""
    return RestoredOut(restored=dashboard.migrations.restore_deleted(caller, id))


@router.post("/migrations/{id}/objects/delete", responses=_CHANGE)
def delete_object_in_both_layouts(
    id: str, body: ObjectKeyIn, caller: Caller, dashboard: Dashboard
) -> RemovedKeysOut:
    """Delete what a key names in whichever layout it lies, in both where both exist."""
    return RemovedKeysOut(keys=list(dashboard.migrations.delete_object(caller, id, body.key)))
