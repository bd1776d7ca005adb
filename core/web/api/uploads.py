"""The way of a file from a browser straight to S3: ticket, parts, completion, state."""

from __future__ import annotations

from fastapi import APIRouter

from core.errors import Conflict, NotFound, TooLarge, UnsupportedType
from core.model.identity import Actor
from core.model.media import MediaFile
from core.upload.policy import UploadRequest
from core.web.api.access import Caller, Dashboard, Here, Services
from core.web.api.openapi import OWN, SENT, SIGNED_IN, problems
from core.web.api.present import file_out, job_out, problem_out, ticket_out
from core.web.api.schemas_uploads import (
    CompletionOut,
    PartNumbersIn,
    PartOut,
    PartsOut,
    PartUrlOut,
    PartUrlsOut,
    TicketOut,
    UploadIn,
    UploadOut,
)

router = APIRouter(prefix="/uploads", tags=["uploads"])


@router.post("", status_code=201, responses=problems(*SIGNED_IN, TooLarge, UnsupportedType))
def open_upload(body: UploadIn, caller: Caller, dashboard: Dashboard, here: Here) -> TicketOut:
    """Ask for a ticket. The server decides key, size and whether it is one POST or parts."""
    request = UploadRequest(**body.model_dump())
    return ticket_out(dashboard.uploads.open(caller, request), here)


@router.get("/{id}", responses=problems(*OWN))
def upload_state(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> UploadOut:
    """How far an upload is: its file, the job that processes it, and why it was refused."""
    upload = dashboard.uploads.status(caller, id)
    file = _file_or_none(caller, dashboard, upload.file_id)
    job = dashboard.jobs.get(upload.job_id) if upload.job_id else None
    return UploadOut(
        id=upload.id,
        name=upload.name,
        size=upload.size,
        folder=upload.folder,
        method=upload.method,
        part_size=upload.part_size,
        state=upload.state,
        created_at=upload.created_at,
        expires_at=upload.expires_at,
        file=file_out(file, dashboard.library, here) if file else None,
        job=job_out(job) if job else None,
        problem=problem_out(upload.problem),
    )


@router.delete("/{id}", status_code=204, responses=problems(*OWN, Conflict))
@router.delete(
    "/{id}/parts", status_code=204, responses=problems(*OWN, Conflict), name="abort_parts"
)
def abort_upload(id: str, caller: Caller, dashboard: Dashboard) -> None:
    """Give up; what was sent is removed."""
    dashboard.uploads.abort(caller, id)


@router.get("/{id}/parts", responses=problems(*OWN, Conflict))
def list_parts(id: str, caller: Caller, dashboard: Dashboard) -> PartsOut:
    """The parts that S3 has, to resume after them."""
    parts = dashboard.uploads.parts(caller, id)
    return PartsOut(items=[PartOut.model_validate(part) for part in parts])


@router.post("/{id}/parts", responses=problems(*OWN, Conflict))
def sign_parts(
    id: str, body: PartNumbersIn, caller: Caller, dashboard: Dashboard, here: Here
) -> PartUrlsOut:
    """An address for each part, to be sent there with PUT."""
    return PartUrlsOut(
        items=[
            PartUrlOut(
                part_number=number,
                url=here.absolute(dashboard.uploads.part_url(caller, id, number)),
            )
            for number in dict.fromkeys(body.part_numbers)
        ]
    )


@router.post("/{id}/complete", status_code=202, responses=problems(*SENT))
def complete_upload(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> CompletionOut:
    """Say that all bytes are there. Asked twice, it answers the same."""
    completion = dashboard.uploads.complete(caller, id)
    return CompletionOut(
        file=file_out(completion.file, dashboard.library, here), job=job_out(completion.job)
    )


def _file_or_none(caller: Actor, dashboard: Services, id: str) -> MediaFile | None:
    """The file may be gone for good by the time that somebody asks for its upload."""
    try:
        return dashboard.library.get(caller, id) if id else None
    except NotFound:
        return None
