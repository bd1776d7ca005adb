"""One URL explained, from what AWS says now or from a saved case."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from core.errors import AwsDenied, AwsUnavailable, InvalidInput
from core.model.diagnosis import UrlDiagnosis
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import SIGNED_IN, problems
from core.web.api.schemas import Body

router = APIRouter(prefix="/diagnoses", tags=["diagnoses"])

_PROBLEMS = problems(*SIGNED_IN, AwsDenied, AwsUnavailable)


class DiagnosisIn(Body):
    """A URL to look at now, or a saved case; exactly one of them."""

    url: Annotated[str, Field(max_length=8192)] | None = None
    snapshot: dict[str, Any] | None = None


@router.get("", responses=_PROBLEMS)
def diagnose_url(
    caller: Caller,
    dashboard: Dashboard,
    url: Annotated[str, Query(min_length=1, max_length=8192)],
    probe: Annotated[bool, Query(description="Also ask the URL itself, with HEAD")] = False,
) -> UrlDiagnosis:
    """Why this URL answers as it does. Needs url:diagnose."""
    return dashboard.diagnostics.diagnose_url(caller, url, probe=probe)


@router.post("", responses=_PROBLEMS)
def diagnose(body: DiagnosisIn, caller: Caller, dashboard: Dashboard) -> UrlDiagnosis:
    """Diagnose `url`, or the saved case in `snapshot`, without asking AWS."""
    if body.snapshot is not None and body.url is None:
        return dashboard.diagnostics.diagnose_snapshot(caller, body.snapshot)
    if body.url and body.snapshot is None:
        return dashboard.diagnostics.diagnose_url(caller, body.url)
    raise InvalidInput("It is not clear what to diagnose.", hint="Send `url` or `snapshot`.")
