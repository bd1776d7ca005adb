"""Progress photos: sent as JSON or straight to S3, seen by their owner only."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import RedirectResponse

from core.errors import Conflict, InvalidInput, NotAllowed, TooLarge
from core.model.identity import Actor
from core.upload.service.progress import NewPhoto
from core.web.api.access import Caller, Dashboard, Here, Services, Site
from core.web.api.openapi import OWN, SENT, SIGNED_IN, Responses, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.present import ticket_out
from core.web.api.present_people import photo_out
from core.web.api.schemas_files import DownloadOut
from core.web.api.schemas_people import OldPhotoIn, PhotoIn, PhotoOut, PhotosOut, PhotoTicketIn
from core.web.api.schemas_uploads import TicketOut

router = APIRouter(tags=["progress photos"])

_REDIRECT: Responses = {307: {"description": "To the signed address, with `redirect=true`"}}


@router.post("/progress-photos", status_code=201, responses=problems(*SENT))
def add_progress_photo(body: PhotoIn, caller: Caller, dashboard: Dashboard, here: Here) -> PhotoOut:
    """A picture of at most 6 MiB inside JSON; without a day it is the camera's, else today."""
    return _added(body, caller, dashboard, here)


@router.post("/analytics/progress-photos/upload", status_code=201, responses=problems(*SENT))
def add_progress_photo_as_before(
    body: OldPhotoIn, caller: Caller, dashboard: Dashboard, here: Here
) -> PhotoOut:
    """The same under the path of older apps. Whose photo it is, the session alone says."""
    if body.user_id and body.user_id != caller.account_id:
        raise NotAllowed(
            "The photo names another person than the one who is signed in.",
            hint="Leave the user id out.",
        )
    return _added(body, caller, dashboard, here)


def _added(body: PhotoIn, caller: Actor, dashboard: Services, here: Site) -> PhotoOut:
    picture = io.BytesIO(_decoded(body.image_data))
    photo = dashboard.progress.add(caller, picture, NewPhoto(body.taken_on, body.note))
    return photo_out(photo, caller, dashboard.progress, here)


def _decoded(text: str) -> bytes:
    _, _, after = text.rpartition(";base64,")
    try:
        return base64.b64decode("".join(after.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(
            "image_data is not base64.", hint="Encode the bytes of the picture by RFC 4648."
        ) from error


@router.post(
    "/progress-photos/tickets",
    status_code=201,
    responses=problems(*SIGNED_IN, TooLarge),
)
def open_progress_photo(
    body: PhotoTicketIn, caller: Caller, dashboard: Dashboard, here: Here
) -> TicketOut:
    """Where a picture of at most 25 MiB is sent to as a form; its bytes don't pass this server."""
    wanted = NewPhoto(body.taken_on, body.note)
    return ticket_out(dashboard.progress.open(caller, body.size, body.content_type, wanted), here)


@router.post("/progress-photos/tickets/{id}/complete", status_code=201, responses=problems(*SENT))
def complete_progress_photo(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> PhotoOut:
    """All bytes are there. Asked twice, it answers the same."""
    photo = dashboard.progress.complete(caller, id)
    return photo_out(photo, caller, dashboard.progress, here)


@router.get("/progress-photos", responses=problems(*SIGNED_IN))
def my_progress_photos(
    caller: Caller,
    dashboard: Dashboard,
    here: Here,
    deleted: Annotated[bool, Query(description="Those that can still be restored")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PhotosOut:
    """One's own, the latest day first. Nobody sees another person's, whatever their role."""
    found = dashboard.progress.page(caller, after=cursor, limit=limit, deleted=deleted)
    return PhotosOut(
        items=[photo_out(one, caller, dashboard.progress, here) for one in found.items],
        next_cursor=found.next,
    )


@router.get(
    "/progress-photos/{id}/picture",
    response_model=DownloadOut,
    responses=problems(*OWN) | _REDIRECT,
)
def look_at_progress_photo(
    id: str,
    caller: Caller,
    dashboard: Dashboard,
    here: Here,
    small: Annotated[bool, Query(description="At most 400 px a side")] = False,
    redirect: bool = False,
) -> Response | DownloadOut:
    """Signed for five minutes; with `redirect` the place for an <img>."""
    photo = dashboard.progress.photo(caller, id)
    signed = dashboard.progress.picture(caller, photo, small=small)
    if redirect:
        return RedirectResponse(signed.url, 307, {"Cache-Control": "private, no-store"})
    return DownloadOut(url=here.absolute(signed.url), expires_at=signed.expires_at)


@router.delete("/progress-photos/{id}", responses=problems(*OWN, Conflict))
def delete_progress_photo(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> PhotoOut:
    """It can be restored for a day; then both forms of its key are erased."""
    photo = dashboard.progress.delete(caller, id)
    return photo_out(photo, caller, dashboard.progress, here)


@router.post("/progress-photos/{id}/restore", responses=problems(*OWN, Conflict))
def restore_progress_photo(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> PhotoOut:
    photo = dashboard.progress.restore(caller, id)
    return photo_out(photo, caller, dashboard.progress, here)
