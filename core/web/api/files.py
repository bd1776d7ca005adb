"""Reading, changing, trashing and downloading files; and one upload through the server."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from core.errors import AwsUnavailable, Conflict, InvalidInput
from core.model.library import FileChanges
from core.upload.policy import UploadRequest
from core.web.api.access import Caller, Dashboard, Here
from core.web.api.openapi import OWN, SENT, SIGNED_IN, Responses, problems
from core.web.api.present import file_out, summary_out
from core.web.api.schemas_files import DownloadOut, FileChangesIn, FileOut, PrivateIn, SummaryOut

router = APIRouter(tags=["files"])

_REDIRECT: Responses = {307: {"description": "To the signed address, with `redirect=true`"}}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "folder": {"type": "string"},
                    },
                }
            }
        },
    }
}


@router.post("/files", status_code=201, responses=problems(*SENT), openapi_extra=_FORM)
async def send_file(request: Request, caller: Caller, dashboard: Dashboard, here: Here) -> FileOut:
    """Upload one file of at most 100 MB through the server; it answers when it is processed.

    The form is read here and not declared, so that nobody who isn't signed in fills the disk.
    """
    async with request.form(max_files=1, max_fields=4) as form:
        sent, folder = form.get("file"), form.get("folder", "")
        if not isinstance(sent, UploadFile) or not isinstance(folder, str):
            raise InvalidInput(
                "The form has no file.", hint="Send multipart/form-data with the part `file`."
            )
        upload = UploadRequest(
            name=sent.filename or "",
            size=sent.size or 0,
            content_type=sent.content_type or "",
            folder=folder,
        )
        file = await run_in_threadpool(dashboard.uploads.receive, caller, upload, sent.file)
    return file_out(file, dashboard.library, here)


@router.get("/files/{id}", responses=problems(*OWN))
def get_file(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> FileOut:
    return file_out(dashboard.library.get(caller, id), dashboard.library, here)


@router.patch("/files/{id}", responses=problems(*OWN, Conflict))
def change_file(
    id: str, body: FileChangesIn, caller: Caller, dashboard: Dashboard, here: Here
) -> FileOut:
    """Rename, move, tag. The URL stays as it is."""
    changes = FileChanges(name=body.name, folder=body.folder, tags=body.tags)
    changed = dashboard.library.change(
        caller, id, changes, seen=body.seen, on_conflict=body.on_conflict
    )
    return file_out(changed, dashboard.library, here)


@router.put("/files/{id}/private", responses=problems(*OWN, Conflict, AwsUnavailable))
def set_private(
    id: str, body: PrivateIn, caller: Caller, dashboard: Dashboard, here: Here
) -> FileOut:
    """Serve the file to signed requests only, or to everybody again. Its addresses change."""
    file = dashboard.library.set_private(caller, id, body.private)
    return file_out(file, dashboard.library, here)


@router.delete("/files/{id}", responses=problems(*OWN, Conflict))
def trash_file(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> FileOut:
    """Move to the trash, from where it can be restored until it is deleted for good."""
    (file,) = dashboard.library.trash(caller, [id])
    return file_out(file, dashboard.library, here)


@router.post("/files/{id}/restore", responses=problems(*OWN, Conflict))
def restore_file(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> FileOut:
    """Take back out of the trash."""
    (file,) = dashboard.library.restore(caller, [id])
    return file_out(file, dashboard.library, here)


@router.post("/files/{id}/recheck", responses=problems(*OWN, Conflict))
def recheck_file(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> FileOut:
    """Ask the CDN again whether it delivers this file as it should."""
    return file_out(dashboard.uploads.recheck(caller, id), dashboard.library, here)


@router.get(
    "/files/{id}/download",
    response_model=DownloadOut,
    responses=problems(*OWN, Conflict) | _REDIRECT,
)
def download_file(
    id: str,
    caller: Caller,
    dashboard: Dashboard,
    here: Here,
    redirect: bool = False,
    pristine: Annotated[bool, Query(description="The exact upload, for its owner only")] = False,
) -> DownloadOut | Response:
    """A signed address that works for one hour, or less where the signer's own rights end."""
    link = dashboard.library.download(caller, id, pristine=pristine)
    url = here.absolute(link.url)
    if redirect:
        return RedirectResponse(url, 307)
    return DownloadOut(url=url, expires_at=link.expires_at)


@router.get("/summary", responses=problems(*SIGNED_IN))
def library_summary(caller: Caller, dashboard: Dashboard) -> SummaryOut:
    """What is stored: of everybody with media:read_all, else one's own."""
    return summary_out(dashboard.library.summary(caller))
