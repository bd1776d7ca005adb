"""Known mistakes in a text or in a saved configuration."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from core.errors import InvalidInput
from core.model.lint import LintReport
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import SIGNED_IN, problems
from core.web.api.schemas import Body

router = APIRouter(prefix="/lint", tags=["diagnoses"])


class LintIn(Body):
    """`text` with the `name` that findings cite, or `snapshot`: a saved case or a part of one."""

    text: Annotated[str, Field(max_length=500_000)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] = "document"
    snapshot: dict[str, Any] | None = None


@router.post("", responses=problems(*SIGNED_IN))
def lint(body: LintIn, caller: Caller, dashboard: Dashboard) -> LintReport:
    """Look for known mistakes; AWS is not asked. Needs url:diagnose."""
    if body.text is not None and body.snapshot is None:
        return dashboard.diagnostics.lint_document(caller, body.name, body.text)
    if body.snapshot is not None and body.text is None:
        return dashboard.diagnostics.lint_snapshot(caller, body.snapshot)
    raise InvalidInput("It is not clear what to check.", hint="Send `text` or `snapshot`.")
