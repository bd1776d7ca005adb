"""Who did what, when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import SIGNED_IN, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.schemas_accounts import AuditEventOut, AuditEventsOut

router = APIRouter(prefix="/audit-events", tags=["people"])


@router.get("", responses=problems(*SIGNED_IN))
def list_audit_events(
    caller: Caller,
    dashboard: Dashboard,
    month: Annotated[
        str | None,
        Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="`2026-11`; else this month, in UTC"),
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> AuditEventsOut:
    """The events of one month, newest first. Needs people:manage."""
    asked = month or f"{datetime.now(UTC):%Y-%m}"
    found = dashboard.accounts.audit_events(caller, asked, after=cursor, limit=limit)
    return AuditEventsOut(
        items=[AuditEventOut.model_validate(event) for event in found.items],
        next_cursor=found.next,
    )
