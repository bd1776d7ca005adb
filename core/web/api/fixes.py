"""Repairs of a URL: proposed, approved, applied, verified by a real request, rolled back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.errors import AwsDenied, AwsUnavailable, Conflict, InvalidInput
from core.model.repair import Repair, RepairState
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.schemas import Answer, Body

router = APIRouter(prefix="/fixes", tags=["fixes"])

_OWN = problems(*OWN, Conflict)
_AWS = problems(*OWN, Conflict, AwsDenied, AwsUnavailable)
Url = Annotated[str, Field(max_length=8192)]


class FixIn(Body):
    """One of the `fixes` of a diagnosis; with `title`, only if that is still what it does."""

    url: Url = ""
    fix_id: Annotated[str, Field(min_length=1, max_length=20)]
    title: Annotated[str, Field(max_length=4000)] = ""
    choice: Annotated[str, Field(max_length=1024, description="The key that is meant")] = ""
    report_id: Annotated[str, Field(max_length=64, description="A report without a URL")] = ""


class ApplyIn(Body):
    url: Url = Field("", description="In full where it holds a signature, which is not kept")


class FixesOut(Answer):
    items: list[Repair]
    next_cursor: str | None


@router.post("", status_code=201, responses=_AWS)
def propose_fix(body: FixIn, caller: Caller, dashboard: Dashboard) -> Repair:
    """Write down what a fix would change on the account as it is now. Needs url:diagnose."""
    if not body.url and not body.report_id:
        raise InvalidInput("It is not clear what to repair.", hint="Send `url` or `report_id`.")
    return dashboard.repairs.propose(
        caller, body.url, body.fix_id, title=body.title, choice=body.choice,
        report_id=body.report_id,
    )  # fmt: skip


@router.get("", responses=problems(*SIGNED_IN))
def list_fixes(
    caller: Caller,
    dashboard: Dashboard,
    url: Annotated[str, Query(max_length=8192, description="Only of this URL")] = "",
    state: Annotated[RepairState | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FixesOut:
    """The newest first. Needs url:diagnose."""
    found = dashboard.repairs.list(caller, url=url, state=state, after=cursor, limit=limit)
    return FixesOut(items=list(found.items), next_cursor=found.next)


@router.get("/{id}", responses=_OWN)
def get_fix(id: str, caller: Caller, dashboard: Dashboard) -> Repair:
    return dashboard.repairs.get(caller, id)


@router.post("/{id}/approve", responses=_OWN)
def approve_fix(id: str, caller: Caller, dashboard: Dashboard) -> Repair:
    """Let others apply it. Needs url:approve."""
    return dashboard.repairs.approve(caller, id)


@router.post("/{id}/apply", responses=_AWS)
def apply_fix(id: str, caller: Caller, dashboard: Dashboard, body: ApplyIn | None = None) -> Repair:
    """Write it, then ask for the URL. Needs url:repair, and url:approve or an approval.

    A 409 wrote nothing. What failed after the first write is `failed`, with each action's outcome.
    """
    return dashboard.repairs.apply(caller, id, url=body.url if body else "")


@router.post("/{id}/verify", responses=_AWS)
def verify_fix(
    id: str, caller: Caller, dashboard: Dashboard, body: ApplyIn | None = None
) -> Repair:
    """Ask for the URL again, after an edge has caught up or a person has done their part."""
    return dashboard.repairs.verify(caller, id, url=body.url if body else "")


@router.post("/{id}/rollback", responses=_AWS)
def roll_back_fix(id: str, caller: Caller, dashboard: Dashboard) -> Repair:
    """Write back what was there before, unless it was changed since. Needs url:repair."""
    return dashboard.repairs.rollback(caller, id)


@router.post("/{id}/withdraw", responses=_OWN)
def withdraw_fix(id: str, caller: Caller, dashboard: Dashboard) -> Repair:
    """Take a proposal back: whoever proposed it, or somebody with url:approve."""
    return dashboard.repairs.withdraw(caller, id)
