"""Files that people without an account send: a ticket for S3, then the word that all is there.

The link's room says whether one more may come; the upload room does the rest in the owner's name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import Conflict, DashboardError, InvalidInput
from core.model.identity import Actor
from core.model.library import FileChanges
from core.model.media import FileState, MediaFile
from core.model.sharing import DropState, ShareKind
from core.shares.drops import told
from core.shares.records import DropRequest
from core.upload.policy import UploadRequest, display_name
from core.web.api.problems import problem
from core.web.forms import read_form
from core.web.share_routes import ShareDoor, Visitor

DROP_TAG = "drop box"
Form = Mapping[str, str]


def drop_routes(link: str, get_dashboard: Callable[[], ShareDoor]) -> list[Route]:
    def posted(work: Callable[[Visitor, Form], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            visitor = Visitor(request, get_dashboard())
            try:
                visitor.refuse_foreign()
                form = await read_form(request)
                told = await run_in_threadpool(work, visitor, form)
            except DashboardError as error:
                return problem(
                    error.status, error.slug, error.title, error.message, hint=error.hint
                )
            return JSONResponse(told, headers={"Cache-Control": "no-store"})

        return answer

    return [
        Route(link + "/files", posted(_begin), methods=["POST"]),
        Route(link + "/files/{upload_id}", posted(_arrived), methods=["POST"]),
    ]


def _begin(visitor: Visitor, form: Form) -> dict[str, Any]:
    """Where the bytes go. The place in the box is kept for them."""
    shares, uploads = visitor.dashboard.shares, visitor.dashboard.uploads
    visit, wanted = visitor.enter(ShareKind.DROP), _wanted(form)
    admitted = shares.admit(visit, wanted)
    request = UploadRequest(
        name=wanted.name, size=wanted.size, content_type=wanted.content_type, folder=admitted.folder
    )
    ticket = uploads.open(admitted.owner, request, in_one_post=True)
    try:
        shares.reserve(
            visit, ticket.upload_id, wanted, display_name(wanted.name), address=visitor.address
        )
    except DashboardError:
        uploads.abort(admitted.owner, ticket.upload_id)
        raise
    return {"id": ticket.upload_id, "url": ticket.url, "fields": ticket.fields}


def _arrived(visitor: Visitor, _: Form) -> dict[str, Any]:
    """The file is the owner's from now on. Said twice, it answers the same."""
    dashboard = visitor.dashboard
    upload_id = str(visitor.request.path_params["upload_id"])
    arriving = dashboard.shares.arriving(visitor.token, upload_id)
    kinds = dashboard.shares.kinds(arriving.link)
    try:
        file = dashboard.uploads.complete(arriving.owner, arriving.drop.id, kinds=kinds).file
    except Conflict:
        raise  # the bytes are still on their way
    except DashboardError as refusal:
        dashboard.shares.refused(arriving, refusal.message, address=visitor.address)
        raise
    if arriving.drop.state is not DropState.RECEIVED:
        dashboard.shares.received(arriving, file, address=visitor.address)
        _tag(dashboard, arriving.owner, file, arriving.drop.sender)
    # The name that was sent: what its owner calls it later is nobody else's business.
    return {
        "id": file.id,
        "name": arriving.drop.name,
        "processing": file.state is FileState.PROCESSING,
        "limits": _left(visitor),
    }


def _left(visitor: Visitor) -> str:
    """What the page says of the box from now on; '' once the link has ended meanwhile."""
    with suppress(DashboardError):
        return told(*visitor.dashboard.shares.drop_room(visitor.enter(ShareKind.DROP)))
    return ""


def _tag(dashboard: ShareDoor, owner: Actor, file: MediaFile, sender: str) -> None:
    tags = (*file.tags, DROP_TAG, *((f"from {sender}",) if sender else ()))
    dashboard.library.change(owner, file.id, FileChanges(tags=tags))


def _wanted(form: Form) -> DropRequest:
    size = form.get("size", "")
    if not size.isascii() or not size.isdecimal() or len(size) > 15:
        raise InvalidInput("The size of the file is not a number.", hint="Choose the file again.")
    return DropRequest(
        name=form.get("name", "")[:1000],
        size=int(size),
        content_type=form.get("type", "")[:255],
        sender=form.get("sender", ""),
    )
