"""Saved cases and their monitors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from core.errors import AwsDenied, AwsUnavailable, Conflict, InvalidInput, TooLarge
from core.model.saved_case import CaseSummary, Check, Interval, SavedCase, WatchState
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.schemas import Answer, Body

router = APIRouter(prefix="/cases", tags=["diagnoses"])

_OWN = problems(*OWN)
_HISTORY = 100


class CaseIn(Body):
    """A URL to capture now, or a snapshot (or a whole case file) to keep; exactly one of them."""

    url: Annotated[str, Field(max_length=8192)] | None = None
    snapshot: dict[str, Any] | None = None
    name: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=4000)] = ""


class MonitorIn(Body):
    interval: Interval = Interval.DAY


class MonitorOut(Answer):
    interval_seconds: int
    next_at: datetime
    state: WatchState
    since: datetime
    known: WatchState | None = Field(description="The last state that was certain")
    known_since: datetime | None
    last: Check | None


class CaseOut(Answer):
    id: str
    name: str
    url: str = Field(description="Secrets are blanked")
    note: str
    saved_by: str
    saved_at: datetime
    summary: CaseSummary
    monitor: MonitorOut | None
    watchable: bool


class CaseDetailOut(CaseOut):
    checks: list[Check] = Field(description="Newest first")


class CasesOut(Answer):
    items: list[CaseOut]
    next_cursor: str | None


@router.get("", responses=problems(*SIGNED_IN))
def list_cases(
    caller: Caller, dashboard: Dashboard, limit: Limit = 50, cursor: Cursor = None
) -> CasesOut:
    """Saved cases, newest first, each with the state of its monitor. Needs url:diagnose."""
    found = dashboard.cases.cases(caller, after=cursor, limit=limit)
    return CasesOut(items=[_out(case) for case in found.items], next_cursor=found.next)


@router.post(
    "", status_code=201, responses=problems(*SIGNED_IN, TooLarge, AwsDenied, AwsUnavailable)
)
def save_case(body: CaseIn, caller: Caller, dashboard: Dashboard) -> CaseOut:
    """Keep what AWS says of a URL now, or a case from elsewhere; secrets are blanked."""
    if not body.url and body.snapshot is None:
        raise InvalidInput("It is not clear what to save.", hint="Send `url` or `snapshot`.")
    saved = dashboard.cases.save(
        caller, url=body.url or "", snapshot=body.snapshot, name=body.name, note=body.note
    )
    return _out(saved)


@router.get("/{id}", responses=_OWN)
def get_case(id: str, caller: Caller, dashboard: Dashboard) -> CaseDetailOut:
    """One case with the history of its checks; its snapshot is in the export."""
    case = dashboard.cases.get(caller, id)
    history = dashboard.cases.history(caller, id, limit=_HISTORY)
    return CaseDetailOut(**dict(_out(case)), checks=list(history.checks))


@router.delete("/{id}", status_code=204, response_class=Response, responses=_OWN)
def delete_case(id: str, caller: Caller, dashboard: Dashboard) -> None:
    """The case, its monitor and its history."""
    dashboard.cases.delete(caller, id)


@router.get("/{id}/export", responses=_OWN)
def export_case(id: str, caller: Caller, dashboard: Dashboard) -> dict[str, Any]:
    """The case as a file: `{id, name, note, report, snapshot}`, for `diagnose --snapshot`."""
    return dashboard.cases.export(caller, id)


@router.put("/{id}/monitor", responses=_OWN)
def watch_case(body: MonitorIn, id: str, caller: Caller, dashboard: Dashboard) -> CaseOut:
    """Check the case's URL from now on, or at another interval."""
    return _out(dashboard.cases.watch(caller, id, body.interval))


@router.delete("/{id}/monitor", responses=_OWN)
def unwatch_case(id: str, caller: Caller, dashboard: Dashboard) -> CaseOut:
    """End the monitor; the history of its checks stays."""
    return _out(dashboard.cases.unwatch(caller, id))


@router.post("/{id}/check", responses=problems(*OWN, Conflict))
def check_case(id: str, caller: Caller, dashboard: Dashboard) -> CaseOut:
    """Check a monitor's URL now; an error of AWS is a check that could not be made."""
    return _out(dashboard.cases.check_now(caller, id))


def _out(case: SavedCase) -> CaseOut:
    return CaseOut.model_validate(case)
