"""Many URLs at once: start an audit, follow it, read its groups and rows, try their repairs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import StreamingResponse

from core.diagnostics.service.audits.files import ROLES, Upload
from core.errors import AwsDenied, AwsUnavailable, Conflict, InvalidInput, TooLarge
from core.model.diagnosis import FixType
from core.model.media import JobState
from core.model.url_audit import (
    AUDIT_SOURCE,
    AuditGroup,
    AuditRow,
    AuditSource,
    AuditSummary,
    GroupRepair,
    UrlAudit,
)
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, SIGNED_IN, Responses, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.present import problem_out
from core.web.api.schemas import Answer, Body, ProblemOut

router = APIRouter(prefix="/audits", tags=["diagnoses"])

_OWN = problems(*OWN)
_FILES = {"type": "array", "items": {"type": "string", "format": "binary"}}
_FILE = {"type": "string", "format": "binary"}
_SENT = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["source"],
                    "properties": {"source": {"oneOf": [
                        {"$ref": f"#/components/schemas/{kind}Source"}
                        for kind in ("Library", "Dynamo", "Csv", "Log", "Case")
                    ]}},
                }
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["source"],
                    "properties": {
                        "source": {"type": "string", "description": "The source as JSON"},
                        "urls": _FILE, "inventory": _FILE, "snapshot": _FILE, "logs": _FILES,
                    },
                }
            },
        },
    }
}  # fmt: skip
_EXPORT: Responses = {
    200: {
        "description": "Everything that needs attention",
        "content": {"application/json": {"schema": {"type": "object"}},
                    "text/csv": {"schema": {"type": "string"}}},
    }
}  # fmt: skip
_MOST_FILES = 50


class AuditIn(Body):
    """Where the URLs come from. Sources that need files are sent as a form."""

    source: AuditSource


class AuditOut(Answer):
    id: str
    title: str
    source: AuditSource
    state: JobState
    cancelled: bool
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    done: int
    total: int = Field(description="0 while it is not known")
    step: str
    summary: AuditSummary
    problem: ProblemOut | None


class AuditsOut(Answer):
    items: list[AuditOut]
    next_cursor: None = None


class GroupsOut(Answer):
    items: list[AuditGroup]
    next_cursor: None = None


class RowsOut(Answer):
    items: list[AuditRow]
    next_cursor: str | None


class DryRunIn(Body):
    """Another repair than the preferred one."""

    fix: FixType | None = None


@router.post(
    "", status_code=201, responses=problems(*SIGNED_IN, TooLarge), openapi_extra=_SENT
)  # fmt: skip
async def start_audit(request: Request, caller: Caller, dashboard: Dashboard) -> AuditOut:
    """Audit many URLs; a job does it. Needs url:diagnose.

    As JSON, or as a form with the part `source` and the files `urls`, `inventory`, `snapshot`,
    `logs`.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        source = _source(await request.body(), whole=True)
        return _out(await run_in_threadpool(dashboard.audits.start, caller, source))
    async with request.form(max_files=_MOST_FILES, max_fields=4) as form:
        text = form.get("source")
        source = _source(text if isinstance(text, str) else "", whole=False)
        audit = await run_in_threadpool(dashboard.audits.start, caller, source, _uploads(form))
    return _out(audit)


def _source(text: bytes | str, *, whole: bool) -> AuditSource:
    try:
        return (
            AuditIn.model_validate_json(text).source if whole else AUDIT_SOURCE.validate_json(text)
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "source"
        raise InvalidInput(
            f"{place}: {first['msg']}.", hint="The sources are described at /api/docs."
        ) from error


def _uploads(form: FormData) -> list[Upload]:
    return [
        Upload(role, sent.filename or role, sent.file)
        for role in ROLES
        for sent in form.getlist(role)
        if isinstance(sent, UploadFile)
    ]


@router.get("", responses=problems(*SIGNED_IN))
def list_audits(caller: Caller, dashboard: Dashboard) -> AuditsOut:
    """The audits that are kept, newest first. Needs url:diagnose."""
    return AuditsOut(items=[_out(audit) for audit in dashboard.audits.list(caller)])


@router.get("/{id}", responses=_OWN)
def get_audit(id: str, caller: Caller, dashboard: Dashboard) -> AuditOut:
    """How far an audit is, and what it came to. Needs url:diagnose."""
    return _out(dashboard.audits.get(caller, id))


@router.delete("/{id}", status_code=204, responses=_OWN)
def remove_audit(id: str, caller: Caller, dashboard: Dashboard) -> None:
    """Cancel an audit that runs; forget one that has ended. Needs url:diagnose."""
    dashboard.audits.remove(caller, id)


@router.get("/{id}/groups", responses=_OWN)
def audit_groups(id: str, caller: Caller, dashboard: Dashboard) -> GroupsOut:
    """URLs with one cause and pattern, failing ones first, the most asked before the others."""
    return GroupsOut(items=list(dashboard.audits.groups(caller, id)))


@router.get("/{id}/rows", responses=_OWN)
def audit_rows(
    id: str,
    caller: Caller,
    dashboard: Dashboard,
    group: Annotated[str, Query(max_length=64)],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RowsOut:
    """The URLs of one group, the most asked first."""
    page = dashboard.audits.rows(caller, id, group, after=cursor, limit=limit)
    return RowsOut(items=list(page.items), next_cursor=page.next)


@router.get("/{id}/export", responses=_OWN | _EXPORT, response_class=StreamingResponse)
def export_audit(
    id: str, caller: Caller, dashboard: Dashboard, format: Literal["csv", "json"] = "csv"
) -> StreamingResponse:
    """Every URL that needs attention. No cell of the CSV is a formula."""
    text = dashboard.audits.export(caller, id, format)
    kind = "text/csv; charset=utf-8" if format == "csv" else "application/json"
    name = f'attachment; filename="audit-{id}.{format}"'
    return StreamingResponse(text, media_type=kind, headers={"Content-Disposition": name})


@router.post(
    "/{id}/groups/{group}/dry-run", responses=problems(*OWN, Conflict, AwsDenied, AwsUnavailable)
)
def dry_run_group(
    id: str, group: str, caller: Caller, dashboard: Dashboard, body: DryRunIn | None = None
) -> GroupRepair:
    """Simulate the repair of a whole group over every URL of the audit; nothing is changed."""
    return dashboard.audits.repair(caller, id, group, body.fix if body else None)


def _out(audit: UrlAudit) -> AuditOut:
    shown = audit.model_dump(exclude={"problem", "job_id", "source", "summary"})
    return AuditOut(
        **shown, source=audit.source, summary=audit.summary, problem=problem_out(audit.problem)
    )
