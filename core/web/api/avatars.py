"""One's own avatar: sent as a form, answered when the CDN delivers it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from core.errors import AwsUnavailable, InvalidInput
from core.web.api.access import Caller, Dashboard, Here
from core.web.api.openapi import SENT, SIGNED_IN, problems
from core.web.api.present_people import avatar_out
from core.web.api.schemas_people import AvatarOut

router = APIRouter(prefix="/users/me/avatar", tags=["people"])

_CROP = "`x,y,size`: the square's corner in fractions of width and height, its side in fractions "
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
                        "crop": {
                            "type": "string",
                            "description": _CROP + "of the shorter side of the upright picture",
                        },
                    },
                }
            }
        },
    }
}


@router.post("", responses=problems(*SENT, AwsUnavailable), openapi_extra=_FORM)
async def change_my_avatar(
    request: Request, caller: Caller, dashboard: Dashboard, here: Here
) -> AvatarOut:
    """A picture of at most 10 MiB; stored with 512 and 128 px, upright, without metadata.

    The old one stays until the CDN delivers the new one.
    """
    async with request.form(max_files=1, max_fields=2) as form:
        sent, crop = form.get("file"), form.get("crop", "")
        if not isinstance(sent, UploadFile) or not isinstance(crop, str):
            raise InvalidInput(
                "The form has no file.", hint="Send multipart/form-data with the part `file`."
            )
        account = await run_in_threadpool(
            dashboard.avatars.change, caller, sent.file, sent.filename or "", crop
        )
    return avatar_out(account, dashboard.avatars, here)


@router.delete("", status_code=204, responses=problems(*SIGNED_IN))
def remove_my_avatar(caller: Caller, dashboard: Dashboard) -> None:
    """Both sizes are erased. Asking again is silent."""
    dashboard.avatars.remove(caller)
